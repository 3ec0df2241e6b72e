"""The reels and parts of one board, and of one run, as a trace shows them (spec 07.2, 07.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.loading import windows
from fiducial.loading.queries.records import expectations_of, record_shown, records_statement
from fiducial.loading.tables import material_uses, records, slots
from fiducial.orders.states import DONE
from fiducial.plant.tables import bom_items, materials


def reels_of_board(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give the reels that were on the slots while a board was placed, each with its certainty; refused scans are not among them (R6)."""
    linked = windows.of_board(tx, unit_id).subquery("linked")
    each = (
        select(linked.c.record_id, func.max(linked.c.certain).label("certain")).group_by(linked.c.record_id).subquery("each_reel")
    )  # fmt: skip
    found = records_statement(each.c.certain).join(each, each.c.record_id == records.c.id)
    rows = tx.all(found.order_by(records.c.loaded_at, slots.c.position, records.c.id))
    return [reel_shown(row) | {"certainty": windows.CERTAIN if row.certain else windows.POSSIBLE} for row in rows]


def reel_shown(row: Any) -> dict[str, Any]:
    """Give a reel as a trace shows it."""
    return {
        "id": ids.to_wire(row.id), "runNo": row.run_no, "slotCode": row.slot_code, "slotName": row.slot_name, "position": row.position,
        "materialCode": row.material_code, "lotNo": row.lot_no, "status": row.status, "verifyResult": row.verify_result,
        "isAlternate": row.is_alternate, "loadedAt": clock.to_wire(row.loaded_at), "loadedBy": ids.wire_or_none(row.loaded_by),
        "loadedByName": row.loaded_by_name, "unloadedAt": clock.to_wire(row.unloaded_at), "unloadedBy": ids.wire_or_none(row.unloaded_by),
        "unloadedByName": row.unloaded_by_name, "replaceReason": row.reason,
    }  # fmt: skip


def parts_of_board(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give the parts placed by hand, oldest first, those that were taken out again too."""
    rows = tx.all(select(material_uses).where(material_uses.c.unit_id == unit_id).order_by(material_uses.c.id))
    return [
        {
            "id": ids.to_wire(row.id), "position": row.position, "materialCode": row.material_code, "lotNo": row.lot_no, "partSn": row.part_sn,
            "isKeyPart": row.is_key_part, "source": row.source, "usedAt": clock.to_wire(row.used_at), "replaces": None,
            "removedAt": clock.to_wire(row.removed_at), "qty": row.qty, "stepNo": row.step_no, "usedByName": row.used_by_name,
        }
        for row in rows
    ]  # fmt: skip


def missing_key_parts(tx: Tx, unit: Any) -> list[dict[str, Any]]:
    """Give the key parts that a finished unit (with `id`, `status`, `product_code`) lacks (spec 04.7)."""
    there = select(material_uses.c.material_code).where(
        material_uses.c.unit_id == unit.id, material_uses.c.removed_at.is_(None)
    )
    lacking = (
        select(bom_items.c.child_code, materials.c.name, bom_items.c.qty)
        .join(materials, materials.c.code == bom_items.c.child_code)
        .where(
            bom_items.c.parent_code == unit.product_code, bom_items.c.is_key_part.is_(True), materials.c.track_key_part.is_(True),
            bom_items.c.child_code.not_in(there),
        )
        .order_by(bom_items.c.child_code)
    )  # fmt: skip
    found = tx.all(lacking)  # asked of every unit, so that a trace always asks as much
    return [
        {"materialCode": row.child_code, "materialName": row.name, "qty": row.qty}
        for row in found
        if unit.status == DONE
    ]


def scans_of_run(tx: Tx, run: Any) -> list[dict[str, Any]]:
    """Give every scan of a run, refused ones too, oldest first (spec 07.6)."""
    rows = tx.all(records_statement().where(records.c.run_id == run.id).order_by(records.c.loaded_at, records.c.id))
    return [
        reel_shown(row) | {"failCode": row.fail_code, "failReason": record_shown(tx, row)["failReason"], "expectedCode": row.expected_code}
        for row in rows
    ]  # fmt: skip


def slots_of_run(tx: Tx, run: Any) -> list[Any]:
    """Give what the slots of a run should hold and held."""
    return list(expectations_of(tx, run))
