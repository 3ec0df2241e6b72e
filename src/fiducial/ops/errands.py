"""What runs by itself and is too slow for the lane: each errand has a thread of its own, and what it writes goes through short actions.

An errand has its turn on one node at a time, like a job; what it does twice when a node dies in it must do no harm.
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
from fiducial.notices import outward
from fiducial.ops.environment import Environment
from fiducial.ops.jobs import note_done, note_failure, take_turn
from fiducial.people import archiving

log = structlog.get_logger("fiducial.errands")
ME = Caller(internal="worker", language="zh-CN")


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be done again and again: what is done, and how many seconds lie between, or its times as cron says them."""

    name: str
    run: Callable[[Store], Mapping[str, int]]
    seconds: float
    cron: str | None = None


def errands_of(environment: Environment) -> tuple[Errand, ...]:
    """Give what this environment has done."""
    rules, channels = archiving.rules_of(environment), outward.channels_of(environment)
    return (
        Errand("notifications are sent outward", lambda store: outward.send_due(store, channels), 3.0),
        *(
            [
                Errand(
                    "old audit entries are archived",
                    lambda store: archiving.archive_in_time(store, rules),
                    60.0,
                    environment.audit_archive_cron,
                )
            ]
            if rules.enabled
            else []
        ),
    )


class Errands:
    """The threads of all errands."""

    def __init__(self, store: Store, errands: Sequence[Errand]) -> None:
        self._store, self._ending = store, threading.Event()
        self._threads = [
            threading.Thread(target=self._serve, args=(errand,), name=errand.name, daemon=True) for errand in errands
        ]

    def start(self) -> Errands:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Finish what is being done and end."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def _serve(self, errand: Errand) -> None:
        while not self._ending.wait(errand.seconds):
            try:
                do_errand(self._store, errand)
            except Refused as refused:
                log.warning("errand_refused", errand=errand.name, code=refused.code)
            except Exception as fault:
                log.error("errand_fault", errand=errand.name, exc_info=fault)


def do_errand(store: Store, errand: Errand) -> bool:
    """Do an errand if it is its turn; False when it is not. What goes wrong is noted with the job and told by the log."""
    if not store.write_now(ME, take_turn, errand.name, errand.seconds, errand.cron):
        return False
    began = clock.now_ms()
    try:
        counts = dict(errand.run(store))
    except Exception as fault:
        log.error("errand_failed", errand=errand.name, exc_info=fault)
        store.write_now(ME, note_failure, errand.name, repr(fault), errand.seconds)
        return True
    store.write_now(ME, note_done, errand.name, began, counts)
    return True
