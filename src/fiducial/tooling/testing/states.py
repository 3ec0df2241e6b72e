"""Lifecycle of test programs (spec 11.5)."""

from __future__ import annotations

from fiducial.kit.moves import Lifecycle, Move
from fiducial.tooling.testing.tables import programs

DRAFT, ACTIVE, RETIRED = "DRAFT", "ACTIVE", "RETIRED"
PASS, FAIL = "PASS", "FAIL"

TEST_PROGRAM = Lifecycle(
    "TEST_PROGRAM", programs.c.status, states=(DRAFT, ACTIVE, RETIRED), terminal=(RETIRED,),
    moves=(
        Move("create", (), DRAFT, "write", permission="route:configure", event=""),
        Move("activate", (DRAFT,), ACTIVE, "release for testing", permission="route:configure"),
        Move("supersede", (ACTIVE,), RETIRED, "make room for a newer version", permission="route:configure",
             audit="TEST_PROGRAM_RETIRE", event=""),
        Move("retire", (ACTIVE,), RETIRED, "take out of use", permission="route:configure"),
    ),
)  # fmt: skip
