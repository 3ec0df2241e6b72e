"""Holding and releasing material lots (spec 01.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant import answers, ports
from fiducial.plant.changing import stamp
from fiducial.plant.queries.materials import lot_row
from fiducial.plant.shapes import LotReason
from fiducial.plant.tables import lots


@action("quality:disposition", audit="MATERIAL_LOT_HOLD", entity="MATERIAL_LOT", key="lot_id")
def hold_lot(tx: Tx, lot_id: str, body: LotReason) -> answers.HeldLot:
    """Hold an available lot; the answer names the open runs that have it loaded. Refuses MATERIAL_LOT_STATUS_INVALID."""
    return _moved(tx, lot_id, body, source="AVAILABLE", target="ON_HOLD")


@action("quality:disposition", audit="MATERIAL_LOT_RELEASE", entity="MATERIAL_LOT", key="lot_id")
def release_lot(tx: Tx, lot_id: str, body: LotReason) -> answers.HeldLot:
    """Release a held lot. Refuses MATERIAL_LOT_STATUS_INVALID."""
    return _moved(tx, lot_id, body, source="ON_HOLD", target="AVAILABLE")


def _moved(tx: Tx, lot_id: str, body: LotReason, *, source: str, target: str) -> answers.HeldLot:
    row = lot_row(tx, lot_id)
    changed = update(lots).where(lots.c.id == row.id, lots.c.status == source)
    values: dict[str, Any] = {
        "status": target,
        "hold_reason": body.reason if target == "ON_HOLD" else None,
        "updated_at": stamp(tx, row.updated_at),
    }
    if not tx.run(changed.values(**values)):
        now = _status_now(tx, row)
        raise Refused("MATERIAL_LOT_STATUS_INVALID", materialCode=row.material_code, lotNo=row.lot_no, status=now)
    ports.lot_changed(tx, row.id)
    runs = ports.lot_runs(tx, row.id)
    tx.record(
        f"{row.material_code}|{row.lot_no}", key=row.id, reason=body.reason, affectedRuns=runs,
        changes=[{"path": "status", "before": source, "after": target}],
    )  # fmt: skip
    return answers.HeldLot(**answers.lot_of(lot_row(tx, lot_id)), affectedRuns=runs)


def _status_now(tx: Tx, row: Row[Any]) -> str:
    return str(tx.scalar(select(lots.c.status).where(lots.c.id == row.id)))
