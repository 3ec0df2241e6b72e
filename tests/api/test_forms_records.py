"""What all paper forms share (spec 10.2): who records, when, where; confirming, voiding, correcting; shown by three of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.api.paper_floor import GOOD, HOUR, MINUTE, PRINTED, Papers, wire
from tests.api.plant import LINE, Plant

from fiducial.forms.tables import TABLES
from fiducial.tooling.tables import tools


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


@pytest.fixture
def stencil(papers: Papers) -> Papers:
    papers.tool("ST-1", thickness_mm=0.12)
    return papers


def test_a_record_says_who_made_it_when_and_what_the_system_thinks_of_it(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", lineCode=LINE, scanned=True, remark="Fine")
    assert record["recordNo"].startswith("STU-")
    assert record["recordNo"].endswith("-0001")
    assert (record["formCode"], record["formRevision"]) == ("QR-Pro-089", "")
    assert (record["usedByName"], record["recordedByName"]) == ("钱操作", "钱操作")
    assert record["recordDate"] == record["recordedAt"]
    assert (record["source"], record["scanned"], record["lineCode"]) == ("MANUAL", True, LINE)
    assert (record["result"], record["resultReasons"]) == ("PASS", [])
    assert record["stencilThickness"] == 0.12
    assert stencil.plant.audit(action="STENCIL_USAGE_CREATE")[0]["entityDisplay"] == record["recordNo"]


def test_a_fail_is_a_fact_and_not_a_refusal_and_is_told(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", checkDeform=False, tensionValues=[29, 36, 37, 38, 39])
    assert record["result"] == "FAIL"
    assert [reason["code"] for reason in record["resultReasons"]] == ["CHECK_DEFORM", "TENSION"]
    assert len(stencil.events("FORM_OUT_OF_LIMIT")) == 1


def test_reasons_are_told_in_the_language_of_the_reader(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", tensionValues=[30, 36, 37, 38, 39])
    english = (
        stencil.api.as_("operator").with_headers(accept_language="en").get(stencil.at("stencil_usage", record)).must()
    )
    assert record["resultReasons"][0]["message"] == "张力 30 不大于 30 N/cm"
    assert english["resultReasons"][0]["message"] == "tension 30 is not above 30 N/cm"


@pytest.mark.parametrize(
    "name", ["totalPrintCount", "recordNo", "recordedBy", "result", "usedBy", "replacedAt", "source", "voided"]
)
def test_what_the_system_gives_or_computes_is_not_taken_from_a_request(name: str, stencil: Papers) -> None:
    answer = stencil.post("stencil_usage", **{name: "x"})
    assert (answer.status, answer.field_paths) == (422, [name])
    assert answer.details["fields"][0]["reason"].startswith("read_only")


def test_a_name_typed_where_the_paper_has_one_is_kept_as_a_note_and_the_person_is_the_account(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", namesTyped={"usedBy": "老李"})
    assert record["namesTyped"] == {"usedBy": "老李"}
    assert record["usedByName"] == "钱操作"


def test_a_field_of_the_form_that_is_missing_or_wrong_is_named(stencil: Papers) -> None:
    assert stencil.post("stencil_usage", tensionValues=[35, 36]).field_paths == ["tensionValues"]
    assert stencil.post("stencil_usage", productModel=None).field_paths == ["productModel"]
    assert stencil.post("stencil_usage", checkDeform=None).field_paths == ["checkDeform"]


# Where


def test_a_record_of_a_run_takes_line_and_product_from_it(stencil: Papers) -> None:
    run_no = stencil.run()
    record = stencil.made("stencil_usage", runNo=run_no, productModel=None, stepNo=10)
    assert (record["runNo"], record["lineCode"], record["productModel"], record["stepNo"]) == (run_no, LINE, "P-1", 10)


def test_a_place_that_does_not_exist_or_does_not_fit_is_refused(stencil: Papers) -> None:
    run_no = stencil.run()
    assert stencil.post("stencil_usage", runNo="RUN-NONE").code == "RUN_NOT_FOUND"
    assert stencil.post("stencil_usage", lineCode="NOWHERE").code == "LINE_NOT_FOUND"
    assert stencil.post("stencil_usage", stencil.engineer, lineCode="LINE-FAR", runNo=run_no).code == "LINE_MISMATCH"
    assert stencil.post("stencil_usage", runNo=run_no, stepNo=99).code == "ROUTE_STEP_NOT_FOUND"
    stencil.api.as_("planner").post(f"/api/runs/{run_no}/cancel", {"reason": "Not needed"}).must()
    assert stencil.post("stencil_usage", runNo=run_no).code == "RUN_CLOSED"


def test_a_line_out_of_reach_is_neither_written_to_nor_shown(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", stencil.engineer, lineCode="LINE-FAR")
    assert stencil.post("stencil_usage", lineCode="LINE-FAR").code == "FORBIDDEN"
    assert stencil.operator.get(stencil.at("stencil_usage", record)).code == "FORBIDDEN"
    assert stencil.operator.get("/api/stencil-usage-records").must()["items"] == []
    assert (
        stencil.leader.post(stencil.at("stencil_usage", record, "void"), {"reason": "Wrong line"}).code == "FORBIDDEN"
    )
    assert stencil.leader.post(stencil.at("stencil_usage", record, "confirm"), {}).code == "FORBIDDEN"


# When


def test_without_back_entry_a_time_is_only_taken_when_it_is_now(stencil: Papers) -> None:
    near = wire(timedelta(minutes=-9))
    assert stencil.made("stencil_usage", recordDate=near)["lateEntry"] is False
    for away in (timedelta(minutes=-11), timedelta(minutes=11)):
        assert stencil.post("stencil_usage", recordDate=wire(away)).code == "BACK_ENTRY_NOT_ALLOWED"


def test_after_an_outage_an_open_window_takes_late_entries_of_that_time_and_marks_them(stencil: Papers) -> None:
    admin = stencil.api.as_("admin")
    window = {
        "from": wire(timedelta(hours=-3)),
        "to": wire(timedelta(hours=-1)),
        "until": wire(timedelta(hours=2)),
        "reason": "Power cut",
    }
    opened = admin.post("/api/forms/late-entry-windows", window).must()
    assert opened["open"] is True
    assert stencil.made("stencil_usage", recordDate=wire(timedelta(hours=-2)))["lateEntry"] is True
    assert stencil.post("stencil_usage", recordDate=wire(timedelta(hours=-4))).code == "BACK_ENTRY_NOT_ALLOWED"
    assert stencil.leader.get("/api/forms/late-entry-windows").must()["total"] == 1
    assert stencil.plant.audit(action="LATE_ENTRY_OPEN")[0]["reason"] == "Power cut"


def test_a_window_lies_in_the_past_and_closes_in_the_future(stencil: Papers) -> None:
    admin, ago, ahead = stencil.api.as_("admin"), wire(timedelta(hours=-1)), wire(timedelta(hours=1))
    backwards = {"from": ago, "to": wire(timedelta(hours=-2)), "until": ahead, "reason": "Power cut"}
    closed = {"from": wire(timedelta(hours=-2)), "to": ago, "until": ago, "reason": "Power cut"}
    assert admin.post("/api/forms/late-entry-windows", backwards).field_paths == ["to"]
    assert admin.post("/api/forms/late-entry-windows", closed).field_paths == ["until"]
    assert stencil.leader.post("/api/forms/late-entry-windows", closed).code == "FORBIDDEN"


# The form is off, or not filled in by people


def test_a_form_that_is_off_takes_no_record_and_old_ones_stay_readable(stencil: Papers) -> None:
    record = stencil.made("stencil_usage")
    stencil.set("form.stencil_usage.enabled", False)
    assert stencil.post("stencil_usage").code == "FORM_DISABLED"
    assert stencil.operator.get(stencil.at("stencil_usage", record)).ok


def test_a_form_that_a_machine_fills_in_is_closed_to_people(stencil: Papers) -> None:
    stencil.set("form.stencil_usage.manualEntry", False)
    assert stencil.post("stencil_usage").code == "FORM_DISABLED"


def test_number_and_revision_are_those_configured_when_it_was_recorded(stencil: Papers) -> None:
    first = stencil.made("stencil_usage")
    stencil.set("form.stencil_usage.code", "QR-New-1")
    stencil.set("form.stencil_usage.revision", "B")
    second = stencil.made("stencil_usage")
    assert (second["formCode"], second["formRevision"]) == ("QR-New-1", "B")
    assert stencil.operator.get(stencil.at("stencil_usage", first)).must()["formCode"] == "QR-Pro-089"


def test_a_plant_adds_fields_of_its_own_and_they_are_judged(stencil: Papers) -> None:
    stencil.set("form.stencil_usage.extraFields", [
        {"name": "humidity", "zh": "湿度", "en": "Humidity", "type": "number", "unit": "%", "low": 10, "high": 90, "required": True},
        {"name": "seen", "zh": "已查看", "en": "Seen", "type": "flag"},
    ])  # fmt: skip
    assert stencil.made("stencil_usage", extra={"humidity": 55, "seen": True})["extra"] == {
        "humidity": 55,
        "seen": True,
    }
    assert stencil.post("stencil_usage").field_paths == ["extra.humidity"]
    assert stencil.post("stencil_usage", extra={"humidity": 95}).field_paths == ["extra.humidity"]
    assert stencil.post("stencil_usage", extra={"humidity": 50, "seen": "yes"}).field_paths == ["extra.seen"]
    assert stencil.post("stencil_usage", extra={"humidity": 50, "colour": "red"}).field_paths == ["extra.colour"]
    shown = stencil.operator.get("/api/forms/stencil_usage").must()
    assert [item["name"] for item in shown["extraFields"]] == ["humidity", "seen"]


# Confirming


def test_another_person_confirms_and_only_once(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", lineCode=LINE)
    at = stencil.at("stencil_usage", record, "confirm")
    assert stencil.operator.post(at, {}).code == "FORBIDDEN"
    confirmed = stencil.leader.post(at, {"remark": "Seen"}).must()
    assert (confirmed["confirmedByName"], confirmed["confirmRemark"]) == ("赵组长", "Seen")
    assert stencil.leader.post(at, {}).code == "ALREADY_CONFIRMED"
    done = [entry for entry in stencil.plant.audit(action="STENCIL_USAGE_CONFIRM") if entry["outcome"] == "SUCCESS"]
    assert [entry["entityDisplay"] for entry in done] == [record["recordNo"]]


def test_the_recorder_does_not_confirm_unless_the_plant_allows_it(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", stencil.leader, lineCode=LINE)
    at = stencil.at("stencil_usage", record, "confirm")
    assert stencil.leader.post(at, {}).code == "SIGNER_MUST_DIFFER"
    stencil.set("form.stencil_usage.fourEyes", False)
    assert stencil.leader.post(at, {}).ok


def test_two_who_confirm_at_once_one_wins(stencil: Papers) -> None:
    at = stencil.at("stencil_usage", stencil.made("stencil_usage"), "confirm")
    answers = stencil.api.at_once((stencil.leader, "POST", at, {}), (stencil.engineer, "POST", at, {}))
    assert sorted(str(answer.code) for answer in answers) == ["ALREADY_CONFIRMED", "None"]


def test_a_record_that_does_not_exist_is_not_found(stencil: Papers) -> None:
    for act, body in (("confirm", {}), ("void", {"reason": "Nothing there"})):
        assert stencil.leader.post(f"/api/stencil-usage-records/STU-NONE/{act}", body).code == "RECORD_NOT_FOUND"


# Voiding and correcting


def test_a_voided_record_is_kept_leaves_the_list_and_gives_its_count_back(stencil: Papers) -> None:
    record = stencil.made("stencil_usage", printCount=100)
    assert (record["totalPrintCount"], stencil.tool_row().used) == (100, 100)
    voided = stencil.leader.post(stencil.at("stencil_usage", record, "void"), {"reason": "Wrong stencil"}).must()
    assert (voided["voided"], voided["voidReason"], voided["voidedByName"]) == (True, "Wrong stencil", "赵组长")
    assert stencil.tool_row().used == 0
    assert stencil.operator.get("/api/stencil-usage-records").must()["items"] == []
    assert stencil.operator.get("/api/stencil-usage-records", voided="true").must()["total"] == 1
    again = stencil.leader.post(stencil.at("stencil_usage", record, "void"), {"reason": "Once more"})
    assert (again.code, again.details["voidReason"]) == ("ALREADY_VOIDED", "Wrong stencil")
    assert stencil.leader.post(stencil.at("stencil_usage", record, "confirm"), {}).code == "ALREADY_VOIDED"
    assert len(stencil.events("FORM_CORRECTED")) == 1


def test_a_correction_is_a_new_record_and_the_counts_follow(stencil: Papers) -> None:
    old = stencil.made("stencil_usage", printCount=1000)
    stencil.ago("stencil_usage", 2 * HOUR, "happened_at")
    body = {"reason": "One nought too many", **{name: old[name] for name in ("stencilId", "productModel", "tensionValues")},
            "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True, "printCount": 100}  # fmt: skip
    new = stencil.leader.post(stencil.at("stencil_usage", old, "correct"), body).must()
    before = stencil.leader.get(stencil.at("stencil_usage", old)).must()
    assert (new["corrects"], before["correctedBy"], before["voided"]) == (old["id"], new["id"], True)
    assert new["recordDate"] == before["recordDate"]  # it happened when it happened
    assert (new["totalPrintCount"], stencil.tool_row().used) == (100, 100)
    assert stencil.leader.post(stencil.at("stencil_usage", old, "correct"), body).code == "ALREADY_VOIDED"


def test_the_recorder_corrects_within_ten_minutes_and_then_asks(stencil: Papers) -> None:
    old = stencil.made("stencil_usage")
    body = {"reason": "Misread the dial", "stencilId": "ST-1", "productModel": "P-1", "tensionValues": [40] * 5, "checkDeform": True,
            "checkHoleDamage": True, "checkSealIntact": True}  # fmt: skip
    assert stencil.api.as_("material").post(stencil.at("stencil_usage", old, "correct"), body).code == "FORBIDDEN"
    new = stencil.operator.post(stencil.at("stencil_usage", old, "correct"), body).must()
    stencil.plant.sql(
        update(TABLES["stencil_usage"]).values(recorded_at=TABLES["stencil_usage"].c.recorded_at - 11 * MINUTE)
    )
    assert stencil.operator.post(stencil.at("stencil_usage", new, "correct"), body).code == "FORBIDDEN"
    assert stencil.leader.post(stencil.at("stencil_usage", new, "correct"), body).ok


def test_a_correction_does_not_move_into_the_future(stencil: Papers) -> None:
    old = stencil.made("stencil_usage")
    body = {"reason": "Wrong time", "recordDate": wire(timedelta(hours=1)), "stencilId": "ST-1", "productModel": "P-1",
            "tensionValues": [40] * 5, "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True}  # fmt: skip
    assert stencil.leader.post(stencil.at("stencil_usage", old, "correct"), body).code == "BACK_ENTRY_NOT_ALLOWED"
    assert stencil.leader.get(stencil.at("stencil_usage", old)).must()["voided"] is False


# What reads them is told


def test_a_new_and_a_voided_record_are_told_to_readiness(stencil: Papers) -> None:
    run_no = stencil.run()
    record = stencil.made("stencil_usage", runNo=run_no, productModel=None)
    told = len(stencil.events("READINESS_INPUT_CHANGED"))
    stencil.leader.post(stencil.at("stencil_usage", record, "void"), {"reason": "Wrong run"}).must()
    assert told > 0
    assert len(stencil.events("READINESS_INPUT_CHANGED")) > told


def test_a_typed_count_is_refused_where_tracks_count(stencil: Papers) -> None:
    run_no = stencil.run(*PRINTED)
    assert stencil.post("stencil_usage", runNo=run_no, productModel=None, printCount=5).code == "COUNT_TRACKED"
    assert stencil.made("stencil_usage", runNo=run_no, productModel=None)["printCount"] is None


# Lists


def test_a_list_is_filtered_by_the_forms_own_fields_and_its_own_time(stencil: Papers) -> None:
    stencil.tool("ST-2")
    stencil.made("stencil_usage", productModel="P-9", lineCode=LINE)
    stencil.made("stencil_usage", stencilId="ST-2", checkDeform=False)
    ask = stencil.operator.get
    at = "/api/stencil-usage-records"
    assert [item["stencilId"] for item in ask(at).must()["items"]] == ["ST-2", "ST-1"]  # newest first
    for filters, count in (
        ({"stencilId": "ST-2"}, 1), ({"productModel": "p-9"}, 1), ({"result": "FAIL"}, 1), ({"lineCode": LINE}, 1),
        ({"recordFrom": wire(timedelta(hours=-1))}, 2), ({"recordTo": wire(timedelta(hours=-1))}, 0), ({"confirmed": "true"}, 0),
        ({"recordedBy": "钱操作"}, 2), ({"lateEntry": "true"}, 0), ({"recordNo": "-0002"}, 1), ({"runNo": "RUN"}, 0),
    ):  # fmt: skip
        assert ask(at, **filters).must()["total"] == count, filters
    assert ask(at, colour="red").field_paths == ["colour"]


def test_the_declarations_are_told_with_labels_fields_and_permissions(stencil: Papers) -> None:
    forms = stencil.operator.get("/api/forms").must()["items"]
    assert {"bake", "solder_paste", "stencil_usage"} <= {form["key"] for form in forms}
    facts = stencil.operator.get("/api/forms/stencil_usage").must()
    assert (facts["formCode"], facts["gates"]) == ("QR-Pro-089", ["PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN"])
    tension = next(item for item in facts["fields"] if item["name"] == "tensionValues")
    assert (tension["unit"], tension["required"], tension["source"]) == ("N/cm", True, "T")
    assert stencil.operator.get("/api/forms/nothing").code == "FORM_NOT_FOUND"


def test_a_voided_cleaning_never_was(papers: Papers) -> None:
    papers.tool()
    first = papers.made("stencil_clean")
    papers.ago("stencil_clean", HOUR, "happened_at")
    papers.plant.sql(update(tools).values(last_cleaned_at=tools.c.last_cleaned_at - HOUR))
    before = papers.tool_row().last_cleaned_at
    second = papers.made("stencil_clean")
    assert papers.tool_row().last_cleaned_at > before
    papers.leader.post(papers.at("stencil_clean", second, "void"), {"reason": "another stencil"}).must()
    assert papers.tool_row().last_cleaned_at == before
    papers.leader.post(papers.at("stencil_clean", first, "void"), {"reason": "another stencil"}).must()
    assert papers.tool_row().last_cleaned_at is None


def test_a_corrected_cleaning_that_was_not_clean_is_taken_back(papers: Papers) -> None:
    papers.tool()
    record = papers.made("stencil_clean")
    body = GOOD["stencil_clean"] | {"cleanResult": "NG", "reason": "looked at again"}
    papers.leader.post(papers.at("stencil_clean", record, "correct"), body).must()
    assert papers.tool_row().last_cleaned_at is None
