"""Tables of time rules: definitions, running clocks, ends that came before their start (spec 04.9)."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from fiducial.kit import columns as c

rules = Table(
    "time_rule", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("description"),
    c.text("rule_type", nullable=False),
    c.whole("duration_minutes", nullable=False),
    c.whole("warning_minutes"),
    c.text("start_event", nullable=False),
    c.json("start_condition", nullable=False),
    c.text("end_event", nullable=False),
    c.json("end_condition", nullable=False),
    c.text("scope", nullable=False),
    c.text("scope_value"),
    c.flag("requires_wash_step", default=False),
    c.flag("cumulative", default=False),
    c.text("restart", nullable=False),
    c.flag("is_waivable", default=True),
    c.flag("is_active", default=True),
    c.whole("priority", nullable=False, default=0),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_time_rule_active", "is_active", "start_event"),
)  # fmt: skip

clocks = Table(
    "time_rule_instance", c.metadata, c.key(),
    c.ref("rule_id", "time_rule", index=True),
    c.json("definition", nullable=False),  # the rule's values when the clock was started
    c.text("rule_type", nullable=False),
    c.text("definition_code", nullable=False),
    c.ref("run_id", "run", nullable=True, index=True),
    c.ref("line_id", "line", nullable=True),
    c.text("entity_type", nullable=False),  # UNIT SOLDER_PASTE_LOT
    c.text("entity_id", nullable=False),  # key of the unit as text, code of the jar
    c.text("entity_display", nullable=False),
    c.whole("started_by"),  # who issued the jar, made the track: may not waive it
    c.text("started_by_name"),
    c.instant("started_at", nullable=False),
    c.instant("warning_at"),
    c.instant("expires_at", nullable=False),
    c.instant("warned_at"),
    c.text("status", nullable=False),
    c.instant("completed_at"),
    c.instant("expired_at"),
    c.whole("late_ms"),
    c.instant("waived_at"),
    c.whole("waived_by"),
    c.text("waived_by_name"),
    c.text("waive_reason"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_time_rule_instance_entity", "entity_type", "entity_id", "status"),
    Index("ix_time_rule_instance_due", "status", "expires_at"),
    Index(
        "uq_time_rule_instance_active", "rule_id", "entity_type", "entity_id", unique=True,
        sqlite_where=text("status = 'ACTIVE'"), postgresql_where=text("status = 'ACTIVE'"),
    ),
)  # fmt: skip

# Events that were handled already, so that one that comes twice counts once; and ends that wait for their start.
seen_events = Table(
    "time_rule_event", c.metadata, c.key(),  # the key is that of the event
    c.text("event", nullable=False),
    c.text("entity_type", nullable=False),
    c.text("entity_id", nullable=False),
    c.instant("at", nullable=False),
    c.json("facts", nullable=False),
    Index("ix_time_rule_event_entity", "entity_type", "entity_id"),
)  # fmt: skip
