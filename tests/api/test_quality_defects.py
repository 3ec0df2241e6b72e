"""Faults: recorded by a person, decided on, repaired, proved; and what must never free a board."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.plant import Plant
from tests.api.quality_floor import STATIONS, Quality

from fiducial.quality.settings import REWORK_LIMIT, STRICT_CODES


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def found(floor: Quality, sn: str, code: str = "A3", **more: Any) -> Any:
    return floor.quality.post("/api/defects", {"unitSn": sn, "code": code, **more})


def decide(floor: Quality, defect: Any, type_: str, **more: Any) -> Any:
    body = {"type": type_, **({"reason": "as seen"} if type_ != "REWORK" else {}), **more}
    return floor.quality.post(f"/api/defects/{defect['id']}/disposition", body)


def failed(floor: Quality, at: int = 1) -> tuple[str, str, dict[str, Any]]:
    """A board that failed at the second station (or the first, `at` 0): run, serial, defect."""
    run_no = floor.running()
    sn = floor.sns(run_no)[0]
    floor.through(sn, *STATIONS[: at + 1], result="FAIL")
    return run_no, sn, floor.defects(sn=sn)[0]


# ---- by hand


def test_a_blocking_fault_stops_a_waiting_board(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    made = floor.quality.post(
        "/api/defects", {"sn": sn, "code": "A3", "location": "R12", "qty": 2, "remark": "seen by eye"}
    ).must()
    assert (made["source"], made["blocking"], made["qty"], made["codeName"], made["codeKnown"]) == (
        "MANUAL",
        True,
        2,
        "偏移",
        True,
    )
    assert made["unit"] == {"sn": sn, "status": "OUT_FAILED", "currentStepNo": 10}


def test_a_fault_in_a_station_forces_the_fail_at_the_way_out(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    floor.come_in(sn).must()
    made = found(floor, sn).must()
    assert made["unit"]["status"] == "IN_STATION"
    out = floor.go_out(sn).must()
    assert (out["result"], out["inspectionOverride"], out["status"]) == ("FAIL", True, "OUT_FAILED")
    assert [source["reference"] for source in out["overrideSources"]] == [made["defectNo"]]


def test_a_fault_that_does_not_block_leaves_the_board(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    assert found(floor, sn, blocking=False).must()["unit"]["status"] == "QUEUED"


def test_a_fault_found_after_the_run_has_ended_is_a_fact_that_blocks_nothing(floor: Quality) -> None:
    run_no, _ = floor.finished()
    made = found(floor, floor.sns(run_no)[0]).must()
    assert (made["blocking"], made["unit"]["status"]) == (False, "DONE")


def test_what_cannot_be_recorded(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    assert found(floor, "SN-NONE").code == "UNIT_NOT_FOUND"
    assert floor.quality.post("/api/defects", {"unitSn": sn, "sn": "other", "code": "A3"}).status == 422
    assert found(floor, sn, trackId="00000000-0000-7000-8000-000000000000").field_paths == ["trackId"]
    assert found(floor, sn, "HOME-MADE").must()["codeKnown"] is False
    floor.setting(STRICT_CODES, value=True)
    assert found(floor, sn, "HOME-MADE").code == "DEFECT_CODE_NOT_FOUND"


def test_an_operator_may_record_at_the_own_line_and_decide_nothing(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    made = floor.operator.post("/api/defects", {"unitSn": sn, "code": "A3"}).must()
    assert floor.operator.post(f"/api/defects/{made['id']}/disposition", {"type": "REWORK"}).code == "FORBIDDEN"
    assert floor.api.as_("operator2").post("/api/defects", {"unitSn": sn, "code": "A3"}).code == "FORBIDDEN"


def test_a_scrapped_board_takes_no_more_faults(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    decide(floor, defect, "SCRAP").must()
    assert found(floor, sn).code == "UNIT_SCRAPPED"


# ---- decisions


def test_rework_queues_the_board_at_the_failed_step_or_before(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    refused = decide(floor, defect, "REWORK", toStepNo=30)
    assert (refused.code, refused.details["allowedSteps"]) == ("REWORK_STEP_INVALID", [10, 20])
    done = decide(floor, defect, "REWORK", toStepNo=10).must()
    assert (done["status"], done["unit"]["status"], done["unit"]["currentStepNo"]) == ("DISPOSITIONED", "QUEUED", 10)
    assert (done["reworkTask"]["status"], done["reworkTask"]["fromStepNo"], done["reworkTask"]["toStepNo"]) == (
        "OPEN",
        20,
        10,
    )
    assert floor.unit(sn).rework_count == 1
    assert [one["type"] for one in done["dispositions"]] == ["REWORK"]


def test_a_defect_is_decided_once(floor: Quality) -> None:
    _, _, defect = failed(floor)
    decide(floor, defect, "REWORK").must()
    refused = decide(floor, defect, "SCRAP")
    assert (refused.code, refused.details["decidedByName"]) == ("ALREADY_DISPOSITIONED", "王质量")


def test_two_decisions_at_once(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    at = f"/api/defects/{defect['id']}/disposition"
    answers = floor.api.at_once(
        (floor.quality, "POST", at, {"type": "REWORK"}),
        (floor.api.as_("quality2"), "POST", at, {"type": "SCRAP", "reason": "burnt"}),
    )
    assert sorted(str(answer.code) for answer in answers) == ["ALREADY_DISPOSITIONED", "None"]
    assert floor.unit(sn).status == ("QUEUED" if answers[0].ok else "SCRAPPED")


def test_the_second_open_fault_keeps_the_board(floor: Quality) -> None:
    """Spec 06.1 W6."""
    _, sn, first = failed(floor)
    second = found(floor, sn, "M12").must()
    assert decide(floor, first, "REWORK").must()["unit"]["status"] == "OUT_FAILED"
    assert decide(floor, second, "REWORK", toStepNo=10).must()["unit"] == {
        "sn": sn,
        "status": "QUEUED",
        "currentStepNo": 10,
    }


def test_one_scrap_among_the_decisions_scraps_the_board(floor: Quality) -> None:
    _, sn, first = failed(floor)
    second = found(floor, sn, "M12").must()
    scrapped = decide(floor, first, "SCRAP").must()
    assert (scrapped["status"], scrapped["closeReason"], scrapped["unit"]["status"]) == (
        "CLOSED",
        "SCRAPPED",
        "OUT_FAILED",
    )
    assert decide(floor, second, "REWORK").must()["unit"]["status"] == "SCRAPPED"


def test_one_decision_for_all_faults_of_a_board(floor: Quality) -> None:
    _, sn, first = failed(floor)
    found(floor, sn, "M12").must()
    assert decide(floor, first, "REWORK", applyToUnit=True).must()["unit"]["status"] == "QUEUED"
    assert {defect["status"] for defect in floor.defects(sn=sn)} == {"DISPOSITIONED"}
    assert floor.unit(sn).rework_count == 1, "the board goes back once"


def test_scrap_and_hold_need_their_reason(floor: Quality) -> None:
    _, _, defect = failed(floor)
    answer = floor.quality.post(f"/api/defects/{defect['id']}/disposition", {"type": "SCRAP"})
    assert answer.field_paths == ["reason"]


def test_a_held_board_is_released_to_its_failed_step_or_decided_anew(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    held = decide(floor, defect, "HOLD").must()
    assert (held["status"], held["unit"]["status"]) == ("DISPOSITIONED", "ON_HOLD")
    assert (
        floor.quality.post(f"/api/units/{sn}/release", {"reason": "by the other door"}).code == "HOLD_BELONGS_TO_DEFECT"
    )
    free = floor.quality.post(f"/api/defects/{defect['id']}/release", {"reason": "looked at"}).must()
    assert (free["status"], free["closeReason"], free["unit"]) == (
        "CLOSED", "RELEASED", {"sn": sn, "status": "QUEUED", "currentStepNo": 20},
    )  # fmt: skip
    assert (
        floor.quality.post(f"/api/defects/{defect['id']}/release", {"reason": "again"}).code == "NOT_HOLD_DISPOSITION"
    )
    _, other, second = failed(floor)
    decide(floor, second, "HOLD").must()
    assert decide(floor, second, "SCRAP").must()["unit"] == {"sn": other, "status": "SCRAPPED", "currentStepNo": 20}


def test_only_a_failed_or_held_board_is_decided_on(floor: Quality) -> None:
    sn = floor.sns(floor.running())[0]
    defect = found(floor, sn, blocking=False).must()
    refused = decide(floor, defect, "REWORK")
    assert (refused.code, refused.details["status"]) == ("UNIT_NOT_DISPOSABLE", "QUEUED")
    assert floor.quality.post("/api/defects/nothing/disposition", {"type": "REWORK"}).code == "DEFECT_NOT_FOUND"


def test_a_board_is_reworked_so_often_and_then_only_by_whoever_may_override(floor: Quality) -> None:
    floor.setting(REWORK_LIMIT, 1)
    _, sn, defect = failed(floor)
    decide(floor, defect, "REWORK").must()
    floor.through(sn, STATIONS[1], result="FAIL")
    again = next(one for one in floor.defects(sn=sn) if one["status"] == "RECORDED")
    refused = decide(floor, again, "REWORK")
    assert (refused.code, refused.details["limit"], refused.details["reworkCount"]) == ("REWORK_LIMIT_REACHED", 1, 1)
    assert decide(floor, again, "REWORK", overrideReason="customer agreed").must()["unit"]["status"] == "QUEUED"


def test_the_last_open_board_of_a_run_being_scrapped_ends_the_run(floor: Quality) -> None:
    run_no, _, defect = failed(floor)
    floor.through(floor.sns(run_no)[1], *STATIONS[:2])
    decide(floor, defect, "SCRAP").must()
    assert floor.status(run_no) == "COMPLETED"


# ---- repair and proof


def repaired(floor: Quality, task_id: str, result: str = "REPAIRED") -> Any:
    body = {
        "action": "reflowed by hand",
        "result": result,
        "partsReplaced": [{"position": "R12", "materialCode": "MAT-1", "lotNo": "LOT-1"}],
    }
    return floor.quality.post(f"/api/rework-tasks/{task_id}/repair-record", body)


def test_a_repair_is_finished_with_its_record_and_moves_nothing(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    task = decide(floor, defect, "REWORK").must()["reworkTask"]
    at = f"/api/rework-tasks/{task['id']}/complete"
    assert floor.quality.post(at, {}).code == "REPAIR_RECORD_REQUIRED"
    first = repaired(floor, task["id"]).must()["repairRecord"]
    assert (first["attempt"], first["result"], first["repairedByName"]) == (1, "REPAIRED", "王质量")
    assert "STATION_FAIL" in first["reason"], "the symptom is the defect's"
    assert repaired(floor, task["id"]).must()["repairRecord"]["attempt"] == 2
    done = floor.quality.post(at, {"remark": "fine"}).must()
    assert (done["status"], done["defect"]["status"], done["unit"]["status"]) == ("DONE", "DISPOSITIONED", "QUEUED")
    assert floor.quality.post(at, {}).code == "REWORK_TASK_NOT_OPEN"
    assert repaired(floor, task["id"]).code == "REWORK_TASK_NOT_OPEN"
    assert floor.unit(sn).status == "QUEUED"
    assert floor.quality.post("/api/rework-tasks/nothing/complete", {}).code == "REWORK_TASK_NOT_FOUND"


def test_only_a_pass_at_the_failed_step_closes_the_fault(floor: Quality) -> None:
    """Spec 06.1 W10."""
    _, sn, defect = failed(floor)
    task = decide(floor, defect, "REWORK", toStepNo=10).must()["reworkTask"]
    assert floor.through(sn, STATIONS[0])["closedReworkTasks"] == []
    assert floor.defects(sn=sn)[0]["status"] == "DISPOSITIONED"
    out = floor.through(sn, STATIONS[1])
    assert out["closedReworkTasks"] == [task["id"]]
    closed = floor.defects(sn=sn)[0]
    assert (closed["status"], closed["closeReason"], closed["reworkTask"]["status"]) == ("CLOSED", "REWORKED", "DONE")


def test_another_fail_replaces_the_fault_and_its_task(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    decide(floor, defect, "REWORK", toStepNo=10).must()
    floor.through(sn, STATIONS[0], result="FAIL")
    newest, oldest = floor.defects(sn=sn)
    assert (oldest["status"], oldest["closeReason"], oldest["supersededBy"]) == ("CLOSED", "REFAILED", newest["id"])
    assert oldest["reworkTask"]["status"] == "CANCELLED"
    assert newest["status"] == "RECORDED"


def test_what_cannot_be_repaired_is_decided_anew(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    task = decide(floor, defect, "REWORK").must()["reworkTask"]
    repaired(floor, task["id"], "NOT_REPAIRABLE").must()
    assert floor.quality.post(f"/api/rework-tasks/{task['id']}/complete", {}).code == "REPAIR_RESULT_NOT_OK"
    assert decide(floor, defect, "REWORK").code == "ALREADY_DISPOSITIONED"
    scrapped = decide(floor, defect, "SCRAP").must()
    assert (scrapped["unit"]["status"], scrapped["reworkTask"]["status"]) == ("SCRAPPED", "CANCELLED")
    assert floor.unit(sn).status == "SCRAPPED"


def test_a_board_released_from_a_hold_proves_its_fault_by_the_next_pass(floor: Quality) -> None:
    """The hold of a person on a failed board ends with a retest of the step (spec 05.2); its fault must not stay open for ever."""
    _, sn, _ = failed(floor)
    floor.quality.post(f"/api/units/{sn}/hold", {"reason": "wait"}).must()
    floor.quality.post(f"/api/units/{sn}/release", {"reason": "try again"}).must()
    floor.through(sn, STATIONS[1])
    assert [(one["status"], one["closeReason"]) for one in floor.defects(sn=sn)] == [("CLOSED", "REWORKED")]


def test_the_tasks_are_listed_for_whoever_repairs(floor: Quality) -> None:
    run_no, sn, defect = failed(floor)
    decide(floor, defect, "REWORK").must()
    for filters in ({"sn": sn}, {"runNo": run_no}, {"status": "OPEN"}, {"stepNo": "20"}):
        assert [one["sn"] for one in floor.operator.get("/api/rework-tasks", **filters).must()["items"]] == [sn]
    assert floor.operator.get("/api/rework-tasks", stepNo="10").must()["items"] == []
    assert floor.operator.get("/api/rework-tasks", stepNo="ten").field_paths == ["stepNo"]


def test_the_parts_of_a_repair_enter_the_board_and_end_what_was_at_their_place(floor: Quality) -> None:
    _, sn, defect = failed(floor)
    task = decide(floor, defect, "REWORK").must()["reworkTask"]["id"]
    repaired(floor, task).must()
    again = {
        "action": "changed once more",
        "result": "REPAIRED",
        "partsReplaced": [
            {"position": "R12", "materialCode": "MAT-1", "lotNo": "LOT-2"},
            {
                "position": "C4",
                "materialCode": "MAT-9",
            },  # nobody wrote the lot down: it ends what was there and no more
        ],
    }
    floor.quality.post(f"/api/rework-tasks/{task}/repair-record", again).must()
    parts = floor.quality.get(f"/api/trace/units/{sn}").must()["materials"]
    assert [(part["position"], part["lotNo"], part["source"], part["removedAt"] is None) for part in parts] == [
        ("R12", "LOT-1", "REPAIR", False),
        ("R12", "LOT-2", "REPAIR", True),
    ]
    boards = floor.quality.get("/api/trace/material-lots/MAT-1/LOT-2/units").must()["items"]
    assert [board["sn"] for board in boards] == [sn]
    listed = floor.quality.get("/api/material-uses", sn=sn).must()["items"]
    assert {use["removeReason"] for use in listed if use["removedAt"]} == {"REPAIR"}
    assert floor.quality.post(f"/api/material-uses/{listed[0]['id']}/remove", {"reason": "taken out"}).ok


def test_a_lot_that_may_not_be_used_is_put_into_no_board_by_a_repair(floor: Quality) -> None:
    from fiducial.plant.tables import lots

    _, _, defect = failed(floor)
    task = decide(floor, defect, "REWORK").must()["reworkTask"]["id"]
    floor.plant.material("MAT-1")
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-1", "lotNo": "LOT-1"})
    floor.plant.sql(update(lots).values(status="ON_HOLD"))
    refused = repaired(floor, task)
    assert (refused.status, refused.code, refused.details["lotNo"]) == (409, "LOT_ON_HOLD", "LOT-1")
