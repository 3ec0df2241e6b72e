"""A board goes into a station: each guard of spec 05.4, in its order, and what is written when all let it pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.api.execution_floor import WIRES, Floor, floor_on, refusal, sqlite_url, step

from fiducial.execution import ports
from fiducial.execution.settings import MANUAL_FALLBACK, VERIFY_OPERATOR_ID
from fiducial.execution.tables import tracks
from fiducial.kit.acting import Caller
from fiducial.kit.refusals import Refused
from fiducial.orders.tables import units


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with floor_on(sqlite_url(tmp_path)) as floor:
        yield floor


# What a track-in does


def test_the_first_board_starts_its_run_and_the_second_does_not(floor: Floor) -> None:
    first = floor.come_in("SN-1")
    assert (first["status"], first["runStatus"], first["visitNo"], first["mode"], first["registered"]) == (
        "IN_STATION", "IN_PROGRESS", 1, "NORMAL", False,
    )  # fmt: skip
    assert (first["woNo"], first["runNo"], first["stepNo"], first["operationCode"], first["stationCode"]) == (
        "WO-1", "RUN-1", 10, "PRINT", "ST-PRINT",
    )  # fmt: skip
    floor.come_in("SN-2")
    assert floor.run().started_at is not None
    assert floor.actions() == ["TRACK_IN", "RUN_START", "TRACK_IN"]
    assert floor.events() == ["TRACK_IN", "RUN_START", "TRACK_IN"]
    assert floor.unit("SN-1").status == "IN_STATION"


def test_the_track_keeps_who_where_and_with_what(floor: Floor) -> None:
    floor.come_in("SN-1", operator_id="B-olga", tool_codes=["FX-1"])
    track = floor.ask(select(tracks))[0]
    assert (track.in_by, track.in_by_name, track.operator_id_in, track.more) == (
        1,
        "Olga",
        "B-olga",
        {"toolCodes": ["FX-1"]},
    )


def test_a_board_that_comes_back_is_counted_as_a_second_visit(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.go_out("SN-1", result="FAIL")
    floor.set_unit("SN-1", status="QUEUED")  # as a disposition REWORK will do
    assert floor.come_in("SN-1")["visitNo"] == 2


def test_a_cancelled_visit_does_not_count(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.cancel("SN-1")
    assert floor.come_in("SN-1")["visitNo"] == 1


# Guards 2 to 5: the station


def test_an_unknown_station_is_not_found(floor: Floor) -> None:
    refused = refusal(floor.come_in, "SN-1", "ST-NOWHERE")
    assert (refused.code, refused.status) == ("STATION_NOT_FOUND", 404)
    assert floor.actions() == ["TRACK_IN STATION_NOT_FOUND"]


def test_a_station_that_is_switched_off_takes_nothing(floor: Floor) -> None:
    floor.set_station("ST-PRINT", is_active=False)
    assert refusal(floor.come_in, "SN-1").code == "STATION_INACTIVE"


def test_somebody_elses_line_is_out_of_reach(floor: Floor) -> None:
    refused = refusal(floor.come_in, "SN-1", who="stranger")
    assert (refused.code, refused.details["stationCode"]) == ("FORBIDDEN", "ST-PRINT")


def test_a_person_bound_to_one_station_works_there_and_nowhere_else(floor: Floor) -> None:
    floor.come_in("SN-1", who="otto")
    floor.go_out("SN-1", who="otto")
    assert refusal(floor.come_in, "SN-1", "ST-MOUNT", who="otto").code == "FORBIDDEN"


def test_who_may_not_track_is_forbidden_and_who_is_not_signed_in_is_unauthorized(floor: Floor) -> None:
    assert refusal(floor.come_in, "SN-1", who="nobody").details["permission"] == "exec:track_in"
    assert refusal(floor.come_in, "SN-1", who="").code == "UNAUTHORIZED"


def test_the_badge_must_be_a_persons_where_the_line_says_so(floor: Floor) -> None:
    floor.come_in("SN-1", operator_id="whatever")
    floor.setting(VERIFY_OPERATOR_ID, True)
    refused = refusal(floor.come_in, "SN-2", operator_id="whatever")
    assert (refused.code, refused.details["fields"][0]["path"]) == ("VALIDATION_ERROR", "operatorId")
    floor.come_in("SN-2", operator_id="B-olga")


# Guards 6 to 13: the run


def test_an_unknown_run_or_serial_is_not_found(floor: Floor) -> None:
    assert refusal(floor.come_in, "SN-1", run_no="RUN-9").code == "RUN_NOT_FOUND"
    refused = refusal(floor.come_in, "SN-9")
    assert (refused.code, refused.status, refused.details) == ("UNIT_NOT_FOUND", 404, {"sn": "SN-9"})


def test_a_unit_without_a_run_needs_one_named(floor: Floor) -> None:
    floor.add_units("SN-LOOSE", run_id=None)
    assert refusal(floor.come_in, "SN-LOOSE").code == "UNIT_NO_RUN"
    assert floor.come_in("SN-LOOSE", run_no="RUN-1")["runNo"] == "RUN-1"
    assert floor.unit("SN-LOOSE").run_id == floor.run_id


def test_a_version_that_is_not_ready_or_has_no_steps_cannot_be_worked(floor: Floor) -> None:
    floor.set_run(version_id=floor.freeze(step(10, "PRINT"), status="INVALID"))
    assert refusal(floor.come_in, "SN-1").code == "ROUTE_VERSION_NOT_READY"
    floor.set_run(version_id=floor.freeze())
    assert refusal(floor.come_in, "SN-1").code == "ROUTING_EMPTY"


def test_the_work_order_named_must_be_that_of_the_run(floor: Floor) -> None:
    refused = refusal(floor.come_in, "SN-1", wo_no="WO-9")
    assert (refused.code, refused.details["woNo"]) == ("RUN_WORK_ORDER_MISMATCH", "WO-1")
    floor.come_in("SN-1", wo_no="WO-1")


def test_a_board_is_not_worked_on_at_another_line(floor: Floor) -> None:
    refused = refusal(floor.come_in, "SN-1", "ST-ELSEWHERE", who="boss")
    assert refused.code == "STATION_LINE_MISMATCH"
    assert (refused.details["stationLine"], refused.details["runLine"]) == ("LINE-B", "LINE-A")


@pytest.mark.parametrize("status", ["COMPLETED", "CLOSED_REWORK", "SCRAPPED", "CANCELLED"])
def test_a_run_that_has_ended_takes_no_board(floor: Floor, status: str) -> None:
    floor.set_run(status=status)
    refused = refusal(floor.come_in, "SN-1")
    assert (refused.code, refused.details["runStatus"]) == ("RUN_CLOSED", status)


def test_a_run_on_hold_or_not_authorised_takes_no_board(floor: Floor) -> None:
    floor.set_run(status="ON_HOLD")
    assert refusal(floor.come_in, "SN-1").code == "RUN_ON_HOLD"
    floor.set_run(status="PREP")
    refused = refusal(floor.come_in, "SN-1")
    assert (refused.code, refused.details["runStatus"], refused.details["faiStatus"]) == (
        "RUN_NOT_AUTHORIZED",
        "PREP",
        None,
    )
    assert floor.unit("SN-1").status == "QUEUED"
    assert floor.ask(select(func.count()).select_from(tracks))[0][0] == 0


# Guards 14 to 16: whose board is it


def test_a_board_of_another_order_or_run_is_refused_and_told_whose_it_is(floor: Floor) -> None:
    other_order = floor.add_order("WO-2")
    floor.add_run("RUN-2")
    floor.add_units("SN-WO2", run_id=None, wo_id=other_order)
    refused = refusal(floor.come_in, "SN-WO2", run_no="RUN-1")
    assert (refused.code, refused.details["woNo"]) == ("UNIT_WORK_ORDER_MISMATCH", "WO-2")
    refused = refusal(floor.come_in, "SN-1", run_no="RUN-2")
    assert (refused.code, refused.details["runNo"]) == ("UNIT_RUN_MISMATCH", "RUN-1")


def test_an_unknown_serial_is_registered_where_the_route_allows_it_and_the_newest_unused_one_is_withdrawn(
    floor: Floor,
) -> None:
    floor.use(step(10, "PRINT"), step(20, "MOUNT"), policy="REGISTER")
    answer = floor.come_in("LABEL-1", run_no="RUN-1")
    assert (answer["registered"], answer["stepNo"], answer["runStatus"]) == (True, 10, "IN_PROGRESS")
    assert floor.unit("SN-3") is None
    assert floor.unit("SN-1") is not None
    assert floor.actions() == ["UNIT_WITHDRAW", "UNIT_REGISTER", "TRACK_IN", "RUN_START"]
    floor.come_in("LABEL-2", run_no="RUN-1")
    floor.come_in("LABEL-3", run_no="RUN-1")
    refused = refusal(floor.come_in, "LABEL-4", run_no="RUN-1")
    assert (refused.code, refused.details["planQty"], refused.details["started"]) == ("RUN_PLAN_QTY_REACHED", 3, 3)
    assert floor.ask(select(func.count()).select_from(units))[0][0] == 3


def test_a_run_that_is_not_full_registers_without_withdrawing(floor: Floor) -> None:
    floor.use(step(10, "PRINT"), policy="REGISTER")
    floor.set_run(plan_qty=4)
    floor.come_in("LABEL-1", run_no="RUN-1")
    assert floor.ask(select(func.count()).select_from(units))[0][0] == 4


def test_a_serial_with_a_voided_track_is_not_withdrawn(floor: Floor) -> None:
    floor.use(step(10, "PRINT"), policy="REGISTER")
    floor.come_in("SN-3")
    floor.cancel("SN-3")
    floor.come_in("LABEL-1", run_no="RUN-1")
    assert floor.unit("SN-3") is not None
    assert floor.unit("SN-2") is None


def test_serials_are_registered_only_at_the_first_step_and_only_when_they_are_serials(floor: Floor) -> None:
    assert refusal(floor.come_in, "LABEL-1", run_no="RUN-1").code == "UNIT_NOT_FOUND"
    floor.use(step(10, "PRINT"), step(20, "MOUNT"), policy="REGISTER")
    assert refusal(floor.come_in, "LABEL-1", "ST-MOUNT", run_no="RUN-1").code == "UNIT_NOT_FOUND"
    assert refusal(floor.come_in, "MAT|LOT", run_no="RUN-1").code == "UNIT_NOT_FOUND"
    assert refusal(floor.come_in, "LABEL-1").code == "UNIT_NOT_FOUND"


# Guards 17 to 25: the board


def test_a_board_in_a_station_is_told_where_and_since_when(floor: Floor) -> None:
    came_in = floor.come_in("SN-1")
    refused = refusal(floor.come_in, "SN-1", "ST-MOUNT")
    assert (refused.code, refused.details["stationCode"], refused.details["inAt"]) == (
        "UNIT_ALREADY_IN_STATION", "ST-PRINT", came_in["inAt"],
    )  # fmt: skip


@pytest.mark.parametrize(("status", "code"), [("DONE", "UNIT_ALREADY_DONE"), ("SCRAPPED", "UNIT_SCRAPPED")])
def test_a_board_that_is_at_its_end_is_not_worked_again(floor: Floor, status: str, code: str) -> None:
    floor.set_unit("SN-1", status=status)
    assert refusal(floor.come_in, "SN-1").code == code


def test_a_failed_board_names_its_defect_and_a_held_one_its_reason(floor: Floor) -> None:
    floor.come_in("SN-1")
    out = floor.go_out("SN-1", result="FAIL")
    refused = refusal(floor.come_in, "SN-1")
    assert (refused.code, refused.details["defectIds"]) == ("UNIT_OUT_FAILED", [out["defects"][0]["id"]])
    floor.hold("SN-2", reason="wrong colour")
    refused = refusal(floor.come_in, "SN-2")
    assert (refused.code, refused.details["reason"]) == ("UNIT_ON_HOLD", "wrong colour")


def test_a_step_that_is_not_in_the_frozen_route_is_refused(floor: Floor) -> None:
    floor.set_unit("SN-1", current_step_no=15)
    assert (refusal(floor.come_in, "SN-1").code, refusal(floor.come_in, "SN-1").details["currentStepNo"]) == (
        "STEP_MISMATCH",
        15,
    )


def test_the_wrong_station_is_told_the_right_ones(floor: Floor) -> None:
    refused = refusal(floor.come_in, "SN-1", "ST-MOUNT")
    assert (refused.code, refused.details["stepNo"], refused.details["stationCodes"]) == (
        "STATION_MISMATCH",
        10,
        ["ST-PRINT"],
    )
    assert "ST-PRINT" in refused.sentence("en")


def test_the_step_decides_by_type_list_and_group(floor: Floor) -> None:
    group = floor.add_group("G-1")
    floor.add_station("ST-G1", group_id=group)
    floor.add_station("ST-AUTO", station_type="AUTO")
    floor.use(step(10, "PRINT", stationGroupCode="G-1", allowedStationCodes=[]))
    assert refusal(floor.come_in, "SN-1").code == "STATION_MISMATCH"
    floor.come_in("SN-1", "ST-G1")
    floor.use(step(10, "PRINT", stationType="AUTO", allowedStationCodes=[]))
    floor.come_in("SN-2", "ST-AUTO")
    floor.come_in("SN-3", "ST-PRINT")  # a person steps in where the machine is silent


def test_without_the_fall_back_people_keep_off_machine_steps(floor: Floor) -> None:
    floor.use(step(10, "PRINT", stationType="AUTO"))
    floor.setting(MANUAL_FALLBACK, False)
    assert refusal(floor.come_in, "SN-1").code == "STATION_MISMATCH"
    floor.setting(MANUAL_FALLBACK, True)
    assert refusal(floor.come_in, "SN-1", who="rob").code == "STATION_MISMATCH"
    floor.come_in("SN-1")


def test_the_guards_answer_in_their_order(floor: Floor) -> None:
    """Everything is wrong at once; mending the first fault shows the next."""
    floor.set_station("ST-ELSEWHERE", is_active=False)
    floor.set_run(status="COMPLETED")
    floor.set_unit("SN-1", status="DONE", current_step_no=15)

    def told(sn: str = "SN-1", station: str = "ST-ELSEWHERE", who: str = "otto", **more: Any) -> str:
        return refusal(floor.come_in, sn, station, who=who, **more).code

    assert told(station="ST-NOWHERE", run_no="RUN-9", wo_no="WO-9") == "STATION_NOT_FOUND"
    assert told(run_no="RUN-9", wo_no="WO-9") == "STATION_INACTIVE"
    floor.set_station("ST-ELSEWHERE", is_active=True)
    assert told(run_no="RUN-9", wo_no="WO-9") == "FORBIDDEN"
    assert told(who="boss", run_no="RUN-9", wo_no="WO-9") == "RUN_NOT_FOUND"
    assert told(who="boss", wo_no="WO-9") == "RUN_WORK_ORDER_MISMATCH"
    assert told(who="boss") == "STATION_LINE_MISMATCH"
    assert told(who="boss", station="ST-MOUNT") == "RUN_CLOSED"
    floor.set_run(status="PREP")
    assert told(who="boss", station="ST-MOUNT") == "RUN_NOT_AUTHORIZED"
    floor.set_run(status="IN_PROGRESS")
    assert told(who="boss", station="ST-MOUNT") == "UNIT_ALREADY_DONE"
    floor.set_unit("SN-1", status="QUEUED")
    assert told(who="boss", station="ST-MOUNT") == "STEP_MISMATCH"
    floor.set_unit("SN-1", current_step_no=10)
    assert told(who="boss", station="ST-MOUNT") == "STATION_MISMATCH"
    assert floor.come_in("SN-1", who="boss")["status"] == "IN_STATION"


# What rooms above may ask


class Trials:
    """A first article that is being made, with room for one board."""

    def __init__(self) -> None:
        self.full = False

    def open(self, tx: Any, run: Any) -> ports.Trial:
        return ports.Trial(fai_id=4711)

    def admit(self, tx: Any, trial: ports.Trial, entering: ports.Entering) -> None:
        if self.full:
            raise Refused("UNIT_STATE_CHANGED", status="full")

    def runs_in_trial(self, tx: Any, line_id: int) -> list[int]:
        return []


def test_a_trial_leaves_the_run_in_preparation_and_goes_no_further_than_the_first_step(tmp_path: Path) -> None:
    trials = Trials()
    with floor_on(sqlite_url(tmp_path), wires=replace(WIRES, trial=trials)) as floor:
        floor.set_run(status="PREP")
        answer = floor.come_in("SN-1")
        assert (answer["mode"], answer["runStatus"]) == ("FAI_TRIAL", "PREP")
        assert floor.ask(select(tracks))[0].fai_id == 4711
        assert floor.go_out("SN-1")["status"] == "QUEUED"
        refused = refusal(floor.come_in, "SN-1", "ST-MOUNT")
        assert (refused.code, refused.details["firstStepNo"]) == ("FAI_TRIAL_STEP_NOT_ALLOWED", 10)
        trials.full = True
        assert refusal(floor.come_in, "SN-2").details["status"] == "full"
        assert floor.actions().count("RUN_START") == 0


def test_equipment_and_tools_are_asked_at_their_place_and_may_warn(tmp_path: Path) -> None:
    said: list[str] = []

    class Machine:
        def check(self, tx: Any, station: Any) -> list[Any]:
            said.append("equipment")
            return [{"code": "EQUIPMENT_STATUS_UNKNOWN", "message": "", "details": {}}]

        def status(self, tx: Any, station: Any) -> dict[str, Any]:
            return {"status": "NORMAL", "blocked": False, "reason": None}

    class Tools:
        def check(self, tx: Any, entering: ports.Entering) -> list[Any]:
            said.append(f"tools {entering.step.step_no} {list(entering.tool_codes)}")
            return []

    with floor_on(sqlite_url(tmp_path), wires=replace(WIRES, equipment=Machine(), track_in=(Tools(),))) as floor:
        assert refusal(floor.come_in, "SN-9").code == "UNIT_NOT_FOUND"
        answer = floor.come_in("SN-1", tool_codes=["FX-1"])
        assert [warning["code"] for warning in answer["warnings"]] == ["EQUIPMENT_STATUS_UNKNOWN"]
        assert said == ["equipment", "equipment", "tools 10 ['FX-1']"]


# The same scan twice


def test_a_double_click_with_one_key_makes_one_track_and_answers_twice_alike(floor: Floor) -> None:
    caller = Caller(internal="olga", idempotency_key="scan-1", path="POST /api/stations/ST-PRINT/track-in")
    first = floor.come_in("SN-1", caller=caller)
    assert floor.come_in("SN-1", caller=caller) == first
    assert floor.actions() == ["TRACK_IN", "RUN_START"]
    assert refusal(floor.come_in, "SN-1").code == "UNIT_ALREADY_IN_STATION"
