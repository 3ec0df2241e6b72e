"""A wrong reel stops mounting (spec 04.5; guard 23 of a track-in, 05.4), and what a track-in at a placement step is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, or_, select

from fiducial.execution.answers import Warned
from fiducial.execution.ports import Entering, TrackInGuard
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.loading import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.loading.settings import BLOCK_MOUNT_ON_MISMATCH, FIRST_UNIT_REQUIRED
from fiducial.loading.tables import expectations, records, slots
from fiducial.loading.words import LOADED, MISMATCH, MOUNT, PENDING, REPLACE, warning

_wrong = Hot(
    select(slots.c.slot_code)
    .join_from(expectations, slots, slots.c.id == expectations.c.slot_id)
    .where(
        expectations.c.run_id == bindparam("run"),
        or_(
            expectations.c.status == MISMATCH, slots.c.is_locked.is_(True),
            and_(expectations.c.status == PENDING, expectations.c.must_reload.is_(True)),
        ),
    )
    .order_by(slots.c.position, slots.c.slot_code)
)  # fmt: skip
_first_due = Hot(
    select(slots.c.slot_code)
    .join_from(records, slots, slots.c.id == records.c.slot_id)
    .where(
        records.c.run_id == bindparam("run"), records.c.status == LOADED, records.c.kind == REPLACE, records.c.first_unit_id.is_(None)
    )
    .order_by(slots.c.position, slots.c.slot_code)
)  # fmt: skip


class SlotsAreRight(TrackInGuard):
    """Guard 23: at a step of kind MOUNT no slot of the run is MISMATCH, locked, or empty since the run was authorised."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Refuse LOADING_NOT_VERIFIED with `details.slots`; warn FIRST_UNIT_DUE where the line asks for first boards."""
        if entering.step.process_kind != MOUNT:
            return ()
        run_id, line_id = entering.run.run_id, entering.station.line_id
        wrong = [row.slot_code for row in _wrong.all(tx, run=run_id)]
        if wrong and BLOCK_MOUNT_ON_MISMATCH.of(tx, line_id):
            raise Refused("LOADING_NOT_VERIFIED", slots=wrong)
        if not FIRST_UNIT_REQUIRED.of(tx, line_id):
            return ()
        due = [row.slot_code for row in _first_due.all(tx, run=run_id)]
        return [warning(tx, "FIRST_UNIT_DUE", slots=due)] if due else ()
