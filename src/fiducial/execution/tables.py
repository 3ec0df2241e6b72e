"""Tables of execution: tracks, values, holds (spec 05.2, 05.7, 05.9). Rows are small: ten of them stand behind every board."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table, text

from fiducial.kit import columns as c

tracks = Table(
    "track", c.metadata, c.key(),
    c.ref("unit_id", "unit"),
    c.ref("run_id", "run"),
    c.ref("station_id", "station"),
    c.whole("step_no", nullable=False),
    c.whole("visit_no", nullable=False),
    c.text("source"),  # null is MANUAL
    c.text("mode"),  # null is NORMAL
    c.whole("fai_id"),
    c.instant("in_at", nullable=False),
    c.instant("out_at"),
    c.text("result"),
    c.whole("in_by"),
    c.text("in_by_name"),  # as it was then: a person may be renamed, a track not
    c.whole("out_by"),
    c.text("out_by_name"),
    c.text("operator_id_in"),
    c.text("operator_id_out"),
    c.json("more"),  # carrier, ingest event, tools, machine times, what forced a FAIL: what few tracks have
    c.instant("voided_at"),
    c.json("voided"),  # {by, byName, reason}
    Index("ix_track_unit", "unit_id"),
    Index("ix_track_station", "station_id", "in_at"),
    Index("ix_track_out", "out_at"),  # the figures of quality by hour and shift
    Index("ix_track_step", "run_id", "step_no", "in_at"),  # which boards were placed while a reel was on (spec 07.9)
    # At most one open, unvoided track of a unit: the index enforces it, not only code (spec 05.2).
    Index(
        "uq_track_open", "unit_id", unique=True,
        sqlite_where=text("out_at IS NULL AND voided_at IS NULL"),
        postgresql_where=text("out_at IS NULL AND voided_at IS NULL"),
    ),
    Index(
        "ix_track_open_station", "station_id",
        sqlite_where=text("out_at IS NULL AND voided_at IS NULL"),
        postgresql_where=text("out_at IS NULL AND voided_at IS NULL"),
    ),
)  # fmt: skip

data_values = Table(
    "data_value", c.metadata, c.key(),
    c.ref("track_id", "track", index=True),
    c.text("spec_id", nullable=False),  # opaque id of the frozen spec
    c.whole("revision", nullable=False),  # of the spec it was judged by
    c.text("name", nullable=False),
    Column("value_number", Float),
    c.text("value_text"),
    c.whole("value_boolean"),  # 0, 1 or null
    c.text("value_json"),
    c.text("unit"),
    c.text("limits"),  # canonical JSON {min, max} as judged
    c.text("judge", nullable=False),
    c.flag("alarmed", default=False),
    c.text("source", nullable=False),
    c.text("method", nullable=False),
    c.instant("collected_at", nullable=False),
    c.whole("collected_by"),
    c.text("collected_by_name"),
    c.whole("event_id"),  # the device event that brought it; it knows when the server had it
)  # fmt: skip

holds = Table(
    "unit_hold", c.metadata, c.key(),
    c.ref("unit_id", "unit", index=True),
    c.text("source", nullable=False),  # MANUAL DATA_ALARM DEFECT IPQC OQC
    c.text("reason"),
    c.whole("placed_by"),
    c.text("placed_by_name"),
    c.instant("placed_at", nullable=False),
    c.flag("pending", default=False),  # waits for the unit's track-out
    c.text("resume_status"),
    c.whole("resume_step_no"),
    c.whole("defect_id"),
    c.whole("released_by"),
    c.text("released_by_name"),
    c.instant("released_at"),
    c.text("release_reason"),
    Index(
        "uq_unit_hold_open", "unit_id", unique=True,
        sqlite_where=text("released_at IS NULL"), postgresql_where=text("released_at IS NULL"),
    ),
)  # fmt: skip
