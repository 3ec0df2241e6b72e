"""Execution config as it is read: of a routing, and the defaults of operations and of the plant (spec 01.6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import OperationRow, the_operation
from fiducial.plant.tables import operations
from fiducial.routing import answers
from fiducial.routing.queries.routes import route_row
from fiducial.routing.reading import GLOBAL_TARGET, operation_target, step_target
from fiducial.routing.tables import configs, steps


@query("route:read")
def list_configs(tx: Tx, routing_code: str) -> answers.Configs:
    """Give the configs of a routing and of its steps; an orphan comes with a suggestion where to attach it. Refuses ROUTE_NOT_FOUND."""
    route = route_row(tx, routing_code)
    return answers.Configs(items=configs_of(tx, route))


def configs_of(tx: Tx, route: Row[Any]) -> list[answers.Config]:
    """Give the configs of a routing, its own first, then by step."""
    joined = steps.outerjoin(operations, operations.c.id == steps.c.operation_id)
    columns = (
        steps.c.step_no,
        steps.c.source_step_key,
        steps.c.operation_id,
        operations.c.code.label("operation_code"),
    )
    there = {
        step_target(route.id, row.step_no, row.source_step_key): row
        for row in tx.all(select(*columns).select_from(joined).where(steps.c.route_id == route.id))
    }
    rows = tx.all(
        select(configs).where(configs.c.route_id == route.id).order_by(configs.c.scope, configs.c.step_no, configs.c.id)
    )
    taken = {row.target for row in rows}
    free = [step for target, step in there.items() if target not in taken]
    return [_shown(row, there.get(row.target), free) for row in rows]


def _shown(row: Row[Any], step: Row[Any] | None, free: list[Row[Any]]) -> answers.Config:
    answer = answers.config_of(row, step.operation_code if step is not None else None)
    orphaned = row.scope == "STEP" and step is None
    answer["orphaned"] = orphaned
    answer["suggestedStepNo"] = _suggestion(row, free) if orphaned else None
    if step is not None:
        answer["stepNo"] = step.step_no
    return answer


def _suggestion(orphan: Row[Any], free: list[Row[Any]]) -> int | None:
    """Give the step to attach an orphan to: the only one of the same operation that has no config of its own."""
    fitting = [step for step in free if orphan.operation_id is not None and step.operation_id == orphan.operation_id]
    return fitting[0].step_no if len(fitting) == 1 else None


@query("route:read")
def operation_default(tx: Tx, operation_id: str) -> answers.Config:
    """Give the execution default of an operation, by id or code. Refuses OPERATION_NOT_FOUND."""
    return default_of(tx, the_operation(tx, operation_id))


@query("route:read")
def global_default(tx: Tx) -> answers.Config:
    """Give the execution default of the plant."""
    return default_of(tx, None)


def default_of(tx: Tx, operation: OperationRow | None) -> answers.Config:
    """Give the default of an operation, or of the plant for None; all null when nothing was said."""
    row = config_at(tx, GLOBAL_TARGET if operation is None else operation_target(operation.id))
    code = operation.code if operation is not None else None
    if row is None:
        return answers.nothing_said("GLOBAL" if operation is None else "OPERATION", code)
    return answers.config_of(row, code)


def config_at(tx: Tx, target: str) -> Row[Any] | None:
    """Give the config of a target; None when nothing was said there."""
    return tx.first(select(configs).where(configs.c.target == target))
