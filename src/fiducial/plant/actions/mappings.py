"""The writes of mappings from other systems (spec 01.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant import profile_answers as answers
from fiducial.plant.changing import must_be_fresh, save, stamp
from fiducial.plant.lookup import the_group_id, the_operation
from fiducial.plant.profile_shapes import NewOperationMapping, OperationMappingChange, WorkCenterMapping
from fiducial.plant.queries.mappings import mapping_row, suggestion_by_key
from fiducial.plant.tables import operation_mappings, work_center_mappings


@action("operation:config", audit="OPERATION_MAPPING_CREATE", entity="OPERATION")
def create_mapping(tx: Tx, body: NewOperationMapping) -> answers.OperationMapping:
    """Map a process of another system to an operation. Refuses OPERATION_NOT_FOUND, OPERATION_MAPPING_DUPLICATE."""
    operation, key = the_operation(tx, body.operation_code), tx.new_id()
    new = tx.insert_once(
        operation_mappings, id=key, source_system=body.source_system, source_process_key=body.source_process_key,
        source_process_name=body.source_process_name, operation_id=operation.id, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not new:
        raise _duplicate(body.source_system, body.source_process_key)
    row = mapping_row(tx, key)
    tx.record(operation.code, key=operation.id, sourceSystem=row.source_system, sourceProcessKey=row.source_process_key)
    return answers.mapping_of(row)


@action("operation:config", audit="OPERATION_MAPPING_UPDATE", entity="OPERATION", key="mapping_id")
def update_mapping(tx: Tx, mapping_id: str, body: OperationMappingChange) -> answers.OperationMapping:
    """Change a mapping. Refuses OPERATION_MAPPING_NOT_FOUND, OPERATION_NOT_FOUND, OPERATION_MAPPING_DUPLICATE, STALE_UPDATE."""
    key, given = mapping_row(tx, mapping_id).id, body.given()
    row = tx.one(select(operation_mappings).where(operation_mappings.c.id == key).with_for_update())
    before = answers.mapping_of(mapping_row(tx, key))
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: before)
    if "operation_code" in given:
        given["operation_id"] = the_operation(tx, given.pop("operation_code")).id
    _must_be_alone(tx, row, given)
    save(tx, operation_mappings, row, given)
    after = answers.mapping_of(mapping_row(tx, key))
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(after["operationCode"], key=given.get("operation_id", row.operation_id), changes=changes)
    return after


def _must_be_alone(tx: Tx, row: Row[Any], given: dict[str, Any]) -> None:
    system = given.get("source_system", row.source_system)
    process = given.get("source_process_key", row.source_process_key)
    if (system, process) == (row.source_system, row.source_process_key):
        return
    table = operation_mappings.c
    if tx.first(select(table.id).where(table.source_system == system, table.source_process_key == process)) is not None:
        raise _duplicate(system, process)


def _duplicate(system: str, process: str) -> Refused:
    return Refused("OPERATION_MAPPING_DUPLICATE", sourceSystem=system, sourceProcessKey=process)


@action("operation:config", audit="WORK_CENTER_MAPPING_UPDATE", entity="OPERATION")
def put_work_center_mapping(tx: Tx, body: WorkCenterMapping) -> answers.WorkCenterSuggestion:
    """Say which group a work centre or a department probably means; only a suggestion (spec 01.3). Refuses STATION_GROUP_NOT_FOUND."""
    group_id = None if body.station_group_code is None else the_group_id(tx, body.station_group_code)
    center, department = body.source_work_center or "", body.source_department or ""
    tx.insert_once(
        work_center_mappings, id=tx.new_id(), source_system=body.source_system, source_work_center=center, source_department=department,
        group_id=None, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    table = work_center_mappings.c
    named = (
        table.source_system == body.source_system,
        table.source_work_center == center,
        table.source_department == department,
    )
    row = tx.one(select(work_center_mappings).where(*named).with_for_update())
    before = suggestion_by_key(tx, row.id)["stationGroupCode"]
    if row.group_id != group_id:
        changed = {"group_id": group_id, "updated_at": stamp(tx, row.updated_at)}
        tx.run(update(work_center_mappings).where(table.id == row.id).values(**changed))
    after = suggestion_by_key(tx, row.id)
    shown = "|".join(part for part in (body.source_system, center, department) if part)
    tx.record(
        shown, key=row.id, changes=[{"path": "stationGroupCode", "before": before, "after": after["stationGroupCode"]}]
    )
    return after
