"""The page of one's notifications (spec 14.2), and how one wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.text import Text, current_language
from fiducial.kit.tx import Tx
from fiducial.notices import queries, sent
from fiducial.notices.settings import webhooks
from fiducial.notices.types import HIGH, NORMAL, NOTICES
from fiducial.people.tables import users
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("notices")
MENU: tuple[MenuItem, ...] = ()
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="delivery",
        states=(
            Status(code="PENDING", label=Text("Waiting"), colour="secondary"),
            Status(code="RETRY", label=Text("Tried again"), colour="orange"),
            Status(code="SENT", label=Text("Sent"), colour="green"),
            Status(code="DEAD", label=Text("Given up"), colour="red"),
            Status(code="DROPPED", label=Text("No address any more"), colour="secondary"),
            Status(code="SINK", label=Text("Shown only (demo)"), colour="azure"),
        ),
    ),
    StatusSet(
        kind="channel",
        states=(
            Status(code="WECOM", label=Text("WeCom"), colour="green"),
            Status(code="EMAIL", label=Text("E-mail"), colour="azure"),
        ),
    ),
    StatusSet(
        kind="notification",
        states=(
            Status(code="unread", label=Text("Unread"), colour="blue"),
            Status(code="read", label=Text("Read"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="priority",
        states=(
            Status(code=HIGH, label=Text("Urgent"), colour="red"),
            Status(code=NORMAL, label=Text("For information"), colour="azure"),
        ),
    ),
)  # fmt: skip


@query(SIGNED_IN)
def notifications_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give one's own notifications, filtered, newest first, in the language of the page."""
    person = queries.must_be_person(tx)
    data = queries.list_notifications(tx, view.page_of(queries.NOTIFICATIONS))
    for item in data["items"]:
        item["title"], item["message"] = queries.words_of(item["type"], item["data"], current_language())
    return {
        "listing": view.list_of(data, default_sort="createdAt.desc"), "unread": queries.unread_of(tx, person),
        "types": [(notice.type, notice.title) for notice in NOTICES], "link_of": queries.link_of,
    }  # fmt: skip


@query(SIGNED_IN)
def choices_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give how one wants to be told of each type."""
    email = tx.scalar(select(users.c.email).where(users.c.id == queries.must_be_person(tx)))
    return {"email": email or "", "choices": queries.choices_of(tx, queries.must_be_person(tx), current_language())}


@query("system:ops")
def outward_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what was sent outside, or could not be, newest first."""
    data = sent.list_deliveries(tx, view.page_of(sent.DELIVERIES))
    for item in data["items"]:
        item["title"] = queries.words_of(item["type"], item["data"], current_language())[0]
    return {"listing": view.list_of(data, default_sort="createdAt.desc"), "has_robots": bool(webhooks.of(tx))}


pages.page("/notifications/outward", outward_page, "notices/outward.html")
pages.page("/notifications", notifications_page, "notices/notifications.html")
pages.page("/notifications/settings", choices_page, "notices/settings.html")
