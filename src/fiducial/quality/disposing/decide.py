"""Decisions on defects (处置, spec 06.9). A unit moves only when all its blocking defects are decided; the harshest decision wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from fiducial.execution.holding import end_hold, hold_for_defect
from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.completion import finish_if_all_done
from fiducial.orders.states import ON_HOLD, OUT_FAILED, QUEUED, RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import line_of_id
from fiducial.quality.answers import Defect
from fiducial.quality.defects import defect_now
from fiducial.quality.disposing.shapes import Disposition, ReleaseHold
from fiducial.quality.disposing.tasks import NOT_REPAIRABLE, newest_records, open_task, settle_tasks
from fiducial.quality.settings import REWORK_LIMIT
from fiducial.quality.states import CLOSED, DEFECT, DISPOSITIONED, HOLD, OPEN_DEFECT, RECORDED, RELEASE, REWORK, SCRAP
from fiducial.quality.tables import defects, dispositions, rework_tasks
from fiducial.routing.frozen import frozen_route

DISPOSABLE = (OUT_FAILED, ON_HOLD)


class Case:
    """A defect that is being decided on, with its run and unit, all locked in the order that everybody takes them."""

    def __init__(self, tx: Tx, defect_id: str) -> None:
        key = ids.from_wire(defect_id)
        named = defects.c.id == key if key is not None else defects.c.defect_no == defect_id
        found = tx.first(select(defects.c.id, defects.c.run_id, defects.c.unit_id).where(named))
        if found is None:
            raise Refused("DEFECT_NOT_FOUND", defectId=defect_id)
        # A unit that went on into a rework run is decided on there.
        at = tx.scalar(select(units.c.run_id).where(units.c.id == found.unit_id)) or found.run_id
        self.run = tx.one(select(runs).where(runs.c.id == at).with_for_update())
        self.unit = tx.one(select(units).where(units.c.id == found.unit_id).with_for_update())
        if self.unit.run_id not in (None, at):  # moved to a rework run in this moment: it is decided on there
            raise Refused("CONFLICT_RETRY")
        self.defect = tx.one(select(defects).where(defects.c.id == found.id).with_for_update())
        line = line_of_id(tx, self.run.line_id)
        self.line_code = line.code if line is not None else None
        must_reach_line(tx, self.run.line_id, "quality:disposition")


@action("quality:disposition", audit="DEFECT_DISPOSITION_ASSIGN", entity="DEFECT", key="defect_id")
def dispose_defect(tx: Tx, defect_id: str, body: Disposition) -> Defect:
    """Decide on a defect: rework, scrap or hold; with `applyToUnit` on all open ones of its unit. Give it as it is then.

    Refuses DEFECT_NOT_FOUND, FORBIDDEN, ALREADY_DISPOSITIONED, UNIT_NOT_DISPOSABLE, RUN_CLOSED, REWORK_STEP_INVALID,
    REWORK_LIMIT_REACHED. Spec 06.9.
    """
    case = Case(tx, defect_id)
    anew = _may_be_decided(tx, case, body)
    if anew:
        _back_to_failed(tx, case)
    if case.unit.status not in DISPOSABLE:
        raise Refused("UNIT_NOT_DISPOSABLE", sn=case.unit.sn, status=case.unit.status)
    if case.run.status in RUN.terminal:
        raise Refused("RUN_CLOSED", runNo=case.run.run_no, runStatus=case.run.status)
    if body.type == REWORK:
        _judge_step(tx, case, body)
        _count_rework(tx, case, body)
    for defect in _meant(tx, case, body):
        _decide(tx, case, defect, body)
    settle_unit(tx, case.run, case.unit.id, body.reason)
    return defect_now(tx, case.defect.id)


def _may_be_decided(tx: Tx, case: Case, body: Disposition) -> bool:
    """Refuse ALREADY_DISPOSITIONED. True where a REWORK is decided anew because the unit cannot be repaired (spec 06.10)."""
    defect = case.defect
    if defect.status == RECORDED or (defect.status == DISPOSITIONED and defect.disposition == HOLD):
        return False
    if defect.status == DISPOSITIONED and body.type in (SCRAP, HOLD):
        task = tx.first(
            select(rework_tasks.c.id)
            .where(rework_tasks.c.defect_id == defect.id)
            .order_by(rework_tasks.c.id.desc())
            .limit(1)
        )
        newest = newest_records(tx, [task.id]).get(task.id) if task is not None else None
        if newest is not None and newest.result == NOT_REPAIRABLE:
            return True
    last = tx.first(
        select(dispositions).where(dispositions.c.defect_id == defect.id).order_by(dispositions.c.id.desc()).limit(1)
    )
    raise Refused(
        "ALREADY_DISPOSITIONED", defectNo=defect.defect_no, status=defect.status, closeReason=defect.close_reason,
        disposition=defect.disposition or defect.close_reason, decidedByName=last.decided_by_name if last is not None else None,
    )  # fmt: skip


def _back_to_failed(tx: Tx, case: Case) -> None:
    """Cancel the repair that failed, and count the unit as failed again when it was already waiting for its step."""
    settle_tasks(tx, "cancel", rework_tasks.c.defect_id == case.defect.id)
    if case.unit.status == QUEUED:
        back = UNIT.statement("find_fault", units.c.id == case.unit.id, units.c.status == QUEUED, updated_at=tx.now)
        if tx.run(back) == 1:
            case.unit = tx.one(select(units).where(units.c.id == case.unit.id))


def _judge_step(tx: Tx, case: Case, body: Disposition) -> None:
    route, failed = frozen_route(tx, case.run.version_id), _failed_step(case.defect, case.unit)
    allowed = [step.step_no for step in route.steps if step.step_no <= failed]
    if body.to_step_no is not None and body.to_step_no not in allowed:
        raise Refused("REWORK_STEP_INVALID", toStepNo=body.to_step_no, allowedSteps=allowed)


def _failed_step(defect: Any, unit: Any) -> int:
    return int(defect.step_no if defect.step_no is not None else unit.current_step_no)


def _count_rework(tx: Tx, case: Case, body: Disposition) -> None:
    """Add one to the unit's reworks; beyond the limit only for whoever may override, with a reason."""
    limit, done = REWORK_LIMIT.of(tx), int(case.unit.rework_count)
    if done + 1 > limit and not (tx.actor.holds("readiness:override") and body.override_reason):
        raise Refused("REWORK_LIMIT_REACHED", sn=case.unit.sn, reworkCount=done, limit=limit)
    if done + 1 > limit:
        must_reach_line(tx, case.run.line_id, "readiness:override")
    tx.run(update(units).where(units.c.id == case.unit.id).values(rework_count=units.c.rework_count + 1))


def _meant(tx: Tx, case: Case, body: Disposition) -> Sequence[Any]:
    """Give the defects that the decision is for: this one, or all of the unit that are open and may be decided."""
    if not body.apply_to_unit:
        return [case.defect]
    rows = tx.all(
        select(defects)
        .where(defects.c.unit_id == case.unit.id, defects.c.status.in_(OPEN_DEFECT))
        .order_by(defects.c.id)
        .with_for_update()
    )
    return [row for row in rows if row.id == case.defect.id or row.status == RECORDED or row.disposition == HOLD]


def _decide(tx: Tx, case: Case, defect: Any, body: Disposition) -> None:
    failed = _failed_step(defect, case.unit)
    to_step = min(body.to_step_no or failed, failed) if body.type == REWORK else None
    note(tx, defect.id, body.type, body.reason, to_step_no=to_step, override_reason=body.override_reason)
    values: dict[str, Any] = {"disposition": body.type, "to_step_no": to_step, "updated_at": tx.now}
    if body.type == SCRAP:
        values["close_reason"] = "SCRAPPED"
    moved = DEFECT.move(
        tx, "scrap" if body.type == SCRAP else "dispose", defects.c.id == defect.id, key=defect.id, display=defect.defect_no,
        line=case.line_code, seen=defect.status, reason=body.reason, payload={"type": body.type, "sn": case.unit.sn}, **values,
    )  # fmt: skip
    if not moved:  # it is locked, so this is a fault of ours
        raise Refused("ALREADY_DISPOSITIONED", defectNo=defect.defect_no)
    if to_step is not None:
        open_task(tx, defect=defect, to_step_no=to_step, from_step_no=failed)


def note(
    tx: Tx, defect_id: int, type_: str, reason: str | None, *, to_step_no: int | None = None, override_reason: str | None = None
) -> None:  # fmt: skip
    """Keep who decided what on a defect."""
    tx.run(
        insert(dispositions).values(
            id=tx.new_id(), defect_id=defect_id, type=type_, reason=reason, to_step_no=to_step_no, override_reason=override_reason,
            decided_by=tx.actor.id, decided_by_name=tx.actor.name, decided_at=tx.now,
        )
    )  # fmt: skip


def settle_unit(tx: Tx, run: Any, unit_id: int, reason: str | None) -> None:
    """Move a failed or held unit when the last of its blocking defects is decided (spec 06.1 W6): any SCRAP scraps it, else any
    HOLD holds it, else it is queued at the earliest step that a rework asks for."""
    unit = tx.one(select(units).where(units.c.id == unit_id))
    rows = tx.all(
        select(defects).where(defects.c.unit_id == unit_id, defects.c.blocking.is_(True)).order_by(defects.c.id)
    )
    if any(row.status == RECORDED for row in rows) or unit.status not in DISPOSABLE:
        return
    if any(row.status == CLOSED and row.close_reason == "SCRAPPED" for row in rows):
        _move(tx, unit, "scrap")
        end_hold(tx, unit_id, reason)
        settle_tasks(tx, "cancel", rework_tasks.c.unit_id == unit_id)
        finish_if_all_done(tx, run.id)
        return
    held = [row for row in rows if row.status == DISPOSITIONED and row.disposition == HOLD]
    if held:
        if unit.status == OUT_FAILED:
            _move(tx, unit, "keep_apart")
            tx.emit("UNIT_HELD", unit_id)
        end_hold(tx, unit_id, reason)
        hold_for_defect(tx, unit_id, held[-1].id, reason, step_no=_failed_step(held[-1], unit))
        return
    steps = [row.to_step_no for row in rows if row.status == DISPOSITIONED and row.to_step_no is not None]
    queue(tx, unit, min(steps) if steps else unit.current_step_no, reason)


def queue(tx: Tx, unit: Any, step_no: int, reason: str | None) -> None:
    """Put a failed or held unit back into the queue of a step."""
    _move(tx, unit, "rework", current_step_no=step_no)
    end_hold(tx, unit.id, reason)


def _move(tx: Tx, unit: Any, move: str, **values: Any) -> None:
    moved = UNIT.statement(move, units.c.id == unit.id, units.c.status == unit.status, updated_at=tx.now, **values)
    if tx.run(moved) != 1:
        now = tx.scalar(select(units.c.status).where(units.c.id == unit.id))
        raise Refused("UNIT_STATE_CHANGED", sn=unit.sn, status=now)


@action("quality:disposition", audit="DEFECT_RELEASE_HOLD", entity="DEFECT", key="defect_id")
def release_defect(tx: Tx, defect_id: str, body: ReleaseHold) -> Defect:
    """Release the hold of a defect: it is closed, and the unit is queued at the failed step unless another one keeps it.

    Refuses DEFECT_NOT_FOUND, FORBIDDEN, NOT_HOLD_DISPOSITION, UNIT_NOT_HELD, RUN_CLOSED. Spec 06.9.
    """
    case = Case(tx, defect_id)
    defect, unit = case.defect, case.unit
    if defect.status != DISPOSITIONED or defect.disposition != HOLD:
        raise Refused(
            "NOT_HOLD_DISPOSITION", defectNo=defect.defect_no, status=defect.status, disposition=defect.disposition or defect.close_reason
        )  # fmt: skip
    if unit.status != ON_HOLD:
        raise Refused("UNIT_NOT_HELD", sn=unit.sn, status=unit.status)
    if case.run.status in RUN.terminal:
        raise Refused("RUN_CLOSED", runNo=case.run.run_no, runStatus=case.run.status)
    note(tx, defect.id, RELEASE, body.reason)
    DEFECT.move(
        tx, "release", defects.c.id == defect.id, key=defect.id, display=defect.defect_no, line=case.line_code, reason=body.reason,
        payload={"type": RELEASE, "sn": unit.sn}, close_reason="RELEASED", updated_at=tx.now,
    )  # fmt: skip
    others = tx.all(
        select(defects).where(
            defects.c.unit_id == unit.id, defects.c.blocking.is_(True), defects.c.status.in_(OPEN_DEFECT), defects.c.id != defect.id
        )
    )  # fmt: skip
    if any(row.status == RECORDED for row in others):
        return defect_now(tx, defect.id)  # still held: another fault is not decided
    if any(row.disposition == HOLD for row in others):
        settle_unit(tx, case.run, unit.id, body.reason)
        return defect_now(tx, defect.id)
    steps = [row.to_step_no for row in others if row.to_step_no is not None]
    queue(tx, unit, min([_failed_step(defect, unit), *steps]), body.reason)
    tx.emit("UNIT_RELEASED", unit.id)
    return defect_now(tx, defect.id)
