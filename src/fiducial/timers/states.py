"""The lifecycle of a running clock (spec 04.9)."""

from __future__ import annotations

from fiducial.kit.moves import Lifecycle, Move
from fiducial.timers.tables import clocks

ACTIVE, COMPLETED, EXPIRED, WAIVED, CANCELLED = "ACTIVE", "COMPLETED", "EXPIRED", "WAIVED", "CANCELLED"

CLOCK = Lifecycle(
    "TIME_RULE", clocks.c.status, states=(ACTIVE, COMPLETED, EXPIRED, WAIVED, CANCELLED), terminal=(COMPLETED, WAIVED, CANCELLED),
    moves=(
        Move("start", (), ACTIVE, "the start event happened", audit="", event=""),
        Move("finish", (ACTIVE,), COMPLETED, "the end event came in time", audit="", event=""),
        Move("expire", (ACTIVE,), EXPIRED, "the time is over", audit="", event=""),
        Move("waive", (ACTIVE, EXPIRED), WAIVED, "a person lets it be", permission="readiness:override", event=""),
        Move("complete", (ACTIVE,), COMPLETED, "a person says it ended", permission="readiness:override", event=""),
        Move("cancel", (ACTIVE,), CANCELLED, "the thing is gone", audit="", event=""),
    ),
)  # fmt: skip
