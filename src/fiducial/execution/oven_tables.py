"""The table of oven program usages (spec 01.7)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table

from fiducial.kit import columns as c

usages = Table(
    "reflow_profile_usage", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.ref("line_id", "line", index=True),
    c.ref("station_id", "station"),
    c.whole("step_no"),  # the step that expects a program; null when none does here
    c.text("profile_code"),  # what it expects, as frozen
    c.text("profile_version"),
    c.text("expected_program"),
    c.text("actual_program", nullable=False),
    Column("actual_peak", Float),
    Column("actual_time", Float),
    c.whole("is_matched"),  # 0, 1, or null when nothing is expected
    c.whole("limits_ok"),
    c.text("mismatch_reason"),
    c.instant("used_at", nullable=False),
    c.text("operator_id"),
    c.whole("created_by"),
    c.text("created_by_name", nullable=False),
    c.instant("created_at", nullable=False),
    Index("ix_reflow_usage_run", "run_id", "used_at"),
    Index("ix_reflow_usage_profile", "profile_code", "profile_version"),
)  # fmt: skip
