"""Test programs and test records (spec 11.5): released by a signature, asked at the station, judged, counted, kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.orders_floor import step
from tests.api.plant import LINE, PASSWORD, STATIONS, Plant
from tests.api.tooling_floor import Crib

from fiducial.kit import clock
from fiducial.tooling.testing.tables import programs, records

TESTER, OTHER = STATIONS[0], STATIONS[1]


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def program(crib: Crib, code: str | None = None, version: str = "1.0", *, active: bool = True, **more: Any) -> Any:
    body = {
        "programCode": code or crib.plant.name("ICT"), "version": version, "kind": "ICT", "name": "In-circuit test",
        "productCode": "P-1", "stationCodes": [TESTER], **more,
    }  # fmt: skip
    made = crib.engineer.post("/api/test-programs", body).must()
    return activate(crib, made["id"]).must() if active else made


def activate(crib: Crib, key: str, who: str = "engineer", **more: Any) -> Any:
    body = {"reason": "As agreed", "password": PASSWORD, **more}
    return crib.api.as_(who).post(f"/api/test-programs/{key}/activate", body)


def at_the_tester(crib: Crib, *, plan: int = 3, **first: Any) -> tuple[str, list[str]]:
    """A run under way whose first step is a test that asks for a program; its number and serials."""
    needs = {"processKind": "TEST", "requiresTestProgram": True, **first}
    run = crib.under_way(plan=plan, route=crib.route(None, step(10, "ICT", TESTER, **needs), step(20, "AOI", OTHER)))
    return run, crib.units_of(run)


def measured(crib: Crib, sn: str, code: str, result: str = "PASS", who: Any = None, **more: Any) -> Any:
    body = {
        "testResultId": crib.plant.name("T"), "sn": sn, "stationCode": TESTER, "programCode": code, "result": result,
        "completedAt": clock.to_wire(clock.now_ms()), "operatorId": "OP-01", **more,
    }  # fmt: skip
    sent = {name: value for name, value in body.items() if value is not None}
    return (who or crib.operator).post("/api/test-records", sent)


# The register


def test_a_draft_is_changed_activated_by_a_signature_and_retired(crib: Crib, plant: Plant) -> None:
    draft = program(crib, active=False, productCode=None, stationCodes=[])
    assert (draft["status"], draft["activatedAt"]) == ("DRAFT", None)
    refused = activate(crib, draft["id"])
    assert (refused.code, refused.details["missing"]) == ("TEST_PROGRAM_INCOMPLETE", ["productCode", "stationCodes"])
    at = f"/api/test-programs/{draft['id']}"
    crib.engineer.patch(at, {"productCode": "P-1", "stationCodes": [TESTER]}).must()
    active = activate(crib, draft["id"]).must()
    assert (active["status"], active["activatedByName"]) == ("ACTIVE", "李工艺")
    signed = crib.engineer.get("/api/signatures", subjectType="TEST_PROGRAM", subjectId=draft["id"]).must()["items"]
    assert [(one["meaning"], one["valid"]) for one in signed] == [("PROGRAM_RELEASE", True)]
    entry = plant.audit(action="TEST_PROGRAM_ACTIVATE", outcome="SUCCESS")[0]
    assert (entry["entityDisplay"], entry["reason"], entry["signatureId"]) == (
        draft["programCode"],
        "As agreed",
        signed[0]["id"],
    )
    for change in ({"name": "Another"}, {"limits": []}):
        assert crib.engineer.patch(at, change).code == "TEST_PROGRAM_NOT_DRAFT"
    assert activate(crib, draft["id"]).code == "TEST_PROGRAM_NOT_DRAFT"
    retired = crib.engineer.post(f"{at}/retire", {"reason": "The tester is gone"}).must()
    assert (retired["status"], retired["retireReason"]) == ("RETIRED", "The tester is gone")
    assert crib.engineer.post(f"{at}/retire", {"reason": "Once more"}).code == "TEST_PROGRAM_NOT_ACTIVE"


def test_a_release_without_proof_is_refused_and_leaves_a_draft(crib: Crib) -> None:
    draft = program(crib, active=False)
    assert activate(crib, draft["id"], password="wrong").code == "REAUTH_FAILED"
    assert crib.engineer.get(f"/api/test-programs/{draft['id']}").must()["status"] == "DRAFT"


def test_a_newer_version_takes_the_place_of_the_one_that_is_active(crib: Crib) -> None:
    first = program(crib)
    code = first["programCode"]
    assert crib.engineer.post(
        "/api/test-programs", {"programCode": code, "version": "1.0", "kind": "ICT", "name": "Again"}
    ).code == ("TEST_PROGRAM_DUPLICATE")
    second = program(crib, code, "2.0")
    states = {
        one["version"]: one["status"]
        for one in crib.engineer.get("/api/test-programs", programCode=code).must()["items"]
    }
    assert (states, second["status"]) == ({"1.0": "RETIRED", "2.0": "ACTIVE"}, "ACTIVE")
    third = program(crib, code, "3.0", active=False)
    assert crib.engineer.patch(f"/api/test-programs/{third['id']}", {"version": "2.0"}).code == "TEST_PROGRAM_DUPLICATE"


def test_of_two_versions_activated_at_once_one_is_active(crib: Crib) -> None:
    code = program(crib)["programCode"]
    drafts = [program(crib, code, version, active=False) for version in ("2.0", "3.0")]
    body = {"reason": "As agreed", "password": PASSWORD}
    asks = [
        (crib.plant.session("engineer"), "POST", f"/api/test-programs/{one['id']}/activate", body) for one in drafts
    ]
    answers = crib.api.at_once(*asks)
    assert [answer.status for answer in answers] == [200, 200], [answer.text for answer in answers]
    active = crib.rows(select(programs.c.version).where(programs.c.program_code == code, programs.c.status == "ACTIVE"))
    assert len(active) == 1


def test_a_program_names_stations_that_are_there_and_a_change_meets_what_was_read(crib: Crib) -> None:
    body = {"programCode": "X", "version": "1", "kind": "FCT", "name": "Test", "stationCodes": ["NOWHERE"]}
    assert crib.engineer.post("/api/test-programs", body).code == "STATION_NOT_FOUND"
    draft = program(crib, active=False)
    at = f"/api/test-programs/{draft['id']}"
    crib.engineer.patch(at, {"name": "Renamed", "ifUpdatedAt": draft["updatedAt"]}).must()
    assert crib.engineer.patch(at, {"name": "Late", "ifUpdatedAt": draft["updatedAt"]}).code == "STALE_UPDATE"
    assert crib.engineer.get("/api/test-programs/nonsense").code == "TEST_PROGRAM_NOT_FOUND"
    wrong = {**body, "stationCodes": [], "limits": [{"name": "R1", "lower": 2, "upper": 1}]}
    assert crib.engineer.post("/api/test-programs", wrong).status == 422


def test_only_engineers_keep_the_register(crib: Crib) -> None:
    draft = program(crib, active=False)
    for who in ("operator", "leader", "planner"):
        assert activate(crib, draft["id"], who).code == "FORBIDDEN"
    assert (
        crib.operator.post("/api/test-programs", {"programCode": "X", "version": "1", "kind": "ICT", "name": "T"}).code
        == "FORBIDDEN"
    )


# At the station


def test_a_board_enters_a_test_step_only_while_a_program_is_active_for_product_and_station(crib: Crib) -> None:
    _, sns = at_the_tester(crib)
    refused = crib.come_in(sns[0], TESTER)
    assert (refused.status, refused.code, refused.details["productCode"]) == (409, "TEST_PROGRAM_NOT_ACTIVE", "P-1")
    program(crib, productCode="P-OTHER")
    program(crib, stationCodes=[OTHER])
    program(crib, active=False)
    assert crib.come_in(sns[0], TESTER).code == "TEST_PROGRAM_NOT_ACTIVE"
    made = program(crib)
    crib.come_in(sns[0], TESTER).must()
    crib.engineer.post(f"/api/test-programs/{made['id']}/retire", {"reason": "Found wrong"}).must()
    assert crib.come_in(sns[1], TESTER).code == "TEST_PROGRAM_NOT_ACTIVE"


def test_a_pass_needs_a_record_that_passed_on_this_visit(crib: Crib) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    refused = crib.go_out(sns[0], TESTER)
    assert (refused.status, refused.code) == (409, "TEST_RECORD_REQUIRED")
    taken = measured(crib, sns[0], code).must()
    assert (taken["attempt"], taken["result"], taken["programVersion"], taken["source"], taken["isDuplicate"]) == (
        1, "PASS", "1.0", "MANUAL", False,
    )  # fmt: skip
    assert crib.go_out(sns[0], TESTER).must()["status"] == "QUEUED"
    seen = crib.api.as_("quality").get(f"/api/trace/units/{sns[0]}").must()["testRecords"]
    assert [(one["programCode"], one["attempt"], one["result"]) for one in seen] == [(code, 1, "PASS")]


def test_a_fail_may_leave_without_a_record(crib: Crib) -> None:
    program(crib)
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    assert crib.go_out(sns[0], TESTER, "FAIL").must()["status"] == "OUT_FAILED"


def test_an_item_outside_the_limits_fails_the_record_whatever_the_tester_says(crib: Crib) -> None:
    limits = [{"name": "R101", "unit": "kΩ", "lower": 9.5, "upper": 10.5}]
    code = program(crib, limits=limits)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    items = [
        {"name": "R101", "value": 12.0, "lower": 0, "upper": 100, "result": "PASS"}, {"name": "C7", "value": 3, "lower": 1, "upper": 3},
        {"name": "LED", "value": True, "result": "PASS"}, {"name": "Note", "value": "seen"},
    ]  # fmt: skip
    taken = measured(crib, sns[0], code, items=items).must()
    assert (taken["result"], taken["machineResult"]) == ("FAIL", "PASS")
    assert [(one["name"], one["result"], one["lower"]) for one in taken["items"]] == [
        ("R101", "FAIL", 9.5), ("C7", "PASS", 1.0), ("LED", "PASS", None), ("Note", None, None),
    ]  # fmt: skip
    out = crib.go_out(sns[0], TESTER).must()
    assert (out["status"], out["result"], out["inspectionOverride"]) == ("OUT_FAILED", "FAIL", True)
    assert out["overrideSources"] == [{"kind": "TEST", "reference": taken["testResultId"]}]


def test_a_retest_says_why_and_the_latest_attempt_counts_until_the_limit(crib: Crib) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    measured(crib, sns[0], code, "FAIL").must()
    refused = measured(crib, sns[0], code)
    assert (refused.status, refused.details["fields"][0]["path"]) == (422, "reason")
    assert measured(crib, sns[0], code, "FAIL", reason="A dirty probe").must()["attempt"] == 2
    assert measured(crib, sns[0], code, reason="Cleaned").must()["attempt"] == 3
    refused = measured(crib, sns[0], code, reason="Once more")
    assert (refused.status, refused.code, refused.details["limit"]) == (409, "RETEST_LIMIT_REACHED", 3)
    assert crib.go_out(sns[0], TESTER).must()["result"] == "PASS"


def test_a_record_is_of_the_active_program_and_version(crib: Crib) -> None:
    code = program(crib, version="2.0")["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    for wrong in ({"programVersion": "1.0"}, {"kind": "FCT"}):
        refused = measured(crib, sns[0], code, **wrong)
        assert (refused.code, refused.details["expected"]) == ("TEST_PROGRAM_MISMATCH", [f"{code} 2.0 (ICT)"])
    assert measured(crib, sns[0], "ANOTHER").code == "TEST_PROGRAM_MISMATCH"
    assert measured(crib, sns[0], code, programVersion="2.0", kind="ICT").must()["programVersion"] == "2.0"


def test_a_record_repeated_answers_the_first_and_one_with_other_content_is_refused(crib: Crib) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    at = clock.to_wire(clock.now_ms())
    first = measured(crib, sns[0], code, testResultId="TR-1", completedAt=at).must()
    again = measured(crib, sns[0], code, testResultId="TR-1", completedAt=at).must()
    assert again == {**first, "isDuplicate": True}
    refused = measured(crib, sns[0], code, "FAIL", testResultId="TR-1", completedAt=at)
    assert (refused.status, refused.code) == (409, "EVENT_ID_REUSED")
    crib.go_out(sns[0], TESTER).must()
    assert (
        measured(crib, sns[0], code, testResultId="TR-1", completedAt=at).must()["isDuplicate"] is True
    )  # after it has left, too


def test_the_same_record_twice_at_once_is_one_record(crib: Crib) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    at = clock.to_wire(clock.now_ms())
    body = {
        "testResultId": "TR-2", "sn": sns[0], "stationCode": TESTER, "programCode": code, "result": "PASS", "completedAt": at, "operatorId": "OP-01",
    }  # fmt: skip
    answers = crib.api.at_once(*((crib.plant.session("operator"), "POST", "/api/test-records", body) for _ in range(3)))
    assert sorted(answer.must()["isDuplicate"] for answer in answers) == [False, True, True]
    assert len(crib.rows(select(records.c.id).where(records.c.test_result_id == "TR-2"))) == 1


def test_a_record_needs_an_open_visit_at_that_station(crib: Crib) -> None:
    code = program(crib, stationCodes=[TESTER, OTHER])["programCode"]
    run, sns = at_the_tester(crib)
    assert measured(crib, sns[0], code).code == "TRACK_NOT_FOUND"
    assert measured(crib, "UNKNOWN", code).code == "UNIT_NOT_FOUND"
    crib.come_in(sns[0], TESTER).must()
    assert measured(crib, sns[0], code, stationCode=OTHER).code == "TRACK_NOT_FOUND"
    assert measured(crib, sns[0], code, runNo="RUN-OTHER").code == "UNIT_RUN_MISMATCH"
    assert measured(crib, sns[0], code, stepNo=20).code == "STEP_MISMATCH"
    measured(crib, sns[0], code, runNo=run, stepNo=10).must()
    refused = crib.operator.post(f"/api/stations/{TESTER}/cancel-track-in", {"sn": sns[0], "reason": "A wrong scan"})
    assert refused.code == "TRACK_HAS_RECORDS"


def test_a_person_names_the_operator_and_speaks_for_nobody_else(crib: Crib) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    assert measured(crib, sns[0], code, operatorId=None).status == 422
    assert measured(crib, sns[0], code, source="AUTO").code == "SOURCE_NOT_ALLOWED"
    early = clock.to_wire(clock.now_ms() + 60_000)
    assert measured(crib, sns[0], code, startedAt=early).status == 422
    assert measured(crib, sns[0], code, who=crib.api.as_("operator2")).code == "FORBIDDEN"
    assert measured(crib, sns[0], code, who=crib.api.as_("planner")).code == "FORBIDDEN"


def test_a_tester_sends_records_by_its_token(crib: Crib, plant: Plant) -> None:
    code = program(crib)["programCode"]
    _, sns = at_the_tester(crib)
    crib.come_in(sns[0], TESTER).must()
    machine = plant.token("integration:push")
    taken = measured(crib, sns[0], code, who=machine, operatorId=None, equipmentId="ICT-1").must()
    assert (taken["source"], taken["equipmentId"]) == ("AUTO", "ICT-1")
    assert (
        measured(crib, sns[0], code, who=machine, operatorId=None, source="MANUAL", reason="Again").code
        == "SOURCE_NOT_ALLOWED"
    )


def test_without_a_program_asked_for_any_record_is_taken_and_still_forces(crib: Crib) -> None:
    run = crib.under_way(plan=1, route=crib.route(None, step(10, "FCT", TESTER), step(20, "AOI", OTHER)))
    sn = crib.units_of(run)[0]
    crib.come_in(sn, TESTER).must()
    measured(crib, sn, "OLD-PROGRAM", "FAIL", kind="FCT").must()
    assert crib.go_out(sn, TESTER).must()["result"] == "FAIL"


# What is seen of them


def test_records_are_listed_and_counted_by_units(crib: Crib) -> None:
    code = program(crib, limits=[{"name": "R1", "lower": 1, "upper": 2}])["programCode"]
    _, sns = at_the_tester(crib)
    bad, good = [{"name": "R1", "value": 9}], [{"name": "R1", "value": 1}]
    for sn in sns:
        crib.come_in(sn, TESTER).must()
    measured(crib, sns[0], code, items=good).must()
    measured(crib, sns[1], code, items=bad).must()
    measured(crib, sns[1], code, items=good, reason="Retest").must()
    measured(crib, sns[2], code, items=bad).must()
    quality = crib.api.as_("quality")
    found = quality.get("/api/test-records", programCode=code, result="FAIL").must()
    assert (found["total"], {one["sn"] for one in found["items"]}) == (2, {sns[1], sns[2]})
    stats = quality.get("/api/test-records/stats", programCode=code).must()
    [group] = stats["groups"]
    assert group == {
        "key": code, "tested": 3, "firstPass": 1, "finalPass": 2, "retested": 1, "firstPassYield": 0.3333,
        "topFailItems": [{"name": "R1", "qty": 2}],
    }  # fmt: skip
    assert stats["total"] == {**group, "key": ""}
    for by, key in (("station", TESTER), ("day", None)):
        [group] = quality.get("/api/test-records/stats", programCode=code, groupBy=by).must()["groups"]
        assert (group["tested"], key in (None, group["key"])) == (3, True)
    assert quality.get("/api/test-records/stats", groupBy="weather").status == 422
    assert crib.api.as_("operator2").get("/api/test-records", programCode=code).must()["total"] == 0  # out of reach


def test_the_gate_asks_for_an_active_program_and_the_first_piece_is_due_anew(crib: Crib, plant: Plant) -> None:
    crib.gates(LINE, "ROUTE", "PREP_PROGRAM")
    route = crib.route(
        None, step(10, "ICT", TESTER, processKind="TEST", requiresTestProgram=True), step(20, "AOI", OTHER)
    )
    run = crib.run(route=route)
    plant.settle()
    items = {one["itemKey"]: one for one in crib.leader.post(f"/api/runs/{run}/readiness/precheck").must()["items"]}
    assert items["STEP_10_PROGRAM"]["causeCode"] == "TEST_PROGRAM_NOT_ACTIVE"
    made = program(crib)
    plant.settle()  # the gate hears of it by itself
    latest = crib.planner.get(f"/api/runs/{run}/readiness/latest").must()
    [item] = [one for one in latest["items"] if one["itemKey"] == "STEP_10_PROGRAM"]
    assert (item["status"], item["evidence"]["programs"]) == ("PASSED", [f"{made['programCode']} 1.0"])


def test_the_pages_of_programs_and_records_say_what_is_there(crib: Crib) -> None:
    assert crib.engineer.get("/test-programs").status == 200
    made = program(crib)
    for path in (
        "/test-programs",
        "/test-programs/dialogs/new",
        *(f"/test-programs/{made['id']}/dialogs/{name}" for name in ("show", "edit", "activate")),
    ):
        assert made["programCode"] in crib.engineer.get(path).text or path.endswith("new")
    assert crib.api.as_("quality").get("/test-records").status == 200
