"""Filling the mappings from other systems, and the groups that work centres probably mean (spec 01.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.actions.mappings import create_mapping, put_work_center_mapping, update_mapping
from fiducial.plant.importers.coded import CODE, UNKNOWN, known
from fiducial.plant.profile_shapes import NewOperationMapping, OperationMappingChange, WorkCenterMapping
from fiducial.plant.tables import groups, operation_mappings, operations, work_center_mappings, work_centers
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as


class WorkCenterRow(Body):
    """A work centre of the ERP and the group it probably means, as a row of a sheet; an empty group says nothing."""

    code: Key
    station_group_code: Key | None = None


def _judge_mappings(tx: Tx, bodies: Sequence[NewOperationMapping]) -> Iterator[Judged]:
    there = known(tx, operations, {body.operation_code for body in bodies})
    for at, body in enumerate(bodies):
        if body.operation_code not in there:
            yield at, "operationCode", UNKNOWN


def _take_mapping(tx: Tx, bodies: Sequence[NewOperationMapping]) -> Outcome:
    (body,) = bodies
    table = operation_mappings
    row = tx.first(
        select(table, operations.c.code.label("operation_code"))
        .join(operations, operations.c.id == table.c.operation_id)
        .where(table.c.source_system == body.source_system, table.c.source_process_key == body.source_process_key)
    )
    if row is None:
        acting_as(tx, create_mapping, body)
        return "CREATED"
    said = {name: value for name, value in body.given().items() if getattr(row, name) != value}
    if not said:
        return "UNCHANGED"
    acting_as(tx, update_mapping, ids.to_wire(row.id), OperationMappingChange(**said))
    return "UPDATED"


def _judge_centers(tx: Tx, bodies: Sequence[WorkCenterRow]) -> Iterator[Judged]:
    centers = known(tx, work_centers, {body.code for body in bodies})
    known_groups = known(tx, groups, {body.station_group_code for body in bodies if body.station_group_code})
    for at, body in enumerate(bodies):
        if body.code not in centers:
            yield at, "code", UNKNOWN
        if body.station_group_code and body.station_group_code not in known_groups:
            yield at, "stationGroupCode", UNKNOWN


def _take_center(tx: Tx, bodies: Sequence[WorkCenterRow]) -> Outcome:
    """Keep the suggestion with the work centre itself, unless it, or else its department, says so already."""
    (body,) = bodies
    center = tx.one(select(work_centers).where(work_centers.c.code == body.code))
    if body.station_group_code is None:
        return "UNCHANGED"
    near = work_center_mappings
    own = tx.all(
        select(near.c.source_work_center, near.c.source_department, groups.c.code.label("group_code"))
        .join(groups, groups.c.id == near.c.group_id)
        .where(
            near.c.source_system == center.source_system,
            near.c.source_work_center.in_((center.code, "")),
            near.c.source_department.in_((center.department_code or "", "")),
        )
    )
    nearest = max(own, key=lambda row: (row.source_work_center != "", row.source_department != ""), default=None)
    if nearest is not None and nearest.group_code == body.station_group_code:
        return "UNCHANGED"
    # A suggestion for the work centre in its department is the nearer one, and would go on counting.
    of_both = nearest is not None and nearest.source_work_center != "" and nearest.source_department != ""
    said = WorkCenterMapping(
        source_system=center.source_system, source_work_center=center.code,
        source_department=center.department_code if of_both else None, station_group_code=body.station_group_code,
    )  # fmt: skip
    acting_as(tx, put_work_center_mapping, said)
    return "CREATED" if nearest is None else "UPDATED"


MAPPINGS = Importer(
    name="operation-mappings", page="operations/mappings", title=Text("Operation mappings"), permission="operation:config",
    shape=NewOperationMapping, key=lambda body: (body.source_system, body.source_process_key), judge=_judge_mappings, take=_take_mapping,
    columns=(
        SheetColumn("sourceSystem", Text("System")), SheetColumn("sourceProcessKey", Text("Process there"), width=24),
        SheetColumn("sourceProcessName", Text("Its name there"), width=24), SheetColumn("operationCode", Text("Operation"), width=20),
    ),
)  # fmt: skip
WORK_CENTERS = Importer(
    name="work-centers", page="operations/work-centers", title=Text("Work centres"), permission="operation:config", shape=WorkCenterRow,
    key=lambda body: body.code, judge=_judge_centers, take=_take_center,
    columns=(CODE, SheetColumn("stationGroupCode", Text("Station group"))),
)  # fmt: skip
