"""What tooling answers, in the words of the wire (spec 10.3, 11.4, 04.11)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.execution.answers import Warned
from fiducial.kit import clock, ids
from fiducial.tooling.reading import calibration_state, life_percent, total_count

DAY_MS = 86_400_000
MEASURED_DAYS = 90


class Life(TypedDict):
    """A life of a tool that has ended."""

    lifeNo: int
    startedAt: str | None
    endedAt: str | None
    totalCount: int
    countBase: int
    lifeLimit: int
    reason: str
    endedBy: str | None
    endedByName: str | None


class Tool(TypedDict):
    """A tool of the register."""

    id: str
    toolCode: str
    kind: str
    name: str
    productCodes: list[str]
    thicknessMm: float | None
    version: str | None
    minTension: float | None
    spec: str | None
    lengthMm: float | None
    fixtureType: str | None
    material: str | None
    lifeLimit: int
    countBase: int
    totalCount: int
    lifePercent: float
    lifeNo: int
    lifeStartedAt: str | None
    lastUsedAt: str | None
    lastCleanedAt: str | None
    expectedEndOfLife: str | None
    calibrationRequired: bool
    calibrationIntervalDays: int
    calibratedAt: str | None
    calibrationDueAt: str | None
    certificateNo: str | None
    calibrationState: str
    status: str
    statusReason: str | None
    createdAt: str | None
    updatedAt: str | None


class ToolDetail(Tool):
    """A tool with what it has been through and where it is."""

    usable: bool
    notUsableReason: str | None
    boundLineCode: str | None
    openMaintenance: str | None
    lives: list[Life]


class Calibration(TypedDict):
    """One calibration."""

    id: str
    calibratedAt: str | None
    result: str
    certificateNo: str | None
    dueAt: str | None
    remark: str | None
    recordedBy: str | None
    recordedByName: str | None
    createdAt: str | None


class Assignment(TypedDict):
    """A fixture at a run's station."""

    id: str
    toolCode: str
    toolName: str
    fixtureType: str | None
    runNo: str
    stationCode: str
    assignedBy: str | None
    assignedByName: str | None
    assignedAt: str | None
    unassignedAt: str | None
    unassignedByName: str | None
    warnings: list[Warned]


class Record(TypedDict):
    """A maintenance record."""

    id: str
    recordNo: str
    entityType: str
    entityId: str
    entityName: str | None
    lineCode: str | None
    maintenanceType: str
    status: str
    blocksUse: bool
    description: str
    resolution: str | None
    partsReplaced: str | None
    cost: float | None
    resetLife: bool
    assignedTo: str | None
    reportedAt: str | None
    reportedBy: str | None
    reportedByName: str | None
    startedAt: str | None
    startedBy: str | None
    startedByName: str | None
    completedAt: str | None
    completedBy: str | None
    completedByName: str | None
    verifiedAt: str | None
    verifiedBy: str | None
    verifiedByName: str | None
    verifyRemark: str | None
    cancelReason: str | None
    origin: str
    createdAt: str | None
    updatedAt: str | None


def expected_end(row: Any, used_lately: int, now: int) -> int | None:
    """Give when the life will be used up at the pace of the last 90 days; None when nothing was counted, now when it is."""
    left = row.life_limit - total_count(row)
    if left <= 0:
        return now
    days = min(MEASURED_DAYS, max(1.0, (now - row.life_started_at) / DAY_MS))
    if used_lately <= 0:
        return None
    end = now + int(left / (used_lately / days) * DAY_MS)
    return end if end < now + 3650 * DAY_MS else None


def tool_of(row: Any, *, now: int, used_lately: int = 0) -> Tool:
    """Give a tool as it stands on the wire; `used_lately` are its prints or uses of the last 90 days."""
    return {
        "id": ids.to_wire(row.id), "toolCode": row.code, "kind": row.kind, "name": row.name, "productCodes": list(row.product_codes),
        "thicknessMm": row.thickness_mm, "version": row.version, "minTension": row.min_tension, "spec": row.spec,
        "lengthMm": row.length_mm, "fixtureType": row.fixture_type, "material": row.material, "lifeLimit": row.life_limit,
        "countBase": row.count_base, "totalCount": total_count(row), "lifePercent": life_percent(row), "lifeNo": row.life_no,
        "lifeStartedAt": clock.to_wire(row.life_started_at), "lastUsedAt": clock.to_wire(row.last_used_at),
        "lastCleanedAt": clock.to_wire(row.last_cleaned_at), "expectedEndOfLife": clock.to_wire(expected_end(row, used_lately, now)),
        "calibrationRequired": row.calibration_required, "calibrationIntervalDays": row.calibration_interval_days,
        "calibratedAt": clock.to_wire(row.calibrated_at), "calibrationDueAt": clock.to_wire(row.calibration_due_at),
        "certificateNo": row.certificate_no, "calibrationState": calibration_state(row, now), "status": row.status,
        "statusReason": row.status_reason, "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def life_of(row: Any) -> Life:
    """Give an ended life."""
    return {
        "lifeNo": row.life_no, "startedAt": clock.to_wire(row.started_at), "endedAt": clock.to_wire(row.ended_at),
        "totalCount": row.count_base + row.used, "countBase": row.count_base, "lifeLimit": row.life_limit, "reason": row.reason,
        "endedBy": ids.wire_or_none(row.ended_by), "endedByName": row.ended_by_name,
    }  # fmt: skip


def calibration_of(row: Any) -> Calibration:
    """Give a calibration."""
    return {
        "id": ids.to_wire(row.id), "calibratedAt": clock.to_wire(row.calibrated_at), "result": row.result,
        "certificateNo": row.certificate_no, "dueAt": clock.to_wire(row.due_at), "remark": row.remark,
        "recordedBy": ids.wire_or_none(row.recorded_by), "recordedByName": row.recorded_by_name,
        "createdAt": clock.to_wire(row.created_at),
    }  # fmt: skip


def assignment_of(row: Any, warnings: list[Warned] | None = None) -> Assignment:
    """Give an assignment; the row has `code`, `name`, `fixture_type`, `run_no` and `station_code` too."""
    return {
        "id": ids.to_wire(row.id), "toolCode": row.code, "toolName": row.name, "fixtureType": row.fixture_type, "runNo": row.run_no,
        "stationCode": row.station_code, "assignedBy": ids.wire_or_none(row.assigned_by), "assignedByName": row.assigned_by_name,
        "assignedAt": clock.to_wire(row.assigned_at), "unassignedAt": clock.to_wire(row.unassigned_at),
        "unassignedByName": row.unassigned_by_name, "warnings": warnings or [],
    }  # fmt: skip


def record_of(row: Any) -> Record:
    """Give a maintenance record; the row has `line_code` too."""
    return {
        "id": ids.to_wire(row.id), "recordNo": row.record_no, "entityType": row.entity_type, "entityId": row.entity_id,
        "entityName": row.entity_name, "lineCode": row.line_code, "maintenanceType": row.maintenance_type, "status": row.status,
        "blocksUse": row.blocks_use, "description": row.description, "resolution": row.resolution,
        "partsReplaced": row.parts_replaced, "cost": row.cost, "resetLife": row.reset_life, "assignedTo": row.assigned_to,
        "reportedAt": clock.to_wire(row.reported_at), "reportedBy": ids.wire_or_none(row.reported_by), "reportedByName": row.reported_by_name,
        "startedAt": clock.to_wire(row.started_at), "startedBy": ids.wire_or_none(row.started_by), "startedByName": row.started_by_name,
        "completedAt": clock.to_wire(row.completed_at), "completedBy": ids.wire_or_none(row.completed_by), "completedByName": row.completed_by_name,
        "verifiedAt": clock.to_wire(row.verified_at), "verifiedBy": ids.wire_or_none(row.verified_by), "verifiedByName": row.verified_by_name,
        "verifyRemark": row.verify_remark, "cancelReason": row.cancel_reason, "origin": row.opened_from,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
