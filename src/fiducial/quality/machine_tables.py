"""The table of machine results: what SPI and AOI said of a board, and what people said in their place (spec 08.3.6)."""

from __future__ import annotations

from sqlalchemy import Index, text

from fiducial.kit import columns as c
from fiducial.plant.reported import reported

# `status` is the result, PASS or FAIL; the thing is the unit. `track_id` is empty until the visit it is about is known.
machine_results = reported(
    "machine_result", "unit",
    c.text("kind", nullable=False),  # SPI AOI
    c.ref("run_id", "run"),
    c.ref("station_id", "station"),
    c.whole("step_no"),
    c.ref("track_id", "track", nullable=True, index=True),
    c.text("match_status", nullable=False),  # MATCHED PENDING ORPHAN
    c.json("defects"),  # as they were sent
    c.text("remark"),
    c.json("raw"),
    c.flag("degraded", default=False),  # a person spoke in the machine's place, not to overrule it
    c.whole("overruled_by"),  # the result by which a person overruled this FAIL
    c.text("overruled_by_name"),
    c.instant("overruled_at"),
    Index(
        "ix_machine_result_pending", "subject_id",
        sqlite_where=text("match_status = 'PENDING'"), postgresql_where=text("match_status = 'PENDING'"),
    ),
    Index("ix_machine_result_received", "received_at"),
)  # fmt: skip
