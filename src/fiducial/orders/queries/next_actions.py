"""What may be done now, and what stands in the way (spec 02.11): the same guards that the actions ask, as far as they can be foreseen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.answers import NextAction
from fiducial.orders.claims import claimed_quantity, has_runs, most_claimable
from fiducial.orders.states import (
    AUTHORIZED,
    COMPLETED,
    IN_PROGRESS,
    PREP,
    RECEIVED,
    RELEASED,
    RUN,
    UNIT,
)
from fiducial.orders.tables import runs, units
from fiducial.orders.unused import begun_with
from fiducial.orders.views import counts_by_status
from fiducial.routing.choose import find_route, newest_ready_version


def _said(tx: Tx, action: str, permission: str, code: str | None) -> NextAction:
    may = tx.actor.kind == "SYSTEM" or tx.actor.holds(permission)
    return {
        "action": action,
        "permission": permission,
        "allowed": may and code is None,
        "code": code if may else (code or "FORBIDDEN"),
    }


def of_order(tx: Tx, order: Any) -> list[NextAction]:
    """Give what may be done with an order."""
    if order.status == COMPLETED:
        return []
    open_runs = tx.scalar(
        select(func.count())
        .select_from(runs)
        .where(runs.c.work_order_id == order.id, runs.c.status.not_in(RUN.terminal))
    )
    had_runs = has_runs(tx, order.id)
    released = order.status in (RELEASED, IN_PROGRESS)
    route_code = _routing_in_the_way(tx, order)
    erp = "ERP_WORK_ORDER_NOT_EDITABLE" if order.erp_status is not None else None
    found = [
        _said(tx, "RELEASE", "wo:release", route_code if order.status == RECEIVED else "WORK_ORDER_NOT_RECEIVED"),
        _said(tx, "CREATE_RUN", "run:create", _run_in_the_way(tx, order) if released else "WORK_ORDER_NOT_RELEASED"),
        _said(tx, "DISPATCH", "wo:release", route_code if released else "WORK_ORDER_NOT_RELEASED"),
        _said(tx, "BIND_ROUTING", "wo:update", "WORK_ORDER_HAS_RUNS" if had_runs else None),
        _said(tx, "SET_PICK_STATUS", "wo:update", erp),
        _said(tx, "CLOSE", "wo:close", "WORK_ORDER_RUNS_NOT_TERMINAL" if open_runs else None),
    ]
    hidden = {RECEIVED: {"CREATE_RUN", "DISPATCH"}}.get(order.status, {"RELEASE"})
    return [step for step in found if step["action"] not in hidden]


def _routing_in_the_way(tx: Tx, order: Any) -> str | None:
    route = find_route(tx, order.resolved_routing_code) if order.resolved_routing_code else None
    if route is None:
        return "ROUTE_NOT_FOUND"
    if not route.in_effect(tx.now):
        return "ROUTE_NOT_EFFECTIVE"
    if route.product_code not in (None, order.product_code) and not order.routing_override:
        return "ROUTE_PRODUCT_MISMATCH"
    return "ROUTE_NOT_READY" if newest_ready_version(tx, route.id) is None else None


def _run_in_the_way(tx: Tx, order: Any) -> str | None:
    route = find_route(tx, order.resolved_routing_code) if order.resolved_routing_code else None
    if route is None:
        return "ROUTE_NOT_FOUND"
    if newest_ready_version(tx, route.id) is None:
        return "ROUTE_VERSION_NOT_READY"
    full = claimed_quantity(tx, order.id) + 1 > most_claimable(tx, order.planned_qty)
    return "WORK_ORDER_QTY_EXCEEDED" if full else None


def of_run(tx: Tx, run: Any) -> list[NextAction]:
    """Give what may be done with a run; what its state rules out for good is left out."""
    by_status = counts_by_status(tx, run.id)
    total = sum(by_status.values())
    full = (
        "QUANTITY_EXCEEDS_PLAN" if total >= run.plan_qty else "RUN_IS_REWORK" if run.parent_run_id is not None else None
    )
    generate = _said(tx, "GENERATE_UNITS", "run:create", full)
    cancel = _said(tx, "CANCEL", "run:revoke", _tracked_in_the_way(tx, run))
    if run.status == PREP:
        authorize = _said(tx, "AUTHORIZE", "run:authorize", _foreseen(tx, run, ports.authorize_checks()))
        return [generate, _said(tx, "READINESS_CHECK", "readiness:check", None), authorize, cancel]
    if run.status == AUTHORIZED:
        return [_said(tx, "TRACK_IN", "exec:track_in", None if total else "RUN_HAS_NO_UNITS"), generate,
                _said(tx, "READINESS_PRECHECK", "readiness:check", None), _said(tx, "REVOKE", "run:revoke", None), cancel]  # fmt: skip
    if run.status == IN_PROGRESS:
        open_units = set(by_status) - set(UNIT.terminal)
        return [_said(tx, "TRACK_IN", "exec:track_in", None if open_units else "RUN_HAS_NO_UNITS"), generate,
                _said(tx, "CLOSE", "run:close", _close_in_the_way(tx, run, total, open_units))]  # fmt: skip
    return []


def _foreseen(tx: Tx, run: Any, checks: Any) -> str | None:
    return next((code for check in checks if (code := check.foresee(tx, run)) is not None), None)


def _tracked_in_the_way(tx: Tx, run: Any) -> str | None:
    found = tx.first(select(units.c.id).where(units.c.run_id == run.id, begun_with()).limit(1))
    return "RUN_HAS_TRACKED_UNITS" if found else None


def _close_in_the_way(tx: Tx, run: Any, total: int, open_units: set[str]) -> str | None:
    """Give what stands in the way of a close-out; a shortage is no obstacle, for it only wants a reason."""
    if not total:
        return "RUN_HAS_NO_UNITS"
    return "RUN_UNITS_NOT_TERMINAL" if open_units else _foreseen(tx, run, ports.close_checks())
