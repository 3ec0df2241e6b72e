"""Which FAI template a routing binds (spec 01.5)."""

from __future__ import annotations

from sqlalchemy import Row

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import must_be_fresh, save
from fiducial.plant.lookup import find_template
from fiducial.routing import answers
from fiducial.routing.queries.routes import locked_route
from fiducial.routing.shapes import TemplateBinding
from fiducial.routing.tables import routes


@action("route:configure", audit="ROUTE_FAI_TEMPLATE_UPDATE", entity="ROUTE", key="routing_code")
def bind_template(tx: Tx, routing_code: str, body: TemplateBinding) -> answers.Route:
    """Bind an FAI template to a routing, or none. It reaches a run through the next version.

    Refuses FAI_TEMPLATE_NOT_FOUND, FAI_TEMPLATE_PRODUCT_MISMATCH, FAI_TEMPLATE_PROCESS_MISMATCH, FAI_TEMPLATE_INACTIVE,
    STALE_UPDATE. A routing of any product may bind the template of one.
    """
    route, code = locked_route(tx, routing_code), body.fai_template_code
    must_be_fresh(body.given().get("if_updated_at"), route.updated_at, lambda: answers.route_of(route))
    before = answers.route_of(route)
    if code is not None and code != route.fai_template_code:
        _must_fit(tx, route, code)
    if code == route.fai_template_code:
        tx.record(route.code, key=route.id)
        return before
    after = answers.route_of(save(tx, routes, route, {"fai_template_code": code, "needs_compile": True}))
    changes = [change for change in changed_fields(before, after) if change["path"] == "faiTemplateCode"]
    tx.record(route.code, key=route.id, changes=changes)
    return after


def _must_fit(tx: Tx, route: Row[tuple[object, ...]], code: str) -> None:
    template = find_template(tx, code)
    if template is None:
        raise Refused("FAI_TEMPLATE_NOT_FOUND", templateCode=code)
    if route.product_code is not None and template.product_code != route.product_code:
        raise Refused(
            "FAI_TEMPLATE_PRODUCT_MISMATCH", templateCode=code, templateProduct=template.product_code, productCode=route.product_code
        )  # fmt: skip
    if template.process_type != route.process_type:
        raise Refused(
            "FAI_TEMPLATE_PROCESS_MISMATCH", templateCode=code, templateProcess=template.process_type, processType=route.process_type
        )  # fmt: skip
    if not template.is_active:
        raise Refused("FAI_TEMPLATE_INACTIVE", templateCode=code)
