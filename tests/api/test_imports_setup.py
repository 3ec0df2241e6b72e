"""Mappings, work centres and collection items filled from spreadsheets (spec 01.3, 01.8)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from tests.api.plant import Plant
from tests.api.test_imports import faults_of, filled_with, shown, take
from tests.api.uploads import csv_of

from fiducial.plant.tables import work_centers

MAPPING = ("sourceSystem", "sourceProcessKey", "sourceProcessName", "operationCode")
SPEC = (
    "operationCode", "name", "itemType", "dataType", "method", "triggerType", "event", "everyMinutes", "unit", "decimals",
    "lsl", "target", "usl", "enum", "pattern", "expected", "alarmAction", "alarmMin", "alarmMax", "isRequired",
)  # fmt: skip


def spec(name: str, data_type: str = "NUMBER", **cells: Any) -> tuple[Any, ...]:
    """One row: an item a person records at track-out, but for the cells that are named."""
    row = {
        "operationCode": "PRINT-OP", "name": name, "itemType": "KEY", "dataType": data_type, "method": "MANUAL",
        "triggerType": "EVENT",
    } | cells  # fmt: skip
    return tuple(row.get(column, "") for column in SPEC)


def outcomes(done: Any) -> dict[str, int]:
    return {name: count for name, count in done["outcomes"].items() if count}


def specs(plant: Plant) -> dict[str, Any]:
    return {one["name"]: one for one in plant.api.as_("engineer").get("/api/data-collection-specs").must()["items"]}


def center(plant: Plant, code: str, department: str | None = None) -> None:
    values = {
        "code": code,
        "name": code,
        "source_system": "ERP",
        "department_code": department,
        "created_at": 1,
        "updated_at": 1,
    }
    plant.sql(insert(work_centers).values(id=abs(hash(code)) % 10**9, **values))


def groups_of(plant: Plant) -> dict[str, str | None]:
    items = plant.api.as_("engineer").get("/api/work-centers").must()["items"]
    return {item["code"]: item["stationGroupCode"] for item in items}


# ---- mappings -------------------------------------------------------------------------------------------------------


def test_mappings_are_made_changed_and_come_back_as_they_went(plant: Plant) -> None:
    plant.operation("PRINT-OP", kind="PRINT")
    plant.operation("AOI-OP", kind="AOI")
    rows = csv_of(MAPPING, ("ERP", "P10", "印刷", "PRINT-OP"), ("ERP", "P20", "", "PRINT-OP"))
    assert outcomes(filled_with(plant, rows, "operation-mappings")) == {"created": 2}
    back = plant.api.as_("engineer").get("/api/exports/operation-mappings", format="csv").text.encode()
    assert outcomes(filled_with(plant, back, "operation-mappings")) == {"unchanged": 2}
    changed = csv_of(MAPPING, ("ERP", "P10", "", "PRINT-OP"), ("ERP", "P20", "检查", "AOI-OP"))
    assert outcomes(filled_with(plant, changed, "operation-mappings")) == {"updated": 1, "unchanged": 1}
    found = plant.api.as_("engineer").get("/api/operation-mappings").must()["items"]
    assert [(one["sourceProcessKey"], one["sourceProcessName"], one["operationCode"]) for one in found] == [
        ("P10", "印刷", "PRINT-OP"), ("P20", "检查", "AOI-OP"),
    ]  # fmt: skip
    assert plant.audit(action="OPERATION_MAPPING_UPDATE")
    assert len(plant.audit(action="OPERATION_MAPPING_CREATE")) == 2


def test_a_mapping_to_no_operation_or_that_stands_twice_is_told_and_only_an_engineer_fills_the_list(
    plant: Plant,
) -> None:
    plant.operation("PRINT-OP", kind="PRINT")
    rows = csv_of(
        MAPPING,
        ("ERP", "P10", "", "NO-OP"),
        ("ERP", "P20", "", "PRINT-OP"),
        ("ERP", "P20", "", "PRINT-OP"),
        ("", "P30", "", "PRINT-OP"),
    )
    job = shown(plant.api.as_("engineer"), rows, "operation-mappings")
    assert (2, "operationCode") in faults_of(job)
    assert (5, "sourceSystem") in faults_of(job)
    assert {row for row, _column in faults_of(job)} == {2, 4, 5}, "the first of what stands twice is good"
    for name in ("operation-mappings", "work-centers", "data-specs"):
        assert plant.api.as_("operator").post(f"/api/imports/{name}").code == "FORBIDDEN"


# ---- work centres ---------------------------------------------------------------------------------------------------


def test_groups_are_suggested_for_work_centres_from_a_sheet_and_an_empty_cell_says_nothing(plant: Plant) -> None:
    for code in ("GROUP-A", "GROUP-B"):
        plant.group(code)
    center(plant, "WC-1", "D1")
    center(plant, "WC-2", "D1")
    center(plant, "WC-3")
    engineer = plant.api.as_("engineer")
    engineer.put(
        "/api/work-center-mappings", {"sourceSystem": "ERP", "sourceDepartment": "D1", "stationGroupCode": "GROUP-A"}
    ).must()
    near = {"sourceSystem": "ERP", "sourceWorkCenter": "WC-2", "sourceDepartment": "D1", "stationGroupCode": "GROUP-A"}
    engineer.put("/api/work-center-mappings", near).must()
    rows = csv_of(("code", "stationGroupCode"), ("WC-1", "GROUP-A"), ("WC-2", "GROUP-B"), ("WC-3", "GROUP-B"))
    assert outcomes(filled_with(plant, rows, "work-centers")) == {"unchanged": 1, "updated": 1, "created": 1}
    assert groups_of(plant) == {"WC-1": "GROUP-A", "WC-2": "GROUP-B", "WC-3": "GROUP-B"}
    back = engineer.get("/api/exports/work-centers", format="csv").text.encode()
    assert outcomes(filled_with(plant, back, "work-centers")) == {"unchanged": 3}
    silent = csv_of(("code", "stationGroupCode"), ("WC-1", ""))
    assert outcomes(filled_with(plant, silent, "work-centers")) == {"unchanged": 1}
    assert groups_of(plant)["WC-1"] == "GROUP-A"


def test_a_work_centre_or_group_that_is_not_there_is_told(plant: Plant) -> None:
    plant.group("GROUP-A")
    center(plant, "WC-1")
    rows = csv_of(("code", "stationGroupCode"), ("WC-9", "GROUP-A"), ("WC-1", "NOWHERE"))
    assert faults_of(shown(plant.api.as_("engineer"), rows, "work-centers")) == [(2, "code"), (3, "stationGroupCode")]


# ---- collection items -----------------------------------------------------------------------------------------------


def test_collection_items_of_every_kind_come_from_a_sheet_and_come_back_as_they_went(plant: Plant) -> None:
    plant.operation("PRINT-OP", kind="PRINT")
    rows = csv_of(
        SPEC,
        spec("Thickness", unit="um", decimals=1, lsl=100, target=120, usl=150, alarmAction="HOLD", isRequired="yes", event="TRACK_IN"),
        spec("Colour", "TEXT", enum="green；blue"), spec("Serial", "TEXT", pattern="[A-Z]{3}"),
        spec("Clean", "BOOLEAN", expected="no", alarmAction="ALARM_ONLY"), spec("Raw", "JSON", method="AUTO", triggerType="EACH_UNIT"),
        spec("Room", triggerType="TIME", everyMinutes=60, alarmAction="ALARM_ONLY", alarmMin=18, alarmMax=26),
    )  # fmt: skip
    assert outcomes(filled_with(plant, rows, "data-specs")) == {"created": 6}
    found = specs(plant)
    thick = found["Thickness"]
    assert (thick["spec"], thick["alarm"], thick["triggerRule"]) == (
        {"unit": "um", "decimals": 1, "lsl": 100, "target": 120, "usl": 150}, {"action": "HOLD"}, {"event": "TRACK_IN"},
    )  # fmt: skip
    assert (thick["isRequired"], found["Colour"]["spec"], found["Clean"]["spec"]) == (
        True, {"enum": ["green", "blue"]}, {"expected": False},
    )  # fmt: skip
    assert (found["Room"]["triggerRule"], found["Room"]["alarm"]) == (
        {"everyMinutes": 60}, {"action": "ALARM_ONLY", "min": 18, "max": 26},
    )  # fmt: skip
    assert outcomes(filled_with(plant, rows, "data-specs")) == {"unchanged": 6}
    for language in ("zh-CN", "en"):
        there = plant.api.as_("engineer").with_headers(accept_language=language)
        back = there.get("/api/exports/data-specs", format="csv").text.encode()
        assert outcomes(filled_with(plant, back, "data-specs")) == {"unchanged": 6}
    assert {one["revision"] for one in specs(plant).values()} == {1}
    assert len(plant.audit(action="DATA_SPEC_CREATE")) == 6


def test_a_row_of_an_item_changes_what_it_fills_and_what_belonged_to_another_type_goes(plant: Plant) -> None:
    plant.operation("PRINT-OP", kind="PRINT")
    filled_with(
        plant,
        csv_of(
            SPEC, spec("Thickness", unit="um", lsl=100, usl=150, alarmAction="HOLD"), spec("Note", "TEXT", enum="a；b")
        ),
        "data-specs",
    )
    done = filled_with(
        plant, csv_of(SPEC, spec("Thickness", usl=160), spec("Note", "TEXT", pattern="[a-z]")), "data-specs"
    )
    assert outcomes(done) == {"updated": 2}
    found = specs(plant)
    assert (found["Thickness"]["spec"], found["Thickness"]["revision"]) == ({"unit": "um", "lsl": 100, "usl": 160}, 2)
    assert (found["Thickness"]["alarm"], found["Note"]["spec"]) == ({"action": "HOLD"}, {"pattern": "[a-z]"})
    filled_with(plant, csv_of(SPEC, spec("Thickness", "TEXT", triggerType="EACH_UNIT")), "data-specs")
    other = specs(plant)["Thickness"]
    assert (other["dataType"], other["spec"], other["alarm"], other["triggerRule"]) == ("TEXT", None, None, None)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (spec("X", operationCode="NO-OP"), "operationCode"),
        (spec("X", lsl=150, usl=100), "lsl"),
        (spec("X", lsl=100, target=90), "lsl"),
        (spec("X", alarmAction="HOLD"), "alarmAction"),
        (spec("X", lsl=1, alarmMin=1), "alarmAction"),
        (spec("X", lsl=1, alarmAction="HOLD", alarmMin=5, alarmMax=2), "alarmMin"),
        (spec("X", "TEXT", lsl=1), "lsl"),
        (spec("X", "TEXT", enum="a", pattern="a"), "pattern"),
        (spec("X", "TEXT", pattern="("), "pattern"),
        (spec("X", "TEXT", enum="a；a"), "enum"),
        (spec("X", "JSON", method="AUTO", alarmAction="HOLD"), "alarmAction"),
        (spec("X", triggerType="TIME"), "everyMinutes"),
        (spec("X", everyMinutes=5), "everyMinutes"),
        (spec("X", triggerType="EACH_CARRIER"), "triggerType"),
        (spec("X", everyMinutes=99_999, triggerType="TIME"), "everyMinutes"),
        (spec("X", decimals=7), "decimals"),
        (spec("X", "COLOUR"), "dataType"),
        (spec("there"), "name"),
    ],
)
def test_a_row_that_breaks_a_rule_of_collection_items_is_told_at_its_cell(
    plant: Plant, row: tuple[Any, ...], column: str
) -> None:
    plant.operation("PRINT-OP", kind="PRINT")
    filled_with(plant, csv_of(SPEC, spec("There")), "data-specs")
    job = shown(plant.api.as_("engineer"), csv_of(SPEC, row), "data-specs")
    assert faults_of(job) == [(2, column)], job["faults"]
    assert take(plant.api.as_("engineer"), job).code == "IMPORT_HAS_FAULTS"
    assert list(specs(plant)) == ["There"]
