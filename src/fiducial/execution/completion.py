"""The end of a run without a click (spec 02.1.2, 06.7): by whatever makes its last unit terminal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from fiducial.execution.standing import Run
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.completion import finish_if_all_done
from fiducial.orders.states import COMPLETED, IN_PROGRESS, UNIT
from fiducial.orders.tables import units

_OPEN = tuple(state for state in UNIT.states if state not in UNIT.terminal)
_one_open = Hot(select(units.c.id).where(units.c.run_id == bindparam("run"), units.c.status.in_(_OPEN)).limit(1))


def when_unit_is_terminal(tx: Tx, run: Run, status: str) -> tuple[str, Any]:
    """Give the run's status and the `oqc` that came of it, after one of its units became DONE or SCRAPPED.

    The caller has the run's lock, so of two last units that leave at once exactly one finds the run finished. Almost every
    unit is not the last: that is seen by one look into an index, and only then the end of the run is judged.
    """
    if status != IN_PROGRESS or _one_open.first(tx, run=run.run_id) is not None:
        return status, None
    finish = finish_if_all_done(tx, run.run_id)
    return (COMPLETED if finish.completed else status), finish.oqc
