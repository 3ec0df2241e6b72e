"""The writes of operations (spec 01.3)."""

from __future__ import annotations

from sqlalchemy import select

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant import answers, ports
from fiducial.plant.changing import add_coded, must_be_fresh, must_keep_code, save
from fiducial.plant.lookup import the_operation
from fiducial.plant.shapes import NewOperation, OperationChange
from fiducial.plant.tables import operations


@action("operation:config", audit="OPERATION_CREATE", entity="OPERATION")
def create_operation(tx: Tx, body: NewOperation) -> answers.Operation:
    """Make an operation of our own. Refuses OPERATION_CODE_DUPLICATE."""
    key = add_coded(
        tx,
        operations,
        "OPERATION_CODE_DUPLICATE",
        source="MES",
        is_active=True,
        needs_review=False,
        **body.model_dump(),
    )
    tx.record(body.code, key=key)
    return answers.operation_of(tx.one(select(operations).where(operations.c.id == key)))


@action("operation:config", audit="OPERATION_UPDATE", entity="OPERATION", key="operation_id")
def update_operation(tx: Tx, operation_id: str, body: OperationChange) -> answers.Operation:
    """Change an operation. Refuses OPERATION_ERP_READONLY (its name), OPERATION_IN_USE (off under an active routing), STALE_UPDATE.

    What a person has looked at needs no review any more.
    """
    key, given = the_operation(tx, operation_id).id, body.given()
    row = tx.one(select(operations).where(operations.c.id == key).with_for_update())
    must_keep_code(given.pop("code", None), row.code)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: answers.operation_of(row))
    if row.source == "ERP" and given.get("name", row.name) != row.name:
        raise Refused("OPERATION_ERP_READONLY", operationCode=row.code)
    if row.is_active and given.get("is_active") is False:
        _must_be_unused(tx, key, row.code)
    after = save(tx, operations, row, {**given, "needs_review": False})
    changes = changed_fields(answers.operation_of(row), answers.operation_of(after))
    changes = [change for change in changes if change["path"] != "updatedAt"]
    if any(change["path"] != "needsReview" for change in changes):
        ports.operation_changed(tx, key)
    tx.record(row.code, key=key, changes=changes)
    return answers.operation_of(after)


def _must_be_unused(tx: Tx, key: int, code: str) -> None:
    active = [routing for routing, is_active in ports.routings_of(tx, key) if is_active]
    if active:
        raise Refused("OPERATION_IN_USE", operationCode=code, routingCodes=active[:50])
