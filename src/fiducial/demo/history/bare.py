"""The two databases by their bare drivers: how a past is written in bulk, and how large it has become.

On PostgreSQL rows go in by COPY. Whoever may (the owner of a server, as in the benches) has references unchecked meanwhile, as SQLite has
them; all indexes stand, and at the end the planner knows what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import apsw
import psycopg

GROWING = ("unit", "track", "data_value", "material_use", "audit_entry", "event")
WRITTEN = (
    *GROWING,
    "unit_run",
    "run",
    "work_order",
    "run_authorization",
    "material_lot",
    "yield_day",
    "audit_lane",
)


class Bare(Protocol):
    """One connection. Statements mark their values with `?`."""

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Give the rows of a statement; none of one that only writes."""

    def columns(self, table: str) -> list[str]:
        """Give the columns of a table in their order."""

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write all that the block writes, or nothing."""
        yield

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write rows of a table."""

    def each(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row of values."""

    def rest(self) -> None:
        """Bring what was written to where it belongs."""

    def judge(self) -> None:
        """Have the planner know what is there."""

    def bytes_used(self) -> int:
        """Give the size of the database."""

    def close(self) -> None:
        """Let go of the database."""


def to_write(url: str) -> Bare:
    """Open a database to write a past into it. No server may run over it meanwhile."""
    if (path := path_of(url)) is None:
        return OnPostgres(url)
    database = OnSqlite(apsw.Connection(str(path)), path)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=OFF",
        "foreign_keys=OFF",
        "cache_size=-400000",
        "wal_autocheckpoint=20000",
    ):
        database.ask(f"PRAGMA {pragma}")
    return database


def to_read(url: str) -> Bare:
    """Open a database to read from it; a server may run over it."""
    if (path := path_of(url)) is None:
        return OnPostgres(url)
    return OnSqlite(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY), path)


def path_of(url: str) -> Path | None:
    """Give the file of a database; none of one on a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else None


class OnSqlite:
    """A file."""

    def __init__(self, raw: apsw.Connection, path: Path) -> None:
        self._raw: Any = raw
        self._path = path

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._raw.execute(sql, values).fetchall()
        return found

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.ask(f"PRAGMA table_info({table})")]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        self._raw.execute("BEGIN IMMEDIATE")
        yield  # a fault ends the load, and what was begun is gone with the connection
        self._raw.execute("COMMIT")

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(columns))
        self.each(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - names of our own

    def each(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._raw.executemany(sql, rows)

    def rest(self) -> None:
        self.ask("PRAGMA optimize")
        self.ask("PRAGMA wal_checkpoint(TRUNCATE)")

    def judge(self) -> None:
        self.ask("ANALYZE")
        self.ask("PRAGMA wal_checkpoint(TRUNCATE)")

    def bytes_used(self) -> int:
        return sum(file.stat().st_size for file in self._path.parent.glob(f"{self._path.name}*"))

    def close(self) -> None:
        self._raw.close()


class OnPostgres:
    """A database on a server."""

    def __init__(self, url: str) -> None:
        self._raw: Any = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._raw.execute("SET synchronous_commit = off")
        with suppress(psycopg.errors.InsufficientPrivilege):
            self._raw.execute("SET session_replication_role = replica")

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        done = self._raw.execute(sql.replace("?", "%s"), values or None)
        found: list[tuple[Any, ...]] = done.fetchall() if done.description else []
        return found

    def columns(self, table: str) -> list[str]:
        named = (
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position"
        )
        return [row[0] for row in self.ask(named, table)]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        with self._raw.transaction():
            yield

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def each(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._raw.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), rows)

    def rest(self) -> None:
        """Do as autovacuum has done in a plant whose past came day by day."""
        self.ask(f"VACUUM (ANALYZE) {', '.join(WRITTEN)}")
        with suppress(psycopg.errors.InsufficientPrivilege):
            self.ask("CHECKPOINT")

    def judge(self) -> None:
        self.ask("ANALYZE")

    def bytes_used(self) -> int:
        return int(self.ask("SELECT pg_database_size(current_database())")[0][0])

    def close(self) -> None:
        self._raw.close()


def sizes(url: str) -> dict[str, int]:
    """Give how many rows the growing tables have."""
    database = to_read(url)
    try:
        return {table: int(database.ask(f"SELECT count(*) FROM {table}")[0][0]) for table in GROWING}  # noqa: S608
    finally:
        database.close()


def bytes_used(url: str) -> int:
    """Give the size of a database, in bytes."""
    database = to_read(url)
    try:
        return database.bytes_used()
    finally:
        database.close()
