"""First pieces of a segment: the first board is inspected before others follow it, where the plant wants it so."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import TEST, Plant
from tests.api.quality_floor import STATIONS, Quality

from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.quality.inprocess.triggers import create_due_patrols, retrigger


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def point(floor: Quality, gate: str = "BLOCK", **more: Any) -> str:
    body = {
        "code": floor.plant.name("PT"), "name": "段首件", "stepNo": 10, "checkType": "FIRST_PIECE", "gate": gate,
        "items": [{"itemName": "焊点", "required": True}], **more,
    }  # fmt: skip
    return str(floor.quality.post("/api/ipqc-checkpoints", body).must()["code"])


def gate(floor: Quality, run_no: str) -> Any:
    return floor.quality.get(f"/api/ipqc/run/{run_no}/gate").must()["points"]


def test_the_first_pass_makes_the_inspection_and_further_boards_wait(floor: Quality) -> None:
    code = point(floor)
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    floor.come_in(first).must()
    waits = floor.come_in(second)
    assert (waits.code, waits.details["sampleSn"]) == ("IPQC_FIRST_PIECE_REQUIRED", first), (
        "one at a time while none is passed"
    )
    out = floor.go_out(first).must()
    assert [warning["code"] for warning in out["warnings"]] == ["IPQC_DUE"]
    made = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]
    assert (made["status"], made["sampledUnits"], made["data"]["point"]) == ("PENDING", [first], code)
    assert [(one["code"], one["state"], one["ipqcId"]) for one in gate(floor, run_no)] == [(code, "DUE", made["id"])]
    refused = floor.come_in(second)
    assert (refused.code, refused.details["ipqcId"]) == ("IPQC_FIRST_PIECE_REQUIRED", made["id"])
    floor.do("ipqc", made["id"], "start").must()
    assert floor.decide("ipqc", made["id"]).code == "INSPECTION_ITEMS_REQUIRED"
    floor.item("ipqc", made["id"], sn=first, name="焊点").must()
    floor.decide("ipqc", made["id"]).must()
    assert gate(floor, run_no)[0]["state"] == "PASSED"
    floor.come_in(second).must()


def test_a_failed_first_piece_stops_its_board_and_the_next_one_becomes_the_first(floor: Quality) -> None:
    point(floor)
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    floor.through(first, STATIONS[0])
    key = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["id"]
    floor.do("ipqc", key, "start").must()
    floor.item("ipqc", key, "FAIL", sn=first, name="焊点").must()
    done = floor.decide("ipqc", key, "FAIL").must()
    assert (done["nextAction"], floor.unit(first).status) == ("DISPOSE_DEFECTS", "OUT_FAILED")
    assert floor.exceptions() == [(run_no, "QUALITY", "IPQC_FAIL")], (
        "a failed inspection opens one production exception"
    )
    assert gate(floor, run_no)[0]["state"] == "NONE"
    floor.through(second, STATIONS[0])
    newest = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]
    assert (newest["status"], newest["sampledUnits"]) == ("PENDING", [second])


def test_a_gate_that_warns_lets_boards_follow(floor: Quality) -> None:
    code = point(floor, "WARN")
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    floor.through(first, STATIONS[0])
    warned = [one for one in floor.come_in(second).must()["warnings"] if one["code"] == "IPQC_DUE"]
    assert [(one["code"], one["details"]["checkpointCode"]) for one in warned] == [("IPQC_DUE", code)]


def test_two_boards_at_once_for_the_first_piece(floor: Quality) -> None:
    point(floor)
    run_no = floor.running(units=2)
    at = f"/api/stations/{STATIONS[0]}/track-in"
    answers = floor.api.at_once(*((floor.operator, "POST", at, {"sn": sn}) for sn in floor.sns(run_no)))
    assert sorted(str(answer.code) for answer in answers) == ["IPQC_FIRST_PIECE_REQUIRED", "None"]


def test_an_inspection_that_is_given_up_makes_the_first_piece_due_anew(floor: Quality) -> None:
    point(floor)
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    floor.through(first, STATIONS[0])
    key = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["id"]
    floor.do("ipqc", key, "cancel", reason="by mistake").must()
    assert gate(floor, run_no)[0]["state"] == "NONE"
    floor.come_in(second).must()


def test_a_point_of_a_kind_of_step_looks_at_the_first_of_that_kind(floor: Quality) -> None:
    code = point(floor, stepNo=None, processKind="OTHER")
    run_no = floor.running()
    assert [(one["code"], one["stepNo"]) for one in gate(floor, run_no)] == [(code, 10)]
    assert point(floor, stepNo=None, processKind="TEST") not in [one["code"] for one in gate(floor, run_no)]


def test_an_extra_one_is_made_by_hand(floor: Quality) -> None:
    code = point(floor, "NONE", checkType="EVENT")
    run_no = floor.running()
    sns = floor.sns(run_no)
    made = floor.make("ipqc", run_no, checkpointCode=code, unitSns=sns[:1]).must()
    assert (made["sampledUnits"], made["sampleQty"], [item["itemName"] for item in made["items"]]) == (
        sns[:1],
        1,
        ["焊点"],
    )
    assert floor.make("ipqc", run_no, checkpointCode=code).code == "IPQC_ALREADY_EXISTS"
    assert floor.make("ipqc", run_no, checkpointCode="NONE").code == "IPQC_POINT_NOT_FOUND"
    assert floor.make("ipqc", floor.prepared(), checkpointCode=code).code == "INVALID_RUN_STATUS"
    other = point(floor, "NONE", checkType="EVENT")
    stranger = floor.sns(floor.running())[0]
    assert floor.make("ipqc", run_no, checkpointCode=other, unitSns=[stranger]).code == "UNIT_RUN_MISMATCH"
    assert floor.make("ipqc", run_no, checkpointCode=other, unitSns=["SN-NONE"]).code == "UNIT_NOT_FOUND"


def test_the_end_of_the_run_takes_open_ones_with_it(floor: Quality) -> None:
    code = point(floor, "NONE", checkType="EVENT")
    run_no = floor.running()
    key = floor.make("ipqc", run_no, checkpointCode=code).must()["id"]
    floor.finish_all(run_no)
    row = floor.look("ipqc", key)
    assert (floor.status(run_no), row["status"], row["cancelReason"]) == ("COMPLETED", "CANCELLED", "RUN_ENDED")


# ---- again, and from time to time


def passed_point(floor: Quality, **more: Any) -> tuple[str, str]:
    """A run whose first piece has passed: its number and the point."""
    code = point(floor, **more)
    run_no = floor.running(units=3)
    floor.through(floor.sns(run_no)[0], STATIONS[0])
    key = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["id"]
    floor.do("ipqc", key, "start").must()
    floor.item("ipqc", key, name="焊点").must()
    floor.decide("ipqc", key).must()
    return run_no, code


@action(audit="TEST", entity="LINE", internal_only=True)
def tell(tx: Tx, cause: str, line_id: int) -> int:
    tx.unrecorded()
    return retrigger(tx, cause, line_id=line_id)


def test_a_change_that_the_point_names_makes_the_first_piece_due_anew(floor: Quality) -> None:
    run_no, _ = passed_point(floor, retriggerOn=["TOOL_CHANGE"])
    assert floor.store.write_now(TEST, tell, "SHIFT", floor.line_id()) == 0
    assert gate(floor, run_no)[0]["state"] == "PASSED"
    assert floor.store.write_now(TEST, tell, "TOOL_CHANGE", floor.line_id()) == 1
    assert gate(floor, run_no)[0]["state"] == "NONE"
    assert floor.store.write_now(TEST, tell, "TOOL_CHANGE", floor.line_id()) == 0, "once is enough"


def test_a_patrol_comes_when_so_many_boards_have_passed(floor: Quality) -> None:
    point(floor, "NONE", checkType="PATROL", frequency={"units": 2})
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    floor.through(first, STATIONS[0])
    assert floor.store.write_now(TEST, create_due_patrols) == 0
    floor.through(second, STATIONS[0])
    assert floor.store.write_now(TEST, create_due_patrols) == 1
    assert floor.store.write_now(TEST, create_due_patrols) == 0, "one is open"
    assert floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["sampledUnits"] is None


def test_a_patrol_comes_when_its_time_has_come(floor: Quality) -> None:
    point(floor, "NONE", checkType="PATROL", frequency={"minutes": 60})
    run_no = floor.running(units=2)
    floor.come_in(floor.sns(run_no)[0]).must()
    assert floor.store.write_now(TEST, create_due_patrols) == 0
    floor.set_run(run_no, started_at=1)
    assert floor.store.write_now(TEST, create_due_patrols) == 1


# ---- a hand-made one is not the first piece


def test_an_inspection_made_by_hand_before_the_first_board_does_not_become_its_first_piece(floor: Quality) -> None:
    code = point(floor)
    run_no = floor.running(units=3)
    first, second, _ = floor.sns(run_no)
    by_hand = floor.begun("ipqc", run_no, checkpointCode=code)
    floor.through(first, STATIONS[0])
    assert gate(floor, run_no)[0] == {**gate(floor, run_no)[0], "state": "DUE", "ipqcId": None}
    waits = floor.come_in(second)
    assert (waits.code, waits.details["sampleSn"]) == ("IPQC_FIRST_PIECE_REQUIRED", first)
    floor.item("ipqc", by_hand, name="焊点").must()
    floor.decide("ipqc", by_hand).must()
    assert floor.come_in(second).code == "IPQC_FIRST_PIECE_REQUIRED", "what was decided by hand opens nothing"
    newest = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]
    assert (newest["status"], newest["sampledUnits"], gate(floor, run_no)[0]["ipqcId"]) == (
        "PENDING",
        [first],
        newest["id"],
    )
    floor.do("ipqc", newest["id"], "start").must()
    floor.item("ipqc", newest["id"], sn=first, name="焊点").must()
    floor.decide("ipqc", newest["id"]).must()
    floor.come_in(second).must()


def test_given_up_it_makes_way_for_the_first_piece_too(floor: Quality) -> None:
    code = point(floor)
    run_no = floor.running(units=2)
    by_hand = floor.make("ipqc", run_no, checkpointCode=code).must()["id"]
    floor.through(floor.sns(run_no)[0], STATIONS[0])
    floor.do("ipqc", by_hand, "cancel", reason="by mistake").must()
    newest = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]
    assert (newest["status"], newest["sampledUnits"]) == ("PENDING", [floor.sns(run_no)[0]])


def test_a_first_board_that_fails_by_hand_leaves_its_place_to_the_next(floor: Quality) -> None:
    code = point(floor)
    run_no = floor.running(units=2)
    first, second = floor.sns(run_no)
    by_hand = floor.begun("ipqc", run_no, checkpointCode=code)
    floor.through(first, STATIONS[0])
    floor.item("ipqc", by_hand, "FAIL", sn=first, name="焊点").must()
    floor.decide("ipqc", by_hand, "FAIL").must()
    assert (gate(floor, run_no)[0]["state"], floor.unit(first).status) == ("NONE", "OUT_FAILED")
    floor.through(second, STATIONS[0])
    assert floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["sampledUnits"] == [second]


def test_of_two_who_set_up_one_point_at_once_one_is_told_that_its_code_is_taken(floor: Quality) -> None:
    body = {
        "code": "PT-TWICE", "name": "段首件", "stepNo": 10, "checkType": "FIRST_PIECE", "gate": "WARN",
        "items": [{"itemName": "焊点", "required": True}],
    }  # fmt: skip
    asks = [(floor.plant.session("quality"), "POST", "/api/ipqc-checkpoints", body) for _ in range(3)]
    answers = floor.api.at_once(*asks)
    assert sorted(answer.status for answer in answers) == [200, 422, 422]
    assert all(answer.details["fields"][0]["path"] == "code" for answer in answers if not answer.ok)


def test_a_fixture_taken_to_the_station_makes_its_first_piece_due_anew(floor: Quality, plant: Plant) -> None:
    """Seen to fail with `tell_station` taken out of assigning."""
    run_no, _ = passed_point(floor, retriggerOn=["TOOL_CHANGE"])
    engineer = plant.api.as_("engineer")
    engineer.post(
        "/api/tools",
        {"toolCode": "JIG-9", "kind": "FIXTURE", "name": "Jig", "fixtureType": "WAVE_JIG", "lifeLimit": 100},
    ).must()
    engineer.post("/api/tools/JIG-9/assign", {"runNo": run_no, "stationCode": STATIONS[0]}).must()
    plant.settle()
    assert [one["state"] for one in gate(floor, run_no)] == ["NONE"]
