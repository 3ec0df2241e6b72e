"""Creating a run: a part of an order, on one line, with one frozen route version (spec 02.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import claims
from fiducial.orders.actions.release import line_in_use, must_be_of_one_kind
from fiducial.orders.answers import CreatedRun
from fiducial.orders.lookup import order_to_change
from fiducial.orders.shapes import CreateRun
from fiducial.orders.states import IN_PROGRESS, PREP, RELEASED, WORK_ORDER
from fiducial.orders.tables import runs, work_orders
from fiducial.orders.views import plain
from fiducial.orders.warnings import warning
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import LineRow, line_of_id
from fiducial.routing.choose import RouteRow, VersionRow, hold_route, newest_ready_version
from fiducial.routing.fit import unfit_steps
from fiducial.routing.frozen import frozen_route
from fiducial.routing.tables import versions


@action("run:create", audit="RUN_CREATE", entity="RUN", key="wo_no")
def create_run(tx: Tx, wo_no: str, body: CreateRun) -> CreatedRun:
    """Create a run in preparation, on the newest READY version, which it keeps for ever. Give it with `warnings`.

    Refuses, in this order: WORK_ORDER_NOT_FOUND, WORK_ORDER_NOT_RELEASED, ROUTE_NOT_FOUND, LINE_NOT_FOUND, LINE_INACTIVE,
    FORBIDDEN, WORK_ORDER_DISPATCH_LINE_MISMATCH, ROUTE_VERSION_NOT_READY, LINE_ROUTING_PROCESS_MISMATCH,
    RUN_LINE_INCOMPATIBLE_WITH_ROUTE, WORK_ORDER_QTY_EXCEEDED. Spec 02.5.
    """
    return create_numbered(tx, wo_no, body, None)


def create_numbered(tx: Tx, wo_no: str, body: CreateRun, run_no: str | None) -> CreatedRun:
    """Create a run under a number that is given (the demo plant's), else under the next one. Refuses as `create_run`."""
    order = order_to_change(tx, wo_no)  # of two creations at once the second counts the first
    if order.status not in (RELEASED, IN_PROGRESS):
        raise Refused("WORK_ORDER_NOT_RELEASED", woNo=wo_no, status=order.status)
    # Held: its process type may not change while it has open runs, and this one is not there yet.
    route = hold_route(tx, order.resolved_routing_code) if order.resolved_routing_code else None
    if route is None:
        raise Refused("ROUTE_NOT_FOUND", woNo=wo_no, routingResolution=order.routing_resolution)
    line = line_in_use(tx, body.line_code)
    must_reach_line(tx, line.id, "run:create")
    _must_be_dispatched_there(tx, order, line)
    version = _version(tx, route)
    must_be_of_one_kind(line, route)
    _must_fit(tx, line, version)
    _must_not_exceed(tx, order, body.plan_qty)
    run = _insert(tx, order, line, version, body, run_no=run_no)
    if order.status == RELEASED:
        WORK_ORDER.move(tx, "begin", work_orders.c.id == order.id, key=order.id, display=wo_no, updated_at=tx.now)
    tx.record(
        run["run_no"], key=run["id"], line=line.code, changes=[{"path": "status", "before": None, "after": PREP}],
        woNo=wo_no, planQty=body.plan_qty, routingCode=route.code, versionNo=version.version_no,
    )  # fmt: skip
    tx.emit("RUN_CREATE", run["id"])
    return _answer(tx, run, order=order, line=line, route=route, version=version)


def _must_be_dispatched_there(tx: Tx, order: Any, line: LineRow) -> None:
    if order.dispatch_line_id != line.id:
        dispatched = line_of_id(tx, order.dispatch_line_id) if order.dispatch_line_id else None
        raise Refused(
            "WORK_ORDER_DISPATCH_LINE_MISMATCH",
            lineCode=line.code,
            dispatchedLineCode=dispatched.code if dispatched else None,
        )


def _version(tx: Tx, route: RouteRow) -> VersionRow:
    """Give the version to freeze, held so that nobody retires it meanwhile."""
    version = newest_ready_version(tx, route.id)
    if version is not None:
        held = tx.one(select(versions.c.retired_at).where(versions.c.id == version.id).with_for_update(read=True))
        if held.retired_at is None:
            return version
    raise Refused("ROUTE_VERSION_NOT_READY", routingCode=route.code)


def _must_fit(tx: Tx, line: LineRow, version: VersionRow) -> None:
    steps = unfit_steps(tx, line.id, frozen_route(tx, version.id))
    if steps:
        raise Refused("RUN_LINE_INCOMPATIBLE_WITH_ROUTE", lineCode=line.code, steps=steps)


def _must_not_exceed(tx: Tx, order: Any, plan_qty: int) -> None:
    claimed, most = claims.claimed_quantity(tx, order.id), claims.most_claimable(tx, order.planned_qty)
    if plan_qty + claimed > most:
        left = max(plain(float(most)) - claimed, 0)
        raise Refused(
            "WORK_ORDER_QTY_EXCEEDED", plannedQty=plain(order.planned_qty), claimedQty=claimed, remainingQty=left
        )


def _insert(
    tx: Tx, order: Any, line: LineRow, version: VersionRow, body: CreateRun, *, run_no: str | None
) -> dict[str, Any]:
    day = clock.plant_day(tx.now, tx.store.zone).strftime("%Y%m%d")
    run = {
        "id": tx.new_id(), "run_no": run_no or f"RUN-{day}-{next_number(tx, f'RUN-{day}'):04d}", "work_order_id": order.id, "line_id": line.id,
        "version_id": version.id, "status": PREP, "plan_qty": body.plan_qty, "shift_code": body.shift_code,
        "changeover_no": body.changeover_no, "remark": body.remark, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(insert(runs).values(run))
    return run


def _answer(
    tx: Tx, run: dict[str, Any], *, order: Any, line: LineRow, route: RouteRow, version: VersionRow
) -> CreatedRun:
    return {
        "id": ids.to_wire(run["id"]), "runNo": run["run_no"], "status": PREP, "planQty": run["plan_qty"], "woNo": order.wo_no,
        "productCode": order.product_code, "lineCode": line.code, "shiftCode": run["shift_code"], "changeoverNo": run["changeover_no"],
        "route": {"code": route.code, "name": route.name, "sourceSystem": route.source_system},
        "routeVersion": {
            "id": ids.to_wire(version.id), "versionNo": version.version_no, "compiledAt": clock.to_wire(version.compiled_at),
        },
        "createdAt": clock.to_wire(tx.now),
        "warnings": [warning(tx, "ROUTE_NEEDS_COMPILE", routingCode=route.code)] if route.needs_compile else [],
    }  # fmt: skip
