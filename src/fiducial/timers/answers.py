"""What time rules answer, in the words of the wire (spec 04.9)."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.timers.states import ACTIVE

MINUTE_MS = 60_000
VALUES = {
    "code": "code", "name": "name", "description": "description", "ruleType": "rule_type", "durationMinutes": "duration_minutes",
    "warningMinutes": "warning_minutes", "startEvent": "start_event", "startCondition": "start_condition",
    "endEvent": "end_event", "endCondition": "end_condition", "scope": "scope", "scopeValue": "scope_value",
    "requiresWashStep": "requires_wash_step", "cumulative": "cumulative", "restart": "restart", "isWaivable": "is_waivable",
    "isActive": "is_active", "priority": "priority",
}  # fmt: skip


class Rule(TypedDict):
    """A time rule."""

    id: str
    code: str
    name: str
    description: str | None
    ruleType: str
    durationMinutes: int
    warningMinutes: int | None
    startEvent: str
    startCondition: dict[str, Any]
    endEvent: str
    endCondition: dict[str, Any]
    scope: str
    scopeValue: str | None
    requiresWashStep: bool
    cumulative: bool
    restart: str
    isWaivable: bool
    isActive: bool
    priority: int
    createdAt: str | None
    updatedAt: str | None


class Clock(TypedDict):
    """One running clock."""

    id: str
    definitionCode: str
    ruleName: str
    ruleType: str
    runNo: str | None
    lineCode: str | None
    entityType: str
    entityId: str
    entityDisplay: str
    startedAt: str | None
    warningAt: str | None
    expiresAt: str | None
    status: str
    completedAt: str | None
    expiredAt: str | None
    lateBy: float | None
    waivedAt: str | None
    waivedBy: str | None
    waivedByName: str | None
    waiveReason: str | None
    remainingMinutes: float | None
    definition: dict[str, Any]


class Gone(TypedDict):
    """A rule that was deleted."""

    id: str


def values_of(row: Any) -> dict[str, Any]:
    """Give the values of a rule, as a clock keeps them."""
    return {wire: getattr(row, column) for wire, column in VALUES.items()}


def rule_of(row: Any) -> Rule:
    """Give a rule as it stands on the wire."""
    stamps = {"createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at)}
    return {"id": ids.to_wire(row.id), **values_of(row), **stamps}  # type: ignore[typeddict-item]


def clock_of(row: Any, now: int) -> Clock:
    """Give a clock as it stands on the wire; the row has `run_no` and `line_code` too. Minutes have one decimal."""
    left = None if row.status != ACTIVE else round((row.expires_at - now) / MINUTE_MS, 1)
    return {
        "id": ids.to_wire(row.id), "definitionCode": row.definition_code, "ruleName": row.definition["name"], "ruleType": row.rule_type,
        "runNo": row.run_no, "lineCode": row.line_code, "entityType": row.entity_type,
        "entityId": ids.to_wire(int(row.entity_id)) if row.entity_type == "UNIT" else row.entity_id,
        "entityDisplay": row.entity_display, "startedAt": clock.to_wire(row.started_at), "warningAt": clock.to_wire(row.warning_at),
        "expiresAt": clock.to_wire(row.expires_at), "status": row.status, "completedAt": clock.to_wire(row.completed_at),
        "expiredAt": clock.to_wire(row.expired_at), "lateBy": None if row.late_ms is None else round(row.late_ms / MINUTE_MS, 1),
        "waivedAt": clock.to_wire(row.waived_at), "waivedBy": ids.wire_or_none(row.waived_by), "waivedByName": row.waived_by_name,
        "waiveReason": row.waive_reason, "remainingMinutes": left, "definition": row.definition,
    }  # fmt: skip
