"""Tables of tooling: tools with their lives, calibrations and assignments, paste, bindings, maintenance (spec 10.3, 11.4, 04.11)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from fiducial.kit import columns as c
from fiducial.plant.reported import reported

tools = Table(
    "tool", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("kind", nullable=False),  # STENCIL SQUEEGEE FIXTURE
    c.text("name", nullable=False),
    c.json("product_codes", nullable=False),  # empty is any
    Column("thickness_mm", Float),
    c.text("version"),
    Column("min_tension", Float),  # N/cm; a stencil at or below it is too slack
    c.text("spec"),
    Column("length_mm", Float),
    c.text("fixture_type"),
    c.text("material"),
    c.whole("life_limit", nullable=False),
    c.whole("count_base", nullable=False, default=0),  # opening balance of this life, from paper
    c.whole("used", nullable=False, default=0),  # counted since this life began; only ever changed by an increment
    c.whole("life_no", nullable=False, default=1),
    c.instant("life_started_at", nullable=False),
    c.instant("last_used_at"),
    c.instant("last_cleaned_at"),
    c.flag("calibration_required", default=False),
    c.whole("calibration_interval_days", nullable=False, default=30),
    c.instant("calibrated_at"),
    c.instant("calibration_due_at"),
    c.text("certificate_no"),
    c.text("status", nullable=False),
    c.text("status_reason"),
    c.instant("due_told_at"),  # when the plant was last told that calibration is due, or that the life ends soon
    c.instant("end_told_at"),
    c.instant("count_told_at"),  # when the plant was last told that a machine counts otherwise
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_tool_kind", "kind", "status"),
)  # fmt: skip

# How many boards of a run went over a tool in one life of it: the watermark that makes every track-out count once.
tool_runs = Table(
    "tool_run", c.metadata,
    c.ref("tool_id", "tool"),
    c.ref("run_id", "run", index=True),
    c.whole("life_no", nullable=False),
    c.whole("boards", nullable=False),
    c.whole("panel_size", nullable=False),
    c.whole("last_track_id"),
    c.instant("first_at", nullable=False),
    c.instant("last_at", nullable=False),
    PrimaryKeyConstraint("tool_id", "run_id", "life_no"),
)  # fmt: skip

# What was counted day by day, for the expected end of life and for the history of a tool.
tool_days = Table(
    "tool_day", c.metadata,
    c.ref("tool_id", "tool"),
    c.text("day", nullable=False),  # of the plant, YYYY-MM-DD
    c.whole("used", nullable=False),
    PrimaryKeyConstraint("tool_id", "day"),
)  # fmt: skip

tool_lives = Table(
    "tool_life", c.metadata, c.key(),
    c.ref("tool_id", "tool"),
    c.whole("life_no", nullable=False),
    c.instant("started_at", nullable=False),
    c.instant("ended_at", nullable=False),
    c.whole("count_base", nullable=False),
    c.whole("used", nullable=False),
    c.whole("life_limit", nullable=False),
    c.text("reason", nullable=False),
    c.whole("ended_by"),
    c.text("ended_by_name"),
    UniqueConstraint("tool_id", "life_no"),
)  # fmt: skip

calibrations = Table(
    "tool_calibration", c.metadata, c.key(),
    c.ref("tool_id", "tool", index=True),
    c.instant("calibrated_at", nullable=False),
    c.text("result", nullable=False),
    c.text("certificate_no"),
    c.instant("due_at"),
    c.text("remark"),
    c.whole("recorded_by"),
    c.text("recorded_by_name"),
    c.instant("created_at", nullable=False),
)  # fmt: skip

assignments = Table(
    "tool_assignment", c.metadata, c.key(),
    c.ref("tool_id", "tool"),
    c.ref("run_id", "run", index=True),
    c.ref("station_id", "station", index=True),
    c.whole("assigned_by"),
    c.text("assigned_by_name"),
    c.instant("assigned_at", nullable=False),
    c.whole("unassigned_by"),
    c.text("unassigned_by_name"),
    c.instant("unassigned_at"),
    Index("ix_tool_assignment_tool", "tool_id", "assigned_at"),
    Index(
        "uq_tool_assignment_open", "tool_id", unique=True,
        sqlite_where=text("unassigned_at IS NULL"), postgresql_where=text("unassigned_at IS NULL"),
    ),
)  # fmt: skip

# The tool that a check on paper names for a line or a run, where nothing is bound: squeegees have no binding of their own.
recorded_tools = Table(
    "tool_recorded", c.metadata,
    c.ref("line_id", "line"),
    c.text("kind", nullable=False),
    c.whole("run_key", nullable=False),  # 0 when the record named no run
    c.ref("tool_id", "tool"),
    c.instant("at", nullable=False),
    PrimaryKeyConstraint("line_id", "kind", "run_key"),
)  # fmt: skip

paste_lots = Table(
    "paste_lot", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),  # the code on the jar
    c.instant("expires_at"),  # of the label, when a record told it
    c.text("material_code"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
)  # fmt: skip

stencil_states = reported(
    "stencil_status", "tool", c.text("version"), Column("tension_value", Float), c.instant("last_cleaned_at")
)
paste_states = reported(
    "solder_paste_status", "paste_lot", c.instant("expires_at"), c.instant("thawed_at"), c.instant("stirred_at")
)

bindings = Table(
    "line_binding", c.metadata, c.key(),
    c.ref("line_id", "line"),
    c.text("kind", nullable=False),  # STENCIL SOLDER_PASTE
    c.ref("tool_id", "tool", nullable=True),
    c.ref("paste_lot_id", "paste_lot", nullable=True),
    c.whole("bound_by"),
    c.text("bound_by_name"),
    c.instant("bound_at", nullable=False),
    c.whole("unbound_by"),
    c.text("unbound_by_name"),
    c.instant("unbound_at"),
    Index("ix_line_binding_line", "line_id", "bound_at"),
    *(
        Index(
            f"uq_line_binding_{name}", *columns, unique=True,
            sqlite_where=text("unbound_at IS NULL"), postgresql_where=text("unbound_at IS NULL"),
        )
        for name, columns in (("line", ("line_id", "kind")), ("tool", ("tool_id",)), ("paste_lot", ("paste_lot_id",)))
    ),
)  # fmt: skip

maintenance = Table(
    "maintenance_record", c.metadata, c.key(),
    c.text("record_no", nullable=False, unique=True),
    c.text("entity_type", nullable=False),  # STENCIL SQUEEGEE FIXTURE EQUIPMENT
    c.text("entity_id", nullable=False),  # tool or equipment code
    c.text("entity_name"),
    c.ref("line_id", "line", nullable=True, index=True),
    c.text("maintenance_type", nullable=False),
    c.text("status", nullable=False),
    c.flag("blocks_use", default=False),
    c.text("description", nullable=False),
    c.text("resolution"),
    c.text("parts_replaced"),
    Column("cost", Float),
    c.flag("reset_life", default=False),
    c.text("assigned_to"),
    c.instant("reported_at", nullable=False),
    c.whole("reported_by"),
    c.text("reported_by_name"),
    c.instant("started_at"),
    c.whole("started_by"),
    c.text("started_by_name"),
    c.instant("completed_at"),
    c.whole("completed_by"),
    c.text("completed_by_name"),
    c.instant("verified_at"),
    c.whole("verified_by"),
    c.text("verified_by_name"),
    c.text("verify_remark"),
    c.text("cancel_reason"),
    c.text("opened_from", nullable=False),  # MANUAL, or FORM_NG when a failed check opened it
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_maintenance_record_entity", "entity_type", "entity_id", "status"),
    Index(
        "uq_maintenance_record_open", "entity_type", "entity_id", "maintenance_type", unique=True,
        sqlite_where=text("status NOT IN ('VERIFIED', 'CANCELLED')"),
        postgresql_where=text("status NOT IN ('VERIFIED', 'CANCELLED')"),
    ),
)  # fmt: skip
