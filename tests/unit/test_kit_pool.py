"""Writers and readers on PostgreSQL: side by side, told the truth when the database goes away, and back by themselves."""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, select, text, update
from tests.unit.kit_lane import asked, lane_held, outcome_of
from tests.unit.kit_plant import (
    ALICE,
    US,
    boards,
    book,
    checked,
    make_and_keep,
    make_and_refuse,
    make_board,
    opened,
    serials,
)  # fmt: skip

from fiducial.kit.acting import action, query
from fiducial.kit.node import NodeNumber
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Asked, Hot
from fiducial.kit.store import Store, make_engine
from fiducial.kit.tx import Tx

_first = Hot(select(boards.c.serial).limit(1))


def admin(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True)


def kill_all(url: str) -> int:
    """End every other connection to this database, as a restart or a fail-over does; wait until their locks are gone too."""
    with admin(url) as connection:
        return connection.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]  # type: ignore[index]


@query("board:read")
def first_serial(tx: Tx) -> Any:
    """Reads as the hot path does, on the driver's own cursor."""
    return _first.scalar(tx)


_hits = Hot(select(boards.c.hits).where(boards.c.serial == bindparam("serial")))
_hit = Hot(update(boards).where(boards.c.serial == bindparam("serial")).values(hits=boards.c.hits + 1))


def _reads(serial: str) -> tuple[Asked, ...]:
    return ((_hits, {"serial": serial}), (_hits, {"serial": "nothing"}))


@action("board:make", audit="BOARD_HIT", entity="BOARD", key="serial", ahead=_reads)
def hit_twice(tx: Tx, serial: str) -> dict[str, Any]:
    """Say what is found in the first look, after a write in the next, and what was asked from the driver itself."""
    journeys = 0
    execute = tx.driver.execute

    def counted(*args: Any, **more: Any) -> Any:
        nonlocal journeys
        journeys += 1
        return execute(*args, **more)

    tx.driver.execute = counted
    try:
        seen = [_hits.scalar(tx, serial=serial), _hits.all(tx, serial="nothing")]
        before = journeys
        _hit.run(tx, serial=serial)
        return {"seen": [*seen, _hits.scalar(tx, serial=serial)], "journeys": before}
    finally:
        del tx.driver.execute


def test_what_is_read_ahead_is_given_once_and_then_read_again(pg_store: Store) -> None:
    pg_store.write_now(ALICE, make_board, "B1")
    for hits in (0, 1):
        told = pg_store.write_now(ALICE, hit_twice, "B1")
        assert told == {"seen": [hits, [], hits + 1], "journeys": 0}


def test_a_killed_connection_is_told_and_the_next_write_has_a_new_one(pg_store: Store, pg_url: str) -> None:
    pg_store.write_now(ALICE, make_board, "B1")
    assert kill_all(pg_url) > 0
    outcomes = [outcome_of(asked(pg_store, make_board, f"C{n}")) for n in range(8)]
    told = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {outcome.code for outcome in told} <= {"DATABASE_UNAVAILABLE"}
    made = sorted(outcome["serial"] for outcome in outcomes if isinstance(outcome, dict))
    assert made, "writers must come back by themselves"
    assert pg_store.write_now(ALICE, make_board, "Z") == {"serial": "Z"}
    assert [serial for serial in read_again(pg_store) if serial[0] == "C"] == made
    assert pg_store.read_now(US, checked).ok


READERS = 4  # of a store (Wiring.pg_readers)


def read_again(store: Store) -> Any:
    """Read; the connection of each reader may still be a dead one."""
    for _ in range(READERS):
        try:
            return store.read_now(US, serials)
        except Refused:
            continue
    return store.read_now(US, serials)


@pytest.mark.parametrize("how", [first_serial, serials])
def test_a_reader_whose_connection_was_killed_comes_back(pg_store: Store, pg_url: str, how: Any) -> None:
    pg_store.write_now(ALICE, make_board, "B1")
    pg_store.read_now(US, how)
    kill_all(pg_url)
    with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
        pg_store.read_now(US, how)
    assert pg_store.read_now(US, how) in ("B1", ["B1"])


def test_two_processes_get_two_node_numbers_and_lanes_of_their_own(pg_store: Store, pg_url: str) -> None:
    with opened(pg_url) as other:
        assert other.node != pg_store.node
        for n in range(10):
            pg_store.write_now(ALICE, make_board, f"A{n}")
            other.write_now(ALICE, make_board, f"B{n}")
        lanes = {entry.lane for entry in other.read_now(US, book)}
        assert {lane // 64 for lane in lanes} == {pg_store.node, other.node}
        assert other.read_now(US, checked).ok
    with opened(pg_url) as third:
        assert third.node == other.node, "a number is free again when its process ends"


def test_a_process_that_lost_its_node_number_to_another_does_not_write(pg_store: Store, pg_url: str) -> None:
    """After a fail-over every lock is gone; whoever comes first takes the number, and the other must not write its lanes."""
    pg_store.write_now(ALICE, make_board, "B1")
    kill_all(pg_url)
    with opened(pg_url) as other:
        assert other.node == pg_store.node
        for n in range(6):
            with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
                pg_store.write_now(ALICE, make_board, f"A{n}")
        other.write_now(ALICE, make_board, "B2")
        assert other.read_now(US, checked).ok
    made_soon(pg_store, "B3")
    assert read_again(pg_store) == ["B1", "B2", "B3"]
    assert pg_store.read_now(US, checked).ok


def test_a_number_whose_connection_alone_was_cut_is_missed_within_seconds(
    pg_store: Store, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pg_store.write_now(ALICE, make_board, "B1")
    with admin(pg_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    monkeypatch.setattr("fiducial.kit.node.ASKED_EVERY_S", 0.0)
    with opened(pg_url) as other:
        assert other.node == pg_store.node
        with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
            pg_store.write_now(ALICE, make_board, "A1")
    made_soon(pg_store, "A1")


def made_soon(store: Store, serial: str) -> None:
    """Make a board as soon as the other's number is free: its process ends a moment after its connection is closed."""
    for _ in range(500):
        try:
            assert store.write_now(ALICE, make_board, serial) == {"serial": serial}
            return
        except Refused:
            time.sleep(0.02)
    raise AssertionError("the number did not come back")


def test_a_database_that_is_away_for_a_while_is_found_again(
    pg_store: Store, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen in a fail-over: the first try in vain spoilt every later one, until somebody started the program anew."""
    pg_store.write_now(ALICE, make_board, "B1")
    real = NodeNumber._connect
    with monkeypatch.context() as away:
        away.setattr(NodeNumber, "_connect", lambda _: make_engine("postgresql://x@/x?host=/nowhere").connect())
        kill_all(pg_url)
        for n in range(20):
            with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
                pg_store.write_now(ALICE, make_board, f"A{n}")
    assert NodeNumber._connect is real
    assert pg_store.write_now(ALICE, make_board, "B2") == {"serial": "B2"}
    assert pg_store.read_now(US, checked).ok


@action("board:make", audit="BOARD_RAISE", entity="BOARD", key="serial")
def raise_state(tx: Tx, serial: str, state: str, tries: list[int]) -> str:
    make_board(tx, serial)
    tries.append(1)
    if len(tries) <= int(state[5:] or 99):
        tx.run(text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state[:5]}'; END $$"))
    return serial


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_collision_is_tried_again_and_succeeds_unseen(pg_store: Store, state: str) -> None:
    tries: list[int] = []
    assert pg_store.write_now(ALICE, raise_state, "B1", state + "2", tries) == "B1"
    assert len(tries) == 3
    assert [entry.code for entry in pg_store.read_now(US, book)] == [None]
    assert pg_store.read_now(US, checked).ok


@pytest.mark.parametrize(
    ("state", "code", "tried"),
    [("40001", "CONFLICT_RETRY", 3), ("40P01", "CONFLICT_RETRY", 3), ("53100", "STORAGE_LOW", 1), ("25006", "DATABASE_UNAVAILABLE", 1)],
)  # fmt: skip
def test_what_the_database_refuses_is_told_and_entered(pg_store: Store, state: str, code: str, tried: int) -> None:
    tries: list[int] = []
    with pytest.raises(Refused, match=code):
        pg_store.write_now(ALICE, raise_state, "B1", state, tries)
    assert len(tries) == tried
    assert pg_store.read_now(US, serials) == []
    assert [(entry.action, entry.code) for entry in pg_store.read_now(US, book)] == [("BOARD_RAISE", code)]
    assert pg_store.read_now(US, checked).ok


def test_a_real_deadlock_ends_well_for_both(pg_store: Store) -> None:
    pg_store.write_now(ALICE, make_board, "A")
    pg_store.write_now(ALICE, make_board, "B")
    meet = threading.Barrier(2)
    jobs = [asked(pg_store, cross, first, second, meet) for first, second in (("A", "B"), ("B", "A"))]
    assert [outcome_of(job) for job in jobs] == ["AB", "BA"]
    assert pg_store.read_now(US, checked).ok


@action("board:make", audit="BOARD_TOUCH", entity="BOARD")
def cross(tx: Tx, first: str, second: str, meet: threading.Barrier) -> str:
    hit(tx, first)
    if not meet.broken:
        try:
            meet.wait(2)
        except threading.BrokenBarrierError:
            return first + second
        finally:
            meet.abort() if meet.n_waiting == 0 else None
    hit(tx, second)
    return first + second


def hit(tx: Tx, serial: str) -> None:
    tx.run(update(boards).where(boards.c.serial == serial).values(hits=boards.c.hits + 1))


@action("board:make", audit="BOARD_HOLD", entity="BOARD", key="serial")
def put_aside(tx: Tx, serial: str) -> int:
    return tx.run(update(boards).where(boards.c.serial == serial).values(status="HELD"))


@action("board:make", audit="BOARD_USE", entity="BOARD", key="serial")
def judge_then_use(tx: Tx, serial: str, locks: str, judged: threading.Event, on: threading.Event) -> str:
    """Judges a board and then writes something else because of it."""
    statement = select(boards.c.status).where(boards.c.serial == serial)
    status = tx.scalar(statement.with_for_update(read=True) if locks else statement)
    judged.set()
    on.wait(20)
    if status != "NEW":
        raise Refused("STALE_UPDATE")
    make_board(tx, f"used {serial}")
    return str(tx.scalar(select(boards.c.status).where(boards.c.serial == serial)))


@pytest.mark.parametrize(("locks", "status_when_used"), [("", "HELD"), ("FOR SHARE", "NEW")])
def test_a_row_that_was_judged_may_change_under_the_judge_unless_it_is_locked(
    pg_store: Store, locks: str, status_when_used: str
) -> None:
    """The first case is the race itself: it shows that the second is not green by chance."""
    pg_store.write_now(ALICE, make_board, "B1")
    judged, on = threading.Event(), threading.Event()
    using = asked(pg_store, judge_then_use, "B1", locks, judged, on)
    assert judged.wait(30)
    holding = asked(pg_store, put_aside, "B1")
    time.sleep(0.15)
    if not locks:
        assert outcome_of(holding) == 1
    on.set()
    assert outcome_of(using) == status_when_used
    assert outcome_of(holding) == 1


def test_two_at_once_in_a_full_pool_wait_and_a_full_queue_refuses(pg_store: Store) -> None:
    pg_store.writer._intake.limit = 2  # type: ignore[union-attr]
    with lane_held(pg_store, busy=3):
        jobs = [asked(pg_store, make_board, f"B{n}") for n in range(2)]
        with pytest.raises(Refused, match="WRITE_QUEUE_FULL"):
            asked(pg_store, make_board, "one too many")
    assert sorted(outcome_of(job)["serial"] for job in jobs) == ["B0", "B1"]


def test_many_writers_keep_every_chain_whole(pg_store: Store) -> None:
    runs = (make_board, make_and_refuse, make_and_keep, make_board)
    jobs = [asked(pg_store, runs[n % 4], f"B{n:03}") for n in range(120)]
    outcomes = [outcome_of(job) for job in jobs]
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 60
    assert len(pg_store.read_now(US, serials)) == 90
    result = pg_store.read_now(US, checked)
    assert (result.ok, result.checked) == (True, 60 + 30 + 60)
    numbers = [entry.detail for entry in pg_store.read_now(US, book) if entry.code is None]
    assert len(numbers) == len(set(numbers)) == 90


@pytest.mark.parametrize("readers", [False, True])
def test_no_statement_of_ours_is_compiled_by_the_database(pg_url: str, readers: bool) -> None:
    with make_engine(pg_url, read_only=readers).connect() as connection:
        assert connection.scalar(text("SHOW jit")) == "off"


@pytest.mark.parametrize("readers", [False, True])
def test_the_database_takes_back_what_a_hanging_node_holds(pg_url: str, readers: bool) -> None:
    """A node that stopped in the middle of a write, its connection alive, would hold its rows for ever."""
    with make_engine(pg_url, read_only=readers).connect() as connection:
        asked = "SELECT current_setting('idle_in_transaction_session_timeout'), current_setting('tcp_keepalives_idle', true)"
        assert connection.execute(text(asked)).one()[0] == ("5min" if readers else "30s")


def test_a_writer_that_hung_too_long_is_cut_off_told_and_comes_back(pg_store: Store) -> None:
    with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
        pg_store.write_now(ALICE, make_board_and_hang, "B1")
    assert pg_store.write_now(ALICE, make_board, "B2") == {"serial": "B2"}
    assert pg_store.read_now(US, serials) == ["B2"]
    assert pg_store.read_now(US, checked).ok


@action("board:make", audit="BOARD_HANG", entity="BOARD", key="serial")
def make_board_and_hang(tx: Tx, serial: str) -> None:
    make_board(tx, serial)
    tx.run(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
    time.sleep(0.3)
    make_board(tx, serial + "-2")


@pytest.mark.parametrize(
    ("given", "hosts", "ports"),
    [
        ("postgresql://mes:secret@one:5433,other/plant?target_session_attrs=read-write", "one,other", "5433,5432"),
        ("postgres://mes:secret@one,other/plant", "one,other", "5432,5432"),
    ],
)
def test_a_primary_and_its_standby_are_named_as_libpq_has_it(given: str, hosts: str, ports: str) -> None:
    engine = make_engine(given)
    _, named = engine.dialect.create_connect_args(engine.url)
    assert (named["host"], named["port"], named["user"], named["password"]) == (hosts, ports, "mes", "secret")
    assert named["dbname"] == "plant"
    assert named.get("target_session_attrs") == ("read-write" if "?" in given else None)


def test_readers_of_a_primary_and_its_standby_find_the_primary_too(pg_url: str) -> None:
    """Asked by libpq whether it may write, a session that only reads would be refused by both."""
    with make_engine(pg_url + "&target_session_attrs=read-write", read_only=True).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
