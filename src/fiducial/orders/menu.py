"""Orders and runs in the menu, and their states as people read them."""

from __future__ import annotations

from fiducial.kit.text import Text
from fiducial.web.shell import MenuItem, Status, StatusSet

PLANNING = Text("Planning")

MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Work orders"), url="/work-orders", icon="clipboard-list", group=PLANNING, permissions=("wo:read",)
    ),
    MenuItem(label=Text("Runs"), url="/runs", icon="stack-2", group=PLANNING, permissions=("run:read",)),
)

STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="work_order",
        states=(
            Status(code="RECEIVED", label=Text("Received"), colour="azure"),
            Status(code="RELEASED", label=Text("Released"), colour="yellow"),
            Status(code="IN_PROGRESS", label=Text("In progress"), colour="blue"),
            Status(code="COMPLETED", label=Text("Completed"), colour="green"),
        ),
    ),
    StatusSet(
        kind="run",
        states=(
            Status(code="PREP", label=Text("In preparation"), colour="azure"),
            Status(code="AUTHORIZED", label=Text("Authorised"), colour="yellow"),
            Status(code="IN_PROGRESS", label=Text("In progress"), colour="blue"),
            Status(code="ON_HOLD", label=Text("On hold"), colour="red"),
            Status(code="COMPLETED", label=Text("Completed"), colour="green"),
            Status(code="CLOSED_REWORK", label=Text("Closed, reworked"), colour="purple"),
            Status(code="SCRAPPED", label=Text("Scrapped"), colour="red"),
            Status(code="CANCELLED", label=Text("Cancelled"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="unit",
        states=(
            Status(code="QUEUED", label=Text("Queued"), colour="azure"),
            Status(code="IN_STATION", label=Text("In station"), colour="blue"),
            Status(code="OUT_FAILED", label=Text("Failed a step"), colour="orange"),
            Status(code="ON_HOLD", label=Text("On hold"), colour="red"),
            Status(code="DONE", label=Text("Finished"), colour="green"),
            Status(code="SCRAPPED", label=Text("Scrapped"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="readiness",
        states=(
            Status(code="PASSED", label=Text("Passed"), colour="green"),
            Status(code="FAILED", label=Text("Not passed"), colour="red"),
            Status(code="WAIVED", label=Text("Waived"), colour="yellow"),
        ),
    ),
    StatusSet(
        kind="authorization",
        states=(
            Status(code="AUTHORIZED", label=Text("Authorised"), colour="green"),
            Status(code="REVOKED", label=Text("Revoked"), colour="secondary"),
            Status(code="LAPSED", label=Text("Lapsed"), colour="orange"),
        ),
    ),
    StatusSet(
        kind="pick",
        states=(
            Status(code="1", label=Text("Not picked"), colour="red"),
            Status(code="2", label=Text("Partly picked"), colour="yellow"),
            Status(code="3", label=Text("Picked"), colour="green"),
            Status(code="4", label=Text("Over-picked"), colour="green"),
        ),
    ),
)
