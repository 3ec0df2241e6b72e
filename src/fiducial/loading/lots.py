"""May this lot be used? (spec 04.5, judge)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.loading.barcode import Scanned
from fiducial.loading.settings import MSL_ENABLED
from fiducial.loading.tables import msl_clocks
from fiducial.plant.tables import lots

BAKING, DRY, EXPIRED = "BAKING", "DRY", "EXPIRED"
_COLUMNS = (
    lots.c.id, lots.c.material_code, lots.c.lot_no, lots.c.status, lots.c.iqc_result, lots.c.expires_at,
)  # fmt: skip
# Kept as it is until the scan is written: a hold placed at the same moment comes before or after it, never between.
_lot = Hot(
    select(*_COLUMNS)
    .where(lots.c.material_code == bindparam("material"), lots.c.lot_no == bindparam("lot"))
    .with_for_update(read=True)
)  # fmt: skip
_of_number = Hot(
    select(lots.c.material_code).where(lots.c.lot_no == bindparam("lot")).order_by(lots.c.material_code).limit(51)
)
_clock = Hot(
    select(msl_clocks.c.state, msl_clocks.c.before_bake, msl_clocks.c.expires_at).where(msl_clocks.c.lot_id == bindparam("lot"))
)  # fmt: skip
_FAULT_OF_CLOCK = {DRY: "LOT_IN_DRY_STORE", BAKING: "LOT_IN_OVEN"}
_FAULT_OF_STATUS = {"ON_HOLD": "LOT_ON_HOLD", "SCRAPPED": "LOT_SCRAPPED"}


def material_of(tx: Tx, scanned: Scanned) -> Scanned:
    """Give a scan with its material: a bare lot number must exist once. Refuses MATERIAL_LOT_NOT_FOUND, MATERIAL_LOT_AMBIGUOUS."""
    if scanned.material_code is not None:
        return scanned
    found = [row.material_code for row in _of_number.all(tx, lot=scanned.lot_no)]
    if not found:
        raise Refused("MATERIAL_LOT_NOT_FOUND", lotNo=scanned.lot_no)
    if len(found) > 1:
        raise Refused("MATERIAL_LOT_AMBIGUOUS", lotNo=scanned.lot_no, materialCodes=found[:50])
    return Scanned(found[0], scanned.lot_no)


def find_lot(tx: Tx, material_code: str, lot_no: str) -> Any:
    """Give `id, status, iqc_result, expires_at` of a lot, kept as it is; None when it is not known."""
    return _lot.first(tx, material=material_code, lot=lot_no)


def known_lot(tx: Tx, material_code: str, lot_no: str) -> Any:
    """Give the lot, made when it is new (spec 04.5: upsert by material and lot)."""
    lot = find_lot(tx, material_code, lot_no)
    if lot is None:
        tx.insert_once(
            lots, id=tx.new_id(), material_code=material_code, lot_no=lot_no, status="AVAILABLE", created_at=tx.now, updated_at=tx.now
        )  # fmt: skip
        lot = find_lot(tx, material_code, lot_no)
    return lot


def fault_of(tx: Tx, lot: Any, line_id: int) -> str | None:
    """Give why a lot may not be used on a line, None when it may."""
    if lot is None:
        return None
    if lot.status in _FAULT_OF_STATUS:
        return _FAULT_OF_STATUS[lot.status]
    if lot.iqc_result == "FAIL":
        return "LOT_IQC_FAILED"
    if lot.expires_at is not None and lot.expires_at <= tx.now:
        return "LOT_EXPIRED"
    if MSL_ENABLED.of(tx, line_id):
        clock = _clock.first(tx, lot=lot.id)
        if clock is not None and _is_used_up(clock, tx.now):
            return "LOT_FLOOR_LIFE_EXCEEDED"
        # While its clock stands a lot is where the book has it: on a slot it would age unseen.
        return _FAULT_OF_CLOCK.get(clock.state) if clock is not None else None
    return None


def _is_used_up(clock: Any, now: int) -> bool:
    """Tell whether the floor life of a lot is over; being in the oven gives it none back, only the end of the bake does."""
    if clock.state == EXPIRED or (clock.state == BAKING and clock.before_bake == EXPIRED):
        return True
    return clock.expires_at is not None and bool(clock.expires_at <= now)
