"""What quality sets up: sampling rules and which of them counts, AQL tables, points of in-process inspection."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import LINE, Plant
from tests.api.quality_floor import Quality


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def refused(floor: Quality, **rule: Any) -> Any:
    return floor.quality.post("/api/oqc/sampling-rules", {"samplingType": "FIXED", "sampleValue": 1, **rule})


def test_of_the_matching_rules_priority_counts_then_what_says_most_then_the_newest(floor: Quality) -> None:
    floor.rule(sampleValue=1)
    floor.rule(sampleValue=2, lineCode=LINE, productCode="P-1")
    assert floor.finished(units=4)[1]["oqc"]["sampleQty"] == 2, "the one that says more"
    floor.rule(sampleValue=3, lineCode=LINE, productCode="P-1")
    assert floor.finished(units=4)[1]["oqc"]["sampleQty"] == 3, "the newer one of two alike"
    strong = floor.rule(sampleValue=4, priority=5)
    assert floor.finished(units=4)[1]["oqc"]["sampleQty"] == 4, "priority before all"
    floor.quality.delete(f"/api/oqc/sampling-rules/{strong['id']}").must()
    assert floor.finished(units=4)[1]["oqc"]["sampleQty"] == 3, "switched off it counts no more"
    floor.rule(sampleValue=1, productCode="P-OTHER", priority=99)
    assert floor.finished(units=4)[1]["oqc"]["sampleQty"] == 3, "a rule of another product never matches"


def test_a_value_must_fit_its_type(floor: Quality) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"samplingType": "PERCENTAGE", "sampleValue": 101}, {"samplingType": "PERCENTAGE", "sampleValue": None}, {"sampleValue": 0},
        {"sampleValue": 1.5}, {"samplingType": "AQL", "sampleValue": 5, "aql": "1.0"}, {"samplingType": "AQL", "sampleValue": None},
        {"samplingType": "AQL", "sampleValue": None, "aql": "7.7"}, {"samplingType": "AQL", "sampleValue": None, "aql": "1.0", "tableCode": "NONE"},
    )  # fmt: skip
    for rule in wrong:
        assert refused(floor, **rule).code == "INVALID_SAMPLE_VALUE", rule
    assert refused(floor, lineCode="LINE-NONE").code == "LINE_NOT_FOUND"
    assert refused(floor, routingCode="R-NONE").code == "ROUTE_NOT_FOUND"
    assert floor.quality.get("/api/oqc/sampling-rules/nothing").code == "SAMPLING_RULE_NOT_FOUND"


def test_another_severity_needs_its_reason_and_a_table_for_it(floor: Quality) -> None:
    rule = floor.rule(samplingType="AQL", sampleValue=None, aql="1.0")
    assert (rule["severity"], rule["inspectionLevel"], rule["tableCode"]) == ("NORMAL", "II", "ISO2859-1")
    at = f"/api/oqc/sampling-rules/{rule['id']}"
    assert floor.quality.patch(at, {"severity": "TIGHTENED"}).field_paths == ["reason"]
    changed = floor.quality.patch(at, {"severity": "TIGHTENED", "reason": "two lots rejected"}).must()
    assert (changed["severity"], changed["severityReason"], changed["severityByName"]) == (
        "TIGHTENED",
        "two lots rejected",
        "王质量",
    )
    run_no, answer = floor.finished(units=2)
    assert answer["runStatus"] == "IN_PROGRESS", "the last board is not stopped by a missing table"
    closing = floor.leader.post(f"/api/runs/{run_no}/close", {})
    assert (closing.code, closing.details["severity"]) == ("AQL_TABLE_MISSING", "TIGHTENED")


def test_a_rule_by_aql_tells_what_the_switching_rules_propose(floor: Quality) -> None:
    rule = floor.rule(samplingType="AQL", sampleValue=None, aql="1.0", productCode="P-1")
    for _ in range(2):
        run_no, answer = floor.finished(units=2)
        key = answer["oqc"]["oqcId"]
        floor.do("oqc", key, "start").must()
        for sn in floor.look("oqc", key)["sampledUnits"]:
            floor.item("oqc", key, "FAIL", sn=sn).must()
        floor.decide("oqc", key, "FAIL").must()
        floor.quality.post(f"/api/runs/{run_no}/mrb-decision", {"decision": "SCRAP", "reason": "all bad"}).must()
    said = floor.quality.get(f"/api/oqc/sampling-rules/{rule['id']}").must()
    assert (said["severity"], said["proposal"]["severity"], said["proposal"]["differs"]) == (
        "NORMAL",
        "TIGHTENED",
        True,
    )
    assert [one["decision"] for one in said["proposal"]["lastVerdicts"]] == ["FAIL", "FAIL"]


def test_a_table_that_is_edited_becomes_a_new_version_and_is_not_verified_any_more(floor: Quality) -> None:
    at = "/api/oqc/aql-tables/ISO2859-1"
    seeded = floor.quality.get(at).must()
    assert (seeded["edition"], seeded["version"], seeded["verified"]) == ("ISO 2859-1:1999", 1, False)
    checked = floor.quality.patch(at, {"verifiedAt": "2026-11-01T08:00:00Z"}).must()
    assert (checked["version"], checked["verified"], checked["verifiedByName"]) == (2, True, "王质量")
    tightened = [plan | {"severity": "TIGHTENED"} for plan in seeded["plans"]]
    edited = floor.quality.patch(at, {"plans": [*seeded["plans"], *tightened]}).must()
    assert (edited["version"], edited["verified"]) == (3, False)
    assert floor.quality.get("/api/oqc/aql-tables/NONE").code == "AQL_TABLE_NOT_FOUND"


def test_a_table_has_no_gaps_and_a_plan_for_each_letter(floor: Quality) -> None:
    def made(letters: list[Any], plans: list[Any]) -> Any:
        body = {"code": floor.plant.name("T"), "edition": "own", "letters": letters, "plans": plans}
        return floor.quality.post("/api/oqc/aql-tables", body)

    plan = {"severity": "NORMAL", "letter": "A", "n": 2, "entries": {"1.0": 0}}
    whole = [{"lotFrom": 2, "lotTo": 50, "levels": {"II": "A"}}, {"lotFrom": 51, "lotTo": None, "levels": {"II": "A"}}]
    assert made(whole, [plan]).must()["version"] == 1
    gap = [whole[0], whole[1] | {"lotFrom": 60}]
    assert made(gap, [plan]).field_paths == ["letters"]
    assert made(whole[:1], [plan]).field_paths == ["letters"]
    assert made([whole[0], whole[1] | {"levels": {"II": "B"}}], [plan]).field_paths == ["plans"]
    assert made(whole, [plan, plan]).field_paths == ["plans"]


def test_two_editors_of_a_table_at_once_make_two_versions_or_one_is_told(floor: Quality) -> None:
    at = "/api/oqc/aql-tables/ISO2859-1"
    answers = floor.api.at_once(*((floor.quality, "PATCH", at, {"source": name}) for name in ("one", "two")))
    codes = sorted(str(answer.code) for answer in answers)
    assert codes in (["None", "None"], ["None", "STALE_UPDATE"])


# ---- points


def point(floor: Quality, **more: Any) -> Any:
    body = {"code": floor.plant.name("PT"), "name": "段首件", "stepNo": 10, "checkType": "FIRST_PIECE", **more}
    return floor.quality.post("/api/ipqc-checkpoints", body)


def test_a_point_names_a_step_or_a_kind_of_step_and_a_patrol_how_often(floor: Quality) -> None:
    assert point(floor, processKind="TEST").field_paths == ["stepNo"]
    assert point(floor, stepNo=None).field_paths == ["stepNo"]
    assert point(floor, checkType="PATROL").field_paths == ["frequency"]
    assert point(floor, frequency={"minutes": 60}).field_paths == ["frequency"]
    patrol = point(floor, checkType="PATROL", frequency={"minutes": 120}).must()
    assert patrol["frequency"] == {"minutes": 120}
    assert point(floor, code=patrol["code"]).field_paths == ["code"]
    assert point(floor, routingCode="R-NONE").code == "ROUTE_NOT_FOUND"
    assert point(floor, stationCode="ST-NONE").code == "STATION_NOT_FOUND"
    at = f"/api/ipqc-checkpoints/{patrol['code']}"
    assert floor.quality.patch(at, {"frequency": None}).field_paths == ["frequency"]
    assert floor.quality.patch(at, {"name": "巡检", "frequency": {"units": 100}}).must()["frequency"] == {"units": 100}
    assert floor.quality.delete(at).must()["isActive"] is False
    assert floor.quality.get("/api/ipqc-checkpoints/NONE").code == "IPQC_POINT_NOT_FOUND"
