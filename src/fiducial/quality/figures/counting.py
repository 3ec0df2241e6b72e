"""Counting every visit once, in its track-out: so a year of boards is summed from some thousand rows, and each sum is exact.

A row is a day of the plant, a station, a run and a step. `fiducial doctor` compares the rows with the tracks (ops.invariants).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.execution.ports import Leaving, Outcome
from fiducial.kit import clock
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.quality.states import FAIL
from fiducial.quality.tables import yield_days

_KEY = ("day", "station_id", "run_id", "step_no")
_COUNTS = ("visits", "failed", "first_visits", "first_failed")


def _counted(make: Any) -> Hot:
    statement = make(yield_days).values(
        {name: bindparam(name) for name in (*_KEY, "line_id", "product_code", *_COUNTS)}
    )
    more = {name: yield_days.c[name] + statement.excluded[name] for name in _COUNTS}
    return Hot(statement.on_conflict_do_update(index_elements=_KEY, set_=more))


_count = {"sqlite": _counted(sqlite.insert), "postgresql": _counted(postgresql.insert)}


class VisitCounted:
    """What follows a track-out: the visit stands in the figures of its day (an effect of execution)."""

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:  # noqa: ARG002 - the answer tells nothing of it
        """Count the visit, and whether it was the unit's first at the step."""
        failed, first = int(leaving.result == FAIL), int(leaving.unit.track_visit_no == 1)  # type: ignore[attr-defined]
        tx.send(
            _count[tx.engine], day=clock.plant_day(tx.now, tx.store.zone).isoformat(), station_id=leaving.station.id,
            run_id=leaving.run.run_id, step_no=leaving.step.step_no, line_id=leaving.run.line_id,
            product_code=leaving.run.product_code, visits=1, failed=failed, first_visits=first, first_failed=failed * first,
        )  # fmt: skip
