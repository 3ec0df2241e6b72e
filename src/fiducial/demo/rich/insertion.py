"""The insertion line B of `rich` (spec 12.4, 12.5): its stations and route, and its orders, each told by the people who make it so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from fiducial.demo.base import DemoLine
from fiducial.demo.making import Maker, lay_groups, lay_line
from fiducial.demo.rich import plan
from fiducial.demo.rich.acts import Acts, create_demo_run
from fiducial.demo.rich.hours import DAY, HOUR, MINUTE, Story
from fiducial.orders.shapes import CreateRun
from fiducial.plant.tables import materials
from fiducial.quality.tables import sampling_rules
from fiducial.routing.tables import routes, versions

PRODUCT, ROUTE = "P-2001", "PCBA-DIP-FULL-V1"
GROUPS = (
    ("DIP-LINE-B", "DIP 插件组 B"),
    ("DIP-WAVE-B", "DIP 波峰焊组 B"),
    ("DIP-POST-B", "DIP 后焊组 B"),
    ("DIP-TEST-B", "DIP 测试组 B"),
)
LINE = DemoLine(code="LINE-DIP-B", name="插件线 B", process_type="DIP", gates=("ROUTE",), stations=(
    ("ST-DIP-INS-02", "插件 02", "DIP-LINE-B"), ("ST-DIP-WAVE-02", "波峰焊 02", "DIP-WAVE-B"), ("ST-DIP-POST-02", "后焊 02", "DIP-POST-B"),
    ("ST-DIP-TEST-02", "功能测试 02", "DIP-TEST-B"),
))  # fmt: skip
STEPS = ("DIP_INSERT", "WAVE_SOLDER", "POST_SOLDER", "FUNC_TEST")
WALK = tuple(code for code, _name, _group in LINE.stations)
RULE = {
    "productCode": PRODUCT,
    "lineCode": LINE.code,
    "routingCode": ROUTE,
    "samplingType": "FIXED",
    "sampleValue": 3,
    "priority": 10,
}


def lay(maker: Maker, gates: Any) -> None:
    """Make the line with its route, unless they are there; `gates` makes the gates of a line."""
    lay_groups(maker, GROUPS)
    lay_line(maker, LINE)
    gates(maker, LINE)
    board = {"code": PRODUCT, "name": "插件板", "category": "成品", "unit": "PCS"}
    maker.ensure_coded("material", materials, "POST /api/materials", board)
    steps = [
        {
            "stepNo": 10 * place + 10,
            "operationCode": code,
            "stationGroupCode": GROUPS[place][0],
            "requiresFAI": place == 0,
        }
        for place, code in enumerate(STEPS)
    ]
    route = {
        "code": ROUTE,
        "name": "DIP 完整路线",
        "processType": "DIP",
        "productCode": PRODUCT,
        "options": plan.OPTIONS,
        "steps": steps,
    }
    maker.ensure_coded("route", routes, "POST /api/routes", route)
    ready = select(versions.c.id).join(routes).where(routes.c.code == ROUTE, versions.c.status == "READY")
    compile_it = partial(maker.inside.call, "engineer", f"POST /api/routes/{ROUTE}/compile")
    maker.ensure("route version", ROUTE, ready, compile_it)
    there = select(sampling_rules.c.id).where(sampling_rules.c.routing_code == ROUTE)
    rule = partial(maker.inside.call, "quality", "POST /api/oqc/sampling-rules", RULE)
    maker.ensure("sampling rule", ROUTE, there, rule)


def serials(stem: str, qty: int) -> list[str]:
    """Give the serials of a run."""
    return [f"SN-DEMO-DIP-{stem}-{number:04d}" for number in range(1, qty + 1)]


def _order(acts: Acts, wo_no: str, qty: int, origin: str = "MANUAL") -> None:
    order = {"woNo": wo_no, "productCode": PRODUCT, "plannedQty": qty, "pickStatus": "3", "routingCode": ROUTE, "customer": "示例客户",
             "sourceSystem": origin}  # fmt: skip
    acts.call("planner", "POST /api/integration/work-orders", order)


def _begun(acts: Acts, stem: str, qty: int) -> Story:
    """An order, its run, the first article, and leave to begin."""
    wo_no, run_no, sns = f"WO-DEMO-DIP-{stem}", f"RUN-DEMO-DIP-{stem}", serials(stem, qty)
    _order(acts, wo_no, qty)
    acts.call("planner", f"POST /api/work-orders/{wo_no}/release", {"lineCode": LINE.code})
    yield 10 * MINUTE
    body = CreateRun(line_code=LINE.code, plan_qty=qty, shift_code="DAY")
    acts.inside.as_person("planner", create_demo_run, wo_no, body, run_no)
    acts.call("planner", f"POST /api/runs/{run_no}/units", {"sns": sns})
    yield 10 * MINUTE
    acts.check(run_no)
    made = acts.call("quality", f"POST /api/fai/run/{run_no}", {"sampleQty": 1})
    acts.call("quality", f"POST /api/fai/{made['id']}/start", {})
    acts.through(sns[0], WALK[0])
    acts.item("fai", made["id"], sns[0], "插件方向与高度")
    acts.call("quality", f"POST /api/fai/{made['id']}/complete", {"decision": "PASS"})
    acts.call("quality", f"POST /api/fai/{made['id']}/sign", {"meaning": "APPROVED"})
    acts.authorize(run_no)
    yield 5 * MINUTE


def _walked(acts: Acts, sns: Sequence[str], *, first_is_tried: str) -> Story:
    for sn in sns:
        for station in WALK[1:] if sn == first_is_tried else WALK:
            acts.through(sn, station)
        yield 2 * MINUTE


def _inspected(acts: Acts, run_no: str, result: str) -> None:
    found = acts.inside.look("quality", "GET /api/oqc", runNo=run_no)["items"][0]
    acts.call("quality", f"POST /api/oqc/{found['id']}/start", {})
    sampled = acts.inside.detail("quality", f"GET /api/oqc/{found['id']}")["sampledUnits"]
    for place, sn in enumerate(sampled):
        failed = result == "FAIL" and place == 0
        more = {"defectCode": "WS_BRIDGE", "remark": "连接器引脚连焊"} if failed else {}
        acts.item("oqc", found["id"], sn, "焊点外观", "FAIL" if failed else "PASS", **more)
    acts.call("quality", f"POST /api/oqc/{found['id']}/complete", {"decision": result})


def done(acts: Acts) -> Story:
    """WO-DEMO-DIP-DONE: a run that passed; one board had a short, was repaired and passed again."""
    yield from _begun(acts, "DONE", 30)
    sns = serials("DONE", 30)
    again = sns[1]
    for station in WALK[:3]:
        acts.through(again, station)
    acts.through(again, WALK[3], "FAIL", defectCode="ICT_SHORT", defectLocation="J2")
    yield 10 * MINUTE
    task = acts.decide(again, "REWORK", toStepNo=40)["reworkTask"]
    repaired = {"action": "清除 J2 引脚间锡桥", "result": "REPAIRED", "remark": "复测合格"}
    acts.call("quality", f"POST /api/rework-tasks/{task['id']}/repair-record", repaired)
    acts.through(again, WALK[3])
    yield from _walked(acts, [sn for sn in sns if sn != again], first_is_tried=sns[0])
    yield 20 * MINUTE
    _inspected(acts, "RUN-DEMO-DIP-DONE", "PASS")
    acts.call("planner", "POST /api/runs/RUN-DEMO-DIP-DONE/close", {})


def held(acts: Acts) -> Story:
    """WO-DEMO-DIP-HOLD: the outgoing inspection failed, and the review board has not met."""
    yield from _begun(acts, "HOLD", 12)
    sns = serials("HOLD", 12)
    yield from _walked(acts, sns, first_is_tried=sns[0])
    yield 20 * MINUTE
    _inspected(acts, "RUN-DEMO-DIP-HOLD", "FAIL")


def executing(acts: Acts) -> Story:
    """WO-DEMO-DIP-EXEC: a run at work, with boards in every state."""
    yield from _begun(acts, "EXEC", 50)
    sns = serials("EXEC", 50)
    yield from _walked(acts, sns[:8], first_is_tried=sns[0])
    for sn, code in zip(sns[8:11], ("ICT_SHORT", "FCT_POWER", "ICT_OPEN"), strict=True):
        for station in WALK[:3]:
            acts.through(sn, station)
        acts.through(sn, WALK[3], "FAIL", defectCode=code)
        yield 2 * MINUTE
    acts.decide(sns[8], "REWORK", toStepNo=40)
    acts.decide(sns[9], "SCRAP")
    acts.through(sns[11], WALK[0])
    acts.call("quality", f"POST /api/units/{sns[11]}/hold", {"reason": "波峰焊预热温度偏低，待确认"})
    acts.call(plan.OPERATOR_2, f"POST /api/stations/{WALK[0]}/track-in", {"sn": sns[12], "operatorId": "OP-02"})
    yield MINUTE


def waiting(acts: Acts) -> Story:
    """WO-DEMO-DIP-QUEUE: an order of the ERP that nobody has released."""
    _order(acts, "WO-DEMO-DIP-QUEUE", 50, "ERP")
    yield MINUTE


STORIES = (
    ("WO-DEMO-DIP-DONE", -4 * DAY + 9 * HOUR, done), ("WO-DEMO-DIP-HOLD", -2 * DAY + 9 * HOUR, held),
    ("WO-DEMO-DIP-QUEUE", -1 * DAY + 15 * HOUR, waiting), ("WO-DEMO-DIP-EXEC", -1 * DAY + 13 * HOUR, executing),
)  # fmt: skip
"""Order that says whether the story was told, when it begins, the story."""
