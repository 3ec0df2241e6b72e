"""What people read of their notifications. Everybody sees their own and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, and_, func, select

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Refused
from fiducial.kit.text import LANGUAGES, use_language
from fiducial.kit.tx import Tx
from fiducial.notices.shapes import ChoiceList, NotificationFacts, UnreadCount
from fiducial.notices.tables import choices, notifications
from fiducial.notices.types import BY_TYPE, HIGH, LINKS, NORMAL, NOTICES
from fiducial.people.shapes import ChoiceFacts

UNREAD, READ = "unread", "read"


def _has_status(value: str) -> ColumnElement[bool]:
    if value not in (UNREAD, READ):
        raise ValueError(listing.known_are((UNREAD, READ)))
    return notifications.c.read_at.is_(None) if value == UNREAD else notifications.c.read_at.is_not(None)


NOTIFICATIONS = Listing(
    filters={
        "status": _has_status, "type": listing.one_of(notifications.c.type, tuple(BY_TYPE)),
        "priority": listing.one_of(notifications.c.priority, (NORMAL, HIGH)),
        "from": listing.since(notifications.c.created_at), "to": listing.until(notifications.c.created_at),
    },
    sorts={"createdAt": notifications.c.created_at},
    default_sort="createdAt.desc", key=notifications.c.id,
)  # fmt: skip


def must_be_person(tx: Tx) -> int:
    """Give the key of whoever acts; refuses FORBIDDEN to machines, which are told nothing."""
    if tx.actor.kind != "USER" or tx.actor.id is None:
        raise Refused("FORBIDDEN", reason="PEOPLE_ONLY")
    return tx.actor.id


def shown_to(person: int) -> ColumnElement[bool]:
    """Match the notifications of a person that were not dismissed."""
    return and_(notifications.c.recipient_id == person, notifications.c.dismissed_at.is_(None))


@query(SIGNED_IN)
def list_notifications(tx: Tx, page: Page) -> Listed[NotificationFacts]:
    """Give one's own notifications, newest first."""
    mine = select(notifications).where(shown_to(must_be_person(tx)))
    return NOTIFICATIONS.answer(tx, mine, page, lambda row: facts_of(row, tx.actor.language))


@query(SIGNED_IN, quiet=True)
def unread_count(tx: Tx) -> UnreadCount:
    """Give how many unread notifications one has. Asked by pages by themselves, so it keeps no session alive."""
    return {"count": unread_of(tx, must_be_person(tx))}


def unread_of(tx: Tx, person: int | None) -> int:
    """Give how many unread notifications somebody has."""
    if person is None:
        return 0
    unread = select(func.count()).where(shown_to(person), notifications.c.read_at.is_(None))
    return int(tx.scalar(unread.select_from(notifications)) or 0)


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def facts_of(row: Any, language: str) -> NotificationFacts:
    """Give a notification as the wire shows it, told in a language."""
    title, message = words_of(row.type, row.data, language)
    return {
        "id": ids.to_wire(row.id), "recipientId": ids.to_wire(row.recipient_id), "type": row.type, "title": title, "message": message,
        "priority": row.priority, "data": row.data, "status": UNREAD if row.read_at is None else READ,
        "createdAt": clock.to_wire(row.created_at), "readAt": clock.to_wire(row.read_at), "eventId": ids.to_wire(row.event_id),
    }  # fmt: skip


def words_of(type_: str, data: dict[str, Any], language: str) -> tuple[str, str]:
    """Give title and message of a notification in a language; a type of an older version is told by its name."""
    notice = BY_TYPE.get(type_)
    if notice is None:
        return type_, ""
    known = _Blank({name: _as_written(value) for name, value in data.items() if value not in (None, "")})
    with use_language(language if language in LANGUAGES else LANGUAGES[0]):
        return str(notice.title), str(notice.message).format_map(known)


def _as_written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def link_of(data: dict[str, Any]) -> str:
    """Give the page of what a notification leads to, or nothing."""
    pattern = LINKS.get(data.get("kind", ""), "")
    return pattern.format(key=quote(data.get("key", ""), safe="/" if data.get("kind") == "FORM" else ""))


@query(SIGNED_IN)
def own_choices(tx: Tx) -> ChoiceList:
    """Give how one wants to be told of each type."""
    items = choices_of(tx, must_be_person(tx), tx.actor.language)
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


def choices_of(tx: Tx, person: int, language: str, types: Sequence[str] = tuple(BY_TYPE)) -> list[ChoiceFacts]:
    """Give how somebody wants to be told of some types, in the order of their declaration."""
    mine = {row.type: row for row in tx.all(select(choices).where(choices.c.user_id == person))}
    return [
        {
            "type": notice.type, "title": words_of(notice.type, {}, language)[0], "priority": notice.priority,
            "roles": list(notice.roles),
            "inApp": notice.priority == HIGH or notice.type not in mine or mine[notice.type].in_app,
            "wecom": notice.type in mine and mine[notice.type].wecom, "email": notice.type in mine and mine[notice.type].email,
        }
        for notice in NOTICES
        if notice.type in types
    ]  # fmt: skip
