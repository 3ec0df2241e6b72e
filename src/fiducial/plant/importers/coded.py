"""Filling the lists of things with a code of their own: stations, operations, materials (spec 01.2-01.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, select

from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant import answers, words
from fiducial.plant.actions.materials import ERP_OWNED, create_material, update_material
from fiducial.plant.actions.operations import create_operation, update_operation
from fiducial.plant.actions.stations import RESERVED_CODES, create_station, update_station
from fiducial.plant.changing import folded
from fiducial.plant.queries.lines import stations_statement
from fiducial.plant.shapes import MaterialChange, NewMaterial, NewOperation, NewStation, OperationChange, StationChange
from fiducial.plant.tables import groups, lines, materials, operations, stations
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

CODE, NAME = SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Name shown"), width=32)
UNKNOWN = Said(zh="不存在", en="there is none of this code")
OF_THE_ERP = Said(zh="来自 ERP，在此只读", en="comes from the ERP and is read-only here")
OUT_OF_REACH = Said(zh="超出您的数据范围", en="lies outside your lines")
RESERVED = Said(zh="为系统保留", en="is reserved")


def other_case(existing: str) -> Said:
    """Give why a code is refused that differs from another in letter case only (spec 01.1)."""
    return Said(zh=f"与已有的 {existing} 仅大小写不同", en=f"differs from {existing} in letter case only")


def rows_by_code(tx: Tx, table: Table, statement: Any, bodies: Sequence[Any]) -> dict[str, Row[Any]]:
    """Give what is there of the codes, by the code without letter case."""
    wanted = {folded(body.code) for body in bodies}
    return {row.code_folded: row for row in tx.all(statement.where(table.c.code_folded.in_(wanted)))}


def judge_codes(bodies: Sequence[Any], there: Mapping[str, Row[Any]]) -> Iterator[Judged]:
    """Name the codes that are there in another letter case."""
    for at, body in enumerate(bodies):
        row = there.get(folded(body.code))
        if row is not None and row.code != body.code:
            yield at, "code", other_case(row.code)


def known(tx: Tx, table: Table, codes: set[str]) -> set[str]:
    """Give which of some codes are there."""
    return {row.code for row in tx.all(select(table.c.code).where(table.c.code.in_(codes)))}


def taking(
    statement: Callable[[], Any],
    shown: Callable[[Row[Any]], Mapping[str, Any]],
    create: Any,
    update: Any,
    change: type[Body],
) -> Callable[[Tx, Sequence[Any]], Outcome]:
    """Give what makes the thing of a row, or changes it where the row says otherwise."""

    def take(tx: Tx, bodies: Sequence[Any]) -> Outcome:
        (body,) = bodies
        row = tx.first(statement(), {"wanted": body.code})
        if row is None:
            acting_as(tx, create, body)
            return "CREATED"
        said, now = body.model_dump(by_alias=True, exclude_unset=True), shown(row)
        if all(now[name] == value for name, value in said.items()):
            return "UNCHANGED"
        acting_as(
            tx, update, body.code, change(**{name: value for name, value in body.given().items() if name != "code"})
        )
        return "UPDATED"

    return take


# ---- stations -------------------------------------------------------------------------------------------------------


def _judge_stations(tx: Tx, bodies: Sequence[NewStation]) -> Iterator[Judged]:
    yield from judge_codes(bodies, rows_by_code(tx, stations, select(stations), bodies))
    named = tx.all(select(lines.c.code, lines.c.id).where(lines.c.code.in_({body.line_code for body in bodies})))
    line_ids = {row.code: row.id for row in named}
    reachable = reach.lines_in_reach(tx, "line:config")
    known_groups = known(tx, groups, {body.group_code for body in bodies if body.group_code})
    for at, body in enumerate(bodies):
        if folded(body.code) in RESERVED_CODES:
            yield at, "code", RESERVED
        if body.line_code not in line_ids:
            yield at, "lineCode", UNKNOWN
        elif reachable is not None and line_ids[body.line_code] not in reachable:
            yield at, "lineCode", OUT_OF_REACH
        if body.group_code and body.group_code not in known_groups:
            yield at, "groupCode", UNKNOWN


STATIONS = Importer(
    name="stations", page="stations", title=Text("Stations"), permission="line:config", shape=NewStation, key=lambda body: folded(body.code),
    judge=_judge_stations,
    take=taking(
        lambda: stations_statement().where(stations.c.code == bindparam("wanted")), answers.station_of, create_station, update_station, StationChange
    ),
    columns=(
        CODE, NAME, SheetColumn("lineCode", Text("Line")), SheetColumn("groupCode", Text("Station group")),
        SheetColumn("stationType", Text("Station type"), "words", words.STATION_TYPES),
        SheetColumn("equipmentCodes", Text("Further equipment"), "list", width=24),
        SheetColumn("isManualBench", Text("A bench without equipment"), "flag"), SheetColumn("isActive", Text("In use"), "flag"),
    ),
)  # fmt: skip

# ---- operations -----------------------------------------------------------------------------------------------------


def _judge_operations(tx: Tx, bodies: Sequence[NewOperation]) -> Iterator[Judged]:
    there = rows_by_code(tx, operations, select(operations), bodies)
    yield from judge_codes(bodies, there)
    for at, body in enumerate(bodies):
        row = there.get(folded(body.code))
        if row is not None and row.source == "ERP" and row.name != body.name:
            yield at, "name", OF_THE_ERP


OPERATIONS = Importer(
    name="operations", page="operations", title=Text("Operations"), permission="operation:config", shape=NewOperation,
    key=lambda body: folded(body.code), judge=_judge_operations,
    take=taking(
        lambda: select(operations).where(operations.c.code == bindparam("wanted")), answers.operation_of, create_operation, update_operation,
        OperationChange,
    ),
    columns=(
        CODE, NAME, SheetColumn("defaultType", Text("Station type"), "words", words.STATION_TYPES),
        SheetColumn("processKind", Text("Kind of process"), "words", words.PROCESS_KINDS, width=24),
        SheetColumn("isKeyQuality", Text("Key for quality"), "flag"),
    ),
)  # fmt: skip

# ---- materials ------------------------------------------------------------------------------------------------------


def _judge_materials(tx: Tx, bodies: Sequence[NewMaterial]) -> Iterator[Judged]:
    there = rows_by_code(tx, materials, select(materials), bodies)
    yield from judge_codes(bodies, there)
    for at, body in enumerate(bodies):
        row = there.get(folded(body.code))
        if row is None or row.source_system != "ERP":
            continue
        for name, value in body.given().items():
            if name in ERP_OWNED and value != getattr(row, name):
                yield at, name, OF_THE_ERP


MATERIALS = Importer(
    name="materials", page="materials", title=Text("Materials"), permission="material:config", shape=NewMaterial, key=lambda body: folded(body.code),
    judge=_judge_materials,
    take=taking(
        lambda: select(materials).where(materials.c.code == bindparam("wanted")), answers.material_of, create_material, update_material,
        MaterialChange,
    ),
    columns=(
        CODE, NAME, SheetColumn("category", Text("Category")), SheetColumn("unit", Text("Unit of measure"), width=8),
        SheetColumn("model", Text("Model"), width=24), SheetColumn("isMoistureSensitive", Text("Moisture sensitive"), "flag"),
        SheetColumn("mslLevel", Text("Moisture level (MSL)"), width=8), SheetColumn("trackKeyPart", Text("Tracked as key part"), "flag"),
        SheetColumn("panelSize", Text("Boards per panel"), "whole"),
    ),
)  # fmt: skip
