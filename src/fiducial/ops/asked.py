"""What somebody asks to be done that takes its time (spec 13.4): asked by a short write, done beside the lane, looked at meanwhile.

Whoever does it holds it by a lease that is renewed every 20 s; what lies with a process that is gone is told as failed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import SIGNED_IN, Caller, Mark, action, query
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.ops.jobs import DAY_MS, JOBS_DAYS
from fiducial.ops.tables import asked_jobs, jobs

QUEUED, RUNNING, DONE, FAILED = "QUEUED", "RUNNING", "DONE", "FAILED"
OPEN = (QUEUED, RUNNING)
LEASE_MS, RENEW_S = 60_000, 20.0
BACKUPS = "BACKUP"
INTERRUPTED = "the process that did it is gone"
ME = Caller(internal="worker", language="zh-CN")
log = structlog.get_logger("fiducial.asked")


class Progress:
    """How far it is, told to whoever waits; at most one write for each step of ten."""

    def __init__(self, store: Store, key: int) -> None:
        self._store, self._key, self._told = store, key, 0

    def __call__(self, percent: int) -> None:
        if percent - self._told >= 10:
            self._told = percent
            self._store.write_now(ME, note_progress, self._key, percent)


Handler = Callable[[Store, Mapping[str, Any], Progress], Mapping[str, Any]]
"""Does one kind of job and gives its result. What it raises is the job's error."""
Heard = Callable[[Tx, Mapping[str, Any] | None, str | None], None]
"""Is told, in the transaction that ends a job, its result or its error."""


class JobAsked(TypedDict):
    """A job and how far it is."""

    jobId: str
    kind: str
    status: str
    progress: int
    result: Any
    error: str | None
    createdAt: str | None
    startedAt: str | None
    endedAt: str | None
    askedByName: str | None


def ask(tx: Tx, kind: str, args: Mapping[str, Any], *, only: str | None = None) -> str | None:
    """Ask for a job and give its id; None when one that may be there only once is there. The caller records it."""
    key = tx.new_id()
    made = tx.insert_once(
        asked_jobs, id=key, kind=kind, only=only, status=QUEUED, progress=0, args=dict(args), asked_by=tx.actor.id,
        asked_by_name=tx.actor.name, created_at=tx.now,
    )  # fmt: skip
    return ids.to_wire(key) if made else None


@query(SIGNED_IN)
def job_detail(tx: Tx, job_id: str) -> JobAsked:
    """Give a job to whoever started it, or runs the system. Refuses JOB_NOT_FOUND, FORBIDDEN. A timer is given by its id too."""
    key = ids.from_wire(job_id)
    row = None if key is None else tx.first(select(asked_jobs).where(asked_jobs.c.id == key))
    runs_it = tx.actor.holds("system:ops") or tx.actor.kind == "SYSTEM"
    if row is None and key is not None and runs_it:
        return _timer(tx, key, job_id)
    if row is None:
        raise Refused("JOB_NOT_FOUND", jobId=job_id)
    if not runs_it and (row.asked_by is None or row.asked_by != tx.actor.id):
        raise Refused("FORBIDDEN", permission="system:ops")
    return shown(row)


def _timer(tx: Tx, key: int, job_id: str) -> JobAsked:
    row = tx.first(select(jobs).where(jobs.c.id == key))
    if row is None:
        raise Refused("JOB_NOT_FOUND", jobId=job_id)
    return {
        "jobId": job_id, "kind": row.name, "status": FAILED if row.error else DONE, "progress": 100, "result": row.counts, "error": row.error,
        "createdAt": None, "startedAt": clock.to_wire(row.started_at), "endedAt": clock.to_wire(row.ended_at), "askedByName": None,
    }  # fmt: skip


def shown(row: Any) -> JobAsked:
    """Give a job as it stands on the wire."""
    return {
        "jobId": ids.to_wire(row.id), "kind": row.kind, "status": row.status, "progress": row.progress, "result": row.result,
        "error": row.error, "createdAt": clock.to_wire(row.created_at), "startedAt": clock.to_wire(row.started_at),
        "endedAt": clock.to_wire(row.ended_at), "askedByName": row.asked_by_name,
    }  # fmt: skip


def newest_asked(tx: Tx, many: int = 20) -> list[JobAsked]:
    """Give the newest jobs that were asked for."""
    return [shown(row) for row in tx.all(select(asked_jobs).order_by(asked_jobs.c.id.desc()).limit(many))]


# Done


@query("system:ops")
def any_asked(tx: Tx) -> bool:
    """Tell whether a job waits, or lies with a process that is gone."""
    waits = asked_jobs.c.status == QUEUED
    lost = (asked_jobs.c.status == RUNNING) & (asked_jobs.c.leased_until <= tx.now)
    return tx.first(select(asked_jobs.c.id).where(waits | lost).limit(1)) is not None


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def take_asked(tx: Tx) -> tuple[int, str, dict[str, Any]] | None:
    """Take the oldest job that waits: its key, kind and arguments; None when none does. What is lost is told as failed."""
    tx.unrecorded()
    lost = (asked_jobs.c.status == RUNNING) & (asked_jobs.c.leased_until <= tx.now)
    tx.run(update(asked_jobs).where(lost).values(status=FAILED, only=None, error=INTERRUPTED, ended_at=tx.now))
    waits = select(asked_jobs).where(asked_jobs.c.status == QUEUED).order_by(asked_jobs.c.id).limit(1)
    row = tx.first(waits.with_for_update(skip_locked=True))
    if row is None:
        return None
    taken = {"status": RUNNING, "started_at": tx.now, "leased_until": tx.now + LEASE_MS}
    tx.run(update(asked_jobs).where(asked_jobs.c.id == row.id, asked_jobs.c.status == QUEUED).values(**taken))
    return row.id, row.kind, dict(row.args)


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def note_progress(tx: Tx, key: int, percent: int | None) -> None:
    """Hold a job for another minute, and say how far it is."""
    tx.unrecorded()
    more = {} if percent is None else {"progress": percent}
    mine = (asked_jobs.c.id == key) & (asked_jobs.c.status == RUNNING)
    tx.run(update(asked_jobs).where(mine).values(leased_until=tx.now + LEASE_MS, **more))


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def end_asked(tx: Tx, key: int, result: Mapping[str, Any] | None, error: str | None, heard: Heard | None) -> None:
    """End a job: with its result, or with what went wrong. `heard` enters it into the audit book and tells of a failure."""
    tx.unrecorded()
    ended = {
        "status": FAILED if error else DONE,
        "only": None,
        "result": result,
        "error": error,
        "ended_at": tx.now,
        "leased_until": None,
    }
    more = {} if error else {"progress": 100}
    tx.run(update(asked_jobs).where(asked_jobs.c.id == key).values(**ended, **more))
    if heard is not None:
        heard(tx, result, error)


def do_asked(store: Store, handlers: Mapping[str, Handler], heard: Mapping[str, Heard]) -> dict[str, int]:
    """Do every job that waits, one after the other, and give how many ended well and how many did not."""
    done = {"done": 0, "failed": 0}
    while store.read_now(ME, any_asked):
        taken = store.write_now(ME, take_asked)
        if taken is None:
            break
        key, kind, args = taken
        result: Mapping[str, Any] | None = None
        error: str | None = None
        try:
            with _held(store, key):
                result = handlers[kind](store, args, Progress(store, key))
        except Exception as fault:  # its error is the job's, and is told with it
            log.error("asked_job_failed", kind=kind, exc_info=fault)
            error = (fault.code if isinstance(fault, Refused) else str(fault) or repr(fault))[:500]
        store.write_now(ME, end_asked, key, result, error, heard.get(kind))
        done["failed" if error else "done"] += 1
    return done


@contextmanager
def _held(store: Store, key: int) -> Iterator[None]:
    """Renew the lease of a job for as long as the block runs."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(RENEW_S):
            try:
                store.write_now(ME, note_progress, key, None)
            except Refused:
                continue

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


@action(audit="JOB_SWEEP", entity="SYSTEM_CONFIG", internal_only=True)
def forget_asked(tx: Tx) -> dict[str, int]:
    """Delete jobs that ended longer ago than `retention.jobsDays`; give how many."""
    tx.unrecorded()
    old = asked_jobs.c.ended_at < tx.now - JOBS_DAYS.of(tx) * DAY_MS
    return {"deleted": tx.run(delete(asked_jobs).where(old))}


def entering(tx: Tx, audit: str, display: str, facts: Mapping[str, Any], error: str | None) -> None:
    """Enter how a job ended into the audit book under its own name: done, or failed with why."""
    if error is None:
        tx.record(display, action=audit, entity=BACKUPS, result=dict(facts))
    else:
        tx.enter_failure(
            Mark(audit.lower(), (), audit=audit, entity=BACKUPS), display, "INTERNAL_ERROR", {"error": error}
        )
