"""Look-ups of the demo's own: is a thing there, which keys do some codes have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from fiducial.kit.acting import query
from fiducial.kit.tx import Tx


@query()
def first_of(tx: Tx, statement: Select[Any]) -> Any:
    """Give the first value that a statement finds."""
    return tx.scalar(statement)


@query()
def rows_of(tx: Tx, statement: Select[Any]) -> list[dict[str, Any]]:
    """Give all rows that a statement finds."""
    return [{str(name): value for name, value in row._mapping.items()} for row in tx.all(statement)]
