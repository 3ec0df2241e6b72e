"""What tests say when a board comes to a station and leaves it (spec 05.4 guard 22, 05.5 guard 14, 05.8, 11.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from fiducial.execution.answers import Warned
from fiducial.execution.ports import Entering, Leaving
from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.tooling.testing.reading import active_programs, latest_on_track, needs_program
from fiducial.tooling.testing.states import FAIL, PASS

_alone = Hot(select(tracks.c.id).where(tracks.c.id == bindparam("track")).with_for_update(key_share=True))


class ProgramIsActive:
    """Guard 22, its part about programs: where the step asks for one, one is ACTIVE for the product and the station."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Refuse TEST_PROGRAM_NOT_ACTIVE."""
        if not entering.step.facts.get("requiresTestProgram"):
            return ()
        product, station = entering.run.product_code, entering.station
        if not active_programs(tx, product, station.id):
            raise Refused("TEST_PROGRAM_NOT_ACTIVE", productCode=product, stationCode=station.code)
        return ()


class LatestTestFails:
    """A test record whose latest attempt of the visit is FAIL turns a PASS into a FAIL (spec 05.8 b)."""

    def forces_fail(self, tx: Tx, leaving: Leaving) -> Sequence[Mapping[str, Any]]:
        """Give the test that forces the FAIL. At a test step the visit is locked first: a record that comes at the same moment waits."""
        if tx.engine != "sqlite" and (leaving.step.process_kind == "TEST" or needs_program(leaving)):
            _alone.first(tx, track=leaving.track_id)
        latest = latest_on_track(tx, leaving.track_id)
        if latest is None or latest.result != FAIL:
            return ()
        return ({"kind": "TEST", "reference": latest.test_result_id},)

    def of_track(self, tx: Tx, track_id: int) -> Sequence[Mapping[str, Any]]:
        """Give the latest test of the visit."""
        latest = latest_on_track(tx, track_id)
        if latest is None:
            return ()
        return (
            {
                "kind": "TEST", "result": latest.result, "eventTime": clock.to_wire(latest.completed_at),
                "reference": latest.test_result_id,
            },
        )  # fmt: skip


class TestIsThere:
    """Guard 14, its part about tests: a PASS at a step with a test program has its PASS record on this visit."""

    def check(self, tx: Tx, leaving: Leaving) -> None:
        """Refuse TEST_RECORD_REQUIRED."""
        if leaving.result != PASS or not needs_program(leaving):
            return
        latest = latest_on_track(tx, leaving.track_id)
        if latest is None or latest.result != PASS:
            raise Refused("TEST_RECORD_REQUIRED", sn=leaving.unit.sn, stepNo=leaving.step.step_no)
