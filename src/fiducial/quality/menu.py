"""Quality in the menu, and its states as people read them."""

from __future__ import annotations

from fiducial.kit.text import Text
from fiducial.quality.figures.asked import MAY_SEE
from fiducial.web.shell import MenuItem, Status, StatusSet

QUALITY = Text("Quality")
SEES_INSPECTIONS, SEES_OUTGOING = ("quality:fai", "trace:read"), ("quality:oqc", "trace:read")

MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Quality figures"), url="/quality", icon="chart-histogram", group=QUALITY, permissions=MAY_SEE),
    MenuItem(label=Text("First article"), url="/fai", icon="microscope", group=QUALITY, permissions=SEES_INSPECTIONS),
    MenuItem(label=Text("In-process inspection"), url="/ipqc", icon="checklist", group=QUALITY, permissions=SEES_INSPECTIONS),
    MenuItem(label=Text("Last piece"), url="/fqc", icon="flag", group=QUALITY, permissions=SEES_INSPECTIONS),
    MenuItem(label=Text("Outgoing inspection"), url="/oqc", icon="target", group=QUALITY, permissions=SEES_OUTGOING),
    MenuItem(
        label=Text("Defects"), url="/defects", icon="alert-triangle", group=QUALITY,
        permissions=("quality:disposition", "quality:record", "trace:read"),
    ),
    MenuItem(label=Text("Rework tasks"), url="/rework-tasks", icon="tool", group=QUALITY, permissions=("quality:disposition", "exec:read")),
    MenuItem(
        label=Text("Quality settings"), url="/quality-settings", icon="adjustments", group=QUALITY, permissions=("quality:config", "quality:oqc")
    ),
)  # fmt: skip

STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="defect",
        states=(
            Status(code="RECORDED", label=Text("Not decided"), colour="red"),
            Status(code="DISPOSITIONED", label=Text("Decided"), colour="yellow"),
            Status(code="CLOSED", label=Text("Closed"), colour="green"),
        ),
    ),
    StatusSet(
        kind="inspection",
        states=(
            Status(code="PENDING", label=Text("Waits"), colour="azure"),
            Status(code="INSPECTING", label=Text("Being inspected"), colour="blue"),
            Status(code="PASS", label=Text("Inspection passed"), colour="green"),
            Status(code="FAIL", label=Text("Inspection failed"), colour="red"),
            Status(code="CANCELLED", label=Text("Cancelled"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="item",
        states=(
            Status(code="PASS", label=Text("Passes"), colour="green"),
            Status(code="FAIL", label=Text("Fails"), colour="red"),
            Status(code="NA", label=Text("Not applicable"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="rework_task",
        states=(
            Status(code="OPEN", label=Text("To be repaired"), colour="orange"),
            Status(code="DONE", label=Text("Done"), colour="green"),
            Status(code="CANCELLED", label=Text("Cancelled"), colour="secondary"),
        ),
    ),
)
