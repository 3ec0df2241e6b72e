"""What a track-out says of faults decided before it (spec 06.9, 06.10): a PASS at the failed step proves the repair, a FAIL at or
before it replaces the old fault by the new one. Nothing else closes a rework (spec 06.1 W10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, or_, select

from fiducial.execution.ports import Leaving, Outcome
from fiducial.kit import ids
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.quality.disposing.tasks import settle_tasks
from fiducial.quality.states import DEFECT, OPEN_DEFECT, PASS
from fiducial.quality.tables import defects, rework_tasks

_before = Hot(
    select(defects.c.id, defects.c.status, defects.c.step_no)
    .where(
        defects.c.unit_id == bindparam("unit"), defects.c.status.in_(OPEN_DEFECT), defects.c.blocking.is_(True),
        or_(defects.c.track_id.is_(None), defects.c.track_id != bindparam("track")),
    )
    .order_by(defects.c.id)
)  # fmt: skip


class RepairProved:
    """The effect of a track-out on the faults of earlier visits."""

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:
        """Close what this result proves or replaces; add the closed tasks to the answer."""
        for fault in _before.all(tx, unit=leaving.unit.unit_id, track=leaving.track_id):
            failed_at = fault.step_no if fault.step_no is not None else leaving.step.step_no
            if leaving.result == PASS and leaving.step.step_no == failed_at:
                self._prove(tx, fault, outcome)
            elif leaving.result != PASS and leaving.step.step_no <= failed_at:
                self._supersede(tx, leaving, fault, outcome)

    def _prove(self, tx: Tx, fault: Any, outcome: Outcome) -> None:
        proved = DEFECT.statement("prove", defects.c.id == fault.id, close_reason="REWORKED", updated_at=tx.now)
        if tx.run(proved) == 1:
            closed = settle_tasks(tx, "prove", rework_tasks.c.defect_id == fault.id)
            outcome.closed_rework_tasks += [ids.to_wire(key) for key in closed]

    def _supersede(self, tx: Tx, leaving: Leaving, fault: Any, outcome: Outcome) -> None:
        newer = outcome.defects[0]["id"] if outcome.defects else None
        by = ids.from_wire(newer) if newer else _on_this_track(tx, leaving.track_id)
        replaced = DEFECT.statement(
            "supersede", defects.c.id == fault.id, close_reason="REFAILED", superseded_by=by, updated_at=tx.now
        )
        if tx.run(replaced) == 1:
            settle_tasks(tx, "cancel", rework_tasks.c.defect_id == fault.id)


def _on_this_track(tx: Tx, track_id: int) -> int | None:
    key: int | None = tx.scalar(
        select(defects.c.id).where(defects.c.track_id == track_id).order_by(defects.c.id.desc()).limit(1)
    )
    return key
