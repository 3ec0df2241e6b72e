"""What runs by itself: the event processor and the timers. One thread; everything it does is a write like any other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from fiducial.kit import clock, outbox
from fiducial.kit.acting import Caller, query
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting, whole
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.events import RETENTION_CRON, forget_events
from fiducial.ops.jobs import Schedule, forget_runs, how_many, note_failure, run_job

log = structlog.get_logger("fiducial.worker")
ME = Caller(internal="worker", language="zh-CN")


EVENT_SECONDS = Setting(
    "jobs.eventProcessor.seconds",
    5,
    whole(1, 60),
    "事件处理的最长间隔",
    "how long at most until a new event is looked at",
    unit="s",
)
EVENT_BATCH = Setting(
    "jobs.eventProcessor.batch",
    50,
    whole(1, 1000),
    "每轮处理的事件数",
    "how many events are handled before the timers have their turn",
)
SWEEP_SECONDS = Setting(
    "jobs.timeRuleSweep.seconds", 60, whole(5, 3600), "时间规则扫描间隔", "how often time rules are swept", unit="s"
)


@query("system:ops")
def value_of(tx: Tx, setting: Setting[int]) -> int:
    """Give what the plant has set."""
    return setting.of(tx)


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
    cron: Schedule | None = None
    look: Callable[..., Sequence[Any]] | None = None
    on: bool = False
    every: Setting[int] | None = None  # seconds, as the plant sets them; they count instead of `seconds`


class Worker:
    """Works until events are drained, rests, and looks at the clock. Does nothing while the disk takes no work (spec 13.6)."""

    def __init__(
        self, store: Store, timers: Sequence[Timer], *, rest: float = 0.5, takes_work: Callable[[], bool] = lambda: True
    ) -> None:
        self._takes_work = takes_work
        self._store, self._timers, self._rest = store, (*timers, *OWN), rest
        self._due = {timer.name: time.monotonic() + min(timer.seconds, 5.0) for timer in self._timers}
        self._ending, self._drained = threading.Event(), True
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
            rest = self._rest
            try:
                self._turn()
                rest = min(self._rest, self._store.read_now(ME, value_of, EVENT_SECONDS)) if self._drained else 0.0
            except Refused as refused:
                log.warning("worker_refused", code=refused.code)
            except Exception as fault:
                log.error("worker_fault", exc_info=fault)
            self._ending.wait(rest)

    def _handle_events(self) -> None:
        """Handle a batch; whether more wait after it is remembered, so that the worker does not rest before they are done."""
        self._drained = True
        for _ in range(self._store.read_now(ME, value_of, EVENT_BATCH)):
            if self._ending.is_set() or not self._store.read_now(ME, outbox.any_due):
                return
            if not self._store.write_now(ME, outbox.handle_one):
                return
        self._drained = False

    def _turn(self) -> None:
        if not self._takes_work():
            self._drained = True
            return
        self._handle_events()
        for timer in self._timers:
            if time.monotonic() >= self._due[timer.name]:
                seconds = timer.seconds if timer.every is None else self._store.read_now(ME, value_of, timer.every)
                self._due[timer.name] = time.monotonic() + seconds
                self._do(timer, seconds)

    def _do(self, timer: Timer, seconds: float) -> None:
        if timer.look is not None:
            if found := self._store.read_now(ME, timer.look, slow=True):
                self._store.write_now(ME, timer.action, found)
            return
        if timer.while_ is None:
            self._have_a_turn(timer, seconds)
            return
        while not self._ending.is_set() and self._store.read_now(ME, timer.while_):
            self._store.write_now(ME, timer.action)

    def _have_a_turn(self, timer: Timer, seconds: float) -> None:
        try:
            ours = self._store.write_now(ME, run_job, timer.name, timer.action, seconds, timer.cron)
            began = time.monotonic()
            while ours and timer.on and not self._ending.is_set() and how_many(self._store.write_now(ME, timer.action)):
                clock.leave_half(began)
                self._handle_events()
                began = time.monotonic()
        except Exception as fault:
            log.error("job_failed", job=timer.name, exc_info=fault)
            self._store.write_now(ME, note_failure, timer.name, repr(fault), seconds)


OWN = (
    Timer("old events are deleted", forget_events, 60.0, cron=RETENTION_CRON, on=True),
    Timer("old runs of jobs are deleted", forget_runs, 86_400.0),
)
