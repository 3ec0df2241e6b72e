"""Rework tasks (返修任务, spec 06.10): ordered by a disposition, done with a repair record, proved by a PASS at the failed step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.tables import lines
from fiducial.quality import ports
from fiducial.quality.answers import ReworkTask
from fiducial.quality.disposing.shapes import CompleteTask, RepairRecord
from fiducial.quality.states import CANCELLED, DONE, OPEN, REWORK_TASK
from fiducial.quality.tables import defects, repair_records, rework_tasks

MAY_READ = ("quality:disposition", "exec:read")
NOT_REPAIRABLE = "NOT_REPAIRABLE"
WHOLE = Said(zh="必须是整数", en="must be a whole number")


def _step(value: str) -> Any:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ValueError(WHOLE)
    return rework_tasks.c.from_step_no == int(value)


# Keys stand in the order in which tasks were made: no index on the time, and no sorting of them all.
TASKS = Listing(
    filters={
        "sn": part(units.c.sn), "runNo": part(runs.c.run_no), "status": one_of(rework_tasks.c.status, (OPEN, DONE, CANCELLED)), "stepNo": _step,
        "search": part(units.c.sn, runs.c.run_no, defects.c.defect_no),
    },
    sorts={"createdAt": rework_tasks.c.id, "status": rework_tasks.c.status, "sn": units.c.sn, "runNo": runs.c.run_no},
    default_sort="createdAt.desc", key=rework_tasks.c.id,
)  # fmt: skip
_whole = (
    select(
        rework_tasks, units.c.sn, units.c.status.label("unit_status"), units.c.current_step_no, units.c.rework_count, runs.c.run_no, runs.c.line_id,
        lines.c.code.label("line_code"), defects.c.defect_no, defects.c.code, defects.c.code_name, defects.c.location,
        defects.c.remark.label("defect_remark"), defects.c.status.label("defect_status"), defects.c.close_reason,
    )
    .select_from(
        rework_tasks.join(units, units.c.id == rework_tasks.c.unit_id).join(runs, runs.c.id == rework_tasks.c.run_id)
        .join(lines, lines.c.id == runs.c.line_id).join(defects, defects.c.id == rework_tasks.c.defect_id)
    )
)  # fmt: skip


@query(*MAY_READ)
def list_tasks(tx: Tx, page: Page) -> Listed[ReworkTask]:
    """Give the rework tasks on the lines in reach, each with its newest repair record."""
    reach = lines_in_reach(tx, *MAY_READ)
    found = _whole if reach is None else _whole.where(runs.c.line_id.in_(reach))
    return TASKS.answer_all(tx, found, page, lambda rows: shown_all(tx, rows))


@action("quality:disposition", audit="REPAIR_RECORD_CREATE", entity="REWORK_TASK", key="task_id")
def record_repair(tx: Tx, task_id: str, body: RepairRecord) -> ReworkTask:
    """Record what was found and done; saved again it is a further attempt. Refuses REWORK_TASK_NOT_FOUND, FORBIDDEN, REWORK_TASK_NOT_OPEN."""
    row = _the_task(tx, task_id)
    if row.status != OPEN:
        raise Refused("REWORK_TASK_NOT_OPEN", taskId=task_id, status=row.status)
    attempts = tx.scalar(select(func.max(repair_records.c.attempt)).where(repair_records.c.task_id == row.id)) or 0
    parts = [
        {"position": part.position, "materialCode": part.material_code, "lotNo": part.lot_no} for part in body.parts_replaced
    ]  # fmt: skip
    said = body.reason or " ".join(filter(None, (row.code, row.code_name, row.location, row.defect_remark)))
    tx.run(
        insert(repair_records).values(
            id=tx.new_id(), task_id=row.id, attempt=attempts + 1, reason=said[:500], action=body.action, result=body.result,
            parts_replaced=parts, remark=body.remark, repaired_by=tx.actor.id, repaired_by_name=tx.actor.name, repaired_at=tx.now,
        )
    )  # fmt: skip
    ports.parts_replaced(tx, unit_id=row.unit_id, run_id=row.run_id, step_no=row.from_step_no, parts=parts)
    tx.record(row.sn, key=row.id, line=row.line_code, attempt=attempts + 1, result=body.result, defectNo=row.defect_no)
    return _shown(tx, row.id)


@action("quality:disposition", audit="REWORK_COMPLETE", entity="REWORK_TASK", key="task_id")
def complete_task(tx: Tx, task_id: str, body: CompleteTask) -> ReworkTask:
    """Say that a repair is finished: the unit may go on its way; whether it is good again its failed step will tell.

    Refuses REWORK_TASK_NOT_FOUND, FORBIDDEN, REWORK_TASK_NOT_OPEN, REPAIR_RECORD_REQUIRED, REPAIR_RESULT_NOT_OK.
    """
    row = _the_task(tx, task_id)
    if row.status != OPEN:
        raise Refused("REWORK_TASK_NOT_OPEN", taskId=task_id, status=row.status)
    newest = newest_records(tx, [row.id]).get(row.id)
    if newest is None:
        raise Refused("REPAIR_RECORD_REQUIRED", taskId=task_id)
    if newest.result == NOT_REPAIRABLE:
        raise Refused("REPAIR_RESULT_NOT_OK", taskId=task_id, result=newest.result)
    done: dict[str, Any] = {
        "done_by": tx.actor.id,
        "done_by_name": tx.actor.name,
        "done_at": tx.now,
        "remark": body.remark,
    }
    moved = REWORK_TASK.move(
        tx, "complete", rework_tasks.c.id == row.id, key=row.id, display=row.sn, line=row.line_code, reason=body.remark, **done
    )  # fmt: skip
    if not moved:
        raise Refused("REWORK_TASK_NOT_OPEN", taskId=task_id, status=_by_key(tx, row.id).status)
    return _shown(tx, row.id)


def open_task(tx: Tx, *, defect: Any, to_step_no: int, from_step_no: int) -> int:
    """Order a repair; give the key of the task."""
    key = tx.new_id()
    row = {
        "id": key, "defect_id": defect.id, "unit_id": defect.unit_id, "run_id": defect.run_id, "from_step_no": from_step_no,
        "to_step_no": to_step_no, "status": OPEN, "settled": False, "created_at": tx.now,
    }  # fmt: skip
    tx.run(insert(rework_tasks).values(row))
    return key


def settle_tasks(tx: Tx, move: str, *where: Any) -> list[int]:
    """Have tasks that are open or done ask nothing more, those that are open being moved (`prove`, `cancel`); give their keys."""
    rows = tx.all(
        select(rework_tasks.c.id).where(*where, rework_tasks.c.settled.is_(False)).order_by(rework_tasks.c.id)
    )
    for row in rows:
        tx.run(REWORK_TASK.statement(move, rework_tasks.c.id == row.id, done_at=tx.now, done_by=tx.actor.id, done_by_name=tx.actor.name)
               if move == "prove" else REWORK_TASK.statement(move, rework_tasks.c.id == row.id))  # fmt: skip
    if rows:
        tx.run(update(rework_tasks).where(rework_tasks.c.id.in_([row.id for row in rows])).values(settled=True))
    return [row.id for row in rows]


def newest_records(tx: Tx, task_ids: Sequence[int]) -> dict[int, Any]:
    """Give the newest repair record of each task that has one."""
    rows = tx.all(
        select(repair_records).where(repair_records.c.task_id.in_(task_ids)).order_by(repair_records.c.attempt)
    )
    return {row.task_id: row for row in rows}


def _the_task(tx: Tx, task_id: str) -> Any:
    """Give a task, alone until this transaction ends."""
    key = ids.from_wire(task_id) or -1
    if tx.first(select(rework_tasks.c.id).where(rework_tasks.c.id == key).with_for_update()) is None:
        raise Refused("REWORK_TASK_NOT_FOUND")
    row = _by_key(tx, key)
    must_reach_line(tx, row.line_id, "quality:disposition")
    return row


def _by_key(tx: Tx, key: int) -> Any:
    return tx.one(_whole.where(rework_tasks.c.id == key))


def _shown(tx: Tx, key: int) -> ReworkTask:
    return shown_all(tx, [_by_key(tx, key)])[0]


def task_of(tx: Tx, task_id: str) -> ReworkTask:
    """Give a task as it stands on the wire. Refuses REWORK_TASK_NOT_FOUND, FORBIDDEN."""
    key = ids.from_wire(task_id) or -1
    row = tx.first(_whole.where(rework_tasks.c.id == key))
    if row is None:
        raise Refused("REWORK_TASK_NOT_FOUND")
    must_reach_line(tx, row.line_id, *MAY_READ)
    return shown_all(tx, [row])[0]


def attempts_of(tx: Tx, key: int) -> list[dict[str, Any]]:
    """Give every repair record of a task, oldest first."""
    rows = tx.all(select(repair_records).where(repair_records.c.task_id == key).order_by(repair_records.c.attempt))
    return [record_shown(row) for row in rows]


def tasks_of_defects(tx: Tx, defect_ids: Sequence[int]) -> dict[int, ReworkTask]:
    """Give the newest task of each defect that has one."""
    rows = tx.all(_whole.where(rework_tasks.c.defect_id.in_(defect_ids)).order_by(rework_tasks.c.id))
    newest = {row.defect_id: row for row in rows}
    shown = shown_all(tx, list(newest.values()))
    return dict(zip(newest, shown, strict=True))


def record_shown(row: Any) -> dict[str, Any]:
    """Give a repair record as it stands on the wire."""
    return {
        "attempt": row.attempt, "reason": row.reason, "action": row.action, "result": row.result, "partsReplaced": row.parts_replaced,
        "remark": row.remark, "repairedBy": ids.wire_or_none(row.repaired_by), "repairedByName": row.repaired_by_name,
        "repairedAt": clock.to_wire(row.repaired_at),
    }  # fmt: skip


def shown_all(tx: Tx, rows: Sequence[Any]) -> list[ReworkTask]:
    """Give tasks as they stand on the wire, each with its newest repair record."""
    records = newest_records(tx, [row.id for row in rows]) if rows else {}
    return [
        {
            "id": ids.to_wire(row.id), "defectId": ids.to_wire(row.defect_id), "sn": row.sn, "runNo": row.run_no, "lineCode": row.line_code,
            "fromStepNo": row.from_step_no, "toStepNo": row.to_step_no, "status": row.status,
            "repairRecord": record_shown(records[row.id]) if row.id in records else None, "doneBy": ids.wire_or_none(row.done_by),
            "doneByName": row.done_by_name, "doneAt": clock.to_wire(row.done_at), "remark": row.remark,
            "createdAt": clock.to_wire(row.created_at),
            "unit": {"sn": row.sn, "status": row.unit_status, "currentStepNo": row.current_step_no},
            "defect": {
                "id": ids.to_wire(row.defect_id), "defectNo": row.defect_no, "code": row.code, "codeName": row.code_name,
                "location": row.location, "status": row.defect_status, "closeReason": row.close_reason,
            },
        }
        for row in rows
    ]  # fmt: skip
