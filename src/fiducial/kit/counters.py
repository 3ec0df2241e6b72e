"""Numbers such as RUN-20261121-0001: counter rows moved in the transaction that uses them, never a clock, never max+1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Table, Text, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit import columns as c
from fiducial.kit.statements import Hot

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

counters = Table("counter", c.metadata, Column("name", Text, primary_key=True), c.whole("last", nullable=False))


def next_number(tx: Tx, name: str, count: int = 1) -> int:
    """Take `count` numbers of a series, which begins at 1, and give the first of them."""
    return int(_take[tx.engine].scalar(tx, name=name, count=count)) - count + 1


def _statement(engine: str) -> Hot:
    insert = (sqlite if engine == "sqlite" else postgresql).insert(counters)
    new = insert.values(name=bindparam("name"), last=bindparam("count"))
    moved = new.on_conflict_do_update(index_elements=["name"], set_={"last": counters.c.last + bindparam("count")})
    return Hot(moved.returning(counters.c.last))


_take = {engine: _statement(engine) for engine in ("sqlite", "postgresql")}
