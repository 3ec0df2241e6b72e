"""Changing an order by hand: its routing, its pick status; and ending it (spec 02.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import claims
from fiducial.orders.actions.release import must_be_of_one_kind
from fiducial.orders.answers import ClosedOrder, WorkOrder
from fiducial.orders.lookup import must_reach_order, order_to_change
from fiducial.orders.shapes import BindRouting, CloseOrder, SetPickStatus
from fiducial.orders.states import COMPLETED, IN_PROGRESS, RUN, WORK_ORDER
from fiducial.orders.tables import runs, work_orders
from fiducial.orders.views import order_now, plain
from fiducial.plant.lookup import line_of_id
from fiducial.routing.choose import OVERRIDE, the_route

VOID, SHORT = "VOID", "SHORT"


@action("wo:update", audit="WORK_ORDER_ROUTING_UPDATE", entity="WORK_ORDER", key="wo_no")
def bind_routing(tx: Tx, wo_no: str, body: BindRouting) -> WorkOrder:
    """Bind a routing to the order by a person's decision; it survives every receive. Give the order.

    Refuses WORK_ORDER_NOT_FOUND, WORK_ORDER_COMPLETED, WORK_ORDER_HAS_RUNS, ROUTE_NOT_FOUND, LINE_ROUTING_PROCESS_MISMATCH
    (already dispatched to a line of the other kind). Spec 02.4.
    """
    order = order_to_change(tx, wo_no)
    must_reach_order(tx, order, "wo:update")
    if order.status == COMPLETED:
        raise Refused("WORK_ORDER_COMPLETED", woNo=wo_no)
    if claims.has_runs(tx, order.id):
        raise Refused("WORK_ORDER_HAS_RUNS", woNo=wo_no)
    route = the_route(tx, body.routing_code)
    line = line_of_id(tx, order.dispatch_line_id) if order.dispatch_line_id else None
    if line:
        must_be_of_one_kind(line, route)
    bound = {
        "routingCode": route.code, "by": ids.wire_or_none(tx.actor.id), "byName": tx.actor.name, "at": clock.to_wire(tx.now),
        "reason": body.reason,
    }  # fmt: skip
    values = {
        "routing_override": bound, "routing_resolution": {"mode": OVERRIDE, "candidates": [route.code]},
        "resolved_routing_code": route.code, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(update(work_orders).where(work_orders.c.id == order.id).values(values))
    change = {"path": "routingCode", "before": order.resolved_routing_code, "after": route.code}
    tx.record(wo_no, key=order.id, changes=[change], reason=body.reason)
    return order_now(tx, order.id)


@action("wo:update", audit="WORK_ORDER_PICK_STATUS_UPDATE", entity="WORK_ORDER", key="wo_no")
def set_pick_status(tx: Tx, wo_no: str, body: SetPickStatus) -> WorkOrder:
    """Say how far the material of an order is picked. Give the order.

    Refuses WORK_ORDER_NOT_FOUND, ERP_WORK_ORDER_NOT_EDITABLE, WORK_ORDER_COMPLETED. Spec 02.4.
    """
    order = order_to_change(tx, wo_no)
    must_reach_order(tx, order, "wo:update")
    if order.erp_status is not None:
        raise Refused("ERP_WORK_ORDER_NOT_EDITABLE", woNo=wo_no)
    if order.status == COMPLETED:
        raise Refused("WORK_ORDER_COMPLETED", woNo=wo_no)
    if order.pick_status == body.pick_status:
        return order_now(tx, order.id)
    tx.run(
        update(work_orders).where(work_orders.c.id == order.id).values(pick_status=body.pick_status, updated_at=tx.now)
    )
    tx.record(
        wo_no, key=order.id, changes=[{"path": "pickStatus", "before": order.pick_status, "after": body.pick_status}]
    )
    tx.emit("READINESS_INPUT_CHANGED", order.id, orderId=order.id, gates=["MATERIAL"])
    return order_now(tx, order.id)


@action("wo:close", audit="WORK_ORDER_CLOSE", entity="WORK_ORDER", key="wo_no")
def close_order(tx: Tx, wo_no: str, body: CloseOrder) -> ClosedOrder:
    """End an order whose runs have all ended, or void one that never had any. Give it with `totals`.

    `closeReason` becomes VOID without runs, SHORT with fewer good units than planned, else null; what was said stands in the
    history. Closing again changes nothing. Refuses WORK_ORDER_NOT_FOUND, WORK_ORDER_HAS_NO_RUNS (no run and no reason),
    WORK_ORDER_RUNS_NOT_TERMINAL, WORK_ORDER_QTY_SHORT. Spec 02.4.
    """
    order = order_to_change(tx, wo_no)
    must_reach_order(tx, order, "wo:close")
    totals = claims.totals_of(tx, order)
    if order.status != COMPLETED:
        if order.status == IN_PROGRESS:
            name, why = "close", _judge_end(tx, order, totals["goodQty"], body.reason)
        else:
            name, why = "void", VOID
            if body.reason is None:
                raise Refused("WORK_ORDER_HAS_NO_RUNS", woNo=wo_no)
        WORK_ORDER.move(
            tx, name, work_orders.c.id == order.id, key=order.id, display=wo_no, seen=order.status,
            reason=body.reason, payload={"closeReason": why} if why else None, close_reason=why,
            updated_at=tx.now,
        )  # fmt: skip
    return {**order_now(tx, order.id), "totals": totals}


def _judge_end(tx: Tx, order: Any, good: int, reason: str | None) -> str | None:
    of_order = select(runs.c.run_no, runs.c.status).where(
        runs.c.work_order_id == order.id, runs.c.status.not_in(RUN.terminal)
    )
    still_open = tx.all(of_order.order_by(runs.c.id))
    if still_open:
        listed = [{"runNo": run.run_no, "status": run.status} for run in still_open]
        raise Refused("WORK_ORDER_RUNS_NOT_TERMINAL", woNo=order.wo_no, runs=listed)
    if good >= order.planned_qty:
        return None
    if reason is None:
        raise Refused("WORK_ORDER_QTY_SHORT", goodQty=good, plannedQty=plain(order.planned_qty))
    return SHORT
