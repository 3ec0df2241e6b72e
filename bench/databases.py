"""The databases of the benches, both durable: a file of SQLite, or a PostgreSQL of the bench's own with `fsync` on."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import psycopg

from machine import ROOT, percentile

ENGINES = ("sqlite", "postgresql")
PG_WRITERS = 8
COMMITS = 300
SAID = ("server_version", "shared_buffers", "fsync", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the bench: how it is named, read, and copied as it is."""

    engine: str
    url: str
    copy: Callable[[], Any]  # as it is now, for the floor; give what `floor.on_…` takes
    query: Callable[[str, Any], list[tuple[Any, ...]]]
    size: Callable[[], int]
    process: int = 0  # of the database's own server, if it has one

    @property
    def said(self) -> str:
        """Give what it is; nothing of SQLite, which is named with the machine."""
        if self.engine == "sqlite":
            return ""
        told = {name: self.query(f"SHOW {name}", ())[0][0] for name in SAID}
        told["server_version"] = told["server_version"].split()[0]
        return (
            f"PostgreSQL {', '.join(f'{name} {value}'.removeprefix('server_version ') for name, value in told.items())}"
        )

    def memory_mb(self) -> float:
        """Give the memory of the database's own processes, what they share counted once, in MB."""
        total = 0
        for process in _family(self.process):
            try:
                told = Path(f"/proc/{process}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
        return total / 1024

    def cpu_seconds(self) -> float:
        """Give how long the database's own processes have used a core so far, those that have ended too."""
        ticks = 0
        for process in _family(self.process):
            try:
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(int(field) for field in fields[11 : 15 if process == self.process else 13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def commit_ms(self) -> float:
        """Give the median time of one row that the bare driver writes and has on disk, when nobody else writes, in ms."""
        run, close = _durable_sqlite(self.url) if self.engine == "sqlite" else _durable_postgres(self.url)
        run("CREATE TABLE bench_floor (number integer)")
        spent = []
        for number in range(COMMITS):
            began = time.perf_counter()
            run(f"INSERT INTO bench_floor VALUES ({number})")
            spent.append((time.perf_counter() - began) * 1000)
        run("DROP TABLE bench_floor")
        close()
        return percentile(spent, 0.5)


def _family(process: int) -> list[int]:
    if not process:
        return []
    children: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return [process, *children]


def _durable_sqlite(url: str) -> tuple[Callable[[str], object], Callable[[], None]]:
    raw = apsw.Connection(url.removeprefix("sqlite:///"))
    raw.set_busy_timeout(5000)
    raw.execute("PRAGMA synchronous=FULL").fetchall()
    return raw.execute, raw.close


def _durable_postgres(url: str) -> tuple[Callable[[str], object], Callable[[], None]]:
    raw = psycopg.connect(url, autocommit=True)
    return raw.execute, raw.close  # type: ignore[return-value]


def sqlite_file(folder: Path) -> Database:
    """Give a file in a folder."""
    path = folder / "fiducial.db"

    def query(sql: str, values: Any) -> list[tuple[Any, ...]]:
        reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            reader.set_busy_timeout(5000)
            return reader.execute(sql, values).fetchall()
        finally:
            reader.close()

    def copy() -> str:
        shutil.copy(path, folder / "floor.db")
        return str(folder / "floor.db")

    def size() -> int:
        pages = query("SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count", ())[0][0]
        return int(pages) * int(query("PRAGMA page_size", ())[0][0])

    return Database("sqlite", f"sqlite:///{path}", copy, query, size)


def _postgres(server: Any) -> Database:
    name = server.create()

    def query(sql: str, values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(server.dsn(name)) as connection:
            return connection.execute(sql, values or None).fetchall()

    def size() -> int:
        return int(query("SELECT pg_database_size(current_database())", ())[0][0])

    note = server.folder / "data" / "postmaster.pid"
    return Database(
        "postgresql", server.dsn(name), lambda: server.dsn(server.create(template=name)), query, size,
        int(note.read_text().splitlines()[0]),
    )  # fmt: skip


@contextmanager
def databases(engine: str, folder: Path) -> Iterator[Database]:
    """Give a new database for as long as the block runs; a server of it is started by what starts that of the tests."""
    if engine == "sqlite":
        yield sqlite_file(folder)
        return
    sys.path.append(str(ROOT))
    from tests.services.postgres import postgres_server

    with postgres_server(durable=True) as server:
        yield _postgres(server)
