"""A tiny plant for the tests of the kit: boards, two people, a lane or a pool to write by. Not one rule of the factory is in it.

Alice may do everything, Bob may only look, nobody knows Mallory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import Boolean, Column, MetaData, Table, Text, func, insert, select, text, update

from fiducial.kit import audit, counters, idempotency, outbox, settings
from fiducial.kit import columns as c
from fiducial.kit.acting import ANONYMOUS, Actor, Caller, action, query
from fiducial.kit.audit_walk import Verification, verify
from fiducial.kit.counters import next_number
from fiducial.kit.moves import Lifecycle, Move, lifecycles
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.store import Store, Wiring, make_engine
from fiducial.kit.tx import Tx

KIT_TABLES = [
    audit.context, audit.entry, audit.lane_head, audit.archive, audit.archive_lane,
    idempotency.keys, outbox.events, outbox.work, settings.values, counters.counters,
]  # fmt: skip
plant = MetaData()
boards = Table(
    "board", plant, c.key(),
    c.text("serial", nullable=False, unique=True),
    c.text("status", nullable=False),
    c.whole("hits", nullable=False, default=0),
    Column("good", Boolean(create_constraint=False)),
    Column("note", Text),
    c.json("facts"),
)  # fmt: skip

BOARD = Lifecycle(
    "BOARD", boards.c.status,
    states=("NEW", "READY", "HELD", "GONE"),
    terminal=("GONE",),
    moves=(
        Move("create", (), "NEW"),
        Move("prepare", ("NEW",), "READY"),
        Move("hold", ("NEW", "READY"), "HELD", audit="BOARD_PUT_ASIDE", event="BOARD_HELD"),
        Move("scrap", ("HELD",), "GONE", audit="", event=""),
    ),
)  # fmt: skip
lifecycles.remove(BOARD)  # it is ours, not the program's: the state diagrams must not show it

CARDS = {
    hashlib.sha256(b"alice").digest(): Actor(
        kind="USER", id=1, name="Alice", roles=("engineer",), permissions={"board:make": "ALL", "board:read": "ALL"}
    ),
    hashlib.sha256(b"bob").digest(): Actor(kind="USER", id=2, name="Bob", permissions={"board:read": "ALL"}),
}


def caller(name: str = "alice", **more: Any) -> Caller:
    return Caller(session_hash=hashlib.sha256(name.encode()).digest(), ip="192.0.2.7", path="POST /api/boards", **more)


ALICE, BOB, MALLORY, US = caller("alice"), caller("bob"), caller("mallory"), Caller(internal="test")


def with_key(who: Caller, key: str, body: bytes = b"{}") -> Caller:
    return replace(who, idempotency_key=key, body_digest=hashlib.sha256(body).digest())


class Cards:
    """Who stands at the door, by what they hold."""

    def identify(self, tx: Tx) -> Actor:
        if tx.caller.internal:
            return Actor(kind="SYSTEM", name=tx.caller.internal)
        return CARDS.get(tx.caller.session_hash or b"", ANONYMOUS)

    def reads(self, caller: Caller) -> tuple[()]:
        return ()


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def make_board(tx: Tx, serial: str) -> dict[str, Any]:
    key = tx.new_id()
    tx.run(insert(boards).values(id=key, serial=serial, status="NEW", hits=0, good=True))
    tx.emit("BOARD_MADE", key)
    tx.record(serial, key=key, number=next_number(tx, "BOARD"))
    return {"serial": serial}


@action("board:make", audit="BOARD_TOUCH", entity="BOARD", key="serial")
def touch(tx: Tx, serial: str) -> int:
    """Forgets to make its entry, as somebody once will."""
    return tx.run(update(boards).where(boards.c.serial == serial).values(hits=boards.c.hits + 1))


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def make_and_refuse(tx: Tx, serial: str) -> None:
    make_board(tx, serial)
    raise Refused("STALE_UPDATE", serial=serial)


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def make_and_fail(tx: Tx, serial: str) -> None:
    make_board(tx, serial)
    raise RuntimeError("a fault of ours")


@action("board:make", audit="BOARD_CHECK", entity="BOARD", key="serial")
def make_and_keep(tx: Tx, serial: str) -> Kept:
    make_board(tx, serial)
    return Kept(Refused("STALE_UPDATE", serial=serial))


@query("board:read")
def serials(tx: Tx) -> list[str]:
    return [row.serial for row in tx.all(select(boards.c.serial).order_by(boards.c.serial))]


@query("board:read")
def board(tx: Tx, serial: str) -> Any:
    return tx.first(select(boards).where(boards.c.serial == serial))


@query("board:read")
def book(tx: Tx) -> list[Any]:
    """Give the entries of the audit book with the facts of who made them."""
    return list(tx.all(select(audit.entry, audit.context.c.facts).join(audit.context).order_by(audit.entry.c.seq)))


@query("board:read")
def checked(tx: Tx) -> Verification:
    return verify(tx)


@query("board:read")
def count(tx: Tx, table: Table) -> int:
    return int(tx.scalar(select(func.count()).select_from(table)) or 0)


def actions_of(store: Store) -> list[str]:
    return [entry.action for entry in store.read_now(US, book)]


def build(url: str) -> None:
    """Make the tables in an empty database."""
    engine = make_engine(url)
    with engine.connect() as conn:
        c.metadata.create_all(conn, tables=KIT_TABLES)
        plant.create_all(conn)
        conn.commit()
    engine.dispose()


def emptied_postgres(url: str) -> None:
    """Empty the tables, or make them where there are none. The triggers that would refuse it sleep meanwhile."""
    engine = make_engine(url)
    with engine.connect() as conn:
        made = conn.scalar(text("SELECT to_regclass('board')")) is not None
        if made:
            names = ", ".join(table.name for table in [*KIT_TABLES, *plant.tables.values()])
            conn.execute(text("SET session_replication_role = replica"))
            conn.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        conn.commit()
    engine.dispose()
    if not made:
        build(url)


@contextmanager
def opened(url: str, **wiring: Any) -> Iterator[Store]:
    """A store over a database that has its tables, closed at the end."""
    given: dict[str, Any] = {"identity": Cards(), "pg_writers": 3, "pg_readers": 1} | wiring
    store = Store(url, Wiring(**given)).start()
    try:
        yield store
    finally:
        store.stop()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'plant.db'}"


def raw(store: Store) -> apsw.Connection:
    """A connection of one's own to the file, as a tamperer or an administrator would open it."""
    assert store.url.database
    connection = apsw.Connection(store.url.database)
    connection.set_busy_timeout(5000)
    return connection
