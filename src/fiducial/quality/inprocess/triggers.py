"""What makes a first piece due anew, and patrols that are due (spec 06.8).

`retrigger` is for whoever knows of a change: the shift that begins, a tool that was changed, a program, a maintenance, a lot, a
line that stopped. It is called in the transaction of the change or by a listener; of several at once one is enough.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from fiducial.execution.tables import tracks
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.states import IN_PROGRESS, RUN
from fiducial.orders.tables import runs
from fiducial.quality.inprocess.standing import CAUSES, FIRST_PIECE, NONE, PASSED, PATROL, points_of, set_state, step_of
from fiducial.quality.inspections.acts import make, open_of
from fiducial.quality.inspections.ipqc import IPQC_KIND, at_point
from fiducial.quality.states import PASS
from fiducial.quality.tables import ipqc_points, ipqc_states
from fiducial.routing.frozen import frozen_route

AT_ONCE = 50


def retrigger(
    tx: Tx, cause: str, *, run_id: int | None = None, line_id: int | None = None, station_code: str | None = None
) -> int:  # fmt: skip
    """Make the first pieces due anew that a cause concerns: of a run, of the open runs of a line, or of all; at a station those of
    points that look at that station or at every one. Give how many were set back from PASSED to NONE."""
    if cause not in CAUSES:
        raise ValueError(f"{cause} is no cause of a new first piece")
    found = (
        select(ipqc_states.c.run_id, ipqc_states.c.point_id, ipqc_points.c.retrigger_on, ipqc_points.c.station_code)
        .select_from(
            ipqc_states.join(ipqc_points, ipqc_points.c.id == ipqc_states.c.point_id).join(runs, runs.c.id == ipqc_states.c.run_id)
        )
        .where(
            ipqc_states.c.state == PASSED, ipqc_points.c.check_type == FIRST_PIECE, ipqc_points.c.is_active.is_(True),
            runs.c.status.not_in(RUN.terminal),
        )
    )  # fmt: skip
    if run_id is not None:
        found = found.where(ipqc_states.c.run_id == run_id)
    if line_id is not None:
        found = found.where(runs.c.line_id == line_id)
    back = 0
    for row in tx.all(found.order_by(ipqc_states.c.run_id, ipqc_states.c.point_id)):
        if cause not in (row.retrigger_on or ()) or (
            station_code is not None and row.station_code not in (None, station_code)
        ):
            continue
        guarded = (
            update(ipqc_states)
            .where(
                ipqc_states.c.run_id == row.run_id,
                ipqc_states.c.point_id == row.point_id,
                ipqc_states.c.state == PASSED,
            )
            .values(state=NONE, inspection_id=None, reason=cause, since=tx.now)
        )
        back += tx.run(guarded)
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
