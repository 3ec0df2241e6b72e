"""A reel that runs low is told once (spec 04.7). A job counts the boards, so that no track-out has to."""

from __future__ import annotations

from sqlalchemy import select, update

from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.loading.queries.used import units_of_records
from fiducial.loading.settings import LOW_REEL_BOARDS
from fiducial.loading.tables import records, slots
from fiducial.loading.words import LOADED
from fiducial.orders.states import IN_PROGRESS
from fiducial.orders.tables import runs


@action(audit="LOADING_VERIFY", entity="LOADING", internal_only=True)
def tell_low_reels(tx: Tx) -> int:
    """Announce REEL_LOW of open reels whose rest is enough for fewer than `loading.lowReelBoards` boards; give how many. For the timer."""
    tx.unrecorded()
    known = (
        records.c.status == LOADED, records.c.low_at.is_(None), records.c.package_qty.is_not(None), records.c.unit_consumption > 0,
        runs.c.status == IN_PROGRESS,
    )  # fmt: skip
    open_reels = (
        select(records, slots.c.slot_code, slots.c.line_id, runs.c.run_no)
        .select_from(records.join(runs, runs.c.id == records.c.run_id).join(slots, slots.c.id == records.c.slot_id))
        .where(*known).order_by(records.c.id)
    )  # fmt: skip
    reels = tx.all(open_reels)
    if not reels:
        return 0
    used = units_of_records(tx, records.c.id.in_([reel.id for reel in reels]))
    told = 0
    for reel in reels:
        left = reel.package_qty - used.get(reel.id, (0, True))[0] * reel.unit_consumption
        if left >= LOW_REEL_BOARDS.of(tx, reel.line_id) * reel.unit_consumption:
            continue
        told += tx.run(update(records).where(records.c.id == reel.id, records.c.low_at.is_(None)).values(low_at=tx.now))
        tx.emit(
            "REEL_LOW", reel.id, runId=reel.run_id, lineId=reel.line_id, runNo=reel.run_no, slotCode=reel.slot_code,
            materialCode=reel.material_code, lotNo=reel.lot_no, remainingQty=round(left, 4),
        )  # fmt: skip
    return told
