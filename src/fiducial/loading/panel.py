"""What the loading page shows of one scan (spec 04.4-04.6): first the slot, then its reel. Reads only.

A slot's panel says where the next scan goes; a reel's panel sends it, and is asked again for what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.text import _, current_language
from fiducial.kit.tx import Tx
from fiducial.loading.answers import Expectation, why
from fiducial.loading.barcode import read_barcode
from fiducial.loading.finding import without_space
from fiducial.loading.queries.records import expectations_of
from fiducial.loading.settings import BARCODE_PATTERNS, FIRST_UNIT_REQUIRED
from fiducial.loading.tables import records
from fiducial.loading.words import LOADED, MISMATCH, WARNING

FIRST = "first"


@dataclass
class Verdict:
    """The large words: `outcome` is ok, bad, warn or info."""

    outcome: str
    title: str
    text: str = ""
    next: str = ""
    code: str = ""


@dataclass
class Panel:
    """Everything the template needs; what is None is not shown."""

    slot: Expectation | None = None
    verdict: Verdict | None = None
    send: tuple[str, dict[str, Any]] | None = None  # what this scan does next
    then: Mapping[str, str] | None = None  # what the next scan is asked with; None: a slot comes next
    offer_change: bool = False
    offer_unlock: bool = False
    slots: Sequence[Expectation] = field(default_factory=list)


def panel_of(tx: Tx, run: Any, asked: Mapping[str, str]) -> Panel:
    """Give the panel of a scan of `code`, on the slot `slot` when one was scanned before, for `mode` replace or first board."""
    code, outcome = asked.get("code", "").strip()[:256], asked.get("outcome", "")
    panel = Panel(slots=expectations_of(tx, run))
    by_code = {slot["slotCode"]: slot for slot in panel.slots}
    scanned = by_code.get(without_space(code))
    if scanned is not None and not outcome:
        _show_slot(panel, scanned, asked.get("mode", ""), asked.get("reason", ""))
        return panel
    slot = by_code.get(without_space(asked.get("slot", "")))
    if slot is None:
        known = (
            _("This code is none of the run's slots.")
            if panel.slots
            else _("The station table of this run is not loaded yet.")
        )
        after = _("Scan a slot, then its reel.") if panel.slots else _("Load the table first.")
        panel.verdict = Verdict("warn", _("Scan the slot first"), known, after)
        return panel
    panel.slot = slot
    if asked.get("mode") == FIRST:
        _first_board(panel, code, asked, outcome)
    elif not outcome:
        _send_reel(tx, panel, run.run_no, code, asked)
    else:
        _tell(tx, run, panel, outcome)
    return panel


def _show_slot(panel: Panel, slot: Expectation, mode: str, reason: str) -> None:
    """A slot was scanned: say what belongs on it, and take the next scan as its reel."""
    panel.slot = slot
    if slot["isLocked"]:
        panel.verdict = Verdict(
            "bad",
            _("Slot locked"),
            _("Three wrong reels in a row."),
            _("Call the leader or the engineer."),
            "SLOT_LOCKED",
        )
        panel.offer_unlock = True
        return
    changing = mode == "replace" and bool(reason)
    panel.then = {"slot": slot["slotCode"]} | ({"mode": "replace", "reason": reason} if changing else {})
    if slot["recordId"] is None:
        panel.verdict = Verdict("info", slot["slotCode"], next=_("Now scan the reel."))
        return
    held = f"{slot['loadedMaterialCode']} {slot['loadedLotNo']}"
    panel.offer_change = not changing
    if changing:
        panel.verdict = Verdict("info", _("Change the reel"), held, _("Scan the new reel."))
    else:
        panel.verdict = Verdict(
            "info",
            slot["slotCode"],
            _("On it: %(reel)s") % {"reel": held},
            _("Scan the new reel to change it, or this one to check it."),
        )


def _send_reel(tx: Tx, panel: Panel, run_no: str, code: str, asked: Mapping[str, str]) -> None:
    """A reel was scanned after its slot: send it as what it is, a load or a change."""
    slot = panel.slot
    assert slot is not None
    panel.then = {name: asked[name] for name in ("slot", "mode", "reason") if asked.get(name)}
    same = slot["recordId"] is not None and _is_on(tx, slot, code)
    body = {"runNo": run_no, "slotCode": slot["slotCode"]}
    if slot["recordId"] is None or (same and asked.get("mode") != "replace"):
        panel.send = ("POST /api/loading/verify", body | {"materialLotBarcode": code})
        return
    reason = asked.get("reason", "").strip()[:200] or _("Reel empty")
    panel.send = ("POST /api/loading/replace", body | {"newMaterialLotBarcode": code, "reason": reason})


def _is_on(tx: Tx, slot: Expectation, code: str) -> bool:
    """Tell whether a code is that of the reel which is on the slot: then it is checked, not changed."""
    try:
        scanned = read_barcode(code, BARCODE_PATTERNS.of(tx))
    except Refused:
        return False
    same_material = scanned.material_code in (None, slot["loadedMaterialCode"])
    return same_material and scanned.lot_no == slot["loadedLotNo"]


def _tell(tx: Tx, run: Any, panel: Panel, outcome: str) -> None:
    """Say what came of a reel's scan, and what is next."""
    slot = panel.slot
    assert slot is not None
    if outcome != "ok":
        _tell_refusal(panel, outcome)
        return
    if slot["isLocked"]:
        panel.verdict = Verdict(
            "bad",
            _("Slot locked"),
            _("Three wrong reels in a row."),
            _("Call the leader or the engineer."),
            "SLOT_LOCKED",
        )
        panel.offer_unlock = True
        return
    newest = tx.first(
        select(records).where(records.c.run_id == run.id, records.c.slot_id == ids.from_wire(slot["slotId"]))
        .order_by(records.c.loaded_at.desc(), records.c.id.desc()).limit(1)
    )  # fmt: skip
    if slot["status"] == MISMATCH and newest is not None:
        told = why(newest.fail_code, newest.expected_code, newest.material_code, current_language()) or ""
        count = _("%(count)s of 3 wrong scans") % {"count": newest.failed_attempts} if newest.failed_attempts else ""
        panel.verdict = Verdict("bad", _("Wrong reel"), told, _("Scan the right reel."), count)
        panel.then = {"slot": slot["slotCode"]}
        return
    if slot["status"] != LOADED or newest is None:
        panel.verdict = Verdict("info", slot["slotCode"], next=_("Now scan the reel."))
        panel.then = {"slot": slot["slotCode"]}
        return
    loaded = tx.one(select(records).where(records.c.id == ids.from_wire(slot["recordId"] or "")))
    if (
        loaded.replaced_record_id is not None
        and loaded.first_unit_id is None
        and FIRST_UNIT_REQUIRED.of(tx, run.line_id)
    ):
        panel.then = {"slot": slot["slotCode"], "mode": FIRST, "record": slot["recordId"] or ""}
        panel.verdict = Verdict("ok", _("Right reel"), _reel(slot), _("Now scan the first board made from it."))
        return
    title = _("Alternate material") if loaded.verify_result == WARNING else _("Right reel")
    panel.verdict = Verdict("warn" if loaded.verify_result == WARNING else "ok", title, _reel(slot), _next(panel.slots))


def _reel(slot: Expectation) -> str:
    return f"{slot['slotCode']} · {slot['loadedMaterialCode']} {slot['loadedLotNo']}"


def _next(slots: Sequence[Expectation]) -> str:
    """Give the next slot to be loaded, in words."""
    waiting = next((slot for slot in slots if slot["status"] != LOADED), None)
    if waiting is None:
        return _("All slots are loaded.")
    return _("Next: slot %(slot)s, %(material)s") % {
        "slot": waiting["slotCode"],
        "material": waiting["expectedMaterialCode"],
    }


def _tell_refusal(panel: Panel, code: str) -> None:
    """Say a refusal in words; details that a sentence needs are read anew."""
    slot = panel.slot
    assert slot is not None
    if code not in refusals:
        code = "INTERNAL_ERROR"
    known = {
        "slotCode": slot["slotCode"], "materialCode": slot["loadedMaterialCode"] or slot["expectedMaterialCode"],
        "lotNo": slot["loadedLotNo"],
    }  # fmt: skip
    declared = refusals[code]
    told = Refused(code, **known)
    language = current_language()
    todo = declared.todo_en if language == "en" else declared.todo_zh
    sentence = told.sentence(language).removesuffix(todo).strip()
    panel.verdict = Verdict("bad", sentence, next=todo.format_map({**known}) if "{" not in todo else "", code=code)
    panel.offer_unlock = code == "SLOT_LOCKED"
    if code not in ("SLOT_LOCKED", "SLOT_EXPECTATION_MISSING", "INVALID_RUN_STATUS"):
        panel.then = {"slot": slot["slotCode"]}


def _first_board(panel: Panel, code: str, asked: Mapping[str, str], outcome: str) -> None:
    """The board that was first made from a new reel."""
    record = asked.get("record", "")
    panel.then = {"slot": asked.get("slot", ""), "mode": FIRST, "record": record}
    if not outcome:
        panel.send = (f"POST /api/loading/records/{record}/first-unit", {"sn": code})
    elif outcome == "ok":
        panel.then = None
        panel.verdict = Verdict("ok", _("First board noted"), code, _next(panel.slots))
    else:
        _tell_refusal(panel, outcome)
        panel.then = {"slot": asked.get("slot", ""), "mode": FIRST, "record": record}
