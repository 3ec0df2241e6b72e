"""Time rules in the menu, and their words as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from fiducial.kit.text import Text
from fiducial.web.shell import MenuItem, Status, StatusSet

MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Time rules"), url="/time-rules", icon="hourglass", group=Text("Preparation"), permissions=("readiness:view",)
    ),
)  # fmt: skip
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="time_rule",
        states=(
            Status(code="ACTIVE", label=Text("Running"), colour="blue"),
            Status(code="COMPLETED", label=Text("In time"), colour="green"),
            Status(code="EXPIRED", label=Text("Over"), colour="red"),
            Status(code="WAIVED", label=Text("Waived"), colour="yellow"),
            Status(code="CANCELLED", label=Text("Cancelled"), colour="secondary"),
        ),
    ),
)
RULE_TYPES: Mapping[str, Text] = {
    "SOLDER_PASTE_EXPOSURE": Text("Paste exposure"), "WASH_TIME_LIMIT": Text("Time to the wash"), "CUSTOM": Text("Own rule"),
}  # fmt: skip
EVENTS: Mapping[str, Text] = {
    "TRACK_IN": Text("Board goes in"), "TRACK_OUT": Text("Board comes out"), "SOLDER_PASTE_USAGE_CREATE": Text("Paste is issued"),
    "SOLDER_PASTE_USAGE_UNBIND": Text("Paste goes back"),
}  # fmt: skip
SCOPES: Mapping[str, Text] = {
    "GLOBAL": Text("Everywhere"), "LINE": Text("One line"), "ROUTING": Text("One routing"), "PRODUCT": Text("One product"),
}  # fmt: skip
