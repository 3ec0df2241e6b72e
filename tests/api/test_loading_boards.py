"""Which reel is in which board (spec 04.7): by time, by the first board, forward and backward; consumption; what stops mounting."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.loading_floor import MOUNT, ROUTE, Loading
from tests.api.orders_floor import step
from tests.api.plant import STATIONS, Plant

from fiducial.execution.tables import tracks
from fiducial.loading.settings import BLOCK_MOUNT_ON_MISMATCH, FIRST_UNIT_REQUIRED
from fiducial.loading.tables import records
from fiducial.orders.tables import units


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def reels_of(floor: Loading, sn: str) -> set[tuple[str, str]]:
    """The lots in a board's trace, with their certainty."""
    trace = floor.api.as_("quality").get(f"/api/trace/units/{sn}", sections="loadingRecords").must()
    return {(reel["lotNo"], reel["certainty"]) for reel in trace["loadingRecords"]}


def boards_of(floor: Loading, lot: str, material: str = "MAT-001", **asked: Any) -> Any:
    return (
        floor.api.as_("quality").get(f"/api/trace/material-lots/{material}/{lot}/units", pageSize=100, **asked).must()
    )


def must_agree(floor: Loading, sns: list[str], *lots: str) -> None:
    """A lot is in a board's trace if and only if the board is listed for the lot, as sure."""
    forward = {(sn, lot, certainty) for sn in sns for lot, certainty in reels_of(floor, sn)}
    backward = {(item["sn"], lot, item["certainty"]) for lot in lots for item in boards_of(floor, lot)["items"]}
    assert forward == backward


def placing(floor: Loading, boards: int) -> tuple[str, list[str]]:
    """A run IN_PROGRESS with a reel L-1 on its slot and boards that wait."""
    run_no = floor.loaded_run(plan=boards + 1, units=boards)  # one is missing, so that the run does not end by itself
    floor.scan(run_no, "MAT-001|L-1", packageQty=100).must()
    floor.started(run_no)
    return run_no, floor.sns(run_no)


def test_a_first_board_divides_two_reels(floor: Loading) -> None:
    run_no, sns = placing(floor, 9)
    floor.place(*sns[:5])
    floor.change(run_no, "MAT-001|L-2", firstUnitSn=sns[5]).must()
    floor.place(*sns[5:])
    for sn in sns[:5]:
        assert reels_of(floor, sn) == {("L-1", "CERTAIN")}
    for sn in sns[5:]:
        assert reels_of(floor, sn) == {("L-2", "CERTAIN")}
    must_agree(floor, sns, "L-1", "L-2")
    summary = boards_of(floor, "L-1")["summary"]
    assert (summary["units"], summary["certain"], summary["possible"], summary["runs"]) == (5, 5, 0, 1)


def test_a_board_in_the_machine_while_the_reel_was_changed_may_hold_both(floor: Loading) -> None:
    run_no, sns = placing(floor, 3)
    floor.place(sns[0])
    floor.to_mount(sns[1]).must()
    floor.change(run_no, "MAT-001|L-2").must()
    floor.operator.post(f"/api/stations/{MOUNT}/track-out", {"sn": sns[1], "result": "PASS"}).must()
    floor.place(sns[2])
    assert reels_of(floor, sns[1]) == {("L-1", "POSSIBLE"), ("L-2", "POSSIBLE")}
    must_agree(floor, sns, "L-1", "L-2")
    assert [item["sn"] for item in boards_of(floor, "L-2", certainty="POSSIBLE")["items"]] == [sns[1]]


def test_a_first_board_given_later_makes_it_certain(floor: Loading) -> None:
    run_no, sns = placing(floor, 3)
    floor.place(sns[0])
    floor.to_mount(sns[1]).must()
    record = floor.change(run_no, "MAT-001|L-2").must()
    floor.operator.post(f"/api/stations/{MOUNT}/track-out", {"sn": sns[1], "result": "PASS"}).must()
    floor.place(sns[2])
    path = f"/api/loading/records/{record['id']}/first-unit"
    assert floor.material.post(path, {"sn": sns[1]}).must()["firstUnitSn"] == sns[1]
    assert reels_of(floor, sns[1]) == {("L-2", "CERTAIN")}
    floor.material.post(path, {"sn": sns[2]}).must()
    assert reels_of(floor, sns[1]) == {("L-1", "CERTAIN")}
    must_agree(floor, sns, "L-1", "L-2")
    assert floor.plant.audit(action="LOADING_FIRST_UNIT")[0]["entityType"] == "LOADING"


def test_a_first_board_must_be_one_that_can_be_the_first(floor: Loading) -> None:
    run_no, sns = placing(floor, 4)
    floor.place(sns[0])
    second = floor.change(run_no, "MAT-001|L-2", firstUnitSn=sns[1]).must()
    floor.place(sns[1])
    refused = floor.change(run_no, "MAT-001|L-3", firstUnitSn=sns[0])
    assert (refused.status, refused.code) == (409, "FIRST_UNIT_ORDER_INVALID")
    assert floor.change(run_no, "MAT-001|L-3", firstUnitSn="SN-NONE").code == "UNIT_NOT_FOUND"
    stranger = floor.sns(floor.run(units=1))[0]
    assert floor.change(run_no, "MAT-001|L-3", firstUnitSn=stranger).code == "UNIT_RUN_MISMATCH"
    floor.place(sns[2])
    floor.change(run_no, "MAT-001|L-3", firstUnitSn=sns[3]).must()
    floor.place(sns[3])
    path = f"/api/loading/records/{second['id']}/first-unit"
    assert floor.material.post(path, {"sn": sns[3]}).code == "FIRST_UNIT_ORDER_INVALID"
    wrong = floor.change(run_no, "WRONG|L").must()
    refused = floor.material.post(f"/api/loading/records/{wrong['id']}/first-unit", {"sn": sns[3]})
    assert (refused.status, refused.code) == (409, "LOADING_RECORD_NOT_LOADED")
    assert (
        floor.material.post("/api/loading/records/nonsense/first-unit", {"sn": sns[3]}).code
        == "LOADING_RECORD_NOT_FOUND"
    )


def test_a_voided_visit_and_a_refused_scan_count_for_nothing(floor: Loading) -> None:
    run_no, sns = placing(floor, 2)
    floor.change(run_no, "WRONG|L-9").must()
    floor.setting(BLOCK_MOUNT_ON_MISMATCH, False, floor.line_id())
    floor.to_mount(sns[0]).must()
    floor.operator.post(f"/api/stations/{MOUNT}/cancel-track-in", {"sn": sns[0], "reason": "wrong board"}).must()
    assert reels_of(floor, sns[0]) == set()
    floor.place(sns[1])
    assert reels_of(floor, sns[1]) == {("L-1", "CERTAIN")}
    trace = floor.api.as_("quality").get(f"/api/trace/runs/{run_no}").must()
    assert [(scan["lotNo"], scan["verifyResult"]) for scan in trace["loadingRecords"]] == [
        ("L-1", "PASS"),
        ("L-9", "FAIL"),
    ]


def test_a_board_that_comes_back_takes_from_the_reel_of_each_visit(floor: Loading) -> None:
    run_no, sns = placing(floor, 2)
    floor.place(sns[0])
    floor.change(run_no, "MAT-001|L-2", firstUnitSn=sns[1]).must()
    floor.place(sns[1])
    floor.plant.sql(update(units).where(units.c.sn == sns[0]).values(status="QUEUED", current_step_no=20))
    floor.place(sns[0])
    assert reels_of(floor, sns[0]) == {("L-1", "CERTAIN"), ("L-2", "CERTAIN")}
    must_agree(floor, sns, "L-1", "L-2")


def test_without_a_placement_step_all_steps_are_one_time(floor: Loading) -> None:
    floor.table()
    run_no = floor.run(plan=3, units=2, route=floor.route(None, step(10, "A", STATIONS[0]), step(20, "B", MOUNT)))
    floor.load_table(run_no).must()
    floor.scan(run_no, "MAT-001|L-1").must()
    floor.started(run_no)
    first, second = floor.sns(run_no)
    floor.operator.post(f"/api/stations/{STATIONS[0]}/track-in", {"sn": first}).must()
    floor.operator.post(f"/api/stations/{STATIONS[0]}/track-out", {"sn": first, "result": "PASS"}).must()
    floor.change(run_no, "MAT-001|L-2").must()  # while the board lies between two steps
    floor.place(first)
    floor.place(second)
    assert reels_of(floor, first) == {("L-1", "POSSIBLE"), ("L-2", "POSSIBLE")}
    assert reels_of(floor, second) == {("L-2", "CERTAIN")}
    must_agree(floor, [first, second], "L-1", "L-2")


def test_a_gap_between_two_reels_leaves_the_board_to_neither(floor: Loading) -> None:
    run_no, sns = placing(floor, 2)
    floor.take_off(run_no).must()
    floor.setting(BLOCK_MOUNT_ON_MISMATCH, False, floor.line_id())
    floor.plant.sql(update(records).values(unloaded_at=records.c.unloaded_at - 5))
    floor.place(sns[0])
    assert reels_of(floor, sns[0]) == set()
    assert boards_of(floor, "L-1")["items"] == []


# The reverse trace as a list


def test_a_lot_nobody_used_has_no_boards_and_an_unknown_one_is_refused(floor: Loading) -> None:
    floor.plant.material("MAT-001")
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-001", "lotNo": "L-1", "supplier": "ACME"})
    found = boards_of(floor, "L-1")
    assert (found["total"], found["items"], found["lot"]["supplier"]) == (0, [], "ACME")
    ask = floor.api.as_("quality").get
    refused = ask("/api/trace/material-lots/MAT-001/L-9/units")
    assert (refused.status, refused.code) == (404, "TRACE_MATERIAL_LOT_NOT_FOUND")
    refused = ask("/api/trace/material-lots/MAT-001/%20/units")
    assert (refused.status, refused.code) == (422, "TRACE_MATERIAL_LOT_INVALID")
    assert ask("/api/trace/material-lots/MAT-001/L-1/units", certainty="MAYBE").status == 422
    assert floor.api.as_("planner").get("/api/trace/material-lots/MAT-001/L-1/units").status in (200, 403)


def test_the_boards_of_a_lot_are_paged_and_narrowed(floor: Loading) -> None:
    run_no, sns = placing(floor, 5)
    floor.place(*sns)
    whole = boards_of(floor, "L-1")
    assert [item["sn"] for item in whole["items"]] == sns
    assert (whole["total"], whole["summary"]["byStatus"]) == (5, {"DONE": 5})
    assert {item["via"] for item in whole["items"]} == {"LOADING"}
    ask = floor.api.as_("quality").get
    page = ask("/api/trace/material-lots/MAT-001/L-1/units", page=2, pageSize=2).must()
    assert ([item["sn"] for item in page["items"]], page["total"]) == (sns[2:4], 5)
    assert [item["sn"] for item in boards_of(floor, "L-1", sort="from.desc")["items"]] == sns[::-1]
    assert boards_of(floor, "L-1", status="QUEUED")["total"] == 0
    assert boards_of(floor, "L-1", runNo=run_no)["total"] == 5
    third = whole["items"][2]["from"]
    assert [item["sn"] for item in boards_of(floor, "L-1", to=third)["items"]][-1] == sns[2]
    assert boards_of(floor, "L-1", **{"from": "2090-01-01T00:00:00Z"})["total"] == 0
    floor.set_run(run_no, status="COMPLETED")
    assert all(item["shippable"] for item in boards_of(floor, "L-1")["items"])


def test_boards_out_of_reach_are_not_listed(floor: Loading) -> None:
    _, sns = placing(floor, 1)
    floor.place(*sns)
    far = floor.plant.holder("trace:read", scope="ASSIGNED_LINES", lineCodes=["LINE-FAR"])
    assert far.get("/api/trace/material-lots/MAT-001/L-1/units").must()["total"] == 0


# Consumption


def test_consumption_counts_boards_by_reel_and_material(floor: Loading) -> None:
    for code in ("P-1", "MAT-001"):
        floor.plant.material(code)
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": "MAT-001", "qty": 2}]}).must()
    run_no = floor.loaded_run(plan=3, units=3, unitConsumption=2.5)
    floor.scan(run_no, "MAT-001|L-1", packageQty=100).must()
    floor.started(run_no)
    sns = floor.sns(run_no)
    floor.place(*sns[:2])
    floor.change(run_no, "MAT-001|L-2").must()
    floor.place(sns[2])
    used = floor.material.get(f"/api/runs/{run_no}/loading/consumption").must()
    first, second = used["slots"][0]["reels"]
    assert (first["units"], first["consumedQty"], first["remainingQty"], first["certain"]) == (2, 5, 95, True)
    assert (second["units"], second["consumedQty"], second["remainingQty"]) == (1, 2.5, None)
    assert used["materials"] == [{"materialCode": "MAT-001", "consumedQty": 7.5, "bomQty": 6, "diffQty": 1.5}]


# Mounting stops


def test_a_wrong_reel_stops_mounting_until_the_right_one_is_there(floor: Loading) -> None:
    run_no, sns = placing(floor, 3)
    floor.place(sns[0])
    answer = floor.change(run_no, "WRONG|L").must()
    assert (answer["verifyResult"], answer["status"]) == ("FAIL", "REJECTED")
    assert floor.scans(run_no, status="LOADED")[0]["lotNo"] == "L-1", "its boards stay traceable to the old reel"
    refused = floor.to_mount(sns[1])
    assert (refused.status, refused.code, refused.details["slots"]) == (409, "LOADING_NOT_VERIFIED", ["SLOT-01"])
    floor.change(run_no, "MAT-001|L-2").must()
    floor.place(sns[1])
    floor.setting(BLOCK_MOUNT_ON_MISMATCH, False, floor.line_id())
    floor.change(run_no, "WRONG|L").must()
    floor.place(sns[2])


def test_a_locked_slot_and_one_emptied_while_running_stop_mounting_too(floor: Loading) -> None:
    run_no, sns = placing(floor, 2)
    floor.take_off(run_no).must()
    assert floor.to_mount(sns[0]).code == "LOADING_NOT_VERIFIED"
    floor.scan(run_no, "MAT-001|L-2").must()
    for number in range(3):
        floor.change(run_no, f"WRONG-{number}|L").must()
    assert floor.to_mount(sns[0]).code == "LOADING_NOT_VERIFIED"
    slot = floor.slot_now()
    floor.engineer.post(f"/api/feeder-slots/{slot['id']}/unlock", {"reason": "looked at it"}).must()
    assert floor.to_mount(sns[0]).code == "LOADING_NOT_VERIFIED", "the last scan was wrong still"
    floor.scan(run_no, "MAT-001|L-2").must()
    floor.place(sns[0])


def test_a_slot_that_was_never_loaded_does_not_stop_mounting(floor: Loading) -> None:
    run_no = floor.loaded_run("SLOT-01", "SLOT-02", plan=1, units=1)
    floor.scan(run_no, "MAT-001|L-1").must()
    floor.started(run_no)
    floor.place(*floor.sns(run_no))


def test_where_the_line_asks_for_it_a_board_is_told_that_the_first_one_is_due(floor: Loading) -> None:
    run_no, sns = placing(floor, 2)
    floor.setting(FIRST_UNIT_REQUIRED, True, floor.line_id())
    record = floor.change(run_no, "MAT-001|L-2").must()
    answer = floor.to_mount(sns[0]).must()
    assert [one["details"]["slots"] for one in answer["warnings"] if one["code"] == "FIRST_UNIT_DUE"] == [["SLOT-01"]]
    floor.material.post(f"/api/loading/records/{record['id']}/first-unit", {"sn": sns[0]}).must()
    assert "FIRST_UNIT_DUE" not in [one["code"] for one in floor.to_mount(sns[1]).must()["warnings"]]


# Replacing, taking off, reviewing


def test_a_reel_is_replaced_by_one_of_the_same_lot(floor: Loading) -> None:
    run_no, _ = placing(floor, 1)
    floor.past()
    answer = floor.change(run_no, "MAT-001|L-1").must()
    assert (answer["kind"], answer["isIdempotent"], answer["reason"]) == ("REPLACE", False, "empty")
    again = floor.change(run_no, "MAT-001|L-1").must()
    assert (again["id"], again["isIdempotent"]) == (answer["id"], True)
    assert [reel["status"] for reel in floor.scans(run_no)] == ["LOADED", "REPLACED"]


def test_a_replace_needs_a_reel_and_a_reason(floor: Loading) -> None:
    run_no = floor.loaded_run()
    refused = floor.change(run_no, "MAT-001|L-2")
    assert (refused.status, refused.code) == (409, "SLOT_NOT_LOADED")
    for reason in (None, " "):
        body = {"runNo": run_no, "slotCode": "SLOT-01", "newMaterialLotBarcode": "MAT-001|L"} | (
            {"reason": reason} if reason else {}
        )
        assert floor.material.post("/api/loading/replace", body).status == 422
    assert floor.take_off(run_no).code == "SLOT_NOT_LOADED"


def test_a_reel_is_taken_off(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|L-1").must()
    answer = floor.take_off(run_no).must()
    assert (answer["status"], answer["unloadReason"], answer["unloadedByName"]) == ("UNLOADED", "jammed", "周物料")
    assert floor.expected(run_no)["status"] == "PENDING"
    assert floor.plant.audit(action="LOADING_UNLOAD")[0]["reason"] == "jammed"


def test_a_reel_change_is_reviewed_by_somebody_else(floor: Loading) -> None:
    run_no, _ = placing(floor, 1)
    floor.change(run_no, "WRONG|L").must()
    record = floor.change(run_no, "MAT-001|L-2", packageQty=5000).must()
    path = f"/api/reel-change-records/{record['id']}/review"
    paper = floor.material.get("/api/reel-change-records", runNo=run_no, reviewed="false").must()["items"]
    assert [(line["lotNo"], line["productCode"], line["lineCode"], line["packageQty"]) for line in paper] == [
        ("L-2", "P-1", "LINE-A", 5000)
    ]
    assert floor.material.post(path).code == "FORBIDDEN"
    answer = floor.leader.post(path).must()
    assert answer["reviewedByName"] == "赵组长"
    again = floor.engineer.post(path)
    assert (again.status, again.code) == (409, "ALREADY_CONFIRMED")
    assert floor.leader.post("/api/reel-change-records/nonsense/review").code == "LOADING_RECORD_NOT_FOUND"
    assert floor.material.get("/api/reel-change-records", reviewed="true").must()["total"] == 1


def test_whoever_changed_a_reel_does_not_review_it(floor: Loading) -> None:
    run_no, _ = placing(floor, 1)
    body = {"runNo": run_no, "slotCode": "SLOT-01", "newMaterialLotBarcode": "MAT-001|L-2", "reason": "empty"}
    record = floor.leader.post("/api/loading/replace", body).must()
    refused = floor.leader.post(f"/api/reel-change-records/{record['id']}/review")
    assert (refused.status, refused.code) == (409, "SIGNER_MUST_DIFFER")


def test_the_floor_of_this_file_is_what_it_says(floor: Loading) -> None:
    """Boards wait at the step they were put at, or the tests above prove nothing."""
    run_no, sns = placing(floor, 1)
    floor.place(*sns)
    assert [row.step_no for row in floor.rows(select(tracks.c.step_no))] == [ROUTE[1]["stepNo"]]
    assert run_no
