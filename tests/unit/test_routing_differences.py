"""What stands in the window that compares two versions: every difference once, in words, nothing that did not change."""

from __future__ import annotations

from typing import Any

import pytest

from fiducial.kit.text import use_language
from fiducial.routing.differences import Line, lines_of


def told(path: str, before: Any, after: Any) -> list[tuple[str, str | None, str | None]]:
    with use_language("en"):
        return [
            (line.label, line.before, line.after)
            for line in lines_of([{"path": path, "before": before, "after": after}])
        ]


def item(key: str, name: str, **more: Any) -> dict[str, Any]:
    plain = {"id": key, "revision": 1, "name": name, "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
             "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": 1, "usl": 2.5}, "alarm": None, "isRequired": False}  # fmt: skip
    return plain | more


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("stationType", "MANUAL", "AUTO", [("Station type", "By hand", "Automatic")]),
        ("requiresFAI", False, True, [("First article", "No", "Yes")]),
        ("allowedStationCodes", [], ["S-1", "S-2"], [("Only these stations", None, "S-1, S-2")]),
        ("requiredTools", None, {"fixtureTypes": ["ICT_JIG"], "min": 2},
         [("Required tools: fixtureTypes", None, "ICT_JIG"), ("Required tools: min", None, "2")]),
        ("options", {"faiTrialPolicy": "REQUIRED"}, {"faiTrialPolicy": "OPTIONAL"}, [("First article trial", "REQUIRED", "OPTIONAL")]),
        ("ingestMapping", {"result": {"path": "a"}}, {"result": {"path": "b"}}, [("Machine mapping: result.path", "a", "b")]),
        ("productCode", None, "P-1", [("Product", None, "P-1")]),
        ("dataSpecIds", ["x"], ["y"], []),
        ("faiTemplate", None, {"code": "T", "revision": 3, "items": [{"seq": 1, "itemName": "Look", "itemSpec": "no scratch"}]},
         [("First article template", None, "T (revision 3)"), ("First article template: 1", None, "Look · no scratch")]),
    ],
)  # fmt: skip
def test_a_field_is_told_by_its_name_and_in_words(path: str, before: Any, after: Any, expected: list[Any]) -> None:
    assert told(path, before, after) == expected


def test_a_collection_item_is_told_limit_by_limit() -> None:
    before = [item("1", "Height"), item("2", "Look")]
    after = [
        item("1", "Height", revision=2, spec={"lsl": 1, "usl": 2}, alarm={"action": "HOLD"}, isRequired=True),
        item("3", "Colour"),
    ]
    assert told("dataSpecs", before, after) == [
        ("Height: Upper spec limit", "2.5", "2"),
        ("Height: Alarm", None, "Hold the unit"),
        ("Height: Required", "No", "Yes"),
        ("Collection item", "Look", None),
        ("Collection item", None, "Colour"),
    ]


def test_an_item_that_was_renamed_is_the_same_item() -> None:
    assert told("dataSpecs", [item("1", "Height")], [item("1", "Paste height")]) == [
        ("Paste height: Name shown", "Height", "Paste height")
    ]


def test_what_did_not_change_is_not_told() -> None:
    assert lines_of([]) == list[Line]()
    assert told("dataSpecs", [item("1", "Height")], [item("1", "Height", revision=2)]) == []
