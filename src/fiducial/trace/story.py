"""The story of a unit while it is told: entries collected in any order, given in the order of time (spec 07.3)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.trace.facts import UnitFacts
from fiducial.trace.words import HAPPENED, say

KINDS = (
    "CREATED", "RUN", "READINESS", "WAIVER", "LOADING", "FAI", "AUTHORIZED", "TRACK_IN", "DATA", "MACHINE", "TRACK_OUT", "HOLD", "DEFECT",
    "DISPOSITION", "REPAIR", "IPQC", "FQC", "OQC", "MRB", "TIME_RULE", "SIGNATURE", "TOOL", "EXCEPTION", "SCRAPPED", "DONE",
)  # fmt: skip
OK, WARN, BAD, INFO = "OK", "WARN", "BAD", "INFO"


class Where(TypedDict):
    """Where in the trace more of it stands."""

    section: str
    id: str | None


class TimelineEntry(TypedDict):
    """One thing that happened to a unit."""

    at: str | None
    kind: str
    title: str
    text: str | None
    tone: str
    runNo: str | None
    stepNo: int | None
    stationCode: str | None
    by: str | None
    ref: Where | None


class Story:
    """Collects entries and puts them in order of time; what happens in one instant keeps the order in which it is told."""

    def __init__(self, facts: UnitFacts, language: str) -> None:
        self.facts, self.language = facts, language
        self.entries = list[tuple[int, TimelineEntry]]()
        self.run_no = {run.id: run.run_no for run in facts.runs}

    def tell(
        self, at: int | None, kind: str, word: str, *, tone: str = INFO, text: str | None = None, run_id: int | None = None,
        step_no: int | None = None, station: str | None = None, by: str | None = None, section: str | None = None,
        key: int | None = None, **said: Any,
    ) -> None:  # fmt: skip
        """Add an entry; one without a time did not happen."""
        if at is None:
            return
        entry: TimelineEntry = {
            "at": clock.to_wire(at), "kind": kind, "title": say(HAPPENED, word, self.language, **said), "text": text, "tone": tone,
            "runNo": self.run_no.get(run_id) if run_id is not None else None, "stepNo": step_no, "stationCode": station, "by": by,
            "ref": {"section": section, "id": ids.wire_or_none(key)} if section else None,
        }  # fmt: skip
        self.entries.append((at, entry))
