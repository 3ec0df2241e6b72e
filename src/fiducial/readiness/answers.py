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
