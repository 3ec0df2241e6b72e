"""What the plant answers of FAI templates, oven programs and mappings (spec 01.3, 01.7)."""

from __future__ import annotations

from typing import Any, NotRequired

from sqlalchemy import Row
from typing_extensions import TypedDict

from fiducial.kit import clock, ids


class ProfileZone(TypedDict):
    """One zone of an oven: °C and seconds."""

    name: str
    tempC: float
    timeS: float


class ReflowProfile(TypedDict):
    """One version of an oven program; temperatures in °C, times in seconds."""

    id: str
    code: str
    version: str
    kind: str
    name: str
    programName: str
    description: str | None
    status: str
    zones: list[ProfileZone]
    chainSpeed: float | None
    peakTempMin: float | None
    peakTempMax: float | None
    totalTimeMin: float | None
    totalTimeMax: float | None
    createdAt: str | None
    updatedAt: str | None


class FaiItem(TypedDict):
    """One item of an inspection template."""

    seq: int
    itemName: str
    itemSpec: str | None
    required: bool
    appliesTo: str


class FaiTemplate(TypedDict):
    """An inspection template; a list tells how many items, a template alone its items and who binds it."""

    id: str
    code: str
    name: str
    productCode: str
    processType: str
    version: str | None
    isActive: bool
    revision: int
    itemCount: int
    createdAt: str | None
    updatedAt: str | None
    items: NotRequired[list[FaiItem]]
    boundByRoutings: NotRequired[list[str]]


class OperationMapping(TypedDict):
    """Under which key another system names an operation."""

    id: str
    sourceSystem: str
    sourceProcessKey: str
    sourceProcessName: str | None
    operationCode: str
    operationName: str
    createdAt: str | None
    updatedAt: str | None


class WorkCenter(TypedDict):
    """A work centre of the ERP with the group it probably means."""

    id: str
    code: str
    name: str
    departmentCode: str | None
    departmentName: str | None
    sourceSystem: str
    sourceUpdatedAt: str | None
    stationGroupCode: str | None
    createdAt: str | None
    updatedAt: str | None


class WorkCenterSuggestion(TypedDict):
    """Which group a work centre, or all of a department, probably means."""

    id: str
    sourceSystem: str
    sourceWorkCenter: str | None
    sourceDepartment: str | None
    stationGroupCode: str | None
    createdAt: str | None
    updatedAt: str | None


class UnmappedOperation(TypedDict):
    """A process of another system that no operation is mapped to."""

    sourceSystem: str
    sourceProcessKey: str
    routingCodes: list[str]


class UnmappedWorkCenter(TypedDict):
    """A work centre for which no group is suggested."""

    sourceSystem: str
    sourceWorkCenter: str
    sourceDepartment: str | None


class InvalidVersion(TypedDict):
    """A routing whose latest version cannot be used."""

    routingCode: str
    versionNo: int
    errorCodes: list[str]


class Gaps(TypedDict):
    """What is missing before every routing can be compiled."""

    unmappedOperations: list[UnmappedOperation]
    needsReview: list[str]
    unmappedWorkCenters: list[UnmappedWorkCenter]
    invalidVersions: list[InvalidVersion]


def profile_of(row: Row[Any]) -> ReflowProfile:
    """Give a row of `reflow_profile` as it is answered."""
    return ReflowProfile(
        id=ids.to_wire(row.id), code=row.code, version=row.version, kind=row.kind, name=row.name, programName=row.program_name,
        description=row.description, status=row.status, zones=row.zones, chainSpeed=row.chain_speed,
        peakTempMin=row.peak_temp_min, peakTempMax=row.peak_temp_max, totalTimeMin=row.total_time_min,
        totalTimeMax=row.total_time_max, createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def template_of(row: Row[Any]) -> FaiTemplate:
    """Give a row of `fai_template` as a list answers it."""
    return FaiTemplate(
        id=ids.to_wire(row.id), code=row.code, name=row.name, productCode=row.product_code, processType=row.process_type,
        version=row.version, isActive=row.is_active, revision=row.revision, itemCount=len(row.items),
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def mapping_of(row: Row[Any]) -> OperationMapping:
    """Give a row of `operation_mapping` with `operation_code`, `operation_name` as it is answered."""
    return OperationMapping(
        id=ids.to_wire(row.id), sourceSystem=row.source_system, sourceProcessKey=row.source_process_key,
        sourceProcessName=row.source_process_name, operationCode=row.operation_code, operationName=row.operation_name,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def work_center_of(row: Row[Any]) -> WorkCenter:
    """Give a row of `work_center` with `group_code` as it is answered."""
    return WorkCenter(
        id=ids.to_wire(row.id), code=row.code, name=row.name, departmentCode=row.department_code, departmentName=row.department_name,
        sourceSystem=row.source_system, sourceUpdatedAt=clock.to_wire(row.source_updated_at), stationGroupCode=row.group_code,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def suggestion_of(row: Row[Any]) -> WorkCenterSuggestion:
    """Give a row of `work_center_mapping` with `group_code` as it is answered."""
    return WorkCenterSuggestion(
        id=ids.to_wire(row.id), sourceSystem=row.source_system, sourceWorkCenter=row.source_work_center or None,
        sourceDepartment=row.source_department or None, stationGroupCode=row.group_code,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip
