"""Checks as they are kept and shown. A stored check never authorises; it is information, and the proof of what was known (spec 03.1 R1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.answers import Check, Item, Summary
from fiducial.readiness.causes import Reader, fail_reason, mended_at, what_to_do
from fiducial.readiness.config import LineConfig
from fiducial.readiness.due import expires_at
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED, Judgement
from fiducial.readiness.superseding import note_superseded
from fiducial.readiness.tables import checks, items, waivers

PRECHECK, FORMAL = "PRECHECK", "FORMAL"
TYPES = (PRECHECK, FORMAL)
TRIGGERS = ("RUN_CREATE", "INPUT_CHANGED", "SCHEDULE", "MANUAL", "AUTHORIZE", "FAI", "REWORK")


def keep(tx: Tx, run: Any, judgement: Judgement, *, type: str, trigger: str) -> int:
    """Store a judgement as a check and give its key; the run's row must be locked.

    A judgement that no longer passes invalidates the newest FORMAL check that had passed (spec 03.2).
    """
    check_id = tx.new_id()
    note_superseded(tx, run, judgement)
    if judgement.status == FAILED:
        _invalidate(tx, run.id, check_id)
    row = {
        "id": check_id, "run_id": run.id, "type": type, "trigger": trigger, "status": judgement.status, "checked_at": tx.now,
        "checked_by": tx.actor.id, "checked_by_name": tx.actor.name, "config_version": judgement.config.version,
        "next_expiry_at": judgement.next_expiry_at, **judgement.counts(),
    }  # fmt: skip
    tx.run(insert(checks).values(row))
    rows = [
        {
            "id": tx.new_id(), "check_id": check_id, "place": place, "item_type": item.gate, "item_key": item.key, "status": item.status,
            "applicable": item.applicable, "cause_code": item.cause, "cause_fingerprint": item.fingerprint, "evidence": item.evidence,
            "source": item.source, "not_needed": item.not_needed, "superseded": "superseded" in item.evidence,
            "waiver_id": item.waiver_id,
        }
        for place, item in enumerate(judgement.items)
    ]  # fmt: skip
    tx.run(insert(items), rows)
    expires_at(tx, run.id, judgement.next_expiry_at)
    return check_id


def _invalidate(tx: Tx, run_id: int, by: int) -> None:
    newest = select(func.max(checks.c.id)).where(checks.c.run_id == run_id, checks.c.type == FORMAL).scalar_subquery()
    tx.run(
        update(checks)
        .where(checks.c.id == newest, checks.c.status == PASSED, checks.c.invalidated_at.is_(None))
        .values(invalidated_at=tx.now, invalidated_by=by)
    )


def newest(tx: Tx, run_id: int, type: str | None = None) -> Row[Any] | None:
    """Give the newest check of a run, of one type or of any; None when it was never checked."""
    found = select(checks).where(checks.c.run_id == run_id)
    if type is not None:
        found = found.where(checks.c.type == type)
    return tx.first(found.order_by(checks.c.id.desc()).limit(1))


def items_of(tx: Tx, check_id: int) -> Sequence[Row[Any]]:
    """Give the items of a check in its order, each with its waiver when it is waived (`waiver_…`)."""
    waived = (
        waivers.c.item_id.label("waiver_item_id"), waivers.c.reused_from, waivers.c.waived_by,
        waivers.c.waived_by_name, waivers.c.waived_at, waivers.c.reason.label("waive_reason"), waivers.c.valid_until,
    )  # fmt: skip
    joined = items.outerjoin(waivers, waivers.c.id == items.c.waiver_id)
    return tx.all(
        select(items, *waived).select_from(joined).where(items.c.check_id == check_id).order_by(items.c.place)
    )


def summary_of(check: Any) -> Summary:
    """Give how many items of a check are in each state."""
    return {
        "total": check.total, "passed": check.passed, "failed": check.failed, "waived": check.waived,
        "notApplicable": check.not_applicable,
    }  # fmt: skip


def check_on_wire(check: Any, run_no: str) -> Check:
    """Give a check without its items."""
    return {
        "checkId": ids.to_wire(check.id), "runNo": run_no, "type": check.type, "trigger": check.trigger, "status": check.status,
        "checkedAt": clock.to_wire(check.checked_at), "checkedBy": ids.wire_or_none(check.checked_by),
        "checkedByName": check.checked_by_name, "configVersion": check.config_version,
        "invalidatedAt": clock.to_wire(check.invalidated_at), "invalidatedBy": ids.wire_or_none(check.invalidated_by),
        "nextExpiryAt": clock.to_wire(check.next_expiry_at), "summary": summary_of(check),
    }  # fmt: skip


def whole_check(tx: Tx, check: Any, run_no: str, config: LineConfig) -> Check:
    """Give a check with its items, in the caller's language; `config` tells which of them this plant lets be waived."""
    reader = Reader.of(tx)
    shown = [item_on_wire(item, reader, config) for item in items_of(tx, check.id)]
    return {**check_on_wire(check, run_no), "items": shown}


def item_on_wire(item: Any, reader: Reader, config: LineConfig) -> Item:
    """Give an item with its sentence and its next step in a language."""
    waivable, why_not = waivable_now(item, config, reader.language)
    evidence = {name: value for name, value in item.evidence.items() if name not in ("waived", "waivable")}
    return {
        "id": ids.to_wire(item.id), "itemType": item.item_type, "itemKey": item.item_key, "status": item.status,
        "applicable": item.applicable, "causeCode": item.cause_code, "failReason": fail_reason(item.cause_code, evidence, reader),
        "whatToDo": what_to_do(item.cause_code, evidence, reader), "mendedAt": mended_at(item.cause_code, evidence), "evidence": evidence,
        "source": source_of(item), "waivable": waivable, "notWaivableReason": why_not,
        **waived_on_wire(item),
    }  # fmt: skip


def source_of(item: Any) -> str | None:
    """Give where an item's answer comes from: AUTO MANUAL SYSTEM, WAIVE, or REUSED for a waiver that a rework run took over."""
    if item.status != WAIVED:
        source: str | None = item.source
        return source
    return "REUSED" if item.reused_from is not None else "WAIVE"


class Waived(TypedDict):
    """Who waived an item, why, until when; all null when nobody did."""

    waivedBy: str | None
    waivedByName: str | None
    waivedAt: str | None
    waiveReason: str | None
    waiverId: str | None
    validUntil: str | None
    carriedOver: bool


def waived_on_wire(item: Any) -> Waived:
    """Give who waived an item; what was waived in its own room (a time rule) has said so in its evidence."""
    if item.waiver_id is None:
        said = item.evidence.get("waived") or {}
        return {
            "waivedBy": said.get("waivedBy"), "waivedByName": said.get("waivedByName"), "waivedAt": said.get("waivedAt"),
            "waiveReason": said.get("waiveReason"), "waiverId": None, "validUntil": None, "carriedOver": False,
        }  # fmt: skip
    return {
        "waivedBy": ids.wire_or_none(item.waived_by), "waivedByName": item.waived_by_name, "waivedAt": clock.to_wire(item.waived_at),
        "waiveReason": item.waive_reason, "waiverId": ids.to_wire(item.waiver_id), "validUntil": clock.to_wire(item.valid_until),
        "carriedOver": item.waiver_item_id != item.id,
    }  # fmt: skip


_NEVER = {"zh-CN": "该检查项不能豁免，必须解决。", "en": "This item is never waived; what it found must be mended."}
_OFF = {"zh-CN": "本产线不允许豁免该检查项。", "en": "This line does not let this gate be waived."}


def waivable_now(item: Any, config: LineConfig, language: str = "zh-CN") -> tuple[bool, str | None]:
    """Tell whether a failed item may be waived by the line's settings of today, and why not."""
    spoken = "en" if language == "en" else "zh-CN"
    if item.status != FAILED:
        return False, None
    settings = config.settings(item.item_type)
    if item.item_type == "ROUTE" or item.evidence.get("waivable") is False:
        return False, _NEVER[spoken]
    return (True, None) if settings["waivable"] else (False, _OFF[spoken])


def failed_items(tx: Tx, check_id: int) -> list[dict[str, Any]]:
    """Give the failed items of a check as READINESS_CHECK_FAILED names them, in the caller's language."""
    return [
        {
            "id": ids.to_wire(item.id), "itemType": item.item_type, "itemKey": item.item_key, "causeCode": item.cause_code,
            "failReason": fail_reason(item.cause_code, item.evidence, Reader.of(tx)),
        }
        for item in items_of(tx, check_id)
        if item.status == FAILED
    ]  # fmt: skip
