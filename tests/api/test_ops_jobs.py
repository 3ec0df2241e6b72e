"""Events and jobs (spec 04.10): seen by whoever runs the plant's computer, done on one node at a time, kept for a while."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from tests.api.plant import TEST, Plant

from fiducial.app import TIMERS
from fiducial.connect.retention import forget_messages
from fiducial.kit import clock, idempotency, ids
from fiducial.kit.acting import action, query
from fiducial.kit.outbox import DEAD, PENDING, any_due, events, work
from fiducial.kit.tx import Tx
from fiducial.notices import actions as notices_actions
from fiducial.ops.events import RETENTION_CRON, forget_events
from fiducial.ops.jobs import note_failure, run_job
from fiducial.ops.outside import ALWAYS
from fiducial.ops.worker import OWN, Timer, Worker

DAY = 86_400_000
_places = itertools.count(7)  # two of one millisecond are two


@action(audit="TEST", entity="EVENT", internal_only=True)
def an_event(tx: Tx, type_: str, ago: int, state: str | None) -> str:
    tx.unrecorded()
    key = ids.first_of(tx.now - ago) + next(_places)
    tx.run(insert(events).values(id=key, type=type_, thing=1, payload='{"runNo":"RUN-9"}'))
    if state:
        tx.run(insert(work).values(event_id=key, state=state, attempts=10, next_at=tx.now, error="It broke"))
    return ids.to_wire(key)


def test_events_are_listed_with_how_far_their_work_is(plant: Plant) -> None:
    plant.store.write_now(TEST, an_event, "NOBODY_LISTENS", 1000, None)
    plant.store.write_now(TEST, an_event, "BROKEN", 500, DEAD)
    admin = plant.api.as_("admin")
    found = admin.get("/api/events", eventType="BROKEN").must()["items"]
    assert [(one["status"], one["attempts"], one["error"], one["payload"]) for one in found] == [
        ("DEAD", 10, "It broke", {"runNo": "RUN-9"})
    ]
    assert admin.get("/api/events", status="DONE", runNo="RUN-9").must()["items"][0]["eventType"] == "NOBODY_LISTENS"
    assert admin.get("/api/events", **{"from": clock.to_wire(clock.now_ms() + DAY)}).must()["total"] == 0
    assert plant.api.as_("planner").get("/api/events").code == "FORBIDDEN"


def test_a_dead_event_is_handled_again_when_a_person_says_so_and_no_other_is(plant: Plant) -> None:
    admin = plant.api.as_("admin")
    dead, done = (
        plant.store.write_now(TEST, an_event, "BROKEN", 500, DEAD),
        plant.store.write_now(TEST, an_event, "FINE", 400, None),
    )
    again = admin.post(f"/api/events/{dead}/retry").must()
    assert (again["status"], again["attempts"], again["error"]) == ("PENDING", 0, None)
    for key in (dead, done):
        refused = admin.post(f"/api/events/{key}/retry")
        assert (refused.status, refused.code) == (409, "EVENT_NOT_DEAD")
    assert (admin.post("/api/events/none/retry").status, admin.post("/api/events/none/retry").code) == (
        404,
        "EVENT_NOT_FOUND",
    )
    assert plant.audit(action="EVENT_RETRY", outcome="SUCCESS")[0]["entityDisplay"] == dead


def test_handled_events_go_after_their_time_and_dead_ones_never(plant: Plant) -> None:
    for state, ago in ((None, 31 * DAY), (None, DAY), (DEAD, 31 * DAY)):
        plant.store.write_now(TEST, an_event, "OLD", ago, state)
    assert plant.store.write_now(TEST, forget_events) == {"deleted": 1}
    assert plant.api.as_("admin").get("/api/events", eventType="OLD").must()["total"] == 2


@action(audit="TEST_COUNTED", entity="EVENT", internal_only=True)
def counted(tx: Tx) -> dict[str, int]:
    tx.emit("COUNTED", None)
    tx.record("one more")
    return {"counted": 1}


def test_a_job_has_its_turn_once_on_however_many_nodes(plant: Plant) -> None:
    answers: list[bool] = []

    def node() -> None:
        answers.append(plant.store.write_now(TEST, run_job, "a job", counted, 60.0, None))

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()
    assert sorted(answers) == [False, False, False, True]
    assert plant.store.read_now(TEST, how_often) == 1
    assert [entry["entityDisplay"] for entry in plant.audit(action="TEST_COUNTED")] == ["one more"]
    (job,) = plant.api.as_("admin").get("/api/system/jobs").must()["items"]
    assert (job["name"], job["counts"], job["runs"], job["error"]) == ("a job", {"counted": 1}, 1, None)


@query("system:ops")
def how_often(tx: Tx) -> Any:
    return tx.scalar(select(func.count()).where(events.c.type == "COUNTED"))


def test_a_job_with_times_of_its_own_waits_for_them(plant: Plant) -> None:
    from fiducial.ops.tables import jobs

    assert plant.store.write_now(TEST, run_job, "at night", counted, 60.0, RETENTION_CRON) is False
    (job,) = plant.api.as_("admin").get("/api/system/jobs").must()["items"]
    assert job["nextAt"].endswith("T19:00:00.000Z")  # three in the morning in Shanghai
    plant.sql(update(jobs).values(next_at=1))
    assert plant.store.write_now(TEST, run_job, "at night", counted, 60.0, RETENTION_CRON) is True


@pytest.mark.parametrize("cron", [None, RETENTION_CRON])
def test_a_turn_that_was_set_while_the_clock_was_a_month_ahead_holds_no_job_back(plant: Plant, cron: Any) -> None:
    from fiducial.ops.tables import jobs

    plant.store.write_now(TEST, run_job, "a job", counted, 60.0, cron)
    plant.sql(update(jobs).values(next_at=clock.now_ms() + 30 * DAY))
    assert plant.store.write_now(TEST, run_job, "a job", counted, 60.0, cron) is True
    assert plant.store.write_now(TEST, run_job, "a job", counted, 60.0, cron) is False
    (job,) = plant.api.as_("admin").get("/api/system/jobs").must()["items"]
    assert job["nextAt"] < clock.to_wire(clock.now_ms() + 2 * DAY)


def test_work_that_was_put_off_while_the_clock_was_a_day_ahead_is_done_now(plant: Plant) -> None:
    plant.store.write_now(TEST, an_event, "HELD", 0, PENDING)
    plant.sql(update(work).values(next_at=clock.now_ms() + DAY))
    assert plant.store.read_now(TEST, any_due)
    plant.sql(update(work).values(next_at=clock.now_ms() + 60_000))
    assert not plant.store.read_now(TEST, any_due)


def test_a_job_that_fails_leaves_its_error_and_has_its_next_turn(plant: Plant) -> None:
    plant.store.write_now(TEST, note_failure, "a job", "ValueError('no')", 60.0)
    (job,) = plant.api.as_("admin").get("/api/system/jobs").must()["items"]
    assert (job["error"], job["failures"], job["nextAt"] is not None) == ("ValueError('no')", 1, True)
    assert plant.api.as_("quality").get("/api/system/jobs").code == "FORBIDDEN"


pytestmark = pytest.mark.usefixtures("store")


@action(audit="TEST_COUNTED", entity="EVENT", internal_only=True)
def forget_two(tx: Tx) -> int:
    tx.unrecorded()
    old = select(events.c.id).where(events.c.type == "PILED").order_by(events.c.id).limit(2)
    return tx.run(delete(events).where(events.c.id.in_(old)))


@pytest.mark.parametrize(("goes_on", "left"), [(True, 0), (False, 3)])
def test_a_sweep_that_goes_on_takes_all_there_is_piece_by_piece(plant: Plant, goes_on: bool, left: int) -> None:
    for _ in range(5):
        plant.store.write_now(TEST, an_event, "PILED", 1000, None)
    worker = Worker(plant.store, [])
    worker._have_a_turn(Timer("heaps are forgotten", forget_two, 60.0, on=goes_on), 60.0)
    assert plant.api.as_("admin").get("/api/events", eventType="PILED").must()["total"] == left


def test_every_sweep_that_does_a_piece_at_a_time_goes_on() -> None:
    in_pieces = {forget_events, idempotency.sweep, notices_actions.sweep, forget_messages}
    assert {timer.action for timer in (*TIMERS, *OWN, *ALWAYS) if timer.on} >= in_pieces
