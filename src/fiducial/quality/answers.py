"""What the doors of quality answer (spec 06.2, 06.3)."""

from __future__ import annotations

from typing import Any, NotRequired

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
    currentStepNo: int | None


class FailureStep(TypedDict):
    """Where in the route a fault was found."""

    stepNo: int | None
    operationCode: str | None
    stationCode: str | None


class Photo(TypedDict):
    """A photo of a defect; `url` answers with the picture."""

    id: str
    url: str
    width: int
    height: int
    size: int
    sha256: str
    addedBy: str | None
    addedByName: str | None
    addedAt: str | None


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
    reworkTask: ReworkTask | None
    photos: list[Photo]
    inspectionId: str | None
    supersededBy: str | None
    unit: FailedUnit
    createdBy: str | None
    createdByName: str | None
    createdAt: str | None
    updatedAt: str | None
    failureStep: FailureStep


class InspectionItem(TypedDict):
    """One item of an inspection; `result` is null while nobody has looked at it. `itemId` is its `id`."""

    id: str
    itemId: str
    seq: int
    unitSn: str | None
    itemName: str
    itemSpec: str | None
    actualValue: str | None
    result: str | None
    required: bool
    templateItemId: str | None
    defectCode: str | None
    remark: str | None
    inspectedBy: str | None
    inspectedByName: str | None
    inspectedAt: str | None
    revisions: list[dict[str, Any]]


class RunNow(TypedDict):
    """The run of an inspection, as it is then."""

    runNo: str
    status: str


class FoundDefect(TypedDict):
    """A defect that a verdict wrote."""

    id: str
    defectNo: str
    code: str
    sn: str


class Inspection(TypedDict):
    """One inspection. Its details have `items`; `trialSummary` those of a first article; a verdict adds what came of it."""

    id: str
    type: str
    runNo: str
    woNo: str
    productCode: str
    lineCode: str
    status: str
    sampleQty: int
    sampledUnits: list[str] | None
    passedQty: int | None
    failedQty: int | None
    templateCode: str | None
    remark: str | None
    data: dict[str, Any]
    createdBy: str | None
    createdByName: str | None
    createdAt: str | None
    inspectorId: str | None
    inspectorName: str | None
    startedAt: str | None
    decidedBy: str | None
    decidedByName: str | None
    decidedAt: str | None
    decision: str | None
    signedBy: str | None
    signedByName: str | None
    signedAt: str | None
    signatureMeaning: str | None
    signatureRemark: str | None
    contentHash: str | None
    cancelledBy: str | None
    cancelledByName: str | None
    cancelledAt: str | None
    cancelReason: str | None
    version: int
    items: NotRequired[list[InspectionItem]]
    trialSummary: NotRequired[dict[str, Any]]
    existing: NotRequired[bool]
    run: NotRequired[RunNow]
    defects: NotRequired[list[FoundDefect]]
    nextAction: NotRequired[str | None]


class IpqcPoint(TypedDict):
    """A point of in-process inspection."""

    id: str
    code: str
    name: str
    routingCode: str | None
    stepNo: int | None
    processKind: str | None
    stationCode: str | None
    checkType: str
    sampleQty: int
    items: list[dict[str, Any]]
    gate: str
    frequency: dict[str, int] | None
    retriggerOn: list[str]
    isActive: bool
    createdAt: str | None
    updatedAt: str | None


class SamplingRule(TypedDict):
    """A rule by which the sample of an outgoing inspection is sized."""

    id: str
    productCode: str | None
    lineCode: str | None
    routingCode: str | None
    samplingType: str
    sampleValue: float | None
    inspectionLevel: str | None
    aql: str | None
    severity: str | None
    tableCode: str | None
    priority: int
    isActive: bool
    severityReason: str | None
    severityBy: str | None
    severityByName: str | None
    severityAt: str | None
    createdAt: str | None
    updatedAt: str | None
    proposal: NotRequired[dict[str, Any]]


class DeletedRule(TypedDict):
    """A rule that is switched off."""

    deleted: bool


class AqlTable(TypedDict):
    """A table of sampling plans, in one version; `verified` when a person has compared it with the factory's own copy."""

    id: str
    code: str
    version: int
    edition: str
    letters: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    source: str | None
    verified: bool
    verifiedBy: str | None
    verifiedByName: str | None
    verifiedAt: str | None
    isActive: bool
    createdAt: str | None


class UnitOfTask(TypedDict):
    """The unit of a rework task, as it is now."""

    sn: str
    status: str
    currentStepNo: int | None


class DefectOfTask(TypedDict):
    """The defect of a rework task, as it is now."""

    id: str
    defectNo: str
    code: str
    codeName: str | None
    location: str | None
    status: str
    closeReason: str | None


class ReworkTask(TypedDict):
    """The repair of one unit; `fromStepNo` is the failed step, `toStepNo` where it goes on."""

    id: str
    defectId: str
    sn: str
    runNo: str
    lineCode: str
    fromStepNo: int
    toStepNo: int
    status: str
    repairRecord: dict[str, Any] | None
    doneBy: str | None
    doneByName: str | None
    doneAt: str | None
    remark: str | None
    createdAt: str | None
    unit: UnitOfTask
    defect: DefectOfTask


class DecidedRun(TypedDict):
    """The run that the MRB decided on."""

    id: str
    runNo: str
    status: str
    endedAt: str | None
    workOrder: dict[str, Any]
    unitCounts: dict[str, int]


class ReworkRunMade(TypedDict):
    """The run that continues the units of a failed one."""

    runNo: str
    status: str
    authorizationType: str | None
    planQty: int
    mrbFaiWaiver: bool
    prepReasons: list[dict[str, Any]]


class MrbDecided(TypedDict):
    """A decision of the MRB and what came of it."""

    mrbDecisionId: str
    decision: str
    run: DecidedRun
    reworkRunNo: str | None
    reworkRun: ReworkRunMade | None
    warnings: list[dict[str, Any]]


class ReworkStarted(TypedDict):
    """A rework run that was made for a failed inspection."""

    reworkRunNo: str
    status: str
    authorizationType: str | None
    mrbFaiWaiver: bool
    parentRunNo: str
    parentRunStatus: str


class ReworkRunLine(TypedDict):
    """A rework run in the list of its parent."""

    runNo: str
    status: str
    reworkType: str | None
    authorizationType: str | None
    planQty: int
    mrbFaiWaiver: bool
    mrbWaiverReason: str | None
    mrbAuthorizedBy: str | None
    mrbAuthorizedByName: str | None
    mrbAuthorizedAt: str | None
    createdAt: str | None
