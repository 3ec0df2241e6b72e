"""The writes of stations and station groups (spec 01.2)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, select

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant import answers, ports
from fiducial.plant.changing import add_coded, folded, must_be_fresh, must_keep_code, save
from fiducial.plant.lookup import the_group_id, the_line, the_station
from fiducial.plant.queries.lines import group_row, station_row
from fiducial.plant.shapes import GroupChange, NewGroup, NewStation, StationChange
from fiducial.plant.tables import groups, stations

RESERVED_CODES = frozenset({"groups", "resolve-unit"})
NOT_WHILE_IN_USE = ("line_id", "group_id", "station_type", "is_active")


def _locked(tx: Tx, code: str) -> Row[Any]:
    """Give a station for change: a track-in at the same time waits for it. Refuses STATION_NOT_FOUND, FORBIDDEN."""
    station = the_station(tx, code)
    reach.must_reach_line(tx, station.line_id, "line:config")
    return tx.one(select(stations).where(stations.c.id == station.id).with_for_update())


def _without_stamp(before: Any, after: Any) -> list[dict[str, Any]]:
    return [change for change in changed_fields(before, after) if change["path"] not in ("updatedAt", "line")]


@action("line:config", audit="STATION_CREATE", entity="STATION")
def create_station(tx: Tx, body: NewStation) -> answers.Station:
    """Make a station on a line. Refuses LINE_NOT_FOUND, STATION_GROUP_NOT_FOUND, STATION_CODE_RESERVED, STATION_CODE_DUPLICATE."""
    line = the_line(tx, body.line_code)
    reach.must_reach_line(tx, line.id, "line:config")
    group_id = None if body.group_code is None else the_group_id(tx, body.group_code)
    if folded(body.code) in RESERVED_CODES:
        raise Refused("STATION_CODE_RESERVED", code=body.code)
    key = add_coded(
        tx, stations, "STATION_CODE_DUPLICATE", code=body.code, name=body.name, line_id=line.id, group_id=group_id,
        station_type=body.station_type, equipment_codes=body.equipment_codes, is_manual_bench=body.is_manual_bench,
        is_active=body.is_active,
    )  # fmt: skip
    ports.stations_changed(tx, [body.code], [body.group_code])
    tx.record(body.code, key=key, line=line.code, station=body.code)
    return answers.station_of(station_row(tx, body.code))


@action("line:config", audit="STATION_UPDATE", entity="STATION", key="station_code")
def update_station(tx: Tx, station_code: str, body: StationChange) -> answers.Station:
    """Change a station. Refuses STATION_IN_USE when what decides its work changes while a unit is in it, STALE_UPDATE."""
    station, given = _locked(tx, station_code), body.given()
    before = answers.station_of(station_row(tx, station_code))
    must_keep_code(given.pop("code", None), station.code)
    must_be_fresh(given.pop("if_updated_at", None), station.updated_at, lambda: before)
    if "line_code" in given:
        given["line_id"] = the_line(tx, given.pop("line_code")).id
        reach.must_reach_line(tx, given["line_id"], "line:config")
    if "group_code" in given:
        code = given.pop("group_code")
        given["group_id"] = None if code is None else the_group_id(tx, code)
    touched = [name for name in NOT_WHILE_IN_USE if name in given and given[name] != getattr(station, name)]
    if touched and (count := ports.units_in(tx, station.id)):
        raise Refused("STATION_IN_USE", stationCode=station.code, unitCount=count)
    save(tx, stations, station, given)
    after = answers.station_of(station_row(tx, station_code))
    if touched:
        ports.stations_changed(tx, [station.code], [before["groupCode"], after["groupCode"]])
    tx.record(
        station.code,
        key=station.id,
        line=after["lineCode"],
        station=station.code,
        changes=_without_stamp(before, after),
    )
    return after


@action("line:config", audit="STATION_DELETE", entity="STATION", key="station_code")
def delete_station(tx: Tx, station_code: str) -> answers.Gone:
    """Delete a station that no track or record names. Refuses STATION_HAS_HISTORY."""
    station = _locked(tx, station_code)
    if ports.has_history(tx, station.id):
        raise Refused("STATION_HAS_HISTORY", stationCode=station.code)
    before = answers.station_of(station_row(tx, station_code))
    tx.run(delete(stations).where(stations.c.id == station.id))
    ports.stations_changed(tx, [station.code], [before["groupCode"]])
    tx.record(
        station.code, key=station.id, line=before["lineCode"], station=station.code, changes=_without_stamp(before, {})
    )
    return answers.Gone(id=before["id"])


@action("line:config", audit="STATION_GROUP_CREATE", entity="STATION_GROUP")
def create_group(tx: Tx, body: NewGroup) -> answers.Group:
    """Make a station group. Refuses STATION_GROUP_CODE_DUPLICATE."""
    key = add_coded(tx, groups, "STATION_GROUP_CODE_DUPLICATE", code=body.code, name=body.name)
    tx.record(body.code, key=key)
    return answers.group_of(group_row(tx, body.code))


@action("line:config", audit="STATION_GROUP_UPDATE", entity="STATION_GROUP", key="group_code")
def update_group(tx: Tx, group_code: str, body: GroupChange) -> answers.Group:
    """Change the name of a group. Refuses STALE_UPDATE."""
    group, given = _locked_group(tx, group_code), body.given()
    before = answers.group_of(group_row(tx, group_code))
    must_keep_code(given.pop("code", None), group.code)
    must_be_fresh(given.pop("if_updated_at", None), group.updated_at, lambda: before)
    save(tx, groups, group, given)
    after = answers.group_of(group_row(tx, group_code))
    tx.record(group.code, key=group.id, changes=_without_stamp(before, after))
    return after


@action("line:config", audit="STATION_GROUP_DELETE", entity="STATION_GROUP", key="group_code")
def delete_group(tx: Tx, group_code: str) -> answers.Gone:
    """Delete a group that no station, step or config names. Refuses STATION_GROUP_IN_USE with the counts by kind."""
    group = _locked_group(tx, group_code)
    counts = ports.group_counts(tx, group.id, group.code)
    stations_in_it = tx.scalar(select(func.count()).where(stations.c.group_id == group.id))
    if stations_in_it:
        counts = {"stations": stations_in_it, **counts}
    if counts:
        raise Refused("STATION_GROUP_IN_USE", groupCode=group.code, counts=counts)
    before = answers.group_of(group_row(tx, group_code))
    tx.run(delete(groups).where(groups.c.id == group.id))
    tx.record(group.code, key=group.id, changes=_without_stamp(before, {}))
    return answers.Gone(id=before["id"])


def _locked_group(tx: Tx, code: str) -> Row[Any]:
    key = the_group_id(tx, code)
    return tx.one(select(groups).where(groups.c.id == key).with_for_update())
