"""Tables of readiness: a line's gates, checks and their items (spec 03). Waivers come with the gates that can be waived."""

from __future__ import annotations

from sqlalchemy import Index, Table

from fiducial.kit import columns as c

line_configs = Table(
    "readiness_config", c.metadata, c.key(),
    c.ref("line_id", "line"),
    c.json("enabled", nullable=False),
    c.json("gates", nullable=False),
    c.whole("version", nullable=False),
    c.whole("updated_by"),
    c.text("updated_by_name"),
    c.instant("updated_at", nullable=False),
    Index("uq_readiness_config_line", "line_id", unique=True),
)  # fmt: skip

checks = Table(
    "readiness_check", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.text("type", nullable=False),  # PRECHECK or FORMAL
    c.text("trigger", nullable=False),
    c.text("status", nullable=False),  # PASSED or FAILED
    c.instant("checked_at", nullable=False),
    c.whole("checked_by"),
    c.text("checked_by_name"),
    c.whole("config_version", nullable=False),
    c.instant("invalidated_at"),
    c.whole("invalidated_by"),  # the check that found otherwise
    c.instant("next_expiry_at"),
    Index("ix_readiness_check_run", "run_id", "type", "id"),
)  # fmt: skip

items = Table(
    "readiness_item", c.metadata, c.key(),
    c.ref("check_id", "readiness_check", index=True),
    c.whole("place", nullable=False),
    c.text("item_type", nullable=False),
    c.text("item_key", nullable=False),
    c.text("status", nullable=False),  # PASSED FAILED WAIVED
    c.flag("applicable", default=True),
    c.text("cause_code"),
    c.text("cause_fingerprint"),
    c.json("evidence", nullable=False),
    c.whole("waiver_id"),
)  # fmt: skip
