"""Reads beside writes: neither waits for the other, the log of the database stays small, and every asker gets an answer."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from tests.unit.kit_lane import asked, lane_held, outcome_of
from tests.unit.kit_plant import ALICE, CARDS, US, boards, count, make_board, serials

from fiducial.kit import lane as lane_module
from fiducial.kit.acting import action, query
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
def make_slowly(tx: Tx, serial: str, begun: threading.Event, gate: threading.Event) -> None:
    make_board(tx, serial)
    begun.set()
    assert gate.wait(20)


@query("board:read")
def look_twice(tx: Tx, begun: threading.Event, gate: threading.Event) -> tuple[int, int]:
    """Counts, waits, counts again: one read is one snapshot."""
    first = tx.scalar(select(func.count()).select_from(boards))
    begun.set()
    assert gate.wait(20)
    return first, tx.scalar(select(func.count()).select_from(boards))


def test_a_read_never_waits_for_a_long_write_and_sees_what_was_before_it(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    begun, gate = threading.Event(), threading.Event()
    job = asked(any_store, make_slowly, "B2", begun, gate)
    assert begun.wait(30)
    asked_at = time.monotonic()
    assert any_store.read_now(US, serials) == ["B1"]
    assert time.monotonic() - asked_at < 2
    gate.set()
    outcome_of(job)
    assert any_store.read_now(US, serials) == ["B1", "B2"]


def test_a_write_never_waits_for_a_long_read_and_the_read_stays_as_it_was(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    begun, gate = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as hands:
        reading = hands.submit(any_store.read_now, US, look_twice, begun, gate)
        assert begun.wait(30)
        assert any_store.write_now(ALICE, make_board, "B2") == {"serial": "B2"}
        gate.set()
        assert reading.result(10) == (1, 1)
    assert any_store.read_now(US, count, boards) == 2


@action("board:make", audit="BOARD_CREATE", entity="BOARD")
def make_fat(tx: Tx, serial: str) -> None:
    tx.run(insert(boards).values(id=tx.new_id(), serial=serial, status="NEW", hits=0, note="x" * 40_000))


@query("board:read")
def read_for_a_while(tx: Tx) -> Any:
    tx.scalar(select(func.count()).select_from(boards))
    time.sleep(0.004)
    return tx.scalar(select(func.max(boards.c.serial)))


def wal_of(store: Store) -> int:
    return Path(f"{store.url.database}-wal").stat().st_size


def test_readers_who_never_stop_do_not_let_the_log_grow_without_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "CHECKPOINT_PAGES", 50)
    monkeypatch.setattr(lane_module, "WAL_LIMIT_BYTES", 1_000_000)
    ending, largest, reads = threading.Event(), 0, [0, 0]

    def read(slow: int) -> None:
        async def once() -> None:
            await store.read(US, read_for_a_while, slow=bool(slow))

        while not ending.is_set():
            asyncio.run(once())
            reads[slow] += 1

    readers = [threading.Thread(target=read, args=(slow,)) for slow in (0, 1)]
    for reader in readers:
        reader.start()
    for n in range(200):
        store.write_now(ALICE, make_fat, f"B{n:03}")
        largest = max(largest, wal_of(store))
    ending.set()
    for reader in readers:
        reader.join()
    assert largest < 3_000_000, "8 MB were written"
    assert min(reads) > 5


def test_one_long_read_does_not_make_every_write_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "CHECKPOINT_PAGES", 200)
    monkeypatch.setattr(lane_module, "WAL_LIMIT_BYTES", 400_000)
    begun, gate = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as hands:
        reading = hands.submit(store.read_now, US, look_twice, begun, gate)
        assert begun.wait(30)
        asked_at = time.monotonic()
        for n in range(60):
            store.write_now(ALICE, make_fat, f"B{n:03}")
        spent = time.monotonic() - asked_at
        gate.set()
        assert reading.result(10) == (0, 0)
    assert spent < 60 * lane_module.READERS_HELD_S / 3
    assert wal_of(store) > 400_000
    for n in range(60, 75):
        store.write_now(ALICE, make_fat, f"B{n:03}")
    assert wal_of(store) < 1_500_000, "when the reader is gone the log is put away"


# ---- every asker gets an answer -------------------------------------------------------------------------------------


@query("board:read")
def stop(tx: Tx) -> None:
    raise StopIteration


@query("board:read")
def leave(tx: Tx) -> None:
    raise SystemExit(3)


@action("board:make", audit="BOARD_STOP", entity="BOARD")
def stop_writing(tx: Tx) -> Any:
    return next(iter(()))


@pytest.mark.parametrize("run", [stop, leave])
def test_a_read_that_raises_what_no_future_carries_is_answered_and_the_reader_lives(any_store: Store, run: Any) -> None:
    for _ in range(3):
        with pytest.raises(RuntimeError, match="raised"):
            any_store.read_now(US, run)
    assert any_store.read_now(US, serials) == []


def test_a_write_that_raises_what_no_future_carries_takes_no_answer_from_the_others(store: Store) -> None:
    async def all_at_once() -> list[Any]:
        calls = [
            store.write(ALICE, make_board, "B1"),
            store.write(ALICE, stop_writing),
            store.write(ALICE, make_board, "B2"),
        ]
        return await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 10)

    with lane_held(store) as gate, ThreadPoolExecutor(1) as hands:
        waiting = hands.submit(asyncio.run, all_at_once())
        while store.writer.waiting < 3:
            time.sleep(0.005)
        gate.set()
        first, second, third = waiting.result(15)
    assert (first, third) == ({"serial": "B1"}, {"serial": "B2"})
    assert isinstance(second, RuntimeError)


def test_an_asker_whose_loop_has_ended_hinders_nobody(store: Store) -> None:
    async def go_away() -> None:
        asyncio.ensure_future(store.write(ALICE, make_board, "gone"))  # noqa: RUF006
        await asyncio.sleep(0.01)

    with lane_held(store), ThreadPoolExecutor(1) as hands:
        hands.submit(asyncio.run, go_away()).result(10)
        there = asked(store, make_board, "there")
    assert outcome_of(there) == {"serial": "there"}
    assert store.read_now(US, serials) == ["gone", "there"]


def test_what_was_revoked_counts_for_what_still_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ALICE.session_hash
    with lane_held(store):
        waiting = asked(store, make_board, "B1")
        monkeypatch.delitem(CARDS, ALICE.session_hash)
    assert outcome_of(waiting).code == "UNAUTHORIZED"
