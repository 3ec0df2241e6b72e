"""How people say what the plant stores as codes (spec 01.2-01.4); one place for pages, sheets and imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fiducial.kit.text import Text
from fiducial.web.shell import Status, StatusSet

Words = Mapping[str, Text]

STATION_TYPES: Final[Words] = {
    "MANUAL": Text("By hand"), "AUTO": Text("Automatic"), "BATCH": Text("Batch"), "TEST": Text("Test"),
}  # fmt: skip
PROCESS_KINDS: Final[Words] = {
    "PRINT": Text("Printing"), "SPI": Text("Paste inspection (SPI)"), "MOUNT": Text("Mounting"), "REFLOW": Text("Reflow"),
    "AOI": Text("Optical inspection (AOI)"), "WASH": Text("Washing"), "INSERT": Text("Insertion"), "WAVE": Text("Wave soldering"),
    "POST_SOLDER": Text("Soldering by hand"), "TEST": Text("Testing"), "INSPECT": Text("Inspection"), "OTHER": Text("Other"),
}  # fmt: skip
SOURCES: Final[Words] = {"ERP": Text("ERP"), "MES": Text("Made here"), "SEED": Text("Delivered with the program")}
IQC_RESULTS: Final[Words] = {
    "PENDING": Text("Not inspected yet"), "PASS": Text("Passed"), "FAIL": Text("Failed"), "CONDITIONAL": Text("On condition"),
}  # fmt: skip
LOT_STATUSES: Final[Words] = {
    "AVAILABLE": Text("Free to use"), "ON_HOLD": Text("On hold"), "SCRAPPED": Text("Scrapped"),
}  # fmt: skip

PROFILE_KINDS: Final[Words] = {"REFLOW": Text("Reflow"), "WAVE": Text("Wave soldering")}
APPLIES_TO: Final[Words] = {
    "FAI": Text("First article"),
    "FQC": Text("Last piece"),
    "BOTH": Text("First article and last piece"),
}
PROFILE_STATUSES: Final[Words] = {
    "ACTIVE": Text("Active"),
    "DEPRECATED": Text("Replaced"),
    "ARCHIVED": Text("Archived"),
}

STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="reflow_profile",
        states=(
            Status(code="ACTIVE", label=PROFILE_STATUSES["ACTIVE"], colour="green"),
            Status(code="DEPRECATED", label=PROFILE_STATUSES["DEPRECATED"], colour="yellow"),
            Status(code="ARCHIVED", label=PROFILE_STATUSES["ARCHIVED"], colour="secondary"),
        ),
    ),
    StatusSet(
        kind="material_lot",
        states=(
            Status(code="AVAILABLE", label=LOT_STATUSES["AVAILABLE"], colour="green"),
            Status(code="ON_HOLD", label=LOT_STATUSES["ON_HOLD"], colour="red"),
            Status(code="SCRAPPED", label=LOT_STATUSES["SCRAPPED"], colour="secondary"),
        ),
    ),
    StatusSet(
        kind="iqc",
        states=(
            Status(code="PENDING", label=IQC_RESULTS["PENDING"], colour="azure"),
            Status(code="PASS", label=IQC_RESULTS["PASS"], colour="green"),
            Status(code="FAIL", label=IQC_RESULTS["FAIL"], colour="red"),
            Status(code="CONDITIONAL", label=IQC_RESULTS["CONDITIONAL"], colour="yellow"),
        ),
    ),
)
