"""`spine`: a board goes from work order to trace, with measured data at every station and what must be refused on the way.

It makes or finds what it needs (ground.py), so it goes on working whatever gates the lines of the demo plant are given.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.options import UNIQUE, Options
from fiducial.demo.acceptance.scenarios.ground import GROUNDS, Ground, Item, Place, prepare
from fiducial.demo.acceptance.scenarios.traced import shows_the_story, tells_in_order
from fiducial.demo.acceptance.steps import OK, Walk, refused

PLANNED_QTY = 1000
ORDERS_TRIED = 200
USED_UP = ("WORK_ORDER_QTY_EXCEEDED", "WORK_ORDER_NOT_RELEASED", "WORK_ORDER_DISPATCH_LINE_MISMATCH")


def spine(walk: Walk) -> None:
    """Walk the scenario. Must end with: run COMPLETED, and a trace that tells the whole story."""
    ground = _ground(walk)
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code, stations=len(ground.places))
    walk.sign_in()
    stations = prepare(walk, ground)
    _bind_operator(walk, stations)
    _start_run(walk, ground)
    _make_board(walk)
    _let_it_run(walk)
    for place in ground.places:
        _work_at(walk, ground, place)
    _close(walk)
    _look_back(walk, ground)


def _ground(walk: Walk) -> Ground:
    ground, options = GROUNDS[walk.track], walk.options
    return replace(
        ground, line_code=options.line_code or ground.line_code, route_code=options.route_code or ground.route_code
    )


# The operator's stations


def _bind_operator(walk: Walk, stations: Mapping[str, str]) -> None:
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


def _order_numbers(options: Options, track: str) -> Iterator[str]:
    """Give the numbers to try: the order of the data set, then `-2`, `-3` … when it is used up; or one that nobody has."""
    if options.wo_no:
        yield options.wo_no
        return
    name = f"WO-{options.dataset}-{track}-spine"
    if options.id_strategy == UNIQUE:
        yield f"{name}-{time.strftime('%y%m%d%H%M%S')}-{secrets.token_hex(2)}"
        return
    yield name
    yield from (f"{name}-{number}" for number in range(2, ORDERS_TRIED))


def _start_run(walk: Walk, ground: Ground) -> None:
    """Receive and release an order and make a run of it; go on to the next order when this one is used up or closed."""
    for wo_no in _order_numbers(walk.options, walk.track):
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


def _run_path(walk: Walk) -> str:
    return f"/runs/{in_path(walk.context['runNo'])}"


def _make_board(walk: Walk) -> None:
    given = walk.options.sn

    def is_queued(data: Mapping[str, Any]) -> Iterator[str]:
        if data["generated"] != 1 or data["units"][0]["status"] != "QUEUED":
            yield f"one QUEUED unit was asked for, and there is {data}"

    if given:
        answer = walk.step(
            "register the serial", "planner", f"POST {_run_path(walk)}/units", {"sns": [given]}, check=is_queued
        )
    else:
        answer = walk.step(
            "generate the unit", "planner", f"POST {_run_path(walk)}/generate-units", {"quantity": 1}, check=is_queued
        )
    walk.tell(sn=answer.data["units"][0]["sn"])
    one_too_many = {"quantity": 1}
    walk.step(
        "one unit more is refused", "planner", f"POST {_run_path(walk)}/generate-units", one_too_many, expect=refused("QUANTITY_EXCEEDS_PLAN")
    )  # fmt: skip


def _let_it_run(walk: Walk) -> None:
    """Nothing runs before it is authorised; the check passes, and with it the planner authorises."""
    first = _first_station(walk)
    walk.step(
        "no track-in before authorisation", "operator", f"POST {first}/track-in", {"sn": walk.context["sn"]}, expect=refused("RUN_NOT_AUTHORIZED")
    )  # fmt: skip

    def has_passed(check: Mapping[str, Any]) -> Iterator[str]:
        if check["status"] != "PASSED":
            yield f"the check is {check['status']}: {[item for item in check['items'] if item['status'] == 'FAILED']}"
        if {item["itemType"] for item in check["items"]} != {"ROUTE"}:
            yield f"ROUTE is the only gate of this line, and the check has {[item['itemType'] for item in check['items']]}"

    walk.step("FORMAL check", "quality", f"POST {_run_path(walk)}/readiness/check", check=has_passed)
    authorise = f"POST {_run_path(walk)}/authorize"
    walk.step("authorise the run", "planner", authorise, {"action": "AUTHORIZE"}, check=_is("AUTHORIZED"))


def _is(status: str) -> Any:
    def check(data: Mapping[str, Any]) -> Iterator[str]:
        if data["status"] != status:
            yield f"it is {data['status']}, not {status}"

    return check


def _first_station(walk: Walk) -> str:
    ground = _ground(walk)
    return f"/stations/{in_path(ground.station_code(ground.places[0]))}"


# At a station


def _work_at(walk: Walk, ground: Ground, place: Place) -> None:
    """Track in, measure, track out; at the first station also what must be refused."""
    code = ground.station_code(place)
    station, sn = f"/stations/{in_path(code)}", walk.context["sn"]
    first, last = place is ground.places[0], place is ground.places[-1]
    scan = {"sn": sn, "runNo": walk.context["runNo"], "operatorId": walk.options.operator_id}

    def stands_here(data: Mapping[str, Any]) -> Iterator[str]:
        if data["stepNo"] != place.step_no or data["status"] != "IN_STATION":
            yield f"the board is {data['status']} at step {data['stepNo']}, not IN_STATION at {place.step_no}"
        if data["runStatus"] != "IN_PROGRESS":
            yield f"the run is {data['runStatus']} while a board is in station"

    if not first:
        walk.step(f"resolve at {code}", "operator", f"GET /stations/resolve-unit/{in_path(sn)}", check=_waits_at(place))
    walk.step(f"track in at {code}", "operator", f"POST {station}/track-in", scan, check=stands_here)
    if first:
        walk.step(
            "a second track-in is refused",
            "operator",
            f"POST {station}/track-in",
            scan,
            expect=refused("UNIT_ALREADY_IN_STATION"),
        )
    walk.step(
        f"what to record at {code}", "operator", f"GET {station}/unit/{in_path(sn)}/data-specs", check=_asks_for(place)
    )
    if first:
        _refused_data(walk, place, f"POST {station}/track-out", scan)

    def has_left(data: Mapping[str, Any]) -> Iterator[str]:
        if data["status"] != ("DONE" if last else "QUEUED") or data["result"] != "PASS":
            yield f"after a PASS the board is {data['status']} with {data['result']}"
        wrong = [value for value in data["dataValues"] if value["judge"] not in ("PASS", "NA") or value["alarmed"]]
        if wrong or len(data["dataValues"]) != len(place.items):
            yield f"{len(place.items)} values within their limits were sent, and came back as {data['dataValues']}"

    out = scan | {"result": "PASS", "data": [{"specName": item.name, item.field: item.value} for item in place.items]}
    walk.step(f"track out at {code}", "operator", f"POST {station}/track-out", out, check=has_left)


def _waits_at(place: Place) -> Any:
    def check(data: Mapping[str, Any]) -> Iterator[str]:
        if data["status"] != "QUEUED" or data["currentStepNo"] != place.step_no:
            yield f"the board is {data['status']} at step {data['currentStepNo']}, not QUEUED at {place.step_no}"

    return check


def _asks_for(place: Place) -> Any:
    def check(data: Mapping[str, Any]) -> Iterator[str]:
        asked = {spec["name"]: spec["requiredNow"] for spec in data["specs"]}
        if asked != {item.name: item.is_required for item in place.items}:
            yield f"the form must ask for {[item.name for item in place.items]}, and asks for {asked}"

    return check


def _refused_data(walk: Walk, place: Place, track_out: str, scan: Mapping[str, Any]) -> None:
    required = [item for item in place.items if item.is_required]

    passed = dict(scan) | {"result": "PASS"}
    answer = walk.step(
        "PASS without the required data is refused",
        "operator",
        track_out,
        passed,
        expect=refused("REQUIRED_DATA_MISSING"),
    )
    walk.expect(
        "the refusal names all that is missing", {item["specName"] for item in answer.details.get("missing", ())} == {item.name for item in required},
        f"details.missing is {answer.details.get('missing')}",
    )  # fmt: skip
    wrong = [{"specName": item.name, **_of_wrong_type(item)} for item in required]
    answer = walk.step(
        "values of the wrong type are refused",
        "operator",
        track_out,
        passed | {"data": wrong},
        expect=refused("DATA_VALUE_INVALID"),
    )
    walk.expect(
        "the refusal names every wrong value", len(answer.details.get("specs", ())) == len(required),
        f"details.specs is {answer.details.get('specs')}",
    )  # fmt: skip


def _of_wrong_type(item: Item) -> dict[str, Any]:
    return {"valueBoolean": True} if item.data_type != "BOOLEAN" else {"valueText": "yes"}


# The end


def _close(walk: Walk) -> None:
    """Close out: either this does it, or the last track-out has done it already (spec 02.1.2)."""
    closed = walk.step("close out the run", "planner", f"POST {_run_path(walk)}/close", check=_is("COMPLETED"))
    walk.tell(alreadyClosed=bool(closed.data.get("alreadyClosed")))

    def is_completed(data: Mapping[str, Any]) -> Iterator[str]:
        if data["run"]["status"] != "COMPLETED" or data["unitStats"]["done"] != 1:
            yield f"the run is {data['run']['status']} with {data['unitStats']}"

    walk.step(
        "the run is COMPLETED",
        "planner",
        f"GET {_run_path(walk)}",
        check=is_completed,
    )
    first = _first_station(walk)
    late = {"sn": walk.context["sn"], "runNo": walk.context["runNo"]}
    walk.step("nothing more on a closed run", "operator", f"POST {first}/track-in", late, expect=refused("RUN_CLOSED"))


def _look_back(walk: Walk, ground: Ground) -> None:
    sn = in_path(walk.context["sn"])
    walk.step(
        "the trace tells the whole story",
        "quality",
        f"GET /trace/units/{sn}",
        check=shows_the_story(walk.context, ground),
    )
    walk.step("the timeline is in order", "quality", f"GET /trace/units/{sn}/timeline", check=tells_in_order)

    def is_whole(data: Mapping[str, Any]) -> Iterator[str]:
        if not data["ok"] or data["checked"] < len(walk.steps) // 4:
            yield f"the book does not verify: {data}"

    walk.step("the audit chain verifies", "admin", "POST /audit-logs/verify", check=is_whole)
