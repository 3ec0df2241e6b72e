"""What a collected value is worth (spec 05.7): its type, its judgement against the frozen limits, its alarm. Pure functions.

A value is judged by the spec as it was frozen in the route, never by the spec as it is now.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fiducial.kit.columns import canonical
from fiducial.kit.refusals import Said
from fiducial.routing.frozen import FrozenSpec, FrozenStep
from fiducial.routing.patterns import pattern

PASS, FAIL, NA = "PASS", "FAIL", "NA"
LARGEST_NUMBER = 1e15
FIELD_OF = {"NUMBER": "valueNumber", "TEXT": "valueText", "BOOLEAN": "valueBoolean", "JSON": "valueJson"}
ASKED_AT_TRACK_OUT = frozenset({"EACH_UNIT", "EVENT"})


TOO_LARGE = Said(zh="绝对值不得超过 1e15", en="must be at most 1e15 in size")


class Unfit(ValueError):
    """The value does not fit its spec; the text is the reason that stands in `details.specs[].reason`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower and upper limit, inclusive; None is no limit."""

    lower: float | None
    upper: float | None

    def __bool__(self) -> bool:
        return self.lower is not None or self.upper is not None

    def hold(self, value: float) -> bool:
        """Tell whether the value lies inside."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    @property
    def stored(self) -> str | None:
        """Give the limits as they are kept with each value; None without limits."""
        return canonical({"min": self.lower, "max": self.upper}).decode() if self else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as it will be stored."""

    spec: FrozenSpec
    value: Any
    judge: str
    alarmed: bool
    limits: str | None
    unit: str | None

    @property
    def holds_the_unit(self) -> bool:
        """Tell whether this value sends the unit to quality (`alarm.action` HOLD)."""
        return self.alarmed and self.spec.alarm is not None and self.spec.alarm.get("action") == "HOLD"


def limits_of(spec: FrozenSpec) -> Limits:
    """Give the limits a NUMBER is judged by: `lsl`/`usl`, else `min`/`max`."""
    rules = spec.spec or {}
    return Limits(_first(rules, "lsl", "min"), _first(rules, "usl", "max"))


def alarm_limits_of(spec: FrozenSpec) -> Limits:
    """Give the limits a NUMBER alarms outside of: those of the alarm, or the spec's own when the alarm has none."""
    alarm = spec.alarm or {}
    own = Limits(_first(alarm, "min"), _first(alarm, "max"))
    return own or limits_of(spec)


def _first(rules: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = rules.get(name)
        if value is not None:
            return float(value)
    return None


def typed(spec: FrozenSpec, given: Mapping[str, Any]) -> Any:
    """Give the value of a spec from the value fields that were sent (`valueNumber` …); raises `Unfit`.

    The wrong field, a second field or none is as unfit as a bad value.
    """
    wanted = FIELD_OF[spec.data_type]
    sent = [name for name in given if name in FIELD_OF.values()]
    if not sent:
        raise Unfit(Said(zh=f"缺少 {wanted}", en=f"{wanted} is missing"))
    if sent != [wanted]:
        raise Unfit(
            Said(
                zh=f"只应填写 {wanted}，而不是 {'、'.join(sent)}", en=f"{wanted} alone is wanted, not {', '.join(sent)}"
            )
        )
    return _CHECKS[spec.data_type](given[wanted])


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(Said(zh="必须是数字", en="must be a number"))
    try:
        number = float(value)
    except OverflowError:
        raise Unfit(TOO_LARGE) from None
    if not math.isfinite(number):
        raise Unfit(Said(zh="必须是有限的数字", en="must be finite"))
    if abs(number) > LARGEST_NUMBER:
        raise Unfit(TOO_LARGE)
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unfit(Said(zh="不能为空白", en="must not be blank"))
    return value.strip()


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(Said(zh="必须是 true 或 false", en="must be true or false"))
    return value


def _json(value: Any) -> Any:
    if value is None:
        raise Unfit(Said(zh="不能为 null", en="must not be null"))
    return value


_CHECKS = {"NUMBER": _number, "TEXT": _text, "BOOLEAN": _boolean, "JSON": _json}


def judge(spec: FrozenSpec, value: Any) -> str:
    """Give PASS, FAIL or NA of a typed value; limits are inclusive, a pattern must match in full."""
    rules = spec.spec or {}
    if spec.data_type == "NUMBER":
        limits = limits_of(spec)
        return _said(limits.hold(value)) if limits else NA
    if spec.data_type == "TEXT":
        if rules.get("enum"):
            return _said(value in rules["enum"])
        if rules.get("pattern"):
            return _said(pattern(rules["pattern"]).matches(value))
        return NA
    if spec.data_type == "BOOLEAN" and rules.get("expected") is not None:
        return _said(value is rules["expected"])
    return NA


def _said(holds: bool) -> str:  # noqa: FBT001 - the answer itself, not a switch
    return PASS if holds else FAIL


def alarms(spec: FrozenSpec, value: Any, judged: str) -> bool:
    """Tell whether the value alarms: a NUMBER outside the alarm limits; TEXT and BOOLEAN when judged FAIL."""
    if not spec.alarm or not spec.alarm.get("action"):
        return False
    if spec.data_type == "NUMBER":
        return not alarm_limits_of(spec).hold(value)
    return judged == FAIL


def read(spec: FrozenSpec, given: Mapping[str, Any]) -> Reading:
    """Give what is stored of a value that was sent; raises `Unfit`."""
    value = typed(spec, given)
    judged = judge(spec, value)
    limits = limits_of(spec).stored if spec.data_type == "NUMBER" else None
    unit = (spec.spec or {}).get("unit")
    return Reading(spec, value, judged, alarms(spec, value, judged), limits, unit)


def asked_at_track_out(spec: FrozenSpec) -> bool:
    """Tell whether a PASS must carry this spec unless it is stored already (`requiredNow`, spec 05.7)."""
    if not spec.is_required or spec.trigger_type not in ASKED_AT_TRACK_OUT:
        return False
    return spec.trigger_type == "EACH_UNIT" or (spec.trigger_rule or {}).get("event") in (None, "TRACK_OUT")


def required_at_track_out(step: FrozenStep, *, stored: Iterable[str] = ()) -> list[FrozenSpec]:
    """Give the specs of a step that a PASS must carry; those `stored` (by spec id) for this track are there already."""
    there = frozenset(stored)
    return [spec for spec in step.specs if asked_at_track_out(spec) and spec.id not in there]
