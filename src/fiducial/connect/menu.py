"""Other systems in the menu, and their words as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from fiducial.kit.text import Text
from fiducial.web.shell import MenuItem, Status, StatusSet

GROUP = Text("Integration")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Other systems"), url="/integration", icon="plug-connected", group=GROUP, permissions=("integration:view",)),
    MenuItem(
        label=Text("Entry by hand"), url="/integration/manual-entry", icon="hand-stop", group=GROUP, permissions=("readiness:manual",)
    ),
    MenuItem(label=Text("Messages"), url="/integration/messages", icon="mail", group=GROUP, permissions=("system:integration",)),
)  # fmt: skip
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="health",
        states=(
            Status(code="ONLINE", label=Text("Online"), colour="green"),
            Status(code="STALE", label=Text("Silent"), colour="yellow"),
            Status(code="OFFLINE", label=Text("Away"), colour="red"),
            Status(code="NOT_CONFIGURED", label=Text("Has never spoken"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="mode",
        states=(
            Status(code="AUTO", label=Text("Automatic"), colour="green"),
            Status(code="MANUAL", label=Text("By hand"), colour="orange"),
        ),
    ),
)
MESSAGE_STATES = StatusSet(
    kind="message",
    states=(
        Status(code="APPLIED", label=Text("Taken"), colour="green"),
        Status(code="HELD", label=Text("Held back"), colour="orange"),
        Status(code="DUPLICATE", label=Text("A repeat"), colour="secondary"),
        Status(code="REJECTED", label=Text("Refused"), colour="red"),
        Status(code="FAILED", label=Text("Failed"), colour="red"),
    ),
)
OUTBOUND_STATES = StatusSet(
    kind="outbound",
    states=(
        Status(code="PENDING", label=Text("Waits to be sent"), colour="azure"),
        Status(code="SENDING", label=Text("Is being sent"), colour="blue"),
        Status(code="RETRY_WAIT", label=Text("Will be tried again"), colour="yellow"),
        Status(code="DELIVERED", label=Text("Delivered"), colour="green"),
        Status(code="DEAD", label=Text("Not deliverable"), colour="red"),
        Status(code="CANCELLED", label=Text("Given up"), colour="secondary"),
    ),
)
STATUSES = (*STATUSES, MESSAGE_STATES, OUTBOUND_STATES)
SYSTEMS: Mapping[str, Text] = {
    "ERP": Text("Orders and master data (ERP)"), "TPM": Text("Equipment maintenance (TPM)"), "WMS": Text("Warehouse (WMS)"),
    "STENCIL": Text("Stencil cabinet"), "SOLDER_PASTE": Text("Solder paste cabinet"), "SPI": Text("Paste inspection (SPI)"),
    "AOI": Text("Optical inspection (AOI)"), "DEVICE": Text("Machine data"),
}  # fmt: skip
SOP: Mapping[str, Text] = {
    "ERP": Text("Receive work orders by hand; the same numbers are joined when the ERP is back."),
    "TPM": Text("Walk the line and enter the state of its equipment by hand."),
    "WMS": Text("The planner sets the pick status on the order."),
    "STENCIL": Text("Measure the tension, look at the apertures, enter ready or not ready."),
    "SOLDER_PASTE": Text("Read the jar's label, thaw and stir times, and enter its state."),
    "SPI": Text("Read the machine's screen and enter the result on the execution page."),
    "AOI": Text("Read the machine's screen and enter the result on the execution page."),
    "DEVICE": Text("Type the required values at the track-out."),
}  # fmt: skip
BY_HAND = ("TPM", "STENCIL", "SOLDER_PASTE")
