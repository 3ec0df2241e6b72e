"""`happy` and `oqc-fail-mrb-…` (spec 13.11): from work order through first article and stations to the outgoing inspection, and
what the MRB makes of a failed one. They drive the demo's own line and route."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import (
    ground_of,
    inspect_outgoing,
    is_status,
    make_board,
    open_slot,
    run_path,
    start_run,
)
from fiducial.demo.acceptance.scenarios.ground import Ground, Place
from fiducial.demo.acceptance.scenarios.quality_ground import GROUNDS
from fiducial.demo.acceptance.steps import OK, Check, Walk, refused

DEFECT_CODE = "DEF-001"

ENDED = ("COMPLETED", "CLOSED_REWORK", "SCRAPPED", "CANCELLED")
SETTLED_S, PATIENCE_S = 0.5, 60.0  # until a scan that was on its way has come; for a run that does not end
OPENINGS = 5  # of a slot that others lock again and again


def happy(walk: Walk) -> None:
    """Walk the scenario. Must end with: run COMPLETED, its story in the trace."""
    ground = _to_the_end(walk)
    oqc = inspect_outgoing(walk, "PASS")
    closed = walk.step(
        "the run is closed already", "planner", f"POST {run_path(walk)}/close", check=is_status("COMPLETED")
    )
    walk.tell(oqcId=oqc, alreadyClosed=closed.data["alreadyClosed"])
    _run_is(walk, "COMPLETED")
    _trace(walk, ground, runs=[walk.context["runNo"]], tracks=len(ground.places))


def mrb_release(walk: Walk) -> None:
    """Walk the scenario. Must end with: run COMPLETED although the inspection failed."""
    _to_the_end(walk)
    inspect_outgoing(walk, "FAIL", DEFECT_CODE)
    _run_is(walk, "ON_HOLD")
    _mrb(walk, {"decision": "RELEASE", "reason": "acceptance: usable as it is"}, "COMPLETED")
    _run_is(walk, "COMPLETED")

    def tells(trace: Mapping[str, Any]) -> Iterator[str]:
        failed = [one for one in trace["inspections"] if (one["type"], one["status"]) == ("OQC", "FAIL")]
        if [one["mrb"]["decision"] for one in failed if one["mrb"]] != ["RELEASE"]:
            yield f"the failed inspection and its decision are {failed}"

    walk.step("the trace tells the decision", "quality", f"GET /trace/units/{in_path(walk.context['sn'])}", check=tells)


def mrb_scrap(walk: Walk) -> None:
    """Walk the scenario. Must end with: run and unit SCRAPPED."""
    _to_the_end(walk)
    inspect_outgoing(walk, "FAIL", DEFECT_CODE)
    _run_is(walk, "ON_HOLD")
    _mrb(walk, {"decision": "SCRAP", "reason": "acceptance: beyond repair"}, "SCRAPPED")
    _run_is(walk, "SCRAPPED")
    sn = walk.context["sn"]

    def is_scrapped(data: Mapping[str, Any]) -> Iterator[str]:
        states = {unit["sn"]: unit["status"] for unit in data["items"]}
        if states != {sn: "SCRAPPED"}:
            yield f"the units are {states}"

    walk.step("the unit is SCRAPPED", "planner", f"GET {run_path(walk)}/units", check=is_scrapped)


def mrb_rework(walk: Walk) -> None:
    """Walk the scenario. Must end with: rework run COMPLETED; both runs in the trace, the waiver, every station twice."""
    ground = _to_the_end(walk)
    inspect_outgoing(walk, "FAIL", DEFECT_CODE)
    _run_is(walk, "ON_HOLD")
    body = {
        "decision": "REWORK", "reason": "acceptance: all stations again", "reworkType": "REUSE_PREP", "faiWaiver": True,
        "faiWaiverReason": "acceptance: same line, same hour",
    }  # fmt: skip
    parent = walk.context["runNo"]
    made = _mrb(walk, body, "CLOSED_REWORK")["reworkRun"]
    walk.expect(
        "the rework run is authorised at once",
        made["runNo"] == f"{parent}-RW1" and made["status"] == "AUTHORIZED",
        f"it is {made}",
    )
    walk.tell(parentRunNo=parent, runNo=made["runNo"])
    listed = walk.step("the rework runs of the failed run", "planner", f"GET /runs/{in_path(parent)}/rework-runs").data
    walk.expect("the waiver is shown", [run["mrbFaiWaiver"] for run in listed] == [True], f"they are {listed}")
    for place in ground.places:
        _through(walk, ground, place)
    _close_asks_for_inspection(walk)
    inspect_outgoing(walk, "PASS")
    _run_is(walk, "COMPLETED")
    _trace(walk, ground, runs=[parent, made["runNo"]], tracks=2 * len(ground.places))


# The way to the outgoing inspection


def _to_the_end(walk: Walk) -> Ground:
    """Sign in, compile, make a run of one board, prepare the line, inspect the first article, authorise, work every station."""
    ground = ground_of(walk, GROUNDS)
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code, stations=len(ground.places))
    walk.sign_in()
    compiled = walk.step(
        "compile the route", "engineer", f"POST /routes/{in_path(ground.route_code)}/compile", check=is_status("READY")
    )
    walk.tell(routeVersionNo=compiled.data["versionNo"])
    start_run(walk, ground)
    make_board(walk)
    _sampling_rule(walk, ground)
    _prepare_line(walk)
    _first_article(walk, ground)
    walk.step(
        "authorise the run",
        "planner",
        f"POST {run_path(walk)}/authorize",
        {"action": "AUTHORIZE"},
        check=is_status("AUTHORIZED"),
    )
    for place in ground.places[1:]:
        _through(walk, ground, place)
    _close_asks_for_inspection(walk)
    return ground


def _sampling_rule(walk: Walk, ground: Ground) -> None:
    rule = {
        "productCode": walk.options.product_code, "lineCode": ground.line_code, "routingCode": ground.route_code, "samplingType": "FIXED",
        "sampleValue": 1, "priority": 100,
    }  # fmt: skip
    made = walk.step("a sampling rule: one board", "quality", "POST /oqc/sampling-rules", rule).data
    walk.put_back("switch the sampling rule off", "quality", f"DELETE /oqc/sampling-rules/{made['id']}")


def _prepare_line(walk: Walk) -> None:
    """Load what the line needs, where it loads; then the check passes."""
    if walk.track == "smt" and walk.options.with_loading:
        load(walk)

    def has_passed(check: Mapping[str, Any]) -> Iterator[str]:
        if check["status"] != "PASSED":
            yield f"the check is {check['status']}: {[item for item in check['items'] if item['status'] == 'FAILED']}"

    walk.step("FORMAL check", "quality", f"POST {run_path(walk)}/readiness/check", check=has_passed)
    walk.step(
        "no authorisation before the first article", "planner", f"POST {run_path(walk)}/authorize", {"action": "AUTHORIZE"},
        expect=refused("FAI_NOT_PASSED"),
    )  # fmt: skip


def load(walk: Walk) -> None:
    """Load the slot, when it is this run's turn: a wrong reel is refused, the right one passes."""
    slot, material = walk.options.slot_code, walk.options.material_code
    walk.step("load the station table", "leader", f"POST {run_path(walk)}/loading/load-table")

    def is_wrong(record: Mapping[str, Any]) -> Iterator[str]:
        if record["verifyResult"] == "PASS":
            yield "a wrong reel was taken as right"

    def is_right(record: Mapping[str, Any]) -> Iterator[str]:
        if record["verifyResult"] != "PASS":
            yield f"the right reel is {record['verifyResult']}: {record.get('failReason')}"

    scan = {"runNo": walk.context["runNo"], "slotCode": slot, "operatorId": walk.options.operator_id}
    wrong = scan | {"materialLotBarcode": "MAT-002|LOT-ACC-WRONG"}
    _scan(walk, "a wrong reel", wrong, is_wrong)
    right = scan | {"materialLotBarcode": f"{material}|LOT-DEMO-001"}
    while True:
        _scan(walk, "the right reel", right, is_right)
        time.sleep(SETTLED_S)  # who looked before this reel was there has scanned by now
        if _holder(walk) is None:
            return


def _scan(walk: Walk, name: str, scan: Mapping[str, Any], check: Check) -> None:
    """Scan at one's turn; wrong reels of several callers, or of one that broke off, lock the slot: then it is opened, and scanned again."""
    for _ in range(OPENINGS):
        _wait_for_turn(walk)
        expect = OK | refused("SLOT_LOCKED")
        if walk.step(name, "operator", "POST /loading/verify", scan, expect=expect, check=check).code is None:
            return
        slot = walk.options.slot_code
        open_slot(walk, str(walk.context["lineCode"]), slot, reason="acceptance: wrong reels of several runs")
    walk.step(name, "operator", "POST /loading/verify", scan, check=check)


def _holder(walk: Walk) -> str | None:
    """Give the run of another caller whose reel is on the slot, None when the slot is free or ours: a line makes one run at a time."""
    slots = walk.api.call("engineer", "GET", f"/lines/{in_path(str(walk.context['lineCode']))}/feeder-slots").data
    reel = next((one["current"] for one in slots["items"] if one["slotCode"] == walk.options.slot_code), None)
    run_no = reel["runNo"] if reel else None
    if run_no in (None, walk.context["runNo"]):
        return None
    path = f"/runs/{in_path(str(run_no))}"
    works = [walk.api.call("planner", "GET", path).data["run"]]
    if works[0]["status"] == "CLOSED_REWORK":  # its rework run goes on with what is loaded
        works = walk.api.call("planner", "GET", f"{path}/rework-runs").data
    return next((str(run["runNo"]) for run in works if run["status"] not in ENDED), None)


def _wait_for_turn(walk: Walk) -> None:
    """Wait until no run of another caller holds the slot; one that nobody goes on with is waited for in vain, so not for ever."""
    holder = _holder(walk)
    until = time.monotonic() + PATIENCE_S
    while holder is not None and time.monotonic() < until:
        time.sleep(SETTLED_S)
        now = _holder(walk)
        if now != holder:
            holder, until = now, time.monotonic() + PATIENCE_S


def _first_article(walk: Walk, ground: Ground) -> None:
    made = walk.step(
        "create the first article", "quality", f"POST /fai/run/{in_path(walk.context['runNo'])}", {"sampleQty": 1}
    ).data
    fai = f"/fai/{made['id']}"
    walk.tell(faiId=made["id"])
    walk.step("start it", "quality", f"POST {fai}/start", check=is_status("INSPECTING"))
    _through(walk, ground, ground.places[0])
    item = {
        "itemName": "外观",
        "itemSpec": "无桥连、无漏件",
        "actualValue": "OK",
        "result": "PASS",
        "unitSn": walk.context["sn"],
    }
    walk.step("record an item", "quality", f"POST {fai}/items", item)
    walk.step("a FAIL does not agree with the items", "quality", f"POST {fai}/complete", {"decision": "FAIL"},
              expect=refused("INSPECTION_VERDICT_CONFLICT"))  # fmt: skip
    walk.step("decide PASS", "quality", f"POST {fai}/complete", {"decision": "PASS"}, check=is_status("PASS"))
    walk.step("sign it", "quality", f"POST {fai}/sign", {"meaning": "APPROVED", "remark": "首件合格"})


def _through(walk: Walk, ground: Ground, place: Place) -> None:
    code = ground.station_code(place)
    station = f"/stations/{in_path(code)}"
    scan = {"sn": walk.context["sn"], "runNo": walk.context["runNo"], "operatorId": walk.options.operator_id}
    walk.step(f"track in at {code}", "operator", f"POST {station}/track-in", scan)
    last = place is ground.places[-1]
    walk.step(f"track out at {code}", "operator", f"POST {station}/track-out", scan | {"result": "PASS"},
              check=is_status("DONE" if last else "QUEUED"))  # fmt: skip


def _close_asks_for_inspection(walk: Walk) -> None:
    answer = walk.step(
        "close-out asks for the inspection", "planner", f"POST {run_path(walk)}/close", expect=refused("OQC_REQUIRED")
    )
    walk.tell(oqcId=answer.details.get("oqcId"))
    walk.expect("the refusal names the task", bool(answer.details.get("oqcId")), f"details are {dict(answer.details)}")


def _mrb(walk: Walk, body: Mapping[str, Any], becomes: str) -> Any:
    def became(data: Mapping[str, Any]) -> Iterator[str]:
        if data["run"]["status"] != becomes:
            yield f"the run is {data['run']['status']}, not {becomes}"

    decided = walk.step(
        f"the MRB decides {body['decision']}", "quality", f"POST {run_path(walk)}/mrb-decision", body, check=became
    )
    walk.step(
        "a decided run is not decided again",
        "quality",
        f"POST {run_path(walk)}/mrb-decision",
        body,
        expect=refused("RUN_NOT_ON_HOLD"),
    )
    return decided.data


def _run_is(walk: Walk, status: str) -> None:
    def check(data: Mapping[str, Any]) -> Iterator[str]:
        if data["run"]["status"] != status:
            yield f"the run is {data['run']['status']}"

    walk.step(f"the run is {status}", "planner", f"GET {run_path(walk)}", check=check)


def _loaded(walk: Walk, trace: Mapping[str, Any]) -> bool:
    return any(
        (record["slotCode"], record["verifyResult"]) == (walk.options.slot_code, "PASS")
        for record in trace["loadingRecords"]
    )


def _trace(walk: Walk, ground: Ground, *, runs: list[str], tracks: int) -> None:
    def tells(trace: Mapping[str, Any]) -> Iterator[str]:
        if trace["route"]["code"] != ground.route_code:
            yield f"the route is {trace['route']}"
        passed = [track for track in trace["tracks"] if track["result"] == "PASS"]
        if len(passed) != tracks:
            yield f"{len(passed)} tracks with PASS, not {tracks}"
        if [run["runNo"] for run in trace["runs"]] != runs:
            yield f"the runs are {[run['runNo'] for run in trace['runs']]}, not {runs}"
        told = {(one["type"], one["status"]) for one in trace["inspections"]}
        if not {("FAI", "PASS"), ("OQC", "PASS")} <= told:
            yield f"the inspections are {told}"
        if walk.track == "smt" and walk.options.with_loading and not _loaded(walk, trace):
            yield f"no record of {walk.options.slot_code} with PASS: {trace['loadingRecords']}"
        if len(runs) > 1 and not trace["runs"][-1]["mrbFaiWaiver"]:
            yield "the waiver of the first article is not told"

    walk.step("the trace tells the story", "quality", f"GET /trace/units/{in_path(walk.context['sn'])}", check=tells)
