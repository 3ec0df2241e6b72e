"""The floor of the disk: the same rows that the server wrote, written by the bare driver into a copy of the database as it was.

What is written is read from the database after the load, so it is what the program really writes, whatever that is today.
One call is one insert or update of the track, one update of the unit, and its share of the entries, events and values.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import apsw
import psycopg

CHECKPOINT_PAGES = 1000
LEFT_OUT_OF_IN = ("out_at", "result", "out_by", "operator_id_out", "more")
SHARED = ("audit_entry", "event", "event_work")  # dealt evenly over the calls, in their order
OF_TRACK = ("data_value",)  # written with the call that closed their track
BEFORE_ALL = ("audit_context",)  # written once for each session, before the clock starts

Query = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
Statement = tuple[str, tuple[Any, ...]]


@dataclass(slots=True)
class Work:
    """What the load wrote: the statements of each call in order of time, and how many calls shared a commit."""

    calls: list[list[Statement]]
    boards: list[int]  # the board of each call: what concerns one board is written in its order
    first: list[Statement]  # what must be there before the clock starts
    lanes: list[int]  # the chains whose heads are moved with every commit
    group: float

    @property
    def statements_per_call(self) -> float:
        """Give the mean number of statements of a call."""
        return sum(len(call) for call in self.calls) / max(1, len(self.calls))


def _columns(query: Query, table: str, engine: str) -> list[str]:
    if engine == "sqlite":
        return [row[1] for row in query(f"PRAGMA table_info({table})", ())]
    asked = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    return [row[0] for row in query(asked, (table,))]


def _insert(table: str, columns: Sequence[str], mark: str) -> str:
    overriding = " OVERRIDING SYSTEM VALUE" if mark == "%s" and table == "audit_entry" else ""
    return f"INSERT INTO {table} ({', '.join(columns)}){overriding} VALUES ({', '.join([mark] * len(columns))})"


def read_work(query: Query, before: dict[str, int], *, engine: str, most: int = 20_000) -> Work:
    """Give what was written after `before` (the greatest key of each table then), of at most so many calls."""
    mark = "?" if engine == "sqlite" else "%s"
    columns = _columns(query, "track", engine)
    tracks = query(
        f"SELECT {', '.join(columns)} FROM track WHERE id > {mark} ORDER BY id LIMIT {most}", (before["track"],)
    )
    calls = sorted(_track_calls(tracks, columns, mark), key=lambda call: call[0])[:most]
    statements = [call[2] for call in calls]
    rows = _Rows(query, before, engine=engine, share=len(calls))
    for table in OF_TRACK:
        _with_their_track(statements, rows.columns(table), rows.of(table), _insert(table, rows.columns(table), mark))
    for table in SHARED:
        _deal(statements, rows.of(table), _insert(table, rows.columns(table), mark))
    first = [(_insert(table, rows.columns(table), mark), row) for table in BEFORE_ALL for row in rows.of(table)]
    lanes = [row[0] for row in query("SELECT id FROM audit_lane WHERE head_seq > 0 ORDER BY id", ())]
    instants = [call[0] for call in calls]
    # The lane gives all actions of a group one instant: calls of the same millisecond shared a commit.
    group = len(instants) / max(1, len(set(instants))) if engine == "sqlite" else 1.0
    return Work(statements, [call[1] for call in calls], first, lanes, group)


def _track_calls(
    tracks: Sequence[Sequence[Any]], columns: Sequence[str], mark: str
) -> list[tuple[int, int, list[Statement]]]:
    at = {name: place for place, name in enumerate(columns)}
    into = [name for name in columns if name not in LEFT_OUT_OF_IN]
    insert = _insert("track", into, mark)
    set_out = ", ".join(f"{name} = {mark}" for name in LEFT_OUT_OF_IN)
    close = f"UPDATE track SET {set_out} WHERE id = {mark} AND out_at IS NULL"
    move = f"UPDATE unit SET status = {mark}, current_step_no = {mark}, updated_at = {mark} WHERE id = {mark}"
    calls: list[tuple[int, int, list[Statement]]] = []
    for row in tracks:
        unit, step = row[at["unit_id"]], row[at["step_no"]]
        began, ended = row[at["in_at"]], row[at["out_at"]]
        calls.append(
            (began, unit, [(insert, tuple(row[at[name]] for name in into)), (move, ("IN_STATION", step, began, unit))])
        )
        if ended is not None:
            values = (*(row[at[name]] for name in LEFT_OUT_OF_IN), row[at["id"]])
            calls.append((ended, unit, [(close, values), (move, ("QUEUED", step + 10, ended, unit))]))
    return calls


class _Rows:
    """What was written to a table after a moment; of long runs only the share that belongs to the calls that are replayed."""

    def __init__(self, query: Query, before: dict[str, int], *, engine: str, share: int) -> None:
        self._query, self._before, self._engine = query, before, engine
        self._mark = "?" if engine == "sqlite" else "%s"
        written = query(f"SELECT count(*) + count(out_at) FROM track WHERE id > {self._mark}", (before["track"],))[0][0]
        self._share = share / max(1, written)

    def columns(self, table: str) -> list[str]:
        """Give the columns of a table."""
        return _columns(self._query, table, self._engine)

    def of(self, table: str) -> list[tuple[Any, ...]]:
        """Give the rows in their order."""
        if table not in self._before:
            return []
        key = "seq" if table == "audit_entry" else self.columns(table)[0]
        named = ", ".join(self.columns(table))
        rows = self._query(
            f"SELECT {named} FROM {table} WHERE {key} > {self._mark} ORDER BY {key}", (self._before[table],)
        )
        return rows if table in (*OF_TRACK, *BEFORE_ALL) else rows[: round(len(rows) * self._share)]


def _with_their_track(
    calls: list[list[Statement]], columns: Sequence[str], rows: Sequence[tuple[Any, ...]], insert: str
) -> None:  # fmt: skip
    place = columns.index("track_id") if rows else 0
    closing = {call[0][1][-1]: call for call in calls if call[0][0].startswith("UPDATE track")}
    for row in rows:
        if row[place] in closing:
            closing[row[place]].append((insert, row))


def _deal(calls: list[list[Statement]], rows: Sequence[Sequence[Any]], insert: str) -> None:
    for place, row in enumerate(rows):
        calls[place * len(calls) // max(1, len(rows))].append((insert, tuple(row)))


# SQLite: one connection, calls grouped as the lane grouped them


def on_sqlite(path: str, work: Work) -> float:
    """Write the calls and give how many a second were durable."""
    from fiducial.kit.sqlite import connect

    driver = connect(path).raw
    for sql, values in work.first:
        driver.execute(sql, values)
    pages = 0

    def count(_connection: apsw.Connection, _name: str, now: int) -> int:
        nonlocal pages
        pages = now
        return apsw.SQLITE_OK

    driver.set_wal_hook(count)
    head = "UPDATE audit_lane SET head_seq = head_seq + 1 WHERE id = 1"
    began, done, due = time.perf_counter(), 0, 0.0
    while done < len(work.calls):
        due += work.group
        driver.execute("BEGIN IMMEDIATE")
        while done < min(round(due), len(work.calls)):
            for sql, values in work.calls[done]:
                driver.execute(sql, values)
            done += 1
        driver.execute(head)
        driver.execute("COMMIT")
        if pages >= CHECKPOINT_PAGES:
            pages = 0
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    spent = time.perf_counter() - began
    driver.close()
    return len(work.calls) / spent


# PostgreSQL: as many connections as the program has writers, each call a transaction in one pipeline


def on_postgres(dsn: str, work: Work, *, writers: int) -> float:
    """Write the calls and give how many a second were durable."""
    todo: list[list[list[Statement]]] = [[] for _ in range(writers)]
    for board, call in zip(work.boards, work.calls, strict=True):
        todo[hash(board) % writers].append(call)
    connections = [psycopg.connect(dsn, prepare_threshold=1) for _ in range(writers)]
    for sql, values in work.first:
        connections[0].execute(sql, values)
    connections[0].commit()
    faults: list[BaseException] = []

    head = "UPDATE audit_lane SET head_seq = head_seq + 1 WHERE id = %s"

    def write(place: int, connection: psycopg.Connection[Any], calls: list[list[Statement]]) -> None:
        lane = work.lanes[place % len(work.lanes)]
        try:
            for call in calls:
                with connection.pipeline(), connection.transaction():
                    for sql, values in call:
                        connection.execute(sql, values)
                    connection.execute(head, (lane,))
        except psycopg.Error as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=write, args=work_of) for work_of in zip(range(writers), connections, todo, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    for connection in connections:
        connection.close()
    if faults:
        raise faults[0]
    return len(work.calls) / spent
