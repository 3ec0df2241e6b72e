"""Trial production (首件试产, spec 05.4, 06.5): the gate that execution asks while a run is in PREP, and what was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.execution.ports import Entering, Trial
from fiducial.execution.standing import Run
from fiducial.execution.tables import data_values, tracks
from fiducial.kit import clock
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports as orders_ports
from fiducial.orders.lookup import run_of_id
from fiducial.orders.states import DONE, PREP, QUEUED, UNIT
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import stations
from fiducial.quality import ports
from fiducial.quality.states import CANCELLED, FAI, FAIL, INSPECTING, PENDING
from fiducial.quality.tables import inspections
from fiducial.routing.frozen import frozen_route

_of = (tracks.c.voided_at.is_(None), tracks.c.mode == "FAI_TRIAL")


class TrialGate:
    """Guards 13 and 20 of a track-in for a run in preparation (the port of execution)."""

    def open(self, tx: Tx, run: Run) -> Trial:
        """Give the trial of the first article being inspected.

        Refuses FAI_TRIAL_NOT_READY (there is one, not started), RUN_NOT_AUTHORIZED (there is none), READINESS_CHECK_FAILED. No
        check is ever kept here: a board at the door is no reason to judge a line; that what was found still holds is asked.
        """
        newest = tx.first(
            select(inspections.c.id, inspections.c.status)
            .where(inspections.c.run_id == run.run_id, inspections.c.type == FAI, inspections.c.status != CANCELLED)
            .order_by(inspections.c.id.desc()).limit(1)
        )  # fmt: skip
        if newest is None or newest.status != INSPECTING:
            code = "FAI_TRIAL_NOT_READY" if newest is not None and newest.status == PENDING else "RUN_NOT_AUTHORIZED"
            raise Refused(
                code, runNo=run.run_no, runStatus=PREP, faiStatus=newest.status if newest is not None else None
            )
        failed = orders_ports.readiness().standing(tx, run_of_id(tx, run.run_id))
        if failed is not None:
            raise failed
        return Trial(newest.id)

    def admit(self, tx: Tx, trial: Trial, entering: Entering) -> None:
        """Let in a unit of this trial, or a new one while the sample is not full. Refuses FAI_TRIAL_LIMIT_REACHED."""
        fai = tx.one(
            select(inspections.c.sample_qty, inspections.c.status)
            .where(inspections.c.id == trial.fai_id).with_for_update()
        )  # fmt: skip
        if fai.status != INSPECTING:  # decided while this board came to the door
            raise Refused("RUN_NOT_AUTHORIZED", runNo=entering.run.run_no, runStatus=PREP, faiStatus=fai.status)
        there = units_of(tx, trial.fai_id)
        if entering.unit.unit_id in there or len(there) < fai.sample_qty:
            return
        sns = [row.sn for row in tx.all(select(units.c.sn).where(units.c.id.in_(there)).order_by(units.c.sn))]
        raise Refused("FAI_TRIAL_LIMIT_REACHED", sampleQty=fai.sample_qty, trialUnits=sns)

    def runs_in_trial(self, tx: Tx, line_id: int) -> Sequence[int]:
        """Give the runs of a line whose first article is being made."""
        rows = tx.all(
            select(runs.c.id).join_from(runs, inspections, inspections.c.run_id == runs.c.id)
            .where(runs.c.line_id == line_id, runs.c.status == PREP, inspections.c.type == FAI, inspections.c.status == INSPECTING)
        )  # fmt: skip
        return [row.id for row in rows]


def units_of(tx: Tx, fai_id: int) -> set[int]:
    """Give the units that have been taken into the trial of a first article."""
    return {row.unit_id for row in tx.all(select(tracks.c.unit_id).where(tracks.c.fai_id == fai_id, *_of).distinct())}


def finished_units(tx: Tx, fai_id: int) -> set[int]:
    """Give the units that have come out of it, with any result."""
    done = select(tracks.c.unit_id).where(tracks.c.fai_id == fai_id, tracks.c.out_at.is_not(None), *_of).distinct()
    return {row.unit_id for row in tx.all(done)}


def failed_tracks(tx: Tx, fai_id: int) -> Sequence[Any]:
    """Give the trial tracks with FAIL, oldest first, each with `unit_id`, `sn`, `out_at`."""
    return tx.all(
        select(tracks.c.unit_id, units.c.sn, tracks.c.out_at).join_from(tracks, units, units.c.id == tracks.c.unit_id)
        .where(tracks.c.fai_id == fai_id, tracks.c.result == FAIL, *_of).order_by(tracks.c.id)
    )  # fmt: skip


def open_track(tx: Tx, fai_id: int) -> Any:
    """Give a trial track that is still open, with `sn` and the station's `code`; None when nothing is in a station."""
    return tx.first(
        select(units.c.sn, stations.c.code)
        .select_from(tracks.join(units, units.c.id == tracks.c.unit_id).join(stations, stations.c.id == tracks.c.station_id))
        .where(tracks.c.fai_id == fai_id, tracks.c.out_at.is_(None), *_of)
    )  # fmt: skip


def return_units(tx: Tx, run: Any, fai_id: int) -> list[str]:
    """Send the trial units that wait for their next step, on a one-step route also those that are DONE, back to the first step;
    give their serials."""
    route = frozen_route(tx, run.version_id)
    states = (QUEUED, DONE) if len(route.steps) == 1 else (QUEUED,)
    rows = tx.all(
        select(units.c.id, units.c.sn)
        .where(units.c.id.in_(units_of(tx, fai_id)), units.c.status.in_(states))
        .order_by(units.c.sn)
    )
    for row in rows:
        back = UNIT.statement(
            "return_trial", units.c.id == row.id, units.c.status.in_(states), current_step_no=route.first.step_no, updated_at=tx.now
        )  # fmt: skip
        tx.run(back)
    return [row.sn for row in rows]


def summary(tx: Tx, row: Any) -> list[dict[str, Any]]:
    """Give `{sn, trackOuts[], inspections[]}` of each trial unit (spec 06.5)."""
    found = tx.all(
        select(tracks.c.id, tracks.c.unit_id, units.c.sn, tracks.c.step_no, stations.c.code, tracks.c.out_at, tracks.c.result)
        .select_from(tracks.join(units, units.c.id == tracks.c.unit_id).join(stations, stations.c.id == tracks.c.station_id))
        .where(tracks.c.fai_id == row.id, *_of).order_by(units.c.sn, tracks.c.id)
    )  # fmt: skip
    values = dict[int, list[dict[str, Any]]]()
    for value in tx.all(select(data_values).where(data_values.c.track_id.in_([track.id for track in found]))):
        yes_no = None if value.value_boolean is None else bool(value.value_boolean)
        given = (value.value_number, value.value_text, yes_no, value.value_json)
        shown = next((one for one in given if one is not None), None)
        values.setdefault(value.track_id, []).append(
            {"name": value.name, "value": shown, "judge": value.judge, "unit": value.unit}
        )
    by_unit = dict[int, dict[str, Any]]()
    for track in found:
        unit = by_unit.setdefault(track.unit_id, {"sn": track.sn, "trackOuts": [], "inspections": []})
        unit["trackOuts"].append({
            "stepNo": track.step_no, "stationCode": track.code, "outAt": clock.to_wire(track.out_at), "result": track.result,
            "dataValues": values.get(track.id, []),
        })  # fmt: skip
    for one in ports.machine_findings(tx, sorted(by_unit), row.started_at or row.created_at):
        by_unit[one.unit_id]["inspections"].append({
            "kind": one.kind, "result": one.result, "stationCode": one.station_code, "eventTime": clock.to_wire(one.event_time),
        })  # fmt: skip
    return list(by_unit.values())
