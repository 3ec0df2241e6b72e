"""Running clocks as the gate TIME_RULE and the stations read them (spec 03.6, 05.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from fiducial.kit.tx import Tx
from fiducial.timers import ports
from fiducial.timers.states import ACTIVE, EXPIRED, WAIVED
from fiducial.timers.tables import clocks

UNIT, PASTE = "UNIT", "SOLDER_PASTE_LOT"


def concerns(tx: Tx, run_id: int, line_id: int | None) -> ColumnElement[bool]:
    """Give what a clock must be to concern a run: started in it, or of the paste bound to its line."""
    lots = ports.paste().lots_on_line(tx, line_id) if line_id is not None else ()
    return or_(clocks.c.run_id == run_id, and_(clocks.c.entity_type == PASTE, clocks.c.entity_id.in_(lots)))


def clocks_of_run(tx: Tx, run_id: int, line_id: int | None) -> Sequence[Row[Any]]:
    """Give the clocks that concern a run and run, are over or were let be, by their end. Those that ended in time are many.

    `is_over` tells whether one that runs is past its end.
    """
    open_ones = (concerns(tx, run_id, line_id), clocks.c.status.in_((ACTIVE, EXPIRED, WAIVED)))
    wanted = select(clocks).where(*open_ones).order_by(clocks.c.expires_at, clocks.c.id)
    return tx.all(wanted.with_for_update(read=True) if tx.chain is not None else wanted)


def is_over(tx: Tx, clock: Any) -> bool:
    """Tell whether a clock is EXPIRED, or ACTIVE past its end while the sweep has not yet come (spec 03.6, TIME_RULE)."""
    return bool(clock.status == EXPIRED or (clock.status == ACTIVE and clock.expires_at <= tx.now))
