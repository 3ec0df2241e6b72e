"""Tables of quality: inspections, sampling, first pieces (spec 06.2–06.8), defects and what is decided on them (06.9–06.14)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from fiducial.kit import columns as c

defect_codes = Table(
    "defect_code", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("name_en"),
    c.text("category"),
    c.text("severity"),
    c.json("operation_codes"),
    c.flag("is_active", default=True),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

defects = Table(
    "defect", c.metadata, c.key(),
    c.text("defect_no", nullable=False, unique=True),
    c.ref("unit_id", "unit", index=True),
    c.ref("run_id", "run", index=True),
    c.ref("track_id", "track", nullable=True, index=True),
    c.whole("step_no"),
    c.text("station_code"),
    c.text("code", nullable=False),
    c.text("code_name"),
    c.flag("code_known", default=False),
    c.text("severity"),
    c.text("location"),
    c.whole("qty", nullable=False, default=1),
    c.text("remark"),
    c.text("source", nullable=False),
    c.flag("blocking", default=True),
    c.text("status", nullable=False),  # RECORDED DISPOSITIONED CLOSED
    c.text("close_reason"),  # RELEASED SCRAPPED REWORKED REFAILED FALSE_CALL USE_AS_IS MRB_REWORK
    c.text("disposition"),  # the standing decision: REWORK SCRAP HOLD
    c.whole("to_step_no"),  # of a REWORK
    c.ref("inspection_id", "inspection", nullable=True, index=True),
    c.whole("machine_result_id"),  # the result of SPI or AOI that found it
    c.whole("superseded_by"),
    c.whole("created_by"),
    c.text("created_by_name"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at"),
    Index("ix_defect_code", "code", "created_at"),
    Index(
        "ix_defect_machine_result", "machine_result_id",
        sqlite_where=text("machine_result_id IS NOT NULL"), postgresql_where=text("machine_result_id IS NOT NULL"),
    ),
    Index("ix_defect_created", "created_at"),
)  # fmt: skip

_OPEN = "status IN ('PENDING', 'INSPECTING')"

inspections = Table(
    "inspection", c.metadata, c.key(),
    c.text("type", nullable=False),  # FAI IPQC FQC OQC
    c.ref("run_id", "run", index=True),
    c.text("scope", nullable=False),  # of an IPQC the code of its point, else ""
    c.text("status", nullable=False),  # PENDING INSPECTING PASS FAIL CANCELLED
    c.whole("sample_qty", nullable=False),
    c.json("sampled_units"),  # serials, null where any unit of the run may be looked at
    c.whole("passed_qty"),
    c.whole("failed_qty"),
    c.text("template_code"),
    c.text("remark"),
    c.json("data"),
    c.whole("created_by"),
    c.text("created_by_name"),
    c.instant("created_at", nullable=False),
    c.whole("inspector_id"),
    c.text("inspector_name"),
    c.instant("started_at"),
    c.whole("decided_by"),
    c.text("decided_by_name"),
    c.instant("decided_at"),
    c.text("decision"),
    c.whole("signature_id"),
    c.whole("signed_by"),
    c.text("signed_by_name"),
    c.instant("signed_at"),
    c.text("signature_meaning"),
    c.text("signature_remark"),
    c.text("content_hash"),
    c.whole("cancelled_by"),
    c.text("cancelled_by_name"),
    c.instant("cancelled_at"),
    c.text("cancel_reason"),
    c.whole("version", nullable=False, default=1),
    Index("ix_inspection_type", "type", "status", "created_at"),
    # One open inspection of a run and type (of a run and point): the index enforces it, not only code (spec 06.2).
    Index("uq_inspection_open", "run_id", "type", "scope", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
)  # fmt: skip

inspection_items = Table(
    "inspection_item", c.metadata, c.key(),
    c.ref("inspection_id", "inspection", index=True),
    c.whole("seq", nullable=False),
    c.ref("unit_id", "unit", nullable=True, index=True),
    c.text("item_name", nullable=False),
    c.text("item_spec"),
    c.text("actual_value"),
    c.text("result"),  # PASS FAIL NA; null is not looked at yet
    c.flag("required", default=False),
    c.text("template_item_id"),
    c.text("defect_code"),
    c.text("remark"),
    c.whole("inspected_by"),
    c.text("inspected_by_name"),
    c.instant("inspected_at"),
    c.json("revisions"),  # [{result, actualValue, unitSn, reason, by, byName, at}], oldest first
)  # fmt: skip

sampling_rules = Table(
    "sampling_rule", c.metadata, c.key(),
    c.text("product_code", index=True),
    c.ref("line_id", "line", nullable=True, index=True),
    c.text("routing_code"),
    c.text("sampling_type", nullable=False),  # PERCENTAGE FIXED AQL
    Column("sample_value", Float),
    c.text("inspection_level"),
    c.text("aql"),
    c.text("severity"),
    c.text("table_code"),
    c.whole("priority", nullable=False, default=0),
    c.flag("is_active", default=True),
    c.text("severity_reason"),
    c.whole("severity_by"),
    c.text("severity_by_name"),
    c.instant("severity_at"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

# Tables of sampling plans are data with an edition; an edit makes a new version, the old ones stay (spec 06.7).
aql_tables = Table(
    "aql_table", c.metadata, c.key(),
    c.text("code", nullable=False),
    c.whole("version", nullable=False),
    c.text("edition", nullable=False),
    c.json("letters", nullable=False),
    c.json("plans", nullable=False),
    c.text("source"),
    c.whole("verified_by"),
    c.text("verified_by_name"),
    c.instant("verified_at"),
    c.flag("is_active", default=True),
    c.instant("created_at", nullable=False),
    UniqueConstraint("code", "version"),
)  # fmt: skip

ipqc_points = Table(
    "ipqc_point", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("routing_code"),
    c.whole("step_no"),
    c.text("process_kind"),
    c.text("station_code"),
    c.text("check_type", nullable=False),  # FIRST_PIECE PATROL EVENT
    c.whole("sample_qty", nullable=False, default=1),
    c.json("items", nullable=False),
    c.text("gate", nullable=False),  # NONE WARN BLOCK
    c.json("frequency"),  # {minutes} or {units}
    c.json("retrigger_on", nullable=False),
    c.flag("is_active", default=True),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

# Where a run stands at a point: of a first piece its state, of a patrol when the last one was.
ipqc_states = Table(
    "ipqc_state", c.metadata,
    c.ref("run_id", "run"),
    c.ref("point_id", "ipqc_point"),
    c.text("state", nullable=False),  # NONE DUE PASSED
    c.ref("inspection_id", "inspection", nullable=True),
    c.ref("unit_id", "unit", nullable=True, index=True),  # the first piece, while an inspection that was made by hand before is still open
    c.text("reason"),  # what set it back: an event of `retrigger_on`, or FAIL
    c.instant("since", nullable=False),
    PrimaryKeyConstraint("run_id", "point_id"),
)  # fmt: skip

dispositions = Table(
    "defect_disposition", c.metadata, c.key(),
    c.ref("defect_id", "defect", index=True),
    c.text("type", nullable=False),  # REWORK SCRAP HOLD, RELEASE of a hold
    c.text("reason"),
    c.whole("to_step_no"),
    c.text("override_reason"),
    c.whole("decided_by"),
    c.text("decided_by_name"),
    c.instant("decided_at", nullable=False),
)  # fmt: skip

rework_tasks = Table(
    "rework_task", c.metadata, c.key(),
    c.ref("defect_id", "defect", index=True),
    c.ref("unit_id", "unit"),
    c.ref("run_id", "run", index=True),
    c.whole("from_step_no", nullable=False),
    c.whole("to_step_no", nullable=False),
    c.text("status", nullable=False),  # OPEN DONE CANCELLED
    c.whole("done_by"),
    c.text("done_by_name"),
    c.instant("done_at"),
    c.text("remark"),
    c.flag("settled", default=False),  # passed or failed again since, or decided otherwise: asks nothing of the next track-out
    c.instant("created_at", nullable=False),
    Index("ix_rework_task_unit", "unit_id", "settled"),
)  # fmt: skip

repair_records = Table(
    "repair_record", c.metadata, c.key(),
    c.ref("task_id", "rework_task", index=True),
    c.whole("attempt", nullable=False),
    c.text("reason"),
    c.text("action", nullable=False),
    c.text("result", nullable=False),
    c.json("parts_replaced", nullable=False),  # [{position, materialCode, lotNo}]
    c.text("remark"),
    c.whole("repaired_by"),
    c.text("repaired_by_name"),
    c.instant("repaired_at", nullable=False),
    UniqueConstraint("task_id", "attempt"),
)  # fmt: skip

mrb_decisions = Table(
    "mrb_decision", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.ref("inspection_id", "inspection"),
    c.text("decision", nullable=False),  # RELEASE REWORK SCRAP
    c.text("reason", nullable=False),
    c.text("rework_type"),
    c.ref("rework_run_id", "run", nullable=True, index=True),
    c.flag("fai_waived", default=False),
    c.text("fai_waiver_reason"),
    c.json("participants"),
    c.whole("signature_id"),
    c.whole("decided_by"),
    c.text("decided_by_name"),
    c.instant("decided_at", nullable=False),
    UniqueConstraint("run_id"),
)  # fmt: skip

defect_photos = Table(
    "defect_photo", c.metadata, c.key(),
    c.ref("defect_id", "defect"),
    c.text("name", nullable=False, unique=True),  # of the file in the data folder, under `uploads`
    c.whole("width", nullable=False),
    c.whole("height", nullable=False),
    c.whole("size", nullable=False),
    c.text("sha256", nullable=False),
    c.whole("added_by"),
    c.text("added_by_name"),
    c.instant("added_at", nullable=False),
    UniqueConstraint("defect_id", "sha256"),
)  # fmt: skip

# What the figures of quality are summed from: one row for each day of the plant, station, run and step, counted in the track-out.
yield_days = Table(
    "yield_day", c.metadata,
    c.text("day", nullable=False),  # of the plant, 2026-01-25
    c.ref("station_id", "station"),
    c.ref("run_id", "run", index=True),
    c.whole("step_no", nullable=False),
    c.ref("line_id", "line"),
    c.text("product_code", nullable=False),
    c.whole("visits", nullable=False),
    c.whole("failed", nullable=False),
    c.whole("first_visits", nullable=False),
    c.whole("first_failed", nullable=False),
    PrimaryKeyConstraint("day", "station_id", "run_id", "step_no"),
)  # fmt: skip
