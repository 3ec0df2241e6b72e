"""The tool register (spec 10.3): what a tool is, who blocks and releases it, its lives and its calibrations."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.tooling_floor import HOUR, Crib

from fiducial.kit import clock

pytestmark = pytest.mark.one_engine  # plain reads and guarded updates; races stand in test_tooling_races.py
DAY = 24 * HOUR


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


@pytest.mark.parametrize(
    ("kind", "more", "limit", "calibrated"),
    [
        ("STENCIL", {}, 60_000, False),
        ("SQUEEGEE", {"spec": "30 cm", "lengthMm": 300}, 100_000, False),
        ("FIXTURE", {"fixtureType": "WAVE_JIG", "material": "SYNTHETIC_STONE"}, 10_000, False),
        ("FIXTURE", {"fixtureType": "ICT_JIG", "material": "GLASS_FIBRE"}, 5_000, True),
        ("FIXTURE", {"fixtureType": "OTHER", "lifeLimit": 77}, 77, False),
    ],
)
def test_a_tool_of_each_kind_has_the_life_of_its_kind(
    crib: Crib, kind: str, more: dict[str, Any], limit: int, calibrated: bool
) -> None:
    tool = crib.tool_now(crib.tool(kind=kind, **more))
    assert (tool["lifeLimit"], tool["totalCount"], tool["status"], tool["lifeNo"]) == (limit, 0, "ACTIVE", 1)
    assert (tool["calibrationRequired"], tool["calibrationIntervalDays"]) == (calibrated, 30)
    assert tool["calibrationState"] == ("OVERDUE" if calibrated else "NONE")


def test_the_life_of_a_fixture_of_unknown_material_must_be_typed(crib: Crib) -> None:
    body = {"toolCode": "F", "kind": "FIXTURE", "name": "F", "fixtureType": "OTHER"}
    assert crib.engineer.post("/api/tools", body).field_paths == ["lifeLimit"]
    assert crib.engineer.post("/api/tools", {**body, "fixtureType": None}).field_paths == ["fixtureType"]


@pytest.mark.parametrize("body", [{"kind": "STENCIL", "lengthMm": 300}, {"kind": "SQUEEGEE", "minTension": 30}])
def test_a_field_of_another_kind_is_refused(crib: Crib, body: dict[str, Any]) -> None:
    refused = crib.engineer.post("/api/tools", {"toolCode": "T", "name": "T", **body})
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", [next(name for name in body if name != "kind")])


def test_nobody_types_a_total(crib: Crib) -> None:
    code = crib.tool()
    refused = crib.engineer.patch(f"/api/tools/{code}", {"totalCount": 5})
    assert (refused.status, refused.field_paths) == (422, ["totalCount"])


@pytest.mark.parametrize("code", ["STENCIL-1", "stencil-1"])
def test_codes_that_differ_only_in_case_are_one_too_many(crib: Crib, code: str) -> None:
    crib.tool("STENCIL-1")
    refused = crib.engineer.post("/api/tools", {"toolCode": code, "kind": "STENCIL", "name": "s"})
    assert (refused.status, refused.code, refused.details["existing"]) == (409, "TOOL_CODE_DUPLICATE", "STENCIL-1")


def test_the_opening_balance_is_corrected_only_with_a_reason(crib: Crib, plant: Plant) -> None:
    code = crib.tool(countBase=100)
    assert crib.engineer.patch(f"/api/tools/{code}", {"countBase": 200}).field_paths == ["reason"]
    tool = crib.engineer.patch(f"/api/tools/{code}", {"countBase": 200, "reason": "The paper said so"}).must()
    assert (tool["totalCount"], tool["countBase"]) == (200, 200)
    entry = plant.audit(action="TOOL_UPDATE")[0]
    assert entry["entityDisplay"] == code


def test_a_limit_moved_below_the_count_blocks_the_tool(crib: Crib) -> None:
    code = crib.tool(countBase=100)
    tool = crib.engineer.patch(f"/api/tools/{code}", {"lifeLimit": 100}).must()
    assert (tool["status"], tool["statusReason"], tool["lifePercent"]) == ("BLOCKED", "LIFE_REACHED", 100.0)


def test_a_tool_that_comes_used_up_is_blocked_at_once(crib: Crib) -> None:
    assert crib.tool_now(crib.tool(countBase=60_000))["status"] == "BLOCKED"


def test_an_update_on_old_ground_is_refused(crib: Crib) -> None:
    code = crib.tool()
    old = crib.tool_now(code)["updatedAt"]
    crib.engineer.patch(f"/api/tools/{code}", {"name": "first", "ifUpdatedAt": old}).must()
    assert crib.engineer.patch(f"/api/tools/{code}", {"name": "second", "ifUpdatedAt": old}).code == "STALE_UPDATE"


MOVES = [
    ("block", "ACTIVE", "BLOCKED"), ("release", "BLOCKED", "ACTIVE"), ("retire", "ACTIVE", "RETIRED"), ("retire", "BLOCKED", "RETIRED"),
]  # fmt: skip


@pytest.mark.parametrize("move", ["block", "release", "retire"])
@pytest.mark.parametrize("state", ["ACTIVE", "BLOCKED", "RETIRED"])
def test_a_tool_goes_only_where_its_state_lets_it(crib: Crib, plant: Plant, move: str, state: str) -> None:
    code = crib.tool()
    crib.set_tool(code, status=state)
    answer = crib.engineer.post(f"/api/tools/{code}/{move}", {"reason": "Because of this"})
    target = {(name, source): to for name, source, to in MOVES}.get((move, state))
    if target is None:
        assert (answer.status, answer.code, answer.details["status"]) == (409, "TOOL_STATUS_INVALID", state)
        return
    assert answer.must()["status"] == target
    entry = plant.audit(action=f"TOOL_{move.upper()}")[0]
    assert (entry["entityDisplay"], entry["reason"]) == (code, "Because of this")


def test_replacing_a_tool_begins_a_life_at_nothing_and_keeps_the_old_one(crib: Crib) -> None:
    code = crib.tool(countBase=60_000)
    tool = crib.engineer.post(f"/api/tools/{code}/replace", {"reason": "A new one came"}).must()
    assert (tool["totalCount"], tool["lifeNo"], tool["status"]) == (0, 2, "ACTIVE")
    assert [(life["lifeNo"], life["totalCount"], life["reason"], life["endedByName"]) for life in tool["lives"]] == [
        (1, 60_000, "A new one came", "李工艺")
    ]


def test_a_tool_blocked_by_a_person_stays_so_when_it_is_replaced_and_a_retired_one_is_not_replaced(crib: Crib) -> None:
    code = crib.tool()
    crib.engineer.post(f"/api/tools/{code}/block", {"reason": "It fell down"}).must()
    assert crib.engineer.post(f"/api/tools/{code}/replace", {"reason": "A new one"}).must()["status"] == "BLOCKED"
    crib.engineer.post(f"/api/tools/{code}/retire", {"reason": "Too old now"}).must()
    assert crib.engineer.post(f"/api/tools/{code}/replace", {"reason": "A new one"}).code == "TOOL_STATUS_INVALID"


def test_a_calibration_that_passed_makes_the_tool_valid_for_its_interval(crib: Crib) -> None:
    code = crib.tool(kind="FIXTURE", fixtureType="ICT_JIG", material="GLASS_FIBRE")
    now = clock.now_ms()
    done = crib.engineer.post(f"/api/tools/{code}/calibrations", {
        "calibratedAt": clock.to_wire(now - DAY), "result": "PASS", "certificateNo": "C-1",
    }).must()  # fmt: skip
    assert done["dueAt"] == clock.to_wire(now + 29 * DAY)
    tool = crib.tool_now(code)
    assert (tool["calibrationState"], tool["certificateNo"], tool["usable"]) == ("VALID", "C-1", True)
    crib.set_tool(code, calibration_due_at=now + 6 * DAY)
    assert crib.tool_now(code)["calibrationState"] == "DUE_SOON"
    crib.set_tool(code, calibration_due_at=now - 1)
    assert (crib.tool_now(code)["calibrationState"], crib.tool_now(code)["notUsableReason"]) == (
        "OVERDUE",
        "CALIBRATION",
    )


def test_a_calibration_that_failed_blocks_the_tool_and_one_that_passed_does_not_release_it(crib: Crib) -> None:
    code = crib.tool(kind="FIXTURE")
    at = clock.to_wire(clock.now_ms() - 1000)
    crib.engineer.post(f"/api/tools/{code}/calibrations", {"calibratedAt": at, "result": "FAIL"}).must()
    assert crib.tool_now(code)["statusReason"] == "CALIBRATION_FAILED"
    crib.engineer.post(f"/api/tools/{code}/calibrations", {"calibratedAt": at, "result": "PASS"}).must()
    assert crib.tool_now(code)["status"] == "BLOCKED"
    found = crib.engineer.get(f"/api/tools/{code}/calibrations").must()
    assert [one["result"] for one in found["items"]] == ["PASS", "FAIL"]


@pytest.mark.parametrize(("ahead", "due", "field"), [(DAY, None, "calibratedAt"), (-DAY, -2 * DAY, "dueAt")])
def test_a_calibration_lies_in_the_past_and_is_due_after_it(
    crib: Crib, ahead: int, due: int | None, field: str
) -> None:
    now = clock.now_ms()
    body = {
        "calibratedAt": clock.to_wire(now + ahead),
        "result": "PASS",
        **({"dueAt": clock.to_wire(now + due)} if due else {}),
    }
    refused = crib.engineer.post(f"/api/tools/{crib.tool(kind='FIXTURE')}/calibrations", body)
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", [field])


def test_the_list_finds_tools_by_kind_product_life_and_calibration(crib: Crib) -> None:
    worn = crib.tool(countBase=50_000)
    crib.tool(productCodes=["P-1"])
    crib.tool(productCodes=["P-2"])
    crib.tool(kind="FIXTURE", fixtureType="FCT_JIG", lifeLimit=10)

    def found(**filters: Any) -> int:
        return int(crib.engineer.get("/api/tools", **filters).must()["total"])

    assert (found(kind="STENCIL"), found(kind="STENCIL,FIXTURE"), found(fixtureType="FCT_JIG")) == (3, 4, 1)
    assert found(productCode="P-1") == 3  # what names no product is for any
    assert [tool["toolCode"] for tool in crib.engineer.get("/api/tools", lifeFrom="80").must()["items"]] == [worn]
    assert (found(calibrationState="OVERDUE"), found(calibrationState="NONE,VALID"), found(status="BLOCKED")) == (
        1,
        3,
        0,
    )
    assert crib.engineer.get("/api/tools", lifeFrom="many").field_paths == ["lifeFrom"]


def test_the_end_of_a_life_is_expected_from_the_use_of_the_last_90_days(crib: Crib, plant: Plant) -> None:
    from sqlalchemy import insert

    from fiducial.tooling.tables import tool_days

    code, now = crib.tool(kind="FIXTURE", lifeLimit=1000), clock.now_ms()
    assert crib.tool_now(code)["expectedEndOfLife"] is None
    crib.set_tool(code, life_started_at=now - 200 * DAY, used=900)
    day = clock.plant_day(now, "Asia/Shanghai").isoformat()
    plant.sql(insert(tool_days).values(tool_id=crib.tool_id(code), day=day, used=900))
    end = crib.tool_now(code)["expectedEndOfLife"]
    assert abs((now + 10 * DAY) - _ms(end)) < DAY


def _ms(text: str) -> int:
    from datetime import datetime

    return clock.from_datetime(datetime.fromisoformat(text))


@pytest.mark.parametrize("path", ["/api/tools/NONE", "/api/tools/NONE/calibrations", "/api/tools/NONE/assignments"])
def test_a_tool_that_is_not_there_is_not_found(crib: Crib, path: str) -> None:
    assert (crib.engineer.get(path).status, crib.engineer.get(path).code) == (404, "TOOL_NOT_FOUND")


def test_the_plant_is_reminded_daily_of_calibrations_and_once_of_a_life_that_ends_soon(
    crib: Crib, plant: Plant
) -> None:
    from sqlalchemy import insert
    from tests.api.plant import TEST

    from fiducial.tooling.sweeping import sweep_tools
    from fiducial.tooling.tables import tool_days

    code, now = crib.tool(kind="FIXTURE", lifeLimit=1000), clock.now_ms()
    crib.set_tool(code, calibration_due_at=now + 6 * DAY, life_started_at=now - 200 * DAY, used=900)
    plant.sql(
        insert(tool_days).values(
            tool_id=crib.tool_id(code), day=clock.plant_day(now, "Asia/Shanghai").isoformat(), used=900
        )
    )
    assert plant.store.write_now(TEST, sweep_tools) == {"calibration": 1, "life": 1}
    assert plant.store.write_now(TEST, sweep_tools) == {"calibration": 0, "life": 0}
    crib.set_tool(code, due_told_at=now - DAY)
    assert plant.store.write_now(TEST, sweep_tools) == {"calibration": 1, "life": 0}
