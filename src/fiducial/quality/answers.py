"""What the doors of quality answer (spec 06.2, 06.3)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class DefectCode(TypedDict):
    """A kind of fault."""

    id: str
    code: str
    name: str
    nameEn: str | None
    category: str | None
    severity: str | None
    operationCodes: list[str]
    isActive: bool
    createdAt: str | None
    updatedAt: str | None


class UnknownCode(TypedDict):
    """A code in use that the master lacks."""

    code: str
    uses: int


class FailedUnit(TypedDict):
    """The unit of a defect, as it is now."""

    sn: str
    status: str


class FailureStep(TypedDict):
    """Where in the route a fault was found."""

    stepNo: int | None
    operationCode: str | None
    stationCode: str | None


class Defect(TypedDict):
    """One found fault of one unit."""

    id: str
    defectNo: str
    sn: str
    runNo: str
    lineCode: str
    trackId: str | None
    stepNo: int | None
    stationCode: str | None
    code: str
    codeName: str | None
    codeKnown: bool
    severity: str | None
    location: str | None
    qty: int
    remark: str | None
    source: str
    blocking: bool
    status: str
    closeReason: str | None
    dispositions: list[dict[str, Any]]
    reworkTask: dict[str, Any] | None
    unit: FailedUnit
    createdBy: str | None
    createdByName: str | None
    createdAt: str | None
    updatedAt: str | None
    failureStep: FailureStep
