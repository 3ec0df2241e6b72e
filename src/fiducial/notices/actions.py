"""What people do with their notifications, and what time does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit import ids
from fiducial.kit.acting import SIGNED_IN, action
from fiducial.kit.refusals import Refused, Said, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.notices.queries import choices_of, facts_of, must_be_person, own_choices, shown_to
from fiducial.notices.settings import read_days, unread_days
from fiducial.notices.shapes import ChoiceList, Choices, NotificationFacts
from fiducial.notices.tables import choices, notifications
from fiducial.notices.types import BY_TYPE, HIGH

DAY_MS = 24 * 3_600_000
SWEPT_AT_ONCE = 500


# That somebody has read what they were told is not a fact of the plant: it makes no entry (spec 09.6).
@action(SIGNED_IN, audit="NOTIFICATION_READ", entity="SYSTEM_CONFIG")
def mark_read(tx: Tx, notification_id: str) -> NotificationFacts:
    """Mark one of one's own as read; done as well when it was. Refuses NOTIFICATION_NOT_FOUND, also for another's."""
    tx.unrecorded()
    row = _must_find(tx, notification_id)
    one = update(notifications).where(notifications.c.id == row.id, notifications.c.read_at.is_(None))
    tx.run(one.values(read_at=tx.now))
    return facts_of(tx.one(select(notifications).where(notifications.c.id == row.id)), tx.actor.language)


@action(SIGNED_IN, audit="NOTIFICATION_READ", entity="SYSTEM_CONFIG")
def mark_all_read(tx: Tx) -> dict[str, int]:
    """Mark all of one's own as read; gives `{read}`, how many there were."""
    tx.unrecorded()
    mine = update(notifications).where(shown_to(must_be_person(tx)), notifications.c.read_at.is_(None))
    return {"read": tx.run(mine.values(read_at=tx.now))}


@action(SIGNED_IN, audit="NOTIFICATION_DISMISS", entity="SYSTEM_CONFIG")
def dismiss(tx: Tx, notification_id: str) -> dict[str, str]:
    """Take one of one's own away. Refuses NOTIFICATION_NOT_FOUND."""
    tx.unrecorded()
    row = _must_find(tx, notification_id)
    read_at = row.read_at or tx.now
    tx.run(update(notifications).where(notifications.c.id == row.id).values(dismissed_at=tx.now, read_at=read_at))
    return {"id": ids.to_wire(row.id)}


def _must_find(tx: Tx, notification_id: str) -> Any:
    mine = select(notifications).where(
        notifications.c.id == ids.from_wire(notification_id), shown_to(must_be_person(tx))
    )
    row = tx.first(mine.with_for_update())
    if row is None:
        raise Refused("NOTIFICATION_NOT_FOUND")
    return row


@action(SIGNED_IN, audit="NOTIFICATION_SETTINGS", entity="USER")
def choose(tx: Tx, body: Choices) -> ChoiceList:
    """Say how one wants to be told. Refuses VALIDATION_ERROR for an unknown type and for silence about what is urgent."""
    person, before = must_be_person(tx), _by_type(tx)
    for place, item in enumerate(body.items):
        notice = BY_TYPE.get(item.type)
        if notice is None:
            raise bad_field(f"items.{place}.type", Said(zh="没有这种通知", en="no such notification"))
        if item.in_app is False and notice.priority == HIGH:
            raise bad_field(f"items.{place}.inApp", Said(zh="紧急通知不能关闭", en="what is urgent cannot be off"))
        given = {name: value for name, value in item.given().items() if name != "type" and value is not None}
        now = before[item.type]
        row = {"in_app": now["inApp"], "wecom": now["wecom"], "email": now["email"], **given}
        _put(tx, {"user_id": person, "type": item.type, **row})
    after = _by_type(tx)
    changes = [
        {**change, "path": f"{type_}.{change['path']}"}
        for type_, facts in after.items()
        for change in changed_fields(before[type_], facts)
    ]
    tx.record(tx.actor.name, key=person, changes=changes)
    return own_choices(tx)


def _by_type(tx: Tx) -> dict[str, Any]:
    return {facts["type"]: facts for facts in choices_of(tx, must_be_person(tx), tx.actor.language)}


def _put(tx: Tx, row: dict[str, Any]) -> None:
    insert = (sqlite if tx.engine == "sqlite" else postgresql).insert(choices).values(row)
    changed = {name: insert.excluded[name] for name in ("in_app", "wecom", "email")}
    tx.run(insert.on_conflict_do_update(index_elements=["user_id", "type"], set_=changed))


@action(audit="NOTIFICATION_SWEEP", entity="SYSTEM_CONFIG", internal_only=True)
def sweep(tx: Tx) -> int:
    """Remove what is old, read and unread by their own limits, at most 500; give how many."""
    tx.unrecorded()
    read_before, unread_before = (tx.now - days.of(tx) * DAY_MS for days in (read_days, unread_days))
    old = (notifications.c.read_at < read_before) | (notifications.c.created_at < unread_before)
    long_there = notifications.c.id < ids.first_of(
        max(read_before, unread_before)
    )  # so that the young are not gone through
    due = select(notifications.c.id).where(long_there, old).order_by(notifications.c.id).limit(SWEPT_AT_ONCE)
    return tx.run(delete(notifications).where(notifications.c.id.in_(due)))
