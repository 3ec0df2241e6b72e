"""SQLite by apsw, for the interpreter's own may be years old (mechanics: the WAL-reset race needs 3.51.3 or a patched line).

apsw is no DB-API driver. What SQLAlchemy asks of one is little; it stands here as `dbapi`, and the dialect `sqlite+apsw`
is SQLAlchemy's own for SQLite with that module put under it. Transactions are begun and ended by whoever owns the
connection, never by SQLAlchemy, so `commit` and `rollback` end a transaction only when one is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import apsw
from sqlalchemy import Engine, create_engine, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

NEWEST_WITH_RACE = (3, 51, 2)


class Cursor:
    """A DB-API cursor over apsw's."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection, self._cursor = connection, connection.cursor()
        # A SELECT without a row is over as soon as it ran, and apsw can no longer name its columns: they are noted before.
        self._cursor.exec_trace = self._note_columns
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount, self.lastrowid = -1, 0

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        self._cursor.execute(statement, parameters)
        self._after()
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        before = self._connection.total_changes()
        self._cursor.executemany(statement, rows)
        self.description, self.rowcount = None, self._connection.total_changes() - before
        return self

    def _note_columns(self, cursor: apsw.Cursor, _statement: str, _bindings: Any) -> bool:
        columns = cursor.get_description()
        self.description = tuple((column[0], None, None, None, None, None, None) for column in columns) or None
        return True

    def _after(self) -> None:
        self.rowcount = -1
        if self.description is None:
            self.rowcount, self.lastrowid = self._connection.changes(), self._connection.last_insert_rowid()

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._cursor.fetchone()

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        wanted, rows = size or self.arraysize, []
        for row in self._cursor:
            rows.append(row)
            if len(rows) == wanted:
                break
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._cursor.fetchall()

    def close(self) -> None:
        self._cursor.close()

    def setinputsizes(self, *_: Any) -> None: ...

    def setoutputsize(self, *_: Any) -> None: ...


class Connection:
    """A DB-API connection over apsw's; `raw` is the driver's own, for hot statements."""

    def __init__(self, raw: apsw.Connection) -> None:
        self.raw = raw
        self.isolation_level: str | None = None

    def cursor(self) -> Cursor:
        return Cursor(self.raw)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        if self.raw.in_transaction:
            self.raw.execute("COMMIT")

    def rollback(self) -> None:
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def close(self) -> None:
        self.raw.close()


def connect(path: str, *, read_only: bool = False, **_: Any) -> Connection:
    """Open a database file as every part of the program needs it: WAL, durable, foreign keys, no waiting on ourselves."""
    raw = apsw.Connection(path)
    raw.set_busy_timeout(10_000)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA recursive_triggers=ON")  # or REPLACE would walk round the triggers that forbid DELETE
    raw.execute("PRAGMA temp_store=MEMORY")
    raw.execute("PRAGMA cache_size=-32768")
    raw.execute("PRAGMA wal_autocheckpoint=0")
    if read_only:
        raw.execute("PRAGMA query_only=ON")
    return Connection(raw)


dbapi = SimpleNamespace(
    apilevel="2.0", threadsafety=1, paramstyle="qmark", connect=connect, Connection=Connection, Cursor=Cursor,
    sqlite_version=apsw.sqlite_lib_version(),
    sqlite_version_info=tuple(int(part) for part in apsw.sqlite_lib_version().split(".")),
    version_info=(2, 6, 0), Binary=bytes, PARSE_DECLTYPES=0, PARSE_COLNAMES=0,
    Error=apsw.Error, Warning=Warning, DatabaseError=apsw.Error, InterfaceError=apsw.MisuseError,
    IntegrityError=apsw.ConstraintError, OperationalError=apsw.BusyError, ProgrammingError=apsw.SQLError,
    DataError=apsw.MismatchError, InternalError=apsw.InternalError, NotSupportedError=apsw.NotFoundError,
)  # fmt: skip


class ApswDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite dialect over apsw."""

    driver = "apsw"
    supports_statement_cache = True
    # SQLAlchemy knows a driver's faults by the names of PEP 249; apsw has its own.
    dbapi_exception_translation_map = {"ConstraintError": "IntegrityError", "BusyError": "OperationalError"}

    @classmethod
    def import_dbapi(cls) -> Any:
        """Give the driver module."""
        return dbapi

    def on_connect(self) -> None:  # type: ignore[override]
        """Add none of pysqlite's own functions: nothing of ours uses them."""

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Leave isolation alone: the owner of a connection begins its transactions."""

    def is_disconnect(self, e: Exception, connection: Any, cursor: Any) -> bool:  # noqa: ARG002
        """Tell whether the connection is gone; a file does not go away."""
        return isinstance(e, apsw.ConnectionClosedError)


registry.register("sqlite.apsw", __name__, "ApswDialect")


def engine_of(path: str, *, read_only: bool = False) -> Engine:
    """Give an engine over one file. Every connection taken from it is a new one of its taker alone."""
    return create_engine(
        "sqlite+apsw://", creator=lambda: connect(path, read_only=read_only), poolclass=pool.NullPool,
        module=dbapi, skip_autocommit_rollback=True,
    )  # fmt: skip
