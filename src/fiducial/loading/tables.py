"""Tables of loading (spec 04.1-04.8): slots, what belongs on them, what is on them, parts placed by hand, floor life.

A product or a routing that is "any" is kept as the empty text, for a unique key does not compare nulls.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from fiducial.kit import columns as c

ANY = ""


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


slots = Table(
    "feeder_slot", c.metadata, c.key(),
    c.ref("line_id", "line"),
    c.text("slot_code", nullable=False),  # without any white space
    c.text("slot_name"),
    c.text("machine_no"),
    c.whole("position", nullable=False),
    c.flag("is_active", default=True),
    c.flag("is_locked", default=False),
    c.whole("failed_attempts", nullable=False, default=0),
    c.instant("locked_at"),
    c.text("locked_reason"),
    c.text("locked_run_no"),
    c.whole("current_record_id"),  # the reel that is physically there, also after its run has ended
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("line_id", "slot_code"),
)  # fmt: skip

locks = Table(
    "slot_lock", c.metadata, c.key(),
    c.ref("slot_id", "feeder_slot", index=True),
    c.ref("run_id", "run", nullable=True),
    c.json("attempts", nullable=False),  # [{barcode, at, by}]
    c.instant("locked_at", nullable=False),
    c.instant("unlocked_at"),
    c.whole("unlocked_by"),
    c.text("unlocked_by_name"),
    c.text("reason"),
)  # fmt: skip

mappings = Table(
    "slot_mapping", c.metadata, c.key(),
    c.ref("slot_id", "feeder_slot"),
    c.text("product_code", nullable=False),
    c.text("routing_code", nullable=False),
    c.text("material_code", nullable=False, index=True),
    c.flag("is_alternate", default=False),
    c.whole("priority", nullable=False, default=1),
    Column("unit_consumption", Float),  # pieces per unit, null is unknown
    c.flag("is_common_material", default=False),
    c.json("ref_des", nullable=False),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("slot_id", "product_code", "routing_code", "material_code"),
    _partial("uq_slot_mapping_primary", "slot_id", "product_code", "routing_code", where="NOT is_alternate"),
)  # fmt: skip

station_tables = Table(
    "station_table", c.metadata, c.key(),
    c.ref("line_id", "line"),
    c.text("product_code", nullable=False),
    c.text("routing_code", nullable=False),
    c.text("program_name"),
    c.text("unlisted_slots", nullable=False),  # REQUIRED EMPTY
    c.whole("revision", nullable=False, default=1),
    c.text("file_name"),
    c.text("file_hash"),
    c.whole("imported_by"),
    c.text("imported_by_name"),
    c.instant("imported_at"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("line_id", "product_code", "routing_code"),
)  # fmt: skip

# A run whose table is loaded, with what it was made of; a route without a step of kind MOUNT is placed on the whole line.
loaded_tables = Table(
    "loaded_table", c.metadata, c.ref("run_id", "run"),
    c.text("table_hash", nullable=False),
    c.flag("whole_line", default=False),
    c.instant("loaded_at", nullable=False),
    c.whole("loaded_by"),
    c.text("loaded_by_name"),
    PrimaryKeyConstraint("run_id"),
)  # fmt: skip

# The steps at which boards of a run take parts from the slots (spec 04.7): from its frozen route, so that windows are found by a join.
placement_steps = Table(
    "placement_step", c.metadata,
    c.ref("run_id", "run"),
    c.whole("step_no", nullable=False),
    PrimaryKeyConstraint("run_id", "step_no"),
)  # fmt: skip

expectations = Table(
    "slot_expectation", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.ref("slot_id", "feeder_slot", index=True),
    c.text("expected_material", nullable=False),
    c.json("alternates", nullable=False),  # material codes in order of priority
    Column("unit_consumption", Float),
    c.json("ref_des", nullable=False),
    c.whole("level", nullable=False),
    c.text("status", nullable=False),  # PENDING LOADED MISMATCH
    c.whole("record_id"),  # the open reel of this run on the slot, also while a wrong one was scanned
    c.text("wrong_material"),  # of the last scan, while MISMATCH
    c.flag("must_reload", default=False),  # its reel was taken off after the run was authorised
    UniqueConstraint("run_id", "slot_id"),
)  # fmt: skip

records = Table(
    "loading_record", c.metadata, c.key(),
    c.ref("run_id", "run"),
    c.ref("slot_id", "feeder_slot"),
    c.text("kind", nullable=False),  # LOAD REPLACE
    c.ref("lot_id", "material_lot", nullable=True),
    c.text("material_code", nullable=False),
    c.text("lot_no", nullable=False),
    c.text("barcode", nullable=False),
    c.text("expected_code", nullable=False),
    c.flag("is_alternate", default=False),
    c.text("verify_result", nullable=False),  # PASS WARNING FAIL
    c.text("fail_code"),
    c.text("status", nullable=False),  # LOADED UNLOADED REPLACED REJECTED
    c.whole("failed_attempts", nullable=False, default=0),  # of the slot after this scan
    c.flag("slot_locked", default=False),  # by this scan
    c.whole("package_qty"),
    Column("unit_consumption", Float),
    c.text("reason"),
    c.flag("needs_review", default=False),
    c.whole("reviewed_by"),
    c.text("reviewed_by_name"),
    c.instant("reviewed_at"),
    c.instant("loaded_at", nullable=False),
    c.whole("loaded_by"),
    c.text("loaded_by_name"),
    c.text("operator_id"),
    c.instant("unloaded_at"),
    c.whole("unloaded_by"),
    c.text("unloaded_by_name"),
    c.text("unload_reason"),
    c.ref("replaced_record_id", "loading_record", nullable=True, index=True),
    c.ref("first_unit_id", "unit", nullable=True, index=True),
    c.instant("low_at"),  # when it was told that the reel runs low
    Index("ix_loading_record_run", "run_id", "slot_id", "loaded_at"),
    Index("ix_loading_record_lot", "lot_id", "loaded_at"),
    Index("ix_loading_record_kind", "kind", "loaded_at"),
    _partial("uq_loading_record_open", "slot_id", where="status = 'LOADED'"),  # a slot holds one reel
)  # fmt: skip

material_uses = Table(
    "material_use", c.metadata, c.key(),
    c.ref("unit_id", "unit", index=True),
    c.ref("run_id", "run"),
    c.ref("station_id", "station", nullable=True),  # where it was placed by hand; none of a repair
    c.whole("step_no", nullable=False),
    c.ref("lot_id", "material_lot", index=True),
    c.text("material_code", nullable=False),
    c.text("lot_no", nullable=False),
    c.text("part_sn"),
    c.text("position"),
    Column("qty", Float, nullable=False),
    c.flag("is_key_part", default=False),
    c.text("source", nullable=False),
    c.instant("used_at", nullable=False),
    c.whole("used_by"),
    c.text("used_by_name"),
    c.text("operator_id"),
    c.instant("removed_at"),
    c.whole("removed_by"),
    c.text("removed_by_name"),
    c.text("remove_reason"),
    Index("ix_material_use_place", "station_id", "material_code", "used_at"),
    _partial("uq_material_use_part", "material_code", "part_sn", where="part_sn IS NOT NULL AND removed_at IS NULL"),
)  # fmt: skip

msl_levels = Table(
    "msl_level", c.metadata,
    c.text("level", nullable=False),
    c.whole("floor_life_minutes"),  # null is no limit
    c.flag("by_label", default=False),  # baked before use, then the time on the label
    Column("bake_temp_c", Float),
    Column("bake_min_hours", Float),
    c.flag("dry_pauses", default=True),
    c.instant("updated_at", nullable=False),
    PrimaryKeyConstraint("level"),
)  # fmt: skip

msl_clocks = Table(
    "msl_clock", c.metadata, c.ref("lot_id", "material_lot"),
    c.text("state", nullable=False),  # SEALED OPEN DRY BAKING EXPIRED
    c.whole("used_ms", nullable=False, default=0),  # before `since`
    c.whole("floor_life_minutes"),
    c.instant("opened_at"),
    c.instant("since"),  # the clock runs from here, while OPEN, and while DRY where dry store does not pause it
    c.instant("expires_at", nullable=True),
    c.text("before_bake"),
    PrimaryKeyConstraint("lot_id"),
    Index("ix_msl_clock_expiry", "state", "expires_at"),
)  # fmt: skip

msl_events = Table(
    "msl_event", c.metadata, c.key(),
    c.ref("lot_id", "material_lot", index=True),
    c.text("event", nullable=False),
    c.text("from_state", nullable=False),
    c.text("to_state", nullable=False),
    c.whole("used_ms", nullable=False),
    c.text("remark"),
    c.whole("about_id"),  # the BAKE_IN that is undone or judged anew
    c.instant("at", nullable=False),
    c.whole("by_id"),
    c.text("by_name"),
)  # fmt: skip
