"""Tables of the plant (spec 01.2-01.4)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from fiducial.kit import columns as c


def _stamps() -> list[Column[int]]:
    return [c.instant("created_at", nullable=False), c.instant("updated_at", nullable=False)]


lines = Table(
    "line", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),  # codes that differ only in letter case are one too many
    c.text("name", nullable=False),
    c.text("process_type", nullable=False),
    c.flag("is_active", default=True),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

groups = Table(
    "station_group", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

stations = Table(
    "station", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.ref("line_id", "line", index=True),
    c.ref("group_id", "station_group", nullable=True, index=True),
    c.text("station_type", nullable=False),
    c.json("equipment_codes", nullable=False),
    c.flag("is_manual_bench", default=False),
    c.flag("is_active", default=True),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

operations = Table(
    "operation", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("default_type", nullable=False),
    c.flag("is_key_quality", default=False),
    c.text("process_kind", nullable=False),
    c.flag("is_active", default=True),
    c.flag("needs_review", default=False),
    c.text("source", nullable=False),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

materials = Table(
    "material", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("category"),
    c.text("unit"),
    c.text("model"),
    c.text("source_system", nullable=False),
    c.flag("is_forbidden", default=False),
    c.instant("source_updated_at"),
    c.flag("is_moisture_sensitive", default=False),
    c.text("msl_level"),
    c.flag("track_key_part", default=False),
    c.whole("panel_size", nullable=False, default=1),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

bom_items = Table(
    "bom_item", c.metadata,
    c.text("parent_code", nullable=False),
    c.text("child_code", nullable=False, index=True),
    Column("qty", Float, nullable=False),
    c.text("unit"),
    c.flag("is_key_part", default=False),
    c.text("source_system", nullable=False),
    c.instant("source_updated_at"),
    c.instant("updated_at", nullable=False),
    PrimaryKeyConstraint("parent_code", "child_code"),
)  # fmt: skip

lots = Table(
    "material_lot", c.metadata, c.key(),
    c.text("material_code", nullable=False),
    c.text("lot_no", nullable=False),
    c.text("supplier"),
    c.text("iqc_result"),
    c.instant("iqc_date"),
    c.instant("expires_at"),
    c.text("status", nullable=False),
    c.text("hold_reason"),
    c.text("origin"),
    *_stamps(),
    UniqueConstraint("material_code", "lot_no"),
    Index("ix_material_lot_no", "lot_no"),  # a label that names the lot alone
)  # fmt: skip

# Operations of other systems: under which key a system names one of ours (spec 01.3).
operation_mappings = Table(
    "operation_mapping", c.metadata, c.key(),
    c.text("source_system", nullable=False),
    c.text("source_process_key", nullable=False),
    c.text("source_process_name"),
    c.ref("operation_id", "operation", index=True),
    c.text("origin"),
    *_stamps(),
    UniqueConstraint("source_system", "source_process_key"),
)  # fmt: skip

# Work centres are the ERP's (spec 01.3); which group they mean is a suggestion that only a page shows.
work_centers = Table(
    "work_center", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("department_code"),
    c.text("department_name"),
    c.text("source_system", nullable=False),
    c.instant("source_updated_at"),
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

work_center_mappings = Table(
    "work_center_mapping", c.metadata, c.key(),
    c.text("source_system", nullable=False),
    c.text("source_work_center", nullable=False),  # empty: any of the department
    c.text("source_department", nullable=False),  # empty: any
    c.ref("group_id", "station_group", nullable=True, index=True),
    *_stamps(),
    UniqueConstraint("source_system", "source_work_center", "source_department"),
)  # fmt: skip

fai_templates = Table(
    "fai_template", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("product_code", nullable=False, index=True),
    c.text("process_type", nullable=False),
    c.text("version"),
    c.flag("is_active", default=True),
    c.whole("revision", nullable=False, default=1),
    c.json("items", nullable=False),  # by seq, in wire spelling: a snapshot copies them as they are
    c.text("origin"),
    *_stamps(),
)  # fmt: skip

_ACTIVE = text("status = 'ACTIVE'")
reflow_profiles = Table(
    "reflow_profile", c.metadata, c.key(),
    c.text("code", nullable=False),
    c.text("version", nullable=False),
    c.text("kind", nullable=False),  # REFLOW or WAVE
    c.text("name", nullable=False),
    c.text("program_name", nullable=False),
    c.text("description"),
    c.text("status", nullable=False),  # ACTIVE DEPRECATED ARCHIVED
    c.json("zones", nullable=False),  # {name, tempC, timeS}
    Column("chain_speed", Float),
    Column("peak_temp_min", Float),
    Column("peak_temp_max", Float),
    Column("total_time_min", Float),
    Column("total_time_max", Float),
    c.text("origin"),
    *_stamps(),
    UniqueConstraint("code", "version"),
    Index("ux_reflow_profile_active", "code", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
)  # fmt: skip
