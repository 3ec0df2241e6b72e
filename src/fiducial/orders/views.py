"""Rows of orders and runs as they go over the wire: the statements that gather them, and the shaping."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.sql import Subquery

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.orders.answers import Authorization, DispatchedTo, Run, WorkOrder
from fiducial.orders.states import COMPLETED, DONE, SCRAPPED
from fiducial.orders.tables import runs, units, work_orders
from fiducial.plant.tables import groups, lines, materials

parents = runs.alias("parent")


def plain(quantity: float | None) -> float:
    """Give a quantity as a whole number where it is one: 100, not 100.0."""
    number = float(quantity or 0)
    return int(number) if number.is_integer() else number


def effective_pick_status(order: Any) -> str | None:
    """Give the pick status that counts: the ERP's for an order of the ERP (spec 02.4)."""
    status: str | None = order.erp_pick_status if order.erp_status is not None else order.pick_status
    return status


# Orders


def orders_selected() -> Select[Any]:
    """Give the statement of orders with the names of what they refer to."""
    return (
        select(
            work_orders,
            materials.c.name.label("product_name"),
            lines.c.code.label("line_code"),
            groups.c.code.label("group_code"),
        )
        .outerjoin(materials, materials.c.code == work_orders.c.product_code)
        .outerjoin(lines, lines.c.id == work_orders.c.dispatch_line_id)
        .outerjoin(groups, groups.c.id == work_orders.c.dispatch_group_id)
    )


def order_on_wire(row: Any) -> WorkOrder:
    """Give a row of `orders_selected` as the work order object (spec 02.2)."""
    dispatched: DispatchedTo | None = None
    if row.dispatch_line_id is not None:
        dispatched = {
            "lineCode": row.line_code, "stationGroupCode": row.group_code, "dispatchedAt": clock.to_wire(row.dispatched_at),
            "dispatchedBy": ids.wire_or_none(row.dispatched_by), "dispatchedByName": row.dispatched_by_name,
        }  # fmt: skip
    resolution = row.routing_resolution
    if resolution is not None:
        resolution = {**resolution, "routingCode": row.resolved_routing_code}
    return {
        "id": ids.to_wire(row.id), "woNo": row.wo_no, "productCode": row.product_code, "productName": row.product_name,
        "plannedQty": plain(row.planned_qty), "status": row.status, "routingCode": row.routing_code,
        "routingResolution": resolution, "routingOverride": row.routing_override, "pickStatus": row.pick_status,
        "erpStatus": row.erp_status, "erpPickStatus": row.erp_pick_status, "dueDate": clock.to_wire(row.due_date),
        "planStartDate": clock.to_wire(row.plan_start_date), "planFinishDate": clock.to_wire(row.plan_finish_date),
        "priority": row.priority, "customer": row.customer, "jobNo": row.job_no, "srcBillNo": row.src_bill_no,
        "sourceSystem": row.source_system, "dispatch": dispatched, "closeReason": row.close_reason,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def order_now(tx: Tx, order_id: int) -> WorkOrder:
    """Give the work order object as it is now."""
    return order_on_wire(tx.one(orders_selected().where(work_orders.c.id == order_id)))


# Runs


def runs_selected(*more: Any) -> Select[Any]:
    """Give the statement of runs with the names of what they refer to, and more columns."""
    return (
        select(
            runs, work_orders.c.wo_no, work_orders.c.product_code, lines.c.code.label("line_code"),
            parents.c.run_no.label("parent_run_no"), *more,
        )
        .join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .join(lines, lines.c.id == runs.c.line_id)
        .outerjoin(parents, parents.c.id == runs.c.parent_run_id)
    )  # fmt: skip


def run_on_wire(row: Any) -> Run:
    """Give a row of `runs_selected` as the run object (spec 02.11)."""
    return {
        "id": ids.to_wire(row.id), "runNo": row.run_no, "woNo": row.wo_no, "productCode": row.product_code, "lineCode": row.line_code,
        "status": row.status, "planQty": row.plan_qty, "shiftCode": row.shift_code, "changeoverNo": row.changeover_no,
        "remark": row.remark, "parentRunNo": row.parent_run_no, "reworkType": row.rework_type,
        "authorizationType": row.authorization_type, "startedAt": clock.to_wire(row.started_at), "endedAt": clock.to_wire(row.ended_at),
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def run_now(tx: Tx, run_id: int) -> Run:
    """Give the run object as it is now."""
    return run_on_wire(tx.one(runs_selected().where(runs.c.id == run_id)))


def authorization_on_wire(row: Any) -> Authorization:
    """Give an authorisation entry."""
    return {
        "type": row.type, "status": row.status, "by": ids.wire_or_none(row.by_id), "byName": row.by_name, "at": clock.to_wire(row.at),
        "reason": row.reason, "checkId": ids.wire_or_none(row.check_id), "faiId": ids.wire_or_none(row.fai_id),
        "endedBy": ids.wire_or_none(row.ended_by_id), "endedByName": row.ended_by_name, "endedAt": clock.to_wire(row.ended_at),
        "endedReason": row.ended_reason,
    }  # fmt: skip


# Counting


def unit_counts() -> Subquery:
    """Give good, scrapped, started and all units of every run that has any, for joining."""
    return (
        select(
            units.c.run_id,
            func.count().label("unit_qty"),
            func.sum(case((units.c.status == DONE, 1), else_=0)).label("good_qty"),
            func.sum(case((units.c.status == SCRAPPED, 1), else_=0)).label("scrap_qty"),
            func.sum(case((units.c.tracked, 1), else_=0)).label("started_qty"),
        )
        .group_by(units.c.run_id)
        .subquery("counts")
    )


def good_in_completed(order_ids: Any) -> Select[Any]:
    """Give for each of the orders the units DONE in runs COMPLETED: the good quantity of spec 02.4, each serial once."""
    return (
        select(runs.c.work_order_id, func.count().label("good"))
        .join(units, units.c.run_id == runs.c.id)
        .where(runs.c.work_order_id.in_(order_ids), runs.c.status == COMPLETED, units.c.status == DONE)
        .group_by(runs.c.work_order_id)
    )


def counts_by_status(tx: Tx, run_id: int) -> dict[str, int]:
    """Give how many units of a run are in each state."""
    counted = select(units.c.status, func.count().label("n")).where(units.c.run_id == run_id).group_by(units.c.status)
    return {row.status: row.n for row in tx.all(counted)}


def first_sns(tx: Tx, *where: Any, most: int = 20) -> list[str]:
    """Give the first serials of the units that satisfy the conditions."""
    rows: list[Row[Any]] = list(tx.all(select(units.c.sn).where(*where).order_by(units.c.sn).limit(most)))
    return [row.sn for row in rows]
