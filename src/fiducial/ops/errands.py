"""What takes its time beside the lane: sending, making backups, pulling. Each errand has a thread of its own, its turn on one node
at a time, and leaves the same trace as any other job (spec 04.10, 13.4).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from fiducial.kit import clock
from fiducial.kit.acting import Caller
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.ops.jobs import Schedule, note_failure, note_run, take_turn

log = structlog.get_logger("fiducial.errands")
ME = Caller(internal="worker", language="zh-CN")


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be done again and again that is no write of a moment.

    `do` gets the store and gives its counts; it reads and writes through it, in as many steps as it needs. It is looked every `seconds`
    whether there is something to do: when `wanted`, a query, says so, or when the time of `cron` has come.
    """

    name: str
    do: Callable[[Store], Mapping[str, int] | None]
    seconds: float
    wanted: Callable[..., bool] | None = None
    cron: Schedule | None = None


class Errands:
    """The threads of the errands of this process."""

    def __init__(
        self, store: Store, errands: Sequence[Errand], *, takes_work: Callable[[], bool] = lambda: True
    ) -> None:
        self._store, self._takes_work, self._ending = store, takes_work, threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, args=(errand,), name=errand.name, daemon=True) for errand in errands
        ]

    def start(self) -> Errands:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """End; what is under way is given ten seconds, and is taken up again by its lease when it needs longer."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def _serve(self, errand: Errand) -> None:
        while not self._ending.wait(min(errand.seconds, 60.0)):
            try:
                if self._takes_work():  # not while the disk is full (spec 13.6)
                    run_errand(self._store, errand)
            except Refused as refused:
                log.warning("errand_refused", errand=errand.name, code=refused.code)
            except Exception as fault:
                log.error("errand_fault", errand=errand.name, exc_info=fault)


def run_errand(store: Store, errand: Errand) -> bool:
    """Do an errand once if there is something to do and the turn is ours; tell whether it was done. A fault is noted with the job."""
    if errand.wanted is not None and not store.read_now(ME, errand.wanted):
        return False
    if not store.write_now(ME, take_turn, errand.name, errand.seconds, errand.cron):
        return False
    began = clock.now_ms()
    try:
        counts = errand.do(store)
    except Exception as fault:
        log.error("errand_failed", errand=errand.name, exc_info=fault)
        store.write_now(ME, note_failure, errand.name, repr(fault), errand.seconds)
        return True
    store.write_now(ME, note_run, errand.name, began, dict(counts or {}))
    return True
