"""Which collection items may be bound to a step (spec 01.8): they exist, are switched on and belong to the step's operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant.changing import bad
from fiducial.routing.tables import data_specs


def must_be_bindable(tx: Tx, operation_id: int | None, bound: Sequence[str], excluded: Sequence[str] = ()) -> None:
    """Refuse DATA_SPEC_NOT_FOUND, DATA_SPEC_INACTIVE, DATA_SPEC_OPERATION_MISMATCH, each with `details.specIds`.

    An item that is left out on purpose may be switched off. No item may be both bound and left out.
    """
    both = [key for key in excluded if key in bound]
    if both:
        raise bad("excludedDataSpecIds", zh=f"同时又被绑定：{both[0]}", en=f"is bound as well: {both[0]}")
    rows = _rows(tx, [*bound, *excluded])
    missing = [key for key in (*bound, *excluded) if key not in rows]
    if missing:
        raise Refused("DATA_SPEC_NOT_FOUND", specIds=missing)
    off = [key for key in bound if not rows[key].is_active]
    if off:
        raise Refused("DATA_SPEC_INACTIVE", specIds=off, specNames=[rows[key].name for key in off])
    foreign = [key for key in (*bound, *excluded) if rows[key].operation_id != operation_id]
    if foreign:
        raise Refused("DATA_SPEC_OPERATION_MISMATCH", specIds=foreign, specNames=[rows[key].name for key in foreign])


def _rows(tx: Tx, wanted: Sequence[str]) -> dict[str, Row[Any]]:
    keys = [key for key in map(ids.from_wire, wanted) if key is not None]
    if not keys:
        return {}
    columns = (data_specs.c.id, data_specs.c.name, data_specs.c.operation_id, data_specs.c.is_active)
    return {ids.to_wire(row.id): row for row in tx.all(select(*columns).where(data_specs.c.id.in_(keys)))}
