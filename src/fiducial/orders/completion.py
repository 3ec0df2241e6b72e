"""The end that comes by itself: when the last unit of a run becomes terminal (spec 02.1.2, 06.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.settings import AUTO_COMPLETE_WITHOUT_OQC, FQC_GATE
from fiducial.orders.states import COMPLETED, IN_PROGRESS, RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.plant.lookup import line_of_id


@dataclass(frozen=True, slots=True)
class Finish:
    """What came of the last unit: the outgoing inspection that is due now, or the run's completion."""

    oqc: Any = None
    completed: bool = False


def finish_if_all_done(tx: Tx, run_id: int) -> Finish:
    """Complete the run if nothing is left to do and nobody else must look at it.

    To be called when a unit has become terminal, in that transaction. It takes the run's lock, so that of the two last units
    one sees the other. A run with fewer units than planned never ends by itself: more may still be generated.
    """
    # Not against rows that are being written for the run: their writers may wait for what the caller has already.
    run = tx.one(select(runs).where(runs.c.id == run_id).with_for_update(key_share=True))
    if run.status != IN_PROGRESS or not _all_terminal(tx, run):
        return Finish()
    released = False
    for check in ports.close_checks():
        found = check.at_finish(tx, run)
        if found.due is not None:
            return Finish(oqc=found.due)
        released = released or found.released
    if FQC_GATE.of(tx, run.line_id) != "NONE" or not (released or AUTO_COMPLETE_WITHOUT_OQC.of(tx, run.line_id)):
        return Finish()
    line = line_of_id(tx, run.line_id)
    completed = RUN.move(
        tx, "complete", runs.c.id == run.id, key=run.id, display=run.run_no, line=line.code if line else None,
        ended_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if completed:
        ports.tell_ended(tx, run, COMPLETED)
    return Finish(completed=completed)


def _all_terminal(tx: Tx, run: Any) -> bool:
    of_run = units.c.run_id == run.id
    if tx.first(select(units.c.id).where(of_run, units.c.status.not_in(UNIT.terminal)).limit(1)) is not None:
        return False
    there = int(tx.scalar(select(func.count()).select_from(units).where(of_run)) or 0)
    return there >= int(run.plan_qty)
