"""Fixtures at stations (spec 11.4): assigned to one run at a time, and judged at every use."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.orders_floor import step
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.tooling_floor import HOUR, Crib

from fiducial.kit import clock

DAY = 24 * HOUR
NEEDS = {"fixtureTypes": ["WAVE_JIG"], "min": 1}


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def waving(crib: Crib, *, plan: int = 5, needs: Any = NEEDS) -> str:
    """A run under way whose first step needs a fixture."""
    steps = (step(10, "WAVE", STATIONS[0], processKind="WAVE", requiredTools=needs), step(20, "SPI", STATIONS[1]))
    return crib.under_way(plan=plan, route=crib.route(None, *steps))


def assign(crib: Crib, code: str, run: str, station: str = STATIONS[0], who: str = "leader") -> Any:
    return crib.api.as_(who).post(f"/api/tools/{code}/assign", {"runNo": run, "stationCode": station})


def test_a_fixture_is_assigned_used_counted_and_kept_with_the_track(crib: Crib, plant: Plant) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE")
    made = assign(crib, fixture, run, who="operator").must()
    assert (made["toolCode"], made["runNo"], made["stationCode"], made["unassignedAt"]) == (
        fixture,
        run,
        STATIONS[0],
        None,
    )
    sn = crib.units_of(run)[0]
    crib.through(sn)
    assert crib.tool_now(fixture)["totalCount"] == 1
    tracks = crib.api.as_("quality").get(f"/api/trace/units/{sn}").must()["tracks"]
    assert tracks[0]["toolCodes"] == [fixture]
    assert plant.audit(action="TOOL_ASSIGN")[0]["entityDisplay"] == fixture
    assert [one["toolCode"] for one in crib.engineer.get(f"/api/runs/{run}/tools", open="true").must()["items"]] == [
        fixture
    ]


def test_a_step_that_needs_a_fixture_refuses_a_board_without_one(crib: Crib) -> None:
    run = waving(crib)
    sn = crib.units_of(run)[0]
    refused = crib.come_in(sn)
    assert (refused.status, refused.code, refused.details["fixtureTypes"], refused.details["min"]) == (
        409,
        "TOOL_REQUIRED",
        ["WAVE_JIG"],
        1,
    )
    assign(crib, crib.tool(kind="FIXTURE", fixtureType="COATING_JIG"), run).must()
    assert crib.come_in(sn).code == "TOOL_REQUIRED"  # of another type
    elsewhere = crib.tool(kind="FIXTURE")
    assign(crib, elsewhere, run, STATIONS[1]).must()
    assert crib.come_in(sn).code == "TOOL_REQUIRED"  # at another station, and not scanned
    assert crib.come_in(sn, toolCodes=[elsewhere]).must()["status"] == "IN_STATION"


def test_a_scanned_fixture_must_be_known_be_one_and_be_assigned_to_the_run(crib: Crib) -> None:
    run = waving(crib)
    sn = crib.units_of(run)[0]
    free, stencil = crib.tool(kind="FIXTURE"), crib.tool()
    assert crib.come_in(sn, toolCodes=["NONE"]).code == "TOOL_NOT_FOUND"
    assert crib.come_in(sn, toolCodes=[stencil]).code == "TOOL_KIND_MISMATCH"
    refused = crib.come_in(sn, toolCodes=[free])
    assert (refused.code, refused.details["toolCode"], refused.details["runNo"]) == ("TOOL_NOT_ASSIGNED", free, run)


WORN: list[tuple[dict[str, Any], str, str | None]] = [
    ({"status": "BLOCKED"}, "TOOL_NOT_USABLE", "BLOCKED"), ({"status": "RETIRED"}, "TOOL_NOT_USABLE", "RETIRED"),
    ({"product_codes": ["P-9"]}, "TOOL_PRODUCT_MISMATCH", None), ({"used": 10_000}, "TOOL_NOT_USABLE", "LIFE"),
    ({"calibration_due_at": 1}, "TOOL_NOT_USABLE", "CALIBRATION"), ({"calibration_required": True}, "TOOL_NOT_USABLE", "CALIBRATION"),
]  # fmt: skip


@pytest.mark.one_engine
@pytest.mark.parametrize(("worn", "code", "reason"), WORN)
def test_a_fixture_that_may_not_be_used_is_refused_at_assignment_and_at_every_use(
    crib: Crib, worn: dict[str, Any], code: str, reason: str | None
) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE")
    assign(crib, fixture, run).must()
    crib.set_tool(fixture, **worn)
    refused = crib.come_in(crib.units_of(run)[0])
    assert (refused.status, refused.code, refused.details.get("reason")) == (409, code, reason)
    other = crib.tool(kind="FIXTURE")
    crib.set_tool(other, **worn)
    assert (assign(crib, other, run).code, assign(crib, other, run).details.get("reason")) == (code, reason)


def test_a_fixture_in_repair_may_not_be_used_until_the_repair_is_verified(crib: Crib) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE")
    assign(crib, fixture, run).must()
    body = {"entityType": "FIXTURE", "entityId": fixture, "maintenanceType": "REPAIR", "description": "A spring broke"}
    record = crib.engineer.post("/api/maintenance-records", body).must()
    sn = crib.units_of(run)[0]
    refused = crib.come_in(sn)
    assert (refused.code, refused.details["reason"], refused.details["recordNo"]) == (
        "TOOL_NOT_USABLE",
        "MAINTENANCE",
        record["recordNo"],
    )
    at = f"/api/maintenance-records/{record['id']}"
    crib.engineer.post(f"{at}/complete", {"resolution": "A new spring"}).must()
    assert crib.come_in(sn).code == "TOOL_NOT_USABLE"
    crib.quality.post(f"{at}/verify", {"ok": True}).must()
    crib.come_in(sn).must()


def test_the_use_that_reaches_the_limit_succeeds_and_the_next_is_refused(crib: Crib) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE", lifeLimit=2, countBase=1)
    warned = assign(crib, fixture, run).must()["warnings"]
    assert warned == []
    first, second = crib.units_of(run)[:2]
    crib.through(first)
    assert crib.tool_now(fixture)["status"] == "BLOCKED"
    refused = crib.come_in(second)
    assert (refused.code, refused.details["reason"]) == ("TOOL_NOT_USABLE", "BLOCKED")


def test_a_fixture_near_its_end_or_due_for_calibration_is_warned_of_at_assignment_and_use(crib: Crib) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE", lifeLimit=100, countBase=80)
    crib.set_tool(fixture, calibration_due_at=clock.now_ms() + DAY)
    wanted = ["TOOL_LIFE_80", "TOOL_CALIBRATION_DUE"]
    assert [warning["code"] for warning in assign(crib, fixture, run).must()["warnings"]] == wanted
    assert [
        w["code"] for w in crib.come_in(crib.units_of(run)[0]).must()["warnings"] if w["code"].startswith("TOOL")
    ] == wanted


def test_a_fixture_serves_one_run_until_it_is_taken_away_or_the_run_ends(crib: Crib, plant: Plant) -> None:
    run, other, fixture = waving(crib), waving(crib), crib.tool(kind="FIXTURE")
    assign(crib, fixture, run).must()
    refused = assign(crib, fixture, other)
    assert (refused.status, refused.code, refused.details["runNo"]) == (409, "TOOL_ALREADY_ASSIGNED", run)
    assert crib.leader.post(f"/api/tools/{fixture}/unassign", {"runNo": other}).code == "TOOL_NOT_ASSIGNED"
    freed = crib.leader.post(f"/api/tools/{fixture}/unassign", {"runNo": run}).must()
    assert freed["unassignedAt"] is not None
    assign(crib, fixture, other).must()
    crib.set_run(other, status="COMPLETED")
    assign(crib, fixture, run).must()
    history = crib.engineer.get(f"/api/tools/{fixture}/assignments").must()["items"]
    assert [(one["runNo"], one["unassignedAt"] is None) for one in history] == [
        (run, True),
        (other, False),
        (run, False),
    ]
    assert crib.engineer.get(f"/api/tools/{fixture}/assignments", open="true", runNo=run).must()["total"] == 1


def test_a_run_that_is_cancelled_gives_its_fixtures_free(crib: Crib, plant: Plant) -> None:
    run, fixture = crib.run(), crib.tool(kind="FIXTURE")
    assign(crib, fixture, run).must()
    crib.planner.post(f"/api/runs/{run}/cancel", {"reason": "Made by mistake"}).must()
    plant.settle()
    assert crib.engineer.get(f"/api/tools/{fixture}/assignments", open="true").must()["total"] == 0


def test_a_fixture_under_a_board_is_not_taken_away(crib: Crib) -> None:
    run, fixture = waving(crib), crib.tool(kind="FIXTURE")
    assign(crib, fixture, run).must()
    sn = crib.units_of(run)[0]
    crib.come_in(sn).must()
    refused = crib.leader.post(f"/api/tools/{fixture}/unassign", {"runNo": run})
    assert (refused.status, refused.code, refused.details["sn"]) == (409, "TOOL_IN_USE", sn)
    crib.go_out(sn).must()
    crib.leader.post(f"/api/tools/{fixture}/unassign", {"runNo": run}).must()


@pytest.mark.one_engine
def test_an_assignment_names_a_run_that_goes_on_and_a_station_of_its_line(crib: Crib) -> None:
    fixture, run = crib.tool(kind="FIXTURE"), waving(crib)
    assert assign(crib, fixture, "NONE").code == "RUN_NOT_FOUND"
    assert assign(crib, fixture, run, "NONE").code == "STATION_NOT_FOUND"
    refused = assign(crib, fixture, run, "ST-FAR-01")
    assert (refused.code, refused.details["stationLine"], refused.details["runLine"]) == (
        "STATION_LINE_MISMATCH",
        "LINE-FAR",
        LINE,
    )
    assert assign(crib, crib.tool(), run).code == "TOOL_KIND_MISMATCH"
    assert assign(crib, fixture, run, who="operator2").code == "FORBIDDEN"
    crib.set_run(run, status="COMPLETED")
    assert assign(crib, fixture, run).code == "INVALID_RUN_STATUS"


def test_two_who_assign_one_fixture_at_once_get_it_once(crib: Crib) -> None:
    fixture, runs = crib.tool(kind="FIXTURE"), (waving(crib), waving(crib))
    path = f"/api/tools/{fixture}/assign"
    answers = crib.api.at_once(
        *[(crib.leader, "POST", path, {"runNo": run, "stationCode": STATIONS[0]}) for run in runs]
    )
    assert sorted(str(answer.code) for answer in answers) == ["None", "TOOL_ALREADY_ASSIGNED"]
