"""What loading answers, in the words of the wire (spec 04.1-04.8)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.loading.words import REJECTED, Warned


class CurrentReel(TypedDict):
    """The reel that is on a slot."""

    materialCode: str
    lotNo: str
    recordId: str
    runNo: str | None
    loadedAt: str | None


class FeederSlot(TypedDict):
    """A feeder slot with its state."""

    id: str
    lineCode: str
    slotCode: str
    slotName: str | None
    machineNo: str | None
    position: int
    isActive: bool
    isLocked: bool
    failedAttempts: int
    lockedAt: str | None
    lockedReason: str | None
    lockedRunNo: str | None
    current: CurrentReel | None
    createdAt: str | None
    updatedAt: str | None


class SlotMapping(TypedDict):
    """Which material belongs on which slot."""

    id: str
    slotId: str
    lineCode: str
    slotCode: str
    materialCode: str
    materialName: str | None
    productCode: str | None
    routingCode: str | None
    isAlternate: bool
    priority: int
    unitConsumption: float | None
    isCommonMaterial: bool
    refDes: list[str]
    createdAt: str | None
    updatedAt: str | None


class SavedMapping(SlotMapping):
    """A mapping that was made or changed."""

    warnings: list[Warned]


class StationTable(TypedDict):
    """The head over the mappings of one line, product and routing."""

    id: str
    lineCode: str
    productCode: str | None
    routingCode: str | None
    programName: str | None
    unlistedSlots: str
    revision: int
    fileName: str | None
    fileHash: str | None
    importedBy: str | None
    importedByName: str | None
    importedAt: str | None
    rowCount: int
    createdAt: str | None
    updatedAt: str | None


class LoadedTable(TypedDict):
    """Answer of loading a run's table (spec 04.4)."""

    runId: str
    runNo: str
    created: int
    emptySlots: list[str]
    tableHash: str
    uncoveredMaterials: list[str]
    warnings: list[Warned]


class LoadingRecord(TypedDict):
    """One scan of a reel on a slot (spec 04.5)."""

    id: str
    runNo: str
    slotId: str
    slotCode: str
    slotName: str | None
    position: int
    kind: str
    materialLotId: str | None
    materialCode: str
    lotNo: str
    materialName: str | None
    materialKnown: bool
    expectedCode: str
    isAlternate: bool
    verifyResult: str
    failCode: str | None
    failReason: str | None
    status: str
    isIdempotent: bool
    slotLocked: bool
    failedAttempts: int
    packageQty: int | None
    reason: str | None
    needsReview: bool
    reviewedBy: str | None
    reviewedByName: str | None
    reviewedAt: str | None
    loadedAt: str | None
    loadedBy: str | None
    loadedByName: str | None
    operatorId: str | None
    unloadedAt: str | None
    unloadedBy: str | None
    unloadedByName: str | None
    unloadReason: str | None
    replacedRecordId: str | None
    firstUnitSn: str | None
    warnings: list[Warned]


class Expectation(TypedDict):
    """What one slot of a run shall hold and holds."""

    id: str
    slotId: str
    slotCode: str
    slotName: str | None
    position: int
    expectedMaterialCode: str
    expectedMaterialName: str | None
    alternates: list[str]
    unitConsumption: float | None
    refDes: list[str]
    level: int
    status: str
    isLocked: bool
    failedAttempts: int
    wrongMaterialCode: str | None
    loadedMaterialCode: str | None
    loadedLotNo: str | None
    loadedAt: str | None
    loadedBy: str | None
    loadedByName: str | None
    recordId: str | None
    remainingQty: float | None


class Expectations(TypedDict):
    """The slots of a run by position."""

    items: list[Expectation]


_WHY = {
    "MATERIAL_MISMATCH": ("应上 {expected}，扫到 {scanned}", "{expected} belongs here, {scanned} was scanned"),
    "LOT_ON_HOLD": ("批次已冻结", "the lot is on hold"),
    "LOT_SCRAPPED": ("批次已报废", "the lot is scrapped"),
    "LOT_IQC_FAILED": ("批次来料检验不合格", "the lot failed its incoming inspection"),
    "LOT_EXPIRED": ("批次已过有效期", "the lot is past its expiry"),
    "LOT_FLOOR_LIFE_EXCEEDED": ("批次的车间寿命已用完", "the floor life of the lot is used up"),
    "LOT_IN_DRY_STORE": ("批次仍登记在干燥柜中", "the lot is in the dry store by its record"),
    "LOT_IN_OVEN": ("批次仍在烘烤中", "the lot is in the oven by its bake record"),
}  # fmt: skip


def why(fail_code: str | None, expected: str, scanned: str, language: str) -> str | None:
    """Give why a scan failed, in the reader's language."""
    if fail_code is None:
        return None
    zh, en = _WHY[fail_code]
    return (en if language == "en" else zh).format(expected=expected, scanned=scanned)


def record_of(
    row: Any, *, language: str, again: str = "", warnings: list[Warned] | None = None, known_name: str | None
) -> LoadingRecord:
    """Give a record (with `run_no`, `slot_code`, `slot_name`, `position`, `first_unit_sn`) as it is answered.

    `again` says why this scan changed nothing, "" when it did; a refused scan has no lot of the board (spec 07 R6).
    """
    to_wire, or_none = clock.to_wire, ids.wire_or_none
    return {
        "id": ids.to_wire(row.id), "runNo": row.run_no, "slotId": ids.to_wire(row.slot_id), "slotCode": row.slot_code,
        "slotName": row.slot_name, "position": row.position, "kind": row.kind, "materialLotId": or_none(row.lot_id),
        "materialCode": row.material_code, "lotNo": row.lot_no, "materialName": known_name, "materialKnown": known_name is not None,
        "expectedCode": row.expected_code, "isAlternate": bool(row.is_alternate), "verifyResult": row.verify_result,
        "failCode": row.fail_code, "failReason": why(row.fail_code, row.expected_code, row.material_code, language),
        "status": row.status, "isIdempotent": bool(again), "slotLocked": bool(row.slot_locked),
        "failedAttempts": row.failed_attempts if row.status == REJECTED else 0, "packageQty": row.package_qty, "reason": row.reason,
        "needsReview": bool(row.needs_review), "reviewedBy": or_none(row.reviewed_by), "reviewedByName": row.reviewed_by_name,
        "reviewedAt": to_wire(row.reviewed_at), "loadedAt": to_wire(row.loaded_at), "loadedBy": or_none(row.loaded_by),
        "loadedByName": row.loaded_by_name, "operatorId": row.operator_id, "unloadedAt": to_wire(row.unloaded_at),
        "unloadedBy": or_none(row.unloaded_by), "unloadedByName": row.unloaded_by_name, "unloadReason": row.unload_reason,
        "replacedRecordId": or_none(row.replaced_record_id), "firstUnitSn": row.first_unit_sn, "warnings": warnings or [],
    }  # fmt: skip
