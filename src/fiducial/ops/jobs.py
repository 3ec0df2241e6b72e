"""Jobs (spec 04.10, 13.4): each has its turn on one node at a time, and every run leaves a trace of how it went.

The turn and what the job does are one transaction: the row of the job is moved first, so that a second node waits for it
and then finds that the turn is taken. A run that fails is undone with its turn, and noted apart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from cronsim import CronSim
from sqlalchemy import delete, insert, or_, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, mark_of, query
from fiducial.kit.settings import Setting, whole
from fiducial.kit.tx import Tx
from fiducial.ops.tables import job_runs, jobs

JOBS_DAYS = Setting(
    "retention.jobsDays", 90, whole(1, 4000), "任务记录保留天数", "how long runs of jobs are kept", unit="d"
)
DAY_MS = 86_400_000
SKEW_MS = 60_000  # what the clocks of two nodes may differ by


class Schedule(Protocol):
    """When: a cron expression in the plant's zone, of a setting or of the environment."""

    def of(self, tx: Tx) -> str:
        """Give the expression."""


class JobShown(TypedDict):
    """A job and its last run."""

    jobId: str
    name: str
    lastStartedAt: str | None
    lastEndedAt: str | None
    nextAt: str | None
    counts: Any
    error: str | None
    runs: int
    failures: int


class Jobs(TypedDict):
    """What runs by itself."""

    items: list[JobShown]


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def run_job(tx: Tx, name: str, job: Callable[[Tx], Any], seconds: float, cron: Schedule | None) -> bool:
    """Do a job if it is its turn; give False when another node had it, or it is not due.

    `seconds` lie between two turns; with `cron`, a setting, its times in the plant's zone are the turns.
    """
    if not _take_turn(tx, name, _next(tx, seconds, cron), at_once=cron is None):
        tx.unrecorded()
        return False
    turn, tx.mark = tx.mark, mark_of(job)  # what the job enters, it enters under its own name
    found = job(tx)
    tx.mark = turn
    counts = counts_of(found)
    ended = {"started_at": tx.now, "ended_at": clock.now_ms(), "counts": counts, "error": None}
    tx.run(update(jobs).where(jobs.c.name == name).values(**ended, runs=jobs.c.runs + 1))
    if counts and any(counts.values()):
        tx.run(insert(job_runs).values(id=tx.new_id(), name=name, **ended))
    tx.unrecorded()
    return True


def counts_of(found: Any) -> dict[str, Any] | None:
    """Give what a job says it did as counts; None when it does not say."""
    return found if isinstance(found, dict) else {"done": found} if isinstance(found, int) else None


def how_many(found: Any) -> int:
    """Give how many a job says it did, all its counts together."""
    return sum(int(count) for count in (counts_of(found) or {}).values())


def _take_turn(tx: Tx, name: str, next_at: int, *, at_once: bool) -> bool:
    """Move the job's next turn; True when it was ours to move.

    A turn that lies farther ahead than any can was set while the clock was ahead: it would let the job rest until then.
    """
    of_a_wrong_clock = jobs.c.next_at > next_at + (next_at - tx.now) + SKEW_MS
    due = or_(jobs.c.next_at <= tx.now, of_a_wrong_clock)
    if tx.run(update(jobs).where(jobs.c.name == name, due).values(next_at=next_at)):
        return True
    return tx.insert_once(jobs, id=tx.new_id(), name=name, next_at=next_at, runs=0, failures=0) and at_once


def _next(tx: Tx, seconds: float, cron: Schedule | None) -> int:
    if cron is None:
        return tx.now + int(seconds * 900)  # a little early, for the clocks of nodes do not tick together
    here = datetime.fromtimestamp(tx.now / 1000, ZoneInfo(tx.store.zone))
    return clock.from_datetime(next(CronSim(cron.of(tx), here)))


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def take_turn(tx: Tx, name: str, seconds: float, cron: Schedule | None) -> bool:
    """Take the turn of a job that is done outside this transaction; False when another node has it, or it is not due."""
    tx.unrecorded()
    return _take_turn(tx, name, _next(tx, seconds, cron), at_once=cron is None)


@action(audit="JOB_RUN", entity="SYSTEM_CONFIG", internal_only=True)
def note_run(tx: Tx, name: str, began: int, counts: dict[str, int]) -> None:
    """Note that a job which was done outside this transaction has ended well."""
    tx.unrecorded()
    ended = {"started_at": began, "ended_at": tx.now, "counts": counts or None, "error": None}
    tx.run(update(jobs).where(jobs.c.name == name).values(**ended, runs=jobs.c.runs + 1))
    if any(counts.values()):
        tx.run(insert(job_runs).values(id=tx.new_id(), name=name, **ended))


@action(audit="JOB_FAIL", entity="SYSTEM_CONFIG", internal_only=True)
def note_failure(tx: Tx, name: str, error: str, seconds: float) -> None:
    """Note that a job failed; it has its next turn as if nothing had been."""
    tx.unrecorded()
    tx.insert_once(jobs, id=tx.new_id(), name=name, next_at=tx.now, runs=0, failures=0)
    ended = {"started_at": tx.now, "ended_at": tx.now, "error": error[:500]}
    later = {"next_at": tx.now + int(seconds * 900), "failures": jobs.c.failures + 1}
    tx.run(update(jobs).where(jobs.c.name == name).values(**ended, **later))
    tx.run(insert(job_runs).values(id=tx.new_id(), name=name, **ended))


@action(audit="JOB_SWEEP", entity="SYSTEM_CONFIG", internal_only=True)
def forget_runs(tx: Tx) -> dict[str, int]:
    """Delete runs of jobs older than `retention.jobsDays`; give how many."""
    tx.unrecorded()
    before = tx.now - JOBS_DAYS.of(tx) * DAY_MS
    return {"deleted": tx.run(delete(job_runs).where(job_runs.c.started_at < before))}


@query("system:ops")
def list_jobs(tx: Tx) -> Jobs:
    """Give every job with its last run."""
    return {"items": [_shown(row) for row in tx.all(select(jobs).order_by(jobs.c.name))]}


def _shown(row: Any) -> JobShown:
    return {
        "jobId": ids.to_wire(row.id), "name": row.name, "lastStartedAt": clock.to_wire(row.started_at),
        "lastEndedAt": clock.to_wire(row.ended_at), "nextAt": clock.to_wire(row.next_at), "counts": row.counts, "error": row.error,
        "runs": row.runs, "failures": row.failures,
    }  # fmt: skip
