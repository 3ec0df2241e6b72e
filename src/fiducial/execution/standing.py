"""Where a unit stands: the few statements that track-in and track-out judge by, each compiled once.

On PostgreSQL writers run side by side. The station is read FOR SHARE (it may not be switched off under us); the run is
locked by `hold_run` after the look-up, for share, or for update where rows of the run are counted (spec 05.13); the unit
needs no lock, its move is a guarded UPDATE. Order: run, then units. SQLite has one writer and ignores all of it.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import and_, bindparam, func, select

from fiducial.execution.tables import tracks
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Asked, Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.plant.tables import groups, lines, stations
from fiducial.routing.frozen import FrozenStep


class Station(Protocol):
    """A station with its line and group."""

    id: int
    code: str
    name: str
    station_type: str
    is_active: bool
    is_manual_bench: bool
    line_id: int
    line_code: str
    group_code: str | None


class Run(Protocol):
    """A run with its work order."""

    run_id: int
    run_no: str
    run_status: str
    line_id: int
    version_id: int
    plan_qty: int
    work_order_id: int
    wo_no: str
    product_code: str


class Unit(Protocol):
    """A unit with its work order and its run, of which nothing is known while it has none."""

    run_id: int | None
    run_no: str | None
    run_status: str
    line_id: int
    version_id: int
    plan_qty: int
    work_order_id: int
    wo_no: str
    product_code: str
    unit_id: int
    sn: str
    status: str
    current_step_no: int
    hold_pending: bool
    updated_at: int


class UnitToEnter(Unit, Protocol):
    """A unit before a track-in: `visits` is how many unvoided tracks it has at its current step."""

    visits: int


class UnitToLeave(Unit, Protocol):
    """A unit before a track-out, with its open track; None when it has none."""

    track_id: int | None
    track_station_id: int
    track_step_no: int
    track_mode: str | None
    track_visit_no: int  # of that step, from 1
    in_at: int


_stations = (
    select(
        stations.c.id, stations.c.code, stations.c.name, stations.c.station_type, stations.c.is_active, stations.c.is_manual_bench,
        stations.c.line_id, lines.c.code.label("line_code"), groups.c.code.label("group_code"),
    )
    .select_from(stations.join(lines, lines.c.id == stations.c.line_id).outerjoin(groups, groups.c.id == stations.c.group_id))
    .where(stations.c.code == bindparam("code"))
)  # fmt: skip
_station = Hot(_stations)
_station_kept = Hot(_stations.with_for_update(read=True, of=stations))

_RUN = (
    runs.c.id.label("run_id"), runs.c.run_no, runs.c.status.label("run_status"), runs.c.line_id, runs.c.version_id, runs.c.plan_qty,
    work_orders.c.id.label("work_order_id"), work_orders.c.wo_no, work_orders.c.product_code,
)  # fmt: skip
_UNIT = (
    units.c.id.label("unit_id"), units.c.sn, units.c.status, units.c.current_step_no, units.c.hold_pending, units.c.updated_at,
)  # fmt: skip
_unit_and_run = units.join(work_orders, work_orders.c.id == units.c.work_order_id).outerjoin(
    runs, runs.c.id == units.c.run_id
)
_open = and_(tracks.c.unit_id == units.c.id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))
_visits = (
    select(func.count()).select_from(tracks)
    .where(tracks.c.unit_id == units.c.id, tracks.c.step_no == units.c.current_step_no, tracks.c.voided_at.is_(None))
    .scalar_subquery()
)  # fmt: skip

_to_enter = Hot(
    select(*_UNIT, *_RUN, _visits.label("visits")).select_from(_unit_and_run).where(units.c.sn == bindparam("sn"))
)
_to_leave = Hot(
    select(
        *_UNIT, *_RUN, tracks.c.id.label("track_id"), tracks.c.station_id.label("track_station_id"),
        tracks.c.step_no.label("track_step_no"), tracks.c.mode.label("track_mode"), tracks.c.visit_no.label("track_visit_no"), tracks.c.in_at,
    )
    .select_from(_unit_and_run.outerjoin(tracks, _open))
    .where(units.c.sn == bindparam("sn"))
)  # fmt: skip
_run = Hot(
    select(*_RUN).select_from(runs.join(work_orders, work_orders.c.id == runs.c.work_order_id))
    .where(runs.c.run_no == bindparam("run_no"))
)  # fmt: skip
_of_type = Hot(
    select(stations.c.code, groups.c.code.label("group_code"))
    .select_from(stations.outerjoin(groups, groups.c.id == stations.c.group_id))
    .where(
        stations.c.line_id == bindparam("line"), stations.c.station_type == bindparam("type"), stations.c.is_active.is_(True)
    )
    .order_by(stations.c.code)
)  # fmt: skip
_run_shared = Hot(select(runs.c.status).where(runs.c.id == bindparam("run")).with_for_update(read=True))
_run_held = Hot(select(runs.c.status).where(runs.c.id == bindparam("run")).with_for_update(key_share=True))


def find_station(tx: Tx, code: str) -> Station:
    """Give the station, for a read. Refuses STATION_NOT_FOUND."""
    return _found(_station.first(tx, code=code), code)


def keep_station(tx: Tx, code: str) -> Station:
    """Give the station, which stays as it is until this transaction ends. Refuses STATION_NOT_FOUND (guard 2)."""
    return _found(_station_kept.first(tx, code=code), code)


def reads_to_enter(code: str, sn: str) -> tuple[Asked, ...]:
    """Give what a track-in reads first, for `Tx.read_ahead`."""
    return (_station_kept, {"code": code}), (_to_enter, {"sn": sn})


def reads_to_leave(code: str, sn: str) -> tuple[Asked, ...]:
    """Give what a track-out reads first, for `Tx.read_ahead`."""
    return (_station_kept, {"code": code}), (_to_leave, {"sn": sn})


def _found(station: Station | None, code: str) -> Station:
    if station is None:
        raise Refused("STATION_NOT_FOUND", stationCode=code)
    return station


def unit_to_enter(tx: Tx, sn: str) -> UnitToEnter | None:
    """Give the unit as a track-in judges it; None for an unknown serial."""
    unit: UnitToEnter | None = _to_enter.first(tx, sn=sn)
    return unit


def unit_to_leave(tx: Tx, sn: str) -> UnitToLeave | None:
    """Give the unit as a track-out judges it; None for an unknown serial."""
    unit: UnitToLeave | None = _to_leave.first(tx, sn=sn)
    return unit


def find_run(tx: Tx, run_no: str) -> Run:
    """Give a run by its number. Refuses RUN_NOT_FOUND."""
    run: Run | None = _run.first(tx, run_no=run_no)
    if run is None:
        raise Refused("RUN_NOT_FOUND", runNo=run_no)
    return run


def stations_for(tx: Tx, line_id: int, step: FrozenStep) -> list[str]:
    """Give the codes of the line's stations that fit a step: where a board goes next."""
    there = _of_type.all(tx, line=line_id, type=step.station_type)
    return [row.code for row in there if step.fits_but_type(code=row.code, group_code=row.group_code)]


def share_run(tx: Tx, run_id: int, status: str) -> str:
    """Keep the run as it is until the end of this transaction, beside others who do the same; give its status now."""
    return status if tx.engine == "sqlite" else str(_run_shared.scalar(tx, run=run_id))


def lock_run(tx: Tx, run_id: int, status: str) -> str:
    """Have the run alone until the end of this transaction; give its status now. Where rows of the run are counted, and
    where the run itself will move: two who share it first and both want to write it then would wait for each other."""
    return status if tx.engine == "sqlite" else str(_run_held.scalar(tx, run=run_id))


def step_of(unit: Unit) -> dict[str, Any]:
    """Give where the unit is in its route, as details of a refusal."""
    return {"sn": unit.sn, "status": unit.status, "currentStepNo": unit.current_step_no}
