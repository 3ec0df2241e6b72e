"""Writing a day of the past in one transaction: the driver's own bulk way (COPY on PostgreSQL), the audit chain going on from its head."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table

from fiducial.demo.history.copying import Day
from fiducial.kit import columns as c
from fiducial.kit.acting import action
from fiducial.kit.audit import entry, entry_hash
from fiducial.kit.counters import next_number
from fiducial.kit.tx import Tx
from fiducial.people.signing import content_hash
from fiducial.quality.tables import inspections, yield_days

HEAVY = ("data_value", "audit_entry", "event")  # no signature vouches for them


class _Enough(Exception):
    """What was written to be read by the signatures is to be undone."""


@action(audit="SYSTEM_DEMO_SEED", entity="SYSTEM_CONFIG", internal_only=True)
def write_day(tx: Tx, name: str, day: Day) -> None:
    """Write a day; all of it or nothing."""
    _sign(tx, day)
    _chain(tx, day)
    for table in c.metadata.sorted_tables:
        _insert(tx, table, day.columns.get(table.name, []), day.rows.get(table.name, ()))
    _insert(tx, yield_days, YIELD_COLUMNS, _counted(day))
    for series, last in sorted(day.series.items()):
        if last > day.began_at.get(series, 0):
            next_number(tx, series, last - day.began_at.get(series, 0))
    tx.record(name, made={str(table): len(rows) for table, rows in sorted(day.rows.items())})


def _sign(tx: Tx, day: Day) -> None:
    """Have each signature vouch for the content of its copy, which is read as the program reads it: written, read, undone."""
    columns = day.columns.get("signature", [])
    signed = day.rows.get("signature", [])
    if not signed:
        return
    spot = columns.index("content_hash")
    asked = [columns.index(name) for name in ("subject_type", "subject_id", "meaning", "content_version")]
    hashes: dict[int, str] = {}
    try:
        with tx.savepoint():
            for table in c.metadata.sorted_tables:
                if table.name not in HEAVY:
                    _insert(tx, table, day.columns.get(table.name, []), day.rows.get(table.name, ()))
            for cells in signed:
                vouched = content_hash(tx, *(cells[place] for place in asked))
                if vouched is not None:
                    hashes[cells[0]] = vouched
            raise _Enough
    except _Enough:
        pass
    for cells in signed:
        cells[spot] = hashes.get(cells[0], cells[spot])
    names = day.columns.get(inspections.name, [])
    for cells in day.rows.get(inspections.name, ()):
        key = cells[names.index("signature_id")]
        if key in hashes:
            cells[names.index("content_hash")] = hashes[key]


def _chain(tx: Tx, day: Day) -> None:
    """Put the entries into the order of time and into the chain of the lane that writes them."""
    assert tx.chain is not None, "a day is written, not read"
    chain, names = tx.chain, day.columns.get(entry.name, [])
    rows = day.rows.get(entry.name, [])
    if not rows:
        return
    at, lane, number, context = (names.index(name) for name in ("at", "lane", "lane_seq", "context_id"))
    hashed = names.index("hash")
    rows.sort(key=lambda cells: cells[at])
    seq, last = chain.mark
    for cells in rows:
        seq += 1
        cells[lane], cells[number] = chain.lane, seq
        last = cells[hashed] = entry_hash(last, day.digests[cells[context]], dict(zip(names, cells, strict=True)))
    chain.back_to((seq, last))


YIELD_COLUMNS = [
    "day", "station_id", "run_id", "step_no", "line_id", "product_code", "visits", "failed", "first_visits", "first_failed",
]  # fmt: skip


def _counted(day: Day) -> list[list[Any]]:
    where = {key[:-1] for key in day.visits}
    return [
        [*key, *(day.visits[*key, name] for name in ("visits", "failed", "first", "first failed"))]
        for key in sorted(where)
    ]


def _insert(tx: Tx, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    rows = list(rows)
    if not rows:
        return
    named = ", ".join(columns)
    if tx.engine == "sqlite":
        marks = ", ".join("?" * len(columns))
        tx.driver.executemany(f"INSERT INTO {table.name} ({named}) VALUES ({marks})", rows)  # noqa: S608 - names of our own tables
        return
    with tx.driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({named}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
