"""Shapes of what the endpoints of notices take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from fiducial.kit.http.shapes import Body, Key


class Choice(Body):
    """How somebody wants to be told of one type; what is left out stays as it is."""

    type: Key
    in_app: bool | None = None
    wecom: bool | None = None
    email: bool | None = None


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


class ChoiceFacts(TypedDict):
    """One type, who gets it, and how one wants to be told. What is urgent always shows in the program itself."""

    type: str
    title: str
    priority: str
    roles: list[str]
    inApp: bool
    wecom: bool
    email: bool


class ChoiceList(TypedDict):
    """All of them: there are as many as there are types."""

    items: list[ChoiceFacts]
    total: int
    page: int
    pageSize: int


class UnreadCount(TypedDict):
    """How many unread notifications one has."""

    count: int
