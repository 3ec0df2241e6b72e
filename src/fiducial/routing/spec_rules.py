"""The field rules of a collection item (spec 01.8). Pure: facts in, faults with their paths out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from fiducial.routing.patterns import pattern

Fields = Mapping[str, Any]
IN_ORDER = ("min", "lsl", "target", "usl", "max")
NAMES = {
    "min": ("the lowest value", "最小值"), "lsl": ("the lower spec limit", "规格下限"), "target": ("the target", "目标值"),
    "usl": ("the upper spec limit", "规格上限"), "max": ("the highest value", "最大值"),
}  # fmt: skip
FIELDS_OF = {
    "NUMBER": frozenset({"unit", "decimals", *IN_ORDER}),
    "TEXT": frozenset({"enum", "pattern"}),
    "BOOLEAN": frozenset({"expected"}),
    "JSON": frozenset[str](),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field."""

    path: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A collection item as it would be saved; nested parts in wire spelling, absent fields left out."""

    data_type: str
    method: str
    trigger_type: str
    trigger_rule: Fields | None
    spec: Fields | None
    alarm: Fields | None


def faults_of(item: Definition) -> list[Fault]:
    """Give everything that breaks a rule; empty when the item may be saved."""
    return [*_of_trigger(item), *_of_spec(item.data_type, item.spec or {}), *_of_alarm(item)]


def normal_trigger_rule(trigger_type: str, rule: Fields | None) -> dict[str, Any] | None:
    """Give the rule as it is kept: an EVENT that names none means TRACK_OUT."""
    if trigger_type == "EVENT":
        return {"event": (rule or {}).get("event") or "TRACK_OUT"}
    return dict(rule) if rule else None


def _of_trigger(item: Definition) -> Iterator[Fault]:
    rule = item.trigger_rule or {}
    if item.trigger_type == "EACH_CARRIER" and item.method != "AUTO":
        yield Fault("triggerType", "EACH_CARRIER needs the method AUTO", "EACH_CARRIER 只能用于 AUTO 方式")
    if item.trigger_type == "TIME" and rule.get("everyMinutes") is None:
        yield Fault("triggerRule.everyMinutes", "TIME needs minutes from 1 to 10080", "TIME 触发必须填写 1–10080 分钟")
    allowed = {"EVENT": {"event"}, "TIME": {"everyMinutes"}}.get(item.trigger_type, set())
    for name in sorted(set(rule) - allowed):
        yield Fault(
            f"triggerRule.{name}", f"does not go with {item.trigger_type}", f"不适用于 {item.trigger_type} 触发"
        )


def _of_spec(data_type: str, spec: Fields) -> Iterator[Fault]:
    for name in sorted(set(spec) - FIELDS_OF[data_type]):
        yield Fault(f"spec.{name}", f"does not go with {data_type}", f"不适用于 {data_type} 类型")
    if data_type == "NUMBER":
        yield from _of_limits(spec)
    if data_type == "TEXT":
        yield from _of_text(spec)


def _of_limits(spec: Fields) -> Iterator[Fault]:
    """Of those present `min ≤ lsl ≤ target ≤ usl ≤ max`, and `lsl < usl`, `min < max`."""
    present = [name for name in IN_ORDER if spec.get(name) is not None]
    named = set()
    for lower, upper in pairwise(present):
        if spec[lower] > spec[upper]:
            named.add(lower)
            yield Fault(f"spec.{lower}", f"must not be greater than {NAMES[upper][0]}", f"不能大于{NAMES[upper][1]}")
    for lower, upper in (("lsl", "usl"), ("min", "max")):
        if lower in present and upper in present and spec[lower] >= spec[upper] and lower not in named:
            yield Fault(f"spec.{lower}", f"must be less than {NAMES[upper][0]}", f"必须小于{NAMES[upper][1]}")


def _of_text(spec: Fields) -> Iterator[Fault]:
    if "enum" in spec and "pattern" in spec:
        yield Fault("spec.pattern", "either values or a pattern, not both", "可选值与格式只能填一个")
    if spec.get("pattern") is not None:
        try:
            pattern(spec["pattern"])
        except ValueError as fault:
            yield Fault(
                "spec.pattern", f"is no pattern we can match in bounded time: {fault}", f"不是可限时匹配的格式：{fault}"
            )
    values = spec.get("enum") or []
    if len(set(values)) != len(values):
        yield Fault("spec.enum", "a value stands twice", "有重复的值")


def _of_alarm(item: Definition) -> Iterator[Fault]:
    alarm, spec = item.alarm, item.spec or {}
    if alarm is None:
        return
    if item.data_type == "JSON":
        yield Fault("alarm", "a JSON item is not judged, so it cannot alarm", "JSON 类型不判定，不能报警")
    limits = [name for name in ("min", "max") if alarm.get(name) is not None]
    if item.data_type != "NUMBER":
        for name in limits:
            yield Fault(f"alarm.{name}", "goes only with NUMBER", "只适用于 NUMBER 类型")
        return
    if len(limits) == 2 and alarm["min"] >= alarm["max"]:
        yield Fault("alarm.min", "must be less than the upper alarm limit", "必须小于报警上限")
    if not limits and not any(spec.get(name) is not None for name in ("min", "lsl", "usl", "max")):
        yield Fault("alarm", "a NUMBER without any limit cannot alarm", "没有任何限值的数值不能报警")
