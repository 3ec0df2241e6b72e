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
