"""What a trace says of itself: flags for degraded work (R4), and how far its data reach by IPC-1782 (spec 07.1)."""

from __future__ import annotations

from typing import Any

from fiducial.kit import ids
from fiducial.trace import sections
from fiducial.trace.facts import UnitFacts
from fiducial.trace.words import FLAGS, REASONS, answer, say

AUTOMATIC_SHARE = 0.9


def flags(facts: UnitFacts, language: str) -> list[dict[str, Any]]:
    """Give `{code, text, section, ref}` of everything that was not done the regular way, in order of time."""
    found = list[dict[str, Any]]()

    def flag(code: str, section: str, ref: int, **said: Any) -> None:
        found.append(
            {"code": code, "text": say(FLAGS, code, language, **said), "section": section, "ref": ids.to_wire(ref)}
        )

    for track in facts.counted:
        step = sections.operation(facts, track.run_id, track.step_no)
        if step is not None and step.station_type != "MANUAL" and (track.source or "MANUAL") == "MANUAL":
            flag("MANUAL_FALLBACK", "tracks", track.id)
        if track.mode == "FAI_TRIAL":
            flag("FAI_TRIAL", "tracks", track.id)
        forced = (track.more or {}).get("forcedBy")
        if forced:
            flag("FORCED_FAIL", "tracks", track.id, reference=", ".join(str(by["reference"]) for by in forced))
    for value in facts.values:
        if value.method == "AUTO" and value.source == "MANUAL":
            flag("MANUAL_VALUE", "dataValues", value.track_id, name=value.name)
        if value.alarmed:
            flag(
                "ALARM", "dataValues", value.track_id, name=value.name, value=answer(sections.value_of(value), language)
            )
    return found


def levels(facts: UnitFacts, language: str) -> dict[str, Any]:
    """Give `{material, process, reasons[]}`: what the unit's data reach, never more."""
    process, reasons = _process(facts, language)
    return {"material": 0, "process": process, "reasons": [say(REASONS, "NO_LOTS", language), *reasons]}


def _process(facts: UnitFacts, language: str) -> tuple[int, list[str]]:
    if not facts.counted:
        return 1, [say(REASONS, "NO_TRACKS", language)]
    there = {(facts.track_by_id[row.track_id].step_no, row.spec_id) for row in facts.values}
    done = {track.step_no for track in facts.counted if track.result is not None}
    key_items = [
        (step.step_no, spec)
        for step in facts.route.steps
        if step.step_no in done
        for spec in step.specs
        if spec.item_type == "KEY"
    ]
    if not key_items:
        return 2, [say(REASONS, "NO_KEY_ITEMS", language)]
    missing = [spec.name for step_no, spec in key_items if (step_no, spec.id) not in there]
    if missing:
        return 2, [say(REASONS, "KEY_MISSING", language, names=", ".join(missing))]
    automatic = sum(1 for row in facts.values if row.source != "MANUAL")
    if automatic < AUTOMATIC_SHARE * len(facts.values):
        return 3, [say(REASONS, "MANUAL_VALUES", language)]
    return 4, []
