"""Checking whether a line is ready for a run (spec 03.1-03.8, with the gate that is built)."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from tests.api.orders_floor import Floor
from tests.api.plant import Plant

from fiducial.orders.tables import runs
from fiducial.plant.tables import lines, stations
from fiducial.readiness.gates import BY_TYPE
from fiducial.readiness.tables import checks, line_configs
from fiducial.routing.tables import versions


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def retire(floor: Floor, run_no: str) -> None:
    version = select(runs.c.version_id).where(runs.c.run_no == run_no).scalar_subquery()
    floor.plant.sql(update(versions).where(versions.c.id == version).values(retired_at=1))


def test_a_line_with_route_only_passes_with_one_item(floor: Floor) -> None:
    run_no = floor.run()
    check = floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    assert (check["status"], check["type"], check["trigger"], check["checkedByName"]) == (
        "PASSED",
        "FORMAL",
        "MANUAL",
        "赵组长",
    )
    [item] = check["items"]
    assert (item["itemType"], item["status"], item["applicable"], item["source"], item["failReason"]) == (
        "ROUTE",
        "PASSED",
        True,
        "SYSTEM",
        None,
    )
    assert item["itemKey"].endswith("@1")
    assert check["summary"] == {"total": 1, "passed": 1, "failed": 0, "waived": 0, "notApplicable": 0}


def test_a_gate_that_is_on_but_not_built_fails_and_says_so(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(BY_TYPE, "LOADING")
    eleven = ["ROUTE", "LOADING", "EQUIPMENT", "STENCIL", "SOLDER_PASTE", "PREP_BAKE", "PREP_PASTE", "PREP_STENCIL_USAGE",
              "PREP_STENCIL_CLEAN", "PREP_SCRAPER", "PREP_FIXTURE"]  # fmt: skip
    run_no = floor.run()
    floor.gates("LINE-A", *eleven)
    check = floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    assert check["status"] == "FAILED"
    assert {item["itemType"] for item in check["items"]} == set(eleven)
    assert list(dict.fromkeys(item["itemType"] for item in check["items"]))[:3] == ["ROUTE", "EQUIPMENT", "STENCIL"]
    by_type = {item["itemType"]: item for item in check["items"]}
    assert by_type["ROUTE"]["status"] == "PASSED"
    assert (by_type["LOADING"]["causeCode"], by_type["LOADING"]["waivable"]) == ("GATE_NOT_BUILT", False)
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_the_reason_and_the_next_step_are_in_the_reader_s_language(floor: Floor) -> None:
    run_no = floor.run()
    retire(floor, run_no)
    path = f"/api/runs/{run_no}/readiness/check"
    zh = floor.leader.post(path).must()["items"][0]
    en = floor.leader.with_headers(accept_language="en").post(path).must()["items"][0]
    assert zh["causeCode"] == en["causeCode"] == "ROUTE_VERSION_RETIRED"
    assert "已作废" in zh["failReason"]
    assert "was retired" in en["failReason"]
    assert en["whatToDo"] == "Cancel this run and create it anew on the newer version."


def test_the_route_gate_fails_for_each_of_its_causes(floor: Floor) -> None:
    run_no = floor.run()
    path = f"/api/runs/{run_no}/readiness/check"

    def cause() -> str:
        return str(floor.leader.post(path).must()["items"][0]["causeCode"])

    floor.plant.sql(update(stations).where(stations.c.code == "ST-AOI-01").values(is_active=False))
    assert cause() == "LINE_INCOMPATIBLE"
    floor.plant.sql(update(lines).where(lines.c.code == "LINE-A").values(process_type="DIP"))
    assert cause() == "LINE_ROUTING_PROCESS_MISMATCH"
    retire(floor, run_no)
    assert cause() == "ROUTE_VERSION_RETIRED"
    version = select(runs.c.version_id).where(runs.c.run_no == run_no).scalar_subquery()
    floor.plant.sql(update(versions).where(versions.c.id == version).values(status="INVALID"))
    assert cause() == "ROUTE_VERSION_NOT_READY"


def test_a_rework_run_keeps_a_retired_version(floor: Floor) -> None:
    run_no, parent = floor.run(), floor.run()
    retire(floor, run_no)
    floor.set_run(run_no, parent_run_id=floor.rows(select(runs.c.id).where(runs.c.run_no == parent))[0].id)
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()["status"] == "PASSED"


@pytest.mark.parametrize(
    ("status", "early", "formal"),
    [("PREP", None, None), ("AUTHORIZED", None, "INVALID_RUN_STATUS"), ("IN_PROGRESS", None, "INVALID_RUN_STATUS"),
     ("ON_HOLD", "INVALID_RUN_STATUS", "INVALID_RUN_STATUS"), ("COMPLETED", "INVALID_RUN_STATUS", "INVALID_RUN_STATUS")],
)  # fmt: skip
def test_checks_are_made_in_their_states(floor: Floor, status: str, early: str | None, formal: str | None) -> None:
    run_no = floor.run()
    floor.set_run(run_no, status=status)
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/precheck").code == early
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/check").code == formal


def test_a_line_whose_gates_are_all_off_is_not_configured(floor: Floor) -> None:
    run_no = floor.run()
    floor.plant.sql(update(line_configs).values(enabled=[]))
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/check").code == "READINESS_NOT_CONFIGURED"
    assert floor.authorize(run_no).code == "READINESS_NOT_CONFIGURED"
    assert floor.detail(run_no)["nextActions"][2]["code"] == "READINESS_NOT_CONFIGURED"


def test_a_new_run_is_checked_by_itself(floor: Floor) -> None:
    run_no = floor.run()
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/latest").code == "NO_CHECK_FOUND"
    floor.plant.settle()
    check = floor.leader.get(f"/api/runs/{run_no}/readiness/latest").must()
    assert (check["type"], check["trigger"], check["status"]) == ("PRECHECK", "RUN_CREATE", "PASSED")
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="FORMAL").code == "NO_CHECK_FOUND"
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="OTHER").code == "VALIDATION_ERROR"


def test_a_change_of_gates_takes_back_an_authorisation_that_no_longer_stands(floor: Floor) -> None:
    run_no, started = floor.run(), floor.run()
    for each in (run_no, started):
        floor.authorize(each).must()
    floor.set_run(started, status="IN_PROGRESS")
    floor.plant.settle()
    floor.gates("LINE-A", "ROUTE", "MATERIAL")
    floor.plant.settle()
    assert (floor.status(run_no), floor.status(started)) == ("PREP", "IN_PROGRESS")
    [entry] = floor.detail(run_no)["authorizations"]
    assert entry["status"] == "LAPSED"
    assert "MATERIAL" in entry["endedReason"]
    formal = floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="FORMAL").must()
    assert (formal["status"], formal["invalidatedAt"] is not None) == ("PASSED", True)


def test_the_early_check_of_an_authorised_run_takes_it_back_when_it_fails(floor: Floor) -> None:
    run_no = floor.run()
    floor.authorize(run_no).must()
    floor.plant.sql(update(stations).where(stations.c.code == "ST-SPI-01").values(is_active=False))
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/precheck").must()["status"] == "FAILED"
    assert floor.status(run_no) == "PREP"


def test_history_lists_checks_without_items(floor: Floor) -> None:
    run_no = floor.run()
    floor.leader.post(f"/api/runs/{run_no}/readiness/precheck").must()
    floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    path = f"/api/runs/{run_no}/readiness/history"
    found = floor.leader.get(path).must()
    assert [item["type"] for item in found["items"]] == ["FORMAL", "PRECHECK"]
    assert "items" not in found["items"][0]
    assert found["items"][0]["summary"]["total"] == 1
    assert floor.leader.get(path, type="PRECHECK").must()["total"] == 1
    one = floor.leader.get(f"/api/runs/{run_no}/readiness/checks/{found['items'][1]['checkId']}").must()
    assert (one["type"], len(one["items"])) == ("PRECHECK", 1)
    other = floor.run()
    assert floor.leader.get(f"/api/runs/{other}/readiness/checks/{one['checkId']}").code == "NO_CHECK_FOUND"
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/checks/nonsense").code == "NO_CHECK_FOUND"


def test_checking_needs_its_permission(floor: Floor) -> None:
    run_no = floor.run()
    for who in ("planner", "operator", "engineer"):
        assert floor.api.as_(who).post(f"/api/runs/{run_no}/readiness/check").code == "FORBIDDEN"
        assert floor.api.as_(who).post(f"/api/runs/{run_no}/readiness/precheck").code == "FORBIDDEN"
    assert floor.leader.post("/api/runs/RUN-NOWHERE/readiness/check").code == "RUN_NOT_FOUND"


# Gates of a line


def test_a_line_nobody_configured_has_the_gates_of_its_kind(floor: Floor) -> None:
    smt, dip = floor.plant.line()["code"], floor.plant.line(process_type="DIP")["code"]
    engineer = floor.api.as_("engineer")
    given = engineer.get(f"/api/lines/{smt}/readiness-config").must()
    assert (given["isDefault"], len(given["enabled"]), "CHECKLIST" in given["enabled"]) == (True, 14, False)
    assert given["gates"]["EQUIPMENT"] == {
        "maxAgeHours": 12, "manualMaxAgeHours": 8, "waivable": True, "waiverHours": 24, "fourEyes": True, "requireDailyInspection": False,
    }  # fmt: skip
    assert engineer.get(f"/api/lines/{dip}/readiness-config").must()["enabled"] == [
        "ROUTE", "EQUIPMENT", "MATERIAL", "PREP_FIXTURE", "PREP_PROGRAM", "TIME_RULE",
    ]  # fmt: skip
    assert engineer.get("/api/lines/LINE-NOWHERE/readiness-config").code == "LINE_NOT_FOUND"


def test_only_the_settings_given_change(floor: Floor) -> None:
    engineer, path = floor.api.as_("engineer"), "/api/lines/LINE-A/readiness-config"
    first = engineer.put(
        path, {"enabled": ["LOADING", "ROUTE"], "gates": {"STENCIL": {"maxAgeHours": 48}}, "reason": "trial"}
    ).must()
    assert (first["enabled"], first["isDefault"], first["updatedByName"]) == (["ROUTE", "LOADING"], False, "李工艺")
    second = engineer.put(path, {"enabled": ["ROUTE"], "gates": {"STENCIL": {"waivable": False}}}).must()
    assert (second["gates"]["STENCIL"]["maxAgeHours"], second["gates"]["STENCIL"]["waivable"]) == (48, False)
    assert second["version"] == first["version"] + 1
    assert floor.plant.audit(action="LINE_READINESS_CONFIG_UPDATE", entityDisplay="LINE-A")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"enabled": []}, "enabled"), ({"enabled": ["LOADING"]}, "enabled"), ({"enabled": ["ROUTE", "ROUTE"]}, "enabled"),
        ({"enabled": ["ROUTE", "MAGIC"]}, "enabled"), ({}, "enabled"), ({"enabled": ["ROUTE"], "gates": {"MAGIC": {}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"ROUTE": {"waivable": True}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"STENCIL": {"maxAgeHours": 0.1}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"STENCIL": {"maxAgeHours": None}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"STENCIL": {"waiverHours": 8761}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"STENCIL": {"fourEyes": 1}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"STENCIL": {"colour": "red"}}}, "gates"),
        ({"enabled": ["ROUTE"], "gates": {"MATERIAL": {"minPickStatus": "7"}}}, "gates"),
    ],
)  # fmt: skip
def test_gates_of_another_shape_are_refused(floor: Floor, given: dict[str, object], field: str) -> None:
    refused = floor.api.as_("engineer").put("/api/lines/LINE-A/readiness-config", given)
    assert (refused.status, refused.field_paths) == (422, [field])


def test_gates_are_the_engineer_s(floor: Floor) -> None:
    for who in ("leader", "quality", "admin", "planner"):
        refused = floor.api.as_(who).put("/api/lines/LINE-A/readiness-config", {"enabled": ["ROUTE"]})
        assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert floor.api.as_("trace").get("/api/lines/LINE-A/readiness-config").code == "FORBIDDEN"


def test_two_first_configurations_at_once_leave_one_or_both_in_turn(floor: Floor) -> None:
    line, engineer = floor.plant.line()["code"], floor.api.as_("engineer")
    asked = (engineer, "PUT", f"/api/lines/{line}/readiness-config", {"enabled": ["ROUTE"]})
    codes = {answer.code for answer in floor.api.at_once(asked, asked)}
    assert codes <= {None, "CONFLICT_RETRY"}
    assert len(floor.rows(select(line_configs.c.id).join(lines).where(lines.c.code == line))) == 1
    assert floor.rows(select(checks)) == []
