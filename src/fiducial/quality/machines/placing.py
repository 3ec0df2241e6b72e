"""Which visit of which unit a result is about (spec 08.3.6): by the track that is named, else by run, station and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_run
from fiducial.orders.tables import memberships, runs, units
from fiducial.people.reach import must_reach_station
from fiducial.plant.lookup import the_station
from fiducial.plant.tables import stations
from fiducial.quality.machines.shapes import InspectionResult

MAY_TELL = ("exec:track_out", "readiness:manual", "integration:push")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result belongs; `track` is None while the unit has not come in there."""

    unit: Row[Any]
    run: Row[Any]
    station: Any
    track: Row[Any] | None


def place_of(tx: Tx, push: InspectionResult) -> Place:
    """Give where a result belongs.

    Refuses TRACK_NOT_FOUND, TRACK_MISMATCH, RUN_NOT_FOUND, STATION_NOT_FOUND, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH, FORBIDDEN, and
    VALIDATION_ERROR for a key that is missing.
    """
    place = _by_track(tx, push) if push.track_id is not None else _by_names(tx, push)
    must_reach_station(tx, place.station.id, place.station.line_id, *MAY_TELL, code=place.station.code)
    return place


def visit(track_id: int) -> Any:
    """Give the statement of one visit with the code of its station."""
    return (
        select(tracks, stations.c.code)
        .join(stations, stations.c.id == tracks.c.station_id)
        .where(tracks.c.id == track_id)
    )


def _by_track(tx: Tx, push: InspectionResult) -> Place:
    key = ids.from_wire(push.track_id or "")
    track = None if key is None else tx.first(visit(key).where(tracks.c.voided_at.is_(None)))
    if track is None:
        raise Refused("TRACK_NOT_FOUND", trackId=push.track_id, sn=push.unit_sn)
    unit, run = (
        tx.one(select(units).where(units.c.id == track.unit_id)),
        tx.one(select(runs).where(runs.c.id == track.run_id)),
    )
    for name, given, real in (
        ("runNo", push.run_no, run.run_no), ("unitSn", push.unit_sn, unit.sn), ("stationCode", push.station_code, track.code),
        ("stepNo", push.step_no, track.step_no),
    ):  # fmt: skip
        if given is not None and given != real:
            raise Refused("TRACK_MISMATCH", field=name, given=given, trackHas=real)
    return Place(unit, run, the_station(tx, track.code), track)


def _by_names(tx: Tx, push: InspectionResult) -> Place:
    missing = [
        name for name, value in (("runNo", push.run_no), ("stationCode", push.station_code), ("unitSn", push.unit_sn)) if value is None
    ]  # fmt: skip
    if missing:
        raise bad_field(missing[0], Said(zh="没有 trackId 时必须给出", en="is required without a trackId"))
    run, station = the_run(tx, str(push.run_no)), the_station(tx, str(push.station_code))
    unit = tx.first(select(units).where(units.c.sn == push.unit_sn))
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=push.unit_sn)
    former = memberships.c.unit_id == unit.id, memberships.c.run_id == run.id
    if unit.run_id != run.id and tx.first(select(memberships.c.id).where(*former)) is None:
        now = tx.scalar(select(runs.c.run_no).where(runs.c.id == unit.run_id)) if unit.run_id is not None else None
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=now)
    return Place(unit, run, station, newest_visit(tx, unit.id, run.id, station.id, push.step_no))


def newest_visit(tx: Tx, unit_id: int, run_id: int, station_id: int, step_no: int | None) -> Row[Any] | None:
    """Give the unit's open visit at a station, else its latest there; None without one."""
    found = (
        select(tracks, stations.c.code).join(stations, stations.c.id == tracks.c.station_id)
        .where(
            tracks.c.unit_id == unit_id, tracks.c.run_id == run_id, tracks.c.station_id == station_id, tracks.c.voided_at.is_(None),
        )
    )  # fmt: skip
    if step_no is not None:
        found = found.where(tracks.c.step_no == step_no)
    return tx.first(found.order_by(tracks.c.id.desc()).limit(1))
