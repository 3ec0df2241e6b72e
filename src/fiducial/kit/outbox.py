"""Events: facts written in the transaction that made them true, handled later, each at least once and in order of its thing (spec 04.10).

An event's payload is only what its ids cannot tell. Work is a row of its own, gone when done; an event that nobody listens
to is done when it is born.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Index, PrimaryKeyConstraint, Table, bindparam, delete, exists, insert, or_, select, update

from fiducial.kit import columns as c
from fiducial.kit.acting import action, query
from fiducial.kit.collisions import has_met_another
from fiducial.kit.statements import Hot

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

PENDING, RETRY, DEAD, DONE = "PENDING", "RETRY", "DEAD", "DONE"
FIRST_WAIT_MS, LONGEST_WAIT_MS, ATTEMPTS = 30_000, 3_600_000, 10

events = Table(
    "event", c.metadata, c.key(),
    c.text("type", nullable=False),
    c.whole("thing"),
    c.text("payload"),
)  # fmt: skip

work = Table(
    "event_work", c.metadata, c.ref("event_id", "event"),
    c.text("state", nullable=False),
    c.whole("attempts", nullable=False),
    c.instant("next_at", nullable=False),
    c.text("error"),
    Index("ix_event_work_due", "state", "next_at"),
)  # fmt: skip
work.append_constraint(PrimaryKeyConstraint("event_id"))

Listener = Callable[["Tx", "Event"], None]


class Event:
    """One event as a listener sees it."""

    __slots__ = ("id", "payload", "thing", "type")

    def __init__(self, id: int, type: str, thing: int | None, payload: Mapping[str, Any]) -> None:
        self.id, self.type, self.thing, self.payload = id, type, thing, payload


class Listeners:
    """Who listens to which event, in order; made from the tuple in `app.py`."""

    def __init__(self, wires: Sequence[tuple[str, Listener]] = ()) -> None:
        self._by_type: dict[str, list[Listener]] = {}
        for type_, listener in wires:
            self._by_type.setdefault(type_, []).append(listener)

    def of(self, type_: str) -> Sequence[Listener]:
        """Give the listeners of one type of event."""
        return self._by_type.get(type_, ())


_insert_event = Hot(insert(events).values({name: bindparam(name) for name in ("id", "type", "thing", "payload")}))
_insert_work = Hot(
    insert(work).values(
        event_id=bindparam("event_id"), state=PENDING, attempts=0, next_at=bindparam("next_at"),
    )
)  # fmt: skip


def emit(tx: Tx, type_: str, thing: int | None, payload: Mapping[str, Any] | None = None) -> None:
    """Write an event into this transaction."""
    key = tx.new_id()
    tx.send(_insert_event, id=key, type=type_, thing=thing, payload=c.canonical(payload).decode() if payload else None)
    if tx.store.listeners.of(type_):
        tx.send(_insert_work, event_id=key, next_at=tx.now)


_older, _older_work = events.alias("older"), work.alias("older_work")
# An event waits for an older one of the same thing that is not handled yet, though not for a DEAD one (spec 04.10).
_must_wait = exists(
    select(_older_work.c.event_id).join_from(_older_work, _older)
    .where(_older.c.thing == events.c.thing, _older.c.id < events.c.id, _older_work.c.state.in_((PENDING, RETRY)))
)  # fmt: skip
# None waits longer than the longest wait: one that seems to was put off while the clock was ahead.
_its_time_has_come = or_(work.c.next_at <= bindparam("now"), work.c.next_at > bindparam("now") + LONGEST_WAIT_MS)
_due = (
    select(events.c.id, events.c.type, events.c.thing, events.c.payload, work.c.attempts)
    .join_from(work, events)
    .where(work.c.state.in_((PENDING, RETRY)), _its_time_has_come, ~_must_wait)
    .order_by(events.c.id)
    .limit(1)
)
_is_due = Hot(_due)


@query("system:ops")
def any_due(tx: Tx) -> bool:
    """Tell whether an event waits to be handled: asked by reading, so that an idle plant writes nothing."""
    return _is_due.first(tx, now=tx.now) is not None


@action(audit="EVENT_HANDLE", entity="SYSTEM_CONFIG", internal_only=True)
def handle_one(tx: Tx) -> bool:
    """Handle the oldest due event: effect and end of the work are one transaction. Give False when there was none.

    A listener's fault is undone, counted and tried again after 30 s × 2^(n-1), at most 1 h; the tenth makes the event DEAD.
    """
    tx.unrecorded()
    row = tx.first(_due.with_for_update(skip_locked=True, of=work), {"now": tx.now})
    if row is None:
        return False
    handled = Event(row.id, row.type, row.thing, orjson.loads(row.payload) if row.payload else {})
    try:
        with tx.savepoint():
            for listener in tx.store.listeners.of(row.type):
                listener(tx, handled)
            tx.run(delete(work).where(work.c.event_id == row.id))
    except Exception as fault:
        # it is no fault of the listener, and half a minute is long for a run that waits to be judged
        if has_met_another(fault):
            raise
        _later(tx, row, fault)
    return True


def _later(tx: Tx, row: Any, fault: Exception) -> None:
    attempts = row.attempts + 1
    wait = min(FIRST_WAIT_MS << (attempts - 1), LONGEST_WAIT_MS)
    state = DEAD if attempts >= ATTEMPTS else RETRY
    if state == DEAD:
        emit(tx, "EVENT_DEAD", None, {"eventType": row.type, "eventId": row.id, "error": repr(fault)[:200]})
    tx.store.log.error("event_failed", event_id=row.id, type=row.type, attempts=attempts, exc_info=fault)
    changed = {"state": state, "attempts": attempts, "next_at": tx.now + wait, "error": repr(fault)[:500]}
    tx.run(update(work).where(work.c.event_id == row.id).values(changed))
