"""What runs by itself: the event processor and the timers. One thread; everything it does is a write like any other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from fiducial.kit import outbox
from fiducial.kit.acting import Caller
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting
from fiducial.kit.store import Store
from fiducial.ops.events import RETENTION_CRON, forget_events
from fiducial.ops.jobs import forget_runs, how_many, note_failure, run_job

log = structlog.get_logger("fiducial.worker")
ME = Caller(internal="worker", language="zh-CN")


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing to be done again and again: an internal action, and how many seconds lie between.

    With `while_`, a query, it is done as long as that says so: many small writes, and none when there is nothing to do; every
    node does that, and a row is taken by one of them. Everything else has its turn on one node at a time (`ops.jobs`). With
    `cron`, a setting, its turns are at those times; `seconds` is then how often it is looked whether one has come.

    With `look`, a query that takes its time beside the lane, the action is given what was found, and is not done when that is nothing.

    A turn that goes `on` repeats its action, which does a piece at a time, until that finds nothing more: what comes in between
    two turns may be more than one piece. Events are handled between the pieces.
    """

    name: str
    action: Callable[..., Any]
    seconds: float
    while_: Callable[..., bool] | None = None
    cron: Setting[str] | None = None
    look: Callable[..., Sequence[Any]] | None = None
    on: bool = False


class Worker:
    """Works until events are drained, rests, and looks at the clock."""

    def __init__(self, store: Store, timers: Sequence[Timer], *, rest: float = 0.5) -> None:
        self._store, self._timers, self._rest = store, (*timers, *OWN), rest
        self._due = {timer.name: time.monotonic() + min(timer.seconds, 5.0) for timer in self._timers}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="worker", daemon=True)

    def start(self) -> Worker:
        """Begin to work."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish the turn and end."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _serve(self) -> None:
        while not self._ending.is_set():
            try:
                self._turn()
            except Refused as refused:
                log.warning("worker_refused", code=refused.code)
            except Exception as fault:
                log.error("worker_fault", exc_info=fault)
            self._ending.wait(self._rest)

    def _handle_events(self) -> None:
        while not self._ending.is_set() and self._store.read_now(ME, outbox.any_due):
            if not self._store.write_now(ME, outbox.handle_one):
                break

    def _turn(self) -> None:
        self._handle_events()
        for timer in self._timers:
            if time.monotonic() >= self._due[timer.name]:
                self._due[timer.name] = time.monotonic() + timer.seconds
                self._do(timer)

    def _do(self, timer: Timer) -> None:
        if timer.look is not None:
            if found := self._store.read_now(ME, timer.look, slow=True):
                self._store.write_now(ME, timer.action, found)
            return
        if timer.while_ is None:
            self._have_a_turn(timer)
            return
        while not self._ending.is_set() and self._store.read_now(ME, timer.while_):
            self._store.write_now(ME, timer.action)

    def _have_a_turn(self, timer: Timer) -> None:
        try:
            ours = self._store.write_now(ME, run_job, timer.name, timer.action, timer.seconds, timer.cron)
            while ours and timer.on and not self._ending.is_set() and how_many(self._store.write_now(ME, timer.action)):
                self._handle_events()
        except Exception as fault:
            log.error("job_failed", job=timer.name, exc_info=fault)
            self._store.write_now(ME, note_failure, timer.name, repr(fault), timer.seconds)


OWN = (
    Timer("old events are deleted", forget_events, 60.0, cron=RETENTION_CRON, on=True),
    Timer("old runs of jobs are deleted", forget_runs, 86_400.0),
)
