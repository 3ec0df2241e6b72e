"""What a collected value is worth: type, judgement, alarm (spec 05.7)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.execution.values import (
    FAIL,
    FIELD_OF,
    NA,
    PASS,
    Unfit,
    alarm_limits_of,
    alarms,
    asked_at_track_out,
    judge,
    limits_of,
    read,
    required_at_track_out,
    typed,
)
from fiducial.routing.frozen import FrozenSpec, FrozenStep

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


def spec(data_type: str = "NUMBER", rules: dict[str, Any] | None = None, **more: Any) -> FrozenSpec:
    given: dict[str, Any] = {
        "id": "spec-1", "revision": 1, "name": "Temp", "item_type": "KEY", "data_type": data_type, "method": "MANUAL",
        "trigger_type": "EACH_UNIT", "trigger_rule": None, "spec": rules, "alarm": None, "is_required": True,
    }  # fmt: skip
    return FrozenSpec(**(given | more))


# Type


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("NUMBER", 3.5),
        ("NUMBER", 0),
        ("NUMBER", -1e15),
        ("TEXT", "ok"),
        ("BOOLEAN", False),
        ("JSON", {"a": [1]}),
        ("JSON", 0),
    ],
)
def test_a_value_of_its_own_type_is_taken(data_type: str, value: Any) -> None:
    assert typed(spec(data_type), {FIELD_OF[data_type]: value}) == value


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("NUMBER", True), ("NUMBER", "3"), ("NUMBER", math.inf), ("NUMBER", math.nan), ("NUMBER", 1.0001e15), ("NUMBER", 10**400),
        ("TEXT", ""), ("TEXT", "   "), ("TEXT", 3), ("BOOLEAN", 1), ("BOOLEAN", "true"), ("JSON", None),
    ],
)  # fmt: skip
def test_a_value_of_another_type_does_not_fit(data_type: str, value: Any) -> None:
    with pytest.raises(Unfit):
        typed(spec(data_type), {FIELD_OF[data_type]: value})


@given(st.sampled_from(sorted(FIELD_OF)), st.sets(st.sampled_from(sorted(FIELD_OF.values()))))
def test_only_the_one_right_field_is_taken(data_type: str, fields: set[str]) -> None:
    good = {"valueNumber": 1.0, "valueText": "x", "valueBoolean": True, "valueJson": [1]}
    sent = {name: good[name] for name in fields}
    if fields == {FIELD_OF[data_type]}:
        assert typed(spec(data_type), sent) == good[FIELD_OF[data_type]]
    else:
        with pytest.raises(Unfit):
            typed(spec(data_type), sent)


# Judge


@given(finite, finite, finite)
def test_a_number_passes_exactly_inside_its_limits(low: float, high: float, value: float) -> None:
    low, high = sorted((low, high))
    judged = judge(spec(rules={"lsl": low, "usl": high}), value)
    assert judged == (PASS if low <= value <= high else FAIL)


@given(finite, finite)
def test_the_limits_themselves_are_inside(low: float, high: float) -> None:
    low, high = sorted((low, high))
    item = spec(rules={"lsl": low, "usl": high})
    assert judge(item, low) == judge(item, high) == PASS


def test_specification_limits_come_before_the_widest_ones() -> None:
    item = spec(rules={"min": 0, "lsl": 10, "usl": 20, "max": 100})
    assert (limits_of(item).lower, limits_of(item).upper) == (10.0, 20.0)
    assert judge(item, 50) == FAIL
    assert judge(spec(rules={"min": 0, "max": 100}), 50) == PASS


def test_a_limit_of_zero_is_a_limit() -> None:
    assert judge(spec(rules={"lsl": 0}), -0.1) == FAIL
    assert judge(spec(rules={"usl": 0}), 0.1) == FAIL


@given(finite)
def test_a_number_without_limits_is_not_judged(value: float) -> None:
    assert judge(spec(), value) == NA
    assert judge(spec(rules={"unit": "℃", "target": 5}), value) == NA


def test_text_is_judged_by_its_words_or_its_pattern_in_full() -> None:
    words = spec("TEXT", {"enum": ["OK", "NG"]})
    assert (judge(words, "OK"), judge(words, "ok")) == (PASS, FAIL)
    shape = spec("TEXT", {"pattern": r"[A-Z]{2}\d+"})
    assert (judge(shape, "AB12"), judge(shape, "AB12x"), judge(shape, "xAB12")) == (PASS, FAIL, FAIL)
    assert judge(spec("TEXT"), "anything") == NA


def test_yes_and_no_are_judged_by_what_is_expected() -> None:
    assert judge(spec("BOOLEAN", {"expected": False}), value=False) == PASS
    assert judge(spec("BOOLEAN", {"expected": False}), value=True) == FAIL
    assert judge(spec("BOOLEAN"), value=False) == NA
    assert judge(spec("JSON"), {"a": 1}) == NA


# Alarm


def test_without_an_alarm_nothing_alarms() -> None:
    item = spec(rules={"lsl": 0, "usl": 1})
    assert not alarms(item, 9, judge(item, 9))


def test_alarm_limits_are_their_own_or_those_of_the_spec() -> None:
    own = spec(rules={"lsl": 0, "usl": 100}, alarm={"action": "ALARM_ONLY", "max": 80})
    assert alarms(own, 81, PASS)
    assert not alarms(own, -5, FAIL), "the alarm has an upper limit only"
    inherited = spec(rules={"lsl": 0, "usl": 100}, alarm={"action": "ALARM_ONLY"})
    assert alarm_limits_of(inherited) == limits_of(inherited)
    assert alarms(inherited, 101, FAIL)
    assert not alarms(inherited, 100, PASS)


def test_text_and_yes_no_alarm_when_they_fail() -> None:
    item = spec("BOOLEAN", {"expected": True}, alarm={"action": "HOLD"})
    assert read(item, {"valueBoolean": False}).holds_the_unit
    assert not read(item, {"valueBoolean": True}).alarmed


def test_only_a_hold_alarm_holds_the_unit() -> None:
    rules = {"usl": 10}
    assert read(spec(rules=rules, alarm={"action": "HOLD"}), {"valueNumber": 11}).holds_the_unit
    assert not read(spec(rules=rules, alarm={"action": "ALARM_ONLY"}), {"valueNumber": 11}).holds_the_unit


def test_the_limits_used_are_kept_with_the_value() -> None:
    reading = read(spec(rules={"lsl": 1, "usl": 2, "unit": "mm"}), {"valueNumber": 1.5})
    assert (reading.limits, reading.unit, reading.judge) == ('{"max":2.0,"min":1.0}', "mm", PASS)


# What must be there


@pytest.mark.parametrize(
    ("trigger", "rule", "asked"),
    [
        ("EACH_UNIT", None, True), ("EVENT", None, True), ("EVENT", {}, True), ("EVENT", {"event": "TRACK_OUT"}, True),
        ("EVENT", {"event": "TRACK_IN"}, False), ("EACH_CARRIER", None, False), ("TIME", {"everyMinutes": 5}, False),
    ],
)  # fmt: skip
def test_a_unit_is_asked_for_what_belongs_to_it(trigger: str, rule: dict[str, Any] | None, asked: bool) -> None:
    assert asked_at_track_out(spec(trigger_type=trigger, trigger_rule=rule)) is asked
    assert not asked_at_track_out(spec(trigger_type=trigger, trigger_rule=rule, is_required=False))


def test_what_is_stored_already_is_not_asked_again() -> None:
    items = (spec(), spec(id="spec-2", name="Time"))
    step = FrozenStep(
        step_no=10, operation_code="P", operation_name="P", process_kind="OTHER", station_type="MANUAL", station_group_code=None,
        allowed_station_codes=frozenset(), requires_fai=False, specs=items, facts={},
    )  # fmt: skip
    assert [item.id for item in required_at_track_out(step)] == ["spec-1", "spec-2"]
    assert [item.id for item in required_at_track_out(step, stored=["spec-1"])] == ["spec-2"]
