"""A reel that runs low is told once (spec 04.7). A job counts the boards, so that no track-out has to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from fiducial.kit.acting import action, query
from fiducial.kit.tx import Tx
from fiducial.loading.queries.used import units_of_records
from fiducial.loading.settings import LOW_REEL_BOARDS
from fiducial.loading.tables import records, slots
from fiducial.loading.words import LOADED
from fiducial.orders.states import IN_PROGRESS
from fiducial.orders.tables import runs


@query("system:ops")
def reels_that_run_low(tx: Tx) -> list[tuple[int, float]]:
    """Give the open reels whose rest is enough for fewer than `loading.lowReelBoards` boards and that nobody was told of, with that rest.

    All boards that took from them are counted, so this is no work for the lane.
    """
    known = (
        records.c.status == LOADED, records.c.low_at.is_(None), records.c.package_qty.is_not(None), records.c.unit_consumption > 0,
        runs.c.status == IN_PROGRESS,
    )  # fmt: skip
    open_reels = (
        select(records.c.id, records.c.package_qty, records.c.unit_consumption, slots.c.line_id)
        .select_from(records.join(runs, runs.c.id == records.c.run_id).join(slots, slots.c.id == records.c.slot_id))
        .where(*known).order_by(records.c.id)
    )  # fmt: skip
    reels = tx.all(open_reels)
    if not reels:
        return []
    used = units_of_records(tx, records.c.id.in_([reel.id for reel in reels]))
    left = {reel.id: reel.package_qty - used.get(reel.id, (0, True))[0] * reel.unit_consumption for reel in reels}
    return [
        (reel.id, left[reel.id]) for reel in reels if left[reel.id] < LOW_REEL_BOARDS.of(tx, reel.line_id) * reel.unit_consumption
    ]  # fmt: skip


@action(audit="LOADING_VERIFY", entity="LOADING", internal_only=True)
def tell_low_reels(tx: Tx, found: Sequence[tuple[int, float]]) -> int:
    """Announce REEL_LOW of reels that were found to run low and are still there; give how many. Of two nodes one tells of a reel."""
    tx.unrecorded()
    return sum(_tell(tx, record_id, left) for record_id, left in found)


def _tell(tx: Tx, record_id: int, left: float) -> bool:
    here = (records.c.id == record_id, records.c.status == LOADED, records.c.low_at.is_(None))
    if not tx.run(update(records).where(*here).values(low_at=tx.now)):
        return False
    shown = (
        select(records.c.run_id, records.c.material_code, records.c.lot_no, slots.c.slot_code, slots.c.line_id, runs.c.run_no)
        .select_from(records.join(runs, runs.c.id == records.c.run_id).join(slots, slots.c.id == records.c.slot_id))
    )  # fmt: skip
    reel = tx.one(shown.where(records.c.id == record_id))
    tx.emit(
        "REEL_LOW", record_id, runId=reel.run_id, lineId=reel.line_id, runNo=reel.run_no, slotCode=reel.slot_code,
        materialCode=reel.material_code, lotNo=reel.lot_no, remainingQty=round(left, 4),
    )  # fmt: skip
    return True
