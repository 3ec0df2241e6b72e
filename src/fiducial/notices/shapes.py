"""Shapes of what the endpoints of notices take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from fiducial.kit.http.shapes import Body
from fiducial.people.shapes import Choice, ChoiceFacts


class Choices(Body):
    """How somebody wants to be told of some types."""

    items: Annotated[list[Choice], Field(min_length=1, max_length=100)]


class NotificationFacts(TypedDict):
    """One notification, in the recipient's language; `data` has the facts it was made from, and `kind` and `key` of what it leads to."""

    id: str
    recipientId: str
    type: str
    title: str
    message: str
    priority: str
    data: dict[str, Any]
    status: str
    createdAt: str | None
    readAt: str | None
    eventId: str


class ChoiceList(TypedDict):
    """All of them: there are as many as there are types."""

    items: list[ChoiceFacts]
    total: int
    page: int
    pageSize: int


class UnreadCount(TypedDict):
    """How many unread notifications one has."""

    count: int
