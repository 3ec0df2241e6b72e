"""Rules common to master data (spec 01.1): codes never change and differ by more than case, and no update is lost unseen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Row, Table, select, update

from fiducial.kit import clock
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.plant import refusals as _declared  # noqa: F401 - what is raised here is declared there


def unsaid() -> Any:
    """Give the field of a PATCH body: it may be left out, but null is no value of it."""
    return Field(default_factory=lambda: None)


def bad(path: str, *, zh: str, en: str) -> Refused:
    """Give VALIDATION_ERROR for one field."""
    return bad_field(path, Said(zh=zh, en=en))


def folded(code: str) -> str:
    """Give a code as it is compared with others: without letter case."""
    return code.casefold()


def must_keep_code(given: str | None, code: str, path: str = "code") -> None:
    """Refuse VALIDATION_ERROR when another code is sent for a thing that has one."""
    if given is not None and given != code:
        raise bad(path, zh=f"编号不可更改，当前为 {code}", en=f"a code never changes; this is {code}")


def must_be_fresh(if_updated_at: datetime | None, updated_at: int, current: Callable[[], Mapping[str, Any]]) -> None:
    """Refuse STALE_UPDATE with the current object when somebody has changed it since it was read."""
    if if_updated_at is not None and clock.from_datetime(if_updated_at) != updated_at:
        raise Refused("STALE_UPDATE", current=dict(current()))


def stamp(tx: Tx, before: int) -> int:
    """Give the instant of a change: always later than the one before, so that `ifUpdatedAt` misses none in one millisecond."""
    return max(tx.now, before + 1)


def add_coded(tx: Tx, table: Table, refusal: str, **values: Any) -> int:
    """Insert a thing with a code of its own and give its key; refuses with `refusal` when the code is taken in any case."""
    code = values["code"]
    key = tx.new_id()
    row = {"id": key, "code_folded": folded(code), "created_at": tx.now, "updated_at": tx.now, **values}
    if not tx.insert_once(table, **row):
        existing = tx.scalar(select(table.c.code).where(table.c.code_folded == folded(code)))
        raise Refused(refusal, code=code, existing=existing or code)
    return key


def save(tx: Tx, table: Table, row: Row[Any], values: Mapping[str, Any]) -> Row[Any]:
    """Write the values that differ and give the row as it is now; the row was read for update."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differing:
        return row
    tx.run(update(table).where(table.c.id == row.id).values(**differing, updated_at=stamp(tx, row.updated_at)))
    return tx.one(select(table).where(table.c.id == row.id))
