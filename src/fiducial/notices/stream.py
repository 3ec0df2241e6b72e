"""Live counts of unread notifications (spec 09.6): one watcher looks for all open streams of this process at once.

A stream ends with its session and with the process. Whoever misses something misses nothing: the list is in the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import and_, func, select

from fiducial.kit.acting import SIGNED_IN, Caller, query
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.notices.queries import facts_of, must_be_person, shown_to, unread_of
from fiducial.notices.tables import notifications
from fiducial.people.tables import sessions, users

LOOK_EVERY_S = 1.0
ALIVE_EVERY_S = 20.0
TOLD_AT_ONCE = 5
ME = Caller(internal="notifications")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one session's stream is about: the person, how many are unread, the newest of these."""

    person: int
    unread: int
    newest: int


@dataclass(slots=True, eq=False)
class Open:
    """One open stream."""

    session: int
    language: str
    seen: Standing
    news: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)


@query(SIGNED_IN, quiet=True)
def own_standing(tx: Tx) -> tuple[int, str, Standing]:
    """Give session, language and present standing of whoever opens a stream; refuses FORBIDDEN to machines."""
    person = must_be_person(tx)
    unread = (shown_to(person), notifications.c.read_at.is_(None))
    newest = tx.scalar(select(func.max(notifications.c.id)).where(*unread)) or 0
    return tx.actor.session_id or 0, tx.actor.language, Standing(person, unread_of(tx, person), newest)


@query("system:ops")
def standings(tx: Tx, session_ids: Sequence[int]) -> Mapping[int, Standing]:
    """Give the standing of each session that still lives; one statement for all, which looks at nothing that was read."""
    counted = (
        select(
            notifications.c.recipient_id, func.max(notifications.c.id).label("newest"), func.count().label("unread"),
        )
        .where(notifications.c.recipient_id.in_(select(sessions.c.user_id).where(sessions.c.id.in_(session_ids))))
        .where(notifications.c.dismissed_at.is_(None), notifications.c.read_at.is_(None))
        .group_by(notifications.c.recipient_id)
        .subquery()
    )  # fmt: skip
    live = and_(
        sessions.c.id.in_(session_ids), sessions.c.ended_at.is_(None), sessions.c.expires_at > tx.now,
        sessions.c.last_seen_at + sessions.c.idle_ms > tx.now, users.c.is_active,
    )  # fmt: skip
    rows = tx.all(
        select(sessions.c.id, sessions.c.user_id, counted.c.unread, counted.c.newest)
        .join_from(sessions, users, users.c.id == sessions.c.user_id)
        .outerjoin(counted, counted.c.recipient_id == sessions.c.user_id)
        .where(live)
    )
    return {row.id: Standing(row.user_id, row.unread or 0, row.newest or 0) for row in rows}


@query("system:ops")
def newer(tx: Tx, person: int, than: int, language: str) -> list[Any]:
    """Give the newest few unread notifications of a person after one, oldest first."""
    unread = select(notifications).where(shown_to(person), notifications.c.read_at.is_(None), notifications.c.id > than)
    rows = tx.all(unread.order_by(notifications.c.id.desc()).limit(TOLD_AT_ONCE))
    return [facts_of(row, language) for row in reversed(rows)]


class Streams:
    """The open streams of one process."""

    def __init__(self) -> None:
        self._open: dict[int, Open] = {}
        self._watcher: asyncio.Task[None] | None = None
        self._ending = False

    def end(self) -> None:
        """End all of them, and take no more: the process is asked to end."""
        self._ending = True

    async def events(self, store: Store, caller: Caller) -> AsyncIterator[bytes]:
        """Open the caller's stream: the present count, then what changes. Refuses what reading refuses, at once.

        A session has one stream: a new one ends the former with `replaced`.
        """
        session, language, standing = await store.read(caller, own_standing)
        return self._events(store, Open(session, language, standing))

    async def _events(self, store: Store, mine: Open) -> AsyncIterator[bytes]:
        former = self._open.get(mine.session)
        if former is not None:
            former.news.put_nowait(said("replaced", {}))
            former.news.put_nowait(None)
        self._open[mine.session] = mine
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch(store))
        yield b"retry: 5000\n\n" + said("unread", {"count": mine.seen.unread})
        try:
            while True:
                news = None
                with suppress(TimeoutError):
                    news = await asyncio.wait_for(mine.news.get(), ALIVE_EVERY_S)
                    if news is None:
                        return
                yield news or b": alive\n\n"
        finally:
            if self._open.get(mine.session) is mine:
                del self._open[mine.session]

    async def _watch(self, store: Store) -> None:
        """Look once a second for everybody, as long as anybody listens."""
        while self._open:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._over():
                break
            try:
                asked = list(self._open.values())
                found = await store.read(ME, standings, sorted(one.session for one in asked))
                for one in asked:
                    # A page that came meanwhile was not asked for, and is not told.
                    if self._open.get(one.session) is one:
                        await self._tell(store, one, found.get(one.session))
            except Refused:  # the database is away for a moment
                continue
        for one in self._open.values():
            one.news.put_nowait(said("ended", {}))
            one.news.put_nowait(None)

    def _over(self) -> bool:
        return self._ending

    async def _tell(self, store: Store, one: Open, now: Standing | None) -> None:
        if now is None:
            one.news.put_nowait(said("signed-out", {}))
            one.news.put_nowait(None)
            self._open.pop(one.session, None)
            return
        if now == one.seen:
            return
        if now.newest > one.seen.newest:
            for facts in await store.read(ME, newer, now.person, one.seen.newest, one.language):
                one.news.put_nowait(said("notification", facts))
        one.seen = now
        one.news.put_nowait(said("unread", {"count": now.unread}))


def said(event: str, data: Mapping[str, Any]) -> bytes:
    """Give one event as it stands on the wire."""
    return f"event: {event}\n".encode() + b"data: " + orjson.dumps(data) + b"\n\n"


streams = Streams()
