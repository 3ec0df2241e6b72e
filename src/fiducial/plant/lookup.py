"""Lines, stations and groups as other rooms look them up: by code or id, compiled once, for they stand on the hot path."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, Text, bindparam, select, type_coerce
from sqlalchemy.sql import Select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.plant.tables import fai_templates, groups, lines, materials, operations, reflow_profiles, stations


class LineRow(NamedTuple):
    """A line as the rules read it."""

    id: int
    code: str
    name: str
    process_type: str
    is_active: bool


class StationRow(NamedTuple):
    """A station as the rules read it, with its line and its group."""

    id: int
    code: str
    name: str
    line_id: int
    line_code: str
    group_id: int | None
    group_code: str | None
    station_type: str
    is_active: bool
    is_manual_bench: bool
    equipment_text: str

    @property
    def equipment_codes(self) -> tuple[str, ...]:
        """Give the equipment that belongs here besides the one whose code is the station's (spec 01.2)."""
        return tuple(orjson.loads(self.equipment_text))


class OperationRow(NamedTuple):
    """An operation as the rules read it."""

    id: int
    code: str
    name: str
    default_type: str
    is_key_quality: bool
    process_kind: str
    is_active: bool


def _stations() -> Select[tuple[int, str, str, int, str, int, str, str, bool, bool, str]]:
    """Give the statement of stations with line and group; the equipment stays the text it is stored as."""
    columns = (
        stations.c.id, stations.c.code, stations.c.name, stations.c.line_id, lines.c.code.label("line_code"), stations.c.group_id,
        groups.c.code.label("group_code"), stations.c.station_type, stations.c.is_active, stations.c.is_manual_bench,
        type_coerce(stations.c.equipment_codes, Text).label("equipment_text"),
    )  # fmt: skip
    joined = stations.join(lines, lines.c.id == stations.c.line_id).outerjoin(
        groups, groups.c.id == stations.c.group_id
    )
    return select(*columns).select_from(joined)


def _lines() -> Select[tuple[int, str, str, str, bool]]:
    return select(lines.c.id, lines.c.code, lines.c.name, lines.c.process_type, lines.c.is_active)


def _operations() -> Select[tuple[int, str, str, str, bool, str, bool]]:
    return select(
        operations.c.id, operations.c.code, operations.c.name, operations.c.default_type, operations.c.is_key_quality,
        operations.c.process_kind, operations.c.is_active,
    )  # fmt: skip


_station_by_code = Hot(_stations().where(stations.c.code == bindparam("code")))
_station_by_id = Hot(_stations().where(stations.c.id == bindparam("key")))
_stations_of_line = Hot(_stations().where(stations.c.line_id == bindparam("line")).order_by(stations.c.code))
_line_by_code = Hot(_lines().where(lines.c.code == bindparam("code")))
_line_by_id = Hot(_lines().where(lines.c.id == bindparam("key")))
_operation_by_code = Hot(_operations().where(operations.c.code == bindparam("code")))
_operation_by_id = Hot(_operations().where(operations.c.id == bindparam("key")))
_group_by_code = Hot(select(groups.c.id).where(groups.c.code == bindparam("code")))
_group_code = Hot(select(groups.c.code).where(groups.c.id == bindparam("key")))
_material_name = Hot(select(materials.c.name).where(materials.c.code == bindparam("code")))


def find_station(tx: Tx, code: str) -> StationRow | None:
    """Give the station of a code, active or not; None when there is none."""
    row = _station_by_code.first(tx, code=code)
    return None if row is None else StationRow._make(row)


def the_station(tx: Tx, code: str) -> StationRow:
    """Give the station of a code, active or not. Refuses STATION_NOT_FOUND."""
    station = find_station(tx, code)
    if station is None:
        raise Refused("STATION_NOT_FOUND", stationCode=code)
    return station


def station_of_id(tx: Tx, station_id: int) -> StationRow | None:
    """Give the station of a key; None when it is gone."""
    row = _station_by_id.first(tx, key=station_id)
    return None if row is None else StationRow._make(row)


def stations_of_line(tx: Tx, line_id: int) -> list[StationRow]:
    """Give all stations of a line, the inactive ones too, by code."""
    return [StationRow._make(row) for row in _stations_of_line.all(tx, line=line_id)]


def find_line(tx: Tx, id_or_code: str) -> LineRow | None:
    """Give the line of an opaque id or a code (spec 00.4), active or not; None when there is none."""
    row = _line_by_code.first(tx, code=id_or_code)
    if row is None:
        key = ids.from_wire(id_or_code)
        row = None if key is None else _line_by_id.first(tx, key=key)
    return None if row is None else LineRow._make(row)


def the_line(tx: Tx, id_or_code: str) -> LineRow:
    """Give the line of an opaque id or a code, active or not. Refuses LINE_NOT_FOUND."""
    line = find_line(tx, id_or_code)
    if line is None:
        raise Refused("LINE_NOT_FOUND", lineCode=id_or_code)
    return line


def line_of_id(tx: Tx, line_id: int) -> LineRow | None:
    """Give the line of a key; None when it is gone."""
    row = _line_by_id.first(tx, key=line_id)
    return None if row is None else LineRow._make(row)


def find_operation(tx: Tx, id_or_code: str) -> OperationRow | None:
    """Give the operation of an opaque id or a code, active or not; None when there is none."""
    row = _operation_by_code.first(tx, code=id_or_code)
    if row is None:
        key = ids.from_wire(id_or_code)
        row = None if key is None else _operation_by_id.first(tx, key=key)
    return None if row is None else OperationRow._make(row)


def the_operation(tx: Tx, id_or_code: str) -> OperationRow:
    """Give the operation of an opaque id or a code, active or not. Refuses OPERATION_NOT_FOUND."""
    operation = find_operation(tx, id_or_code)
    if operation is None:
        raise Refused("OPERATION_NOT_FOUND", operationCode=id_or_code)
    return operation


def operation_of_id(tx: Tx, operation_id: int) -> OperationRow | None:
    """Give the operation of a key; None when it is gone."""
    row = _operation_by_id.first(tx, key=operation_id)
    return None if row is None else OperationRow._make(row)


def the_group_id(tx: Tx, code: str) -> int:
    """Give the key of a station group. Refuses STATION_GROUP_NOT_FOUND."""
    key = _group_by_code.scalar(tx, code=code)
    if key is None:
        raise Refused("STATION_GROUP_NOT_FOUND", stationGroupCode=code)
    return int(key)


def group_code(tx: Tx, group_id: int | None) -> str | None:
    """Give the code of a station group, None for None."""
    if group_id is None:
        return None
    code: str | None = _group_code.scalar(tx, key=group_id)
    return code


def material_name(tx: Tx, code: str) -> str | None:
    """Give the name of a material, None when it is not known."""
    name: str | None = _material_name.scalar(tx, code=code)
    return name


def find_template(tx: Tx, code: str) -> Row[Any] | None:
    """Give the FAI template of a code, active or not (spec 01.7), its `items` in wire spelling; None when there is none."""
    return tx.first(select(fai_templates).where(fai_templates.c.code == code))


def active_profile(tx: Tx, code: str) -> Row[Any] | None:
    """Give the ACTIVE version of an oven program (spec 01.7): a row of `reflow_profile`; None when none is active."""
    wanted = (reflow_profiles.c.code == code, reflow_profiles.c.status == "ACTIVE")
    return tx.first(select(reflow_profiles).where(*wanted))


def find_profile(tx: Tx, code: str, version: str) -> Row[Any] | None:
    """Give one version of an oven program, whatever its status now; None when there is none."""
    wanted = (reflow_profiles.c.code == code, reflow_profiles.c.version == version)
    return tx.first(select(reflow_profiles).where(*wanted))


def frozen_profile(row: Row[Any]) -> dict[str, Any]:
    """Give an oven program as a compile freezes it into a step: code, version, program and limits (spec 01.7), in wire spelling."""
    return {
        "code": row.code, "version": row.version, "kind": row.kind, "programName": row.program_name,
        "peakTempMin": row.peak_temp_min, "peakTempMax": row.peak_temp_max,
        "totalTimeMin": row.total_time_min, "totalTimeMax": row.total_time_max,
    }  # fmt: skip
