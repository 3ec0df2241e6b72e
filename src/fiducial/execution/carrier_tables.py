"""Tables of carriers (载具, spec 05.12): trays, racks and pallets, what was on them and when, where they were."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table, text

from fiducial.kit import columns as c

carriers = Table(
    "carrier", c.metadata, c.key(),
    c.text("carrier_no", nullable=False, unique=True),
    c.text("type", nullable=False),  # TRAY RACK PALLET REFLOW_LOT OTHER
    c.text("status", nullable=False),  # ACTIVE IDLE RETIRED
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

carrier_loads = Table(
    "carrier_load", c.metadata, c.key(),
    c.ref("carrier_id", "carrier"),
    c.ref("unit_id", "unit"),
    c.ref("run_id", "run"),
    c.instant("loaded_at", nullable=False),
    c.instant("unloaded_at"),
    Index("ix_carrier_load_carrier", "carrier_id", "loaded_at"),
    Index("ix_carrier_load_unit", "unit_id", "loaded_at"),
    # A unit is on one carrier at a time.
    Index(
        "uq_carrier_load_open", "unit_id", unique=True,
        sqlite_where=text("unloaded_at IS NULL"), postgresql_where=text("unloaded_at IS NULL"),
    ),
)  # fmt: skip

carrier_tracks = Table(
    "carrier_track", c.metadata, c.key(),
    c.ref("carrier_id", "carrier"),
    c.ref("run_id", "run"),
    c.ref("station_id", "station"),
    c.whole("step_no", nullable=False),
    c.instant("in_at", nullable=False),
    c.instant("out_at"),
    c.text("result"),
    c.text("source", nullable=False),
    Index("ix_carrier_track_carrier", "carrier_id", "in_at"),
)  # fmt: skip

# What was measured of a carrier as a whole, an oven's profile say: as `data_value`.
carrier_values = Table(
    "carrier_value", c.metadata, c.key(),
    c.ref("carrier_track_id", "carrier_track", index=True),
    c.text("spec_id", nullable=False),
    c.whole("revision", nullable=False),
    c.text("name", nullable=False),
    Column("value_number", Float),
    c.text("value_text"),
    c.whole("value_boolean"),
    c.text("value_json"),
    c.text("unit"),
    c.text("limits"),
    c.text("judge", nullable=False),
    c.flag("alarmed", default=False),
    c.text("source", nullable=False),
    c.text("method", nullable=False),
    c.instant("collected_at", nullable=False),
    c.whole("collected_by"),
    c.text("collected_by_name"),
)  # fmt: skip
