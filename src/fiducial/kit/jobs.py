"""One write as the lane and the pool see it: who calls, what is called, and what came of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import InvalidStateError as Withdrawn
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from fiducial.kit import idempotency
from fiducial.kit.acting import OPEN, SIGNED_IN, Actor, Caller, Mark, mark_of
from fiducial.kit.refusals import Kept, Refused

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx


def demand(actor: Actor, mark: Mark) -> None:
    """Refuse UNAUTHORIZED, FORBIDDEN (`details.permission`) or what confines the actor."""
    if actor.kind == "SYSTEM":
        return
    if mark.internal_only:
        raise Refused("FORBIDDEN")
    if mark.permissions == (OPEN,):
        return
    if actor.kind == "ANONYMOUS":
        raise Refused("UNAUTHORIZED", **({"reason": actor.name} if actor.name else {}))
    if actor.confined and not mark.confined_may:
        raise Refused(actor.confined)
    if mark.permissions == (SIGNED_IN,):
        return
    if not any(actor.holds(permission) for permission in mark.permissions):
        raise Refused("FORBIDDEN", permission=" | ".join(mark.permissions))
    if mark.also and not actor.holds(mark.also):
        raise Refused("FORBIDDEN", permission=mark.also)


class Job:
    """A write that waits for its turn. It may be run again from the start: it holds plain data and remembers nothing."""

    __slots__ = ("args", "asked_at", "caller", "deadline", "future", "loop", "mark", "outcome", "run")

    def __init__(self, run: Callable[..., Any], args: tuple[Any, ...], caller: Caller, *, patience: float) -> None:
        self.run, self.args, self.caller, self.mark = run, args, caller, mark_of(run)
        self.asked_at = time.monotonic()
        self.deadline = self.asked_at + patience
        self.outcome: Any = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.future: Future[Any] | asyncio.Future[Any]
        try:
            self.loop = asyncio.get_running_loop()
            self.future = self.loop.create_future()
        except RuntimeError:
            self.future = Future()

    @property
    def display(self) -> str | None:
        """Give the business key named in the call, for the entry of a refused attempt."""
        index = self.mark.key_index
        if index is None or index >= len(self.args):
            return None
        value = self.args[index]
        if self.mark.key_field:
            value = getattr(value, self.mark.key_field, None)
        return value if isinstance(value, str) else None

    def perform(self, tx: Tx) -> Any:
        """Identify, ask the permission, claim the key, act, keep the answer. Raises `Refused` when a rule says no."""
        tx.mark = self.mark
        if self.mark.ahead is not None:
            tx.read_ahead((*tx.store.identity.reads(tx.caller), *self.mark.ahead(*self.args)))
        tx.actor = tx.store.identity.identify(tx)
        demand(tx.actor, self.mark)
        claimed = idempotency.claim(tx)
        if claimed and claimed.repeated:
            return claimed.answer
        answer = self.run(tx, *self.args)
        if isinstance(answer, Kept):
            if claimed:
                idempotency.release(tx, claimed)
            tx.enter_failure(self.mark, self.display, answer.refused.code, answer.refused.details)
            return answer.refused
        tx.enter_default(self.display)
        if claimed:
            idempotency.remember(tx, claimed, answer, shown_once=self.mark.shown_once)
        return answer

    def late(self) -> bool:
        """Tell whether nobody waits any more; asked only before it starts."""
        return time.monotonic() > self.deadline


class Intake:
    """Where jobs wait: bounded, and once closed it takes no more, so that nobody waits for a thread that has ended."""

    def __init__(self, limit: int) -> None:
        self.limit, self.closed = limit, False
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._gate = threading.Lock()

    def __len__(self) -> int:
        return self._queue.qsize()

    def put(self, job: Job) -> None:
        """Let a job in; refuses WRITE_QUEUE_FULL rather than grow, DATABASE_UNAVAILABLE when it is closed."""
        with self._gate:
            if self.closed:
                raise Refused("DATABASE_UNAVAILABLE")
            if self._queue.qsize() >= self.limit:
                raise Refused("WRITE_QUEUE_FULL")
            self._queue.put(job)

    def close(self, servers: int = 1) -> None:
        """Take no more; each of the threads that serve it ends when all that was let in is taken."""
        with self._gate:
            self.closed = True
            for _ in range(servers):
                self._queue.put(None)

    def take(self) -> Job | None:
        """Wait for the next job; None says that there will be no more."""
        return self._queue.get()

    def take_waiting(self, most: int) -> tuple[list[Job], bool]:
        """Give what waits already, up to `most` jobs, and whether there will be no more."""
        jobs: list[Job] = []
        while len(jobs) < most:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


def deliver(jobs: list[Job]) -> None:
    """Give every job its outcome; one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if job.loop is None:
            _settle(job)
        else:
            by_loop.setdefault(job.loop, []).append(job)
    for loop, group in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle_all, group)
        except RuntimeError:  # the loop has ended; nobody is there to be told
            continue


def _settle_all(jobs: list[Job]) -> None:
    for job in jobs:
        _settle(job)


def _settle(job: Job) -> None:
    outcome = job.outcome
    if isinstance(outcome, StopIteration) or (
        isinstance(outcome, BaseException) and not isinstance(outcome, Exception)
    ):
        # Neither may travel through a future: the first is refused by it, the others would end whoever asked.
        outcome = RuntimeError(f"{job.mark.name} raised {outcome!r}")
    with suppress(Withdrawn, asyncio.InvalidStateError):  # the asker has gone away
        if isinstance(outcome, BaseException):
            job.future.set_exception(outcome)
        else:
            job.future.set_result(outcome)
