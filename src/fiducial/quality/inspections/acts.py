"""The acts on an inspection, the same for all types (spec 06.2). Where types differ, the kind is asked.

Locks are taken in the order run, inspection, units, so that of two who decide at once the second finds what the first has decided.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from fiducial.kit import ids
from fiducial.kit.acting import Actor
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, run_to_change
from fiducial.orders.tables import units
from fiducial.plant.lookup import line_of_id
from fiducial.quality.answers import FoundDefect, Inspection
from fiducial.quality.finding import find_fault
from fiducial.quality.inspections.items import not_inspecting
from fiducial.quality.inspections.kind import Existing, InspectionRow, Kind, Prepared, Verdict
from fiducial.quality.inspections.reading import again, find_with_run, items_of, whole
from fiducial.quality.inspections.shapes import CancelInspection, CompleteInspection
from fiducial.quality.inspections.verdict import counts_of, failing_units, judge_items, passing_units
from fiducial.quality.states import FAIL, INSPECTING, OPEN_DEFECT, OPEN_INSPECTION, OQC, PASS, PENDING
from fiducial.quality.tables import defects, inspection_items, inspections

INSPECTION_FAIL = "INSPECTION_FAIL"


def create(tx: Tx, kind: Kind, run_no: str, body: Any) -> Inspection | Kept:
    """Create an inspection of a run. Refuses RUN_NOT_FOUND, FORBIDDEN, T_ALREADY_EXISTS and what the type refuses."""
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, kind.permission)
    prepared = kind.prepare(tx, run, body)
    if isinstance(prepared, Kept):
        return prepared
    if isinstance(prepared, Existing):
        tx.unrecorded()
        return {**whole(tx, kind, prepared.row.id), "existing": True}
    key = make(tx, kind, run, prepared, remark=body.remark)
    return whole(tx, kind, key)


def make(tx: Tx, kind: Kind, run: Any, prepared: Prepared, *, remark: str | None = None) -> int:
    """Write a new inspection with the items it begins with; give its key. Refuses T_ALREADY_EXISTS (details.id)."""
    key = tx.new_id()
    made = tx.insert_once(
        inspections, id=key, type=kind.type, run_id=run.id, scope=prepared.scope, status=PENDING, sample_qty=prepared.sample_qty,
        sampled_units=list(prepared.sampled) if prepared.sampled is not None else None, template_code=prepared.template_code,
        remark=remark, data=dict(prepared.data), created_by=tx.actor.id, created_by_name=tx.actor.name, created_at=tx.now, version=1,
    )  # fmt: skip
    if not made:
        raise already(tx, kind, run.id, prepared.scope)
    rows = [
        {
            "id": tx.new_id(), "inspection_id": key, "seq": place, "item_name": item.name, "item_spec": item.spec, "result": None,
            "required": item.required, "template_item_id": item.template_item_id,
        }
        for place, item in enumerate(prepared.items, 1)
    ]  # fmt: skip
    if rows:
        tx.run(insert(inspection_items), rows)
    line = line_of_id(tx, run.line_id)
    tx.record(
        run.run_no, action=f"{kind.type}_CREATE", entity=kind.type, key=key, line=line.code if line else None,
        sampleQty=prepared.sample_qty, point=prepared.scope or None,
    )  # fmt: skip
    return key


def already(tx: Tx, kind: Kind, run_id: int, scope: str = "") -> Refused:
    """Give T_ALREADY_EXISTS with the id of the one that is open."""
    row = open_of(tx, kind, run_id, scope)
    return Refused(kind.codes.exists, id=ids.to_wire(row.id) if row else None, status=row.status if row else None)


def open_of(tx: Tx, kind: Kind, run_id: int, scope: str = "") -> Any:
    """Give the open inspection of a run and type (and point), None without one."""
    return tx.first(
        select(inspections).where(
            inspections.c.run_id == run_id, inspections.c.type == kind.type, inspections.c.scope == scope,
            inspections.c.status.in_(OPEN_INSPECTION),
        )
    )  # fmt: skip


def start(tx: Tx, kind: Kind, inspection_id: str) -> Inspection:
    """Begin to inspect. Refuses T_NOT_FOUND, INVALID_T_STATUS and what the type refuses."""
    run, row = find_with_run(tx, kind, inspection_id, kind.permission)
    if row.status != PENDING:
        raise wrong_state(kind, row)
    kind.may_start(tx, run, row)
    moved = kind.lifecycle.move(
        tx, "start", inspections.c.id == row.id, key=row.id, display=row.run_no, line=row.line_code, inspector_id=tx.actor.id,
        inspector_name=tx.actor.name, started_at=tx.now, version=inspections.c.version + 1,
    )  # fmt: skip
    if not moved:
        raise wrong_state(kind, again(tx, row.id))
    return whole(tx, kind, row.id)


def wrong_state(kind: Kind, row: InspectionRow) -> Refused:
    """Give INVALID_T_STATUS with what the inspection is."""
    return Refused(kind.codes.status, id=ids.to_wire(row.id), status=row.status)


def complete(tx: Tx, kind: Kind, inspection_id: str, body: CompleteInspection) -> Inspection:
    """Decide PASS or FAIL; the verdict must be that of the items. Defects, run and units follow in the same transaction.

    Refuses T_NOT_FOUND, T_NOT_INSPECTING, the codes of spec 06.4, INVALID_T_COUNTS, and what the type refuses.
    """
    run, row = find_with_run(tx, kind, inspection_id, kind.permission)
    if row.status != INSPECTING:
        raise not_inspecting(kind, row)
    items = items_of(tx, row.id)
    failing = failing_units(items)
    if body.decision == FAIL:
        failing |= kind.also_failing(tx, row)
    accepted = kind.accepted(row)
    judge_items(
        items, body.decision, failing=len(failing), accepted=accepted, sampled=row.sampled_units, must_sample=kind.type == OQC
    )  # fmt: skip
    more = kind.judge_pass(tx, row, items) if body.decision == PASS else {}
    counts = counts_of(
        body.decision, sample_qty=row.sample_qty, failing=len(failing), passing_named=len(passing_units(items)), passed=body.passed_qty,
        failed=body.failed_qty, code=kind.codes.counts,
    )  # fmt: skip
    kind.judge_run(tx, run, body.decision)
    move = "pass" if body.decision == PASS else "fail"
    moved = kind.lifecycle.move(
        tx, move, inspections.c.id == row.id, key=row.id, display=row.run_no, line=row.line_code, reason=body.remark,
        payload={"decision": body.decision, "passedQty": counts.passed, "failedQty": counts.failed},
        decision=body.decision, decided_by=tx.actor.id, decided_by_name=tx.actor.name, decided_at=tx.now, passed_qty=counts.passed,
        failed_qty=counts.failed, remark=body.remark or row.remark, data={**(row.data or {}), **more}, version=inspections.c.version + 1,
    )  # fmt: skip
    if not moved:
        raise not_inspecting(kind, again(tx, row.id))
    found = _defects_of(tx, kind, run, row, items, blocking=kind.defects_block(body.decision))
    outcome = kind.decided(tx, run, row, Verdict(body.decision, len(failing), body))
    answer = whole(tx, kind, row.id)
    return {
        **answer, "run": {"runNo": run.run_no, "status": outcome.run_status}, "defects": found, "nextAction": outcome.next_action,
    }  # fmt: skip


def _defects_of(tx: Tx, kind: Kind, run: Any, row: InspectionRow, items: Any, *, blocking: bool) -> list[FoundDefect]:
    """Write a defect for each unit with a FAIL, unless it has an open one of this inspection (spec 06.4)."""
    failed = sorted(
        (item for item in items if item.result == FAIL and item.unit_id is not None),
        key=lambda item: (item.sn, item.seq),
    )
    found: list[FoundDefect] = []
    for item in failed:
        has_one = select(defects.c.id).where(
            defects.c.inspection_id == row.id, defects.c.unit_id == item.unit_id, defects.c.status.in_(OPEN_DEFECT)
        )
        if tx.first(has_one) is not None:
            continue
        unit = tx.one(select(units).where(units.c.id == item.unit_id).with_for_update())
        code = item.defect_code or INSPECTION_FAIL
        written = find_fault(
            tx,
            run,
            unit,
            code=code,
            source=kind.type,
            blocking=blocking,
            remark=item.remark or item.item_name,
            inspection_id=row.id,
        )
        found.append({"id": ids.to_wire(written.key), "defectNo": written.number, "code": code, "sn": item.sn})
    return found


def cancel(tx: Tx, kind: Kind, inspection_id: str, body: CancelInspection) -> Inspection:
    """Give an inspection up, for a reason. Refuses T_NOT_FOUND, INVALID_T_STATUS, FAI_TRIAL_OPEN."""
    run, row = find_with_run(tx, kind, inspection_id, kind.permission)
    if row.status not in OPEN_INSPECTION:
        raise wrong_state(kind, row)
    kind.may_cancel(tx, row)
    if not _cancel(tx, kind, row, body.reason, tx.actor):
        raise wrong_state(kind, again(tx, row.id))
    kind.ended(tx, run, row)
    return whole(tx, kind, row.id)


def cancel_by_system(tx: Tx, kind: Kind, run_id: int, reason: str) -> int:
    """Cancel every open inspection of a type of a run that has ended; give how many (reason RUN_ENDED, RUN_CANCELLED)."""
    rows = tx.all(
        select(inspections.c.id)
        .where(inspections.c.run_id == run_id, inspections.c.type == kind.type, inspections.c.status.in_(OPEN_INSPECTION))
        .order_by(inspections.c.id)
    )  # fmt: skip
    return sum(_cancel(tx, kind, again(tx, row.id), reason, None) for row in rows)


def _cancel(tx: Tx, kind: Kind, row: InspectionRow, reason: str, by: Actor | None) -> bool:
    moved: bool = kind.lifecycle.move(
        tx, "cancel", inspections.c.id == row.id, key=row.id, display=row.run_no, line=row.line_code, seen=row.status, reason=reason,
        cancelled_by=by.id if by else None, cancelled_by_name=by.name if by else "system", cancelled_at=tx.now, cancel_reason=reason,
        version=inspections.c.version + 1,
    )  # fmt: skip
    return moved
