"""Track-in (进站, spec 05.4): one unit goes into a station. The numbers are those of the guards there; their order is the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, bindparam, insert

from fiducial.execution import guards
from fiducial.execution.answers import TrackedIn, Warned
from fiducial.execution.ports import Entering, Trial, Wires, wired
from fiducial.execution.registration import register
from fiducial.execution.shapes import TrackIn
from fiducial.execution.standing import (
    Run,
    Station,
    Unit,
    UnitToEnter,
    lock_run,
    reads_to_enter,
    share_run,
    unit_to_enter,
)
from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.columns import canonical
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.statements import Asked, Hot
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.routing.frozen import FrozenRoute, FrozenStep

NORMAL, FAI_TRIAL = "NORMAL", "FAI_TRIAL"

# `+ 0` keeps what must hold besides from being looked up: to PostgreSQL a run that was begun after the last ANALYZE has one board, so the index of
# runs seems as cheap as the key, and each track-in would walk through all boards that wait in the run (test_hot_plans).
_enter = Hot(
    UNIT.statement(
        "track_in", units.c.id == bindparam("unit"), units.c.run_id + 0 == bindparam("run"), units.c.current_step_no == bindparam("step"),
        tracked=True, updated_at=bindparam("now"),
    )
)  # fmt: skip
_join = Hot(
    UNIT.statement(
        "track_in", units.c.id == bindparam("unit"), (units.c.run_id + 0).is_(None), units.c.current_step_no == bindparam("step"),
        run_id=bindparam("run"), tracked=True, updated_at=bindparam("now"),
    )
)  # fmt: skip
_TRACK = (
    "id",
    "unit_id",
    "run_id",
    "station_id",
    "step_no",
    "visit_no",
    "mode",
    "fai_id",
    "in_at",
    "in_by",
    "in_by_name",
    "operator_id_in",
    "more",
)
# `more` is text here already: a hot statement converts nothing.
_open = Hot(insert(tracks).values({name: bindparam(name, type_=Text() if name == "more" else None) for name in _TRACK}))


@dataclass(frozen=True, slots=True)
class _Door:
    """What the guards have settled."""

    station: Station
    run: Run
    run_status: str
    unit: UnitToEnter
    route: FrozenRoute
    step: FrozenStep
    trial: Trial | None
    registered: bool
    warnings: list[Warned]
    entering: Entering

    @property
    def keep(self) -> dict[str, Any]:
        """Give what guards want kept with the track."""
        return self.entering.keep


def _reads(station_code: str, body: TrackIn) -> tuple[Asked, ...]:
    return reads_to_enter(station_code, body.sn)


@action("exec:track_in", audit="TRACK_IN", entity="UNIT", key="body.sn", ahead=_reads)
def track_in(tx: Tx, station_code: str, body: TrackIn) -> TrackedIn | Kept:
    """Take a unit into a station.

    Gives the track and the unit as it is then. Refuses with the first guard of spec 05.4 that fails; RUN_NOT_AUTHORIZED is kept
    when the first board found that the run is not ready any more, for then the authorisation has ended with it. Writes the
    track, the unit's move QUEUED → IN_STATION, the start of the run when this is its first track-in, the event TRACK_IN.
    """
    door = _judge(tx, station_code, body)
    if isinstance(door, Kept):
        return door
    track_id = tx.new_id()
    status = _write(tx, door, track_id, body)
    for effect in wired().entered:
        effect.apply(tx, door.entering, track_id)
    unit, step, station = door.unit, door.step, door.station
    return {
        "status": "IN_STATION", "sn": unit.sn, "woNo": door.run.wo_no, "runNo": door.run.run_no, "runStatus": status,
        "stationCode": station.code, "stepNo": step.step_no, "operationCode": step.operation_code,
        "operationName": step.operation_name, "visitNo": unit.visits + 1, "trackId": ids.to_wire(track_id),
        "inAt": clock.to_wire(tx.now), "mode": FAI_TRIAL if door.trial else NORMAL, "registered": door.registered,
        "warnings": door.warnings,
    }  # fmt: skip


def _judge(tx: Tx, station_code: str, body: TrackIn) -> _Door | Kept:
    """Ask the guards 2 to 24. The first board of a run has it judged again: an input may have changed a moment ago, before
    readiness heard of it."""
    wires, warnings = wired(), list[Warned]()
    station = guards.station_at(tx, station_code, "exec:track_in")
    guards.badge_of(tx, station, body.operator_id)
    if wires.equipment is not None:
        warnings += wires.equipment.check(tx, station)
    unit = unit_to_enter(tx, body.sn)
    run = guards.run_of(tx, unit, body.sn, body.run_no)
    route = guards.route_of(tx, run)
    if body.wo_no is not None and body.wo_no != run.wo_no:
        raise Refused("RUN_WORK_ORDER_MISMATCH", runNo=run.run_no, woNo=run.wo_no)
    guards.same_line(tx, station, run)
    # The first track-in moves the run, a registration counts its units: these have it alone, all others share it.
    hold = lock_run if run.run_status == "AUTHORIZED" or unit is None else share_run
    status = hold(tx, run.run_id, run.run_status)
    trial = _worked(tx, wires, run, status)
    if status == "AUTHORIZED" and wires.start is not None and (fallen := wires.start.fallen_back(tx, run)) is not None:
        return Kept(fallen)
    registered = False
    if unit is None:
        unit, registered = register(tx, station, run, route, body.sn)
    _belongs(run, unit)
    if unit.status != "QUEUED":
        raise guards.refused_state(tx, wires, unit)
    step = route.by_no.get(unit.current_step_no)
    if step is None:
        raise Refused("STEP_MISMATCH", sn=unit.sn, currentStepNo=unit.current_step_no)
    if trial is not None and step.step_no != route.first.step_no:
        raise Refused("FAI_TRIAL_STEP_NOT_ALLOWED", firstStepNo=route.first.step_no, currentStepNo=step.step_no)
    keep = {"toolCodes": body.tool_codes} if body.tool_codes else {}
    entering = Entering(station, run, unit, route, step, body.tool_codes or (), keep)
    if trial is not None and wires.trial is not None:
        wires.trial.admit(tx, trial, entering)
    guards.may_do(tx, station, route, step, run)
    for guard in wires.track_in:
        warnings += guard.check(tx, entering)
    return _Door(station, run, status, unit, route, step, trial, registered, warnings, entering)


def _worked(tx: Tx, wires: Wires, run: Run, status: str) -> Trial | None:
    """Guards 11 to 13: the run may be worked on. Give the trial when it is one."""
    if status in guards.WORKED:
        return None
    guards.not_ended(run, status)
    if status == "ON_HOLD":
        raise Refused("RUN_ON_HOLD", runNo=run.run_no, runStatus=status, oqcId=None, mrbPending=True)
    if wires.trial is None:
        raise Refused("RUN_NOT_AUTHORIZED", runNo=run.run_no, runStatus=status, faiStatus=None)
    return wires.trial.open(tx, run)


def _belongs(run: Run, unit: Unit) -> None:
    """Guards 14 and 15: order and run of a known unit. One of the order that has no run yet joins this one."""
    guards.same_order(run, unit)
    if unit.run_id is not None and unit.run_id != run.run_id:
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=unit.run_no)


def _write(tx: Tx, door: _Door, track_id: int, body: TrackIn) -> str:
    """Guard 25 and everything that is written; give the run's status then."""
    unit, run, station, step = door.unit, door.run, door.station, door.step
    move = _enter if unit.run_id is not None else _join
    if move.run(tx, unit=unit.unit_id, run=run.run_id, step=step.step_no, now=tx.now) != 1:
        found = unit_to_enter(tx, body.sn)
        if found is None:  # withdrawn a moment ago, for a serial that nobody knew
            raise Refused("UNIT_NOT_FOUND", sn=body.sn)
        if found.status == "QUEUED":
            raise Refused("UNIT_STATE_CHANGED", sn=found.sn, status=found.status, currentStepNo=found.current_step_no)
        raise guards.refused_state(tx, wired(), found)
    tx.send(
        _open, id=track_id, unit_id=unit.unit_id, run_id=run.run_id, station_id=station.id, step_no=step.step_no, visit_no=unit.visits + 1,
        mode=FAI_TRIAL if door.trial else None, fai_id=door.trial.fai_id if door.trial else None, in_at=tx.now, in_by=tx.actor.id,
        in_by_name=tx.actor.name, operator_id_in=body.operator_id,
        more=canonical(door.keep).decode() if door.keep else None,
    )  # fmt: skip
    tx.record(unit.sn, key=unit.unit_id, line=station.line_code, station=station.code, stepNo=step.step_no)
    tx.emit("TRACK_IN", track_id)
    return _start(tx, door)


def _start(tx: Tx, door: _Door) -> str:
    """Start the run by its first track-in outside a trial; of several at once one starts it, the others find it started."""
    run = door.run
    if door.trial is not None or door.run_status != "AUTHORIZED":
        return door.run_status
    RUN.move(
        tx, "start", runs.c.id == run.run_id, key=run.run_id, display=run.run_no, line=door.station.line_code,
        started_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    return "IN_PROGRESS"
