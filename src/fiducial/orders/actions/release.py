"""Releasing an order to a line, and dispatching it to another (spec 02.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.actions.receive import resolved
from fiducial.orders.answers import WorkOrder
from fiducial.orders.claims import has_runs
from fiducial.orders.lookup import must_reach_order, order_to_change
from fiducial.orders.settings import RELEASE_MIN_PICK_STATUS
from fiducial.orders.shapes import Dispatch, Release
from fiducial.orders.states import IN_PROGRESS, RECEIVED, RELEASED, WORK_ORDER
from fiducial.orders.tables import work_orders
from fiducial.orders.views import effective_pick_status, order_now
from fiducial.orders.warnings import Said, warning
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import LineRow, group_code, line_of_id, the_group_id, the_line
from fiducial.plant.tables import lines
from fiducial.routing.choose import RouteRow, choose_routing, find_route, newest_ready_version


@action("wo:release", audit="WORK_ORDER_RELEASE", entity="WORK_ORDER", key="wo_no")
def release_order(tx: Tx, wo_no: str, body: Release) -> WorkOrder:
    """Release an order to a line. Give it with `warnings`.

    Refuses WORK_ORDER_NOT_FOUND, WORK_ORDER_NOT_RECEIVED, and as `_judged`. Spec 02.3.
    """
    order = order_to_change(tx, wo_no)
    if order.status != RECEIVED:
        must_reach_order(tx, order, "wo:release")  # what became of an order is told to those who may see it
        raise Refused("WORK_ORDER_NOT_RECEIVED", woNo=wo_no, status=order.status)
    must_reach_order(
        tx, order, "wo:release"
    )  # one that is on no line yet is for whoever reaches all lines (spec 09.5.2)
    chosen = _resolve(tx, order)
    route, line, group_id = _judged(tx, order, chosen["resolved_routing_code"], chosen["routing_resolution"], body)
    WORK_ORDER.move(
        tx, "release", work_orders.c.id == order.id, key=order.id, display=wo_no, line=line.code,
        payload={"lineCode": line.code, "stationGroupCode": body.station_group_code, "routingCode": route.code},
        **chosen, **_dispatched(tx, line, group_id),
    )  # fmt: skip
    return {**order_now(tx, order.id), "warnings": _warnings(tx, order, route)}


@action("wo:release", audit="WORK_ORDER_DISPATCH", entity="WORK_ORDER", key="wo_no")
def dispatch_order(tx: Tx, wo_no: str, body: Dispatch) -> WorkOrder:
    """Send an order that is released to another line; only runs created later are touched. Give it with `warnings`.

    Refuses WORK_ORDER_NOT_FOUND, WORK_ORDER_NOT_RELEASED, and as `_judged`. Spec 02.3.
    """
    order = order_to_change(tx, wo_no)
    must_reach_order(tx, order, "wo:release")
    if order.status not in (RELEASED, IN_PROGRESS):
        raise Refused("WORK_ORDER_NOT_RELEASED", woNo=wo_no, status=order.status)
    route, line, group_id = _judged(tx, order, order.resolved_routing_code, order.routing_resolution, body)
    tx.run(update(work_orders).where(work_orders.c.id == order.id).values(**_dispatched(tx, line, group_id)))
    before = line_of_id(tx, order.dispatch_line_id) if order.dispatch_line_id else None
    changes = [{"path": "lineCode", "before": before and before.code, "after": line.code}]
    group_before = group_code(tx, order.dispatch_group_id)
    if group_before != body.station_group_code:
        changes.append({"path": "stationGroupCode", "before": group_before, "after": body.station_group_code})
    tx.record(wo_no, key=order.id, line=line.code, changes=changes, reason=body.reason)
    tx.emit("WORK_ORDER_CHANGED", order.id, changed=["lineCode"])
    return {**order_now(tx, order.id), "warnings": _warnings(tx, order, route)}


def _resolve(tx: Tx, order: Any) -> dict[str, Any]:
    """Choose the routing anew, never after the first run exists (spec 01.10)."""
    if has_runs(tx, order.id):
        return {"routing_resolution": order.routing_resolution, "resolved_routing_code": order.resolved_routing_code}
    override = (order.routing_override or {}).get("routingCode")
    return resolved(
        choose_routing(tx, product_code=order.product_code, routing_code=order.routing_code, override_code=override)
    )


def _judged(
    tx: Tx, order: Any, routing_code: str | None, resolution: Any, body: Release | Dispatch
) -> tuple[RouteRow, LineRow, int | None]:
    """Ask guards 3 to 10 of spec 02.3. Give routing, line and station group.

    Refuses ROUTE_NOT_FOUND, ROUTE_NOT_EFFECTIVE, ROUTE_PRODUCT_MISMATCH, ROUTE_NOT_READY, LINE_NOT_FOUND, LINE_INACTIVE,
    FORBIDDEN, LINE_ROUTING_PROCESS_MISMATCH, STATION_GROUP_NOT_FOUND, WORK_ORDER_PICK_INCOMPLETE.
    """
    route = find_route(tx, routing_code) if routing_code else None
    if route is None:
        raise Refused("ROUTE_NOT_FOUND", woNo=order.wo_no, routingResolution=resolution)
    if not route.in_effect(tx.now):
        raise Refused("ROUTE_NOT_EFFECTIVE", routingCode=route.code)
    if route.product_code not in (None, order.product_code) and not order.routing_override:
        raise Refused(
            "ROUTE_PRODUCT_MISMATCH",
            routingCode=route.code,
            routingProductCode=route.product_code,
            productCode=order.product_code,
        )
    if newest_ready_version(tx, route.id) is None:
        raise Refused("ROUTE_NOT_READY", routingCode=route.code)
    line = line_in_use(tx, body.line_code)
    must_reach_line(tx, line.id, "wo:release")
    must_be_of_one_kind(line, route)
    group_id = the_group_id(tx, body.station_group_code) if body.station_group_code else None
    picked, required = effective_pick_status(order), RELEASE_MIN_PICK_STATUS.of(tx)
    if required is not None and (picked or "0") < required:
        raise Refused("WORK_ORDER_PICK_INCOMPLETE", woNo=order.wo_no, pickStatus=picked, required=required)
    return route, line, group_id


def line_in_use(tx: Tx, code: str) -> LineRow:
    """Give the line of a code, held so that nobody switches it off or changes its kind meanwhile.

    Refuses LINE_NOT_FOUND, LINE_INACTIVE.
    """
    key = the_line(tx, code).id
    tx.first(select(lines.c.id).where(lines.c.id == key).with_for_update(read=True))
    line = line_of_id(tx, key)  # read once it is held: its kind may have been changed while we waited
    if line is None:
        raise Refused("LINE_NOT_FOUND", lineCode=code)
    if not line.is_active:
        raise Refused("LINE_INACTIVE", lineCode=line.code)
    return line


def must_be_of_one_kind(line: LineRow, route: RouteRow) -> None:
    """Refuse LINE_ROUTING_PROCESS_MISMATCH unless line and routing are both SMT or both DIP."""
    if line.process_type != route.process_type:
        raise Refused(
            "LINE_ROUTING_PROCESS_MISMATCH", lineCode=line.code, lineProcessType=line.process_type, routingCode=route.code,
            routingProcessType=route.process_type,
        )  # fmt: skip


def _dispatched(tx: Tx, line: LineRow, group_id: int | None) -> dict[str, Any]:
    return {
        "dispatch_line_id": line.id, "dispatch_group_id": group_id, "dispatched_at": tx.now, "dispatched_by": tx.actor.id,
        "dispatched_by_name": tx.actor.name, "updated_at": tx.now,
    }  # fmt: skip


def _warnings(tx: Tx, order: Any, route: RouteRow) -> list[Said]:
    found = []
    if route.needs_compile:
        found.append(warning(tx, "ROUTE_NEEDS_COMPILE", routingCode=route.code))
    if effective_pick_status(order) in (None, "1"):
        found.append(warning(tx, "PICK_INCOMPLETE", woNo=order.wo_no, pickStatus=effective_pick_status(order)))
    return found
