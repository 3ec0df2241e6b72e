"""What the plant answers, in the words of the wire (spec 01.2-01.4)."""

from __future__ import annotations

from typing import Any, NotRequired

from sqlalchemy import Row
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.plant.profile_answers import OperationMapping


class LineName(TypedDict):
    """A line by code and name."""

    code: str
    name: str


class Line(TypedDict):
    """A line."""

    id: str
    code: str
    name: str
    processType: str
    isActive: bool
    createdAt: str | None
    updatedAt: str | None


class LineDetail(Line):
    """A line with what stands on it."""

    stationCount: int
    slotCount: int
    openRunCount: int


class LineSetting(TypedDict):
    """One setting as it is in force on a line."""

    value: Any
    source: str


class Station(TypedDict):
    """A station."""

    id: str
    code: str
    name: str
    lineCode: str
    line: LineName
    groupCode: str | None
    stationType: str
    equipmentCodes: list[str]
    isManualBench: bool
    isActive: bool
    createdAt: str | None
    updatedAt: str | None


class Group(TypedDict):
    """A station group."""

    id: str
    code: str
    name: str
    stationCount: int
    createdAt: str | None
    updatedAt: str | None


class Operation(TypedDict):
    """An operation."""

    id: str
    code: str
    name: str
    defaultType: str
    isKeyQuality: bool
    processKind: str
    isActive: bool
    needsReview: bool
    source: str
    createdAt: str | None
    updatedAt: str | None


class OperationUse(TypedDict):
    """A routing that has a step of the operation."""

    routingCode: str
    isActive: bool


class OperationDetail(Operation):
    """An operation with what refers to it."""

    mappings: list[OperationMapping]
    usedByRoutings: list[OperationUse]


class Material(TypedDict):
    """A material."""

    id: str
    code: str
    name: str
    category: str | None
    unit: str | None
    model: str | None
    sourceSystem: str
    isForbidden: bool
    sourceUpdatedAt: str | None
    isMoistureSensitive: bool
    mslLevel: str | None
    trackKeyPart: bool
    panelSize: int
    createdAt: str | None
    updatedAt: str | None
    bomParents: NotRequired[list[str]]
    lotCount: NotRequired[int]


class BomPart(TypedDict):
    """One child of a BOM."""

    childCode: str
    childName: str | None
    qty: float
    unit: str | None
    isKeyPart: bool


class BomEntry(TypedDict):
    """The BOM of one parent."""

    parentCode: str
    parentName: str | None
    sourceSystem: str
    latestSourceUpdatedAt: str | None
    updatedAt: str | None
    children: list[BomPart]


class Lot(TypedDict):
    """A material lot."""

    id: str
    materialCode: str
    materialName: str | None
    materialKnown: bool
    lotNo: str
    supplier: str | None
    iqcResult: str | None
    iqcDate: str | None
    expiresAt: str | None
    status: str
    holdReason: str | None
    createdAt: str | None
    updatedAt: str | None


class HeldLot(Lot):
    """A lot that was held or released, with the open runs that have it loaded."""

    affectedRuns: list[str]


class Gone(TypedDict):
    """What was deleted."""

    id: str


def line_of(row: Row[Any]) -> Line:
    """Give a row of `line` as it is answered."""
    return Line(
        id=ids.to_wire(row.id), code=row.code, name=row.name, processType=row.process_type, isActive=row.is_active,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def station_of(row: Row[Any]) -> Station:
    """Give a row of `station` with `line_code`, `line_name`, `group_code` as it is answered."""
    return Station(
        id=ids.to_wire(row.id), code=row.code, name=row.name, lineCode=row.line_code,
        line=LineName(code=row.line_code, name=row.line_name), groupCode=row.group_code, stationType=row.station_type,
        equipmentCodes=row.equipment_codes, isManualBench=row.is_manual_bench, isActive=row.is_active,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def group_of(row: Row[Any]) -> Group:
    """Give a row of `station_group` with `station_count` as it is answered."""
    return Group(
        id=ids.to_wire(row.id), code=row.code, name=row.name, stationCount=row.station_count,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def operation_of(row: Row[Any]) -> Operation:
    """Give a row of `operation` as it is answered."""
    return Operation(
        id=ids.to_wire(row.id), code=row.code, name=row.name, defaultType=row.default_type, isKeyQuality=row.is_key_quality,
        processKind=row.process_kind, isActive=row.is_active, needsReview=row.needs_review, source=row.source,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def material_of(row: Row[Any]) -> Material:
    """Give a row of `material` as it is answered."""
    return Material(
        id=ids.to_wire(row.id), code=row.code, name=row.name, category=row.category, unit=row.unit, model=row.model,
        sourceSystem=row.source_system, isForbidden=row.is_forbidden, sourceUpdatedAt=clock.to_wire(row.source_updated_at),
        isMoistureSensitive=row.is_moisture_sensitive, mslLevel=row.msl_level, trackKeyPart=row.track_key_part, panelSize=row.panel_size,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


def lot_of(row: Row[Any]) -> Lot:
    """Give a row of `material_lot` with `material_name` as it is answered."""
    return Lot(
        id=ids.to_wire(row.id), materialCode=row.material_code, materialName=row.material_name,
        materialKnown=row.material_name is not None, lotNo=row.lot_no, supplier=row.supplier, iqcResult=row.iqc_result,
        iqcDate=clock.to_wire(row.iqc_date), expiresAt=clock.to_wire(row.expires_at), status=row.status, holdReason=row.hold_reason,
        createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip
