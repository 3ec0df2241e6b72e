"""The write lane: whatever one job does to the group it is in, the others neither lose their work nor do it twice."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import apsw
import pytest
from tests.unit.kit_lane import Failing, asked, lane_held, outcome_of, together
from tests.unit.kit_plant import (
    ALICE,
    US,
    book,
    checked,
    make_and_fail,
    make_and_refuse,
    make_board,
    raw,
    serials,
    touch,
)

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx

INSERT = "INSERT {how} INTO board (id, serial, status, hits) VALUES (?, ?, 'NEW', 0)"


def culprit(act: Callable[[Tx], Any]) -> Callable[..., Any]:
    """An action that writes a board, does what it must not, and writes on."""

    @action("board:make", audit="BOARD_CREATE", entity="BOARD", key="serial")
    def run(tx: Tx, serial: str) -> None:
        make_board(tx, serial)
        act(tx)
        make_board(tx, serial + "-after")

    return run


def insert(tx: Tx, serial: str, how: str = "") -> None:
    tx.driver.execute(INSERT.format(how=how), (tx.new_id(), serial))


def swallow(tx: Tx) -> None:
    try:
        insert(tx, "FATAL")
    except apsw.Error:
        tx.store.log.info("swallowed")


def roll_back_and_begin(tx: Tx) -> None:
    tx.driver.execute("ROLLBACK")
    tx.driver.execute("BEGIN IMMEDIATE")


def fatal_in_a_savepoint(tx: Tx) -> None:
    with tx.savepoint():
        insert(tx, "FATAL")


def dangling(tx: Tx) -> None:
    """Found out by COMMIT alone."""
    tx.driver.execute("PRAGMA defer_foreign_keys=ON")
    tx.driver.execute("INSERT INTO event_work (event_id, state, attempts, next_at) VALUES (7, 'PENDING', 0, 0)")


def ordinary_fault(_tx: Tx) -> None:
    raise RuntimeError("a fault of ours")


CULPRITS = {
    "raises": ordinary_fault,
    "runs into a trigger that rolls back": lambda tx: insert(tx, "FATAL"),
    "runs into it inside a savepoint": fatal_in_a_savepoint,
    "runs into it and swallows the fault": swallow,
    "inserts a twin OR ROLLBACK": lambda tx: insert(tx, "before", "OR ROLLBACK"),
    "rolls back itself": lambda tx: tx.driver.execute("ROLLBACK"),
    "rolls back and begins anew": roll_back_and_begin,
    "commits itself": lambda tx: tx.driver.execute("COMMIT"),
    "leaves what COMMIT refuses": dangling,
    "calls exit": lambda _tx: sys.exit("an action is no command"),
}


@pytest.mark.parametrize("what", CULPRITS)
def test_only_the_culprit_fails_when_a_job(store: Store, what: str) -> None:
    raw(store).execute(
        "CREATE TRIGGER fatal BEFORE INSERT ON board WHEN NEW.serial = 'FATAL' BEGIN SELECT RAISE(ROLLBACK, 'over'); END"
    )
    store.write_now(ALICE, make_board, "earlier")
    bad = culprit(CULPRITS[what])
    outcomes = together(
        store, (make_board, "before"), (touch, "earlier"), (bad, "bad"), (touch, "earlier"), (make_board, "after")
    )
    assert outcomes[:2] + outcomes[3:] == [{"serial": "before"}, 1, 1, {"serial": "after"}]
    assert isinstance(outcomes[2], Exception)
    assert store.read_now(US, serials) == ["after", "before", "earlier"]
    entries = [(entry.action, entry.entity_display, entry.code) for entry in store.read_now(US, book)]
    assert entries.count(("BOARD_TOUCH", "earlier", None)) == 2
    assert entries.count(("BOARD_CREATE", "before", None)) == 1
    assert [entry for entry in entries if "bad" in entry[1]] == [("BOARD_CREATE", "bad", "INTERNAL_ERROR")]
    assert store.read_now(US, checked).ok
    assert store.write_now(ALICE, make_board, "next day") == {"serial": "next day"}
    assert store.read_now(US, checked).ok


def test_a_group_is_committed_once_for_all(store: Store) -> None:
    before = store.writer.commits  # type: ignore[union-attr]
    outcomes = together(store, *((make_board, f"B{n:02}") for n in range(40)))
    assert len(outcomes) == 40
    assert store.writer.commits - before == 2  # type: ignore[union-attr] # the one that was waited for, and the forty


def test_a_refusal_in_a_group_undoes_its_own_work_alone(store: Store) -> None:
    outcomes = together(store, (make_board, "B1"), (make_and_refuse, "B2"), (make_board, "B3"))
    assert outcomes[1].code == "STALE_UPDATE"
    assert store.read_now(US, serials) == ["B1", "B3"]
    assert store.read_now(US, checked).ok


@pytest.mark.parametrize("times", [1, 2, 3, 9])
def test_commits_that_fail_for_want_of_space_are_told_and_leave_nothing(store: Store, times: int) -> None:
    """One failure costs nobody anything: each runs again alone. More are told to whom they meet."""
    lane: Any = store.writer
    real = lane._driver
    with lane_held(store) as gate:
        jobs = [asked(store, make_board, f"B{n}") for n in range(3)]
        failing = Failing(real, "COMMIT", apsw.FullError("full"), times=times)
        gate.set()
        lane._driver = failing
        outcomes = [outcome_of(job) for job in jobs]
    lane._driver = real
    made = [outcome["serial"] for outcome in outcomes if isinstance(outcome, dict)]
    assert {outcome.code for outcome in outcomes if not isinstance(outcome, dict)} <= {"STORAGE_LOW"}
    assert made or times > 3
    assert store.read_now(US, serials) == made
    assert store.read_now(US, checked).ok


def test_a_full_queue_refuses_at_once(store: Store) -> None:
    store.writer._intake.limit = 3
    with lane_held(store):
        jobs = [asked(store, make_board, f"B{n}") for n in range(3)]
        with pytest.raises(Refused, match="WRITE_QUEUE_FULL"):
            asked(store, make_board, "one too many")
    assert [outcome_of(job) for job in jobs] == [{"serial": f"B{n}"} for n in range(3)]
    assert store.read_now(US, serials) == ["B0", "B1", "B2"]


def test_a_job_that_waited_too_long_is_dropped_before_it_starts(store: Store) -> None:
    with lane_held(store):
        late, good = asked(store, make_board, "late", patience=-1), asked(store, make_board, "good")
    assert outcome_of(late).code == "WRITE_QUEUE_FULL"
    assert outcome_of(good) == {"serial": "good"}
    assert store.read_now(US, serials) == ["good"]


def test_an_asker_who_left_hinders_nobody_and_what_was_accepted_is_done(store: Store) -> None:
    with lane_held(store):
        gone, there = asked(store, make_board, "gone"), asked(store, make_board, "there")
        assert gone.future.cancel()
    assert outcome_of(there) == {"serial": "there"}
    assert store.read_now(US, serials) == ["gone", "there"]


def test_stopping_finishes_what_was_accepted_and_takes_nothing_more(store: Store) -> None:
    with lane_held(store) as gate:
        jobs = [asked(store, make_board, f"B{n:03}") for n in range(100)]
        stopping = threading.Thread(target=store.stop)
        stopping.start()
        gate.set()
        stopping.join(10)
    assert [outcome_of(job) for job in jobs] == [{"serial": f"B{n:03}"} for n in range(100)]
    for ask in (lambda: store.write_now(ALICE, make_board, "too late"), lambda: store.read_now(US, serials)):
        with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
            ask()
    assert raw(store).execute("SELECT count(*) FROM board").fetchall() == [(100,)]


def test_a_full_disk_is_told_and_forgotten_when_there_is_space_again(store: Store) -> None:
    lane: Any = store.writer
    pages = lane._driver.execute("PRAGMA page_count").fetchall()[0][0]
    lane._driver.execute(f"PRAGMA max_page_count={pages + 2}").fetchall()
    made, refused = 0, None
    while refused is None and made < 2000:
        try:
            store.write_now(ALICE, make_board, f"B{made:04}")
            made += 1
        except Refused as said:
            refused = said
    assert refused is not None
    assert refused.code == "STORAGE_LOW"
    assert refused.status == 503
    assert len(store.read_now(US, serials)) == made
    lane._driver.execute("PRAGMA max_page_count=1000000").fetchall()
    assert store.write_now(ALICE, make_board, "again") == {"serial": "again"}
    assert store.read_now(US, checked).ok


def test_a_database_that_cannot_be_written_is_told_and_still_read(store: Store) -> None:
    store.write_now(ALICE, make_board, "B1")
    lane: Any = store.writer
    lane._driver.execute("PRAGMA query_only=ON")
    for run in (make_board, make_and_refuse, make_and_fail):
        with pytest.raises(Refused, match="DATABASE_UNAVAILABLE"):
            store.write_now(ALICE, run, "B2")
    assert store.read_now(US, serials) == ["B1"]
    lane._driver.execute("PRAGMA query_only=OFF")
    assert store.write_now(ALICE, make_board, "B3") == {"serial": "B3"}
    assert store.read_now(US, checked).ok


def test_another_process_that_holds_the_file_is_told_as_unavailable(store: Store) -> None:
    lane: Any = store.writer
    other = raw(store)
    other.execute("BEGIN IMMEDIATE")
    lane._driver.set_busy_timeout(200)
    jobs = [asked(store, make_board, f"B{n}") for n in range(20)]
    began = time.monotonic()
    assert {outcome_of(job).code for job in jobs} == {"DATABASE_UNAVAILABLE"}
    assert time.monotonic() - began < 2, "a group waits once, not each of its jobs"
    other.execute("ROLLBACK")
    other.close()
    assert store.write_now(ALICE, make_board, "B9") == {"serial": "B9"}
    assert store.read_now(US, checked).ok
