"""Checks as they are kept and shown. A stored check never authorises; it is information, and the proof of what was known (spec 03.1 R1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, case, func, insert, select, update

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.answers import Check, Item, Summary
from fiducial.readiness.causes import fail_reason, what_to_do
from fiducial.readiness.config import LineConfig
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED, Judgement
from fiducial.readiness.tables import checks, items

PRECHECK, FORMAL = "PRECHECK", "FORMAL"
TYPES = (PRECHECK, FORMAL)
TRIGGERS = ("RUN_CREATE", "INPUT_CHANGED", "SCHEDULE", "MANUAL", "AUTHORIZE", "FAI", "REWORK")


def keep(tx: Tx, run: Any, judgement: Judgement, *, type: str, trigger: str) -> int:
    """Store a judgement as a check and give its key; the run's row must be locked.

    A judgement that no longer passes invalidates the newest FORMAL check that had passed (spec 03.2).
    """
    check_id = tx.new_id()
    if judgement.status == FAILED:
        _invalidate(tx, run.id, check_id)
    row = {
        "id": check_id, "run_id": run.id, "type": type, "trigger": trigger, "status": judgement.status, "checked_at": tx.now,
        "checked_by": tx.actor.id, "checked_by_name": tx.actor.name, "config_version": judgement.config.version,
        "next_expiry_at": judgement.next_expiry_at,
    }  # fmt: skip
    tx.run(insert(checks).values(row))
    rows = [
        {
            "id": tx.new_id(), "check_id": check_id, "place": place, "item_type": item.gate, "item_key": item.key, "status": item.status,
            "applicable": item.applicable, "cause_code": item.cause, "cause_fingerprint": item.fingerprint, "evidence": item.evidence,
            "waiver_id": item.waiver.id if item.waiver else None,
        }
        for place, item in enumerate(judgement.items)
    ]  # fmt: skip
    tx.run(insert(items), rows)
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
    return tx.first(found.order_by(checks.c.checked_at.desc(), checks.c.id.desc()).limit(1))


def items_of(tx: Tx, check_id: int) -> Sequence[Row[Any]]:
    """Give the items of a check, in its order."""
    return tx.all(select(items).where(items.c.check_id == check_id).order_by(items.c.place))


def summaries(tx: Tx, check_ids: Iterable[int]) -> dict[int, Summary]:
    """Give how many items of each check are in each state."""
    columns = {
        "total": func.count(),
        "passed": func.sum(case((items.c.status == PASSED, 1), else_=0)),
        "failed": func.sum(case((items.c.status == FAILED, 1), else_=0)),
        "waived": func.sum(case((items.c.status == WAIVED, 1), else_=0)),
        "not_applicable": func.sum(case((items.c.applicable.is_(False), 1), else_=0)),
    }
    counted = select(items.c.check_id, *(column.label(name) for name, column in columns.items()))
    rows = tx.all(counted.where(items.c.check_id.in_(list(check_ids))).group_by(items.c.check_id))
    return {
        row.check_id: {
            "total": row.total, "passed": int(row.passed), "failed": int(row.failed), "waived": int(row.waived),
            "notApplicable": int(row.not_applicable),
        }
        for row in rows
    }  # fmt: skip


NO_ITEMS: Summary = {"total": 0, "passed": 0, "failed": 0, "waived": 0, "notApplicable": 0}


def check_on_wire(check: Any, run_no: str, summary: Summary) -> Check:
    """Give a check without its items."""
    return {
        "checkId": ids.to_wire(check.id), "runNo": run_no, "type": check.type, "trigger": check.trigger, "status": check.status,
        "checkedAt": clock.to_wire(check.checked_at), "checkedBy": ids.wire_or_none(check.checked_by),
        "checkedByName": check.checked_by_name, "configVersion": check.config_version,
        "invalidatedAt": clock.to_wire(check.invalidated_at), "invalidatedBy": ids.wire_or_none(check.invalidated_by),
        "nextExpiryAt": clock.to_wire(check.next_expiry_at), "summary": summary,
    }  # fmt: skip


def whole_check(tx: Tx, check: Any, run_no: str, config: LineConfig) -> Check:
    """Give a check with its items, in the caller's language; `config` tells which of them this plant lets be waived."""
    summary = summaries(tx, [check.id]).get(check.id, NO_ITEMS)
    language = tx.caller.language
    shown = [item_on_wire(item, language, config) for item in items_of(tx, check.id)]
    return {**check_on_wire(check, run_no, summary), "items": shown}


def item_on_wire(item: Any, language: str, config: LineConfig) -> Item:
    """Give an item with its sentence and its next step in a language."""
    waivable, why_not = _waivable(item, config, language)
    evidence = item.evidence
    return {
        "id": ids.to_wire(item.id), "itemType": item.item_type, "itemKey": item.item_key, "status": item.status,
        "applicable": item.applicable, "causeCode": item.cause_code, "failReason": fail_reason(item.cause_code, evidence, language),
        "whatToDo": what_to_do(item.cause_code, evidence, language), "evidence": evidence,
        "source": "WAIVE" if item.status == WAIVED else evidence.get("source"), "waivable": waivable, "notWaivableReason": why_not,
        "waivedBy": None, "waivedByName": None, "waivedAt": None, "waiveReason": None, "waiverId": ids.wire_or_none(item.waiver_id),
        "validUntil": None, "carriedOver": False,
    }  # fmt: skip


_NEVER = {"zh-CN": "该检查项不能豁免，必须解决。", "en": "This gate is never waived; what it found must be mended."}


def _waivable(item: Any, config: LineConfig, language: str) -> tuple[bool, str | None]:
    if item.status != FAILED:
        return False, None
    if config.settings(item.item_type)["waivable"] and item.cause_code not in ("GATE_NOT_BUILT", "GATE_GAVE_NOTHING"):
        return True, None
    return False, _NEVER["en" if language == "en" else "zh-CN"]


def failed_items(tx: Tx, check_id: int) -> list[dict[str, Any]]:
    """Give the failed items of a check as READINESS_CHECK_FAILED names them, in the caller's language."""
    return [
        {
            "id": ids.to_wire(item.id), "itemType": item.item_type, "itemKey": item.item_key, "causeCode": item.cause_code,
            "failReason": fail_reason(item.cause_code, item.evidence, tx.caller.language),
        }
        for item in items_of(tx, check_id)
        if item.status == FAILED
    ]  # fmt: skip
