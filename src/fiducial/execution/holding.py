"""Holding one unit (单件隔离, spec 05.9): by a person, by an alarm, at once or at the track-out; and letting it go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import insert, select, update

from fiducial.execution.answers import HeldUnit, HoldShown
from fiducial.execution.completion import when_unit_is_terminal
from fiducial.execution.guards import line_code
from fiducial.execution.ports import wired
from fiducial.execution.shapes import Hold
from fiducial.execution.standing import Run, UnitToLeave, lock_run, unit_to_leave
from fiducial.execution.tables import holds, tracks
from fiducial.execution.values import Reading
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.people.reach import must_reach_line

MANUAL, DATA_ALARM, DEFECT = "MANUAL", "DATA_ALARM", "DEFECT"
MAY_HOLD = UNIT["hold"].source


def shown(row: Any) -> HoldShown:
    """Give a hold as it stands on the wire."""
    return {
        "source": row.source, "reason": row.reason, "placedBy": ids.wire_or_none(row.placed_by), "placedByName": row.placed_by_name,
        "placedAt": clock.to_wire(row.placed_at), "pending": row.pending, "resumeStatus": row.resume_status,
        "resumeStepNo": row.resume_step_no, "releasedBy": ids.wire_or_none(row.released_by), "releasedByName": row.released_by_name,
        "releasedAt": clock.to_wire(row.released_at), "releaseReason": row.release_reason,
    }  # fmt: skip


def open_hold(tx: Tx, unit_id: int) -> Any:
    """Give the row of the unit's open hold, None without one."""
    return tx.first(select(holds).where(holds.c.unit_id == unit_id, holds.c.released_at.is_(None)))


def hold_at_exit(
    tx: Tx, unit: UnitToLeave, alarms: Sequence[Reading], *, resume_status: str, resume_step_no: int
) -> HoldShown:
    """Hold a unit that has just left its station: the hold that waited for it becomes effective, or its alarms place one.

    The unit remembers the state and the step it would have had. Written in the transaction of the track-out.
    """
    remembered = {"resume_status": resume_status, "resume_step_no": resume_step_no}
    if unit.hold_pending:
        tx.run(
            update(holds).where(holds.c.unit_id == unit.unit_id, holds.c.released_at.is_(None))
            .values(pending=False, **remembered)
        )  # fmt: skip
    else:
        said = "; ".join(f"{alarm.spec.name}: {_as_said(alarm.value)}{alarm.unit or ''}" for alarm in alarms)
        _place(tx, unit.unit_id, source=DATA_ALARM, reason=said, pending=False, **remembered)
    tx.emit("UNIT_HELD", unit.unit_id)
    return shown(open_hold(tx, unit.unit_id))


def hold_for_alarm(tx: Tx, unit_id: int, alarms: Sequence[Reading]) -> None:
    """Hold a unit because a value that a machine sent alarms: at once, or at its track-out while it is in a station.

    One that is held already, scrapped, or of a run that has ended is left as it is: the alarm itself is told.
    """
    row = tx.one(
        select(units, runs.c.status.label("run_status"))
        .join(runs, runs.c.id == units.c.run_id)
        .where(units.c.id == unit_id)
    )
    if row.status in ("ON_HOLD", "SCRAPPED") or row.hold_pending or row.run_status in RUN.terminal:
        return
    said = "; ".join(f"{alarm.spec.name}: {_as_said(alarm.value)}{alarm.unit or ''}" for alarm in alarms)
    this = (units.c.id == unit_id, units.c.current_step_no == row.current_step_no)
    if row.status == "IN_STATION":
        if tx.run(update(units).where(*this, units.c.status == "IN_STATION").values(hold_pending=True)) == 1:
            _place(tx, unit_id, source=DATA_ALARM, reason=said, pending=True)
        return
    if tx.run(UNIT.statement("hold", *this, units.c.status == row.status, updated_at=tx.now)) != 1:
        raise _changed(tx, row.sn)
    _place(
        tx,
        unit_id,
        source=DATA_ALARM,
        reason=said,
        pending=False,
        resume_status=row.status,
        resume_step_no=row.current_step_no,
    )
    tx.emit("UNIT_HELD", unit_id)


def remember_fault(tx: Tx, unit_id: int, step_no: int | None) -> None:
    """Let a held unit, in which a fault was found meanwhile, be done again from a step when it is released."""
    changed = {"resume_status": "OUT_FAILED", "resume_step_no": step_no}
    tx.run(
        update(holds)
        .where(holds.c.unit_id == unit_id, holds.c.released_at.is_(None), holds.c.pending.is_(False))
        .values(changed)
    )


def hold_for_defect(tx: Tx, unit_id: int, defect_id: int, reason: str | None, *, step_no: int) -> None:
    """Place the hold of a disposition; the unit's own move is the caller's. It ends with the defect (`end_hold`)."""
    _place(
        tx, unit_id, source=DEFECT, reason=reason or "", pending=False, defect_id=defect_id, resume_status="OUT_FAILED", resume_step_no=step_no
    )  # fmt: skip


def end_hold(tx: Tx, unit_id: int, reason: str | None) -> None:
    """End the open hold of a unit, if it has one, because its fate was decided otherwise."""
    said = {
        "released_by": tx.actor.id,
        "released_by_name": tx.actor.name,
        "released_at": tx.now,
        "release_reason": reason,
    }
    tx.run(update(holds).where(holds.c.unit_id == unit_id, holds.c.released_at.is_(None)).values(said))


def _as_said(value: Any) -> str:
    """Give a value as a person writes it: 260, not 260.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def let_go_of_run(tx: Tx, run_id: int, reason: str) -> None:
    """End every hold of a run's units and void the visits that are open: the run is over, and its units are decided on as a whole."""
    of_run = select(units.c.id).where(units.c.run_id == run_id)
    said = {
        "released_by": tx.actor.id,
        "released_by_name": tx.actor.name,
        "released_at": tx.now,
        "release_reason": reason,
    }
    tx.run(update(holds).where(holds.c.unit_id.in_(of_run), holds.c.released_at.is_(None)).values(said))
    by = {"by": ids.wire_or_none(tx.actor.id), "byName": tx.actor.name, "reason": reason}
    open_visit = (tracks.c.run_id == run_id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))
    tx.run(update(tracks).where(*open_visit).values(voided_at=tx.now, voided=by))


def _place(tx: Tx, unit_id: int, *, source: str, reason: str, pending: bool, **remembered: Any) -> None:
    tx.run(
        insert(holds).values(
            id=tx.new_id(), unit_id=unit_id, source=source, reason=reason, pending=pending, placed_by=tx.actor.id,
            placed_by_name=tx.actor.name, placed_at=tx.now, **remembered,
        )
    )  # fmt: skip


@action("quality:disposition", audit="UNIT_HOLD", entity="UNIT", key="sn")
def hold_unit(tx: Tx, sn: str, body: Hold) -> HeldUnit:
    """Hold a unit; one that is in a station waits for its track-out.

    Refuses UNIT_NOT_FOUND, FORBIDDEN, UNIT_SCRAPPED, UNIT_ALREADY_HELD, RUN_CLOSED.
    """
    unit, run_status = _unit_for_quality(tx, sn)
    if unit.status == "SCRAPPED":
        raise Refused("UNIT_SCRAPPED", sn=sn, status=unit.status)
    if unit.status == "ON_HOLD" or unit.hold_pending:
        raise Refused("UNIT_ALREADY_HELD", sn=sn, status=unit.status)
    if run_status in RUN.terminal:
        raise Refused("RUN_CLOSED", runNo=unit.run_no, runStatus=run_status)
    waits = unit.status == "IN_STATION"
    this = (units.c.id == unit.unit_id, units.c.current_step_no == unit.current_step_no)
    if waits:
        moved = tx.run(update(units).where(*this, units.c.status == "IN_STATION").values(hold_pending=True)) == 1
    else:
        moved = tx.run(UNIT.statement("hold", *this, units.c.status == unit.status, updated_at=tx.now)) == 1
    if not moved:
        raise _changed(tx, sn)
    remembered = {} if waits else {"resume_status": unit.status, "resume_step_no": unit.current_step_no}
    _place(tx, unit.unit_id, source=MANUAL, reason=body.reason, pending=waits, **remembered)
    tx.record(sn, key=unit.unit_id, line=_line(tx, unit), reason=body.reason, pending=waits, status=unit.status)
    if not waits:
        tx.emit("UNIT_HELD", unit.unit_id)
    return _answer(tx, unit.unit_id, "IN_STATION" if waits else "ON_HOLD", sn, unit.current_step_no)


@action("quality:disposition", audit="UNIT_RELEASE", entity="UNIT", key="sn")
def release_unit(tx: Tx, sn: str, body: Hold) -> HeldUnit:
    """Let a unit go on from the state it remembers (OUT_FAILED becomes QUEUED, to be done again), or withdraw a waiting hold.

    Refuses UNIT_NOT_FOUND, FORBIDDEN, UNIT_NOT_HELD, HOLD_BELONGS_TO_DEFECT.
    """
    unit, run_status = _unit_for_quality(tx, sn)
    hold = open_hold(tx, unit.unit_id)
    if hold is None:
        raise Refused("UNIT_NOT_HELD", sn=sn, status=unit.status)
    if hold.defect_id is not None:
        found = wired().defects.open_of(tx, [unit.unit_id]).get(unit.unit_id, ())
        number = next((defect["defectNo"] for defect in found if defect["id"] == ids.to_wire(hold.defect_id)), None)
        raise Refused("HOLD_BELONGS_TO_DEFECT", sn=sn, defectId=ids.to_wire(hold.defect_id), defectNo=number or "–")
    ended = update(holds).where(holds.c.id == hold.id, holds.c.released_at.is_(None))
    said = {
        "released_by": tx.actor.id,
        "released_by_name": tx.actor.name,
        "released_at": tx.now,
        "release_reason": body.reason,
    }
    if tx.run(ended.values(said)) != 1:
        raise _changed(tx, sn)
    status, step_no = _let_go(tx, unit, hold)
    tx.record(sn, key=unit.unit_id, line=_line(tx, unit), reason=body.reason, status=status, currentStepNo=step_no)
    tx.emit("UNIT_RELEASED", unit.unit_id)
    if status == "DONE":
        when_unit_is_terminal(tx, cast(Run, unit), run_status)
    return _answer(tx, unit.unit_id, status, sn, step_no)


def _let_go(tx: Tx, unit: UnitToLeave, hold: Any) -> tuple[str, int]:
    """Move the unit out of its hold; give its status and step then."""
    this = units.c.id == unit.unit_id
    if hold.pending:
        if tx.run(update(units).where(this, units.c.hold_pending.is_(True)).values(hold_pending=False)) != 1:
            raise _changed(tx, unit.sn)
        return unit.status, unit.current_step_no
    status = "DONE" if hold.resume_status == "DONE" else "QUEUED"
    step_no = hold.resume_step_no if hold.resume_step_no is not None else unit.current_step_no
    move = "release_as_done" if status == "DONE" else "release_to_queue"
    if tx.run(UNIT.statement(move, this, current_step_no=step_no, updated_at=tx.now)) != 1:
        raise _changed(tx, unit.sn)
    return status, step_no


def _unit_for_quality(tx: Tx, sn: str) -> tuple[UnitToLeave, str]:
    """Give the unit and the status of its run, which is locked: a hold and the end of the run do not pass each other."""
    unit = unit_to_leave(tx, sn)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    if unit.run_id is None:
        return unit, ""
    must_reach_line(tx, unit.line_id, "quality:disposition")
    status = lock_run(tx, unit.run_id, unit.run_status)
    found = unit_to_leave(tx, sn) if tx.engine == "postgresql" else unit
    assert found is not None
    return found, status


def _line(tx: Tx, unit: UnitToLeave) -> str | None:
    """Give the code of the line it belongs to, for the entry: who may see the line may see what was decided there."""
    return line_code(tx, unit.line_id) if unit.run_id is not None else None


def _changed(tx: Tx, sn: str) -> Refused:
    found = unit_to_leave(tx, sn)
    return Refused("UNIT_STATE_CHANGED", sn=sn, status=found.status if found is not None else None)


def _answer(tx: Tx, unit_id: int, status: str, sn: str, step_no: int) -> HeldUnit:
    last = tx.first(select(holds).where(holds.c.unit_id == unit_id).order_by(holds.c.id.desc()).limit(1))
    return {"sn": sn, "status": status, "currentStepNo": step_no, "hold": shown(last) if last is not None else None}
