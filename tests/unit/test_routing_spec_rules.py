"""The field rules of a collection item, each with the path that the page marks (spec 01.8)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fiducial.routing.patterns import pattern
from fiducial.routing.spec_rules import Definition, faults_of, normal_trigger_rule


def paths(data_type: str = "NUMBER", **more: Any) -> list[str]:
    whole = {"method": "MANUAL", "trigger_type": "EVENT", "trigger_rule": None, "spec": None, "alarm": None} | more
    return [fault.path for fault in faults_of(Definition(data_type=data_type, **whole))]


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ({"min": 0, "lsl": 1, "target": 2, "usl": 3, "max": 4}, []),
        ({"min": 1, "lsl": 1, "target": 1, "usl": 2, "max": 2}, []),
        ({"lsl": 2, "usl": 1}, ["spec.lsl"]),
        ({"lsl": 1, "usl": 1}, ["spec.lsl"]),
        ({"min": 1, "max": 1}, ["spec.min"]),
        ({"min": 5, "max": 1}, ["spec.min"]),
        ({"min": 2, "lsl": 1}, ["spec.min"]),
        ({"lsl": 3, "target": 2, "usl": 4}, ["spec.lsl"]),
        ({"target": 3, "usl": 2}, ["spec.target"]),
        ({"usl": 5, "max": 4}, ["spec.usl"]),
        ({"min": 3, "max": 2, "lsl": 0, "usl": 9}, ["spec.min", "spec.usl"]),
        ({"pattern": "a"}, ["spec.pattern"]),
        ({"expected": True}, ["spec.expected"]),
    ],
)
def test_limits_of_a_number_stand_in_order(spec: dict[str, Any], wrong: list[str]) -> None:
    assert paths(spec=spec) == wrong


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        (None, []),
        ({"enum": ["A", "B"]}, []),
        ({"pattern": r"[A-Z]{2}\d{4}"}, []),
        ({"enum": ["A", "A"]}, ["spec.enum"]),
        ({"enum": ["A"], "pattern": "A"}, ["spec.pattern"]),
        ({"pattern": "("}, ["spec.pattern"]),
        ({"pattern": r"(a)\1"}, ["spec.pattern"]),
        ({"pattern": "(?=a)"}, ["spec.pattern"]),
        ({"pattern": "a)|(b"}, ["spec.pattern"]),
        ({"pattern": r"(\w{1000}){1000}"}, ["spec.pattern"]),
        ({"lsl": 1}, ["spec.lsl"]),
    ],
)
def test_a_text_has_values_or_a_pattern_that_we_can_match(spec: dict[str, Any] | None, wrong: list[str]) -> None:
    assert paths("TEXT", spec=spec) == wrong


def test_a_yes_or_no_may_have_an_expected_answer_and_json_has_nothing() -> None:
    assert paths("BOOLEAN", spec={"expected": False}) == []
    assert paths("BOOLEAN", spec={"min": 1}) == ["spec.min"]
    assert paths("JSON") == []
    assert paths("JSON", spec={"unit": "mm"}) == ["spec.unit"]


@pytest.mark.parametrize(
    ("data_type", "spec", "alarm", "wrong"),
    [
        ("NUMBER", {"usl": 1}, {"action": "HOLD"}, []),
        ("NUMBER", None, {"action": "HOLD", "max": 3}, []),
        ("NUMBER", None, {"action": "HOLD", "min": 1, "max": 3}, []),
        ("NUMBER", None, {"action": "HOLD"}, ["alarm"]),
        ("NUMBER", {"target": 5, "unit": "mm"}, {"action": "ALARM_ONLY"}, ["alarm"]),
        ("NUMBER", None, {"action": "HOLD", "min": 3, "max": 3}, ["alarm.min"]),
        ("TEXT", {"enum": ["A"]}, {"action": "HOLD"}, []),
        ("TEXT", {"enum": ["A"]}, {"action": "HOLD", "min": 1}, ["alarm.min"]),
        ("BOOLEAN", {"expected": True}, {"action": "ALARM_ONLY"}, []),
        ("BOOLEAN", {"expected": True}, {"action": "ALARM_ONLY", "max": 1}, ["alarm.max"]),
        ("JSON", None, {"action": "HOLD"}, ["alarm"]),
    ],
)
def test_an_alarm_needs_something_to_alarm_by(data_type: str, spec: Any, alarm: Any, wrong: list[str]) -> None:
    assert paths(data_type, spec=spec, alarm=alarm) == wrong


@pytest.mark.parametrize(
    ("trigger", "rule", "method", "wrong"),
    [
        ("EVENT", None, "MANUAL", []),
        ("EVENT", {"event": "TRACK_IN"}, "MANUAL", []),
        ("EVENT", {"everyMinutes": 5}, "MANUAL", ["triggerRule.everyMinutes"]),
        ("TIME", {"everyMinutes": 5}, "MANUAL", []),
        ("TIME", None, "MANUAL", ["triggerRule.everyMinutes"]),
        ("TIME", {"everyMinutes": 5, "event": "TRACK_IN"}, "MANUAL", ["triggerRule.event"]),
        ("EACH_UNIT", None, "MANUAL", []),
        ("EACH_UNIT", {"event": "TRACK_IN"}, "MANUAL", ["triggerRule.event"]),
        ("EACH_CARRIER", None, "AUTO", []),
        ("EACH_CARRIER", None, "MANUAL", ["triggerType"]),
    ],
)
def test_a_trigger_has_its_own_rule(trigger: str, rule: Any, method: str, wrong: list[str]) -> None:
    assert paths(trigger_type=trigger, trigger_rule=rule, method=method) == wrong


def test_an_event_that_names_none_means_the_track_out() -> None:
    assert normal_trigger_rule("EVENT", None) == {"event": "TRACK_OUT"}
    assert normal_trigger_rule("EVENT", {"event": "TRACK_IN"}) == {"event": "TRACK_IN"}
    assert normal_trigger_rule("EACH_UNIT", None) is None


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        (r"\d{4}", "1234", True),
        (r"\d{4}", "12345", False),
        (r"\d{4}", "1234\n", False),
        ("a|ab", "ab", True),
        ("", "x", False),
        (r"料-\w+", "料-A1", True),
    ],
)
def test_a_pattern_matches_the_whole_value_or_not_at_all(text: str, value: str, expected: bool) -> None:
    assert pattern(text).matches(value) is expected


def test_no_pattern_can_stop_a_line() -> None:
    began = time.perf_counter()
    assert not pattern("(a+)+(a|a)*").matches("a" * 50_000 + "!")
    assert time.perf_counter() - began < 1
