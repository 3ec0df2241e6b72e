"""Tables of quality: defects and their codes (spec 06.9, 06.14)."""

from __future__ import annotations

from sqlalchemy import Index, Table

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
    c.text("close_reason"),
    c.whole("created_by"),
    c.text("created_by_name"),
    c.instant("created_at", nullable=False),
    Index("ix_defect_code", "code", "created_at"),
)  # fmt: skip
