"""Who acts, and what a door may call.

An action or a query is a plain function over a transaction, marked with the permission it asks for and, for an action,
the name under which it stands in the audit book. The mark is all that `write` and `read` know of it, so a permission is
asked and an entry is made whichever door the call came through.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

OPEN = "open"
SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a door can see of who stands before it: proofs, address, language. Plain data, so that a write can be replayed."""

    session_hash: bytes | None = None
    token_hash: bytes | None = None
    terminal_hash: bytes | None = None  # of the cookie that tells a shared terminal from any other browser
    internal: str | None = None  # the name of a worker or a command of ours
    user_id: int | None = None  # with `internal`: the person for whom it acts
    ip: str | None = None
    agent: str | None = None
    request_id: str = ""
    language: str = "zh-CN"
    path: str = ""
    idempotency_key: str | None = None
    body_digest: bytes = b""
    sent_at: int | None = None  # what a machine's clock said when it sent this (header X-Sent-At)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as at this moment. `permissions` gives the reach of each permission held."""

    kind: str  # USER TOKEN SYSTEM ANONYMOUS
    id: int | None = None
    name: str = ""
    roles: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    session_id: int | None = None
    terminal: str | None = None
    language: str = "zh-CN"
    confined: str | None = None  # refusal code that bars everything but what a confined actor may do
    system: str | None = None  # of a token: the system that holds it
    lines: frozenset[int] | None = None  # of a token, or at a shared terminal: the only lines it may touch
    reaches_all: bool = False  # at a shared terminal: whether a role reaches everything away from it

    def holds(self, permission: str) -> bool:
        """Tell whether the permission is held at all; its reach is another question."""
        return permission in self.permissions


ANONYMOUS = Actor(kind="ANONYMOUS")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is declared of an action or query."""

    name: str
    permissions: tuple[str, ...]  # any one is enough; (OPEN,) and (SIGNED_IN,) ask for none
    audit: str | None = None
    entity: str = ""
    key_index: int | None = None  # place among the arguments of the business key, for the entry of a refused attempt
    key_field: str | None = None  # the field of that argument, when the key stands in the body
    shown_once: bool = False  # the answer holds a secret and is never stored
    confined_may: bool = False
    internal_only: bool = False
    ahead: Callable[..., Any] | None = None
    also: str = ""  # a second permission that must be held besides
    quiet: bool = False  # asked by a page by itself: it says nothing of whether the person is still there


marked: dict[str, Callable[..., Any]] = {}


def mark_of(function: Callable[..., Any]) -> Mark:
    """Give the mark of an action or query; a function without one may not be called by a door."""
    mark: Mark | None = getattr(function, "__mark__", None)
    if mark is None:
        raise TypeError(f"{function.__module__}.{function.__qualname__} is neither an action nor a query")
    return mark


def _set_mark(function: F, mark: Mark) -> F:
    function.__mark__ = mark  # type: ignore[attr-defined]
    marked[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def action(
    *permissions: str,
    audit: str,
    entity: str,
    key: str | None = None,
    shown_once: bool = False,
    confined_may: bool = False,
    internal_only: bool = False,
    ahead: Callable[..., Any] | None = None,
    also: str = "",
) -> Callable[[F], F]:
    """Mark a write: any one of the permissions is enough, but `also` must be held besides.

    `key` names the argument that holds the thing's business key, or its field (`body.wo_no`) when a body brings it. `ahead` gives
    of the action's arguments the hot statements that it will read with, and their values (`Tx.read_ahead`).
    """

    def decorate(function: F) -> F:
        names = list(inspect.signature(function).parameters)[1:]
        argument, _, field = (key or "").partition(".")
        mark = Mark(
            function.__name__, permissions, audit, entity, names.index(argument) if argument else None, field or None,
            shown_once, confined_may, internal_only, ahead, also,
        )  # fmt: skip
        return _set_mark(function, mark)

    return decorate


def query(*permissions: str, confined_may: bool = False, quiet: bool = False) -> Callable[[F], F]:
    """Mark a read. A `quiet` one does not keep the session of whoever asks alive."""

    def decorate(function: F) -> F:
        return _set_mark(function, Mark(function.__name__, permissions, confined_may=confined_may, quiet=quiet))

    return decorate
