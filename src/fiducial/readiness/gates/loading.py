"""LOADING (上料防错): every slot of the run holds what it shall, of a lot that may be used (spec 03.6, 04.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.loading.queries.standing import SlotStanding, Standing, standing
from fiducial.loading.tables import records
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, NotApplicable, Passed

SLOT_TABLE = "SLOT_TABLE"
PENDING, MISMATCH = "PENDING", "MISMATCH"
FLOOR_LIFE = "LOT_FLOOR_LIFE_EXCEEDED"


class LoadingGate:
    """One item for each slot that the run expects something on, key slot; what is wrong with the table as a whole: key SLOT_TABLE."""

    type = "LOADING"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the slots of the run as they stand."""
        now = standing(tx, case.run)
        if not now.needs_slots and not now.active_slots:
            return [NotApplicable(key=case.line.code, why="NO_MOUNT_STEP", evidence=case.about)]
        if not now.active_slots:
            return [Failed(key=case.line.code, cause="FEEDER_SLOTS_NOT_CONFIGURED", evidence=case.about)]
        if not now.table_loaded or not now.slots:
            return [Failed(key=SLOT_TABLE, cause="SLOT_TABLE_MISSING", evidence=case.about)]
        items: list[Item] = [self._outdated(case, now)] if now.outdated else []
        return items + [self._slot(tx, case, slot) for slot in now.slots]

    @staticmethod
    def _outdated(case: Case, now: Standing) -> Failed:
        return Failed(key=SLOT_TABLE, cause="SLOT_TABLE_OUTDATED", fingerprint=(now.table_hash,), evidence=case.about)

    def _slot(self, tx: Tx, case: Case, slot: SlotStanding) -> Item:
        evidence = case.about | {
            "slotCode": slot.slot_code, "expectedMaterial": slot.expected_material, "loadedMaterial": slot.material_code,
            "lotNo": slot.lot_no, "loadedAt": clock.to_wire(slot.loaded_at), "evidenceAt": clock.to_wire(slot.loaded_at),
            "loadedBy": ids.wire_or_none(slot.loaded_by), "loadedByName": slot.loaded_by_name, "verifyResult": slot.verify_result,
            "recordId": ids.wire_or_none(slot.record_id), "actorId": ids.wire_or_none(slot.loaded_by), "actorName": slot.loaded_by_name,
        }  # fmt: skip
        if slot.is_alternate:
            evidence["alternate"] = True
        cause, fingerprint, more = self._cause(tx, case, slot)
        if cause is not None:
            return Failed(key=slot.slot_code, cause=cause, fingerprint=fingerprint, evidence=evidence | more)
        return Passed(key=slot.slot_code, evidence=evidence, until=slot.lot_expires_at)

    @staticmethod
    def _cause(tx: Tx, case: Case, slot: SlotStanding) -> tuple[str | None, Sequence[Any], dict[str, Any]]:
        if slot.is_locked:
            return (
                "SLOT_LOCKED",
                (slot.locked_at,),
                {"lockedAt": clock.to_wire(slot.locked_at), **_last_wrong(tx, case, slot)},
            )
        if slot.status == MISMATCH:
            wrong = {"scannedMaterial": slot.wrong_material, **_last_wrong(tx, case, slot)}
            return "SLOT_MISMATCH", (slot.wrong_material,), wrong
        if slot.status == PENDING or slot.record_id is None:
            return "SLOT_PENDING", (slot.expected_material,), {}
        if slot.lot_fault == FLOOR_LIFE:
            return FLOOR_LIFE, (slot.lot_no,), {}
        if slot.lot_fault is not None:
            return "LOT_NOT_USABLE", (slot.lot_no, slot.lot_fault), {"reason": slot.lot_fault}
        return None, (), {}


def _last_wrong(tx: Tx, case: Case, slot: SlotStanding) -> dict[str, Any]:
    """Give who made the last wrong scan: who does not waive it (R8)."""
    of_slot = (records.c.run_id == case.run.id, records.c.slot_id == slot.slot_id, records.c.verify_result == "FAIL")
    row = tx.first(select(records).where(*of_slot).order_by(records.c.loaded_at.desc(), records.c.id.desc()).limit(1))
    if row is None:
        return {}
    return {
        "actorId": ids.wire_or_none(row.loaded_by),
        "actorName": row.loaded_by_name,
        "evidenceAt": clock.to_wire(row.loaded_at),
    }


_PAGE = "/loading?run={runNo}"
declare(
    "FEEDER_SLOTS_NOT_CONFIGURED", zh="产线 {lineCode} 没有站位。", en="Line {lineCode} has no feeder slots.",
    todo_zh="请工艺工程师在站位表页面建立站位。", todo_en="Have an engineer enter the slots on the page of station tables.", page="/loading/tables",
)  # fmt: skip
declare(
    "SLOT_TABLE_MISSING", zh="批次 {runNo} 的站位表未加载。", en="The station table of run {runNo} is not loaded.",
    todo_zh="请在上料页面加载站位表。", todo_en="Load the table on the loading page.", page=_PAGE,
)  # fmt: skip
declare(
    "SLOT_TABLE_OUTDATED", zh="站位表在加载后已更改。", en="The station table was changed after it was loaded.",
    todo_zh="请在上料页面重新加载站位表。", todo_en="Load the table anew on the loading page.", page=_PAGE,
)  # fmt: skip
declare(
    "SLOT_LOCKED", zh="站位 {slotCode} 已锁定。", en="Slot {slotCode} is locked.",
    todo_zh="请工艺工程师查明原因并解锁。", todo_en="Have an engineer find the reason and unlock it.", page=_PAGE,
)  # fmt: skip
declare(
    "SLOT_MISMATCH", zh="站位 {slotCode} 扫描了错误物料 {scannedMaterial}，应为 {expectedMaterial}。",
    en="A wrong material {scannedMaterial} was scanned on slot {slotCode}; it must be {expectedMaterial}.",
    todo_zh="请换上正确的料盘并扫描。", todo_en="Put the right reel on and scan it.", page=_PAGE,
)  # fmt: skip
declare(
    "SLOT_PENDING", zh="站位 {slotCode} 未上料，应为 {expectedMaterial}。", en="Nothing is loaded on slot {slotCode}; it must be {expectedMaterial}.",
    todo_zh="请上料并扫描。", todo_en="Load it and scan it.", page=_PAGE,
)  # fmt: skip
declare(
    "LOT_NOT_USABLE", zh="站位 {slotCode} 的批次 {lotNo} 不能使用（{reason}）。", en="Lot {lotNo} on slot {slotCode} may not be used ({reason}).",
    todo_zh="请更换料盘，或由质量放行该批次。", todo_en="Change the reel, or have quality release the lot.", page=_PAGE,
)  # fmt: skip
declare(
    FLOOR_LIFE, zh="站位 {slotCode} 的批次 {lotNo} 车间寿命已用完。", en="The floor life of lot {lotNo} on slot {slotCode} is used up.",
    todo_zh="请更换料盘，或烘烤后重新开始计时。", todo_en="Change the reel, or bake it.", page=_PAGE,
)  # fmt: skip
