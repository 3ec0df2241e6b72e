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
from fiducial.kit.store import Store

log = structlog.get_logger("fiducial.worker")
ME = Caller(internal="worker", language="zh-CN")


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing to be done again and again: an internal action, and how many seconds lie between.

    With `while_`, a query, it is done as long as that says so: many small writes, and none when there is nothing to do.
    """

    name: str
    action: Callable[..., Any]
    seconds: float
    while_: Callable[..., bool] | None = None


class Worker:
    """Works until events are drained, rests, and looks at the clock."""

    def __init__(self, store: Store, timers: Sequence[Timer], *, rest: float = 0.5) -> None:
        self._store, self._timers, self._rest = store, timers, rest
        self._due = {timer.name: time.monotonic() + min(timer.seconds, 5.0) for timer in timers}
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

    def _turn(self) -> None:
        while not self._ending.is_set() and self._store.read_now(ME, outbox.any_due):
            if not self._store.write_now(ME, outbox.handle_one):
                break
        for timer in self._timers:
            if time.monotonic() >= self._due[timer.name]:
                self._due[timer.name] = time.monotonic() + timer.seconds
                self._do(timer)

    def _do(self, timer: Timer) -> None:
        if timer.while_ is None:
            self._store.write_now(ME, timer.action)
            return
        while not self._ending.is_set() and self._store.read_now(ME, timer.while_):
            self._store.write_now(ME, timer.action)
