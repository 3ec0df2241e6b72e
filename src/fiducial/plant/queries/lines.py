"""Lines, stations and groups as they are read (spec 01.2), within the reach of who reads (spec 09.5.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select

from fiducial.kit import settings
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant import answers, ports
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import groups, lines, stations

PROCESS_TYPES = ("SMT", "DIP")
STATION_TYPES = ("MANUAL", "AUTO", "BATCH", "TEST")

LINES = Listing(
    filters={
        "search": part(lines.c.code, lines.c.name), "code": part(lines.c.code), "name": part(lines.c.name),
        "processType": one_of(lines.c.process_type, PROCESS_TYPES), "isActive": yes_no(lines.c.is_active),
    },
    sorts={
        "code": lines.c.code, "name": lines.c.name, "processType": lines.c.process_type,
        "createdAt": lines.c.created_at, "updatedAt": lines.c.updated_at,
    },
    default_sort="code.asc",
    key=lines.c.id,
)  # fmt: skip
STATIONS = Listing(
    filters={
        "search": part(stations.c.code, stations.c.name), "code": part(stations.c.code), "name": part(stations.c.name),
        "lineCode": part(lines.c.code), "groupCode": part(groups.c.code),
        "stationType": one_of(stations.c.station_type, STATION_TYPES), "isActive": yes_no(stations.c.is_active),
    },
    sorts={
        "code": stations.c.code, "name": stations.c.name, "lineCode": lines.c.code, "stationType": stations.c.station_type,
        "createdAt": stations.c.created_at, "updatedAt": stations.c.updated_at,
    },
    default_sort="code.asc",
    key=stations.c.id,
)  # fmt: skip
GROUPS = Listing(
    filters={"search": part(groups.c.code, groups.c.name), "code": part(groups.c.code), "name": part(groups.c.name)},
    sorts={
        "code": groups.c.code, "name": groups.c.name, "createdAt": groups.c.created_at, "updatedAt": groups.c.updated_at,
    },
    default_sort="code.asc",
    key=groups.c.id,
)  # fmt: skip


def stations_statement() -> Select[Any]:
    """Give the statement of stations with line and group."""
    named = (lines.c.code.label("line_code"), lines.c.name.label("line_name"), groups.c.code.label("group_code"))
    joined = stations.join(lines, lines.c.id == stations.c.line_id)
    return select(stations, *named).select_from(joined.outerjoin(groups, groups.c.id == stations.c.group_id))


def groups_statement() -> Select[Any]:
    """Give the statement of station groups with the number of their stations."""
    counted = select(func.count()).where(stations.c.group_id == groups.c.id).correlate(groups).scalar_subquery()
    return select(groups, counted.label("station_count"))


def _lines_in_reach(tx: Tx, statement: Select[Any]) -> Select[Any]:
    reachable = reach.lines_in_reach(tx, "line:read")
    return statement if reachable is None else statement.where(lines.c.id.in_(reachable))


def stations_in_reach(tx: Tx) -> ColumnElement[bool] | None:
    """Give what a station must be to lie in reach: bound itself, or on a bound line; None means all."""
    if reach.scope_of(tx, "line:read") == reach.ALL:
        return None
    bound_lines, bound_stations = reach.bound_lines(tx), reach.bound_stations(tx)
    if not bound_lines and not bound_stations:
        return false()
    return or_(stations.c.line_id.in_(bound_lines), stations.c.id.in_(bound_stations))


@query("line:read")
def list_lines(tx: Tx, page: Page) -> Listed[answers.Line]:
    """Give the lines in reach."""
    return LINES.answer(tx, _lines_in_reach(tx, select(lines)), page, answers.line_of)


@query("line:read")
def line_detail(tx: Tx, line_id: str) -> answers.LineDetail:
    """Give a line, by id or code, with what stands on it. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_id)
    reach.must_reach_line(tx, line.id, "line:read")
    row = tx.one(select(lines).where(lines.c.id == line.id))
    station_count = tx.scalar(select(func.count()).where(stations.c.line_id == line.id))
    return answers.LineDetail(
        **answers.line_of(row), stationCount=station_count, slotCount=ports.line_counts(tx, line.id).get("slots", 0),
        openRunCount=ports.open_runs(tx, line.id),
    )  # fmt: skip


@query("line:read")
def line_settings(tx: Tx, line_id: str) -> dict[str, answers.LineSetting]:
    """Give the settings that a line may have of its own, as they are in force on it. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_id)
    reach.must_reach_line(tx, line.id, "line:read")
    return settings_in_force(tx, line.id)


def settings_in_force(tx: Tx, line_id: int) -> dict[str, answers.LineSetting]:
    """Give every setting whose scope includes the line, with where its value comes from (spec 01.2)."""
    own = {row.key for row in tx.all(select(settings.values.c.key).where(settings.values.c.place == line_id))}
    return {
        key: answers.LineSetting(value=setting.of(tx, line_id), source="LINE" if key in own else "PLANT")
        for key, setting in sorted(settings.declared.items())
        if setting.by_place
    }


@query("line:read")
def list_stations(tx: Tx, page: Page) -> Listed[answers.Station]:
    """Give the stations in reach."""
    reachable, statement = stations_in_reach(tx), stations_statement()
    return STATIONS.answer(tx, statement if reachable is None else statement.where(reachable), page, answers.station_of)


@query("line:read")
def station_detail(tx: Tx, station_code: str) -> answers.Station:
    """Give a station. Refuses STATION_NOT_FOUND, FORBIDDEN."""
    row = station_row(tx, station_code)
    reach.must_reach_station(tx, row.id, row.line_id, "line:read", code=row.code)
    return answers.station_of(row)


def station_row(tx: Tx, code: str) -> Row[Any]:
    """Give a station with its line and group. Refuses STATION_NOT_FOUND."""
    row = tx.first(stations_statement().where(stations.c.code == code))
    if row is None:
        raise Refused("STATION_NOT_FOUND", stationCode=code)
    return row


@query("line:read")
def list_groups(tx: Tx, page: Page) -> Listed[answers.Group]:
    """Give the station groups; a group may span lines, so reach does not limit them."""
    return GROUPS.answer(tx, groups_statement(), page, answers.group_of)


def group_row(tx: Tx, code: str) -> Row[Any]:
    """Give a station group with the number of its stations. Refuses STATION_GROUP_NOT_FOUND."""
    row = tx.first(groups_statement().where(groups.c.code == code))
    if row is None:
        raise Refused("STATION_GROUP_NOT_FOUND", stationGroupCode=code)
    return row
