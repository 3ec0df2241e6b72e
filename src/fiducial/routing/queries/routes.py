"""Routings as they are read (spec 01.5). Reach does not limit them (spec 09.5.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, select

from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.routing import answers
from fiducial.routing.reading import route_facts
from fiducial.routing.tables import routes, steps, versions

ROUTES = Listing(
    filters={
        "search": part(routes.c.code, routes.c.name, routes.c.product_code), "code": part(routes.c.code), "name": part(routes.c.name),
        "productCode": part(routes.c.product_code), "sourceSystem": one_of(routes.c.source_system, ("ERP", "MES")),
        "processType": one_of(routes.c.process_type, ("SMT", "DIP")), "isActive": yes_no(routes.c.is_active),
        "needsCompile": yes_no(routes.c.needs_compile),
    },
    sorts={
        "code": routes.c.code, "name": routes.c.name, "productCode": routes.c.product_code, "processType": routes.c.process_type,
        "effectiveFrom": routes.c.effective_from, "createdAt": routes.c.created_at, "updatedAt": routes.c.updated_at,
    },
    default_sort="code.asc",
    key=routes.c.id,
)  # fmt: skip


def _statement() -> Select[Any]:
    count = select(func.count()).select_from(steps).where(steps.c.route_id == routes.c.id).scalar_subquery()
    of_route = versions.c.route_id == routes.c.id
    latest = (
        select(versions.c.version_no).where(of_route).order_by(versions.c.version_no.desc()).limit(1).scalar_subquery()
    )
    status = select(versions.c.status).where(of_route).order_by(versions.c.version_no.desc()).limit(1).scalar_subquery()
    usable = (versions.c.status == "READY", versions.c.retired_at.is_(None))
    ready = select(func.max(versions.c.version_no)).where(of_route, *usable).scalar_subquery()
    return select(
        routes, count.label("step_count"), latest.label("latest_no"), status.label("latest_status"), ready.label("latest_ready")
    )  # fmt: skip


@query("route:read")
def list_routes(tx: Tx, page: Page) -> Listed[answers.RouteLine]:
    """Give the routings with the state of their versions."""
    return ROUTES.answer(tx, _statement(), page, answers.route_line_of)


@query("route:read")
def route_detail(tx: Tx, routing_code: str) -> answers.RouteDetail:
    """Give a routing with its steps, each with its effective config. Refuses ROUTE_NOT_FOUND."""
    return detail_of(tx, route_row(tx, routing_code))


def detail_of(tx: Tx, route: Row[Any]) -> answers.RouteDetail:
    """Give a row of `route` with its steps as it is answered."""
    return answers.RouteDetail(route=answers.route_of(route), steps=answers.steps_of(route_facts(tx, route)))


def route_row(tx: Tx, code: str) -> Row[Any]:
    """Give a routing. Refuses ROUTE_NOT_FOUND."""
    row = tx.first(select(routes).where(routes.c.code == code))
    if row is None:
        raise Refused("ROUTE_NOT_FOUND", routingCode=code)
    return row


def locked_route(tx: Tx, code: str) -> Row[Any]:
    """Give a routing for change; whoever else changes or compiles it waits. Refuses ROUTE_NOT_FOUND."""
    row = tx.first(select(routes).where(routes.c.code == code).with_for_update())
    if row is None:
        raise Refused("ROUTE_NOT_FOUND", routingCode=code)
    return row


def step_row(tx: Tx, route: Row[Any], step_no: int | None) -> Row[Any]:
    """Give a step of a routing. Refuses ROUTE_STEP_NOT_FOUND."""
    row = None
    if step_no is not None:
        row = tx.first(select(steps).where(steps.c.route_id == route.id, steps.c.step_no == step_no))
    if row is None:
        raise Refused("ROUTE_STEP_NOT_FOUND", routingCode=route.code, stepNo=step_no)
    return row


def whole_or_none(text: str) -> int | None:
    """Give the number of a path parameter; None when it is none, so that a look-up simply finds nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
