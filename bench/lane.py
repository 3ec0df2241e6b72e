"""What the write lane costs and what it saves: `python bench/lane.py [--seconds 2]`.

One small action (a row, a number of a series, an event, an audit entry with its chain) is asked for by one and by 32 callers at
once, through the store. Beside it the same five statements are run by the bare driver, first with a commit of their own each,
then grouped as the lane grouped them. On SQLite all of it twice, on the disk as it is and on one whose every sync takes
5 ms longer; on PostgreSQL (durable, when it can be had) with as many connections as there are callers, 8 at most.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import psycopg
from sqlalchemy import Table, bindparam, insert

from machine import facts, percentile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.services.postgres import NoPostgres, postgres_server

from fiducial.kit import audit, counters, idempotency, outbox, settings
from fiducial.kit import columns as c
from fiducial.kit.acting import Caller, action
from fiducial.kit.counters import next_number
from fiducial.kit.statements import Hot
from fiducial.kit.store import InternalOnly, Store, Wiring, make_engine
from fiducial.kit.tx import Tx

CALLERS, SLOWER_MS, PG_WRITERS = (1, 32), 5.0, 8
LANES = itertools.count(9001)
ME = Caller(internal="bench")

boards = Table(
    "bench_board", c.metadata, c.key(), c.text("serial", nullable=False, unique=True), c.whole("number", nullable=False)
)
TABLES = [
    audit.context,
    audit.entry,
    audit.lane_head,
    idempotency.keys,
    outbox.events,
    outbox.work,
    settings.values,
    counters.counters,
    boards,
]
_make = Hot(insert(boards).values({name: bindparam(name) for name in ("id", "serial", "number")}))


@action(audit="BOARD_CREATE", entity="BOARD", internal_only=True)
def make_board(tx: Tx, serial: str) -> dict[str, Any]:
    """Make a board: what a small action writes."""
    key, number = tx.new_id(), next_number(tx, "BOARD")
    _make.run(tx, id=key, serial=serial, number=number)
    tx.emit("BOARD_MADE", key)
    tx.record(serial, key=key, number=number)
    return {"serial": serial, "number": number}


_ENTRY = (
    "INSERT INTO audit_entry (at, context_id, entity_type, entity_key, entity_display, action, detail, lane, lane_seq, hash) "
    "VALUES (1, 1, 'BOARD', ?, ?, 'BOARD_CREATE', '{\"payload\":{\"number\":1}}', ?, ?, ?)"
)
BARE = (
    ("INSERT INTO counter (name, last) VALUES ('BARE', 1) ON CONFLICT (name) DO UPDATE SET last = counter.last + 1 RETURNING last", ()),
    ("INSERT INTO bench_board (id, serial, number) VALUES (?, ?, ?)", ("id", "serial", "n")),
    ("INSERT INTO event (id, type, thing) VALUES (?, 'BOARD_MADE', ?)", ("id", "id")),
    (_ENTRY, ("id", "serial", "lane", "n", "hash")),
)  # fmt: skip
HEAD = ("UPDATE audit_lane SET head_seq = ?, head_hash = ? WHERE id = ?", ("n", "hash", "lane"))


@dataclass(frozen=True, slots=True)
class Result:
    """What one way of writing did."""

    rate: float
    p50: float
    p99: float
    group: float = 1.0


def measured(spent: list[float], seconds: float, group: float = 1.0) -> Result:
    return Result(len(spent) / seconds, percentile(spent, 0.5) * 1000, percentile(spent, 0.99) * 1000, group)


# The store, as doors use it


def through_the_store(store: Store, callers: int, seconds: float, mark: str) -> Result:
    """Let so many callers ask, each again as soon as it is answered."""
    spent: list[float] = []

    async def caller(number: int, until: float) -> None:
        n = 0
        while time.perf_counter() < until:
            n += 1
            began = time.perf_counter()
            await store.write(ME, make_board, f"{mark}-{number}-{n}")
            spent.append(time.perf_counter() - began)

    async def all_callers() -> float:
        began = time.perf_counter()
        await asyncio.gather(*(caller(number, began + seconds) for number in range(callers)))
        return time.perf_counter() - began

    commits = getattr(store.writer, "commits", 0)
    took = asyncio.run(all_callers())
    commits = getattr(store.writer, "commits", 0) - commits
    return measured(spent, took, len(spent) / commits if commits else 1.0)


# The bare driver


def values_of(names: tuple[str, ...], n: int, lane: int) -> tuple[Any, ...]:
    known = {"id": 10**12 * lane + n, "serial": f"bare-{lane}-{n}", "n": n, "lane": lane, "hash": b"x" * 32}
    return tuple(known[name] for name in names)


def bare(execute: Callable[..., Any], begin: str, *, group: int, seconds: float) -> tuple[list[float], float]:
    """Write as the action does, `group` of them to a commit, and give the time of each and of all."""
    lane = next(LANES)
    execute("INSERT INTO audit_lane (id, name, head_seq, head_hash) VALUES (?, ?, 0, ?)", (lane, f"bare-{lane}", b"x"))
    spent: list[float] = []
    n, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        execute(begin, ())
        for _ in range(group):
            n += 1
            for sql, names in BARE:
                execute(sql, values_of(names, n, lane))
        execute(HEAD[0], values_of(HEAD[1], n, lane))
        execute("COMMIT", ())
        spent += [time.perf_counter() - start] * group
    return spent, time.perf_counter() - began


def bare_sqlite(folder: Path, *, group: int, seconds: float) -> Result:
    path = folder / f"bare-{next(LANES)}.db"
    make_tables(f"sqlite:///{path}")
    connection = apsw.Connection(str(path))
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=OFF",
        "wal_autocheckpoint=1000",
        "cache_size=-32768",
    ):
        connection.execute(f"PRAGMA {pragma}")

    def execute(sql: str, values: tuple[Any, ...] = ()) -> None:
        connection.execute(sql, values).fetchall()

    spent, took = bare(execute, "BEGIN IMMEDIATE", group=group, seconds=seconds)
    connection.close()
    return measured(spent, took, group)


def bare_postgres(dsn: str, *, connections: int, seconds: float) -> Result:
    def one(_place: int) -> tuple[list[float], float]:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(
                "SET session_replication_role = replica"
            )  # no keys, no triggers: what the disk and the wire cost

            def execute(sql: str, values: tuple[Any, ...] = ()) -> None:
                connection.execute(sql.replace("?", "%s"), values or None, prepare=sql[0] in "IU")

            return bare(execute, "BEGIN", group=1, seconds=seconds)

    with ThreadPoolExecutor(connections) as hands:
        results = list(hands.map(one, range(connections)))
    return measured([each for spent, _ in results for each in spent], max(took for _, took in results))


# Databases


class SlowFile(apsw.VFSFile):
    """A file of a disk that takes its time to be sure."""

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        time.sleep(SLOWER_MS / 1000)


class SlowDisk(apsw.VFS):
    """The machine's disk, but every sync takes longer."""

    def __init__(self) -> None:
        super().__init__("slow", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return SlowFile("unix", name, flags)


def make_tables(url: str) -> None:
    engine = make_engine(url)
    with engine.connect() as conn:
        c.metadata.create_all(conn, tables=TABLES)
        conn.commit()
    engine.dispose()


@contextmanager
def opened(url: str) -> Iterator[Store]:
    make_tables(url)
    store = Store(url, Wiring(identity=InternalOnly(), pg_writers=PG_WRITERS)).start()
    try:
        store.write_now(ME, make_board, "warm")
        yield store
    finally:
        store.stop()


def line(name: str, callers: int | str, result: Result, floor: Result | None) -> None:
    ratio = f"{floor.rate / result.rate:8.2f}" if floor else "       –"
    print(
        f"{name:34} {callers!s:>7} {result.rate:9.0f} {result.p50:8.2f} {result.p99:8.2f} {result.group:7.1f} {ratio}"
    )


def on_sqlite(folder: Path, seconds: float, disk: str) -> None:
    """Measure on SQLite and print, each beside its floor of the same minute."""
    path = folder / f"{disk.replace(' ', '-')}.db"
    with opened(f"sqlite:///{path}") as store:
        for callers in CALLERS:
            lane = through_the_store(store, callers, seconds, f"s{callers}")
            alone = bare_sqlite(folder, group=1, seconds=seconds)
            group = max(1, round(lane.group))
            grouped = bare_sqlite(folder, group=group, seconds=seconds) if group > 1 else alone
            line(f"SQLite, {disk}: bare, a commit each", 1, alone, None)
            if group > 1:
                line(f"SQLite, {disk}: bare, grouped", 1, grouped, None)
            line(f"SQLite, {disk}: the lane", callers, lane, grouped)


def on_postgres(seconds: float) -> None:
    """Measure on a durable PostgreSQL of our own and print."""
    with postgres_server(durable=True) as server, server.database() as url, opened(url) as store:
        for callers in CALLERS:
            ours = through_the_store(store, callers, seconds, f"s{callers}")
            connections = min(callers, PG_WRITERS)
            floor = bare_postgres(url.replace("+psycopg", ""), connections=connections, seconds=seconds)
            line("PostgreSQL: bare, a commit each", connections, floor, None)
            line("PostgreSQL: the pool", callers, ours, floor)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each way of writing is measured")
    seconds = parser.parse_args().seconds
    threading.stack_size(1 << 20)
    with tempfile.TemporaryDirectory(prefix="lane-") as name:
        folder = Path(name)
        print(f"{facts(folder)}; load {os.getloadavg()[0]:.1f}\n")
        print(f"{'':34} {'callers':>7} {'acts/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'group':>7} {'× floor':>8}")
        on_sqlite(folder, seconds, "disk")
        SlowDisk.kept = SlowDisk()  # type: ignore[attr-defined] # as long as its files are open
        on_sqlite(folder, seconds, f"+{SLOWER_MS:.0f} ms a sync")
    try:
        on_postgres(seconds)
    except NoPostgres as missing:
        print(f"PostgreSQL was not measured: {missing}")


if __name__ == "__main__":
    main()
