"""A move is one guarded UPDATE: it happens from its source states, is entered and announced, and never happens twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.kit_lane import asked, outcome_of
from tests.unit.kit_plant import ALICE, BOARD, US, board, boards, book, make_board

from fiducial.kit import outbox
from fiducial.kit.acting import action, query
from fiducial.kit.moves import Lifecycle, Move, lifecycles
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


@action("board:make", audit="BOARD_MOVE", entity="BOARD", key="serial")
def move(tx: Tx, serial: str, name: str, *_: Any) -> bool:
    row = board(tx, serial)
    moved = BOARD.move(
        tx, name, boards.c.id == row.id, key=row.id, display=serial, note="moved", reason="why", payload={"by": name}
    )
    if not moved:
        raise Refused("STALE_UPDATE", status=board(tx, serial).status)
    return moved


@query("board:read")
def announced(tx: Tx) -> list[str]:
    return [row.type for row in tx.all(select(outbox.events.c.type).order_by(outbox.events.c.id))]


def test_a_move_from_its_source_changes_enters_and_announces(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    assert any_store.write_now(ALICE, move, "B1", "prepare")
    row, entry = any_store.read_now(US, board, "B1"), any_store.read_now(US, book)[-1]
    assert (row.status, row.note) == ("READY", "moved")
    assert (entry.action, entry.entity_type, entry.entity_key) == ("BOARD_PREPARE", "BOARD", row.id)
    assert '"changes":[{"after":"READY","before":"NEW","path":"status"}]' in entry.detail
    assert any_store.read_now(US, announced) == ["BOARD_MADE", "BOARD_PREPARE"]


def test_a_move_from_another_state_does_nothing_and_says_so(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    with pytest.raises(Refused) as refused:
        any_store.write_now(ALICE, move, "B1", "scrap")
    assert refused.value.details == {"status": "NEW"}
    assert any_store.read_now(US, board, "B1").status == "NEW"


def test_names_that_were_given_stand_where_they_were_given(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    any_store.write_now(ALICE, move, "B1", "hold")
    any_store.write_now(ALICE, move, "B1", "scrap")
    assert [entry.action for entry in any_store.read_now(US, book)] == ["BOARD_CREATE", "BOARD_PUT_ASIDE", "BOARD_MOVE"]
    assert any_store.read_now(US, announced) == ["BOARD_MADE", "BOARD_HELD"]


def test_of_two_who_move_at_once_one_wins(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    jobs = [asked(any_store, move, "B1", "prepare") for _ in range(12)]
    outcomes = [outcome_of(job) for job in jobs]
    assert sum(outcome is True for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"STALE_UPDATE"}


@action("board:make", audit="BOARD_MOVE", entity="BOARD")
def move_all(tx: Tx) -> bool:
    return BOARD.move(tx, "prepare", boards.c.status == "NEW", key=1, display="all")


def test_a_move_that_would_move_two_things_is_a_fault_of_ours_and_moves_none(any_store: Store) -> None:
    for serial in ("B1", "B2"):
        any_store.write_now(ALICE, make_board, serial)
    with pytest.raises(RuntimeError, match="more than one"):
        any_store.write_now(ALICE, move_all)
    assert {any_store.read_now(US, board, serial).status for serial in ("B1", "B2")} == {"NEW"}


def test_birth_moves_nothing_that_lives(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    with pytest.raises(Refused):
        any_store.write_now(ALICE, move, "B1", "create")


@pytest.mark.parametrize(
    ("moves", "fault"),
    [((Move("go", ("A",), "C"),), "not declared"), ((Move("go", ("A",), "B"), Move("go", ("B",), "A")), "one name")],
)
def test_a_lifecycle_that_contradicts_itself_is_not_declared(moves: tuple[Move, ...], fault: str) -> None:
    before = list(lifecycles)
    with pytest.raises(ValueError, match=fault):
        Lifecycle("THING", boards.c.status, states=("A", "B"), terminal=(), moves=moves)
    assert lifecycles == before


def test_a_lifecycle_tells_its_moves() -> None:
    assert [entry.name for entry in BOARD] == ["create", "prepare", "hold", "scrap"]
    assert BOARD["hold"].target == "HELD"
    assert (BOARD.audit_of(BOARD["prepare"]), BOARD.event_of(BOARD["scrap"])) == ("BOARD_PREPARE", "")


@action("board:make", audit="BOARD_MOVE", entity="BOARD", key="serial")
def hold_as_seen(tx: Tx, serial: str, seen: str) -> bool:
    row = board(tx, serial)
    return BOARD.move(tx, "hold", boards.c.id == row.id, key=row.id, display=serial, seen=seen)


def test_a_move_from_a_state_that_was_seen_happens_only_from_that_one(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    assert any_store.write_now(ALICE, hold_as_seen, "B1", "READY") is False
    assert any_store.write_now(ALICE, hold_as_seen, "B1", "NEW") is True
    assert '"before":"NEW"' in any_store.read_now(US, book)[-1].detail
