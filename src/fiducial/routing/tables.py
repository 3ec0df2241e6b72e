"""Tables of routing (spec 01.5-01.9)."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from fiducial.kit import columns as c

routes = Table(
    "route", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("code_folded", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("source_system", nullable=False),  # ERP or MES
    c.text("source_key"),
    c.text("product_code", index=True),
    c.text("version"),
    c.text("process_type", nullable=False),
    c.flag("is_active", default=True),
    c.instant("effective_from"),
    c.instant("effective_to"),
    c.text("fai_template_code"),
    c.text("unknown_serial_policy", nullable=False),  # REFUSE or REGISTER
    c.text("fai_trial_policy", nullable=False),  # REQUIRED or OPTIONAL
    c.flag("needs_compile", default=True),
    c.flag("needs_review", default=False),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

steps = Table(
    "route_step", c.metadata, c.key(),
    c.ref("route_id", "route"),
    c.whole("step_no", nullable=False),
    c.ref("operation_id", "operation", nullable=True, index=True),  # null: an ERP step whose process is not mapped
    c.ref("group_id", "station_group", nullable=True, index=True),
    c.text("station_type"),
    c.flag("requires_fai", default=False),
    c.text("source_step_key"),
    c.json("erp"),
    UniqueConstraint("route_id", "step_no"),
)  # fmt: skip

configs = Table(
    "execution_config", c.metadata, c.key(),
    c.text("scope", nullable=False),  # STEP OPERATION ROUTE GLOBAL
    c.text("target", nullable=False, unique=True),  # one config for each scope target
    c.ref("route_id", "route", nullable=True, index=True),
    c.whole("step_no"),
    c.text("source_step_key"),
    c.ref("operation_id", "operation", nullable=True, index=True),
    c.json("fields", nullable=False),  # what is said here; a field that is absent is not said
    c.text("remark"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

data_specs = Table(
    "data_spec", c.metadata, c.key(),
    c.ref("operation_id", "operation"),
    c.text("name", nullable=False),
    c.text("name_folded", nullable=False),
    c.text("item_type", nullable=False),
    c.text("data_type", nullable=False),
    c.text("method", nullable=False),
    c.text("trigger_type", nullable=False),
    c.json("trigger_rule"),
    c.json("spec"),
    c.json("alarm"),
    c.flag("is_required", default=False),
    c.flag("is_active", default=True),
    c.whole("revision", nullable=False, default=1),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("operation_id", "name_folded"),
)  # fmt: skip

versions = Table(
    "route_version", c.metadata, c.key(),
    c.ref("route_id", "route"),
    c.whole("version_no", nullable=False),
    c.text("status", nullable=False),  # READY or INVALID
    c.text("content_hash", nullable=False),
    c.text("snapshot", nullable=False),  # canonical JSON: what is hashed is text
    c.json("errors", nullable=False),
    c.json("warnings", nullable=False),
    c.instant("compiled_at", nullable=False),
    c.whole("compiled_by"),
    c.text("compiled_by_name"),
    c.instant("retired_at"),
    c.whole("retired_by"),
    c.text("retired_by_name"),
    c.text("retire_reason"),
    UniqueConstraint("route_id", "version_no"),
    Index("ix_route_version_ready", "route_id", "status", "version_no"),
)  # fmt: skip
