"""What makes a first piece due anew, and patrols that are due (spec 06.8).

`retrigger` is for whoever knows of a change: the shift that begins, a tool that was changed, a program, a maintenance, a lot, a
line that stopped. It is called in the transaction of the change or by a listener; of several at once one is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from fiducial.execution.tables import tracks
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.states import IN_PROGRESS, RUN
from fiducial.orders.tables import runs
from fiducial.plant.lookup import StationRow, find_station
from fiducial.plant.shifts import begun_at, shift_at, shifts_of
from fiducial.quality.inprocess.standing import CAUSES, FIRST_PIECE, NONE, PASSED, PATROL, points_of, set_state, step_of
from fiducial.quality.inspections.acts import make, open_of
from fiducial.quality.inspections.ipqc import IPQC_KIND, at_point
from fiducial.quality.states import PASS
from fiducial.quality.tables import ipqc_points, ipqc_states
from fiducial.routing.frozen import frozen_route

AT_ONCE = 50


def retrigger(
    tx: Tx, cause: str, *, run_id: int | None = None, line_id: int | None = None, station_code: str | None = None, before: int | None = None
) -> int:  # fmt: skip
    """Make the first pieces due anew that a cause concerns: of a run, of the open runs of a line, or of all; with a station those of
    the steps that are done there, with an instant those that had passed by then. Give how many were set back from PASSED to NONE."""
    if cause not in CAUSES:
        raise ValueError(f"{cause} is no cause of a new first piece")
    station = find_station(tx, station_code) if station_code is not None else None
    if station_code is not None and station is None:
        return 0
    wanted = [ipqc_states.c.run_id == run_id] if run_id is not None else []
    wanted += [runs.c.line_id == line_id] if line_id is not None else []
    wanted += [ipqc_states.c.since <= before] if before is not None else []
    return sum(
        _set_back(tx, row, cause)
        for row in _passed(tx, *wanted)
        if cause in row.retrigger_on and _is_done_at(tx, row, station)
    )


def _passed(tx: Tx, *wanted: ColumnElement[bool]) -> Sequence[Any]:
    """Give the first pieces that have passed, of open runs, with what makes them due anew."""
    joined = ipqc_states.join(ipqc_points, ipqc_points.c.id == ipqc_states.c.point_id).join(
        runs, runs.c.id == ipqc_states.c.run_id
    )
    found = select(
        ipqc_states.c.run_id, ipqc_states.c.point_id, ipqc_states.c.since, ipqc_points.c.retrigger_on, ipqc_points.c.station_code,
        ipqc_points.c.step_no, ipqc_points.c.process_kind, runs.c.line_id, runs.c.version_id,
    ).select_from(joined)  # fmt: skip
    now = (
        ipqc_states.c.state == PASSED, ipqc_points.c.check_type == FIRST_PIECE, ipqc_points.c.is_active.is_(True),
        runs.c.status.not_in(RUN.terminal),
    )  # fmt: skip
    return tx.all(found.where(*now, *wanted).order_by(ipqc_states.c.run_id, ipqc_states.c.point_id))


def _is_done_at(tx: Tx, row: Any, station: StationRow | None) -> bool:
    """Tell whether the step of a point is done at a station, and the point looks there; any is, when no station is meant."""
    if station is None:
        return True
    step = step_of(row, frozen_route(tx, row.version_id))
    fits = step is not None and step.fits_but_type(code=station.code, group_code=station.group_code)
    return fits and row.station_code in (None, station.code)


def _set_back(tx: Tx, row: Any, cause: str) -> int:
    """Set a first piece back to NONE, if nobody has done so; give 1 or 0."""
    this = (ipqc_states.c.run_id == row.run_id, ipqc_states.c.point_id == row.point_id, ipqc_states.c.state == PASSED)
    back = update(ipqc_states).where(*this, ipqc_states.c.since == row.since)
    return tx.run(back.values(state=NONE, inspection_id=None, reason=cause, since=tx.now))


@action(audit="IPQC_CREATE", entity="IPQC", internal_only=True)
def begin_shifts(tx: Tx) -> int:
    """Make first pieces due anew that name SHIFT and have passed before the present shift of their line began; give how many. For the timer."""
    tx.unrecorded()
    back, begun = 0, dict[int, int | None]()
    for row in _passed(tx):
        if "SHIFT" not in row.retrigger_on:
            continue
        if row.line_id not in begun:
            shift = shift_at(shifts_of(tx, row.line_id), tx.now, tx.store.zone)
            begun[row.line_id] = begun_at(shift, tx.now, tx.store.zone) if shift is not None else None
        began = begun[row.line_id]
        if began is not None and row.since < began:
            back += _set_back(tx, row, "SHIFT")
    return back


@action(audit="IPQC_CREATE", entity="IPQC", internal_only=True)
def create_due_patrols(tx: Tx) -> int:
    """Create the patrols whose time or number of boards has come, of runs in progress, at most 50; give how many. For the timer."""
    tx.unrecorded()
    if (
        tx.first(
            select(ipqc_points.c.id)
            .where(ipqc_points.c.check_type == PATROL, ipqc_points.c.is_active.is_(True))
            .limit(1)
        )
        is None
    ):
        return 0
    made = 0
    for run in tx.all(select(runs).where(runs.c.status == IN_PROGRESS).order_by(runs.c.id)):
        route = frozen_route(tx, run.version_id)
        for point in points_of(tx, route):
            if point.check_type != PATROL or made >= AT_ONCE or open_of(tx, IPQC_KIND, run.id, point.code) is not None:
                continue
            step = step_of(point, route)
            if step is not None and _is_due(tx, run, point, step.step_no):
                key = make(tx, IPQC_KIND, run, at_point(point, size=point.sample_qty, sampled=None))
                set_state(tx, run.id, point.id, NONE, inspection_id=key)
                tx.emit("IPQC_DUE", key)
                made += 1
    return made


def _is_due(tx: Tx, run: Any, point: Any, step_no: int) -> bool:
    """Tell whether minutes or boards since the last patrol, or since the run began, have passed."""
    last = tx.scalar(
        select(ipqc_states.c.since).where(ipqc_states.c.run_id == run.id, ipqc_states.c.point_id == point.id)
    )
    since, often = last or run.started_at or run.created_at, point.frequency or {}
    if often.get("minutes"):
        return bool(tx.now - since >= often["minutes"] * 60_000)
    passed = select(func.count()).select_from(tracks).where(
        tracks.c.run_id == run.id, tracks.c.step_no == step_no, tracks.c.result == PASS, tracks.c.voided_at.is_(None), tracks.c.out_at > since
    )  # fmt: skip
    return int(tx.scalar(passed) or 0) >= int(often.get("units") or 1)
