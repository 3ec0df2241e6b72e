"""`readiness-waive`: nothing is ready, every failed item is waived with a reason, and the waivers stand in the trace of the board.

On a line of its own, so that the gates of the demo plant's lines stay as they are; its gates are put back all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import (
    bind_operator,
    first_station,
    ground_of,
    is_status,
    make_board,
    run_path,
    start_run,
)
from fiducial.demo.acceptance.scenarios.ground import Ground, Place, prepare
from fiducial.demo.acceptance.steps import OK, Walk, refused

SMT = Ground(
    process_type="SMT", line_code="ACC-RW-SMT", line_name="验收豁免 SMT 线", route_code="ACC-RW-SMT-V1", route_name="验收豁免 SMT 路线",
    places=(
        Place(step_no=10, suffix="PRINT", operation_code="ACC-RW-PRINT", name="锡膏印刷", process_kind="PRINT", items=(), is_bench=False),
        Place(step_no=20, suffix="MOUNT", operation_code="ACC-RW-MOUNT", name="贴片", process_kind="MOUNT", items=(), is_bench=False),
    ),
)  # fmt: skip
GROUNDS: Mapping[str, Ground] = {"smt": SMT}
GATES = (
    "ROUTE", "LOADING", "EQUIPMENT", "STENCIL", "SOLDER_PASTE", "PREP_BAKE", "PREP_PASTE", "PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN",
    "PREP_SCRAPER", "PREP_FIXTURE",
)  # fmt: skip
MUST_BE_WAIVED = {"LOADING", "EQUIPMENT", "STENCIL", "SOLDER_PASTE"}
REASON = "验收：确认现场已人工检查"


def readiness_waive(walk: Walk) -> None:
    """Walk the scenario. Must end with: a board tracked in, and a trace whose readiness is PASSED by waivers with name and reason."""
    ground = ground_of(walk, GROUNDS)
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code, stations=len(ground.places))
    walk.sign_in()
    stations = prepare(walk, ground)
    bind_operator(walk, stations)
    _slot(walk, ground)
    start_run(walk, ground)
    make_board(walk)
    _set_gates(walk, ground)
    walk.step("load the station table", "operator", f"POST {run_path(walk)}/loading/load-table", expect=OK)
    walk.step(
        "nothing is ready, so the run is not authorised", "planner", f"POST {run_path(walk)}/authorize", {"action": "AUTHORIZE"},
        expect=refused("READINESS_CHECK_FAILED"),
    )  # fmt: skip
    check = walk.step("FORMAL check", "quality", f"POST {run_path(walk)}/readiness/check", check=_fails_everywhere).data
    for item in [item for item in check["items"] if item["status"] == "FAILED"]:
        walk.step(
            f"waive {item['itemType']} {item['itemKey']}", "quality", f"POST {run_path(walk)}/readiness/items/{in_path(item['id'])}/waive",
            {"reason": REASON}, check=is_status("WAIVED"),
        )  # fmt: skip
    walk.step(
        "the check passes by waivers",
        "quality",
        f"GET {run_path(walk)}/readiness/latest?type=FORMAL",
        check=_passes_by_waivers(check),
    )
    walk.step(
        "authorise the run",
        "planner",
        f"POST {run_path(walk)}/authorize",
        {"action": "AUTHORIZE"},
        check=is_status("AUTHORIZED"),
    )
    scan = {"sn": walk.context["sn"], "runNo": walk.context["runNo"], "operatorId": walk.options.operator_id}
    walk.step("track in", "operator", f"POST {first_station(ground)}/track-in", scan)
    walk.step(
        "the trace shows the waivers",
        "quality",
        f"GET /trace/units/{in_path(walk.context['sn'])}",
        check=_tells_of_waivers,
    )


def _slot(walk: Walk, ground: Ground) -> None:
    """Find or make the only slot of the line, and what belongs on it."""
    slots = f"/lines/{in_path(ground.line_code)}/feeder-slots"
    code = walk.options.slot_code
    there = walk.step("slots of the line", "engineer", f"GET {slots}").data["items"]
    if all(slot["slotCode"] != code for slot in there):
        walk.step("make the slot", "engineer", f"POST {slots}", {"slotCode": code, "position": 1})
    mapping = {"lineCode": ground.line_code, "slotCode": code, "materialCode": walk.options.material_code}
    known = refused("SLOT_MAPPING_DUPLICATE") | refused("SLOT_MAPPING_PRIMARY_EXISTS")
    walk.step("map it", "engineer", "POST /slot-mappings", mapping, expect=OK | known)


def _set_gates(walk: Walk, ground: Ground) -> None:
    path = f"/lines/{in_path(ground.line_code)}/readiness-config"
    former = walk.step("capture the gates", "engineer", f"GET {path}").data
    walk.put_back(
        "put the gates back",
        "engineer",
        f"PUT {path}",
        {"enabled": former["enabled"], "reason": "acceptance: put back"},
    )
    walk.step(
        "set the gates", "engineer", f"PUT {path}", {"enabled": list(GATES), "reason": "acceptance: readiness-waive"}
    )


def _fails_everywhere(check: Mapping[str, Any]) -> Iterator[str]:
    failed = {item["itemType"] for item in check["items"] if item["status"] == "FAILED"}
    if check["status"] != "FAILED":
        yield f"the check is {check['status']}, not FAILED"
    if missing := set(GATES) - {item["itemType"] for item in check["items"]}:
        yield f"these gates gave no item: {sorted(missing)}"
    if missing := MUST_BE_WAIVED - failed:
        yield f"these must fail here: {sorted(missing)}"
    if stuck := [item["itemType"] for item in check["items"] if item["status"] == "FAILED" and not item["waivable"]]:
        yield f"these cannot be waived: {stuck}"


def _passes_by_waivers(before: Mapping[str, Any]) -> Any:
    failed = {item["id"] for item in before["items"] if item["status"] == "FAILED"}

    def check(data: Mapping[str, Any]) -> Iterator[str]:
        waived = {item["id"]: item for item in data["items"] if item["status"] == "WAIVED"}
        if data["status"] != "PASSED" or data["checkId"] != before["checkId"]:
            yield f"the newest FORMAL check is {data['checkId']} {data['status']}, not {before['checkId']} PASSED"
        if set(waived) != failed:
            yield "the items that are waived are not those that failed"
        for item in waived.values():
            if not item["waivedBy"] or item["waiveReason"] != REASON:
                yield f"{item['itemType']} tells nobody or no reason"

    return check


def _tells_of_waivers(trace: Mapping[str, Any]) -> Iterator[str]:
    readiness = trace["readiness"]
    if readiness["status"] != "PASSED":
        yield f"readiness in the trace is {readiness['status']}"
    waived = {item["itemType"]: item for item in readiness["waivedItems"]}
    if missing := MUST_BE_WAIVED - set(waived):
        yield f"the trace tells of no waiver of {sorted(missing)}"
    for item in waived.values():
        if item["source"] != "WAIVE" or not item["waivedBy"] or item["waiveReason"] != REASON:
            yield f"the waiver of {item['itemType']} is told as {item}"
