"""Putting writes into the lane so that they meet in one group."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw
from tests.unit.kit_plant import ALICE, US

from fiducial.kit.acting import action
from fiducial.kit.jobs import Job
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx


@action(audit="WAIT", entity="BOARD", internal_only=True)
def wait_for(tx: Tx, begun: threading.Event, gate: threading.Event) -> None:
    tx.unrecorded()
    begun.set()
    assert gate.wait(20)


@contextmanager
def lane_held(store: Store, *, busy: int = 1) -> Iterator[threading.Event]:
    """Keep the lane (or `busy` writers of a pool) busy; what is submitted inside waits, and is one group when it is let go."""
    gate, jobs = threading.Event(), []
    for _ in range(busy):
        begun = threading.Event()
        jobs.append(Job(wait_for, (begun, gate), US, patience=30))
        store.writer.submit(jobs[-1])
        assert begun.wait(30)
    try:
        yield gate
    finally:
        gate.set()
        for job in jobs:
            outcome_of(job)


def asked(store: Store, run: Any, *args: Any, caller: Any = ALICE, patience: float = 30) -> Job:
    job = Job(run, args, caller, patience=patience)
    store.writer.submit(job)
    return job


def outcome_of(job: Job) -> Any:
    """Give the answer or the exception that came of it."""
    try:
        return job.future.result(timeout=30)  # type: ignore[call-arg,union-attr]
    except Exception as fault:  # noqa: BLE001 - the outcome is what is looked at
        return fault


def together(store: Store, *calls: tuple[Any, ...]) -> list[Any]:
    """Run the calls in one group and give what came of each."""
    with lane_held(store):
        jobs = [asked(store, run, *args) for run, *args in calls]
    return [outcome_of(job) for job in jobs]


class Failing:
    """The driver's connection, but the statement `at` raises `fault` so many `times`, before or after it was done."""

    def __init__(self, driver: apsw.Connection, at: str, fault: BaseException, times: int = 1_000_000) -> None:
        self._driver, self._at, self._fault, self.times = driver, at, fault, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement.startswith(self._at) and self.times > 0:
            self.times -= 1
            raise self._fault
        return self._driver.execute(statement, *values)
