"""`loading-mismatch-lock` (spec 13.11): three wrong reels lock a slot, the gate says so, a person opens it, the right reel passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fiducial.demo import base
from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import make_board, open_slot, run_path, start_run
from fiducial.demo.acceptance.scenarios.ground import SMT, compile_route, is_ready
from fiducial.demo.acceptance.steps import Walk, refused

LINE, SLOT = "LINE-C", "SLOT-C01"
RIGHT = "|".join(base.LOT)
GROUND = replace(SMT, line_code=LINE, route_code=base.SLOT_ROUTE)
WRONG_SCANS = 3


def loading_mismatch_lock(walk: Walk) -> None:
    """Walk the scenario. Must end with: the slot open and loaded, refused scans in the run's trace and not in the board's."""
    walk.tell(lineCode=LINE, routeCode=GROUND.route_code, slotCode=SLOT)
    walk.sign_in()
    slot = _open_slot(walk)
    compile_route(walk, GROUND, "the route has a version", is_ready)
    start_run(walk, GROUND)
    walk.put_back("cancel the run", "planner", f"POST {run_path(walk)}/cancel", {"reason": "acceptance is over"})
    make_board(walk)
    walk.step("load the table", "leader", f"POST {run_path(walk)}/loading/load-table", check=_has_a_slot)
    for number in range(1, WRONG_SCANS + 1):
        name = f"wrong reel {number} is refused by a FAIL"
        scan = _scan(walk, f"WRONG-{number}|LOT-{number}")
        walk.step(name, "leader", "POST /loading/verify", scan, check=_is_wrong(number))
    walk.step(
        "the right reel meets a locked slot",
        "leader",
        "POST /loading/verify",
        _scan(walk, RIGHT),
        expect=refused("SLOT_LOCKED"),
    )
    walk.step(
        "the check fails: the slot is locked", "quality", f"POST {run_path(walk)}/readiness/check", check=_fails_locked
    )
    walk.step(
        "the engineer opens the slot", "engineer", f"POST /feeder-slots/{slot}/unlock", {"reason": "acceptance: reels sorted out"},
        check=_is_open,
    )  # fmt: skip
    walk.step("the right reel passes", "leader", "POST /loading/verify", _scan(walk, RIGHT), check=_is_right)
    walk.step("the check passes", "quality", f"POST {run_path(walk)}/readiness/check", check=_passes)
    _look_back(walk)


def _scan(walk: Walk, barcode: str) -> dict[str, Any]:
    return {
        "runNo": walk.context["runNo"],
        "slotCode": SLOT,
        "materialLotBarcode": barcode,
        "operatorId": walk.options.operator_id,
    }


def _open_slot(walk: Walk) -> str:
    """Give the id of the slot, opened when a walk before has left it locked."""

    def is_there(slots: Mapping[str, Any]) -> Iterator[str]:
        if [slot["slotCode"] for slot in slots["items"]] != [SLOT]:
            yield f"{LINE} has the slots {[slot['slotCode'] for slot in slots['items']]}, not just {SLOT}"

    return open_slot(walk, LINE, SLOT, reason="acceptance: begin anew", check=is_there)


def _has_a_slot(table: Mapping[str, Any]) -> Iterator[str]:
    if table["created"] != 1:
        yield f"the table has {table['created']} slots, not 1"


def _is_wrong(number: int) -> Any:
    def check(record: Mapping[str, Any]) -> Iterator[str]:
        told = (record["verifyResult"], record["failCode"], record["failedAttempts"], record["slotLocked"])
        if told != ("FAIL", "MATERIAL_MISMATCH", number, number == WRONG_SCANS):
            yield f"wrong scan {number} was answered {told}"

    return check


def _fails_locked(check: Mapping[str, Any]) -> Iterator[str]:
    causes = {item["itemType"]: item["causeCode"] for item in check["items"] if item["status"] == "FAILED"}
    if check["status"] != "FAILED" or causes != {"LOADING": "SLOT_LOCKED"}:
        yield f"the check is {check['status']} for {causes}"


def _passes(check: Mapping[str, Any]) -> Iterator[str]:
    if check["status"] != "PASSED":
        yield f"the check is {check['status']}: {[item for item in check['items'] if item['status'] == 'FAILED']}"


def _is_open(slot: Mapping[str, Any]) -> Iterator[str]:
    if slot["isLocked"] or slot["failedAttempts"]:
        yield f"the slot is locked: {slot['isLocked']}, with {slot['failedAttempts']} wrong scans"


def _is_right(record: Mapping[str, Any]) -> Iterator[str]:
    if (record["verifyResult"], record["status"]) != ("PASS", "LOADED"):
        yield f"the right reel was answered {record['verifyResult']}, {record['status']}"


def _look_back(walk: Walk) -> None:
    def is_loaded(slots: Mapping[str, Any]) -> Iterator[str]:
        found = slots["items"][0]
        if found["isLocked"] or (found["current"] or {}).get("lotNo") != base.LOT[1]:
            yield f"the slot is locked: {found['isLocked']}, and holds {found['current']}"

    def has_refused(trace: Mapping[str, Any]) -> Iterator[str]:
        told = [record["verifyResult"] for record in trace["loadingRecords"]]
        if told != ["FAIL"] * WRONG_SCANS + ["PASS"]:
            yield f"the run's trace tells the scans {told}"

    def has_none(trace: Mapping[str, Any]) -> Iterator[str]:
        if any(record["verifyResult"] == "FAIL" for record in trace["loadingRecords"]):
            yield "a refused scan stands in the board's trace"

    def was_entered(book: Mapping[str, Any]) -> Iterator[str]:
        if not any(entry["entityDisplay"] == f"{LINE} {SLOT}" for entry in book["items"]):
            yield "the unlocking is not in the audit book"

    walk.step("the slot is open and loaded", "engineer", f"GET /lines/{in_path(LINE)}/feeder-slots", check=is_loaded)
    walk.step(
        "the run's trace tells every scan",
        "quality",
        f"GET /trace/runs/{in_path(walk.context['runNo'])}",
        check=has_refused,
    )
    walk.step(
        "the board's trace tells no refused scan",
        "quality",
        f"GET /trace/units/{in_path(walk.context['sn'])}",
        check=has_none,
    )
    walk.step(
        "the book tells who opened the slot",
        "admin",
        "GET /audit-logs?action=FEEDER_SLOT_UNLOCK&pageSize=5",
        check=was_entered,
    )
