"""Lists and details of work orders (spec 02.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, since, until
from fiducial.kit.tx import Tx
from fiducial.orders.answers import OrderLine, RoutingOfOrder
from fiducial.orders.claims import totals_of
from fiducial.orders.lookup import must_reach_order, the_order
from fiducial.orders.queries.history import history_of
from fiducial.orders.queries.next_actions import of_order
from fiducial.orders.settings import PICK_STATUSES
from fiducial.orders.states import RUN, WORK_ORDER
from fiducial.orders.tables import runs, work_orders
from fiducial.orders.views import good_in_completed, order_on_wire, orders_selected, plain, runs_selected, unit_counts
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, materials
from fiducial.routing.choose import find_route
from fiducial.routing.tables import routes

_effective_pick = case(
    (work_orders.c.erp_status.is_not(None), work_orders.c.erp_pick_status), else_=work_orders.c.pick_status
)

ORDERS = Listing(
    filters={
        "status": one_of(work_orders.c.status, WORK_ORDER.states), "woNo": part(work_orders.c.wo_no),
        "productCode": part(work_orders.c.product_code), "routingCode": part(work_orders.c.resolved_routing_code),
        "lineCode": part(lines.c.code), "pickStatus": one_of(_effective_pick, PICK_STATUSES),
        "sourceSystem": part(work_orders.c.source_system), "dueFrom": since(work_orders.c.due_date),
        "dueTo": until(work_orders.c.due_date), "createdFrom": since(work_orders.c.created_at),
        "createdTo": until(work_orders.c.created_at),
        "search": part(work_orders.c.wo_no, work_orders.c.product_code, materials.c.name),
    },
    sorts={
        "woNo": work_orders.c.wo_no, "productCode": work_orders.c.product_code, "status": work_orders.c.status,
        "plannedQty": work_orders.c.planned_qty, "dueDate": work_orders.c.due_date, "createdAt": work_orders.c.created_at,
    },
    default_sort="createdAt.desc",
    key=work_orders.c.id,
)  # fmt: skip


def in_reach(tx: Tx, *permissions: str) -> ColumnElement[bool] | None:
    """Give the condition under which an order may be seen: dispatched to, or with runs on, a line in reach; None for all."""
    reach = lines_in_reach(tx, *permissions)
    if reach is None:
        return None
    there = select(runs.c.id).where(runs.c.work_order_id == work_orders.c.id, runs.c.line_id.in_(reach)).exists()
    return or_(work_orders.c.dispatch_line_id.in_(reach), there)


@query("wo:read")
def list_orders(tx: Tx, page: Page) -> Listed[OrderLine]:
    """Give the work orders in reach, each with its routing, its runs counted and its progress."""
    statement = orders_selected()
    seen = in_reach(tx, "wo:read")
    if seen is not None:
        statement = statement.where(seen)
    return ORDERS.answer_all(tx, statement, page, lambda rows: _with_progress(tx, rows))


def _with_progress(tx: Tx, rows: Sequence[Any]) -> list[OrderLine]:
    keys = [row.id for row in rows]
    counted = select(
        runs.c.work_order_id,
        func.count().label("n"),
        func.sum(case((runs.c.status.in_(RUN.terminal), 0), else_=1)).label("open"),
    )
    by_order = {
        row.work_order_id: row
        for row in tx.all(counted.where(runs.c.work_order_id.in_(keys)).group_by(runs.c.work_order_id))
    }
    good = {row.work_order_id: row.good for row in tx.all(good_in_completed(keys))}
    codes = [row.resolved_routing_code for row in rows if row.resolved_routing_code]
    named = select(routes.c.code, routes.c.name, routes.c.process_type).where(routes.c.code.in_(codes))
    by_code: dict[str, RoutingOfOrder] = {
        row.code: {"code": row.code, "name": row.name, "processType": row.process_type} for row in tx.all(named)
    }
    found = list[OrderLine]()
    for row in rows:
        runs_of, made = by_order.get(row.id), good.get(row.id, 0)
        found.append({
            **order_on_wire(row), "routing": by_code.get(row.resolved_routing_code), "lineCode": row.line_code,
            "runCount": runs_of.n if runs_of else 0, "openRunCount": int(runs_of.open) if runs_of else 0, "goodQty": made,
            "progressPct": round(min(made / plain(row.planned_qty), 1) * 100, 1),
        })  # fmt: skip
    return found


@query("wo:read")
def order_detail(tx: Tx, wo_no: str) -> dict[str, Any]:
    """Give an order with routing, totals, runs, history and what may be done next. Refuses WORK_ORDER_NOT_FOUND, FORBIDDEN."""
    order = the_order(tx, wo_no)
    must_reach_order(tx, order, "wo:read")
    row = tx.one(orders_selected().where(work_orders.c.id == order.id))
    route = find_route(tx, order.resolved_routing_code) if order.resolved_routing_code else None
    return {
        "workOrder": order_on_wire(row),
        "routing": None if route is None else {
            "code": route.code, "name": route.name, "processType": route.process_type, "sourceSystem": route.source_system,
        },
        "totals": totals_of(tx, order),
        "runs": _runs_of(tx, order),
        "history": history_of(tx, "WORK_ORDER", wo_no),
        "nextActions": of_order(tx, order),
    }  # fmt: skip


def _runs_of(tx: Tx, order: Any) -> list[dict[str, Any]]:
    counts = unit_counts()
    statement = (
        runs_selected(counts.c.good_qty, counts.c.scrap_qty).outerjoin(counts, counts.c.run_id == runs.c.id)
        .where(runs.c.work_order_id == order.id).order_by(runs.c.id)
    )  # fmt: skip
    reach = lines_in_reach(tx, "wo:read")
    if reach is not None:
        statement = statement.where(and_(runs.c.line_id.in_(reach)))
    return [
        {
            "runNo": run.run_no, "status": run.status, "lineCode": run.line_code, "planQty": run.plan_qty,
            "goodQty": int(run.good_qty or 0), "scrapQty": int(run.scrap_qty or 0), "startedAt": clock.to_wire(run.started_at),
            "endedAt": clock.to_wire(run.ended_at), "parentRunNo": run.parent_run_no,
        }
        for run in tx.all(statement)
    ]  # fmt: skip
