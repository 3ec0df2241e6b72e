"""Tables of readiness: a line's gates, checks and their items, waivers, and which runs are to be judged anew (spec 03)."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

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
    # How many of its items are so: lists of many checks read no items.
    c.whole("total", nullable=False),
    c.whole("passed", nullable=False),
    c.whole("failed", nullable=False),
    c.whole("waived", nullable=False),
    c.whole("not_applicable", nullable=False),
    c.whole("manual", nullable=False),  # rest on what a person entered in place of a system
    c.whole("not_needed", nullable=False),  # a person said that they do not concern this run
    c.whole("superseded", nullable=False),  # a system has spoken since a person spoke in its place
    Index("ix_readiness_check_run", "run_id", "type", "id"),
    Index("ix_readiness_check_newest", "run_id", "id"),
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
    c.text("source"),  # of its evidence: AUTO MANUAL SYSTEM
    c.flag("not_needed", default=False),
    c.flag("superseded", default=False),
    c.whole("waiver_id"),
)  # fmt: skip

# A waiver is kept for ever, also when it no longer matches anything.
waivers = Table(
    "readiness_waiver", c.metadata, c.key(),
    c.ref("run_id", "run", index=True),
    c.ref("item_id", "readiness_item"),
    c.ref("check_id", "readiness_check"),
    c.text("item_type", nullable=False),
    c.text("item_key", nullable=False),
    c.text("cause_code", nullable=False),
    c.text("cause_fingerprint", nullable=False),
    c.json("evidence", nullable=False),  # what failed, as it was seen
    c.text("reason", nullable=False),
    c.whole("waived_by", nullable=False),
    c.text("waived_by_name", nullable=False),
    c.instant("waived_at", nullable=False),
    c.instant("valid_until", nullable=False),
    c.whole("signature_id"),
    c.whole("reused_from"),  # the waiver of the parent run that a rework run took over
    c.instant("revoked_at"),
    c.whole("revoked_by"),
    c.text("revoked_by_name"),
    c.text("revoke_reason"),
)  # fmt: skip

# The runs that are to be judged anew: because an input changed (gathered for two seconds), or because evidence runs out.
due = Table(
    "readiness_due", c.metadata,
    c.ref("run_id", "run"),
    c.instant("input_at"),
    c.instant("expires_at"),
    PrimaryKeyConstraint("run_id"),
    Index("ix_readiness_due_input", "input_at"),
    Index("ix_readiness_due_expires", "expires_at"),
)  # fmt: skip

# The pre-changeover list: what people said of its rows. What gates say is not stored twice.
checklist_rows = Table(
    "readiness_checklist_row", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.text("item_key", nullable=False),
    Column("needed", Boolean(create_constraint=False)),
    c.text("result"),  # OK NG NA, of a row that people answer
    c.text("value"),
    c.text("remark"),
    c.whole("set_by", nullable=False),
    c.text("set_by_name", nullable=False),
    c.instant("set_at", nullable=False),
    UniqueConstraint("run_id", "item_key"),
)  # fmt: skip

checklist_confirmations = Table(
    "readiness_checklist_confirmation", c.metadata, c.key(),
    c.ref("run_id", "run", index=True),
    c.json("content", nullable=False),  # the rows as they stood, for that is what was signed
    c.text("remark"),
    c.whole("confirmed_by", nullable=False),
    c.text("confirmed_by_name", nullable=False),
    c.instant("confirmed_at", nullable=False),
    c.whole("signature_id"),
    c.instant("ended_at"),  # something changed after it
    c.whole("ended_by"),
    c.text("ended_by_name"),
    Index(
        "uq_readiness_checklist_confirmation_standing", "run_id", unique=True,
        sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
    ),
)  # fmt: skip

# Runs of which the leader was told that their list is due.
checklist_reminders = Table(
    "readiness_checklist_reminder", c.metadata,
    c.ref("run_id", "run"),
    c.instant("told_at", nullable=False),
    PrimaryKeyConstraint("run_id"),
)  # fmt: skip
