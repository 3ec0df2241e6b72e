"""How a run ends: closed out, or cancelled before it has really begun (spec 02.8, 02.9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.answers import ClosedRun
from fiducial.orders.lookup import must_reach_run, run_to_change
from fiducial.orders.shapes import CancelRun, CloseRun
from fiducial.orders.states import AUTHORIZED, CANCELLED, COMPLETED, IN_PROGRESS, PREP, QUEUED, RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.orders.unused import begun_with, never_used
from fiducial.orders.views import counts_by_status, first_sns, run_now, unit_counts
from fiducial.plant.lookup import line_of_id


@action("run:close", audit="RUN_CLOSE", entity="RUN", key="run_no")
def close_run(tx: Tx, run_no: str, body: CloseRun) -> ClosedRun | Kept:
    """Close out a run whose units are all terminal. Give it with `totals`; a run that has ended is answered as it is.

    Refuses RUN_NOT_FOUND, RUN_NOT_CLOSABLE, RUN_HAS_NO_UNITS, RUN_UNITS_NOT_TERMINAL, RUN_QTY_SHORT, FQC_REQUIRED, OQC_REQUIRED
    (which keeps the task it made). Spec 02.8.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "run:close")
    if run.status in RUN.terminal:
        tx.unrecorded()
        return _closed(tx, run, already=True)
    unit_qty = _judge_units(tx, run)
    if unit_qty < run.plan_qty and body.short_reason is None:
        raise Refused("RUN_QTY_SHORT", planQty=run.plan_qty, unitQty=unit_qty)
    for check in ports.close_checks():
        outcome = check.at_close(tx, run)
        if outcome.refused is not None:
            _keep_short_reason(tx, run, body)
            return Kept(outcome.refused)
    totals = totals_of_run(tx, run)
    RUN.move(
        tx, "close", runs.c.id == run.id, key=run.id, display=run_no, line=_line_code(tx, run), reason=body.short_reason,
        payload={"goodQty": totals["goodQty"], "scrapQty": totals["scrapQty"]},
        ended_at=tx.now, updated_at=tx.now, short_reason=body.short_reason,
    )  # fmt: skip
    ports.tell_ended(tx, run, COMPLETED)
    return _closed(tx, run)


def _keep_short_reason(tx: Tx, run: Any, body: CloseRun) -> None:
    """Keep why the run is short: the inspection that comes first will complete it, and nobody is asked again."""
    if body.short_reason is not None:
        tx.run(update(runs).where(runs.c.id == run.id).values(short_reason=body.short_reason))


def _judge_units(tx: Tx, run: Any) -> int:
    """Ask steps 2 to 4 of spec 02.8. Give the number of units."""
    if run.status != IN_PROGRESS:
        raise Refused("RUN_NOT_CLOSABLE", runNo=run.run_no, status=run.status)
    by_status = counts_by_status(tx, run.id)
    if not by_status:
        raise Refused("RUN_HAS_NO_UNITS", runNo=run.run_no)
    if set(by_status) - set(UNIT.terminal):
        of_run = units.c.run_id == run.id
        raise Refused(
            "RUN_UNITS_NOT_TERMINAL", byStatus=by_status, sns=first_sns(tx, of_run, units.c.status.not_in(UNIT.terminal)),
            unusedSns=first_sns(tx, of_run, units.c.status == QUEUED, units.c.tracked.is_(False)),
        )  # fmt: skip
    return sum(by_status.values())


def totals_of_run(tx: Tx, run: Any) -> dict[str, float | int | None]:
    """Give `{planQty, unitQty, startedQty, goodQty, scrapQty, yield}`; yield is good ÷ started, None when none was started."""
    counts = unit_counts()
    row = tx.first(select(counts).where(counts.c.run_id == run.id))
    unit_qty, started, good, scrap = (
        (row.unit_qty, row.started_qty, row.good_qty, row.scrap_qty) if row else (0, 0, 0, 0)
    )
    return {
        "planQty": run.plan_qty, "unitQty": int(unit_qty), "startedQty": int(started), "goodQty": int(good), "scrapQty": int(scrap),
        "yield": round(good / started, 4) if started else None,
    }  # fmt: skip


def _closed(tx: Tx, run: Any, *, already: bool = False) -> ClosedRun:
    return {**run_now(tx, run.id), "alreadyClosed": already, "totals": totals_of_run(tx, run)}


@action("run:revoke", audit="RUN_CANCEL", entity="RUN", key="run_no")
def cancel_run(tx: Tx, run_no: str, body: CancelRun) -> ClosedRun:
    """Cancel a run that has not started; its unused units are deleted. Give it with `totals`.

    Refuses RUN_NOT_FOUND, INVALID_RUN_STATUS, RUN_HAS_TRACKED_UNITS (a trial unit that is not scrapped, one that is or was held). Spec 02.9.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "run:revoke")
    if run.status not in (PREP, AUTHORIZED):
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP, AUTHORIZED])
    of_run = units.c.run_id == run.id
    begun = first_sns(tx, of_run, begun_with())
    if begun:
        raise Refused("RUN_HAS_TRACKED_UNITS", runNo=run_no, sns=begun)
    deleted = tx.run(delete(units).where(of_run, never_used()))
    RUN.move(
        tx, "cancel", runs.c.id == run.id, key=run.id, display=run_no, line=_line_code(tx, run), seen=run.status, reason=body.reason,
        payload={"deletedUnits": deleted} if deleted else None, ended_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    ports.tell_ended(tx, run, CANCELLED)
    return _closed(tx, run)


def _line_code(tx: Tx, run: Any) -> str | None:
    line = line_of_id(tx, run.line_id)
    return line.code if line else None
