"""Holding and releasing a material lot (spec 01.4): here, for it tells which open runs have it on a slot."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.loading.shapes import LotDecision
from fiducial.loading.tables import records
from fiducial.loading.words import LOADED, announce_input
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs
from fiducial.plant.answers import Lot, lot_of
from fiducial.plant.changing import stamp
from fiducial.plant.queries.materials import lot_row
from fiducial.plant.tables import lots

AVAILABLE, ON_HOLD = "AVAILABLE", "ON_HOLD"


class DecidedLot(Lot):
    """A lot with the open runs that have it loaded."""

    affectedRuns: list[str]


@action("quality:disposition", audit="MATERIAL_LOT_HOLD", entity="MATERIAL_LOT", key="id")
def hold_lot(tx: Tx, id: str, body: LotDecision) -> DecidedLot:
    """Hold a lot; its slots are pending a moment later. Refuses MATERIAL_LOT_NOT_FOUND, MATERIAL_LOT_STATUS_INVALID."""
    return _decide(tx, id, AVAILABLE, ON_HOLD, body.reason)


@action("quality:disposition", audit="MATERIAL_LOT_RELEASE", entity="MATERIAL_LOT", key="id")
def release_lot(tx: Tx, id: str, body: LotDecision) -> DecidedLot:
    """Release a held lot. Refuses MATERIAL_LOT_NOT_FOUND, MATERIAL_LOT_STATUS_INVALID."""
    return _decide(tx, id, ON_HOLD, AVAILABLE, body.reason)


def _decide(tx: Tx, lot_id: str, source: str, target: str, reason: str) -> DecidedLot:
    before = lot_row(tx, lot_id)
    row = tx.one(select(lots).where(lots.c.id == before.id).with_for_update())
    if row.status != source:
        raise Refused("MATERIAL_LOT_STATUS_INVALID", status=row.status, lotNo=row.lot_no)
    hold_reason = reason if target == ON_HOLD else None
    tx.run(
        update(lots)
        .where(lots.c.id == row.id)
        .values(status=target, hold_reason=hold_reason, updated_at=stamp(tx, row.updated_at))
    )
    changes: list[dict[str, Any]] = [{"path": "status", "before": source, "after": target}]
    tx.record(f"{row.material_code}|{row.lot_no}", key=row.id, reason=reason, changes=changes)
    tx.emit("MATERIAL_LOT_HOLD" if target == ON_HOLD else "MATERIAL_LOT_RELEASE", row.id)
    affected = (
        select(runs.c.id, runs.c.run_no).join_from(records, runs, runs.c.id == records.c.run_id)
        .where(records.c.lot_id == row.id, records.c.status == LOADED, runs.c.status.not_in(RUN.terminal)).distinct().order_by(runs.c.id)
    )  # fmt: skip
    open_runs = tx.all(affected)
    for run in open_runs:
        announce_input(tx, run.id)
    return DecidedLot(**lot_of(lot_row(tx, lot_id)), affectedRuns=[run.run_no for run in open_runs])
