"""Rework runs (返修批次, spec 02.10): a run that continues the units of a run that failed, on the same frozen route."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update

from fiducial.execution.answers import Warned
from fiducial.execution.holding import let_go_of_run
from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports as orders_ports
from fiducial.orders.actions.authorize import authorize_now
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.ports import CheckOutcome
from fiducial.orders.states import PREP, SCRAPPED, UNIT
from fiducial.orders.tables import memberships, runs, units
from fiducial.plant.lookup import line_of_id
from fiducial.quality.answers import ReworkRunLine, ReworkRunMade
from fiducial.quality.inspections.gates import FirstArticlePassed, waiver_of
from fiducial.quality.tables import mrb_decisions
from fiducial.quality.warnings import warned
from fiducial.routing.frozen import frozen_route

REUSE_PREP = "REUSE_PREP"
MRB_OVERRIDE = "MRB_OVERRIDE"
REWORK = "REWORK"


def eligible(tx: Tx, run_id: int) -> int:
    """Give how many units of a run can be reworked: those that are not scrapped."""
    there = select(func.count()).select_from(units).where(units.c.run_id == run_id, units.c.status != SCRAPPED)
    return int(tx.scalar(there) or 0)


def make(tx: Tx, parent: Any, *, mrb_id: int, rework_type: str, waived: bool, reason: str) -> ReworkRunMade:
    """Make the rework run of a run that was closed for rework, move its units and judge its preparation. Give it."""
    key, run_no = _insert(tx, parent, rework_type)
    tx.run(update(mrb_decisions).where(mrb_decisions.c.id == mrb_id).values(rework_run_id=key))
    moved = _move_units(tx, parent, key, reason)
    tx.run(update(runs).where(runs.c.id == key).values(plan_qty=moved))
    line = line_of_id(tx, parent.line_id)
    tx.record(
        run_no, action="RUN_REWORK_CREATE", entity="RUN", key=key, line=line.code if line else None, reason=reason,
        parentRunNo=parent.run_no, reworkType=rework_type, planQty=moved, faiWaiver=waived,
    )  # fmt: skip
    tx.emit("RUN_CREATE", key)
    run = tx.one(select(runs).where(runs.c.id == key).with_for_update())
    reasons: list[dict[str, Any]] = []
    if rework_type == REUSE_PREP:
        orders_ports.take_over(tx, parent, run)
        reasons = _authorize(tx, run, reason)
    now = tx.one(select(runs).where(runs.c.id == key))
    return {
        "runNo": run_no, "status": now.status, "authorizationType": now.authorization_type, "planQty": moved, "mrbFaiWaiver": waived,
        "prepReasons": reasons,
    }  # fmt: skip


def _insert(tx: Tx, parent: Any, rework_type: str) -> tuple[int, str]:
    """Give the key and number of a new run on the parent's order, line and frozen version; the parent's row is locked."""
    children = tx.scalar(select(func.count()).select_from(runs).where(runs.c.parent_run_id == parent.id)) or 0
    key, run_no = tx.new_id(), f"{parent.run_no}-RW{children + 1}"
    row = {
        "id": key, "run_no": run_no, "work_order_id": parent.work_order_id, "line_id": parent.line_id, "version_id": parent.version_id,
        "status": PREP, "plan_qty": 0, "shift_code": parent.shift_code, "changeover_no": parent.changeover_no, "parent_run_id": parent.id,
        "rework_type": rework_type, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(insert(runs).values(row))
    return key, run_no


def _move_units(tx: Tx, parent: Any, key: int, reason: str) -> int:
    """Move every unit that is not scrapped to the first step of the new run; where each has been stays known."""
    let_go_of_run(tx, parent.id, reason)
    going = tx.all(
        select(units.c.id, units.c.created_at, func.max(memberships.c.left_at).label("joined_at"))
        .select_from(units.outerjoin(memberships, memberships.c.unit_id == units.c.id))
        .where(units.c.run_id == parent.id, units.c.status != SCRAPPED)
        .group_by(units.c.id, units.c.created_at).order_by(units.c.id)
    )  # fmt: skip
    kept = [
        {"id": new, "unit_id": row.id, "run_id": parent.id, "joined_at": row.joined_at or row.created_at, "left_at": tx.now}
        for new, row in zip(tx.new_ids(len(going)), going, strict=True)
    ]  # fmt: skip
    tx.run(insert(memberships), kept)
    first = frozen_route(tx, parent.version_id).first.step_no
    moved = UNIT.statement(
        "mrb_rework",
        units.c.run_id == parent.id,
        run_id=key,
        current_step_no=first,
        hold_pending=False,
        updated_at=tx.now,
    )
    return tx.run(moved)


def _authorize(tx: Tx, run: Any, reason: str) -> list[dict[str, Any]]:
    """Authorise a run that reuses its preparation, if everything holds now; else give what is missing (spec 02.10 step 4)."""
    reasons: list[dict[str, Any]] = []
    check: CheckOutcome | None = None
    try:
        check = orders_ports.readiness().check_now(tx, run, REWORK)
        if check.refused is not None:
            reasons += [
                {"code": check.refused.code, "itemType": item["itemType"], "itemKey": item["itemKey"], "failReason": item["failReason"]}
                for item in check.refused.details.get("failedItems", ())
            ]  # fmt: skip
    except Refused as refused:
        reasons.append(_reason(refused, tx.caller.language))
    fai = FirstArticlePassed().check(tx, run)
    if fai.refused is not None:
        reasons.append(_reason(fai.refused, tx.caller.language))
    if not reasons:
        facts = CheckOutcome(check_id=check.check_id if check else None, authorization_type=MRB_OVERRIDE)
        authorize_now(tx, run, facts, reason[:500])
    return reasons


def _reason(refused: Refused, language: str) -> dict[str, Any]:
    return {"code": refused.code, "itemType": None, "itemKey": None, "failReason": refused.sentence(language)}


def warnings_for(tx: Tx, parent: Any) -> list[Warned]:
    """Give LINE_USED_BY_OTHER_RUN when another run has worked on the line since the parent's last track."""
    last = tx.scalar(select(func.max(tracks.c.in_at)).where(tracks.c.run_id == parent.id, tracks.c.voided_at.is_(None)))
    others = tx.all(
        select(runs.c.run_no).join_from(tracks, runs, runs.c.id == tracks.c.run_id)
        .where(runs.c.line_id == parent.line_id, runs.c.id != parent.id, tracks.c.voided_at.is_(None), tracks.c.in_at > (last or 0))
        .distinct().order_by(runs.c.run_no)
    )  # fmt: skip
    if not others:
        return []
    return [warned("LINE_USED_BY_OTHER_RUN", tx.caller.language, runNos=[row.run_no for row in others])]


@query("run:read")
def list_rework_runs(tx: Tx, run_no: str) -> list[ReworkRunLine]:
    """Give the rework runs of a run, oldest first. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    parent = the_run(tx, run_no)
    must_reach_run(tx, parent, "run:read")
    rows = tx.all(select(runs).where(runs.c.parent_run_id == parent.id).order_by(runs.c.id))
    return [rework_run_shown(tx, row) for row in rows]


def rework_run_shown(tx: Tx, run: Any) -> ReworkRunLine:
    """Give a rework run as it stands on the wire, with the waiver of the MRB."""
    waiver = waiver_of(tx, run.id)
    return {
        "runNo": run.run_no, "status": run.status, "reworkType": run.rework_type, "authorizationType": run.authorization_type,
        "planQty": run.plan_qty, "mrbFaiWaiver": waiver is not None, "mrbWaiverReason": waiver.fai_waiver_reason if waiver else None,
        "mrbAuthorizedBy": ids.wire_or_none(waiver.decided_by) if waiver else None,
        "mrbAuthorizedByName": waiver.decided_by_name if waiver else None,
        "mrbAuthorizedAt": clock.to_wire(waiver.decided_at) if waiver else None, "createdAt": clock.to_wire(run.created_at),
    }  # fmt: skip
