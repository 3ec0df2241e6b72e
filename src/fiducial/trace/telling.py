"""What the other rooms add to a unit's story (spec 07.3): preparation, reels, inspections, decisions, repairs, clocks, tools, papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fiducial.kit import clock, ids
from fiducial.people.meanings import words_of
from fiducial.trace.gathered import Gathered
from fiducial.trace.story import BAD, INFO, OK, WARN, Story
from fiducial.trace.words import answer

TONES = {"PASS": OK, "FAIL": BAD, "RELEASE": OK, "REWORK": WARN, "SCRAP": BAD, "HOLD": WARN}


def instant(wire: str | None) -> int | None:
    """Give an instant of the wire in milliseconds."""
    return None if wire is None else clock.from_datetime(datetime.fromisoformat(wire))


def tell_rooms(story: Story, gathered: Gathered) -> None:
    """Tell everything besides tracks, values, holds and defects."""
    _preparation(story, gathered)
    _materials(story, gathered)
    _inspections(story, gathered)
    _decisions(story, gathered)
    _clocks(story, gathered)
    _rest(story, gathered)


def _preparation(story: Story, gathered: Gathered) -> None:
    check = gathered.readiness
    for item in check["waivedItems"] if check else ():
        story.tell(
            instant(item["waivedAt"]), "WAIVER", "WAIVER", tone=WARN, text=item["waiveReason"], run_id=gathered.facts.run.id,
            by=item["waivedByName"], section="readiness", what=f"{item['itemType']} {item['itemKey']}".strip(),
        )  # fmt: skip
    for given in gathered.facts.authorizations:
        if given.status != "AUTHORIZED":
            story.tell(
                given.ended_at, "AUTHORIZED", "REVOKED", tone=WARN, text=given.ended_reason, run_id=given.run_id, by=given.ended_by_name,
                section="readiness",
            )  # fmt: skip


def _materials(story: Story, gathered: Gathered) -> None:
    run_of = {no: key for key, no in story.run_no.items()}
    for reel in gathered.reels:
        story.tell(
            instant(reel["loadedAt"]), "LOADING", "LOADED", tone=WARN if reel["certainty"] == "POSSIBLE" else OK, text=reel["replaceReason"],
            run_id=run_of.get(reel["runNo"]), by=reel["loadedByName"], section="loadingRecords", key=ids.from_wire(reel["id"]),
            slot=reel["slotCode"], material=reel["materialCode"], lot=reel["lotNo"],
        )  # fmt: skip
    for part in gathered.materials:
        story.tell(
            instant(part["usedAt"]), "LOADING", "PART", by=part["usedByName"], step_no=part["stepNo"], section="materials",
            material=part["materialCode"], lot=part["lotNo"],
        )  # fmt: skip


def _inspections(story: Story, gathered: Gathered) -> None:
    run_of = {no: key for key, no in story.run_no.items()}
    for one in gathered.inspections:
        place: dict[str, Any] = {
            "run_id": run_of.get(one["runNo"]),
            "section": "inspections",
            "key": ids.from_wire(one["id"]),
            "type": one["type"],
        }
        story.tell(instant(one["startedAt"]), one["type"], "INSPECTION_BEGAN", **place)
        story.tell(
            instant(one["decidedAt"]), one["type"], "INSPECTION_DECIDED", tone=TONES.get(one["status"], INFO), text=one["remark"],
            by=one["decidedByName"], result=answer(one["status"], story.language), **place,
        )  # fmt: skip
        story.tell(
            instant(one["signedAt"]), "SIGNATURE", "SIGNED", tone=OK, by=one["signedByName"], text=one["contentHash"],
            meaning=words_of(one["signatureMeaning"] or "")[story.language == "en"], **place,
        )  # fmt: skip
        if one["mrb"] is not None:
            story.tell(
                instant(one["mrb"]["decidedAt"]), "MRB", "MRB", tone=TONES.get(one["mrb"]["decision"], INFO), text=one["mrb"]["reason"],
                by=one["mrb"]["decidedByName"], runNo=one["mrb"]["runNo"], decision=answer(one["mrb"]["decision"], story.language),
                run_id=place["run_id"], section="inspections", key=place["key"],
            )  # fmt: skip


def _decisions(story: Story, gathered: Gathered) -> None:
    for defect in gathered.defects:
        for one in defect["dispositions"]:
            story.tell(
                instant(one["decidedAt"]), "DISPOSITION", "DISPOSITION", tone=TONES.get(one["type"], INFO), text=one["reason"],
                step_no=one["toStepNo"], by=one["decidedByName"], section="defects", key=ids.from_wire(defect["id"]),
                no=defect["defectNo"], decision=answer(one["type"], story.language),
            )  # fmt: skip
    for repair in gathered.repairs:
        place: dict[str, Any] = {"section": "repairs", "key": ids.from_wire(repair["taskId"])}
        for record in (*repair["revisions"], repair):
            story.tell(
                instant(record["recordedAt"]), "REPAIR", "REPAIRED", tone=OK if record["result"] != "FAIL" else BAD, text=record["reason"],
                by=record["recordedByName"], step_no=repair["fromStepNo"], action=record["action"] or "–", **place,
            )  # fmt: skip
        story.tell(
            instant(repair["doneAt"]),
            "REPAIR",
            "RETURNED",
            tone=OK,
            by=repair["doneByName"],
            step_no=repair["toStepNo"],
            **place,
        )


def _clocks(story: Story, gathered: Gathered) -> None:
    for one in gathered.clocks:
        place: dict[str, Any] = {"section": "timeRules", "key": ids.from_wire(one["id"]), "code": one["code"]}
        story.tell(instant(one["startedAt"]), "TIME_RULE", "CLOCK_BEGAN", text=one["entityDisplay"], **place)
        story.tell(
            instant(one["expiredAt"]), "TIME_RULE", "CLOCK_EXPIRED", tone=BAD, text=one["entityDisplay"], **place
        )
        story.tell(
            instant(one["waivedAt"]),
            "TIME_RULE",
            "CLOCK_WAIVED",
            tone=WARN,
            text=one["waiveReason"],
            by=one["waivedByName"],
            **place,
        )
        if one["status"] == "COMPLETED":
            story.tell(
                instant(one["completedAt"]), "TIME_RULE", "CLOCK_ENDED", tone=OK, text=one["entityDisplay"], **place
            )


def _rest(story: Story, gathered: Gathered) -> None:
    for tool in gathered.tools:
        story.tell(
            instant(tool["usedAt"]), "TOOL", "TOOL", text=tool["name"], step_no=tool["stepNo"], station=tool["stationCode"], section="tools",
            what=answer(tool["kind"], story.language), code=tool["toolCode"],
        )  # fmt: skip
    for one in gathered.records["productionExceptions"]:
        story.tell(
            instant(one["recordedAt"]), "EXCEPTION", "EXCEPTION", tone=WARN, text=one["summary"], by=one["by"], section="records",
            key=ids.from_wire(one["id"]), no=one["recordNo"],
        )  # fmt: skip
    for one in gathered.machine_results:
        story.tell(
            instant(one["eventTime"]), "MACHINE", "MACHINE", tone=TONES.get(one["result"], INFO), text=one["remark"], step_no=one["stepNo"],
            station=one["stationCode"], section="machineResults", key=ids.from_wire(one["id"]), what=one["kind"],
            result=answer(one["result"], story.language),
        )  # fmt: skip
