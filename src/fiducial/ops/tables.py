"""What runs by itself, as a table (spec 04.10, 13.4): whose turn a job is, and how its runs went."""

from __future__ import annotations

from sqlalchemy import Index, Table

from fiducial.kit import columns as c

jobs = Table(
    "job", c.metadata, c.key(),
    c.text("name", nullable=False, unique=True),
    c.instant("next_at", nullable=False),  # not before this: whoever moves it has the turn, on whatever node
    c.instant("started_at"),
    c.instant("ended_at"),
    c.json("counts"),
    c.text("error"),
    c.whole("runs", nullable=False, default=0),
    c.whole("failures", nullable=False, default=0),
)  # fmt: skip

# The runs that did something, or failed; of those that found nothing to do only the last stands, with the job.
job_runs = Table(
    "job_run", c.metadata, c.key(),
    c.text("name", nullable=False),
    c.instant("started_at", nullable=False),
    c.instant("ended_at", nullable=False),
    c.json("counts"),
    c.text("error"),
    Index("ix_job_run_name", "name", "started_at"),
)  # fmt: skip

# What somebody asked to be done beside the lane: a backup, its verification, the demo's data (spec 13.4).
asked_jobs = Table(
    "asked_job", c.metadata, c.key(),
    c.text("kind", nullable=False),
    c.text("only", unique=True),  # while it is open: of this kind there is one at a time
    c.text("status", nullable=False),  # QUEUED RUNNING DONE FAILED
    c.whole("progress", nullable=False, default=0),  # percent
    c.json("args", nullable=False),
    c.json("result"),
    c.text("error"),
    c.whole("asked_by"),
    c.text("asked_by_name"),
    c.instant("leased_until"),
    c.instant("created_at", nullable=False),
    c.instant("started_at"),
    c.instant("ended_at"),
    Index("ix_asked_job_status", "status", "created_at"),
)  # fmt: skip

# When people were last told of something that is told once a day.
told_of = Table(
    "told_of", c.metadata, c.key(),
    c.text("what", nullable=False, unique=True),
    c.instant("told_at", nullable=False),
)  # fmt: skip
