"""The words of tooling as people read them, and its part of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from fiducial.kit.text import Text
from fiducial.web.shell import MenuItem, Status, StatusSet

GROUP = Text("Preparation")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Tool register"), url="/tools", icon="tool", group=GROUP, permissions=("tool:read",)),
    MenuItem(label=Text("Repairs"), url="/maintenance", icon="tools", group=GROUP, permissions=("maintenance:read",)),
    MenuItem(
        label=Text("Test programs"),
        url="/test-programs",
        icon="file-code",
        group=Text("Process"),
        permissions=("route:read",),
    ),
    MenuItem(
        label=Text("Test records"),
        url="/test-records",
        icon="clipboard-check",
        group=Text("Quality"),
        permissions=("exec:read", "trace:read"),
    ),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="tool",
        states=(
            Status(code="ACTIVE", label=Text("Usable"), colour="green"),
            Status(code="BLOCKED", label=Text("Blocked"), colour="red"),
            Status(code="RETIRED", label=Text("Retired"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="calibration",
        states=(
            Status(code="VALID", label=Text("Calibrated"), colour="green"),
            Status(code="DUE_SOON", label=Text("Calibration due soon"), colour="yellow"),
            Status(code="OVERDUE", label=Text("Calibration overdue"), colour="red"),
            Status(code="NONE", label=Text("Not calibrated"), colour="secondary"),
            Status(code="PASS", label=Text("Pass"), colour="green"),
            Status(code="FAIL", label=Text("Fail"), colour="red"),
        ),
    ),
    StatusSet(
        kind="maintenance",
        states=(
            Status(code="PENDING", label=Text("Reported"), colour="yellow"),
            Status(code="IN_PROGRESS", label=Text("Being repaired"), colour="blue"),
            Status(code="COMPLETED", label=Text("To be verified"), colour="azure"),
            Status(code="VERIFIED", label=Text("Verified"), colour="green"),
            Status(code="CANCELLED", label=Text("Cancelled"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="test_program",
        states=(
            Status(code="DRAFT", label=Text("Draft"), colour="azure"),
            Status(code="ACTIVE", label=Text("Active"), colour="green"),
            Status(code="RETIRED", label=Text("Out of use"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="test",
        states=(
            Status(code="PASS", label=Text("Passes"), colour="green"),
            Status(code="FAIL", label=Text("Fails"), colour="red"),
        ),
    ),
    StatusSet(
        kind="supply",
        states=(
            Status(code="READY", label=Text("Ready for use"), colour="green"),
            Status(code="NOT_READY", label=Text("Not ready"), colour="red"),
            Status(code="MAINTENANCE", label=Text("In maintenance"), colour="orange"),
            Status(code="COMPLIANT", label=Text("Compliant"), colour="green"),
            Status(code="NON_COMPLIANT", label=Text("Not compliant"), colour="red"),
            Status(code="EXPIRED", label=Text("Expired"), colour="red"),
            Status(code="NORMAL", label=Text("Normal"), colour="green"),
            Status(code="DOWN", label=Text("Down"), colour="red"),
            Status(code="REPAIR", label=Text("Under repair"), colour="orange"),
            Status(code="OFFLINE", label=Text("Offline"), colour="secondary"),
            Status(code="UNKNOWN", label=Text("Unknown"), colour="secondary"),
        ),
    ),
)
KINDS: Mapping[str, Text] = {
    "STENCIL": Text("Printing stencil"), "SQUEEGEE": Text("Squeegee"), "FIXTURE": Text("Fixture"), "EQUIPMENT": Text("Machine"),
}  # fmt: skip
FIXTURE_TYPES: Mapping[str, Text] = {
    "SMT_JIG": Text("SMT jig"), "WAVE_JIG": Text("Wave solder jig"), "INSERT_JIG": Text("Insertion jig"),
    "COATING_JIG": Text("Coating jig"), "ICT_JIG": Text("ICT fixture"), "FCT_JIG": Text("FCT fixture"), "OTHER": Text("Other"),
}  # fmt: skip
MATERIALS: Mapping[str, Text] = {
    "SYNTHETIC_STONE": Text("Synthetic stone"), "GLASS_FIBRE": Text("Glass fibre"), "OTHER": Text("Other"),
}  # fmt: skip
MAINTENANCE_TYPES: Mapping[str, Text] = {
    "REPAIR": Text("Repair"), "PREVENTIVE": Text("Preventive maintenance"), "CALIBRATION": Text("Calibration"),
    "CLEANING": Text("Cleaning"), "REPLACEMENT": Text("Replacement"), "INSPECTION": Text("Check-up"),
}  # fmt: skip
REASONS: Mapping[str, Text] = {
    "LIFE_REACHED": Text("Its life is used up"), "CHECK_FAILED": Text("It failed a check"),
    "CALIBRATION_FAILED": Text("Its calibration failed"), "BLOCKED": Text("It is blocked"), "RETIRED": Text("It is retired"),
    "MAINTENANCE": Text("It is being repaired"), "LIFE": Text("Its life is used up"), "CALIBRATION": Text("Its calibration is overdue"),
}  # fmt: skip
TEST_KINDS: Mapping[str, Text] = {
    "ICT": Text("In-circuit test (ICT)"),
    "FCT": Text("Functional test (FCT)"),
    "OTHER": Text("Other"),
}
