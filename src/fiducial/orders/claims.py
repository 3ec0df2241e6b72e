"""How much of an order its runs have claimed, and what came of them (spec 02.4, 02.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from fiducial.kit.tx import Tx
from fiducial.orders.answers import Totals
from fiducial.orders.settings import OVERRUN_PCT
from fiducial.orders.states import CANCELLED, RUN, SCRAPPED
from fiducial.orders.tables import runs, units
from fiducial.orders.views import good_in_completed, plain


def claimed_quantity(tx: Tx, order_id: int) -> int:
    """Give the claimed quantity: what open runs are planned for, and what completed ones made.

    Runs that are SCRAPPED, CANCELLED or CLOSED_REWORK claim nothing, so a replacement can be made.
    """
    of_order = runs.c.work_order_id == order_id
    still_open = select(func.sum(runs.c.plan_qty)).where(of_order, runs.c.status.not_in(RUN.terminal))
    made = tx.first(good_in_completed([order_id]))
    return int(tx.scalar(still_open) or 0) + (int(made.good) if made else 0)


def most_claimable(tx: Tx, planned_qty: float) -> Decimal:
    """Give how much the runs of an order may claim: the plan and the overrun that the plant allows."""
    overrun = Decimal(str(OVERRUN_PCT.of(tx)))
    return Decimal(str(planned_qty)) * (100 + overrun) / 100


def has_runs(tx: Tx, order_id: int) -> bool:
    """Tell whether the order has ever had a run."""
    return tx.first(select(runs.c.id).where(runs.c.work_order_id == order_id).limit(1)) is not None


def totals_of(tx: Tx, order: Any) -> Totals:
    """Give the quantities of an order; each serial counts once, whatever number of runs it went through."""
    of_order = runs.c.work_order_id == order.id
    planned = tx.one(
        select(
            func.sum(
                case((runs.c.parent_run_id.is_(None) & (runs.c.status != CANCELLED), runs.c.plan_qty), else_=0)
            ).label("planned"),
            func.sum(case((runs.c.parent_run_id.is_not(None), 1), else_=0)).label("rework"),
        ).where(of_order)
    )
    counted = tx.one(
        select(
            func.sum(case((units.c.tracked, 1), else_=0)).label("started"),
            func.sum(case((units.c.status == SCRAPPED, 1), else_=0)).label("scrapped"),
        ).where(units.c.work_order_id == order.id)
    )
    good = tx.first(good_in_completed([order.id]))
    return {
        "plannedQty": plain(order.planned_qty), "runPlannedQty": int(planned.planned or 0), "startedQty": int(counted.started or 0),
        "goodQty": int(good.good) if good else 0, "scrappedQty": int(counted.scrapped or 0), "reworkRuns": int(planned.rework or 0),
    }  # fmt: skip
