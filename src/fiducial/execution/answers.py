"""What execution answers, in wire spelling (spec 05)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class Warned(TypedDict):
    """Something to know that stops nothing."""

    code: str
    message: str
    details: dict[str, Any]


class TrackedIn(TypedDict):
    """Answer of a track-in (spec 05.4)."""

    status: str
    sn: str
    woNo: str
    runNo: str
    runStatus: str
    stationCode: str
    stepNo: int
    operationCode: str
    operationName: str
    visitNo: int
    trackId: str
    inAt: str | None
    mode: str
    registered: bool
    warnings: list[Warned]


class Override(TypedDict):
    """Why a PASS became a FAIL."""

    kind: str
    reference: str


class JudgedValue(TypedDict):
    """One stored value."""

    specName: str
    judge: str
    alarmed: bool


class HoldShown(TypedDict):
    """The hold of a unit (spec 05.9)."""

    source: str
    reason: str | None
    placedBy: str | None
    placedByName: str | None
    placedAt: str | None
    pending: bool
    resumeStatus: str | None
    resumeStepNo: int | None
    releasedBy: str | None
    releasedByName: str | None
    releasedAt: str | None
    releaseReason: str | None


class TrackedOut(TypedDict):
    """Answer of a track-out (spec 05.5)."""

    status: str
    sn: str
    runNo: str
    runStatus: str
    stationCode: str
    stepNo: int
    trackId: str
    outAt: str | None
    result: str
    inspectionOverride: bool
    overrideSources: list[Override]
    nextStepNo: int | None
    nextOperationCode: str | None
    nextOperationName: str | None
    nextStationCodes: list[str]
    defects: list[dict[str, Any]]
    dataValues: list[JudgedValue]
    hold: HoldShown | None
    closedReworkTasks: list[str]
    oqc: dict[str, Any] | None
    warnings: list[Warned]


class Cancelled(TypedDict):
    """Answer of a cancelled track-in (spec 05.6)."""

    status: str
    sn: str
    runNo: str
    stationCode: str
    stepNo: int
    trackId: str
    voidedAt: str | None


class HeldUnit(TypedDict):
    """Answer of hold and release (spec 05.9)."""

    sn: str
    status: str
    currentStepNo: int
    hold: HoldShown | None


class StepShown(TypedDict):
    """One step of a route, as a queue shows it."""

    stepNo: int
    operationCode: str
    operationName: str
    stationCodes: list[str]


class OpenTrack(TypedDict):
    """Where a unit is in station."""

    stationCode: str
    stepNo: int
    inAt: str | None


class HoldBrief(TypedDict):
    """Why and since when a unit is held."""

    reason: str | None
    placedAt: str | None


class ResolvedUnit(TypedDict):
    """What a scan resolves to (spec 05.3)."""

    sn: str
    woNo: str
    runNo: str | None
    status: str
    currentStepNo: int
    currentStep: StepShown | None
    openTrack: OpenTrack | None
    hold: HoldBrief | None
    openDefects: int


class QueueStation(TypedDict):
    """The head of a queue."""

    code: str
    name: str
    stationType: str
    lineCode: str
    equipment: dict[str, Any]


class QueueItem(TypedDict):
    """One unit in or before a station."""

    sn: str
    status: str
    woNo: str
    runNo: str
    currentStepNo: int
    currentStep: StepShown | None
    nextStep: StepShown | None
    inAt: str | None
    operatorIdIn: str | None
    mode: str | None
    waitingSince: str | None
    openDefects: int


class Queue(TypedDict):
    """The queue of a station (spec 05.3)."""

    station: QueueStation
    items: list[QueueItem]
    total: int
    page: int
    pageSize: int


class SpecAsked(TypedDict):
    """One collection item as the track-out form asks it."""

    id: str
    name: str
    itemType: str
    dataType: str
    method: str
    triggerType: str
    isRequired: bool
    requiredNow: bool
    spec: dict[str, Any]
    alarm: dict[str, Any]
    collected: dict[str, Any] | None


class FormAsked(TypedDict):
    """What the track-out form must ask (spec 05.3)."""

    sn: str
    runNo: str
    stepNo: int
    operationCode: str
    operationName: str
    specs: list[SpecAsked]
    verdicts: list[dict[str, Any]]
    openDefects: list[dict[str, Any]]
