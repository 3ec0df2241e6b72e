"""Pages of orders and runs (spec 14.2). They only read; what they write goes through the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.claims import claimed_quantity, most_claimable
from fiducial.orders.lookup import must_reach_order, must_reach_run, the_order, the_run
from fiducial.orders.menu import MENU, STATUSES
from fiducial.orders.queries.history import history_of
from fiducial.orders.queries.orders import ORDERS, list_orders, order_detail
from fiducial.orders.queries.run_detail import run_detail
from fiducial.orders.queries.runs import RUNS, list_runs
from fiducial.orders.queries.units import UNITS, units_of_run
from fiducial.orders.run_page import QUIET, known_of, life_of, next_of, standing_of
from fiducial.orders.words import happened, said, who_may
from fiducial.people.reach import lines_in_reach
from fiducial.plant.shifts import shift_name
from fiducial.plant.tables import groups, lines, stations
from fiducial.routing.tables import routes
from fiducial.web.pages import Pages, View

__all__ = ["MENU", "STATUSES", "pages"]

pages = Pages("orders")
MOST_CHOICES = 500


# Work orders


@query("wo:read")
def orders_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the list of work orders."""
    data = list_orders(tx, view.page_of(ORDERS))
    return {"listing": view.list_of(data, default_sort=ORDERS.default_sort), "lines": _lines(tx, "wo:read")}


@query("wo:read")
def order_page(tx: Tx, wo_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one work order: what it asks for, where it goes, its runs, what to do next."""
    data = order_detail(tx, wo_no)
    order = data["workOrder"]
    known = {
        "woNo": wo_no, "status": order["status"], "plannedQty": order["plannedQty"], "productCode": order["productCode"],
        "routingCode": (order["routingResolution"] or {}).get("routingCode") or "–",
        "lineCode": (order["dispatch"] or {}).get("lineCode", "–"),
    }  # fmt: skip
    left = _left(tx, wo_no)
    known |= {"claimedQty": left["claimed"], "remainingQty": left["left"]}
    steps = {}
    for step in data["nextActions"]:
        code = step["code"] if step["code"] != "FORBIDDEN" else None
        may = tx.actor.holds(step["permission"])
        steps[step["action"]] = {
            "state": "blocked" if code else "ready" if may else "waiting", "code": code or "", "text": said(code, **known) if code else "",
            "who": "" if may else who_may(tx, step["permission"]), "may": may and not code,
        }  # fmt: skip
    return {**data, "order": order, "steps": steps, "left": left, "history": happened(data["history"])}


@query("wo:receive")
def receive_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form that receives an order by hand."""
    return {"routes": _routes(tx)}


@query("wo:read")
def order_dialog(tx: Tx, wo_no: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one of the forms of an order: release, dispatch, routing, pick, close, run."""
    order = the_order(tx, wo_no)
    must_reach_order(tx, order, "wo:read")
    data = order_detail(tx, wo_no)
    return {
        "name": name, "order": data["workOrder"], "totals": data["totals"], "routing": data["routing"], "runs": data["runs"],
        "lines": _lines_for(tx, data["routing"]), "groups": _groups(tx), "routes": _routes(tx), "left": _left(tx, wo_no),
    }  # fmt: skip


def _left(tx: Tx, wo_no: str) -> dict[str, float]:
    order = the_order(tx, wo_no)
    claimed = claimed_quantity(tx, order.id)
    return {"claimed": claimed, "left": max(int(most_claimable(tx, order.planned_qty)) - claimed, 0)}


def _lines(tx: Tx, permission: str) -> list[tuple[str, str]]:
    reach = lines_in_reach(tx, permission)
    found = select(lines.c.code, lines.c.name).where(lines.c.is_active).order_by(lines.c.code).limit(MOST_CHOICES)
    if reach is not None:
        found = found.where(lines.c.id.in_(reach))
    return [(row.code, f"{row.code} · {row.name}") for row in tx.all(found)]


def _lines_for(tx: Tx, routing: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Give the lines on which the routing can be made: those of its kind."""
    found = select(lines.c.code, lines.c.name, lines.c.process_type).where(lines.c.is_active)
    if routing:
        found = found.where(lines.c.process_type == routing["processType"])
    rows = tx.all(found.order_by(lines.c.code).limit(MOST_CHOICES))
    return [(row.code, f"{row.code} · {row.name} ({row.process_type})") for row in rows]


def _groups(tx: Tx) -> list[tuple[str, str]]:
    rows = tx.all(select(groups.c.code, groups.c.name).order_by(groups.c.code).limit(MOST_CHOICES))
    return [(row.code, f"{row.code} · {row.name}") for row in rows]


def _routes(tx: Tx) -> list[tuple[str, str]]:
    found = select(routes.c.code, routes.c.name, routes.c.process_type).where(routes.c.is_active)
    rows = tx.all(found.order_by(routes.c.code).limit(MOST_CHOICES))
    return [(row.code, f"{row.code} · {row.name} ({row.process_type})") for row in rows]


# Runs


@query("run:read")
def runs_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the list of runs with the state of readiness, first article and boards."""
    data, own = list_runs(tx, view.page_of(RUNS)), _lines(tx, "run:read")
    limited = lines_in_reach(tx, "run:read") is not None
    return {
        "listing": view.list_of(data, default_sort=RUNS.default_sort), "lines": own,
        "only_lines": [code for code, _name in own] if limited else None,
    }  # fmt: skip


@query("run:read")
def run_page(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:
    """Give one run: where it is, what blocks it, what to do next; its boards; its history."""
    data = run_detail(tx, run_no)
    row = the_run(tx, run_no)
    check = ports.readiness().latest_items(tx, row) if tx.actor.holds("readiness:view") else None
    blocking = next((step["code"] for step in data["nextActions"] if step["action"] == "AUTHORIZE"), None)
    tabs = {part.tab: part for part in ports.parts() if part.tab}
    tab = view.query.get("tab", "")
    tab = tab if tab in ("units", "history", *tabs) else "now"
    shown = [tabs[tab]] if tab in tabs else [part for part in ports.parts() if part.tab is None and tab == "now"]
    context: dict[str, Any] = {
        **data, "check": check, "tab": tab, "tabs": [(key, part.label()) for key, part in tabs.items()],
        "parts": [(part.template, found) for part in shown if (found := part.of_page(tx, row, view.query)) is not None],
        "life": life_of(data, check), "standing": standing_of(data, blocking), "next": next_of(tx, data), "quiet": QUIET,
        "shift": shift_name(row.shift_code),
    }  # fmt: skip
    if context["tab"] == "units":
        units = units_of_run(tx, run_no, view.page_of(UNITS))
        context["listing"] = view.list_of(units, default_sort=UNITS.default_sort)
        context["stations"] = _stations(tx, row.line_id)
    if context["tab"] == "history":
        context["history"] = happened(history_of(tx, "RUN", run_no))
    return context


def _stations(tx: Tx, line_id: int) -> list[tuple[str, str]]:
    rows = tx.all(
        select(stations.c.code, stations.c.name).where(stations.c.line_id == line_id).order_by(stations.c.code)
    )
    return [(row.code, row.name) for row in rows]


@query("run:read")
def run_dialog(tx: Tx, run_no: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one of the forms of a run: generate, register, authorize, close."""
    must_reach_run(tx, the_run(tx, run_no), "run:read")
    data = run_detail(tx, run_no)
    return {**data, "name": name, "known": known_of(data)}


pages.page("/work-orders", orders_page, "orders/orders.html")
pages.page("/work-orders/dialogs/receive", receive_dialog, "orders/receive_dialog.html")
pages.page("/work-orders/{woNo}", order_page, "orders/order.html")
pages.page("/work-orders/{woNo}/dialogs/{name}", order_dialog, "orders/order_dialog.html")
pages.page("/runs", runs_page, "orders/runs.html")
pages.page("/runs/{runNo}", run_page, "orders/run.html")
pages.page("/runs/{runNo}/dialogs/{name}", run_dialog, "orders/run_dialog.html")
