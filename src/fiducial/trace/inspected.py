"""What the trace tells of inspections, repairs and the MRB (spec 07.2): of a unit in all runs it belonged to, and of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.tables import signatures
from fiducial.quality.disposing.tasks import tasks_of_defects
from fiducial.quality.inspections.reading import item_shown, items_of_each, shown, whole_rows
from fiducial.quality.tables import dispositions, inspections, mrb_decisions, repair_records, rework_tasks
from fiducial.tooling.testing.reading import records_of_unit

_SHOWN = (
    "id", "type", "runNo", "status", "sampleQty", "startedAt", "inspectorId", "decidedBy", "decidedByName", "decidedAt", "remark", "signedBy",
    "signedByName", "signedAt", "signatureMeaning", "contentHash",
)  # fmt: skip


def of_unit(tx: Tx, sn: str, unit_id: int, run_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Give the inspections of the unit's runs, oldest first, each with the items that name this unit or none. What was cancelled
    is there and marked by its status."""
    found, decided = [], mrb_of(tx, run_ids)
    rows = whole_rows(tx, inspections.c.run_id.in_(list(run_ids)))
    items_by = items_of_each(tx, [row.id for row in rows])
    for row in rows:
        items = [item for item in items_by.get(row.id, ()) if item.unit_id in (None, unit_id)]
        found.append(
            _inspection(row, decided)
            | {
                "inSample": sn in (row.sampled_units or ()) or any(item.unit_id == unit_id for item in items),
                "unitItems": {
                    name: sum(item.result == result for item in items if item.unit_id == unit_id)
                    for name, result in (("pass", "PASS"), ("fail", "FAIL"), ("na", "NA"), ("pending", None))
                },
                "items": [dict(item_shown(item)) for item in items],
            }
        )
    return found


def of_run(tx: Tx, run_id: int) -> list[dict[str, Any]]:
    """Give the inspections of a run, oldest first, with all their items."""
    decided, rows = mrb_of(tx, [run_id]), whole_rows(tx, inspections.c.run_id == run_id)
    items = items_of_each(tx, [row.id for row in rows])
    return [
        _inspection(row, decided) | {"items": [dict(item_shown(item)) for item in items.get(row.id, ())]}
        for row in rows
    ]


def _inspection(row: Any, decided: dict[int, dict[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = dict(shown(row))
    sampling = (row.data or {}).get("sampling")
    return {name: said[name] for name in _SHOWN} | {
        "trial": (row.data or {}).get("trial"),
        "sampling": {
            "ruleId": sampling.get("ruleId"), "type": sampling.get("samplingType"), "aql": sampling.get("aql"),
            "edition": sampling.get("edition"), "n": row.sample_qty, "Ac": sampling.get("ac"), "verified": bool(sampling.get("verified", True)),
        } if sampling else None,
        "mrb": decided.get(row.id),
    }  # fmt: skip


def mrb_of(tx: Tx, run_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Give the decisions of the MRB on runs, by the inspection they are on."""
    rows = tx.all(
        select(mrb_decisions, runs.c.run_no, signatures.c.content_hash)
        .join_from(mrb_decisions, runs, runs.c.id == mrb_decisions.c.run_id)
        .outerjoin(signatures, signatures.c.id == mrb_decisions.c.signature_id)
        .where(mrb_decisions.c.run_id.in_(list(run_ids))).order_by(mrb_decisions.c.id)
    )  # fmt: skip
    return {
        row.inspection_id: {
            "runNo": row.run_no, "decision": row.decision, "reason": row.reason, "reworkType": row.rework_type, "faiWaiver": row.fai_waived,
            "faiWaiverReason": row.fai_waiver_reason, "participants": row.participants or [], "decidedBy": ids.wire_or_none(row.decided_by),
            "decidedByName": row.decided_by_name, "decidedAt": clock.to_wire(row.decided_at),
            "contentHash": row.content_hash,
        }
        for row in rows
    }  # fmt: skip


def repairs_of(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give the repairs of a unit, oldest first: the newest record of each task, the earlier ones in `revisions`."""
    found = []
    written = dict[int, list[Any]]()
    tasks = tx.all(select(rework_tasks).where(rework_tasks.c.unit_id == unit_id).order_by(rework_tasks.c.id))
    of_unit = repair_records.c.task_id.in_([task.id for task in tasks])
    for record in tx.all(
        select(repair_records).where(of_unit).order_by(repair_records.c.task_id, repair_records.c.attempt)
    ):
        written.setdefault(record.task_id, []).append(record)
    for task in tasks:
        records = written.get(task.id, [])
        newest = records[-1] if records else None
        found.append({
            "taskId": ids.to_wire(task.id), "defectId": ids.to_wire(task.defect_id), "fromStepNo": task.from_step_no, "toStepNo": task.to_step_no,
            "status": task.status, **_record(newest), "doneAt": clock.to_wire(task.done_at), "doneBy": ids.wire_or_none(task.done_by),
            "doneByName": task.done_by_name, "revisions": [_record(record) for record in records[:-1]],
        })  # fmt: skip
    return found


def _record(row: Any) -> dict[str, Any]:
    names = ("reason", "action", "result", "remark", "recordedBy", "recordedByName", "recordedAt", "partsReplaced")
    if row is None:
        return dict.fromkeys(names) | {"partsReplaced": []}
    values: Sequence[Any] = (
        row.reason, row.action, row.result, row.remark, ids.wire_or_none(row.repaired_by), row.repaired_by_name,
        clock.to_wire(row.repaired_at), row.parts_replaced,
    )  # fmt: skip
    return dict(zip(names, values, strict=True))


def waivers_of(tx: Tx, run_ids: Iterable[int]) -> dict[int, str | None]:
    """Give the reason of the waived first article, by rework run."""
    rows = tx.all(
        select(mrb_decisions.c.rework_run_id, mrb_decisions.c.fai_waiver_reason)
        .where(mrb_decisions.c.rework_run_id.in_(list(run_ids)), mrb_decisions.c.fai_waived.is_(True))
    )  # fmt: skip
    return {row.rework_run_id: row.fai_waiver_reason for row in rows}


def decisions_of(tx: Tx, defect_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give `dispositions[]` and the newest of them, with its rework task, of each defect that was decided on."""
    decided = dict[int, list[dict[str, Any]]]()
    rows = tx.all(select(dispositions).where(dispositions.c.defect_id.in_(defect_ids)).order_by(dispositions.c.id))
    for one in rows:
        decided.setdefault(one.defect_id, []).append({
            "type": one.type, "reason": one.reason, "toStepNo": one.to_step_no, "decidedBy": ids.wire_or_none(one.decided_by),
            "decidedByName": one.decided_by_name, "decidedAt": clock.to_wire(one.decided_at),
        })  # fmt: skip
    tasks = tasks_of_defects(tx, list(decided)) if decided else {}
    return {
        key: {"dispositions": all_of_it, "disposition": all_of_it[-1] | {"reworkTask": tasks.get(key)}} for key, all_of_it in decided.items()
    }  # fmt: skip


_TESTED = (
    "id", "trackId", "kind", "programCode", "programVersion", "attempt", "result", "machineResult", "startedAt", "completedAt", "stationCode",
    "equipmentId", "toolCode", "operatorId", "reason", "source", "items",
)  # fmt: skip


def tests_of(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give every test of the unit, oldest first, with what was measured (spec 11.5)."""
    return [
        {name: value for name, value in record.items() if name in _TESTED} for record in records_of_unit(tx, unit_id)
    ]
