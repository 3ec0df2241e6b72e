"""Words of the pages of quality: what each type of inspection is for, where one stands, what a fault may be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fiducial.kit.text import Text, _, current_language
from fiducial.kit.tx import Tx
from fiducial.quality.states import CANCELLED, FAI, FAIL, FQC, INSPECTING, IPQC, OQC, PASS, PENDING
from fiducial.quality.tables import defect_codes


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a type of inspection is called, and what a verdict on it means."""

    path: str
    permission: str
    title: Text
    about: Text
    empty: Text
    of_pass: Text
    of_fail: Text

    def consequence(self, name: str) -> str:
        """Give what a verdict will do."""
        return str(self.of_pass if name == "pass" else self.of_fail)


KIND_WORDS: Mapping[str, KindWords] = {
    FAI: KindWords(
        "fai", "quality:fai", Text("First article"), Text("The first boards of a run, made and inspected before the run is authorised."),
        Text("A first article is created for a run in preparation."), Text("Signed, it lets the run be authorised."),
        Text("A new first article will be needed; this one stays in the history."),
    ),
    IPQC: KindWords(
        "ipqc", "quality:fai", Text("In-process inspection"), Text("First pieces of segments and patrols while a run is going."),
        Text("First pieces come by themselves from the stations; others are created for a run under way."),
        Text("Further boards may follow at this point."),
        Text("The failed boards stop, the next board becomes the first piece, and an exception is opened."),
    ),
    FQC: KindWords(
        "fqc", "quality:fai", Text("Last piece"), Text("The last boards of a run, inspected before it is closed out."),
        Text("A last piece is created when every board of a run is finished."),
        Text("Signed, it lets the run be closed out where the line asks for it."),
        Text("The failed boards stop until they are decided, and an exception is opened."),
    ),
    OQC: KindWords(
        "oqc", "quality:oqc", Text("Outgoing inspection"), Text("A random sample of the finished boards decides on the whole run."),
        Text("It comes by itself when the last board of a run is finished, where a sampling rule asks for it."),
        Text("The run is completed, unless failed boards must be mended first."), Text("The run is stopped and waits for the MRB."),
    ),
}  # fmt: skip

SAMPLING_TYPES = {"PERCENTAGE": Text("Per cent of the lot"), "FIXED": Text("A fixed number"), "AQL": Text("By AQL")}
STRICTNESS = {"NORMAL": Text("Normal"), "TIGHTENED": Text("Tightened"), "REDUCED": Text("Reduced")}
CHECK_TYPES = {"FIRST_PIECE": Text("First piece"), "PATROL": Text("Patrol"), "EVENT": Text("On an event")}
POINT_GATES = {"NONE": Text("nothing is stopped"), "WARN": Text("warns"), "BLOCK": Text("stops further boards")}
SOURCES = {
    "TRACK_OUT": Text("Station"), "MANUAL": Text("By hand"), "SPI": Text("SPI"), "AOI": Text("AOI"), "TEST": Text("Test"),
    "INGEST": Text("Machine"), "FAI": Text("First article"), "IPQC": Text("In-process inspection"), "FQC": Text("Last piece"),
    "OQC": Text("Outgoing inspection"),
}  # fmt: skip
DISPOSITIONS = {
    "REWORK": Text("Send to rework"),
    "SCRAP": Text("Scrap"),
    "HOLD": Text("Hold"),
    "RELEASE": Text("Released"),
}
CLOSE_REASONS = {
    "RELEASED": Text("released"), "SCRAPPED": Text("scrapped"), "REWORKED": Text("reworked and passed"), "REFAILED": Text("failed again"),
    "FALSE_CALL": Text("false call"), "USE_AS_IS": Text("used as it is"), "MRB_REWORK": Text("reworked with the run"),
}  # fmt: skip
RESULTS = {
    "REPAIRED": Text("Repaired"),
    "NOT_REPAIRABLE": Text("Not repairable"),
    "NO_FAULT_FOUND": Text("No fault found"),
}


def standing_of(type_: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Give the one sentence at the top of an inspection: `kind` of the alert, title, text."""
    status = row["status"]
    if status == PENDING:
        return {"kind": "info", "title": _("Waits to be started"), "text": str(KIND_WORDS[type_].about)}
    if status == INSPECTING:
        text = (
            _("The operator scans a board at the first station now. Then record the items, decide and sign.")
            if type_ == FAI
            else _("Record what you find, then decide.")
        )
        return {"kind": "info", "title": _("Being inspected"), "text": text}
    if status == PASS:
        if row["signedAt"]:
            return {"kind": "ok", "title": _("Passed and signed"), "text": ""}
        return {"kind": "ok", "title": _("Inspection passed"), "text": _("It waits for a signature.")}
    if status == FAIL:
        return {"kind": "bad", "title": _("Inspection failed"), "text": str(KIND_WORDS[type_].of_fail)}
    return {"kind": "info", "title": _("Given up"), "text": row["cancelReason"] or ""} if status == CANCELLED else {}


def code_choices(tx: Tx) -> list[tuple[str, str]]:
    """Give the active defect codes for a choice, in the reader's language."""
    english = current_language() == "en"
    rows = tx.all(select(defect_codes).where(defect_codes.c.is_active.is_(True)).order_by(defect_codes.c.id))
    return [(row.code, f"{row.code} · {(row.name_en or row.name) if english else row.name}") for row in rows]
