"""Units that were never used: queued, never tracked, named by no record of any room (spec 02.1.3)."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, exists, not_

from fiducial.kit import columns as c
from fiducial.orders.states import QUEUED, SCRAPPED
from fiducial.orders.tables import units


@cache
def _named_by() -> tuple[Column[Any], ...]:
    """Give every column of the program that refers to a unit: tracks, defects, holds, whatever a later room adds."""
    return tuple(
        key.parent for table in c.metadata.tables.values() for key in table.foreign_keys if key.column is units.c.id
    )


def never_used() -> ColumnElement[bool]:
    """Give the condition under which a unit may be deleted or withdrawn. A voided track keeps it, for the track is kept."""
    named = (~exists().where(column == units.c.id) for column in _named_by())
    return and_(units.c.status == QUEUED, units.c.tracked.is_(False), *named)


def begun_with() -> ColumnElement[bool]:
    """Give the condition under which a unit keeps its run from being cancelled: neither unused nor scrapped. It would stay
    behind in a run that is over, where nobody could track it, delete it or give its serial to another."""
    return and_(units.c.status != SCRAPPED, not_(never_used()))
