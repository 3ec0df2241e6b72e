"""Orders, runs and units as rules find them: by their number, locked when they are judged (spec 00.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, exists, select

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import lines_in_reach, must_reach_line, scope_of


def the_order(tx: Tx, wo_no: str) -> Row[Any]:
    """Give the order of a number. Refuses WORK_ORDER_NOT_FOUND."""
    order = tx.first(select(work_orders).where(work_orders.c.wo_no == wo_no))
    if order is None:
        raise Refused("WORK_ORDER_NOT_FOUND", woNo=wo_no)
    return order


def order_to_change(tx: Tx, wo_no: str) -> Row[Any]:
    """Give the order of a number, locked: what is judged of it, and counted over its runs, stays so. Refuses WORK_ORDER_NOT_FOUND."""
    order = tx.first(select(work_orders).where(work_orders.c.wo_no == wo_no).with_for_update())
    if order is None:
        raise Refused("WORK_ORDER_NOT_FOUND", woNo=wo_no)
    return order


def the_run(tx: Tx, run_no: str) -> Row[Any]:
    """Give the run of a number. Refuses RUN_NOT_FOUND."""
    run = tx.first(select(runs).where(runs.c.run_no == run_no))
    if run is None:
        raise Refused("RUN_NOT_FOUND", runNo=run_no)
    return run


def run_to_change(tx: Tx, run_no: str) -> Row[Any]:
    """Give the run of a number, locked: what is judged of it, and counted over its units, stays so. Refuses RUN_NOT_FOUND."""
    run = tx.first(select(runs).where(runs.c.run_no == run_no).with_for_update())
    if run is None:
        raise Refused("RUN_NOT_FOUND", runNo=run_no)
    return run


def run_of_id(tx: Tx, run_id: int) -> Row[Any] | None:
    """Give the run of a key; None when there is none."""
    return tx.first(select(runs).where(runs.c.id == run_id))


def order_of_run(tx: Tx, run: Any) -> Row[Any]:
    """Give the order that a run belongs to."""
    return tx.one(select(work_orders).where(work_orders.c.id == run.work_order_id))


def the_unit(tx: Tx, sn: str) -> Row[Any]:
    """Give the unit of a serial. Refuses UNIT_NOT_FOUND."""
    unit = tx.first(select(units).where(units.c.sn == sn))
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    return unit


def must_reach_run(tx: Tx, run: Any, *permissions: str) -> None:
    """Refuse FORBIDDEN unless the run's line is in reach of one of the permissions."""
    must_reach_line(tx, run.line_id, *permissions)


def must_reach_order(tx: Tx, order: Any, *permissions: str) -> None:
    """Refuse FORBIDDEN unless the order is dispatched to, or has runs on, a line in reach (spec 02.11)."""
    lines = lines_in_reach(tx, *permissions)
    if lines is None or order.dispatch_line_id in lines:
        return
    there = exists().where(runs.c.work_order_id == order.id, runs.c.line_id.in_(lines))
    if not tx.scalar(select(there)):
        raise Refused("FORBIDDEN", scope=scope_of(tx, *permissions), woNo=order.wo_no)
