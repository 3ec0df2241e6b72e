"""Events: handled at least once, in order of their thing, and a listener's fault neither undoes the fact nor stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from tests.unit.kit_plant import ALICE, US, build, make_and_refuse, opened, sqlite_url

from fiducial.kit import outbox
from fiducial.kit.acting import action, query
from fiducial.kit.outbox import Event
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


class Ears:
    """A listener that remembers what it heard and fails when told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any, Any]] = []
        self.failing: set[Any] = set()

    def __call__(self, tx: Tx, event: Event) -> None:
        tx.insert_once(outbox.events, id=tx.new_id(), type="HEARD", thing=event.thing)
        if event.thing in self.failing:
            raise RuntimeError("the listener fell")
        self.heard.append((event.type, event.thing, dict(event.payload)))


ears = Ears()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    ears.heard, ears.failing = [], set()
    if request.param == "sqlite":
        url = sqlite_url(tmp_path)
        build(url)
    else:
        url = request.getfixturevalue("pg_url")
    with opened(url, listeners=[("TOLD", ears)]) as store:
        yield store


@action("board:make", audit="TELL", entity="BOARD")
def tell(tx: Tx, thing: int | None, **payload: Any) -> None:
    tx.emit("TOLD", thing, n=thing)


@action(audit="TIME", entity="BOARD", internal_only=True)
def time_passes(tx: Tx) -> None:
    tx.run(update(outbox.work).values(next_at=tx.now))


@query("board:read")
def waiting(tx: Tx) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in tx.all(select(outbox.work).order_by(outbox.work.c.event_id))]


def work_off(store: Store) -> int:
    turns = 0
    while store.read_now(US, outbox.any_due) and store.write_now(US, outbox.handle_one):
        turns += 1
        assert turns < 50
    return turns


def test_what_was_told_is_heard_once_in_order(plant: Store) -> None:
    for thing in (3, 1, 2):
        plant.write_now(ALICE, tell, thing)
    assert work_off(plant) == 3
    assert ears.heard == [("TOLD", 3, {"n": 3}), ("TOLD", 1, {"n": 1}), ("TOLD", 2, {"n": 2})]
    assert plant.read_now(US, waiting) == []


def test_a_fact_that_was_undone_was_never_told(plant: Store) -> None:
    with pytest.raises(Exception, match="STALE"):
        plant.write_now(ALICE, make_and_refuse, "B1")
    assert work_off(plant) == 0


def test_a_listener_that_falls_is_tried_again_later_and_given_up_after_ten(plant: Store) -> None:
    ears.failing = {1}
    plant.write_now(ALICE, tell, 1)
    plant.write_now(ALICE, tell, 2)
    assert work_off(plant) == 2
    assert [thing for _, thing, _ in ears.heard] == [2]
    for attempt in range(1, 10):
        assert plant.read_now(US, waiting) == [("RETRY", attempt)]
        assert work_off(plant) == 0, "not before its time"
        plant.write_now(US, time_passes)
        assert work_off(plant) == 1
    assert plant.read_now(US, waiting) == [("DEAD", 10)]
    plant.write_now(US, time_passes)
    assert work_off(plant) == 0


def test_an_event_waits_for_an_older_one_of_the_same_thing_but_not_for_a_dead_one(plant: Store) -> None:
    ears.failing = {1}
    plant.write_now(ALICE, tell, 1)
    work_off(plant)
    ears.failing = set()
    plant.write_now(ALICE, tell, 1)
    plant.write_now(ALICE, tell, 2)
    plant.write_now(ALICE, tell, None)
    work_off(plant)
    assert [thing for _, thing, _ in ears.heard] == [2, None], "the second of thing 1 waits for the first"
    plant.write_now(US, time_passes)
    assert work_off(plant) == 2
    assert [thing for _, thing, _ in ears.heard] == [2, None, 1, 1]

    ears.failing = {7}
    plant.write_now(ALICE, tell, 7)
    for _ in range(10):
        work_off(plant)
        plant.write_now(US, time_passes)
    ears.failing = set()
    plant.write_now(ALICE, tell, 7)
    assert work_off(plant) == 1


def test_what_a_falling_listener_wrote_is_undone(plant: Store) -> None:
    ears.failing = {1}
    plant.write_now(ALICE, tell, 1)
    work_off(plant)
    assert plant.read_now(US, heard_rows) == 0
    ears.failing = set()
    plant.write_now(US, time_passes)
    work_off(plant)
    assert plant.read_now(US, heard_rows) == 1


@pytest.mark.postgres
def test_a_listener_that_met_another_writer_is_heard_again_at_once(pg_url: str) -> None:
    """A deadlock is nobody's fault: it counts as no attempt, and nobody waits half a minute for it."""
    ears.heard, ears.failing = [], set()
    meetings = [1]

    def meets(tx: Tx, event: Event) -> None:
        ears(tx, event)
        if meetings:
            meetings.pop()
            tx.run(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"))

    with opened(pg_url, listeners=[("TOLD", meets)]) as store:
        store.write_now(ALICE, tell, 1)
        assert work_off(store) == 1
        assert (meetings, store.read_now(US, waiting), store.read_now(US, heard_rows)) == ([], [], 1)


@query("board:read")
def heard_rows(tx: Tx) -> int:
    return len(tx.all(select(outbox.events).where(outbox.events.c.type == "HEARD")))


def test_an_idle_plant_has_nothing_due(plant: Store) -> None:
    assert plant.read_now(US, outbox.any_due) is False
