"""What most scenarios begin with: the operator at the stations, an order, a run of it, a board, the authorisation."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fiducial.demo.acceptance.client import Answer, in_path
from fiducial.demo.acceptance.options import UNIQUE
from fiducial.demo.acceptance.scenarios.ground import Ground
from fiducial.demo.acceptance.steps import OK, Check, Walk, refused

PLANNED_QTY = 1000
ORDERS_TRIED = 200
USED_UP = ("WORK_ORDER_QTY_EXCEEDED", "WORK_ORDER_NOT_RELEASED", "WORK_ORDER_DISPATCH_LINE_MISMATCH")


def ground_of(walk: Walk, grounds: Mapping[str, Ground]) -> Ground:
    """Give the ground of the walk's track, with the line and route that the options name."""
    ground, options = grounds[walk.track], walk.options
    return replace(
        ground, line_code=options.line_code or ground.line_code, route_code=options.route_code or ground.route_code
    )


# The operator's stations


def bind_operator(walk: Walk, stations: Mapping[str, str]) -> None:
    """Add the stations to the operator's bindings; they are put back as they were."""
    me = walk.step("who is the operator", "operator", "GET /permissions/me").data
    walk.tell(operatorName=me["name"])
    missing = [key for key in stations.values() if key not in me["stationIds"]]
    if not missing:
        return
    user = f"/users/{me['id']}"
    walk.put_back("put the operator's stations back", "admin", f"PATCH {user}", {"stationIds": me["stationIds"]})
    walk.step(
        "bind the operator to the stations", "admin", f"PATCH {user}", {"stationIds": [*me["stationIds"], *missing]}
    )


# Order, run, board


def _order_numbers(walk: Walk) -> Iterator[str]:
    """Give the numbers to try: the order of the data set, then `-2`, `-3` … when it is used up; or one that nobody has."""
    options = walk.options
    if options.wo_no:
        yield options.wo_no
        return
    name = f"WO-{options.dataset}-{walk.track}-{walk.context['scenario']}"
    if options.id_strategy == UNIQUE:
        yield f"{name}-{time.strftime('%y%m%d%H%M%S')}-{secrets.token_hex(2)}"
        return
    yield name
    yield from (f"{name}-{number}" for number in range(2, ORDERS_TRIED))


def start_run(walk: Walk, ground: Ground) -> None:
    """Receive and release an order and make a run of it; go on to the next order when this one is used up or closed."""
    for wo_no in _order_numbers(walk):
        walk.tell(woNo=wo_no)
        if _received(walk, ground, wo_no) and _run_made(walk, ground, wo_no):
            return
    walk.expect(
        "an order that still takes a run",
        holds=False,
        told=f"order {walk.context['woNo']} and those before it are used up or closed",
    )


def _received(walk: Walk, ground: Ground, wo_no: str) -> bool:
    order = {
        "woNo": wo_no, "productCode": walk.options.product_code, "plannedQty": PLANNED_QTY, "routingCode": ground.route_code, "pickStatus": "3",
    }  # fmt: skip
    gone = refused("WORK_ORDER_COMPLETED") | refused("WORK_ORDER_ROUTING_LOCKED") | refused("WORK_ORDER_PRODUCT_LOCKED")
    received = walk.step("receive the order", "planner", "POST /integration/work-orders", order, expect=OK | gone)
    return received.code is None and received.data["status"] != "COMPLETED"


def _run_made(walk: Walk, ground: Ground, wo_no: str) -> bool:
    released_before = refused("WORK_ORDER_NOT_RECEIVED")
    path = f"/work-orders/{in_path(wo_no)}"
    walk.step(
        "release it to the line",
        "planner",
        f"POST {path}/release",
        {"lineCode": ground.line_code},
        expect=OK | released_before,
    )
    expect = OK
    for code in USED_UP:
        expect |= refused(code)

    def is_ours(run: Mapping[str, Any]) -> Iterator[str]:
        if run["status"] != "PREP":
            yield f"a new run is {run['status']}, not PREP"
        if run["routeVersion"]["versionNo"] != walk.context["routeVersionNo"]:
            yield f"the run has version {run['routeVersion']['versionNo']}, not the newest one {walk.context['routeVersionNo']}"

    body = {"lineCode": ground.line_code, "planQty": 1}
    made = walk.step("create a run", "planner", f"POST {path}/runs", body, expect=expect, check=is_ours)
    if made.code is not None:
        return False
    walk.tell(runNo=made.data["runNo"])
    return True


def run_path(walk: Walk) -> str:
    """Give the path of the run."""
    return f"/runs/{in_path(walk.context['runNo'])}"


def make_board(walk: Walk) -> None:
    """Make the unit of the run, or register the serial that was given; one more than planned is refused."""
    given = walk.options.sn

    def is_queued(data: Mapping[str, Any]) -> Iterator[str]:
        if data["generated"] != 1 or data["units"][0]["status"] != "QUEUED":
            yield f"one QUEUED unit was asked for, and there is {data}"

    if given:
        answer = walk.step(
            "register the serial", "planner", f"POST {run_path(walk)}/units", {"sns": [given]}, check=is_queued
        )
    else:
        answer = walk.step(
            "generate the unit", "planner", f"POST {run_path(walk)}/generate-units", {"quantity": 1}, check=is_queued
        )
    walk.tell(sn=answer.data["units"][0]["sn"])
    one_too_many = {"quantity": 1}
    walk.step(
        "one unit more is refused", "planner", f"POST {run_path(walk)}/generate-units", one_too_many, expect=refused("QUANTITY_EXCEEDS_PLAN")
    )  # fmt: skip


def let_it_run(walk: Walk, ground: Ground) -> None:
    """Nothing runs before it is authorised; the check passes, and with it the planner authorises."""
    first = first_station(ground)
    walk.step(
        "no track-in before authorisation", "operator", f"POST {first}/track-in", {"sn": walk.context["sn"]}, expect=refused("RUN_NOT_AUTHORIZED")
    )  # fmt: skip

    def has_passed(check: Mapping[str, Any]) -> Iterator[str]:
        if check["status"] != "PASSED":
            yield f"the check is {check['status']}: {[item for item in check['items'] if item['status'] == 'FAILED']}"
        if {item["itemType"] for item in check["items"]} != {"ROUTE"}:
            yield f"ROUTE is the only gate of this line, and the check has {[item['itemType'] for item in check['items']]}"

    walk.step("FORMAL check", "quality", f"POST {run_path(walk)}/readiness/check", check=has_passed)
    authorise = f"POST {run_path(walk)}/authorize"
    walk.step("authorise the run", "planner", authorise, {"action": "AUTHORIZE"}, check=is_status("AUTHORIZED"))


def is_status(status: str) -> Any:
    """Give the check that a thing has a status."""

    def check(data: Mapping[str, Any]) -> Iterator[str]:
        if data["status"] != status:
            yield f"it is {data['status']}, not {status}"

    return check


def open_slot(walk: Walk, line_code: str, slot_code: str, *, reason: str, check: Check | None = None) -> str:
    """Give the id of a slot, opened when wrong scans have locked it; `check` judges the slots of the line."""
    path = f"GET /lines/{in_path(line_code)}/feeder-slots"
    slots = walk.step("find the slot", "engineer", path, check=check).data["items"]
    slot = {one["slotCode"]: one for one in slots}[slot_code]
    if slot["isLocked"]:
        walk.step("open the slot", "engineer", f"POST /feeder-slots/{slot['id']}/unlock", {"reason": reason})
    return str(slot["id"])


def close_run(walk: Walk) -> Answer:
    """Close the run out. Where somebody made a sampling rule that fits it, an inspector looks at the board first, as with any other run."""
    path = f"POST {run_path(walk)}/close"
    answer = walk.step("close out the run", "planner", path, expect=OK | refused("OQC_REQUIRED"))
    if answer.code is None:
        return answer
    walk.tell(oqcId=answer.details.get("oqcId"))
    inspect_outgoing(walk, "PASS")
    return walk.step("close out the inspected run", "planner", path)


def inspect_outgoing(walk: Walk, decision: str, defect_code: str | None = None) -> str:
    """Inspect the drawn boards; give the id of the inspection."""
    key = str(walk.context["oqcId"])
    oqc = f"/oqc/{in_path(key)}"
    drawn = walk.step("start the outgoing inspection", "quality", f"POST {oqc}/start", check=is_status("INSPECTING"))
    for sn in drawn.data.get("sampledUnits") or [walk.context["sn"]]:
        item = {"itemName": "功能与外观", "unitSn": sn, "result": decision}
        if defect_code:
            item["defectCode"] = defect_code
        walk.step(f"record an item {decision}", "quality", f"POST {oqc}/items", item)
    walk.step(
        f"decide {decision}", "quality", f"POST {oqc}/complete", {"decision": decision}, check=is_status(decision)
    )
    return key


def first_station(ground: Ground) -> str:
    """Give the path of the station of the first step."""
    return f"/stations/{in_path(ground.station_code(ground.places[0]))}"
