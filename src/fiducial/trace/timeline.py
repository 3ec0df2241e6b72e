"""The life of a unit as one list, oldest first (spec 07.3)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body
from fiducial.kit.listing import instant_of
from fiducial.kit.refusals import bad_field, reason_of
from fiducial.kit.tx import Tx
from fiducial.trace import sections
from fiducial.trace.facts import unit_facts
from fiducial.trace.gathered import Gathered
from fiducial.trace.refusals import unknown
from fiducial.trace.story import BAD, INFO, KINDS, OK, WARN, Story, TimelineEntry
from fiducial.trace.telling import tell_rooms
from fiducial.trace.words import answer


class TimelineAsked(Body):
    """What may be asked of a timeline."""

    from_: str | None = None
    to: str | None = None
    kinds: str | None = None

    model_config = Body.model_config | {"alias_generator": lambda name: name.rstrip("_")}

    def takes(self, at: int, kind: str) -> bool:
        """Tell whether an entry is asked for."""
        if self.kinds and kind not in {piece.strip() for piece in self.kinds.split(",")}:
            return False
        return (self.from_ is None or at >= _instant("from", self.from_)) and (
            self.to is None or at <= _instant("to", self.to)
        )

    def judge(self) -> None:
        """Refuse VALIDATION_ERROR for a kind that does not exist or a time that is none."""
        for piece in (self.kinds or "").split(","):
            if piece.strip() and piece.strip() not in KINDS:
                raise unknown("kinds", piece.strip(), KINDS)
        self.takes(0, "")


class Timeline(TypedDict):
    """What happened to a unit, oldest first."""

    items: list[TimelineEntry]
    total: int


def _instant(path: str, text: str) -> int:
    try:
        return instant_of(text)
    except ValueError as wrong:
        raise bad_field(path, reason_of(wrong)) from None


@query("trace:read")
def unit_timeline(tx: Tx, sn: str, asked: TimelineAsked) -> Timeline:
    """Give what happened to a unit, oldest first. Refuses UNIT_NOT_FOUND, UNIT_NO_RUN, FORBIDDEN."""
    asked.judge()
    entries = timeline_of(Gathered(tx, unit_facts(tx, sn)), tx.caller.language)
    kept = [shown for at, shown in entries if asked.takes(at, shown["kind"])]
    return {"items": kept, "total": len(kept)}


def timeline_of(gathered: Gathered, language: str) -> list[tuple[int, TimelineEntry]]:
    """Give the entries with their instants."""
    facts = gathered.facts
    story = Story(facts, language)
    story.tell(facts.unit.created_at, "CREATED", "CREATED", section="unit")
    for run, since, _until in facts.spans():
        story.tell(since, "RUN", "RUN", run_id=run.id, section="runs", runNo=run.run_no)
    for check in facts.checks:
        passed = check.status == "PASSED"
        story.tell(
            check.checked_at, "READINESS", "READINESS_PASSED" if passed else "READINESS_FAILED", tone=OK if passed else BAD,
            run_id=check.run_id, by=check.checked_by_name, section="readinessHistory", key=check.id,
        )  # fmt: skip
    for given in facts.authorizations:
        story.tell(
            given.at,
            "AUTHORIZED",
            "AUTHORIZED",
            tone=OK,
            text=given.reason,
            run_id=given.run_id,
            by=given.by_name,
            section="readiness",
        )
    for track in facts.tracks:
        _tell_track(story, track)
    tell_rooms(story, gathered)
    for defect in facts.defects:
        story.tell(
            defect.created_at, "DEFECT", "DEFECT", tone=BAD, text=" · ".join(filter(None, (defect.location, defect.remark))) or None,
            run_id=defect.run_id, step_no=defect.step_no, station=defect.station_code, by=defect.created_by_name, section="defects",
            key=defect.id, code=defect.code, name=defect.code_name or "",
        )  # fmt: skip
    for hold in facts.holds:
        story.tell(hold.placed_at, "HOLD", "HOLD", tone=WARN, text=hold.reason, by=hold.placed_by_name, section="holds")
        story.tell(
            hold.released_at,
            "HOLD",
            "RELEASE",
            tone=OK,
            text=hold.release_reason,
            by=hold.released_by_name,
            section="holds",
        )
    story.tell(facts.done_at(), "DONE", "DONE", tone=OK, section="unit")
    if facts.unit.status == "SCRAPPED":
        story.tell(facts.unit.updated_at, "SCRAPPED", "SCRAPPED", tone=BAD, section="unit")
    return sorted(story.entries, key=lambda entry: entry[0])


def _tell_track(story: Story, track: Any) -> None:
    step = sections.operation(story.facts, track.run_id, track.step_no)
    where = {
        "run_id": track.run_id,
        "step_no": track.step_no,
        "station": track.station_code,
        "section": "tracks",
        "key": track.id,
    }
    said = {"stepNo": track.step_no, "operation": step.operation_name if step else ""}
    story.tell(track.in_at, "TRACK_IN", "TRACK_IN", by=track.in_by_name, **where, **said)
    if track.voided_at is not None:
        voided = track.voided or {}
        story.tell(
            track.voided_at,
            "TRACK_IN",
            "TRACK_IN_VOID",
            tone=WARN,
            text=voided.get("reason"),
            by=voided.get("byName"),
            **where,
            **said,
        )
    for value in story.facts.values:
        if value.track_id == track.id:
            tone = BAD if value.alarmed or value.judge == "FAIL" else OK if value.judge == "PASS" else INFO
            shown = answer(sections.value_of(value), story.language) + (f" {value.unit}" if value.unit else "")
            story.tell(
                value.collected_at, "DATA", "DATA", tone=tone, by=value.collected_by_name, name=value.name, value=shown,
                **(where | {"section": "dataValues"}),
            )  # fmt: skip
    passed = track.result == "PASS"
    story.tell(
        track.out_at,
        "TRACK_OUT",
        "TRACK_OUT",
        tone=OK if passed else BAD,
        by=track.out_by_name,
        result=answer(track.result, story.language),
        **where,
        **said,
    )
