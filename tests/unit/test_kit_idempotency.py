"""The same act twice: done once, answered twice; a refusal is not remembered, a secret never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.unit.kit_lane import asked, lane_held, outcome_of
from tests.unit.kit_plant import (
    ALICE,
    US,
    actions_of,
    caller,
    checked,
    count,
    make_and_fail,
    make_and_keep,
    make_and_refuse,
    make_board,
    serials,
    touch,
    with_key,
)  # fmt: skip

from fiducial.kit.acting import action, query
from fiducial.kit.idempotency import KEPT_MS, keys, sweep
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


def test_the_second_call_answers_as_the_first_and_does_nothing(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B1")
    for _ in range(3):
        assert any_store.write_now(with_key(ALICE, "k"), touch, "B1") == 1
    assert actions_of(any_store) == ["BOARD_CREATE", "BOARD_TOUCH"]


def test_the_same_key_twice_at_once_is_done_once(any_store: Store) -> None:
    any_store.write_now(ALICE, make_board, "B0")
    with lane_held(any_store):
        jobs = [asked(any_store, make_board, "B1", caller=with_key(ALICE, "k")) for _ in range(10)]
    assert [outcome_of(job) for job in jobs] == [{"serial": "B1"}] * 10
    assert actions_of(any_store) == ["BOARD_CREATE"] * 2
    assert any_store.read_now(US, checked).ok


def test_the_same_key_with_another_body_is_refused(any_store: Store) -> None:
    any_store.write_now(with_key(ALICE, "k", b'{"a":1}'), make_board, "B1")
    with pytest.raises(Refused, match="IDEMPOTENCY_KEY_REUSED"):
        any_store.write_now(with_key(ALICE, "k", b'{"a":2}'), make_board, "B2")
    assert any_store.read_now(US, serials) == ["B1"]


def test_a_key_is_of_one_caller_on_one_path(any_store: Store) -> None:
    any_store.write_now(with_key(ALICE, "k"), make_board, "B1")
    elsewhere = with_key(caller("alice"), "k")
    assert any_store.write_now(replace(elsewhere, path="POST /api/others"), make_board, "B2") == {"serial": "B2"}
    assert any_store.write_now(with_key(US, "k"), make_board, "B3") == {"serial": "B3"}


@pytest.mark.parametrize("first", [make_and_refuse, make_and_fail, make_and_keep])
def test_a_refusal_or_a_fault_is_not_remembered(any_store: Store, first: Any) -> None:
    with pytest.raises((Refused, RuntimeError)):
        any_store.write_now(with_key(ALICE, "k"), first, "B1")
    assert any_store.write_now(with_key(ALICE, "k"), make_board, "B2") == {"serial": "B2"}


def test_who_may_not_act_learns_nothing_from_a_key(any_store: Store) -> None:
    any_store.write_now(with_key(ALICE, "k"), make_board, "B1")
    with pytest.raises(Refused, match="FORBIDDEN"):
        any_store.write_now(with_key(caller("bob"), "k"), make_board, "B1")


@action("board:make", audit="SECRET_CREATE", entity="BOARD", shown_once=True)
def make_secret(tx: Tx) -> dict[str, str]:
    return {"secret": "correct horse battery staple"}


def test_what_is_shown_once_is_stored_nowhere(any_store: Store) -> None:
    assert any_store.write_now(with_key(ALICE, "k"), make_secret)["secret"]
    with pytest.raises(Refused, match="IDEMPOTENCY_RESULT_GONE"):
        any_store.write_now(with_key(ALICE, "k"), make_secret)
    assert any_store.read_now(US, answers) == [None]


@query("board:read")
def answers(tx: Tx) -> list[Any]:
    return [row.answer for row in tx.all(select(keys.c.answer))]


@action("board:make", audit="BOARD_LIST", entity="BOARD")
def long_answer(tx: Tx, length: int) -> list[str]:
    return ["FIDUCIAL"] * length


@pytest.mark.parametrize("length", [0, 1, 5000])
def test_long_answers_come_back_whole_and_are_kept_small(any_store: Store, length: int) -> None:
    first = any_store.write_now(with_key(ALICE, "k"), long_answer, length)
    assert any_store.write_now(with_key(ALICE, "k"), long_answer, length) == first
    assert len(any_store.read_now(US, answers)[0]) <= 1024


@action(audit="AGE", entity="BOARD", internal_only=True)
def age_keys(tx: Tx, ms: int) -> None:
    tx.run(update(keys).values(at=keys.c.at - ms))


def test_after_a_day_the_key_is_new_again(any_store: Store) -> None:
    any_store.write_now(with_key(ALICE, "k"), make_board, "B1")
    any_store.write_now(US, age_keys, KEPT_MS - 60_000)
    assert any_store.write_now(with_key(ALICE, "k"), make_board, "B1") == {"serial": "B1"}
    any_store.write_now(US, age_keys, 60_001)
    assert any_store.write_now(with_key(ALICE, "k"), make_board, "B2") == {"serial": "B2"}
    assert any_store.read_now(US, serials) == ["B1", "B2"]


def test_old_keys_are_swept_and_young_ones_stay(any_store: Store) -> None:
    any_store.write_now(with_key(ALICE, "old"), make_board, "B1")
    any_store.write_now(US, age_keys, KEPT_MS + 1)
    any_store.write_now(with_key(ALICE, "young"), make_board, "B2")
    assert any_store.write_now(US, sweep) == 1
    assert any_store.write_now(US, sweep) == 0
    assert any_store.read_now(US, count, keys) == 1
