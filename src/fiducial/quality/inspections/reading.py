"""Inspections as rules find them and as they stand on the wire (spec 06.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from fiducial.kit import clock, ids
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.tables import lines
from fiducial.quality import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.quality.answers import Inspection, InspectionItem
from fiducial.quality.inspections.kind import InspectionRow, Kind
from fiducial.quality.states import CANCELLED, INSPECTING, PASS, PENDING
from fiducial.quality.states import FAIL as FAILED
from fiducial.quality.tables import inspection_items, inspections

_whole = (
    select(
        inspections, runs.c.run_no, runs.c.line_id, runs.c.version_id, runs.c.status.label("run_status"), work_orders.c.wo_no,
        work_orders.c.product_code, lines.c.code.label("line_code"),
    )
    .select_from(
        inspections.join(runs, runs.c.id == inspections.c.run_id)
        .join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .join(lines, lines.c.id == runs.c.line_id)
    )
)  # fmt: skip
TRUE_OR_FALSE = Said(zh="必须是 true 或 false", en="must be true or false")


def _signed(value: str) -> Any:
    if value not in ("true", "false"):
        raise ValueError(TRUE_OR_FALSE)
    return inspections.c.signed_at.is_not(None) if value == "true" else inspections.c.signed_at.is_(None)


INSPECTIONS = Listing(
    filters={
        "runNo": part(runs.c.run_no), "woNo": part(work_orders.c.wo_no), "lineCode": exact(lines.c.code),
        "status": one_of(inspections.c.status, (PENDING, INSPECTING, PASS, FAILED, CANCELLED)), "signed": _signed,
        "createdFrom": since(inspections.c.created_at), "createdTo": until(inspections.c.created_at),
        "search": part(runs.c.run_no, work_orders.c.wo_no, work_orders.c.product_code),
    },
    sorts={
        "createdAt": inspections.c.created_at, "status": inspections.c.status, "runNo": runs.c.run_no, "decidedAt": inspections.c.decided_at,
    },
    default_sort="createdAt.desc", key=inspections.c.id,
)  # fmt: skip


def _of_id(kind: Kind, inspection_id: str) -> Select[Any]:
    return _whole.where(inspections.c.id == (ids.from_wire(inspection_id) or -1), inspections.c.type == kind.type)


def find(tx: Tx, kind: Kind, inspection_id: str, *permissions: str) -> InspectionRow:
    """Give an inspection of this type in reach. Refuses T_NOT_FOUND, also for an id of another type, FORBIDDEN."""
    row = tx.first(_of_id(kind, inspection_id))
    if row is None:
        raise Refused(kind.codes.not_found)
    must_reach_line(tx, row.line_id, *permissions)
    return row


def find_alone(tx: Tx, kind: Kind, inspection_id: str, *permissions: str) -> InspectionRow:
    """Give an inspection that nobody else changes until this transaction ends. Refuses as `find`."""
    row = find(tx, kind, inspection_id, *permissions)
    return again(tx, row.id)


def find_with_run(tx: Tx, kind: Kind, inspection_id: str, *permissions: str) -> tuple[Any, InspectionRow]:
    """Give the run and the inspection, both locked in the order that everybody takes them. Refuses as `find`."""
    row = find(tx, kind, inspection_id, *permissions)
    run = tx.one(select(runs).where(runs.c.id == row.run_id).with_for_update())
    return run, again(tx, row.id)


def again(tx: Tx, key: int) -> InspectionRow:
    """Give an inspection by its key, locked."""
    tx.first(select(inspections.c.id).where(inspections.c.id == key).with_for_update())
    return tx.one(_whole.where(inspections.c.id == key))


def by_key(tx: Tx, key: int) -> InspectionRow:
    """Give an inspection by its key."""
    return tx.one(_whole.where(inspections.c.id == key))


def newest_of(tx: Tx, run_id: int, type: str) -> InspectionRow | None:
    """Give the newest inspection of a run that is not CANCELLED: the one that counts. None without one."""
    found = _whole.where(inspections.c.run_id == run_id, inspections.c.type == type, inspections.c.status != CANCELLED)
    return tx.first(found.order_by(inspections.c.id.desc()).limit(1))


def whole_rows(tx: Tx, *where: Any) -> Sequence[InspectionRow]:
    """Give inspections that meet conditions, oldest first, for rooms above that read several."""
    return tx.all(_whole.where(*where).order_by(inspections.c.id))


def items_of(tx: Tx, inspection_id: int) -> Sequence[Any]:
    """Give the items of an inspection in order, each with the serial it names as `sn`."""
    found = (
        select(inspection_items, units.c.sn)
        .select_from(inspection_items.outerjoin(units, units.c.id == inspection_items.c.unit_id))
        .where(inspection_items.c.inspection_id == inspection_id)
    )
    return tx.all(found.order_by(inspection_items.c.seq, inspection_items.c.id))


def items_of_each(tx: Tx, inspection_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Give the items of several inspections by their keys, each in order, in one statement."""
    found: dict[int, list[Any]] = {}
    joined = inspection_items.outerjoin(units, units.c.id == inspection_items.c.unit_id)
    rows = (
        select(inspection_items, units.c.sn).select_from(joined).where(inspection_items.c.inspection_id.in_(inspection_ids))
        .order_by(inspection_items.c.seq, inspection_items.c.id)
    )  # fmt: skip
    for row in tx.all(rows):
        found.setdefault(row.inspection_id, []).append(row)
    return found


# On the wire


def item_shown(row: Any) -> InspectionItem:
    """Give an item as it stands on the wire."""
    key = ids.to_wire(row.id)
    return {
        "id": key, "itemId": key, "seq": row.seq, "unitSn": row.sn, "itemName": row.item_name, "itemSpec": row.item_spec,
        "actualValue": row.actual_value, "result": row.result, "required": row.required, "templateItemId": row.template_item_id,
        "defectCode": row.defect_code, "remark": row.remark, "inspectedBy": ids.wire_or_none(row.inspected_by),
        "inspectedByName": row.inspected_by_name, "inspectedAt": clock.to_wire(row.inspected_at), "revisions": row.revisions or [],
    }  # fmt: skip


def shown(row: InspectionRow) -> Inspection:
    """Give an inspection without its items."""
    return {
        "id": ids.to_wire(row.id), "type": row.type, "runNo": row.run_no, "woNo": row.wo_no, "productCode": row.product_code,
        "lineCode": row.line_code, "status": row.status, "sampleQty": row.sample_qty, "sampledUnits": row.sampled_units,
        "passedQty": row.passed_qty, "failedQty": row.failed_qty, "templateCode": row.template_code, "remark": row.remark,
        "data": row.data or {}, "createdBy": ids.wire_or_none(row.created_by), "createdByName": row.created_by_name,
        "createdAt": clock.to_wire(row.created_at), "inspectorId": ids.wire_or_none(row.inspector_id), "inspectorName": row.inspector_name,
        "startedAt": clock.to_wire(row.started_at), "decidedBy": ids.wire_or_none(row.decided_by), "decidedByName": row.decided_by_name,
        "decidedAt": clock.to_wire(row.decided_at), "decision": row.decision, "signedBy": ids.wire_or_none(row.signed_by),
        "signedByName": row.signed_by_name, "signedAt": clock.to_wire(row.signed_at), "signatureMeaning": row.signature_meaning,
        "signatureRemark": row.signature_remark, "contentHash": row.content_hash, "cancelledBy": ids.wire_or_none(row.cancelled_by),
        "cancelledByName": row.cancelled_by_name, "cancelledAt": clock.to_wire(row.cancelled_at), "cancelReason": row.cancel_reason,
        "version": row.version,
    }  # fmt: skip


def whole(tx: Tx, kind: Kind, key: int) -> Inspection:
    """Give an inspection with its items and what its type adds."""
    row = by_key(tx, key)
    more: Mapping[str, Any] = kind.more(tx, row)
    answer: Inspection = {**shown(row), "items": [item_shown(item) for item in items_of(tx, key)]}
    if "trialSummary" in more:
        answer["trialSummary"] = more["trialSummary"]
    return answer


# Queries


def list_of(tx: Tx, kind: Kind, page: Page) -> Listed[Inspection]:
    """Give the inspections of a type on the lines in reach, without items."""
    found = _whole.where(inspections.c.type == kind.type)
    reach = lines_in_reach(tx, *kind.read)
    if reach is not None:
        found = found.where(runs.c.line_id.in_(reach))
    item: Callable[[Any], Inspection] = shown
    return INSPECTIONS.answer(tx, found, page, item)


def run_in_reach(tx: Tx, kind: Kind, run_no: str) -> Any:
    """Give a run that the reader of this type may see. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, *kind.read)
    return run


def all_of_run(tx: Tx, kind: Kind, run_id: int) -> list[Inspection]:
    """Give every inspection of this type of a run, newest first."""
    found = _whole.where(inspections.c.run_id == run_id, inspections.c.type == kind.type)
    return [shown(row) for row in tx.all(found.order_by(inspections.c.id.desc()))]
