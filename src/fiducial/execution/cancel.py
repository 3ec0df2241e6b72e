"""Undoing a wrong scan (spec 05.6): the track is voided, never deleted."""

from __future__ import annotations

from sqlalchemy import exists, select, update

from fiducial.execution import guards
from fiducial.execution.answers import Cancelled
from fiducial.execution.ports import wired
from fiducial.execution.shapes import CancelTrackIn
from fiducial.execution.standing import share_run, unit_to_leave
from fiducial.execution.tables import data_values, holds, tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import UNIT
from fiducial.orders.tables import units
from fiducial.people.reach import must_reach_line


@action("exec:track_in", audit="TRACK_IN_CANCEL", entity="UNIT", key="body.sn")
def cancel_track_in(tx: Tx, station_code: str, body: CancelTrackIn) -> Cancelled:
    """Void the open track of a unit at this station; the unit waits at the same step again.

    Only by whoever opened it or one who may decide on units, and only while nothing was recorded on it. A run that this
    track-in had started stays IN_PROGRESS. Refuses TRACK_NOT_FOUND, FORBIDDEN, TRACK_HAS_RECORDS, UNIT_RUN_MISMATCH.
    """
    wires = wired()
    station = guards.station_at(tx, station_code, "exec:track_in")
    unit = unit_to_leave(tx, body.sn)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=body.sn)
    if body.run_no is not None and body.run_no != unit.run_no:
        raise Refused("UNIT_RUN_MISMATCH", sn=unit.sn, runNo=unit.run_no)
    track_id = unit.track_id
    if track_id is None or unit.track_station_id != station.id:
        raise Refused("TRACK_NOT_FOUND", sn=unit.sn, status=unit.status, stationCode=None)
    run = guards.run_of(tx, unit, body.sn, None)
    share_run(tx, run.run_id, run.run_status)
    opened_by = tx.scalar(select(tracks.c.in_by).where(tracks.c.id == track_id))
    if tx.actor.id != opened_by and tx.actor.kind != "SYSTEM":
        if not tx.actor.holds("quality:disposition"):
            raise Refused("FORBIDDEN", permission="quality:disposition", stationCode=station.code)
        must_reach_line(tx, station.line_id, "quality:disposition")
    has_values = tx.scalar(select(exists().where(data_values.c.track_id == track_id)))
    seen = any(verdict.of_track(tx, track_id) for verdict in wires.verdicts)
    if has_values or seen or wires.defects.on_track(tx, track_id):
        raise Refused("TRACK_HAS_RECORDS", sn=unit.sn, trackId=ids.to_wire(track_id))
    voided = update(tracks).where(
        tracks.c.id == track_id, (tracks.c.out_at + 0).is_(None), tracks.c.voided_at.is_(None)
    )
    by = {"by": ids.wire_or_none(tx.actor.id), "byName": tx.actor.name, "reason": body.reason}
    if tx.run(voided.values(voided_at=tx.now, voided=by)) != 1:
        raise Refused("TRACK_ALREADY_CLOSED", sn=unit.sn, status=unit.status, stationCode=station.code)
    tracked = tx.scalar(select(exists().where(tracks.c.unit_id == unit.unit_id, tracks.c.voided_at.is_(None))))
    # A hold that waited for the track-out has nothing more to wait for: it becomes effective here.
    held = unit.hold_pending
    back = UNIT.statement(
        "hold_at_exit" if held else "cancel_track_in", units.c.id == unit.unit_id,
        units.c.current_step_no == unit.current_step_no, units.c.hold_pending.is_(held), tracked=tracked, hold_pending=False,
        updated_at=tx.now,
    )  # fmt: skip
    if tx.run(back) != 1:
        raise Refused("UNIT_STATE_CHANGED", sn=unit.sn, status=unit.status)
    if held:
        waiting = update(holds).where(holds.c.unit_id == unit.unit_id, holds.c.released_at.is_(None))
        tx.run(waiting.values(pending=False, resume_status="QUEUED", resume_step_no=unit.current_step_no))
        tx.emit("UNIT_HELD", unit.unit_id)
    tx.record(
        unit.sn,
        key=unit.unit_id,
        line=station.line_code,
        station=station.code,
        reason=body.reason,
        stepNo=unit.track_step_no,
    )
    return {
        "status": "ON_HOLD" if held else "QUEUED", "sn": unit.sn, "runNo": run.run_no, "stationCode": station.code,
        "stepNo": unit.track_step_no, "trackId": ids.to_wire(track_id), "voidedAt": clock.to_wire(tx.now),
    }  # fmt: skip
