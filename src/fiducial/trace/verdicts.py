"""What a trace says of itself: flags for degraded work (R4), and how far its data reach by IPC-1782 (spec 07.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fiducial.kit import ids
from fiducial.kit.text import use_language
from fiducial.loading.windows import POSSIBLE
from fiducial.readiness.words import GATES
from fiducial.trace import sections
from fiducial.trace.facts import UnitFacts
from fiducial.trace.gathered import Gathered
from fiducial.trace.words import FLAGS, REASONS, answer, say

AUTOMATIC_SHARE = 0.9


def flags(gathered: Gathered, language: str) -> list[dict[str, Any]]:
    """Give `{code, text, section, ref}` of everything that was not done the regular way: of its tracks and values by time, then of its
    preparation, inspections, clocks and papers."""
    facts = gathered.facts
    found = list[dict[str, Any]]()

    def flag(code: str, section: str, ref: int | str | None, **said: Any) -> None:
        key = ids.to_wire(ref) if isinstance(ref, int) else ref
        found.append({"code": code, "text": say(FLAGS, code, language, **said), "section": section, "ref": key})

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
    _of_preparation(gathered, language, flag)
    _of_quality(gathered, flag)
    _of_rest(gathered, flag)
    return found


def _item(item: Mapping[str, Any], language: str) -> str:
    """Give what a gate asked about, as the pages of readiness call it."""
    with use_language(language):
        kind = str(GATES.get(item["itemType"], item["itemType"]))
    return f"{kind} {item['itemKey']}".strip()


def _of_preparation(gathered: Gathered, language: str, flag: Callable[..., None]) -> None:
    check = gathered.readiness or {"waivedItems": (), "manualItems": ()}
    for item in check["waivedItems"]:
        flag(
            "WAIVED",
            "readiness",
            check["checkId"],
            what=_item(item, language),
            by=item["waivedByName"] or "–",
        )
    for item in check["manualItems"]:
        flag("MANUAL_EVIDENCE", "readiness", check["checkId"], what=_item(item, language))
    for run in gathered.runs:
        if run["mrbFaiWaiver"]:
            flag("FAI_WAIVED", "runs", run["runNo"], runNo=run["runNo"])


def _of_quality(gathered: Gathered, flag: Callable[..., None]) -> None:
    for one in gathered.inspections:
        if one["type"] == "FAI" and one["status"] == "PASS" and one["trial"] not in (None, "DONE"):
            flag("FAI_NO_TRIAL", "inspections", one["id"])
        if one["sampling"] and one["sampling"]["edition"] and not one["sampling"]["verified"]:
            flag("TABLE_UNVERIFIED", "inspections", one["id"], edition=one["sampling"]["edition"])
    for result in gathered.machine_results:
        if result["overruledBy"] is not None:
            flag("OVERRULED", "machineResults", result["id"], kind=result["kind"])
        if result["source"] == "MANUAL" and result["effective"] and result["degraded"]:
            flag("MANUAL_RESULT", "machineResults", result["id"], kind=result["kind"])


def _of_rest(gathered: Gathered, flag: Callable[..., None]) -> None:
    for one in gathered.clocks:
        if one["status"] in ("WAIVED", "EXPIRED"):
            flag(f"TIME_RULE_{one['status']}", "timeRules", one["id"], rule=one["code"])
    for kind, written in gathered.records.items():
        for record in written:
            if record.get("lateEntry") and not record.get("voided"):
                flag("LATE_ENTRY", f"records.{kind}", record["id"], what=record["recordNo"])
    for part in gathered.missing_key_parts:
        flag("KEY_PART_MISSING", "missingKeyParts", part["materialCode"], what=part["materialCode"])


def levels(gathered: Gathered, language: str) -> dict[str, Any]:
    """Give `{material, process, reasons[]}`: what the unit's data reach, never more."""
    material, why = _material(gathered)
    process, reasons = _process(gathered.facts, language)
    return {
        "material": material,
        "process": process,
        "reasons": [*(say(REASONS, code, language) for code in why), *reasons],
    }


def _material(gathered: Gathered) -> tuple[int, list[str]]:
    per_unit = [part for part in gathered.materials if part["source"] != "CHECKLIST"]
    if not gathered.reels and not per_unit:
        return (1, ["LISTED_LOTS"]) if gathered.materials else (0, ["NO_LOTS"])
    if any(one["certainty"] == POSSIBLE for one in (*gathered.reels, *per_unit)):
        return 2, ["POSSIBLE_REELS"]
    lots = dict[str, set[str]]()
    for one in (*gathered.reels, *per_unit):
        lots.setdefault(one["materialCode"], set()).add(one["lotNo"])
    # The reel of an alternate stands for the material it replaces: what the slot expected is not known per position, so 4 is not claimed.
    every = gathered.bom and all(len(lots.get(code, ())) == 1 for code in gathered.bom)
    return (4, []) if every else (3, ["NO_POSITIONS"])


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
