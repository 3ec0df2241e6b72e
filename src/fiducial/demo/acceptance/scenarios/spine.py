"""`spine`: a board goes from work order to trace, with measured data at every station and what must be refused on the way.

It makes or finds what it needs (ground.py), so it goes on working whatever gates the lines of the demo plant are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import (
    bind_operator,
    close_run,
    first_station,
    ground_of,
    let_it_run,
    make_board,
    run_path,
    start_run,
)
from fiducial.demo.acceptance.scenarios.ground import GROUNDS, Ground, Item, Place, prepare
from fiducial.demo.acceptance.scenarios.traced import shows_the_story, tells_in_order
from fiducial.demo.acceptance.steps import Walk, refused


def spine(walk: Walk) -> None:
    """Walk the scenario. Must end with: run COMPLETED, and a trace that tells the whole story."""
    ground = ground_of(walk, GROUNDS)
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code, stations=len(ground.places))
    walk.sign_in()
    stations = prepare(walk, ground)
    bind_operator(walk, stations)
    start_run(walk, ground)
    make_board(walk)
    let_it_run(walk, ground)
    for place in ground.places:
        _work_at(walk, ground, place)
    _close(walk, ground)
    _look_back(walk, ground)


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


def _close(walk: Walk, ground: Ground) -> None:
    """Close out: either this does it, or the last track-out has done it already (spec 02.1.2)."""
    closed = close_run(walk)
    walk.expect("it is COMPLETED", closed.data["status"] == "COMPLETED", f"it is {closed.data['status']}")
    walk.tell(alreadyClosed=bool(closed.data.get("alreadyClosed")))

    def is_completed(data: Mapping[str, Any]) -> Iterator[str]:
        if data["run"]["status"] != "COMPLETED" or data["unitStats"]["done"] != 1:
            yield f"the run is {data['run']['status']} with {data['unitStats']}"

    walk.step(
        "the run is COMPLETED",
        "planner",
        f"GET {run_path(walk)}",
        check=is_completed,
    )
    first = first_station(ground)
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
