"""What people of line B do every day, in one line each; the stories are told in these words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.demo.inside import Inside
from fiducial.demo.rich import plan
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.actions.run_create import create_numbered
from fiducial.orders.answers import CreatedRun
from fiducial.orders.shapes import CreateRun


@action("run:create", audit="RUN_CREATE", entity="RUN", key="wo_no")
def create_demo_run(tx: Tx, wo_no: str, body: CreateRun, run_no: str) -> CreatedRun:
    """Create a run under the number that the demo gives it (spec 12.5)."""
    return create_numbered(tx, wo_no, body, run_no)


COLLECTED: dict[str, tuple[tuple[str, float], ...]] = {
    "ST-PRINT-02": (("刮刀压力", 5.6),), "ST-REFLOW-02": (("峰值温度", 247.5),), "ST-AOI-02": (("缺陷数量", 0),),
}  # fmt: skip
"""What the operator types at each station."""


class Acts:
    """The people of line B at work."""

    def __init__(self, inside: Inside) -> None:
        self.inside, self.call = inside, inside.call
        self._events, self._bound = 0, False

    # Orders and runs

    def order(self, wo_no: str, qty: int, *, release: bool = True, origin: str = "MANUAL") -> None:
        """An order comes in, and is released to line B."""
        body = {"woNo": wo_no, "productCode": plan.PRODUCT, "plannedQty": qty, "pickStatus": "3", "routingCode": plan.ROUTE, "customer": "示例客户",
                "sourceSystem": origin, "dueDate": clock.to_wire(clock.now_ms() + 6 * 86_400_000)}  # fmt: skip
        self.call("planner", "POST /api/integration/work-orders", body)
        if release:
            self.call("planner", f"POST /api/work-orders/{wo_no}/release", {"lineCode": plan.LINE.code})

    def run(self, wo_no: str, run_no: str, qty: int, stem: str) -> list[str]:
        """A run with its boards; their serials."""
        body = CreateRun(line_code=plan.LINE.code, plan_qty=qty, shift_code="DAY")
        self.inside.as_person("planner", create_demo_run, wo_no, body, run_no)
        sns = [f"SN-DEMO-{stem}-{number:04d}" for number in range(1, qty + 1)]
        self.call("planner", f"POST /api/runs/{run_no}/units", {"sns": sns})
        return sns

    # Preparation

    def load(self, run_no: str, *, wrong_first: bool = False) -> None:
        """Every slot gets its reel, one of them after a wrong one."""
        self.call("material", f"POST /api/runs/{run_no}/loading/load-table", {})
        for number, (slot, material, _name, _other, _qty) in enumerate(plan.SLOTS, 1):
            at = {"runNo": run_no, "slotCode": slot, "operatorId": "MT-01"}
            if wrong_first and number == 2:
                self.call(
                    "material", "POST /api/loading/verify", at | {"materialLotBarcode": "9999999999|LOT-FAIL-001"}
                )
            self.call(
                "material",
                "POST /api/loading/verify",
                at | {"materialLotBarcode": f"{material}|LOT-20250526-{number:03d}"},
            )

    def unload(self, run_no: str) -> None:
        """The reels come off, for the next run."""
        for slot, _material, _name, _other, _qty in plan.SLOTS:
            self.call("material", "POST /api/loading/unload", {"runNo": run_no, "slotCode": slot, "reason": "转线"})

    def papers(self, run_no: str) -> None:
        """Stencil, squeegee and cleaning are recorded for the run."""
        self.state("stencil-status", stencilId="STENCIL-001", status="READY", tensionValue=38)
        self.state("solder-paste-status", lotId="SP-LOT-001", status="COMPLIANT")
        if not self._bound:
            self.call(
                "quality", f"POST /api/integration/lines/{plan.LINE.code}/stencil/bind", {"stencilId": "STENCIL-001"}
            )
            self.call(
                "quality", f"POST /api/integration/lines/{plan.LINE.code}/solder-paste/bind", {"lotId": "SP-LOT-001"}
            )
            self._bound = True
        stencil = {"stencilId": "STENCIL-001", "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True,
                   "tensionValues": [38, 37, 39, 38, 40], "runNo": run_no, "lineCode": plan.LINE.code}  # fmt: skip
        squeegee = {"squeegeeId": "SQ-01", "checkSurface": True, "checkEdge": True, "checkFlatness": True, "runNo": run_no,
                    "lineCode": plan.LINE.code}  # fmt: skip
        clean = {
            "stencilId": "STENCIL-001",
            "method": "MACHINE",
            "cleanResult": "OK",
            "runNo": run_no,
            "lineCode": plan.LINE.code,
        }
        for path, body in (
            ("stencil-usage-records", stencil),
            ("squeegee-usage-records", squeegee),
            ("stencil-cleaning-records", clean),
        ):
            self.record("leader", path, body)
        for station, *_rest in plan.LINE.stations:
            self.state("equipment-status", equipmentCode=station, status="NORMAL")

    def record(self, who: str, path: str, body: dict[str, Any]) -> Any:
        """A paper record is made."""
        return self.call(who, f"POST /api/{path}", body)

    def state(self, door: str, **said: Any) -> None:
        """A person says how a thing is, in its system's place."""
        self._events += 1
        common = {
            "eventId": f"demo-{clock.now_ms()}-{self._events}", "eventTime": clock.to_wire(clock.now_ms()), "source": "MANUAL",
            "reason": "系统未上线，现场确认",
        }  # fmt: skip
        self.call("quality", f"POST /api/integration/{door}", common | said)

    def check(self, run_no: str) -> dict[str, Any]:
        """The line is judged."""
        checked: dict[str, Any] = self.call("leader", f"POST /api/runs/{run_no}/readiness/check", {})
        return checked

    def waive(self, run_no: str, *, keep: Sequence[str] = (), most: int = 50) -> int:
        """Quality waives what failed, but for what is kept; how many."""
        failed = [
            item for item in self.check(run_no)["items"] if item["status"] == "FAILED" and item["itemType"] not in keep
        ][:most]
        for item in failed:
            self.call(
                "quality",
                f"POST /api/runs/{run_no}/readiness/items/{item['id']}/waive",
                {"reason": "现场确认可用，系统数据补录中"},
            )
        return len(failed)

    # First article

    def first_article(self, run_no: str, sns: Sequence[str], *, decide: bool = True) -> str:
        """The first boards are made and inspected; the id of the inspection."""
        made = self.call("quality", f"POST /api/fai/run/{run_no}", {"sampleQty": len(sns)})
        self.call("quality", f"POST /api/fai/{made['id']}/start", {})
        for sn in sns:
            self.through(sn, plan.WALK[0])
            self.item("fai", made["id"], sn, "外观与焊盘对位")
        if decide:
            self.call("quality", f"POST /api/fai/{made['id']}/complete", {"decision": "PASS"})
            self.call("quality", f"POST /api/fai/{made['id']}/sign", {"meaning": "APPROVED"})
        return str(made["id"])

    def item(self, kind: str, key: str, sn: str, name: str, result: str = "PASS", **more: Any) -> None:
        """One item of an inspection is judged."""
        self.call(
            "quality", f"POST /api/{kind}/{key}/items", {"itemName": name, "result": result, "unitSn": sn, **more}
        )

    def authorize(self, run_no: str) -> None:
        """The run may start."""
        self.call("planner", f"POST /api/runs/{run_no}/authorize", {"action": "AUTHORIZE"})

    # Stations

    def through(self, sn: str, station: str, result: str = "PASS", **more: Any) -> Any:
        """In and out of a station, with what is collected there."""
        self.call(plan.OPERATOR_2, f"POST /api/stations/{station}/track-in", {"sn": sn, "operatorId": "OP-02"})
        return self.out(sn, station, result, **more)

    def out(self, sn: str, station: str, result: str = "PASS", **more: Any) -> Any:
        """Out of a station."""
        data = COLLECTED.get(station, ())
        values = [{"specName": name, "valueNumber": value} for name, value in data]
        body = {"sn": sn, "result": result, "operatorId": "OP-02", **({"data": values} if values else {}), **more}
        return self.call(plan.OPERATOR_2, f"POST /api/stations/{station}/track-out", body)

    def decide(self, sn: str, kind: str, **more: Any) -> Any:
        """Quality decides on the open defect of a board."""
        found = self.inside.look("quality", "GET /api/defects", sn=sn)
        (defect,) = [one for one in found["items"] if one["status"] == "RECORDED"][:1]
        return self.call(
            "quality", f"POST /api/defects/{defect['id']}/disposition", {"type": kind, "reason": "焊点不良", **more}
        )

    def state_of(self, who: str, door: str, **said: Any) -> None:
        """Somebody at a station says what a machine would say."""
        self._events += 1
        common = {
            "eventId": f"demo-{clock.now_ms()}-{self._events}", "eventTime": clock.to_wire(clock.now_ms()), "source": "MANUAL",
            "reason": "设备未联网，人工录入",
        }  # fmt: skip
        self.call(who, f"POST /api/integration/{door}", common | said)
