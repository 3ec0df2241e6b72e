"""The items of an inspection: recorded as they are found, corrected without losing what was there (spec 06.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update

from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import run_of_id, the_unit
from fiducial.quality.answers import InspectionItem
from fiducial.quality.inspections.kind import InspectionRow, Kind
from fiducial.quality.inspections.reading import find_alone, item_shown, items_of
from fiducial.quality.inspections.shapes import CODE_ONLY_WITH_FAIL, InspectedItem, ItemChange
from fiducial.quality.inspections.words import REQUIRED
from fiducial.quality.states import FAIL, INSPECTING
from fiducial.quality.tables import inspection_items, inspections


def record_item(tx: Tx, kind: Kind, inspection_id: str, body: InspectedItem) -> InspectionItem:
    """Record what was found at one item; one of the template that waits under this name is filled.

    Refuses T_NOT_FOUND, T_NOT_INSPECTING, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH, UNIT_NOT_IN_SAMPLE, FAI_TRIAL_REQUIRED.
    """
    row = _open(tx, kind, inspection_id)
    unit = _unit(tx, kind, row, body.unit_sn)
    found: dict[str, Any] = {
        "unit_id": unit.id if unit is not None else None, "actual_value": body.actual_value, "result": body.result,
        "defect_code": body.defect_code, "remark": body.remark, "inspected_by": tx.actor.id, "inspected_by_name": tx.actor.name,
        "inspected_at": tx.now,
    }  # fmt: skip
    if body.item_spec is not None:
        found["item_spec"] = body.item_spec
    waiting = tx.first(
        select(inspection_items.c.id)
        .where(
            inspection_items.c.inspection_id == row.id, inspection_items.c.item_name == body.item_name,
            inspection_items.c.result.is_(None),
        )
        .order_by(inspection_items.c.seq).limit(1)
    )  # fmt: skip
    if waiting is not None:
        key = waiting.id
        tx.run(update(inspection_items).where(inspection_items.c.id == key).values(found))
    else:
        key = tx.new_id()
        seq = tx.scalar(select(func.max(inspection_items.c.seq)).where(inspection_items.c.inspection_id == row.id)) or 0
        new = {"id": key, "inspection_id": row.id, "seq": seq + 1, "item_name": body.item_name, "required": False}
        tx.run(insert(inspection_items).values(new | found))
    _touch(tx, row)
    tx.record(
        row.run_no, key=row.id, line=row.line_code, itemName=body.item_name, result=body.result, sn=body.unit_sn,
        actualValue=body.actual_value,
    )  # fmt: skip
    return _shown(tx, row.id, key)


def change_item(tx: Tx, kind: Kind, inspection_id: str, item_id: str, body: ItemChange) -> InspectionItem:
    """Correct an item; what it was stands in its `revisions`. Taking a FAIL back needs a reason.

    Refuses T_NOT_FOUND, INSPECTION_ITEM_NOT_FOUND, ITEM_CHANGE_REASON_REQUIRED and what recording refuses.
    """
    row = _open(tx, kind, inspection_id)
    item = next((one for one in items_of(tx, row.id) if one.id == ids.from_wire(item_id)), None)
    if item is None:
        raise Refused("INSPECTION_ITEM_NOT_FOUND")
    given = body.given()
    reason = given.pop("reason", None)
    for name in ("item_name", "result"):
        if name in given and given[name] is None:
            raise bad_field("itemName" if name == "item_name" else name, REQUIRED)
    result = given.get("result", item.result)
    if item.result == FAIL and result != FAIL and reason is None:
        raise Refused("ITEM_CHANGE_REASON_REQUIRED", itemName=item.item_name)
    if result != FAIL:
        if given.get("defect_code") is not None:
            raise bad_field("defectCode", CODE_ONLY_WITH_FAIL)
        given["defect_code"] = None
    sn = given.pop("unit_sn", item.sn)
    unit = _unit(tx, kind, row, sn)
    before = {"result": item.result, "actualValue": item.actual_value, "unitSn": item.sn, "itemName": item.item_name}
    kept = list(item.revisions or [])
    if item.result is not None:
        kept.append(
            before | {"defectCode": item.defect_code, "by": ids.wire_or_none(item.inspected_by), "byName": item.inspected_by_name,
                      "at": clock.to_wire(item.inspected_at), "reason": reason, "changedByName": tx.actor.name,
                      "changedAt": clock.to_wire(tx.now)}
        )  # fmt: skip
    values = given | {
        "unit_id": unit.id if unit is not None else None, "inspected_by": tx.actor.id, "inspected_by_name": tx.actor.name,
        "inspected_at": tx.now, "revisions": kept,
    }  # fmt: skip
    tx.run(update(inspection_items).where(inspection_items.c.id == item.id).values(values))
    _touch(tx, row)
    after = _shown(tx, row.id, item.id)
    changes = changed_fields(before, {name: after[name] for name in before})  # type: ignore[literal-required]
    tx.record(row.run_no, key=row.id, line=row.line_code, changes=changes, reason=reason, itemName=after["itemName"])
    return after


def _open(tx: Tx, kind: Kind, inspection_id: str) -> InspectionRow:
    row = find_alone(tx, kind, inspection_id, kind.permission)
    if row.status != INSPECTING:
        raise not_inspecting(kind, row)
    return row


def not_inspecting(kind: Kind, row: InspectionRow) -> Refused:
    """Give T_NOT_INSPECTING with what the inspection is, and who has decided it."""
    return Refused(
        kind.codes.not_inspecting, id=ids.to_wire(row.id), status=row.status, decidedByName=row.decided_by_name,
        decidedAt=clock.to_wire(row.decided_at),
    )  # fmt: skip


def _unit(tx: Tx, kind: Kind, row: InspectionRow, sn: str | None) -> Any:
    """Give the unit an item names: one of this run, and of the sample where there is one."""
    if sn is None:
        if kind.unit_must_be_named:
            raise bad_field("unitSn", REQUIRED)
        kind.may_record(tx, row, None)
        return None
    unit = the_unit(tx, sn)
    if unit.run_id != row.run_id:
        own = run_of_id(tx, unit.run_id) if unit.run_id is not None else None
        raise Refused("UNIT_RUN_MISMATCH", sn=sn, runNo=own.run_no if own is not None else None)
    if row.sampled_units and sn not in row.sampled_units:
        raise Refused("UNIT_NOT_IN_SAMPLE", sn=sn, sampledUnits=row.sampled_units)
    kind.may_record(tx, row, unit)
    return unit


def _touch(tx: Tx, row: InspectionRow) -> None:
    tx.run(update(inspections).where(inspections.c.id == row.id).values(version=inspections.c.version + 1))


def _shown(tx: Tx, inspection_id: int, key: int) -> InspectionItem:
    return next(item_shown(item) for item in items_of(tx, inspection_id) if item.id == key)
