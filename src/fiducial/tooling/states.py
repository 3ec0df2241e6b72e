"""Lifecycles of tools (spec 10.3) and of maintenance records (spec 04.11)."""

from __future__ import annotations

from fiducial.kit.moves import Lifecycle, Move
from fiducial.tooling.tables import maintenance, tools

TOOL = Lifecycle(
    "TOOL", tools.c.status, states=("ACTIVE", "BLOCKED", "RETIRED"), terminal=("RETIRED",),
    moves=(
        Move("create", (), "ACTIVE", "put into the register", permission="tool:config", event=""),
        Move("block", ("ACTIVE",), "BLOCKED", "take out of use", permission="tool:config", event=""),
        Move("release", ("BLOCKED",), "ACTIVE", "give free again", permission="tool:config", event=""),
        Move("retire", ("ACTIVE", "BLOCKED"), "RETIRED", "take away for good", permission="tool:config", event=""),
    ),
)  # fmt: skip

MAINTENANCE = Lifecycle(
    "MAINTENANCE", maintenance.c.status,
    states=("PENDING", "IN_PROGRESS", "COMPLETED", "VERIFIED", "CANCELLED"), terminal=("VERIFIED", "CANCELLED"),
    moves=(
        Move("create", (), "PENDING", "report", permission="maintenance:write", event=""),
        Move("start", ("PENDING",), "IN_PROGRESS", "begin to work on it", permission="maintenance:write", event=""),
        Move("complete", ("PENDING", "IN_PROGRESS"), "COMPLETED", "finish the work", permission="maintenance:write", event=""),
        Move("verify", ("COMPLETED",), "VERIFIED", "found in order", permission="maintenance:verify", event=""),
        Move("send_back", ("COMPLETED",), "IN_PROGRESS", "found not in order", permission="maintenance:verify",
             audit="MAINTENANCE_VERIFY", event=""),
        Move("cancel", ("PENDING", "IN_PROGRESS"), "CANCELLED", "give up", permission="maintenance:write", event=""),
    ),
)  # fmt: skip
OPEN = ("PENDING", "IN_PROGRESS", "COMPLETED")
