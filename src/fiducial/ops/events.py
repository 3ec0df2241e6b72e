"""Events and their work as they are read (spec 04.10), the retry of dead ones, the end of old ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, literal, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, exact, instant_of, one_of
from fiducial.kit.outbox import DEAD, DONE, PENDING, RETRY, events, work
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting, whole
from fiducial.kit.tx import Tx
from fiducial.ops import refusals as _declared  # noqa: F401 - what is raised here is declared there

STATES = (PENDING, RETRY, DEAD, DONE)
DAY_MS, AT_ONCE = 86_400_000, 1_000


def _cron(value: Any) -> str:
    from cronsim import CronSim, CronSimError

    try:
        CronSim(str(value), datetime.now(UTC))
    except CronSimError:
        raise ValueError("a cron expression") from None
    return str(value)


RETENTION_DAYS = Setting(
    "events.retentionDays", 30, whole(7, 400), "已处理事件保留天数", "how long handled events are kept", unit="d"
)
RETENTION_CRON: Setting[str] = Setting(
    "jobs.eventRetention.cron", "0 3 * * *", _cron, "事件清理的时间（cron）", "when old events are deleted (cron)"
)

_state = func.coalesce(work.c.state, literal(DONE))


def _since(value: str) -> ColumnElement[bool]:
    return events.c.id >= ids.first_of(instant_of(value))


def _until(value: str) -> ColumnElement[bool]:
    return events.c.id < ids.first_of(instant_of(value) + 1)


def _of_run(value: str) -> ColumnElement[bool]:
    """Match what names the run in its payload."""
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return cast(events.c.payload, String).like(f'%"runNo":"{escaped}"%', escape="\\")


EVENTS = Listing(
    filters={
        "eventType": exact(events.c.type), "status": one_of(_state, STATES), "from": _since, "to": _until, "runNo": _of_run,
    },
    sorts={"occurredAt": events.c.id},
    default_sort="occurredAt.desc", key=events.c.id,
)  # fmt: skip


class EventShown(TypedDict):
    """An event and how far its work is."""

    id: str
    eventType: str
    occurredAt: str | None
    status: str
    attempts: int
    nextAttemptAt: str | None
    error: str | None
    payload: Any


def _statement() -> Any:
    columns = (events, work.c.attempts, work.c.next_at, work.c.error, _state.label("state"))
    return select(*columns).select_from(events.outerjoin(work, work.c.event_id == events.c.id))


def _shown(row: Any) -> EventShown:
    return {
        "id": ids.to_wire(row.id), "eventType": row.type, "occurredAt": clock.to_wire(ids.time_of(row.id)), "status": row.state,
        "attempts": row.attempts or 0, "nextAttemptAt": clock.to_wire(row.next_at) if row.state in (PENDING, RETRY) else None,
        "error": row.error, "payload": orjson.loads(row.payload) if row.payload else {},
    }  # fmt: skip


@query("system:ops")
def list_events(tx: Tx, page: Page) -> Listed[EventShown]:
    """Give the events, newest first. One that nobody listens to is DONE when it is born."""
    return EVENTS.answer(tx, _statement(), page, _shown)


@action("system:ops", audit="EVENT_RETRY", entity="EVENT", key="event_id")
def retry_event(tx: Tx, event_id: str) -> EventShown:
    """Let a DEAD event be handled again, with all its attempts. Refuses EVENT_NOT_FOUND, EVENT_NOT_DEAD."""
    key = ids.from_wire(event_id)
    row = None if key is None else tx.first(_statement().where(events.c.id == key))
    if row is None:
        raise Refused("EVENT_NOT_FOUND", eventId=event_id)
    dead = and_(work.c.event_id == key, work.c.state == DEAD)
    if not tx.run(update(work).where(dead).values(state=PENDING, attempts=0, next_at=tx.now, error=None)):
        raise Refused("EVENT_NOT_DEAD", eventId=event_id, status=row.state)
    tx.record(event_id, key=key, eventType=row.type)
    return _shown(tx.one(_statement().where(events.c.id == key)))


@action(audit="EVENT_RETENTION", entity="EVENT", internal_only=True)
def forget_events(tx: Tx) -> dict[str, int]:
    """Delete handled events older than the setting says, 1,000 at a time; never one whose work is not done. Give how many."""
    tx.unrecorded()
    before = ids.first_of(tx.now - RETENTION_DAYS.of(tx) * DAY_MS)
    open_work = exists(select(work.c.event_id).where(work.c.event_id == events.c.id))
    old = select(events.c.id).where(events.c.id < before, ~open_work).order_by(events.c.id).limit(AT_ONCE)
    return {"deleted": tx.run(delete(events).where(events.c.id.in_(old)))}
