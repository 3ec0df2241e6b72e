"""The end of a run without a click (spec 02.1.2, 06.7): by whatever makes its last unit terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from fiducial.execution.standing import Run
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.settings import AUTO_COMPLETE_WITHOUT_OQC, FQC_GATE
from fiducial.orders.states import RUN, UNIT
from fiducial.orders.tables import runs, units

_OPEN = tuple(state for state in UNIT.states if state not in UNIT.terminal)
_one_open = Hot(select(units.c.id).where(units.c.run_id == bindparam("run"), units.c.status.in_(_OPEN)).limit(1))
_count = Hot(select(func.count()).select_from(units).where(units.c.run_id == bindparam("run")))


def when_last_unit_is_terminal(tx: Tx, run: Run, status: str) -> tuple[str, Mapping[str, Any] | None]:
    """Give the run's status and the `oqc` that came of it, after one of its units became DONE or SCRAPPED.

    The caller has the run's lock, so of two last units that leave at once exactly one finds the run finished. A run with
    fewer units than planned never completes by itself: more may still be generated; a person closes it.
    """
    if status != "IN_PROGRESS" or _one_open.first(tx, run=run.run_id) is not None:
        return status, None
    if _count.scalar(tx, run=run.run_id) < run.plan_qty:
        return status, None
    row = tx.one(select(runs).where(runs.c.id == run.run_id))
    for check in ports.close_checks():
        wanted = check.at_finish(tx, row)
        if wanted is not None:
            return status, wanted
    if not AUTO_COMPLETE_WITHOUT_OQC.of(tx, run.line_id) or FQC_GATE.of(tx, run.line_id) != "NONE":
        return status, None
    done = RUN.move(
        tx, "complete", runs.c.id == run.run_id, key=run.run_id, display=run.run_no, ended_at=tx.now, updated_at=tx.now
    )
    return ("COMPLETED" if done else status), None
