"""The table of device data as it came (spec 08.3.7): one row for each event, so that a repeat has no effect; its values are `data_value` rows."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from fiducial.kit import columns as c

device_events = Table(
    "device_event", c.metadata, c.key(),
    c.text("system", nullable=False),  # of the token, MANUAL for people
    c.text("event_id", nullable=False),
    c.blob("digest", nullable=False),
    c.text("source", nullable=False),
    c.instant("event_time", nullable=False),  # the machine's clock
    c.instant("effective_at", nullable=False),
    c.instant("received_at", nullable=False),
    c.whole("offset_ms"),
    c.flag("clock_suspect", default=False),
    c.text("held_reason"),
    c.json("warnings"),
    c.ref("track_id", "track", nullable=True, index=True),
    c.ref("carrier_track_id", "carrier_track", nullable=True),
    c.ref("run_id", "run"),
    c.ref("unit_id", "unit", nullable=True, index=True),
    c.ref("station_id", "station"),
    c.whole("step_no", nullable=False),
    c.flag("late", default=False),  # it came when the unit had left
    c.whole("passed", nullable=False),
    c.whole("failed", nullable=False),
    c.whole("not_judged", nullable=False),
    c.text("operator_id"),
    c.text("reason"),
    c.text("equipment_id"),
    c.json("meta"),
    c.whole("by_id"),
    c.text("by_name"),
    UniqueConstraint("system", "event_id"),
    Index("ix_device_event_time", "event_time"),
)  # fmt: skip
