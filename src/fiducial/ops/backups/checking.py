"""Is a copy of the database whole? Asked of a file that nobody else has open (spec 13.4, step 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import Connection, func, select

from fiducial.kit import audit, audit_walk
from fiducial.kit.columns import metadata
from fiducial.kit.store import make_engine
from fiducial.people.tables import roles

LAST_ENTRIES = 10_000


class NotWhole(Exception):
    """A copy is not what it should be; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a database: how many rows each table has, and the end of its audit book."""

    rows: dict[str, int] = field(default_factory=dict)
    installation: str = ""
    audit_seq: int = 0
    audit_hash: str = ""
    audit_at: int | None = None


def check_file(path: Path) -> Facts:
    """Give the facts of a SQLite file. Raises `NotWhole`: a broken page, a reference that leads nowhere, a broken audit chain."""
    raw = apsw.Connection(str(path))
    try:
        raw.execute("PRAGMA query_only=ON")
        found = [row[0] for row in raw.execute("PRAGMA integrity_check(5)").fetchall()]
        if found != ["ok"]:
            raise NotWhole(f"integrity_check: {'; '.join(map(str, found))}")
        loose = raw.execute("PRAGMA foreign_key_check").fetchone()
        if loose is not None:
            raise NotWhole(f"foreign_key_check: a row of {loose[0]} names one of {loose[2]} that is not there")
    except apsw.Error as fault:
        raise NotWhole(str(fault)) from None
    finally:
        raw.close()
    with make_engine(f"sqlite:///{path}", read_only=True).connect() as connection:
        return facts_of(connection)


def facts_of(connection: Connection) -> Facts:
    """Give the facts of an open database. Raises `NotWhole` when the last 10,000 entries of the audit book are no chain."""
    there = set(_tables(connection))
    rows = {
        str(table.name): int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)
        for table in metadata.sorted_tables
        if table.name in there
    }
    head = int(connection.execute(select(func.max(audit.entry.c.seq))).scalar() or 0)
    result = audit_walk.verify(audit_walk.Reading(connection), from_seq=max(0, head - LAST_ENTRIES))
    if not result.ok:
        raise NotWhole(f"the audit book is broken: {result.first_bad}")
    last = connection.execute(select(audit.entry.c.at).where(audit.entry.c.seq == head)).scalar() if head else None
    return Facts(rows, installation_of(connection), result.head_seq, result.head_hash, last)


def _tables(connection: Connection) -> list[str]:
    from sqlalchemy import inspect

    return inspect(connection).get_table_names()


def installation_of(connection: Connection) -> str:
    """Give what tells this database from every other: made of the key of its first role, which the first start made."""
    first: Any = connection.execute(select(func.min(roles.c.id))).scalar()
    return sha256(f"fiducial-{first}".encode()).hexdigest()[:8]
