"""The writes of routings and their steps (spec 01.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from fiducial.kit.acting import action
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import add_coded, bad, must_be_fresh, must_keep_code, save
from fiducial.plant.lookup import the_group_id, the_operation
from fiducial.routing import answers, ports
from fiducial.routing.carrying import carry_settings, renumbered
from fiducial.routing.queries.routes import detail_of, locked_route, route_row
from fiducial.routing.shapes import NewRoute, RouteChange, Step, Steps
from fiducial.routing.tables import configs, routes, steps, versions

OURS_OF_AN_ERP_ROUTE = frozenset({"is_active", "process_type", "options", "needs_review"})
READ_BY_COMPILE = ("name", "product_code", "process_type", "unknown_serial_policy", "fai_trial_policy")


def _must_be_in_order(effective_from: int | None, effective_to: int | None) -> None:
    if effective_from is not None and effective_to is not None and effective_from >= effective_to:
        raise bad("effectiveTo", zh="必须晚于 effectiveFrom", en="must be later than effectiveFrom")


@action("route:create", audit="ROUTE_CREATE", entity="ROUTE")
def create_route(tx: Tx, body: NewRoute) -> answers.RouteDetail:
    """Make a routing of our own, with or without its steps. Refuses ROUTE_CODE_DUPLICATE and what `put_steps` refuses."""
    begins, ends = instant_or_none(body.effective_from), instant_or_none(body.effective_to)
    _must_be_in_order(begins, ends)
    options = body.options.given() if body.options else {}
    key = add_coded(
        tx, routes, "ROUTE_CODE_DUPLICATE", code=body.code, name=body.name, source_system="MES", product_code=body.product_code,
        version=body.version, process_type=body.process_type, is_active=True, effective_from=begins, effective_to=ends,
        unknown_serial_policy=options.get("unknown_serial_policy", "REFUSE"), fai_trial_policy=options.get("fai_trial_policy", "REQUIRED"),
        needs_compile=True, needs_review=False,
    )  # fmt: skip
    _replace_steps(tx, key, body.steps)
    tx.record(body.code, key=key, steps=_written(body.steps) or None)
    return detail_of(tx, route_row(tx, body.code))


@action("route:configure", audit="ROUTE_UPDATE", entity="ROUTE", key="routing_code")
def update_route(tx: Tx, routing_code: str, body: RouteChange) -> answers.Route:
    """Change a routing. Refuses ROUTE_STEPS_ERP_READONLY, ROUTE_HAS_OPEN_RUNS (process type), STALE_UPDATE."""
    route, given = locked_route(tx, routing_code), body.given()
    must_keep_code(given.pop("code", None), route.code)
    must_be_fresh(given.pop("if_updated_at", None), route.updated_at, lambda: answers.route_of(route))
    if route.source_system == "ERP" and (theirs := sorted(set(given) - OURS_OF_AN_ERP_ROUTE)):
        raise Refused("ROUTE_STEPS_ERP_READONLY", routingCode=route.code, fields=theirs)
    if "options" in given:
        given |= given.pop("options").given()
    for name in ("effective_from", "effective_to"):
        if name in given:
            given[name] = instant_or_none(given[name])
    _must_be_in_order(given.get("effective_from", route.effective_from), given.get("effective_to", route.effective_to))
    if given.get("process_type", route.process_type) != route.process_type and (
        count := ports.open_runs_of(tx, route.id)
    ):
        raise Refused("ROUTE_HAS_OPEN_RUNS", routingCode=route.code, openRunCount=count)
    if any(name in given and given[name] != getattr(route, name) for name in READ_BY_COMPILE):
        given["needs_compile"] = True
    after = save(tx, routes, route, given)
    _record(tx, route, after)
    return answers.route_of(after)


def _record(tx: Tx, before: Row[Any], after: Row[Any]) -> None:
    changes = changed_fields(answers.route_of(before), answers.route_of(after))
    changes = [change for change in changes if change["path"] not in ("updatedAt", "needsCompile")]
    only_type = [change["path"] for change in changes] == ["processType"]
    tx.record(before.code, key=before.id, changes=changes, action="ROUTE_PROCESS_TYPE_UPDATE" if only_type else None)


@action("route:create", audit="ROUTE_STEPS_UPDATE", entity="ROUTE", key="routing_code")
def put_steps(tx: Tx, routing_code: str, body: Steps) -> answers.RouteDetail:
    """Replace all steps; a step with `wasStepNo` takes its settings along to its new number.

    Refuses ROUTE_STEPS_ERP_READONLY, STEP_NO_DUPLICATE, OPERATION_NOT_FOUND, OPERATION_INACTIVE, STATION_GROUP_NOT_FOUND,
    STALE_UPDATE.
    """
    route = locked_route(tx, routing_code)
    if route.source_system == "ERP":
        raise Refused("ROUTE_STEPS_ERP_READONLY", routingCode=route.code)
    must_be_fresh(body.given().get("if_updated_at"), route.updated_at, lambda: detail_of(tx, route))
    before = detail_of(tx, route)["steps"]
    former = {row.operation_id for row in tx.all(select(steps.c.operation_id).where(steps.c.route_id == route.id))}
    moved = renumbered(body.steps, {step["stepNo"] for step in before})
    _replace_steps(tx, route.id, body.steps, already_used=former)
    carried = carry_settings(tx, route.id, moved)
    tx.run(
        routes.update()
        .where(routes.c.id == route.id)
        .values(needs_compile=True, updated_at=max(tx.now, route.updated_at + 1))
    )
    tx.record(
        route.code, key=route.id, changes=changed_fields({"steps": _own(before)}, {"steps": _written(body.steps)}),
        settingsMoved=carried or None,
    )  # fmt: skip
    return detail_of(tx, route_row(tx, route.code))


def _replace_steps(tx: Tx, route_id: int, wanted: list[Step], already_used: set[int | None] | None = None) -> None:
    numbers = [step.step_no for step in wanted]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise Refused("STEP_NO_DUPLICATE", stepNo=number)
    rows = []
    for step in wanted:
        operation = the_operation(tx, step.operation_code)
        if not operation.is_active and operation.id not in (already_used or ()):
            raise Refused("OPERATION_INACTIVE", operationCode=operation.code, stepNo=step.step_no)
        group_id = None if step.station_group_code is None else the_group_id(tx, step.station_group_code)
        rows.append({
            "id": tx.new_id(), "route_id": route_id, "step_no": step.step_no, "operation_id": operation.id, "group_id": group_id,
            "station_type": step.station_type, "requires_fai": step.requires_fai,
        })  # fmt: skip
    tx.run(delete(steps).where(steps.c.route_id == route_id))
    if rows:
        tx.run(insert(steps), rows)


def _written(wanted: list[Step]) -> list[dict[str, Any]]:
    return [
        step.model_dump(by_alias=True, exclude={"was_step_no"})
        for step in sorted(wanted, key=lambda step: step.step_no)
    ]


def _own(shown: list[answers.Step]) -> list[dict[str, Any]]:
    names = ("stepNo", "operationCode", "stationGroupCode", "stationType", "requiresFAI")
    return [{name: dict(step)[name] for name in names} for step in shown]


@action("route:create", audit="ROUTE_DELETE", entity="ROUTE", key="routing_code")
def delete_route(tx: Tx, routing_code: str) -> answers.Gone:
    """Delete a routing that was never compiled and that nothing names. Refuses ROUTE_STEPS_ERP_READONLY, ROUTE_IN_USE."""
    route = locked_route(tx, routing_code)
    if route.source_system == "ERP":
        raise Refused("ROUTE_STEPS_ERP_READONLY", routingCode=route.code)
    counts = ports.route_counts(tx, route.id, route.code)
    compiled = tx.scalar(select(func.count()).where(versions.c.route_id == route.id))
    if compiled:
        counts = {"versions": compiled, **counts}
    if counts:
        raise Refused("ROUTE_IN_USE", routingCode=route.code, counts=counts)
    before = answers.route_of(route)
    for table in (configs, steps):
        tx.run(delete(table).where(table.c.route_id == route.id))
    tx.run(delete(routes).where(routes.c.id == route.id))
    tx.record(route.code, key=route.id, changes=changed_fields(before, {}))
    return answers.Gone(id=before["id"])
