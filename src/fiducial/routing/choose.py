"""Which routing and version a work order gets (spec 01.10). Neither the order of rows nor the time of the last edit decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select

from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.routing import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.routing.tables import routes, versions

OVERRIDE, ROUTING_CODE, PRODUCT, AMBIGUOUS, NOT_FOUND = "OVERRIDE", "ROUTING_CODE", "PRODUCT", "AMBIGUOUS", "NOT_FOUND"


class RouteRow(NamedTuple):
    """A routing as orders read it."""

    id: int
    code: str
    name: str
    source_system: str
    source_key: str | None
    product_code: str | None
    process_type: str
    is_active: bool
    effective_from: int | None
    effective_to: int | None
    needs_compile: bool

    def in_effect(self, now: int) -> bool:
        """Tell whether it is active and `effectiveFrom ≤ now < effectiveTo`, null being open (spec 01.5 rule 4)."""
        return (
            self.is_active
            and (self.effective_from or 0) <= now
            and (self.effective_to is None or now < self.effective_to)
        )


class VersionRow(NamedTuple):
    """A frozen version as orders read it."""

    id: int
    route_id: int
    version_no: int
    status: str
    compiled_at: int
    retired_at: int | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How the routing of an order was found. `routing_code` is None unless exactly one was."""

    mode: str
    candidates: tuple[str, ...]
    routing_code: str | None

    def on_wire(self) -> dict[str, Any]:
        """Give `routingResolution` as the order keeps and shows it."""
        return {"mode": self.mode, "candidates": list(self.candidates)}


_columns = (
    routes.c.id, routes.c.code, routes.c.name, routes.c.source_system, routes.c.source_key, routes.c.product_code, routes.c.process_type,
    routes.c.is_active, routes.c.effective_from, routes.c.effective_to, routes.c.needs_compile,
)  # fmt: skip
_by_code = Hot(select(*_columns).where(routes.c.code == bindparam("code")))
_by_id = Hot(select(*_columns).where(routes.c.id == bindparam("key")))
_of_product = Hot(
    select(*_columns)
    .where(
        or_(routes.c.product_code == bindparam("product"), routes.c.product_code.is_(None)),
        routes.c.is_active.is_(True),
        or_(routes.c.effective_from.is_(None), routes.c.effective_from <= bindparam("now")),
        or_(routes.c.effective_to.is_(None), routes.c.effective_to > bindparam("now")),
    )
    .order_by(routes.c.code)
)  # fmt: skip
_version_columns = (
    versions.c.id, versions.c.route_id, versions.c.version_no, versions.c.status, versions.c.compiled_at, versions.c.retired_at,
)  # fmt: skip
_newest_ready = Hot(
    select(*_version_columns)
    .where(versions.c.route_id == bindparam("route"), versions.c.status == "READY", versions.c.retired_at.is_(None))
    .order_by(versions.c.version_no.desc())
    .limit(1)
)  # fmt: skip
_version_of_id = Hot(select(*_version_columns).where(versions.c.id == bindparam("key")))


def find_route(tx: Tx, code: str) -> RouteRow | None:
    """Give the routing of a code; None when there is none."""
    row = _by_code.first(tx, code=code)
    return None if row is None else RouteRow._make(row)


def hold_route(tx: Tx, code: str) -> RouteRow | None:
    """Give the routing of a code, which stays as it is until this transaction ends; None when there is none."""
    tx.first(select(routes.c.id).where(routes.c.code == code).with_for_update(read=True))
    return find_route(tx, code)


def the_route(tx: Tx, code: str) -> RouteRow:
    """Give the routing of a code. Refuses ROUTE_NOT_FOUND."""
    route = find_route(tx, code)
    if route is None:
        raise Refused("ROUTE_NOT_FOUND", routingCode=code)
    return route


def route_of_id(tx: Tx, route_id: int) -> RouteRow | None:
    """Give the routing of a key; None when it is gone."""
    row = _by_id.first(tx, key=route_id)
    return None if row is None else RouteRow._make(row)


def newest_ready_version(tx: Tx, route_id: int) -> VersionRow | None:
    """Give the version with the greatest number that is READY and not retired; None when there is none."""
    row = _newest_ready.first(tx, route=route_id)
    return None if row is None else VersionRow._make(row)


def version_of_id(tx: Tx, version_id: int) -> VersionRow | None:
    """Give a version by its key, whether it has been retired since or not."""
    row = _version_of_id.first(tx, key=version_id)
    return None if row is None else VersionRow._make(row)


def choose_routing(
    tx: Tx, *, product_code: str, routing_code: str | None = None, override_code: str | None = None
) -> Resolution:
    """Give the routing of an order: what a person bound, else what the order carries, else the product's own.

    An order that carries a code we do not know is NOT_FOUND, never another routing by guess. A routing for any product
    stands behind every routing made for the product.
    """
    if override_code:
        return Resolution(OVERRIDE, (override_code,), override_code)
    if routing_code:
        known = find_route(tx, routing_code)
        return Resolution(ROUTING_CODE, (routing_code,), routing_code) if known else Resolution(NOT_FOUND, (), None)
    found = [RouteRow._make(row) for row in _of_product.all(tx, product=product_code, now=tx.now)]
    return _of_candidates([route for route in found if route.product_code] or found)


def _of_candidates(found: list[RouteRow]) -> Resolution:
    """Decide among routings in effect: ours before the ERP's, then the latest `effectiveFrom` (null = oldest)."""
    ours = [route for route in found if route.source_system == "MES"] or found
    if not ours:
        return Resolution(NOT_FOUND, (), None)
    latest = max(route.effective_from or 0 for route in ours)
    newest = [route for route in ours if (route.effective_from or 0) == latest]
    if len(newest) > 1:
        return Resolution(AMBIGUOUS, tuple(route.code for route in newest), None)
    return Resolution(PRODUCT, (newest[0].code,), newest[0].code)
