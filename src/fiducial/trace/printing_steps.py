"""Which tracks are prints: the printing steps of frozen routes, as a condition on tracks joined with their runs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_

from fiducial.execution.tables import tracks
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.routing.frozen import frozen_route


def at_printing(tx: Tx, version_ids: Iterable[int]) -> ColumnElement[bool]:
    """Give the condition under which a track is a print; frozen routes are read from memory after the first time."""
    versions_of = dict[int, list[int]]()
    for version_id in version_ids:
        for step in frozen_route(tx, version_id).steps:
            if step.process_kind == "PRINT":
                versions_of.setdefault(step.step_no, []).append(version_id)
    each = [and_(tracks.c.step_no == step_no, runs.c.version_id.in_(of)) for step_no, of in versions_of.items()]
    return or_(*each) if each else false()
