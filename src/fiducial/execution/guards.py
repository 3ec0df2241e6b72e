"""The guards that track-in and track-out share (spec 05.4, 05.5), each under its number. The order is that of the callers."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import bindparam, select

from fiducial.execution import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.execution.ports import Wires
from fiducial.execution.settings import MANUAL_FALLBACK, VERIFY_OPERATOR_ID
from fiducial.execution.standing import Run, Station, Unit, find_run, keep_station, stations_for
from fiducial.execution.tables import holds, tracks
from fiducial.kit import clock
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.people.reach import must_reach_station
from fiducial.people.tables import users
from fiducial.plant.tables import lines, stations
from fiducial.routing.frozen import FrozenRoute, FrozenStep, frozen_route

WORKED = ("AUTHORIZED", "IN_PROGRESS")

_badge = Hot(select(users.c.id).where(users.c.badge_no == bindparam("badge"), users.c.is_active.is_(True)))
_line_code = Hot(select(lines.c.code).where(lines.c.id == bindparam("line")))
_open_track = Hot(
    select(stations.c.code, tracks.c.in_at)
    .join_from(tracks, stations, stations.c.id == tracks.c.station_id)
    .where(tracks.c.unit_id == bindparam("unit"), tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))
)  # fmt: skip
_hold = Hot(
    select(holds.c.reason, holds.c.source, holds.c.placed_at)
    .where(holds.c.unit_id == bindparam("unit"), holds.c.released_at.is_(None))
)  # fmt: skip


def station_at(tx: Tx, code: str, permission: str) -> Station:
    """Guards 2 to 4: the station exists, is active, and is in the caller's reach."""
    station = keep_station(tx, code)
    if not station.is_active:
        raise Refused("STATION_INACTIVE", stationCode=code)
    must_reach_station(tx, station.id, station.line_id, permission, code=code)
    return station


def badge_of(tx: Tx, station: Station, operator_id: str | None) -> str | None:
    """Give the badge as it is recorded; refuses VALIDATION_ERROR when it must be a person's and is not (setting of the line)."""
    if (
        operator_id is not None
        and VERIFY_OPERATOR_ID.of(tx, station.line_id)
        and _badge.first(tx, badge=operator_id) is None
    ):
        raise bad_field("operatorId", Said(zh="不是在职人员的工号", en="not the badge of an active person"))
    return operator_id


def run_of(tx: Tx, unit: Unit | None, sn: str, run_no: str | None) -> Run:
    """Guard 6: the run that was named, or that of the unit."""
    if unit is not None and unit.run_id is not None and run_no in (None, unit.run_no):
        return cast(Run, unit)
    if run_no is not None:
        return find_run(tx, run_no)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    raise Refused("UNIT_NO_RUN", sn=sn)


def route_of(tx: Tx, run: Run) -> FrozenRoute:
    """Guards 7 and 8: the run's frozen version is READY and has steps."""
    route = frozen_route(tx, run.version_id)
    if route.status != "READY":
        raise Refused("ROUTE_VERSION_NOT_READY", runNo=run.run_no)
    if not route.steps:
        raise Refused("ROUTING_EMPTY", runNo=run.run_no, routingCode=route.route_code)
    return route


def same_line(tx: Tx, station: Station, run: Run) -> None:
    """Guard 10: a board is not worked on at another line's station."""
    if station.line_id != run.line_id:
        run_line = line_code(tx, run.line_id)
        raise Refused(
            "STATION_LINE_MISMATCH", stationLine=station.line_code, runLine=run_line, stationCode=station.code
        )


def line_code(tx: Tx, line_id: int) -> str | None:
    """Give the code of a line."""
    code: str | None = _line_code.scalar(tx, line=line_id)
    return code


def not_ended(run: Run, status: str) -> None:
    """Guard 11: the run has not ended."""
    if status in RUN.terminal:
        raise Refused("RUN_CLOSED", runNo=run.run_no, runStatus=status)


def same_order(run: Run, unit: Unit) -> None:
    """Guard 14: the unit belongs to the run's work order. A row that is both unit and run names the unit's own order."""
    if cast(Any, unit) is not run and unit.work_order_id != run.work_order_id:
        raise Refused("UNIT_WORK_ORDER_MISMATCH", sn=unit.sn, woNo=unit.wo_no)


def may_do(tx: Tx, station: Station, route: FrozenRoute, step: FrozenStep, run: Run) -> None:
    """Guard 21: the station may do the step; a person may step in at a machine's station where the line allows it."""
    if step.fits(
        code=station.code, station_type=station.station_type, group_code=station.group_code, is_active=station.is_active
    ):
        return
    if steps_in(tx, station, step):
        return
    fitting = stations_for(tx, run.line_id, step)
    raise Refused(
        "STATION_MISMATCH", stationCode=station.code, stepNo=step.step_no, operationCode=step.operation_code,
        operationName=step.operation_name, routingCode=route.route_code, stationCodes=fitting, where=", ".join(fitting) or "–",
    )  # fmt: skip


def steps_in(tx: Tx, station: Station, step: FrozenStep) -> bool:
    """Tell whether a person may do the step here although its type is another: the manual fall-back (spec 05.4 guard 21).

    It waives the type for a person at a machine's step, never the list of stations or the group.
    """
    if tx.actor.kind == "TOKEN" or not step.fits_but_type(code=station.code, group_code=station.group_code):
        return False
    return "MANUAL" in (step.station_type, station.station_type) and MANUAL_FALLBACK.of(tx, station.line_id)


def refused_state(tx: Tx, wires: Wires, unit: Unit) -> Refused:
    """Guard 17: give the refusal that says what a unit is, when it is not QUEUED."""
    about: dict[str, Any] = {"sn": unit.sn, "status": unit.status}
    if unit.status == "IN_STATION":
        where = _open_track.first(tx, unit=unit.unit_id)
        if where is not None:
            about |= {"stationCode": where.code, "inAt": clock.to_wire(where.in_at)}
        return Refused("UNIT_ALREADY_IN_STATION", **about)
    if unit.status == "ON_HOLD":
        hold = _hold.first(tx, unit=unit.unit_id)
        if hold is not None:
            about |= {
                "reason": hold.reason or hold.source,
                "source": hold.source,
                "placedAt": clock.to_wire(hold.placed_at),
            }
        return Refused("UNIT_ON_HOLD", **about)
    if unit.status == "OUT_FAILED":
        found = wires.defects.open_of(tx, [unit.unit_id]).get(unit.unit_id, ())
        numbers = ", ".join(str(defect["defectNo"]) for defect in found)
        return Refused("UNIT_OUT_FAILED", **about, defectIds=[defect["id"] for defect in found], defectNos=numbers)
    codes = {"DONE": "UNIT_ALREADY_DONE", "SCRAPPED": "UNIT_SCRAPPED"}
    return Refused(codes.get(unit.status, "UNIT_STATE_CHANGED"), **about)
