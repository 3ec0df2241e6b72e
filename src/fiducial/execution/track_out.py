"""Track-out (出站, spec 05.5): one unit leaves a station with a result and its data. The numbers are those of the guards there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from fiducial.execution import collecting, guards
from fiducial.execution.answers import HoldShown, Override, TrackedOut
from fiducial.execution.completion import when_unit_is_terminal
from fiducial.execution.holding import hold_at_exit
from fiducial.execution.ports import Given, Leaving, Outcome, Wires, wired
from fiducial.execution.shapes import TrackOut
from fiducial.execution.standing import (
    Run,
    Station,
    UnitToLeave,
    lock_run,
    reads_to_leave,
    share_run,
    stations_for,
    unit_to_leave,
)
from fiducial.execution.tables import tracks
from fiducial.execution.values import Reading
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Asked, Hot
from fiducial.kit.tx import Tx
from fiducial.orders.states import UNIT
from fiducial.orders.tables import units
from fiducial.plant.tables import stations
from fiducial.routing.frozen import FrozenRoute, FrozenStep

MAY_FINISH = ("AUTHORIZED", "IN_PROGRESS", "ON_HOLD")

# `+ 0`: by its key, never through the index of all open tracks.
_close = Hot(
    update(tracks)
    .where(tracks.c.id == bindparam("track"), (tracks.c.out_at + 0).is_(None), tracks.c.voided_at.is_(None))
    .values(
        out_at=bindparam("now"), result=bindparam("result"), out_by=bindparam("by"), out_by_name=bindparam("by_name"),
        operator_id_out=bindparam("badge"),
    )
)  # fmt: skip
# A hold that was placed a moment ago must not be walked past, so it is part of what must still be true.
_still = (
    units.c.id == bindparam("unit"),
    units.c.current_step_no == bindparam("step"),
    units.c.hold_pending == bindparam("pending"),
)
_leave = {
    name: Hot(
        UNIT.statement(
            name, *_still, current_step_no=bindparam("to_step"), hold_pending=False, updated_at=bindparam("now")
        )
    )
    for name in ("pass_on", "finish", "fail", "hold_at_exit")
}
_last_track = Hot(
    select(tracks.c.station_id, tracks.c.out_at, tracks.c.result, stations.c.code)
    .join_from(tracks, stations, stations.c.id == tracks.c.station_id)
    .where(tracks.c.unit_id == bindparam("unit"), tracks.c.voided_at.is_(None)).order_by(tracks.c.id.desc()).limit(1)
)  # fmt: skip


@dataclass(slots=True)
class _Exit:
    """What the guards have settled of one track-out."""

    station: Station
    run: Run
    run_status: str
    unit: UnitToLeave
    route: FrozenRoute
    step: FrozenStep
    track_id: int
    result: str
    overrides: Sequence[Mapping[str, Any]]
    readings: Sequence[Reading]
    faults: Sequence[Given]

    @property
    def following(self) -> FrozenStep | None:
        """Give the step after this one, None at the last."""
        return self.route.after(self.step.step_no)

    def leaving(self) -> Leaving:
        """Give what the rooms above see of it."""
        return Leaving(
            self.station, self.run, self.unit, self.route, self.step, self.track_id, self.result, self.faults
        )


def _reads(station_code: str, body: TrackOut) -> tuple[Asked, ...]:
    return reads_to_leave(station_code, body.sn)


@action("exec:track_out", audit="TRACK_OUT", entity="UNIT", key="body.sn", ahead=_reads)
def track_out(tx: Tx, station_code: str, body: TrackOut) -> TrackedOut:
    """Take a unit out of a station with PASS or FAIL.

    Gives the unit as it is then, the result that counted and where it goes. Refuses with the first guard of spec 05.5 that
    fails. In one transaction: the track closed, values stored, the unit moved, the defects of a FAIL, holds, the end of the run.
    """
    wires = wired()
    going = _judge(tx, wires, station_code, body)
    hold, status, to_step = _write(tx, going, body)
    outcome = Outcome()
    leaving = going.leaving()
    if going.result == "FAIL":
        outcome.defects = wires.defects.record(tx, leaving)
    for effect in wires.effects:
        effect.apply(tx, leaving, outcome)
    run_status = going.run_status
    if status == "DONE":
        run_status, outcome.oqc = when_unit_is_terminal(tx, going.run, run_status)
    return _answer(tx, going, outcome, hold, status=status, run_status=run_status, next_step=going.route.by_no[to_step])


def _judge(tx: Tx, wires: Wires, station_code: str, body: TrackOut) -> _Exit:
    """Ask the guards 2 to 15."""
    station = guards.station_at(tx, station_code, "exec:track_out")
    guards.badge_of(tx, station, body.operator_id)
    unit = unit_to_leave(tx, body.sn)
    run = guards.run_of(tx, unit, body.sn, body.run_no)
    route = guards.route_of(tx, run)
    guards.same_line(tx, station, run)
    # A unit at its last step may be the run's last one: the counting of its units must be done by one at a time.
    ending = unit is not None and unit.current_step_no == route.steps[-1].step_no
    run_status = (lock_run if ending else share_run)(tx, run.run_id, run.run_status)
    if run_status not in MAY_FINISH:
        guards.not_ended(run, run_status)
        if unit is None or unit.track_mode != "FAI_TRIAL":
            raise Refused("RUN_NOT_AUTHORIZED", runNo=run.run_no, runStatus=run_status, faiStatus=None)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=body.sn)
    guards.same_order(run, unit)
    if unit.run_id != run.run_id:
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=unit.run_no)
    track_id = unit.track_id
    if track_id is None or unit.track_station_id != station.id or unit.track_step_no != unit.current_step_no:
        raise _no_track(tx, station, unit)
    step = route.by_no.get(unit.current_step_no)
    if step is None:
        raise Refused("STEP_MISMATCH", sn=unit.sn, currentStepNo=unit.current_step_no)
    guards.may_do(tx, station, route, step, run)
    going = _Exit(station, run, run_status, unit, route, step, track_id, body.result, (), (), _faults(body))
    _settle(tx, wires, going, body)
    return going


def _settle(tx: Tx, wires: Wires, going: _Exit, body: TrackOut) -> None:
    """Guards 11 to 15: the result that counts, the data, the defect codes."""
    if body.result == "PASS":
        leaving = going.leaving()
        going.overrides = [source for verdict in wires.verdicts for source in verdict.forces_fail(tx, leaving)]
        if going.overrides:
            going.result = "FAIL"
    going.readings = collecting.readings_of(tx, going.station, going.step, body.data or ())
    if going.result == "PASS":
        collecting.demand_required(tx, going.step, going.track_id, going.readings)
    for guard in wires.track_out:
        guard.check(tx, going.leaving())


def _faults(body: TrackOut) -> Sequence[Given]:
    if body.defects:
        return [Given(fault.code, fault.location, fault.qty, fault.remark) for fault in body.defects]
    if body.defect_code or body.defect_location or body.defect_remark:
        return [Given(body.defect_code or "STATION_FAIL", body.defect_location, 1, body.defect_remark)]
    return ()


def _no_track(tx: Tx, station: Station, unit: UnitToLeave) -> Refused:
    """Guard 9: give the refusal that says where the unit is.

    The second of two track-outs at once comes here too, for writers take turns: it is told so, as long as nothing has
    happened to the unit since the first (spec 05.13).
    """
    last = _last_track.first(tx, unit=unit.unit_id)
    if (
        last is not None
        and last.out_at is not None
        and last.station_id == station.id
        and last.out_at == unit.updated_at
    ):
        return Refused(
            "TRACK_ALREADY_CLOSED", sn=unit.sn, status=unit.status, result=last.result, outAt=clock.to_wire(last.out_at),
            stationCode=station.code,
        )  # fmt: skip
    where = last.code if last is not None and last.out_at is None else None
    return Refused(
        "TRACK_NOT_FOUND", sn=unit.sn, status=unit.status, stationCode=where, currentStepNo=unit.current_step_no
    )


def _write(tx: Tx, going: _Exit, body: TrackOut) -> tuple[HoldShown | None, str, int]:
    """Guard 16 and the writes of the unit itself; give its hold, status and step then."""
    unit, step, result = going.unit, going.step, going.result
    closed = _close.run(
        tx,
        track=going.track_id,
        now=tx.now,
        result=result,
        by=tx.actor.id,
        by_name=tx.actor.name,
        badge=body.operator_id,
    )
    if closed != 1:
        raise Refused("TRACK_ALREADY_CLOSED", sn=unit.sn, status=unit.status, stationCode=going.station.code)
    if going.overrides:
        _note_force(tx, going)
    following = going.following
    if result == "FAIL":
        move, to_step = "fail", step.step_no
    elif following is None:
        move, to_step = "finish", step.step_no
    else:
        move, to_step = "pass_on", following.step_no
    would_be = UNIT[move].target
    alarms = [reading for reading in going.readings if reading.holds_the_unit]
    held = unit.hold_pending or bool(alarms)
    # A held unit stays at its step; where it would have gone stands in the hold.
    _move(tx, going, "hold_at_exit" if held else move, step.step_no if held else to_step)
    collecting.store(tx, going.track_id, going.readings)
    status = "ON_HOLD" if held else would_be
    tx.record(
        unit.sn, key=unit.unit_id, line=going.station.line_code, station=going.station.code,
        stepNo=step.step_no, result=result, status=status, **_forced(going),
    )  # fmt: skip
    tx.emit("TRACK_OUT", going.track_id)
    if status == "DONE":
        tx.emit("UNIT_DONE", unit.unit_id)
    hold = hold_at_exit(tx, unit, alarms, resume_status=would_be, resume_step_no=to_step) if held else None
    return hold, status, to_step


def _note_force(tx: Tx, going: _Exit) -> None:
    """Keep with the track what turned its PASS into a FAIL, for the trace; few tracks have it."""
    this = tracks.c.id == going.track_id
    more = tx.scalar(select(tracks.c.more).where(this)) or {}
    tx.run(update(tracks).where(this).values(more=more | {"forcedBy": [dict(source) for source in going.overrides]}))


def _forced(going: _Exit) -> dict[str, Any]:
    return {"forcedBy": [dict(source) for source in going.overrides]} if going.overrides else {}


def _move(tx: Tx, going: _Exit, move: str, to_step: int) -> None:
    unit = going.unit
    moved = _leave[move].run(
        tx, unit=unit.unit_id, step=going.step.step_no, pending=unit.hold_pending, to_step=to_step, now=tx.now
    )
    if moved != 1:
        found = unit_to_leave(tx, unit.sn)
        status = found.status if found is not None else unit.status
        raise Refused("UNIT_STATE_CHANGED", sn=unit.sn, status=status)


def _answer(
    tx: Tx,
    going: _Exit,
    outcome: Outcome,
    hold: HoldShown | None,
    *,
    status: str,
    run_status: str,
    next_step: FrozenStep,
) -> TrackedOut:
    goes_on = status == "QUEUED"
    sources: list[Override] = [{"kind": source["kind"], "reference": source["reference"]} for source in going.overrides]
    return {
        "status": status, "sn": going.unit.sn, "runNo": going.run.run_no, "runStatus": run_status, "stationCode": going.station.code,
        "stepNo": going.step.step_no, "trackId": ids.to_wire(going.track_id), "outAt": clock.to_wire(tx.now), "result": going.result,
        "inspectionOverride": bool(sources), "overrideSources": sources, "nextStepNo": next_step.step_no if goes_on else None,
        "nextOperationCode": next_step.operation_code if goes_on else None,
        "nextOperationName": next_step.operation_name if goes_on else None,
        "nextStationCodes": stations_for(tx, going.run.line_id, next_step) if goes_on else [],
        "defects": outcome.defects,
        "dataValues": [
            {"specName": reading.spec.name, "judge": reading.judge, "alarmed": reading.alarmed} for reading in going.readings
        ],
        "hold": hold, "closedReworkTasks": outcome.closed_rework_tasks,
        "oqc": dict(outcome.oqc) if outcome.oqc is not None else None, "warnings": outcome.warnings,
    }  # fmt: skip
