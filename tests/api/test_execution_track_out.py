"""A board leaves a station: result, data, defects, the next step, the end of the run (spec 05.5, 05.7, 05.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import insert, select
from tests.api.execution_floor import WIRES, Floor, floor_on, refusal, spec, sqlite_url, step

from fiducial.execution.settings import MANUAL_FALLBACK
from fiducial.execution.tables import data_values, holds, tracks
from fiducial.orders.settings import AUTO_COMPLETE_WITHOUT_OQC, FQC_GATE
from fiducial.quality.codes import seed_codes
from fiducial.quality.settings import STRICT_CODES
from fiducial.quality.tables import defects

TEMP = spec("Temp", spec={"lsl": 10, "usl": 20, "unit": "℃"}, isRequired=True)
NOTE = spec("Note", "TEXT", itemType="OBSERVATION")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with floor_on(sqlite_url(tmp_path)) as floor:
        yield floor


def number(name: str, value: float) -> dict[str, Any]:
    return {"specName": name, "valueNumber": value}


# Where it goes


def test_a_pass_sends_the_board_to_the_next_step_and_says_where(floor: Floor) -> None:
    floor.come_in("SN-1")
    out = floor.go_out("SN-1")
    assert (out["status"], out["nextStepNo"], out["nextOperationCode"], out["nextStationCodes"]) == (
        "QUEUED",
        20,
        "MOUNT",
        ["ST-MOUNT"],
    )
    assert (out["result"], out["inspectionOverride"], out["defects"], out["hold"]) == ("PASS", False, [], None)
    unit = floor.unit("SN-1")
    assert (unit.status, unit.current_step_no) == ("QUEUED", 20)
    track = floor.ask(select(tracks))[0]
    assert (track.result, track.out_by, track.out_by_name) == ("PASS", 1, "Olga")
    assert floor.actions()[-1] == "TRACK_OUT"


def test_step_numbers_need_not_follow_each_other(floor: Floor) -> None:
    floor.use(step(10, "PRINT"), step(70, "TEST"))
    floor.come_in("SN-1")
    assert floor.go_out("SN-1")["nextStepNo"] == 70


def test_the_last_step_makes_it_done(floor: Floor) -> None:
    out = floor.pass_through("SN-1", "ST-PRINT", "ST-MOUNT", "ST-TEST")
    assert (out["status"], out["nextStepNo"], out["nextStationCodes"]) == ("DONE", None, [])
    assert floor.events()[-1] == "UNIT_DONE"
    assert floor.run().status == "IN_PROGRESS"


def test_a_board_may_leave_a_run_that_was_put_on_hold_but_not_one_that_has_ended(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.set_run(status="ON_HOLD")
    assert floor.go_out("SN-1")["runStatus"] == "ON_HOLD"
    floor.set_run(status="IN_PROGRESS")
    floor.come_in("SN-2")
    floor.set_run(status="SCRAPPED")
    assert refusal(floor.go_out, "SN-2").code == "RUN_CLOSED"


# The end of the run


def test_the_last_board_completes_the_run_without_a_click(floor: Floor) -> None:
    for sn in ("SN-1", "SN-2"):
        floor.pass_through(sn, "ST-PRINT", "ST-MOUNT", "ST-TEST")
    out = floor.pass_through("SN-3", "ST-PRINT", "ST-MOUNT", "ST-TEST")
    assert (out["runStatus"], floor.run().status) == ("COMPLETED", "COMPLETED")
    assert floor.run().ended_at is not None
    assert floor.actions()[-1] == "RUN_COMPLETED"


def test_a_run_with_fewer_boards_than_planned_waits_for_a_person(floor: Floor) -> None:
    floor.set_run(plan_qty=4)
    for sn in ("SN-1", "SN-2", "SN-3"):
        out = floor.pass_through(sn, "ST-PRINT", "ST-MOUNT", "ST-TEST")
    assert out["runStatus"] == "IN_PROGRESS"


@pytest.mark.parametrize(("setting", "value"), [(AUTO_COMPLETE_WITHOUT_OQC, False), (FQC_GATE, "CLOSE")])
def test_a_line_may_want_a_person_to_close_its_runs(floor: Floor, setting: Any, value: Any) -> None:
    floor.setting(setting, value)
    for sn in ("SN-1", "SN-2", "SN-3"):
        out = floor.pass_through(sn, "ST-PRINT", "ST-MOUNT", "ST-TEST")
    assert (out["status"], out["runStatus"]) == ("DONE", "IN_PROGRESS")


# What is refused


def test_a_board_that_is_not_here_is_told_where_it_is(floor: Floor) -> None:
    refused = refusal(floor.go_out, "SN-1")
    assert (refused.code, refused.status, refused.details["status"], refused.details["stationCode"]) == (
        "TRACK_NOT_FOUND",
        404,
        "QUEUED",
        None,
    )
    floor.come_in("SN-1")
    refused = refusal(floor.go_out, "SN-1", "ST-MOUNT")
    assert (refused.code, refused.details["stationCode"]) == ("TRACK_NOT_FOUND", "ST-PRINT")


def test_a_second_track_out_is_told_that_it_is_done(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.go_out("SN-1")
    refused = refusal(floor.go_out, "SN-1")
    assert (refused.code, refused.details["result"]) == ("TRACK_ALREADY_CLOSED", "PASS")
    floor.come_in("SN-1", "ST-MOUNT")
    assert refusal(floor.go_out, "SN-1").code == "TRACK_NOT_FOUND"


def test_serial_run_and_station_are_asked_as_on_the_way_in(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.add_run("RUN-2")
    assert refusal(floor.go_out, "SN-9").code == "UNIT_NOT_FOUND"
    assert refusal(floor.go_out, "SN-1", runNo="RUN-9").code == "RUN_NOT_FOUND"
    assert refusal(floor.go_out, "SN-1", runNo="RUN-2").code == "UNIT_RUN_MISMATCH"
    assert refusal(floor.go_out, "SN-1", "ST-NOWHERE").code == "STATION_NOT_FOUND"
    assert refusal(floor.go_out, "SN-1", who="stranger").code == "FORBIDDEN"
    floor.set_station("ST-PRINT", station_type="AUTO")
    floor.setting(MANUAL_FALLBACK, False)
    assert refusal(floor.go_out, "SN-1").code == "STATION_MISMATCH"
    floor.set_station("ST-PRINT", is_active=False)
    assert refusal(floor.go_out, "SN-1").code == "STATION_INACTIVE"


@pytest.mark.parametrize("result", ["OK", "pass", "", None, True])
def test_a_result_that_is_neither_pass_nor_fail_is_never_read_as_pass(floor: Floor, result: Any) -> None:
    floor.come_in("SN-1")
    with pytest.raises(ValidationError):
        floor.go_out("SN-1", result=result)


def test_defects_are_named_only_with_a_fail_and_in_one_way(floor: Floor) -> None:
    for more in ({"defectCode": "A1"}, {"defects": [{"code": "A1"}]}):
        with pytest.raises(ValidationError):
            floor.go_out("SN-1", result="PASS", **more)
    with pytest.raises(ValidationError):
        floor.go_out("SN-1", result="FAIL", defectCode="A1", defects=[{"code": "A1"}])


# Data


def test_values_are_judged_and_stored_with_the_limits_they_were_judged_by(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP, NOTE), step(20, "MOUNT"))
    floor.come_in("SN-1")
    out = floor.go_out("SN-1", data=[number("Temp", 25), {"specName": "Note", "valueText": " fine "}])
    assert out["result"] == "PASS", "a KEY value out of limits does not fail the board by itself"
    assert out["dataValues"] == [
        {"specName": "Temp", "judge": "FAIL", "alarmed": False}, {"specName": "Note", "judge": "NA", "alarmed": False},
    ]  # fmt: skip
    temp, note = floor.ask(select(data_values).order_by(data_values.c.id))
    assert (temp.value_number, temp.limits, temp.unit, temp.source, temp.revision) == (
        25.0,
        '{"max":20.0,"min":10.0}',
        "℃",
        "MANUAL",
        1,
    )
    assert (note.value_text, note.limits, note.collected_by_name) == ("fine", None, "Olga")


def test_a_spec_that_is_not_bound_to_the_step_is_not_found(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP), step(20, "MOUNT"))
    floor.come_in("SN-1")
    refused = refusal(floor.go_out, "SN-1", data=[number("Temp", 15), number("Warp", 1), number("Gap", 1)])
    assert (refused.code, refused.details["specNames"]) == ("DATA_SPEC_NOT_FOUND", ["Warp", "Gap"])


def test_all_faults_of_the_values_are_told_at_once_and_nothing_is_written(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP, NOTE, spec("Flag", "BOOLEAN")), step(20, "MOUNT"))
    floor.come_in("SN-1")
    wrong = [
        {"specName": "Temp", "valueText": "hot"},
        {"specName": "Note", "valueText": "a"},
        {"specName": "Note", "valueText": "b"},
        {"specName": "Flag"},
    ]
    refused = refusal(floor.go_out, "SN-1", data=wrong)
    assert (refused.code, [fault["specName"] for fault in refused.details["specs"]]) == (
        "DATA_VALUE_INVALID",
        ["Temp", "Note", "Flag"],
    )
    assert refused.details["specs"][1]["reason"] == "is given twice"
    assert floor.ask(select(data_values)) == []
    assert floor.unit("SN-1").status == "IN_STATION"


def test_a_pass_carries_all_that_is_required_and_a_fail_may_leave_without(floor: Floor) -> None:
    per_tray = spec("Tray", triggerType="EACH_CARRIER", isRequired=True)
    floor.use(step(10, "PRINT", TEMP, NOTE, per_tray), step(20, "MOUNT"))
    floor.come_in("SN-1")
    refused = refusal(floor.go_out, "SN-1")
    assert (refused.code, refused.details["missing"]) == (
        "REQUIRED_DATA_MISSING",
        [{"specName": "Temp", "dataType": "NUMBER", "unit": "℃"}],
    )
    assert floor.go_out("SN-1", result="FAIL")["status"] == "OUT_FAILED"


def test_what_a_machine_has_stored_already_counts(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP), step(20, "MOUNT"))
    floor.come_in("SN-1")
    track = floor.ask(select(tracks))[0]
    floor.tell(lambda tx: tx.run(insert(data_values).values(
        id=tx.new_id(), track_id=track.id, spec_id=TEMP["id"], revision=1, name="Temp", value_number=15, judge="PASS", source="AUTO",
        method="AUTO", alarmed=False, collected_at=tx.now,
    )))  # fmt: skip
    assert floor.go_out("SN-1")["status"] == "QUEUED"


def test_people_write_machine_items_only_where_the_line_lets_them_and_machines_write_only_their_own(
    floor: Floor,
) -> None:
    floor.use(step(10, "PRINT", NOTE, spec("Auto", method="AUTO")), step(20, "MOUNT"))
    floor.come_in("SN-1")
    assert (
        refusal(floor.go_out, "SN-1", who="rob", data=[{"specName": "Note", "valueText": "x"}]).code
        == "DATA_SPEC_METHOD_MISMATCH"
    )
    floor.setting(MANUAL_FALLBACK, False)
    assert refusal(floor.go_out, "SN-1", data=[number("Auto", 1)]).details["specNames"] == ["Auto"]
    floor.setting(MANUAL_FALLBACK, True)
    floor.go_out("SN-1", data=[number("Auto", 1)])
    value = floor.ask(select(data_values))[0]
    assert (value.method, value.source) == ("AUTO", "MANUAL")


# Alarms


def test_an_alarm_is_announced_and_the_board_goes_on(floor: Floor) -> None:
    floor.use(step(10, "PRINT", spec("Temp", alarm={"action": "ALARM_ONLY", "max": 20})), step(20, "MOUNT"))
    floor.come_in("SN-1")
    out = floor.go_out("SN-1", data=[number("Temp", 25)])
    assert (out["status"], out["dataValues"][0]["alarmed"]) == ("QUEUED", True)
    assert "DATA_ALARM" in floor.events()


@pytest.mark.parametrize(("result", "resume", "step_no"), [("PASS", "QUEUED", 20), ("FAIL", "OUT_FAILED", 10)])
def test_a_hold_alarm_stops_the_board_which_remembers_where_it_was_going(
    floor: Floor, result: str, resume: str, step_no: int
) -> None:
    floor.use(step(10, "PRINT", spec("Temp", alarm={"action": "HOLD", "max": 20})), step(20, "MOUNT"))
    floor.come_in("SN-1")
    out = floor.go_out("SN-1", result=result, data=[number("Temp", 25)])
    assert (out["status"], out["nextStepNo"], out["hold"]["source"], out["hold"]["resumeStatus"]) == (
        "ON_HOLD",
        None,
        "DATA_ALARM",
        resume,
    )
    assert "Temp" in out["hold"]["reason"]
    assert bool(out["defects"]) is (result == "FAIL")
    assert floor.ask(select(holds))[0].resume_step_no == step_no
    assert floor.events()[-1 if result == "PASS" else -2] == "UNIT_HELD"


# Defects


def test_a_fail_writes_its_defect_with_the_board(floor: Floor) -> None:
    floor.tell(seed_codes)
    floor.come_in("SN-1")
    out = floor.go_out("SN-1", result="FAIL", defectCode="M12", defectLocation="U3", defectRemark="pins 4, 5")
    assert (out["status"], out["nextStepNo"]) == ("OUT_FAILED", None)
    row = floor.ask(select(defects))[0]
    assert (row.code, row.code_name, row.code_known, row.severity, row.location, row.remark) == (
        "M12",
        "桥连",
        True,
        "MAJOR",
        "U3",
        "pins 4, 5",
    )
    assert (row.status, row.source, row.blocking, row.step_no, row.station_code, row.qty) == (
        "RECORDED",
        "TRACK_OUT",
        True,
        10,
        "ST-PRINT",
        1,
    )
    assert out["defects"][0]["code"] == "M12"
    assert row.defect_no.startswith("D-20")
    assert row.defect_no.endswith("-0001")
    assert floor.events()[-2:] == ["TRACK_OUT", "DEFECT_RECORDED"]


def test_a_fail_without_a_word_is_a_station_fail_and_several_defects_are_all_written(floor: Floor) -> None:
    floor.come_in("SN-1")
    assert [defect["code"] for defect in floor.go_out("SN-1", result="FAIL")["defects"]] == ["STATION_FAIL"]
    floor.come_in("SN-2")
    out = floor.go_out("SN-2", result="FAIL", defects=[{"code": "A1", "qty": 3}, {"code": "HOUSE-7", "location": "R9"}])
    assert [defect["code"] for defect in out["defects"]] == ["A1", "HOUSE-7"]
    rows = floor.ask(select(defects).order_by(defects.c.id))
    assert [(row.code, row.qty, row.code_known) for row in rows] == [
        ("STATION_FAIL", 1, False),
        ("A1", 3, False),
        ("HOUSE-7", 1, False),
    ]


def test_with_strict_codes_people_use_only_active_ones(floor: Floor) -> None:
    floor.tell(seed_codes)
    floor.setting(STRICT_CODES, True)
    floor.come_in("SN-1")
    refused = refusal(floor.go_out, "SN-1", result="FAIL", defectCode="HOUSE-7")
    assert (refused.code, refused.status, refused.details["code"]) == ("DEFECT_CODE_NOT_FOUND", 404, "HOUSE-7")
    assert floor.unit("SN-1").status == "IN_STATION"
    assert floor.go_out("SN-1", result="FAIL")["defects"][0]["code"] == "STATION_FAIL"


def test_an_open_defect_on_this_visit_turns_a_pass_into_a_fail(floor: Floor) -> None:
    floor.come_in("SN-1")
    track = floor.ask(select(tracks))[0]
    floor.tell(lambda tx: tx.run(insert(defects).values(
        id=tx.new_id(), defect_no="D-1", unit_id=track.unit_id, run_id=track.run_id,
        track_id=track.id, code="AOI-1", code_known=False, qty=1, source="AOI", blocking=True, status="RECORDED", created_at=tx.now,
    )))  # fmt: skip
    out = floor.go_out("SN-1")
    assert (out["result"], out["status"], out["inspectionOverride"], out["overrideSources"]) == (
        "FAIL", "OUT_FAILED", True, [{"kind": "DEFECT", "reference": "D-1"}],
    )  # fmt: skip
    assert out["defects"] == [], "the defect that is there tells why; none is added"
    assert len(floor.ask(select(defects))) == 1


def test_a_fault_while_the_defect_is_written_undoes_the_whole_track_out(tmp_path: Path) -> None:
    class Broken:
        def record(self, tx: Any, leaving: Any) -> Any:
            WIRES.defects.record(tx, leaving)
            raise RuntimeError("a fault of ours")

        def open_of(self, tx: Any, unit_ids: Any) -> Any:
            return {}

        def on_track(self, tx: Any, track_id: int) -> bool:
            return False

    with floor_on(sqlite_url(tmp_path), wires=replace(WIRES, defects=Broken())) as floor:
        floor.come_in("SN-1")
        with pytest.raises(RuntimeError):
            floor.go_out("SN-1", result="FAIL")
        assert floor.unit("SN-1").status == "IN_STATION"
        assert floor.ask(select(defects)) == []
        assert floor.ask(select(tracks))[0].out_at is None
        assert floor.events() == ["TRACK_IN", "RUN_START"]
        assert floor.actions()[-1] == "TRACK_OUT INTERNAL_ERROR"


def test_an_effect_of_a_higher_room_is_part_of_the_same_transaction(tmp_path: Path) -> None:
    class Counting:
        def apply(self, tx: Any, leaving: Any, outcome: Any) -> None:
            raise RuntimeError("the tool's count failed")

    with floor_on(sqlite_url(tmp_path), wires=replace(WIRES, effects=(Counting(),))) as floor:
        floor.come_in("SN-1")
        with pytest.raises(RuntimeError):
            floor.go_out("SN-1")
        assert floor.unit("SN-1").status == "IN_STATION"
