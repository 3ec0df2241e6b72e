"""What a result does once its visit is known (spec 08.3.6, 05.8): a FAIL writes its defects, a person's PASS closes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from fiducial.kit.tx import Tx
from fiducial.orders.states import UNIT
from fiducial.orders.tables import runs, units
from fiducial.plant.reported import EFFECTIVE, MANUAL
from fiducial.quality.codes import find_code
from fiducial.quality.finding import find_fault
from fiducial.quality.machine_tables import machine_results
from fiducial.quality.machines.placing import visit
from fiducial.quality.states import DEFECT, OPEN_DEFECT, RECORDED
from fiducial.quality.tables import defects

PASS, FAIL, FALSE_CALL = "PASS", "FAIL", "FALSE_CALL"
m = machine_results.c


def of_visit(kind: str, track_id: int) -> tuple[Any, ...]:
    """Give the conditions of the results of one kind on one visit that count."""
    return (m.track_id == track_id, m.kind == kind, m.standing == EFFECTIVE)


def standing_fails(tx: Tx, kind: str, track_id: int) -> list[Row[Any]]:
    """Give the FAILs of a visit that nobody has overruled."""
    return list(
        tx.all(
            select(machine_results)
            .where(*of_visit(kind, track_id), m.status == FAIL, m.overruled_by.is_(None))
            .order_by(m.id)
        )
    )


def overruled_already(tx: Tx, kind: str, track_id: int, effective_at: int) -> Row[Any] | None:
    """Give the re-judgement by a person that is later than an instant: a FAIL that comes late is overruled by it."""
    later = select(machine_results).where(
        *of_visit(kind, track_id),
        m.status == PASS,
        m.source == MANUAL,
        m.remark.is_not(None),
        m.effective_at > effective_at,
    )
    return tx.first(later.order_by(m.effective_at.desc()).limit(1))


def take_effect(tx: Tx, key: int) -> int:
    """Let a result that has its visit take effect; give how many defects it wrote."""
    row = tx.one(select(machine_results).where(m.id == key))
    assert row.track_id is not None
    if row.status == FAIL:
        by = overruled_already(tx, row.kind, row.track_id, row.effective_at)
        if by is None:
            return _write_defects(tx, row)
        _note(tx, [row.id], by)
        return 0
    if row.source == MANUAL and row.remark is not None:
        _overrule(tx, row)
    return 0


def _write_defects(tx: Tx, row: Any) -> int:
    """Write the defects of a FAIL; the newest visit of the unit stops at them, an earlier one only remembers them."""
    run = tx.one(select(runs).where(runs.c.id == row.run_id).with_for_update(read=True))
    unit = tx.one(select(units).where(units.c.id == row.subject_id).with_for_update(key_share=True))
    track = tx.one(visit(row.track_id))
    still_here = unit.run_id == run.id and (unit.current_step_no is None or track.step_no <= unit.current_step_no)
    for found in row.defects or ():
        written = find_fault(
            tx, run, unit, code=found["code"], source=row.kind, blocking=still_here, at=track, location=found.get("location"),
            qty=found.get("qty", 1), remark=found.get("description"),
        )  # fmt: skip
        tx.run(update(defects).where(defects.c.id == written.key).values(track_id=track.id, machine_result_id=row.id))
        unit = tx.one(select(units).where(units.c.id == unit.id))
    return len(row.defects or ())


def _overrule(tx: Tx, row: Any) -> None:
    """Overrule the FAILs that are not later than a person's word; their defects close unless somebody has decided on them."""
    fails = [fail for fail in standing_fails(tx, row.kind, row.track_id) if fail.effective_at <= row.effective_at]
    if not fails:
        return
    _note(tx, [fail.id for fail in fails], row)
    of_fails = defects.c.machine_result_id.in_([fail.id for fail in fails])
    for defect in tx.all(select(defects).where(of_fails, defects.c.status == RECORDED).order_by(defects.c.id)):
        moved = DEFECT.statement("overrule", defects.c.id == defect.id, close_reason=FALSE_CALL, updated_at=tx.now)
        tx.run(moved)
    _let_go(tx, row.subject_id)


def _note(tx: Tx, fail_ids: list[int], by: Any) -> None:
    tx.run(
        update(machine_results).where(m.id.in_(fail_ids), m.overruled_by.is_(None))
        .values(overruled_by=by.id, overruled_by_name=by.by_name, overruled_at=tx.now)
    )  # fmt: skip


def _let_go(tx: Tx, unit_id: int) -> None:
    """Send a unit that failed for nothing but false calls back to the step it failed at, to pass it again."""
    unit = tx.one(select(units).where(units.c.id == unit_id).with_for_update(key_share=True))
    if unit.status != "OUT_FAILED":
        return
    still = select(defects.c.id).where(
        defects.c.unit_id == unit_id, defects.c.blocking.is_(True), defects.c.status.in_(OPEN_DEFECT)
    )
    if tx.first(still.limit(1)) is None:
        tx.run(UNIT.statement("overrule", units.c.id == unit_id, updated_at=tx.now))


def unknown_codes(tx: Tx, codes: list[str]) -> list[str]:
    """Give the codes that the master does not know; they are kept as they are."""
    return [code for code in dict.fromkeys(codes) if find_code(tx, code) is None]
