"""Which visit device data is about (spec 08.3.7, points 1 to 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from fiducial.execution.carrier_tables import carrier_tracks
from fiducial.execution.device_shapes import DeviceData
from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.settings import Setting, whole
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import must_reach_station
from fiducial.plant.lookup import the_station
from fiducial.plant.tables import stations
from fiducial.routing.frozen import FrozenStep, frozen_route

LATE_MINUTES = Setting(
    "integration.lateDataMinutes", 1440, whole(0, 10_080), "出站后仍接收设备数据的时间", "how long after the track-out device data is taken",
    unit="min",
)  # fmt: skip
MINUTE_MS = 60_000
MAY_COLLECT = ("exec:data_collect", "integration:push")


@dataclass(frozen=True, slots=True)
class DataPlace:
    """A visit, or a carrier's, with the step it is at."""

    track: Row[Any] | None
    carrier_track: Row[Any] | None
    run: Row[Any]
    station: Any
    step: FrozenStep
    late: bool

    @property
    def unit_id(self) -> int | None:
        """Give the unit, None for a carrier's."""
        return self.track.unit_id if self.track is not None else None


def data_place(tx: Tx, push: DeviceData) -> DataPlace:
    """Give where the data belongs.

    Refuses TRACK_NOT_FOUND, TRACK_MISMATCH, TRACK_AMBIGUOUS, FORBIDDEN, and VALIDATION_ERROR where too little or too much is named.
    """
    if push.track_id is not None and push.carrier_track_id is not None:
        raise bad_field("carrierTrackId", Said(zh="不能与 trackId 同时给出", en="not together with a trackId"))
    if push.carrier_track_id is not None:
        return _of_carrier(tx, push)
    track = _named(tx, push) if push.track_id is not None else _found(tx, push)
    run = tx.one(select(runs).where(runs.c.id == track.run_id))
    station = the_station(tx, track.code)
    must_reach_station(tx, station.id, station.line_id, *MAY_COLLECT, code=station.code)
    return DataPlace(track, None, run, station, _step(tx, run, track.step_no), track.out_at is not None)


def _step(tx: Tx, run: Any, step_no: int) -> FrozenStep:
    step = frozen_route(tx, run.version_id).by_no.get(step_no)
    if step is None:
        raise Refused("TRACK_NOT_FOUND", currentStepNo=step_no)
    return step


def _visits() -> Any:
    return (
        select(tracks, stations.c.code, units.c.sn, runs.c.run_no)
        .join(stations, stations.c.id == tracks.c.station_id).join(units, units.c.id == tracks.c.unit_id).join(runs, runs.c.id == tracks.c.run_id)
        .where(tracks.c.voided_at.is_(None))
    )  # fmt: skip


def _named(tx: Tx, push: DeviceData) -> Row[Any]:
    key = ids.from_wire(push.track_id or "")
    track = None if key is None else tx.first(_visits().where(tracks.c.id == key))
    if track is None:
        raise Refused("TRACK_NOT_FOUND", trackId=push.track_id, sn=push.unit_sn)
    for name, given, real in (
        ("runNo", push.run_no, track.run_no), ("unitSn", push.unit_sn, track.sn), ("stationCode", push.station_code, track.code),
        ("stepNo", push.step_no, track.step_no),
    ):  # fmt: skip
        if given is not None and given != real:
            raise Refused("TRACK_MISMATCH", field=name, given=given, trackHas=real)
    found: Row[Any] = track
    return found


def _found(tx: Tx, push: DeviceData) -> Row[Any]:
    for name, value in (("unitSn", push.unit_sn), ("stationCode", push.station_code)):
        if value is None:
            raise bad_field(name, Said(zh="没有 trackId 时必须给出", en="is required without a trackId"))
    there = _visits().where(units.c.sn == push.unit_sn, stations.c.code == push.station_code)
    if push.run_no is not None:
        there = there.where(runs.c.run_no == push.run_no)
    if push.step_no is not None:
        there = there.where(tracks.c.step_no == push.step_no)
    open_one = tx.first(there.where(tracks.c.out_at.is_(None)))
    if open_one is not None:
        inside: Row[Any] = open_one
        return inside
    since = tx.now - LATE_MINUTES.of(tx) * MINUTE_MS
    left = tx.all(there.where(tracks.c.out_at >= since).order_by(tracks.c.id.desc()).limit(50))
    if not left:
        raise Refused("TRACK_NOT_FOUND", sn=push.unit_sn, stationCode=push.station_code)
    if len({(row.run_id, row.step_no) for row in left}) > 1:
        raise Refused(
            "TRACK_AMBIGUOUS",
            sn=push.unit_sn,
            stationCode=push.station_code,
            stepNos=sorted({row.step_no for row in left}),
        )
    latest: Row[Any] = left[0]
    return latest


def _of_carrier(tx: Tx, push: DeviceData) -> DataPlace:
    key = ids.from_wire(push.carrier_track_id or "")
    track = None if key is None else tx.first(select(carrier_tracks).where(carrier_tracks.c.id == key))
    if track is None:
        raise Refused("TRACK_NOT_FOUND", carrierTrackId=push.carrier_track_id)
    if push.operation_id is None and any(item.spec_id is None for item in push.data):
        raise bad_field(
            "operationId", Said(zh="以载具和采集项名称上传时必须给出", en="is required for a carrier's items by name")
        )
    run = tx.one(select(runs).where(runs.c.id == track.run_id))
    code = tx.scalar(select(stations.c.code).where(stations.c.id == track.station_id))
    station = the_station(tx, code)
    must_reach_station(tx, station.id, station.line_id, *MAY_COLLECT, code=station.code)
    return DataPlace(None, track, run, station, _step(tx, run, track.step_no), track.out_at is not None)
