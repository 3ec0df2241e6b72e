"""What notifications say of orders and runs (spec 09.6): the facts that their events leave to be looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, work_orders

DISPATCH = ["lineCode"]  # by a planner's own hand: planners need not be told


def of_order_changed(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which order changed and what of it; nothing for a mere dispatch (WORK_ORDER_CHANGED)."""
    changed = event.payload.get("changed", [])
    if changed == DISPATCH:
        return None
    wo_no = tx.scalar(select(work_orders.c.wo_no).where(work_orders.c.id == event.thing))
    return None if wo_no is None else {"woNo": wo_no, "changed": changed}


def of_lapsed(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which run must be authorised again, and why (RUN_AUTHORIZATION_LAPSED)."""
    run = tx.first(select(runs.c.run_no, runs.c.line_id).where(runs.c.id == event.thing))
    return None if run is None else {"runNo": run.run_no, "lineId": run.line_id, "reason": event.payload.get("reason")}


def of_run(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which run it is, its line, and what was decided of it if anything was (RUN_ON_HOLD, MRB_DECIDED)."""
    run = tx.first(select(runs.c.run_no, runs.c.line_id, runs.c.status).where(runs.c.id == event.thing))
    return None if run is None else {"runNo": run.run_no, "lineId": run.line_id, "decision": run.status}


FACTS = {
    "RUN_AUTHORIZATION_LAPSED": of_lapsed,
    "WORK_ORDER_CHANGED": of_order_changed,
    "RUN_ON_HOLD": of_run,
    "MRB_DECIDED": of_run,
}
