"""Which rule applies to an event (spec 04.9): of each type exactly one, the most exact first; custom rules each stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

RANK = {"PRODUCT": 0, "ROUTING": 1, "LINE": 2, "GLOBAL": 3}
CUSTOM = "CUSTOM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event of one thing, with what conditions and scopes ask. Times are in ms."""

    id: int
    event: str
    at: int
    entity_type: str
    entity_id: str
    display: str
    run_id: int | None = None
    line_id: int | None = None
    line_code: str | None = None
    routing_code: str | None = None
    product_code: str | None = None
    process_kind: str | None = None
    operation_code: str | None = None
    result: str | None = None
    washed_later: bool = False
    by_id: int | None = None
    by_name: str | None = None


def meets(condition: Mapping[str, Any], happened: Happened) -> bool:
    """Tell whether an event is what a condition asks; what the condition does not name is not asked."""
    asked = (("processKinds", happened.process_kind), ("operationCodes", happened.operation_code))
    if any(name in condition and value not in condition[name] for name, value in asked):
        return False
    return "result" not in condition or condition["result"] == happened.result


def in_scope(scope: str, value: str | None, happened: Happened) -> bool:
    """Tell whether an event lies in a rule's scope."""
    named = {"LINE": happened.line_code, "ROUTING": happened.routing_code, "PRODUCT": happened.product_code}
    return scope == "GLOBAL" or (value is not None and named[scope] == value)


def starting(rules: Iterable[Any], happened: Happened) -> list[Any]:
    """Give the rules whose clock an event starts: of each type the first by scope, priority, duration and code; every custom rule."""
    fitting = [
        rule for rule in rules
        if rule.start_event == happened.event and meets(rule.start_condition, happened)
        and in_scope(rule.scope, rule.scope_value, happened) and (not rule.requires_wash_step or happened.washed_later)
    ]  # fmt: skip
    fitting.sort(key=lambda rule: (RANK[rule.scope], -rule.priority, rule.duration_minutes, rule.code))
    chosen: dict[str, Any] = {}
    for rule in fitting:
        chosen.setdefault(rule.code if rule.rule_type == CUSTOM else f"type {rule.rule_type}", rule)
    return list(chosen.values())


def ends(definition: Mapping[str, Any], happened: Happened) -> bool:
    """Tell whether an event ends a clock that was started with these values."""
    return bool(definition["endEvent"] == happened.event) and meets(definition["endCondition"], happened)
