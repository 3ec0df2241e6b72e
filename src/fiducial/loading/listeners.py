"""What loading does when something happened elsewhere: a run ended, a lot was blocked (spec 04.4, 04.6)."""

from __future__ import annotations

from sqlalchemy import select, update

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.loading.finding import MOUNTED
from fiducial.loading.lots import fault_of
from fiducial.loading.tables import expectations, records, slots
from fiducial.loading.words import LOADED, PENDING, RUN_ENDED, UNLOADED, announce_input
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs
from fiducial.plant.tables import lots


def end_reels_of_run(tx: Tx, event: Event) -> None:
    """End the open reels of a run that has ended, at the instant of its end; the slots remember what is there."""
    run = tx.first(select(runs.c.id, runs.c.status, runs.c.ended_at).where(runs.c.id == event.thing))
    if run is None or run.status not in RUN.terminal:
        return
    tx.run(
        update(records).where(records.c.run_id == run.id, records.c.status == LOADED)
        .values(status=UNLOADED, unloaded_at=run.ended_at or tx.now, unload_reason=RUN_ENDED)
    )  # fmt: skip


def judge_lot_again(tx: Tx, event: Event) -> None:
    """A lot has changed: where it may not be used any more its slots are pending; where it may again they are loaded."""
    lot = tx.first(select(lots).where(lots.c.id == event.thing))
    if lot is None:
        return
    there = (
        select(expectations.c.id, expectations.c.status, records.c.run_id, slots.c.line_id, runs.c.status.label("run_status"))
        .select_from(
            records.join(expectations, expectations.c.record_id == records.c.id).join(slots, slots.c.id == records.c.slot_id)
            .join(runs, runs.c.id == records.c.run_id)
        )
        .where(records.c.lot_id == lot.id, records.c.status == LOADED).order_by(slots.c.id).with_for_update(of=[slots, expectations])
    )  # fmt: skip
    for row in tx.all(there):
        fault = fault_of(tx, lot, row.line_id)
        became = (
            PENDING if fault and row.status == LOADED else LOADED if not fault and row.status == PENDING else row.status
        )
        if became != row.status:
            reload = became == PENDING and row.run_status in MOUNTED
            tx.run(update(expectations).where(expectations.c.id == row.id).values(status=became, must_reload=reload))
        announce_input(tx, row.run_id)
