"""The stories of line B (spec 12.5): orders in every state, each told by the people who make it so. Times are relative to the day of the demo."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.demo import base
from fiducial.demo.rich import plan
from fiducial.demo.rich.acts import Acts, create_demo_run
from fiducial.demo.rich.hours import DAY, HOUR, MINUTE, Story
from fiducial.orders.shapes import CreateRun

SPI, AOI = plan.WALK[1], plan.WALK[4]


def _prepared(
    acts: Acts, wo_no: str, run_no: str, qty: int, stem: str, *, wrong_first: bool = False, papers: bool = True
) -> Story:
    acts.order(wo_no, qty)
    yield 20 * MINUTE
    acts.run(wo_no, run_no, qty, stem)
    yield 15 * MINUTE
    acts.load(run_no, wrong_first=wrong_first)
    if papers:
        acts.papers(run_no)
    yield 20 * MINUTE
    acts.waive(run_no)


def _begun(
    acts: Acts, wo_no: str, run_no: str, qty: int, stem: str, *, wrong_first: bool = False, sample: int = 1
) -> Story:
    yield from _prepared(acts, wo_no, run_no, qty, stem, wrong_first=wrong_first)
    yield 10 * MINUTE
    sns = serials(stem, qty)
    acts.first_article(run_no, sns[:sample])
    yield 10 * MINUTE
    acts.check(run_no)
    acts.waive(run_no)
    acts.authorize(run_no)
    for sn in sns[sample:]:
        acts.through(sn, plan.WALK[0])
        yield 2 * MINUTE


def serials(stem: str, qty: int) -> list[str]:
    """Give the serials of a run."""
    return [f"SN-DEMO-{stem}-{number:04d}" for number in range(1, qty + 1)]


def _walked(acts: Acts, sns: Sequence[str], stations: Sequence[str] = plan.WALK[1:]) -> Story:
    for sn in sns:
        for station in stations:
            acts.through(sn, station)
        yield 3 * MINUTE


def _outgoing(acts: Acts, run_no: str, result: str) -> str:
    """Quality inspects the sample; the id of the inspection."""
    found = acts.inside.look("quality", "GET /api/oqc", runNo=run_no)["items"][0]
    acts.call("quality", f"POST /api/oqc/{found['id']}/start", {})
    whole = acts.inside.detail("quality", f"GET /api/oqc/{found['id']}")
    sampled = whole["sampledUnits"]
    for place, sn in enumerate(sampled):
        failed = result == "FAIL" and place > 0
        more = {"defectCode": "SOLDER_BRIDGE", "remark": "U3 引脚桥连"} if failed else {}
        acts.item("oqc", found["id"], sn, "外观", "FAIL" if failed else "PASS", **more)
    acts.call("quality", f"POST /api/oqc/{found['id']}/complete", {"decision": result})
    return str(found["id"])


def done(acts: Acts) -> Story:
    """WO-DEMO-SMT-DONE: everything a trace should tell."""
    wo_no, run_no, qty = "WO-DEMO-SMT-DONE", "RUN-DEMO-SMT-DONE", 8
    yield from _begun(acts, wo_no, run_no, qty, "DONE", wrong_first=True)
    sns = serials("DONE", qty)
    again = sns[1]
    for station in plan.WALK[1:4]:
        acts.through(again, station)
    acts.through(again, AOI, "FAIL", defectCode="SOLDER_BRIDGE", defectLocation="U3", defectRemark="引脚桥连")
    yield 12 * MINUTE
    task = acts.decide(again, "REWORK", toStepNo=50)["reworkTask"]
    record = {"action": "拖焊清除桥连并清洗", "result": "REPAIRED", "remark": "复检合格"}
    acts.call("quality", f"POST /api/rework-tasks/{task['id']}/repair-record", record)
    yield 10 * MINUTE
    acts.through(again, AOI)
    acts.through(again, plan.WALK[5])
    yield from _walked(acts, [sn for sn in sns if sn != again])
    yield 30 * MINUTE
    _outgoing(acts, run_no, "PASS")
    yield 10 * MINUTE
    acts.call("planner", f"POST /api/runs/{run_no}/close", {})


def closed(acts: Acts) -> Story:
    """WO-DEMO-SMT-CLOSED: an order that is complete."""
    wo_no, run_no, qty = "WO-DEMO-SMT-CLOSED", "RUN-DEMO-SMT-CLOSED", 4
    yield from _begun(acts, wo_no, run_no, qty, "CLOSED")
    yield from _walked(acts, serials("CLOSED", qty))
    _outgoing(acts, run_no, "PASS")
    acts.call("planner", f"POST /api/runs/{run_no}/close", {})
    acts.call("planner", f"POST /api/work-orders/{wo_no}/close", {})


def _failed_lot(acts: Acts, stem: str, qty: int) -> Story:
    wo_no, run_no = f"WO-DEMO-SMT-{stem}", f"RUN-DEMO-SMT-{stem}"
    yield from _begun(acts, wo_no, run_no, qty, stem)
    yield from _walked(acts, serials(stem, qty))
    yield 20 * MINUTE
    acts.unload(run_no)  # the line goes on with another run
    _outgoing(acts, run_no, "FAIL")


def held(acts: Acts) -> Story:
    """WO-DEMO-SMT-HOLD: a run that waits for the review board."""
    yield from _failed_lot(acts, "HOLD", 4)


def scrapped(acts: Acts) -> Story:
    """WO-DEMO-SMT-SCRAP: scrapped by the review board."""
    yield from _failed_lot(acts, "SCRAP", 3)
    yield HOUR
    acts.call(
        "quality",
        "POST /api/runs/RUN-DEMO-SMT-SCRAP/mrb-decision",
        {"decision": "SCRAP", "reason": "批量桥连，不可修复"},
    )


def reworked(acts: Acts) -> Story:
    """WO-DEMO-SMT-RW: sent to rework by the review board, and through."""
    run_no = "RUN-DEMO-SMT-RW"
    yield from _failed_lot(acts, "RW", 4)
    yield HOUR
    body = {
        "decision": "REWORK", "reason": "桥连可返修", "reworkType": "REUSE_PREP", "faiWaiver": True, "faiWaiverReason": "同一产线同一程序",
    }  # fmt: skip
    acts.call("quality", f"POST /api/runs/{run_no}/mrb-decision", body)
    yield 10 * MINUTE
    acts.load(f"{run_no}-RW1")
    acts.papers(f"{run_no}-RW1")
    acts.waive(f"{run_no}-RW1")
    acts.authorize(f"{run_no}-RW1")
    yield 30 * MINUTE
    yield from _walked(acts, serials("RW", 4), plan.WALK)
    _outgoing(acts, f"{run_no}-RW1", "PASS")
    acts.call("planner", f"POST /api/runs/{run_no}-RW1/close", {})


def cancelled(acts: Acts) -> Story:
    """WO-DEMO-SMT-CXL: a run made by mistake."""
    acts.order("WO-DEMO-SMT-CXL", 10)
    yield 5 * MINUTE
    acts.run("WO-DEMO-SMT-CXL", "RUN-DEMO-SMT-CXL", 10, "CXL")
    yield 10 * MINUTE
    acts.call("planner", "POST /api/runs/RUN-DEMO-SMT-CXL/cancel", {"reason": "数量录入错误"})


def first_article(acts: Acts) -> Story:
    """WO-DEMO-SMT-FAI: a first article being inspected, one item of it failed."""
    wo_no, run_no = "WO-DEMO-SMT-FAI", "RUN-DEMO-SMT-FAI"
    yield from _prepared(acts, wo_no, run_no, 6, "FAI")
    yield 15 * MINUTE
    key = acts.first_article(run_no, serials("FAI", 2), decide=False)
    acts.item("fai", key, serials("FAI", 2)[1], "焊膏覆盖", "FAIL", remark="偏移 15%")
    acts.unload(run_no)


def preparing(acts: Acts) -> Story:
    """WO-DEMO-SMT-PREP: a line that is not ready yet; one item was waived."""
    acts.order("WO-DEMO-SMT-PREP", 30)
    yield 10 * MINUTE
    acts.run("WO-DEMO-SMT-PREP", "RUN-DEMO-SMT-PREP", 30, "PREP")
    acts.call("material", "POST /api/runs/RUN-DEMO-SMT-PREP/loading/load-table", {})
    yield 20 * MINUTE
    acts.waive("RUN-DEMO-SMT-PREP", keep=("LOADING",), most=1)


def waiting_orders(acts: Acts) -> Story:
    """WO-DEMO-SMT-QUEUE: an order of the ERP that nobody has released."""
    acts.order("WO-DEMO-SMT-QUEUE", 50, release=False, origin="ERP")
    yield MINUTE


def released(acts: Acts) -> Story:
    """WO-DEMO-SMT-REL: an order that waits for its first run."""
    acts.order("WO-DEMO-SMT-REL", 40)
    yield MINUTE


def executing(acts: Acts) -> Story:
    """WO-DEMO-SMT-EXEC: a run in full swing, with boards in every state."""
    wo_no, run_no, qty = "WO-DEMO-SMT-EXEC", "RUN-DEMO-SMT-EXEC", 24
    yield from _begun(acts, wo_no, run_no, qty, "EXEC")
    sns = serials("EXEC", qty)
    change = {
        "runNo": run_no,
        "slotCode": "2F-46",
        "newMaterialLotBarcode": "5212090001B|LOT-20250526-051",
        "reason": "用完换料",
        "operatorId": "MT-01",
    }
    acts.call("material", "POST /api/loading/replace", change)
    yield from _walked(acts, sns[:8])
    for sn in sns[8:12]:
        acts.through(sn, SPI)
        acts.through(sn, plan.WALK[2])
        acts.through(sn, plan.WALK[3])
        yield 2 * MINUTE
    faults = (("SOLDER_BRIDGE", "U3"), ("SOLDER_BRIDGE", "U7"), ("A11", "R12"), ("A16", "C5"))
    for sn, (code, place) in zip(sns[8:12], faults, strict=True):
        acts.through(sn, AOI, "FAIL", defectCode=code, defectLocation=place)
        yield MINUTE
    acts.decide(sns[8], "SCRAP")
    acts.decide(sns[9], "REWORK", toStepNo=50)
    acts.decide(sns[10], "HOLD")
    for sn in sns[12:15]:
        acts.through(sn, SPI)
        yield MINUTE
    acts.call("quality", f"POST /api/units/{sns[12]}/hold", {"reason": "板边划伤，待确认"})
    acts.call(plan.OPERATOR_2, f"POST /api/stations/{SPI}/track-in", {"sn": sns[15], "operatorId": "OP-02"})
    said = {"inspectionType": "SPI", "runNo": run_no, "stationCode": SPI, "unitSn": sns[15]}
    acts.state_of(
        plan.OPERATOR_2,
        "inspection-result",
        result="FAIL",
        defects=[{"code": "M14", "location": "U3"}],
        **said,
    )
    yield 2 * MINUTE
    acts.state_of(plan.OPERATOR_2, "inspection-result", result="PASS", remark="复判：反光误报，实物合格", **said)
    yield MINUTE


def authorized(acts: Acts) -> Story:
    """WO-DEMO-DIP-AUTH: an insertion run with its first article signed, that may begin."""
    wo_no, run_no, qty, line = "WO-DEMO-DIP-AUTH", "RUN-DEMO-DIP-AUTH", 20, "LINE-DIP-A"
    order = {"woNo": wo_no, "productCode": base.PRODUCT, "plannedQty": qty, "pickStatus": "3", "routingCode": "PCBA-DIP-V1", "customer": "示例客户",
             "sourceSystem": "MANUAL"}  # fmt: skip
    acts.call("planner", "POST /api/integration/work-orders", order)
    acts.call("planner", f"POST /api/work-orders/{wo_no}/release", {"lineCode": line})
    yield 10 * MINUTE
    acts.inside.as_person(
        "planner", create_demo_run, wo_no, CreateRun(line_code=line, plan_qty=qty, shift_code="DAY"), run_no
    )
    sns = serials("DIPAUTH", qty)
    acts.call("planner", f"POST /api/runs/{run_no}/units", {"sns": sns})
    yield 10 * MINUTE
    acts.check(run_no)
    made = acts.call("quality", f"POST /api/fai/run/{run_no}", {"sampleQty": 1})
    acts.call("quality", f"POST /api/fai/{made['id']}/start", {})
    first = {"sn": sns[0], "operatorId": "OP-01"}
    acts.call("operator", "POST /api/stations/ST-DIP-INS-01/track-in", first)
    yield 4 * MINUTE
    acts.call("operator", "POST /api/stations/ST-DIP-INS-01/track-out", first | {"result": "PASS"})
    acts.item("fai", made["id"], sns[0], "插件方向与高度")
    acts.call("quality", f"POST /api/fai/{made['id']}/complete", {"decision": "PASS"})
    acts.call("quality", f"POST /api/fai/{made['id']}/sign", {"meaning": "APPROVED"})
    yield 5 * MINUTE
    acts.authorize(run_no)


STORIES = (
    ("WO-DEMO-SMT-DONE", -5 * DAY + 8 * HOUR, done), ("WO-DEMO-SMT-CLOSED", -4 * DAY + 8 * HOUR, closed),
    ("WO-DEMO-SMT-RW", -3 * DAY + 8 * HOUR, reworked), ("WO-DEMO-SMT-SCRAP", -2 * DAY + 8 * HOUR, scrapped),
    ("WO-DEMO-SMT-CXL", -2 * DAY + 14 * HOUR, cancelled), ("WO-DEMO-SMT-HOLD", -1 * DAY + 7 * HOUR, held),
    ("WO-DEMO-SMT-FAI", -1 * DAY + 12 * HOUR, first_article), ("WO-DEMO-SMT-PREP", -1 * DAY + 14 * HOUR, preparing),
    ("WO-DEMO-SMT-QUEUE", -1 * DAY + 15 * HOUR, waiting_orders), ("WO-DEMO-SMT-REL", -1 * DAY + 15 * HOUR, released),
    ("WO-DEMO-SMT-EXEC", -1 * DAY + 16 * HOUR, executing), ("WO-DEMO-DIP-AUTH", -1 * DAY + 17 * HOUR, authorized),
)  # fmt: skip
"""Order that says whether the story was told, when it begins, the story."""
