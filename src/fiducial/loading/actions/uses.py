"""Parts placed by hand and key parts (关键件, spec 04.7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import lots
from fiducial.loading.barcode import read_barcode
from fiducial.loading.queries.uses import MaterialUse, use_by_id
from fiducial.loading.settings import ALLOW_NOT_IN_BOM, BARCODE_PATTERNS
from fiducial.loading.shapes import NewUse, RemoveUse
from fiducial.loading.tables import material_uses
from fiducial.orders.lookup import the_unit
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import must_reach_line, must_reach_station
from fiducial.plant.lookup import the_station
from fiducial.plant.tables import bom_items

MANUAL = "MANUAL"


@action("exec:track_out", audit="MATERIAL_USE_CREATE", entity="UNIT", key="body.sn")
def use_material(tx: Tx, body: NewUse) -> MaterialUse:
    """Say that a part was placed by hand on a board that is in the station.

    Refuses UNIT_NOT_FOUND, STATION_NOT_FOUND, FORBIDDEN, UNIT_NOT_IN_STATION, what a barcode refuses, MATERIAL_NOT_IN_BOM,
    PART_SN_IN_USE, and the fail code of a lot that may not be used.
    """
    unit, station = the_unit(tx, body.sn), the_station(tx, body.station_code)
    must_reach_station(tx, station.id, station.line_id, "exec:track_out", code=station.code)
    track = tx.first(
        select(tracks.c.run_id, tracks.c.step_no, tracks.c.in_at)
        .where(tracks.c.unit_id == unit.id, tracks.c.station_id == station.id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))
        .with_for_update(read=True)
    )  # fmt: skip
    if track is None:
        raise Refused("UNIT_NOT_IN_STATION", sn=unit.sn, stationCode=station.code, status=unit.status)
    material, lot_no = lots.material_of(tx, read_barcode(body.material_lot_barcode, BARCODE_PATTERNS.of(tx)))
    assert material is not None
    is_key = _in_bom(tx, unit, material)
    fault = lots.fault_of(tx, lots.find_lot(tx, material, lot_no), station.line_id)
    if fault is not None:
        raise Refused(fault, materialCode=material, lotNo=lot_no)
    lot, key = lots.known_lot(tx, material, lot_no), tx.new_id()
    if _lot_before(tx, track.run_id, station.id, material) not in (None, lot_no):
        tx.emit(
            "LOT_CHANGED_AT_STATION", track.run_id, stationCode=station.code
        )  # first pieces may be due anew (spec 06.8)
    new = tx.insert_once(
        material_uses, id=key, unit_id=unit.id, run_id=track.run_id, station_id=station.id, step_no=track.step_no, lot_id=lot.id,
        material_code=material, lot_no=lot_no, part_sn=body.part_sn, position=body.position, qty=body.qty, is_key_part=is_key, source=MANUAL,
        used_at=max(tx.now, track.in_at), used_by=tx.actor.id, used_by_name=tx.actor.name, operator_id=body.operator_id,
    )  # fmt: skip
    if not new:
        raise Refused(
            "PART_SN_IN_USE", partSn=body.part_sn, materialCode=material, sn=_holder(tx, material, body.part_sn)
        )
    tx.record(
        unit.sn,
        key=unit.id,
        line=station.line_code,
        station=station.code,
        materialCode=material,
        lotNo=lot_no,
        partSn=body.part_sn,
    )
    return use_by_id(tx, key)


@action("quality:disposition", audit="MATERIAL_USE_REMOVE", entity="UNIT", key="id")
def remove_use(tx: Tx, id: str, body: RemoveUse) -> MaterialUse:
    """Say that a part was taken out of its board again. Refuses MATERIAL_USE_NOT_FOUND, FORBIDDEN, MATERIAL_USE_REMOVED."""
    key = ids.from_wire(id)
    row = None
    if key is not None:
        joined = (
            select(material_uses, units.c.sn, runs.c.line_id)
            .join_from(material_uses, units, units.c.id == material_uses.c.unit_id)
            .join(runs, runs.c.id == material_uses.c.run_id)
        )
        row = tx.first(joined.where(material_uses.c.id == key).with_for_update(of=material_uses))
    if row is None:
        raise Refused("MATERIAL_USE_NOT_FOUND", useId=id)
    must_reach_line(tx, row.line_id, "quality:disposition")
    if row.removed_at is not None:
        raise Refused("MATERIAL_USE_REMOVED", by=row.removed_by_name)
    removed = {
        "removed_at": max(tx.now, row.used_at),  # the clock may have been set back since
        "removed_by": tx.actor.id,
        "removed_by_name": tx.actor.name,
        "remove_reason": body.reason,
    }
    tx.run(update(material_uses).where(material_uses.c.id == row.id).values(**removed))
    tx.record(
        row.sn,
        key=row.unit_id,
        reason=body.reason,
        materialCode=row.material_code,
        lotNo=row.lot_no,
        partSn=row.part_sn,
    )
    return use_by_id(tx, row.id)


def _lot_before(tx: Tx, run_id: int, station_id: int, material: str) -> str | None:
    """Give the lot of a material that a run used last at a station; None when it used none there."""
    last = select(material_uses.c.lot_no, material_uses.c.run_id).where(
        material_uses.c.station_id == station_id, material_uses.c.material_code == material
    )
    row = tx.first(last.order_by(material_uses.c.used_at.desc(), material_uses.c.id.desc()).limit(1))
    return row.lot_no if row is not None and row.run_id == run_id else None


def _in_bom(tx: Tx, unit: Any, material: str) -> bool:
    """Tell whether a material is a key part of the unit's product. Refuses MATERIAL_NOT_IN_BOM unless the plant allows it."""
    product = select(work_orders.c.product_code).where(work_orders.c.id == unit.work_order_id).scalar_subquery()
    child = tx.first(
        select(bom_items.c.is_key_part).where(bom_items.c.parent_code == product, bom_items.c.child_code == material)
    )
    if child is None and not ALLOW_NOT_IN_BOM.of(tx):
        raise Refused("MATERIAL_NOT_IN_BOM", materialCode=material)
    return bool(child is not None and child.is_key_part)


def _holder(tx: Tx, material: str, part_sn: str | None) -> str | None:
    found = (
        select(units.c.sn)
        .join_from(material_uses, units, units.c.id == material_uses.c.unit_id)
        .where(material_uses.c.material_code == material, material_uses.c.part_sn == part_sn, material_uses.c.removed_at.is_(None))
    )  # fmt: skip
    sn: str | None = tx.scalar(found)
    return sn
