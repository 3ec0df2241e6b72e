"""The lifecycles of quality (spec 06.2, 06.9, 06.10). All four types of inspection have one; a type differs in its guards alone."""

from __future__ import annotations

from fiducial.kit.moves import Lifecycle, Move
from fiducial.quality.tables import defects, inspections, rework_tasks

FAI, IPQC, FQC, OQC = "FAI", "IPQC", "FQC", "OQC"
TYPES = (FAI, IPQC, FQC, OQC)
PENDING, INSPECTING, PASS, FAIL, CANCELLED = "PENDING", "INSPECTING", "PASS", "FAIL", "CANCELLED"
OPEN_INSPECTION = (PENDING, INSPECTING)
NA = "NA"
RECORDED, DISPOSITIONED, CLOSED = "RECORDED", "DISPOSITIONED", "CLOSED"
OPEN_DEFECT = (RECORDED, DISPOSITIONED)
OPEN, DONE = "OPEN", "DONE"
REWORK, SCRAP, HOLD, RELEASE = "REWORK", "SCRAP", "HOLD", "RELEASE"


def _inspection(type: str, permission: str) -> Lifecycle:
    """The one lifecycle, under the name of a type. What an act enters into the book it says itself, for it says more than the move."""
    return Lifecycle(
        type, inspections.c.status,
        states=(PENDING, INSPECTING, PASS, FAIL, CANCELLED),
        terminal=(PASS, FAIL, CANCELLED),
        moves=(
            Move("create", (), PENDING, label="Create", permission=permission),
            Move("start", (PENDING,), INSPECTING, label="Start", permission=permission, event=""),
            Move("pass", (INSPECTING,), PASS, label="Decide PASS", permission=permission, audit=f"{type}_COMPLETE", event=f"{type}_DECIDED"),
            Move("fail", (INSPECTING,), FAIL, label="Decide FAIL", permission=permission, audit=f"{type}_COMPLETE", event=f"{type}_DECIDED"),
            Move("cancel", OPEN_INSPECTION, CANCELLED, label="Cancel", permission=permission, event=""),
        ),
    )  # fmt: skip


LIFECYCLES = {
    FAI: _inspection(FAI, "quality:fai"),
    IPQC: _inspection(IPQC, "quality:fai"),
    FQC: _inspection(FQC, "quality:fai"),
    OQC: _inspection(OQC, "quality:oqc"),
}

# What is decided on a defect is entered by the act that decides, once, whatever it moves. A fault that nobody has decided on is
# closed by a track-out too: its unit was on hold, and its release ordered that the step be done again (spec 05.2).
DEFECT = Lifecycle(
    "DEFECT", defects.c.status,
    states=(RECORDED, DISPOSITIONED, CLOSED),
    terminal=(CLOSED,),
    moves=(
        Move("create", (), RECORDED, label="Record", permission="quality:record", event="DEFECT_RECORDED"),
        Move("dispose", (RECORDED, DISPOSITIONED), DISPOSITIONED, label="Rework or hold", permission="quality:disposition",
             audit="DEFECT_DISPOSITION_ASSIGN", event="DEFECT_DISPOSITIONED"),
        Move("scrap", (RECORDED, DISPOSITIONED), CLOSED, label="Scrap", permission="quality:disposition",
             audit="DEFECT_DISPOSITION_ASSIGN", event="DEFECT_DISPOSITIONED"),
        Move("release", (DISPOSITIONED,), CLOSED, label="Release the hold", permission="quality:disposition",
             audit="DEFECT_RELEASE_HOLD", event="DEFECT_DISPOSITIONED"),
        Move("prove", (RECORDED, DISPOSITIONED), CLOSED, label="Passed the failed step again", audit="", event=""),
        Move("supersede", (RECORDED, DISPOSITIONED), CLOSED, label="Failed again", audit="", event=""),
        Move("overrule", (RECORDED,), CLOSED, label="Machine FAIL overruled", audit="", event=""),
        Move("close_by_mrb", (RECORDED, DISPOSITIONED), CLOSED, label="Decided by the MRB", audit="", event=""),
    ),
)  # fmt: skip

REWORK_TASK = Lifecycle(
    "REWORK_TASK", rework_tasks.c.status,
    states=(OPEN, DONE, CANCELLED),
    terminal=(DONE, CANCELLED),
    moves=(
        Move("open", (), OPEN, label="Ordered by a disposition", permission="quality:disposition", audit="", event=""),
        Move("complete", (OPEN,), DONE, label="Repair finished", permission="quality:disposition", audit="REWORK_COMPLETE", event=""),
        Move("prove", (OPEN,), DONE, label="Passed the failed step again", audit="", event=""),
        Move("cancel", (OPEN,), CANCELLED, label="Not needed any more", audit="", event=""),
    ),
)  # fmt: skip
