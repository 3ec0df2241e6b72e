"""Which scope speaks for a step (spec 01.6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.routing.merge import (
    DEFAULT,
    FALSE_WHEN_UNSAID,
    FIELDS,
    OPERATION_TYPE,
    SCOPES,
    STEP_FIELD,
    Chosen,
    OwnFields,
    merge,
)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "stationType": st.sampled_from(["MANUAL", "AUTO", "BATCH", "TEST"]),
    "stationGroupCode": st.sampled_from(["G1", "G2"]),
    "allowedStationCodes": st.lists(st.sampled_from(["S1", "S2", "S3"]), max_size=2),
    "requiresFAI": st.booleans(),
    "requiresAuthorization": st.booleans(),
    "dataSpecIds": st.lists(st.sampled_from(["a", "b"]), max_size=2),
}
layer = st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in VALUES.items()})
layers = st.fixed_dictionaries({}, optional=dict.fromkeys(SCOPES, layer))
own_fields = st.builds(
    OwnFields, st.none() | VALUES["stationType"], st.none() | VALUES["stationGroupCode"], st.booleans(), st.none() | VALUES["stationType"]
)  # fmt: skip


@given(layers, own_fields)
def test_the_nearest_scope_that_says_anything_wins(said: dict[str, dict[str, Any]], own: OwnFields) -> None:
    merged = merge(said, own)
    assert set(merged) == set(FIELDS)
    for name, chosen in merged.items():
        speaking = [scope for scope in SCOPES if said.get(scope, {}).get(name) is not None]
        if speaking:
            assert chosen == Chosen(said[speaking[0]][name], speaking[0])
        else:
            assert chosen.scope not in SCOPES


@given(layers, own_fields, st.sampled_from(SCOPES))
def test_a_scope_that_says_nothing_changes_nothing(
    said: dict[str, dict[str, Any]], own: OwnFields, silent: str
) -> None:
    without = {scope: fields for scope, fields in said.items() if scope != silent}
    assert merge(without, own) == merge({**without, silent: dict.fromkeys(FIELDS)}, own)


@given(own_fields)
def test_where_no_config_speaks_the_step_and_its_operation_do(own: OwnFields) -> None:
    merged = merge({}, own)
    if own.station_type is not None:
        assert merged["stationType"] == Chosen(own.station_type, STEP_FIELD)
    elif own.default_type is not None:
        assert merged["stationType"] == Chosen(own.default_type, OPERATION_TYPE)
    else:
        assert merged["stationType"] == Chosen(None, None)
    assert merged["requiresFAI"] == (Chosen(True, STEP_FIELD) if own.requires_fai else Chosen(False, DEFAULT))


def test_an_empty_list_is_a_value_and_stops_the_search() -> None:
    merged = merge({"STEP": {"dataSpecIds": []}, "OPERATION": {"dataSpecIds": ["a"]}}, OwnFields())
    assert merged["dataSpecIds"] == Chosen([], "STEP")


def test_false_is_a_value_and_overrules_a_farther_true() -> None:
    merged = merge({"STEP": {"requiresFAI": False}, "GLOBAL": {"requiresFAI": True}}, OwnFields(requires_fai=True))
    assert merged["requiresFAI"] == Chosen(False, "STEP")


def test_group_and_stations_may_come_from_different_scopes_and_both_apply() -> None:
    merged = merge({"STEP": {"allowedStationCodes": ["S1"]}, "ROUTE": {"stationGroupCode": "G1"}}, OwnFields())
    assert merged["allowedStationCodes"] == Chosen(["S1"], "STEP")
    assert merged["stationGroupCode"] == Chosen("G1", "ROUTE")


@pytest.mark.parametrize("name", FALSE_WHEN_UNSAID)
def test_what_nobody_requires_is_not_required(name: str) -> None:
    assert merge({}, OwnFields())[name] == Chosen(False, DEFAULT)
