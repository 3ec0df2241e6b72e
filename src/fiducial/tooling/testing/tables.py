"""Tables of test programs and test records (spec 11.5)."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from fiducial.kit import columns as c

programs = Table(
    "test_program", c.metadata, c.key(),
    c.text("program_code", nullable=False),
    c.text("version", nullable=False),
    c.text("kind", nullable=False),  # ICT FCT OTHER
    c.text("name", nullable=False),
    c.text("product_code"),
    c.json("station_codes", nullable=False),
    c.json("fixture_types", nullable=False),
    c.text("status", nullable=False),
    c.text("checksum"),
    c.json("limits"),  # [{name, unit, lower, upper}]
    c.whole("created_by"),
    c.text("created_by_name"),
    c.whole("activated_by"),
    c.text("activated_by_name"),
    c.instant("activated_at"),
    c.whole("retired_by"),
    c.text("retired_by_name"),
    c.instant("retired_at"),
    c.text("retire_reason"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("program_code", "version"),
    Index("ix_test_program_product", "product_code", "status"),
    # At most one ACTIVE version of a code (spec 11.5): the index enforces it, not only code.
    Index(
        "uq_test_program_active", "program_code", unique=True,
        sqlite_where=text("status = 'ACTIVE'"), postgresql_where=text("status = 'ACTIVE'"),
    ),
)  # fmt: skip

# At which stations a program is meant to run: what a track-in looks up.
program_stations = Table(
    "test_program_station", c.metadata,
    c.ref("program_id", "test_program"),
    c.ref("station_id", "station", index=True),
    PrimaryKeyConstraint("program_id", "station_id"),
)  # fmt: skip

records = Table(
    "test_record", c.metadata, c.key(),
    c.text("test_result_id", nullable=False, unique=True),
    c.blob("digest", nullable=False),  # of what was sent: a repeat with other content is no repeat
    c.ref("unit_id", "unit", index=True),
    c.ref("run_id", "run", index=True),
    c.ref("station_id", "station"),
    c.ref("track_id", "track", index=True),
    c.whole("step_no", nullable=False),
    c.text("kind", nullable=False),
    c.text("program_code", nullable=False),
    c.text("program_version"),
    c.whole("attempt", nullable=False),  # within one visit, from 1
    c.text("result", nullable=False),  # the one that counts
    c.text("machine_result", nullable=False),  # the tester's own word
    c.instant("started_at"),
    c.instant("completed_at", nullable=False),
    c.text("day", nullable=False),  # of the plant, of `completed_at`
    c.text("equipment_id"),
    c.text("tool_code"),
    c.text("operator_id"),
    c.text("reason"),
    c.text("source", nullable=False),  # AUTO MANUAL
    c.whole("recorded_by"),
    c.text("recorded_by_name"),
    c.text("origin"),
    c.instant("received_at", nullable=False),
    Index("ix_test_record_completed", "completed_at"),
    Index("ix_test_record_program", "program_code", "completed_at"),
)  # fmt: skip

# What was measured, beside the record: a list of records does not carry two thousand values each.
record_items = Table(
    "test_record_item", c.metadata,
    c.ref("record_id", "test_record"),
    c.json("items", nullable=False),  # [{name, value, unit, lower, upper, result}]
    PrimaryKeyConstraint("record_id"),
)  # fmt: skip

# Which items failed, one row each, for the Pareto.
failed_items = Table(
    "test_failed_item", c.metadata,
    c.ref("record_id", "test_record"),
    c.text("name", nullable=False),
    PrimaryKeyConstraint("record_id", "name"),
)  # fmt: skip
