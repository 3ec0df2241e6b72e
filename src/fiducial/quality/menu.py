"""The words of quality on pages; its pages come with the dispositions (spec 06.9)."""

from __future__ import annotations

from fiducial.kit.text import Text
from fiducial.web.shell import Status, StatusSet

STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="defect",
        states=(
            Status(code="RECORDED", label=Text("Not decided"), colour="red"),
            Status(code="DISPOSITIONED", label=Text("Decided"), colour="yellow"),
            Status(code="CLOSED", label=Text("Closed"), colour="green"),
        ),
    ),
)
