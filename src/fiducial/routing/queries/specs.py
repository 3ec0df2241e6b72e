"""Collection items as they are read, and the picker that binds them to steps (spec 01.8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, or_, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant.tables import operations
from fiducial.routing import answers
from fiducial.routing.merge import SCOPES
from fiducial.routing.queries.configs import config_at
from fiducial.routing.queries.routes import route_row, step_row, whole_or_none
from fiducial.routing.reading import operation_target, step_target
from fiducial.routing.shapes import OptionsAsked
from fiducial.routing.tables import configs, data_specs, routes, steps

SPECS = Listing(
    filters={
        "search": part(data_specs.c.name, operations.c.code, operations.c.name), "operationCode": part(operations.c.code),
        "name": part(data_specs.c.name), "isActive": yes_no(data_specs.c.is_active),
        "itemType": one_of(data_specs.c.item_type, ("KEY", "OBSERVATION")),
        "dataType": one_of(data_specs.c.data_type, ("NUMBER", "TEXT", "BOOLEAN", "JSON")),
        "method": one_of(data_specs.c.method, ("AUTO", "MANUAL")), "isRequired": yes_no(data_specs.c.is_required),
    },
    sorts={"name": data_specs.c.name, "updatedAt": data_specs.c.updated_at, "createdAt": data_specs.c.created_at},
    default_sort="updatedAt.desc",
    key=data_specs.c.id,
)  # fmt: skip


def specs_statement() -> Select[Any]:
    """Give the statement of collection items with their operation."""
    named = (operations.c.code.label("operation_code"), operations.c.name.label("operation_name"))
    joined = data_specs.join(operations, operations.c.id == data_specs.c.operation_id)
    return select(data_specs, *named).select_from(joined)


@query("data_spec:read")
def list_specs(tx: Tx, page: Page) -> Listed[answers.Spec]:
    """Give the collection items, each with the number of steps it is bound to."""
    rows: list[Row[Any]] = []

    def keep(row: Row[Any]) -> answers.Spec:
        rows.append(row)
        return answers.spec_of(row)

    answer = SPECS.answer(tx, specs_statement(), page, keep)
    bound = bound_steps(tx, {row.operation_id for row in rows})
    for item in answer["items"]:
        item["boundStepCount"] = len(bound.get(item["id"], ()))
    return answer


@query("data_spec:read")
def spec_detail(tx: Tx, spec_id: str) -> answers.Spec:
    """Give a collection item with the steps it is bound to. Refuses DATA_SPEC_NOT_FOUND."""
    row = spec_row(tx, spec_id)
    answer = answers.spec_of(row)
    answer["boundSteps"] = bound_steps(tx, {row.operation_id}).get(answer["id"], [])
    return answer


def spec_row(tx: Tx, spec_id: str) -> Row[Any]:
    """Give a collection item by its opaque id. Refuses DATA_SPEC_NOT_FOUND."""
    key = ids.from_wire(spec_id)
    row = None if key is None else tx.first(specs_statement().where(data_specs.c.id == key))
    if row is None:
        raise Refused("DATA_SPEC_NOT_FOUND", specIds=[spec_id])
    return row


def bound_steps(tx: Tx, operation_ids: Iterable[int]) -> dict[str, list[answers.BoundStep]]:
    """Give the steps of these operations that each collection item is bound to, by its own config or the operation's default."""
    keys = list(operation_ids)
    if not keys:
        return {}
    joined = steps.join(routes, routes.c.id == steps.c.route_id)
    columns = (steps.c.route_id, steps.c.step_no, steps.c.source_step_key, steps.c.operation_id, routes.c.code)
    found = tx.all(
        select(*columns)
        .select_from(joined)
        .where(steps.c.operation_id.in_(keys))
        .order_by(routes.c.code, steps.c.step_no)
    )
    mine = or_(
        configs.c.target.in_([operation_target(key) for key in keys]),
        configs.c.route_id.in_({row.route_id for row in found}),
    )
    said = {
        row.target: row.fields.get("dataSpecIds")
        for row in tx.all(select(configs.c.target, configs.c.fields).where(mine))
    }
    result: dict[str, list[answers.BoundStep]] = {}
    for row in found:
        bound = said.get(step_target(row.route_id, row.step_no, row.source_step_key))
        if bound is None:
            bound = said.get(operation_target(row.operation_id))
        for key in bound or []:
            result.setdefault(key, []).append(answers.BoundStep(routingCode=row.code, stepNo=row.step_no))
    return result


@query("route:read")
def spec_options(tx: Tx, routing_code: str, step_no: str, asked: OptionsAsked) -> answers.Picker:
    """Give the collection items of a step's operation: bound, available, switched off, and bound ones that are none of it.

    `search` narrows the names. Refuses ROUTE_NOT_FOUND, ROUTE_STEP_NOT_FOUND.
    """
    route = route_row(tx, routing_code)
    step = step_row(tx, route, whole_or_none(step_no))
    own = config_at(tx, step_target(route.id, step.step_no, step.source_step_key))
    default = config_at(tx, operation_target(step.operation_id))
    bound, inherited = _bound(own, default)
    rows = tx.all(
        specs_statement().where(data_specs.c.operation_id == step.operation_id).order_by(data_specs.c.name_folded)
    )
    specs = [answers.spec_of(row) for row in rows]
    known, wanted = {spec["id"] for spec in specs}, asked.search.casefold()
    shown = [spec for spec in specs if wanted in spec["name"].casefold()]
    operation = tx.first(select(operations.c.code, operations.c.name).where(operations.c.id == step.operation_id))
    return answers.Picker(
        stepNo=step.step_no,
        operationCode=operation.code if operation is not None else None,
        operationName=operation.name if operation is not None else None,
        inheritedFrom=inherited,
        bound=[spec for spec in shown if spec["isActive"] and spec["id"] in bound],
        available=[spec for spec in shown if spec["isActive"] and spec["id"] not in bound],
        inactive=[spec for spec in shown if not spec["isActive"]],
        missing=[answers.MissingSpec(specId=key) for key in bound if key not in known],
        excludedDataSpecIds=(own.fields.get("excludedDataSpecIds") or []) if own is not None else [],
        updatedAt=clock.to_wire(own.updated_at) if own is not None else None,
    )


def _bound(own: Row[Any] | None, default: Row[Any] | None) -> tuple[list[str], str | None]:
    """Give what is bound to a step, and OPERATION when the operation's default says so."""
    if own is not None and own.fields.get("dataSpecIds") is not None:
        return own.fields["dataSpecIds"], None
    if default is not None and default.fields.get("dataSpecIds") is not None:
        return default.fields["dataSpecIds"], SCOPES[1]
    return [], None
