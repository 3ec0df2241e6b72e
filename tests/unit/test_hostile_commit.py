"""What waits for the commit on PostgreSQL and then fails: the act must fail with it, whole, and the writer go on."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, insert
from tests.unit.kit_plant import ALICE, US, boards, checked, make_board, serials

from fiducial.kit import outbox
from fiducial.kit.acting import action
from fiducial.kit.statements import Hot
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx

_board = Hot(insert(boards).values(id=bindparam("id"), serial=bindparam("serial"), status="NEW", hits=0))


@action("board:make", audit="BOARD_MAKE", entity="BOARD", key="serial")
def _make_and_send(tx: Tx, serial: str, sent: str) -> str:
    tx.run(insert(boards).values(id=tx.new_id(), serial=serial, status="NEW", hits=0))
    tx.send(_board, id=tx.new_id(), serial=sent)
    return serial


@action("board:make", audit="BOARD_MAKE", entity="BOARD", key="serial")
def _announce_nothing(tx: Tx, serial: str) -> str:
    tx.run(insert(boards).values(id=tx.new_id(), serial=serial, status="NEW", hits=0))
    tx.send(outbox._insert_work, event_id=12345, next_at=tx.now)  # no such event
    return serial


@action("board:make", audit="BOARD_MAKE", entity="BOARD", key="serial")
def _send_and_think_again(tx: Tx, serial: str) -> str:
    try:
        with tx.savepoint():
            tx.send(_board, id=tx.new_id(), serial=f"{serial}-undone")
            raise KeyError(serial)
    except KeyError:
        tx.send(_board, id=tx.new_id(), serial=serial)
    return serial


@pytest.fixture
def anywhere(any_store: Store) -> Store:
    any_store.write_now(US, make_board, "FIRST")
    return any_store


def test_an_act_whose_last_words_fail_is_undone_and_told(anywhere: Store) -> None:
    for act in ((_make_and_send, "B-1", "FIRST"), (_make_and_send, "B-1", "B-1"), (_announce_nothing, "B-1")):
        with pytest.raises(Exception, match=r"(?i)constraint"):
            anywhere.write_now(ALICE, *act)
        assert anywhere.read_now(US, serials) == ["FIRST"]
    anywhere.write_now(ALICE, make_board, "B-1")
    assert anywhere.read_now(US, serials) == ["B-1", "FIRST"]
    assert anywhere.read_now(US, checked).ok


def test_what_was_to_be_sent_is_forgotten_with_the_savepoint(anywhere: Store) -> None:
    anywhere.write_now(ALICE, _send_and_think_again, "B-1")
    assert anywhere.read_now(US, serials) == ["B-1", "FIRST"]
    assert anywhere.read_now(US, checked).ok
