"""A quality floor: LINE-A with a route that asks for a first article, boards at its stations, inspections in one line each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from tests.api.orders_floor import Floor, step
from tests.api.plant import LINE, STATIONS, Plant

from fiducial.kit import audit, outbox
from fiducial.orders.tables import runs, units
from fiducial.quality.tables import inspections

TWO = (step(10, "PRINT", STATIONS[0], requiresFAI=True), step(20, "SPI", STATIONS[1]))
ONE = (step(10, "PRINT", STATIONS[0], requiresFAI=True),)
PLAIN = (step(10, "PRINT", STATIONS[0]), step(20, "SPI", STATIONS[1]))


def template(*items: dict[str, Any]) -> dict[str, Any]:
    """An inspection template as it is frozen with a route."""
    rows = [
        {"seq": seq, "itemSpec": None, "required": True, "appliesTo": "FAI", **item}
        for seq, item in enumerate(items, 1)
    ]
    return {"code": "FAI-T", "name": "Template", "revision": 1, "items": rows}


class Quality(Floor):
    """What tests of quality ask for in one line."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.quality, self.operator = self.api.as_("quality"), self.api.as_("operator")

    # Runs

    def route_of(self, *steps: dict[str, Any], **said: Any) -> str:
        """A route of these steps, with what its frozen version says."""
        code = self.route(None, ready=False)
        self.compile(code, *steps, **said)
        return code

    def prepared(self, *steps: dict[str, Any], units: int = 3, plan: int | None = None, **said: Any) -> str:
        """A run in preparation whose route asks for a first article; its number."""
        return self.run(plan=plan or max(units, 1), units=units, route=self.route_of(*(steps or TWO), **said))

    def running(self, *steps: dict[str, Any], units: int = 2, plan: int | None = None) -> str:
        """A run without first article that is authorised; its number."""
        run_no = self.run(plan=plan or units, units=units, route=self.route_of(*(steps or PLAIN)))
        self.authorize(run_no).must()
        return run_no

    def sns(self, run_no: str) -> list[str]:
        return [
            unit["sn"]
            for unit in self.planner.get(f"/api/runs/{run_no}/units", pageSize=100, sort="sn.asc").must()["items"]
        ]

    # Stations

    def come_in(self, sn: str, station: str = STATIONS[0]) -> Any:
        return self.operator.post(f"/api/stations/{station}/track-in", {"sn": sn})

    def go_out(self, sn: str, station: str = STATIONS[0], result: str = "PASS", **more: Any) -> Any:
        return self.operator.post(f"/api/stations/{station}/track-out", {"sn": sn, "result": result, **more})

    def through(self, sn: str, *stations: str, result: str = "PASS") -> Any:
        """In and out of each station; the last answer's data. All but the last PASS."""
        answer = None
        for place, station in enumerate(stations, 1):
            self.come_in(sn, station).must()
            answer = self.go_out(sn, station, result if place == len(stations) else "PASS").must()
        return answer

    def finish_all(self, run_no: str, *stations: str) -> Any:
        """Every unit of the run through its stations (of PLAIN when none is named); the last answer."""
        answer = None
        for sn in self.sns(run_no):
            answer = self.through(sn, *(stations or STATIONS[:2]))
        return answer

    def finished(self, *, units: int = 3, rule: dict[str, Any] | None = None) -> tuple[str, Any]:
        """A run whose boards are all done, with an outgoing inspection where a rule asks for it; its number and the last answer."""
        if rule is not None:
            self.rule(**rule)
        run_no = self.running(units=units)
        return run_no, self.finish_all(run_no)

    # Inspections

    def make(self, kind: str, run_no: str, **body: Any) -> Any:
        return self.quality.post(f"/api/{kind}/run/{run_no}", body)

    def begun(self, kind: str, run_no: str, **body: Any) -> str:
        """An inspection being inspected; its id."""
        made = self.make(kind, run_no, **body).must()
        self.do(kind, made["id"], "start").must()
        return str(made["id"])

    def do(self, kind: str, key: str, act: str, **body: Any) -> Any:
        return self.quality.post(f"/api/{kind}/{key}/{act}", body)

    def item(
        self, kind: str, key: str, result: str = "PASS", sn: str | None = None, name: str = "外观", **more: Any
    ) -> Any:
        body = {"itemName": name, "result": result, **({"unitSn": sn} if sn else {}), **more}
        return self.do(kind, key, "items", **body)

    def decide(self, kind: str, key: str, decision: str = "PASS", **more: Any) -> Any:
        return self.do(kind, key, "complete", decision=decision, **more)

    def look(self, kind: str, key: str) -> Any:
        return self.quality.get(f"/api/{kind}/{key}").must()

    def rule(self, **rule: Any) -> Any:
        body = {"samplingType": "FIXED", "sampleValue": 1, **rule}
        return self.quality.post("/api/oqc/sampling-rules", body).must()

    def trial(self, run_no: str, *, sample: int = 1) -> tuple[str, list[str]]:
        """A first article being inspected, its units made at the first station; its id and their serials."""
        key, sns = self.begun("fai", run_no, sampleQty=sample), self.sns(run_no)[:sample]
        for sn in sns:
            self.through(sn, STATIONS[0])
        return key, sns

    # Looking behind

    def unit(self, sn: str) -> Any:
        return self.rows(select(units).where(units.c.sn == sn))[0]

    def run_row(self, run_no: str) -> Any:
        return self.rows(select(runs).where(runs.c.run_no == run_no))[0]

    def exceptions(self) -> list[tuple[str, str, str]]:
        """The production exceptions: run, category, what raised them."""
        items = self.quality.get("/api/production-exception-records").must()["items"]
        return [(item["runNo"], item["category"], item["source"]) for item in items]

    def defects(self, **filters: Any) -> list[dict[str, Any]]:
        return list(self.quality.get("/api/defects", pageSize=100, **filters).must()["items"])

    def how_many(self, kind: str) -> int:
        found = self.rows(select(func.count()).select_from(inspections).where(inspections.c.type == kind))
        return int(found[0][0])

    def entries(self, *names: str) -> list[str]:
        """The successful entries of these actions, in order."""
        rows = self.rows(select(audit.entry.c.action, audit.entry.c.code).order_by(audit.entry.c.seq))
        return [row.action for row in rows if row.action in names and not row.code]

    def events(self) -> list[str]:
        return [row.type for row in self.rows(select(outbox.events.c.type).order_by(outbox.events.c.id))]


__all__ = ["LINE", "ONE", "PLAIN", "STATIONS", "TWO", "Quality", "step", "template"]
