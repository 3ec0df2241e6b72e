"""One board is stopped and let go; a wrong scan is taken back (spec 05.6, 05.9)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.api.execution_floor import Floor, floor_on, refusal, spec, sqlite_url, step

from fiducial.execution.tables import holds, tracks
from fiducial.kit import ids


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with floor_on(sqlite_url(tmp_path)) as floor:
        yield floor


def test_a_waiting_board_is_held_at_once_and_goes_on_where_it_was(floor: Floor) -> None:
    floor.pass_through("SN-1", "ST-PRINT")
    held = floor.hold("SN-1")
    assert (held["status"], held["hold"]["source"], held["hold"]["reason"], held["hold"]["placedByName"]) == (
        "ON_HOLD", "MANUAL", "scratched", "Quinn",
    )  # fmt: skip
    assert refusal(floor.come_in, "SN-1", "ST-MOUNT").code == "UNIT_ON_HOLD"
    free = floor.release("SN-1")
    assert (free["status"], free["currentStepNo"], free["hold"]["releaseReason"]) == ("QUEUED", 20, "looked at")
    floor.come_in("SN-1", "ST-MOUNT")
    assert [event for event in floor.events() if event.startswith("UNIT")] == ["UNIT_HELD", "UNIT_RELEASED"]
    assert [action for action in floor.actions() if action.startswith("UNIT_")] == ["UNIT_HOLD", "UNIT_RELEASE"]


def test_a_board_in_a_station_is_held_when_it_comes_out(floor: Floor) -> None:
    floor.come_in("SN-1")
    waiting = floor.hold("SN-1")
    assert (waiting["status"], waiting["hold"]["pending"]) == ("IN_STATION", True)
    out = floor.go_out("SN-1")
    assert (out["status"], out["hold"]["source"], out["hold"]["resumeStatus"], out["hold"]["resumeStepNo"]) == (
        "ON_HOLD",
        "MANUAL",
        "QUEUED",
        20,
    )
    unit = floor.unit("SN-1")
    assert (unit.status, unit.current_step_no, unit.hold_pending) == ("ON_HOLD", 10, False)
    assert (floor.release("SN-1")["status"], floor.unit("SN-1").current_step_no) == ("QUEUED", 20)


def test_a_waiting_hold_can_be_withdrawn_before_the_board_comes_out(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.hold("SN-1")
    assert floor.release("SN-1")["status"] == "IN_STATION"
    assert floor.go_out("SN-1")["status"] == "QUEUED"


def test_a_cancelled_scan_makes_a_waiting_hold_effective(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.hold("SN-1")
    assert floor.cancel("SN-1")["status"] == "ON_HOLD"
    assert (floor.release("SN-1")["status"], floor.unit("SN-1").current_step_no) == ("QUEUED", 10)


def test_a_failed_board_that_is_released_does_its_step_again(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.go_out("SN-1", result="FAIL")
    floor.hold("SN-1")
    assert (floor.release("SN-1")["status"], floor.unit("SN-1").current_step_no) == ("QUEUED", 10)


def test_a_finished_board_that_is_released_is_finished_and_may_end_its_run(floor: Floor) -> None:
    floor.pass_through("SN-1", "ST-PRINT", "ST-MOUNT", "ST-TEST")
    floor.hold("SN-1")
    for sn in ("SN-2", "SN-3"):
        out = floor.pass_through(sn, "ST-PRINT", "ST-MOUNT", "ST-TEST")
    assert out["runStatus"] == "IN_PROGRESS", "a held board is not at its end"
    assert floor.release("SN-1")["status"] == "DONE"
    assert floor.run().status == "COMPLETED"


def test_what_cannot_be_held_or_released_says_why(floor: Floor) -> None:
    assert refusal(floor.hold, "SN-9").code == "UNIT_NOT_FOUND"
    assert refusal(floor.release, "SN-1").code == "UNIT_NOT_HELD"
    floor.hold("SN-1")
    assert refusal(floor.hold, "SN-1").code == "UNIT_ALREADY_HELD"
    floor.come_in("SN-2")
    floor.hold("SN-2")
    assert refusal(floor.hold, "SN-2").code == "UNIT_ALREADY_HELD"
    floor.set_unit("SN-3", status="SCRAPPED")
    assert refusal(floor.hold, "SN-3").code == "UNIT_SCRAPPED"
    floor.set_unit("SN-3", status="QUEUED")
    floor.set_run(status="COMPLETED")
    assert refusal(floor.hold, "SN-3").code == "RUN_CLOSED"


def test_only_quality_in_reach_of_the_line_may_hold(floor: Floor) -> None:
    assert refusal(floor.hold, "SN-1", who="olga").details["permission"] == "quality:disposition"
    assert refusal(floor.hold, "SN-1", who="stranger").code == "FORBIDDEN"


def test_a_hold_of_a_defect_is_released_through_the_defect(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.go_out("SN-1", result="FAIL")
    floor.hold("SN-1")
    floor.tell(lambda tx: tx.run(update(holds).values(defect_id=4711, source="DEFECT")))
    refused = refusal(floor.release, "SN-1")
    assert (refused.code, refused.details["defectId"]) == ("HOLD_BELONGS_TO_DEFECT", ids.to_wire(4711))


# A wrong scan


def test_a_wrong_scan_is_voided_and_not_deleted(floor: Floor) -> None:
    floor.come_in("SN-1")
    assert floor.cancel("SN-1", reason="wrong board")["status"] == "QUEUED"
    track = floor.ask(select(tracks))[0]
    assert track.voided_at is not None
    assert (track.voided["byName"], track.voided["reason"]) == ("Olga", "wrong board")
    unit = floor.unit("SN-1")
    assert (unit.status, unit.current_step_no, unit.tracked) == ("QUEUED", 10, False)
    assert floor.run().status == "IN_PROGRESS", "the run it had started stays started"
    assert floor.actions()[-1] == "TRACK_IN_CANCEL"


def test_a_scan_is_taken_back_by_who_made_it_or_by_quality(floor: Floor) -> None:
    floor.come_in("SN-1", who="olga")
    refused = refusal(floor.cancel, "SN-1", who="otto")
    assert (refused.code, refused.details["permission"]) == ("FORBIDDEN", "quality:disposition")
    floor.cancel("SN-1", who="boss")


def test_only_what_is_here_and_untouched_is_taken_back(floor: Floor) -> None:
    assert refusal(floor.cancel, "SN-1").code == "TRACK_NOT_FOUND"
    floor.come_in("SN-1")
    assert refusal(floor.cancel, "SN-1", "ST-MOUNT").code == "TRACK_NOT_FOUND"
    floor.go_out("SN-1")
    assert refusal(floor.cancel, "SN-1").code == "TRACK_NOT_FOUND"


def test_a_visit_with_data_is_not_taken_back(floor: Floor) -> None:
    from sqlalchemy import insert

    from fiducial.execution.tables import data_values

    floor.use(step(10, "PRINT", spec("Temp")))
    floor.come_in("SN-1")
    track = floor.ask(select(tracks))[0]
    floor.tell(lambda tx: tx.run(insert(data_values).values(
        id=tx.new_id(), track_id=track.id, spec_id="spec-Temp", revision=1, name="Temp", judge="NA", source="AUTO", method="AUTO",
        alarmed=False, collected_at=tx.now,
    )))  # fmt: skip
    assert refusal(floor.cancel, "SN-1").code == "TRACK_HAS_RECORDS"
