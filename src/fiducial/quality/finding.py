"""Writing a defect, whoever found it: a station, an inspection, a person (spec 06.4, 06.9). A blocking one stops its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select

from fiducial.execution.holding import remember_fault
from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.states import DONE, IN_STATION, ON_HOLD, QUEUED, RUN, SCRAPPED, UNIT
from fiducial.orders.tables import units
from fiducial.plant.lookup import line_of_id
from fiducial.plant.tables import stations
from fiducial.quality.codes import find_code
from fiducial.quality.states import RECORDED
from fiducial.quality.tables import defects

_COLUMNS = (
    "id", "defect_no", "unit_id", "run_id", "track_id", "step_no", "station_code", "code", "code_name", "code_known", "severity",
    "location", "qty", "remark", "source", "blocking", "status", "inspection_id", "created_by", "created_by_name", "created_at",
)  # fmt: skip
_insert = Hot(insert(defects).values({name: bindparam(name) for name in _COLUMNS}))


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found, and where in the route."""

    code: str
    source: str
    blocking: bool
    track_id: int | None = None
    step_no: int | None = None
    station_code: str | None = None
    location: str | None = None
    qty: int = 1
    remark: str | None = None
    inspection_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A defect that was written."""

    key: int
    number: str


def _defect_no(tx: Tx) -> str:
    day = f"D-{clock.plant_day(tx.now, tx.store.zone):%Y%m%d}"
    return f"{day}-{next_number(tx, day):04d}"


def write_defect(tx: Tx, *, unit_id: int, sn: str, run_id: int, line_code: str | None, fault: Fault) -> Written:
    """Write a defect with its entry and event. Its unit is not moved."""
    known = find_code(tx, fault.code)
    key, number = tx.new_id(), _defect_no(tx)
    _insert.run(
        tx, id=key, defect_no=number, unit_id=unit_id, run_id=run_id, track_id=fault.track_id, step_no=fault.step_no,
        station_code=fault.station_code, code=fault.code, code_name=known.name if known else None, code_known=known is not None,
        severity=known.severity if known else None, location=fault.location, qty=fault.qty, remark=fault.remark, source=fault.source,
        blocking=fault.blocking, status=RECORDED, inspection_id=fault.inspection_id, created_by=tx.actor.id, created_by_name=tx.actor.name,
        created_at=tx.now,
    )  # fmt: skip
    tx.record(
        number, action="DEFECT_CREATE", entity="DEFECT", key=key, line=line_code, station=fault.station_code, sn=sn, code=fault.code,
    )  # fmt: skip
    tx.emit("DEFECT_RECORDED", key)
    return Written(key, number)


def find_fault(
    tx: Tx, run: Any, unit: Any, *, code: str, source: str, blocking: bool, at: Any = None, **more: Any
) -> Written:
    """Write a defect of a unit of a run (locked by the caller), and stop the unit when the defect blocks.

    QUEUED and DONE units become OUT_FAILED; one in a station stays and will fail at its track-out; one that is held fails when
    it is released. `at` is the track that somebody named as its place.

    A run that has ended is not reopened: there the defect is a fact that blocks nothing. Refuses UNIT_STATE_CHANGED.
    """
    where = _at(at, unit) if at is not None else _where(tx, unit)
    stops = blocking and run.status not in RUN.terminal and unit.status != SCRAPPED
    line = line_of_id(tx, run.line_id)
    fault = Fault(
        code=code, source=source, blocking=stops, track_id=where.track_id, step_no=where.step_no, station_code=where.station_code, **more
    )  # fmt: skip
    written = write_defect(
        tx, unit_id=unit.id, sn=unit.sn, run_id=run.id, line_code=line.code if line else None, fault=fault
    )
    if stops and unit.status in (QUEUED, DONE):
        moved = UNIT.statement("find_fault", units.c.id == unit.id, units.c.status == unit.status, updated_at=tx.now)
        if tx.run(moved) != 1:
            now = tx.scalar(select(units.c.status).where(units.c.id == unit.id))
            raise Refused("UNIT_STATE_CHANGED", sn=unit.sn, status=now)
    elif stops and unit.status == ON_HOLD:
        remember_fault(tx, unit.id, where.step_no)
    return written


@dataclass(frozen=True, slots=True)
class _Where:
    track_id: int | None
    step_no: int | None
    station_code: str | None


def _at(track: Any, unit: Any) -> _Where:
    """Give the place of a track that was named, `id step_no out_at code`."""
    open_now = unit.status == IN_STATION and track.out_at is None
    return _Where(track.id if open_now else None, track.step_no, track.code)


def _where(tx: Tx, unit: Any) -> _Where:
    """Give the step at which a fault counts as found: the last one that was done, or is being done, and never one further on
    than the unit is now. A unit that was sent back for rework has not yet done again what it did before."""
    last = tx.first(
        select(tracks.c.id, tracks.c.step_no, tracks.c.out_at, stations.c.code)
        .join_from(tracks, stations, stations.c.id == tracks.c.station_id)
        .where(tracks.c.unit_id == unit.id, tracks.c.voided_at.is_(None)).order_by(tracks.c.id.desc()).limit(1)
    )  # fmt: skip
    if last is None or (unit.current_step_no is not None and last.step_no > unit.current_step_no):
        return _Where(None, unit.current_step_no, None)
    return _at(last, unit)
