"""What answers about readiness look like on the wire (spec 03.3, 03.5)."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict


class Item(TypedDict):
    """One answer of one gate."""

    id: str
    itemType: str
    itemKey: str
    status: str
    applicable: bool
    causeCode: str | None
    failReason: str | None
    whatToDo: str | None
    mendedAt: str | None
    evidence: dict[str, Any]
    source: str | None
    waivable: bool
    notWaivableReason: str | None
    waivedBy: str | None
    waivedByName: str | None
    waivedAt: str | None
    waiveReason: str | None
    waiverId: str | None
    validUntil: str | None
    carriedOver: bool


class Summary(TypedDict):
    """How many items are in each state."""

    total: int
    passed: int
    failed: int
    waived: int
    notApplicable: int


class Check(TypedDict):
    """One judgement of a run; `items` are left out of lists."""

    checkId: str
    runNo: str
    type: str
    trigger: str
    status: str
    checkedAt: str | None
    checkedBy: str | None
    checkedByName: str | None
    configVersion: int
    invalidatedAt: str | None
    invalidatedBy: str | None
    nextExpiryAt: str | None
    summary: Summary
    items: NotRequired[list[Item]]


class LineGates(TypedDict):
    """The gates of a line."""

    lineId: str
    lineCode: str
    isDefault: bool
    enabled: list[str]
    gates: dict[str, dict[str, Any]]
    version: int
    updatedAt: str | None
    updatedBy: str | None
    updatedByName: str | None


class Waiver(TypedDict):
    """A person's decision that a failed item shall not stop a run."""

    id: str
    runNo: str
    itemType: str
    itemKey: str
    causeCode: str
    causeFingerprint: str
    failReason: str | None
    evidence: dict[str, Any]
    reason: str
    waivedBy: str
    waivedByName: str
    waivedAt: str | None
    validUntil: str | None
    status: str
    stillMatches: bool
    reusedFrom: str | None
    revokedBy: str | None
    revokedByName: str | None
    revokedAt: str | None
    revokeReason: str | None


class WaivedItem(TypedDict):
    """What waiving an item answers."""

    itemId: str
    checkId: str
    checkStatus: str
    status: str
    waiverId: str | None
    waivedAt: str | None
    waivedBy: str
    waivedByName: str
    waiveReason: str
    validUntil: str | None


class ExceptionItem(TypedDict):
    """One item that is not as it should be, or rests on a person's word."""

    id: str
    itemType: str
    itemKey: str
    status: str
    causeCode: str | None
    failReason: str | None
    source: str | None
    waivedBy: str | None
    waivedByName: str | None
    waiveReason: str | None
    notNeeded: bool
    superseded: dict[str, Any] | None


class ExceptionRow(TypedDict):
    """One run whose newest check is not plainly passed."""

    runNo: str
    runStatus: str
    woNo: str
    productCode: str
    lineCode: str
    lineName: str
    checkId: str
    checkType: str
    checkStatus: str
    checkedAt: str | None
    failedCount: int
    waivedCount: int
    manualCount: int
    notNeededCount: int
    items: list[ExceptionItem]


class ChecklistRow(TypedDict):
    """One row of the pre-changeover list."""

    group: str
    groupText: str
    itemKey: str
    text: str
    needed: bool | None
    result: str
    by: str
    gate: str | None
    unit: str
    value: str | None
    evidence: dict[str, Any] | None
    remark: str | None
    setBy: str | None
    setByName: str | None
    setAt: str | None


class Checklist(TypedDict):
    """The pre-changeover list of a run."""

    runNo: str
    customer: str | None
    jobNo: str | None
    productCode: str
    planQty: int
    lineCode: str
    changeoverNo: str | None
    changeoverAt: str | None
    checkedAt: str | None
    rows: list[ChecklistRow]
    confirmedBy: str | None
    confirmedByName: str | None
    confirmedAt: str | None
    confirmRemark: str | None
