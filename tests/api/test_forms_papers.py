"""Every paper form by its own rules: tools, cold store, inspections, ovens, X-ray (spec 10.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.api.orders_floor import step
from tests.api.paper_floor import DAY, HOUR, Papers, wire
from tests.api.plant import LINE, STATIONS, Plant

from fiducial.forms import dues
from fiducial.forms.papers import FORMS
from fiducial.kit.acting import Caller
from fiducial.tooling.tables import tools

ME = Caller(internal="timer")


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


# Tools


def test_a_stencil_that_fails_its_check_is_blocked_at_once(papers: Papers) -> None:
    papers.tool()
    papers.made("stencil_usage", checkSealIntact=False)
    assert (papers.tool_row().status, papers.tool_row().status_reason) == ("BLOCKED", "CHECK_FAILED")
    assert len(papers.events("TOOL_CHECK_FAILED")) == 1


def test_a_stencil_at_the_end_of_its_life_fails(papers: Papers) -> None:
    papers.tool(life_limit=100)
    assert papers.made("stencil_usage", printCount=99)["lifePercent"] == 99.0
    record = papers.made("stencil_usage", printCount=1)
    assert [reason["code"] for reason in record["resultReasons"]] == ["LIFE"]


def test_a_replaced_tool_begins_a_new_life(papers: Papers) -> None:
    papers.tool(life_limit=100)
    record = papers.made("stencil_usage", printCount=100, replaced=True)
    assert (record["result"], record["totalPrintCount"]) == ("PASS", 100)
    assert record["replacedAt"] == record["recordDate"]
    assert (papers.tool_row().used, papers.tool_row().life_no) == (0, 2)
    papers.leader.post(papers.at("stencil_usage", record, "void"), {"reason": "Not replaced"}).must()
    assert papers.tool_row().used == 0  # that life has ended; nothing is given back to it


def test_a_tool_of_another_kind_an_unknown_and_a_retired_one_are_refused(papers: Papers) -> None:
    papers.tool("SQ-1", "SQUEEGEE")
    papers.tool("ST-OLD", status="RETIRED")
    assert papers.post("stencil_usage", stencilId="SQ-1").code == "TOOL_KIND_MISMATCH"
    assert papers.post("stencil_usage", stencilId="ST-NONE").code == "TOOL_NOT_FOUND"
    assert papers.post("stencil_usage", stencilId="ST-OLD").code == "TOOL_NOT_USABLE"
    assert papers.post("stencil_clean", stencilId="SQ-1").code == "TOOL_KIND_MISMATCH"


def test_a_cleaning_is_noted_in_the_register_and_nobody_confirms_it(papers: Papers) -> None:
    papers.tool()
    dirty = papers.made("stencil_clean", cleanResult="NG")
    assert (dirty["result"], papers.tool_row().last_cleaned_at) == ("FAIL", None)
    clean = papers.made("stencil_clean")
    assert (clean["result"], clean["cleanedByName"]) == ("PASS", "钱操作")
    assert papers.tool_row().last_cleaned_at is not None
    assert papers.leader.post(papers.at("stencil_clean", clean, "confirm"), {}).status in (404, 405)
    assert (
        papers.operator.get(
            "/api/stencil-cleaning-records", cleanedBy="钱", cleanedFrom=wire(timedelta(hours=-1))
        ).must()["total"]
        == 2
    )


def test_a_squeegee_is_checked_for_surface_edge_and_flatness(papers: Papers) -> None:
    papers.tool("SQ-1", "SQUEEGEE", spec="30 cm", life_limit=100_000)
    good = papers.made("squeegee", printCount=10, lineCode=LINE)
    assert (good["result"], good["squeegeeSpec"], good["totalPrintCount"]) == ("PASS", "30 cm", 10)
    bad = papers.made("squeegee", checkEdge=False)
    assert [reason["code"] for reason in bad["resultReasons"]] == ["CHECK_EDGE"]
    assert papers.tool_row("SQ-1").status == "BLOCKED"
    assert papers.post("squeegee", productModel=None).field_paths == ["productModel"]


def test_a_fixture_with_a_fault_fails_and_is_out_of_use(papers: Papers) -> None:
    papers.tool("FX-1", "FIXTURE", life_limit=5000)
    assert papers.made("fixture", usageCount=7)["totalUsageCount"] == 7
    bad = papers.made("fixture", maintenance=[{"item": "3", "result": "NG"}])
    assert [reason["code"] for reason in bad["resultReasons"]] == ["MAINTENANCE_3"]
    again = papers.made("fixture")
    assert [reason["code"] for reason in again["resultReasons"]] == ["MAINTENANCE_OPEN"]


def test_a_fixture_record_may_be_entered_up_to_thirty_days_late_with_a_reason_by_who_may(papers: Papers) -> None:
    papers.tool("FX-1", "FIXTURE", life_limit=5000)
    yesterday = wire(timedelta(days=-1))
    assert papers.post("fixture", recordDate=yesterday, reason="Forgotten").code == "FORBIDDEN"
    assert papers.post("fixture", papers.engineer, recordDate=yesterday).field_paths == ["reason"]
    late = papers.made("fixture", papers.engineer, recordDate=yesterday, reason="Forgotten")
    assert (late["lateEntry"], late["lateReason"]) == (True, "Forgotten")
    assert (
        papers.post("fixture", papers.engineer, recordDate=wire(timedelta(days=-31)), reason="Forgotten").code
        == "LATE_ENTRY_TOO_OLD"
    )
    assert (
        papers.post("fixture", papers.engineer, recordDate=wire(timedelta(days=1)), reason="Forgotten").code
        == "BACK_ENTRY_NOT_ALLOWED"
    )


# Cold store


def test_the_cold_store_is_read_by_machines_until_the_plant_lets_people(papers: Papers) -> None:
    assert papers.post("cold_storage").code == "FORM_DISABLED"
    machine = papers.plant.token("integration:push")
    record = papers.made("cold_storage", machine, temperature=8.5)
    assert (record["source"], record["result"], record["storageCode"]) == ("AUTO", "FAIL", "COLD-01")
    assert record["period"] in ("AM", "PM")
    papers.set("form.cold_storage.manualEntry", True)
    assert papers.made("cold_storage")["result"] == "PASS"
    assert papers.post("cold_storage", temperature=4.55).field_paths == ["temperature"]


def test_a_reading_that_is_missing_is_told_once_a_day(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.made("cold_storage", papers.plant.token("integration:push"))
    papers.ago("cold_storage", DAY, "happened_at")
    monkeypatch.setattr(dues, "READ_BY", {"AM": 0, "PM": 0})
    for _ in range(2):
        papers.store.write_now(ME, dues.remind_of_records)
    told = [event.payload for event in papers.events("FORM_DUE")]
    assert len(told) == 2
    assert "COLD-01 AM" in told[0]


def test_a_squeegee_in_use_that_nobody_checked_for_a_week_is_told(papers: Papers) -> None:
    papers.tool("SQ-1", "SQUEEGEE")
    papers.made("squeegee", printCount=5)
    papers.store.write_now(ME, dues.remind_of_records)
    assert papers.events("FORM_DUE") == []
    papers.ago("squeegee", 8 * DAY, "happened_at")
    papers.plant.sql(update(tools).values(last_used_at=tools.c.updated_at))
    papers.store.write_now(ME, dues.remind_of_records)
    assert len(papers.events("FORM_DUE")) == 1


# Equipment inspection


def test_a_failed_inspection_opens_a_production_exception_in_the_same_transaction(papers: Papers) -> None:
    record = papers.made("equipment_inspection", result="FAIL", lineCode=LINE)
    assert record["result"] == "FAIL"
    assert record["exceptionNo"].startswith("EXC-")
    raised = papers.leader.get(f"/api/production-exception-records/{record['exceptionId']}").must()
    assert (raised["source"], raised["sourceId"], raised["category"]) == (
        "EQUIPMENT_INSPECTION",
        record["id"],
        "EQUIPMENT",
    )
    assert (raised["lineCode"], raised["issuedByName"], raised["issuedAt"]) == (LINE, "钱操作", record["inspectedAt"])
    assert "AOI 1" in raised["description"]
    assert len(papers.events("PRODUCTION_EXCEPTION_RAISED")) == 1


def test_a_passed_inspection_opens_none_and_a_correction_keeps_the_one_there_is(papers: Papers) -> None:
    assert papers.made("equipment_inspection")["exceptionId"] is None
    failed = papers.made("equipment_inspection", result="FAIL")
    body = {
        "reason": "Wrong sample",
        "equipmentType": "AOI",
        "machineName": "AOI 1",
        "sampleModel": "GOLDEN-2",
        "programName": "AOI-P1",
        "result": "FAIL",
    }
    corrected = papers.leader.post(papers.at("equipment_inspection", failed, "correct"), body).must()
    assert corrected["exceptionNo"] == failed["exceptionNo"]
    assert papers.leader.get("/api/production-exception-records").must()["total"] == 1


def test_a_machine_is_named_by_its_code_or_by_its_name(papers: Papers) -> None:
    named = papers.made("equipment_inspection", equipmentCode=STATIONS[4], machineName=None)
    assert named["machineName"] == STATIONS[4]
    assert papers.post("equipment_inspection", machineName=None).field_paths == ["machineName"]


def test_a_run_that_starts_without_an_inspection_of_the_day_is_told(papers: Papers) -> None:
    from fiducial.kit.outbox import Event

    run_no = papers.run(step(10, "AOI", STATIONS[4], processKind="AOI"))
    event = Event(1, "RUN_START", papers.run_row(run_no).id, {})
    papers.tell(dues.remind_of_inspection, event)
    papers.tell(dues.remind_of_inspection, event)
    assert len(papers.events("FORM_DUE")) == 1
    papers.made("equipment_inspection", equipmentCode=STATIONS[4])


# Oven program


def oven_step(**profile: object) -> dict[str, object]:
    return step(
        10,
        "REFLOW",
        STATIONS[3],
        processKind="REFLOW",
        expectedReflowProfile={"code": "PF-1", "version": "1"} | profile,
    )


def test_the_program_that_was_chosen_is_the_one_of_the_route(papers: Papers) -> None:
    run_no = papers.run(oven_step(programName="PB-FREE-01", peakTempMin=235, peakTempMax=250))
    good = papers.made("oven_program", runNo=run_no, productName=None, programName=" PB-FREE-01 ")
    assert (good["result"], good["isMatched"], good["expectedProgram"], good["productName"]) == (
        "PASS",
        True,
        "PB-FREE-01",
        "P-1",
    )
    other = papers.made("oven_program", runNo=run_no, programName="PB-FREE-02", peakTemp=260)
    assert [reason["code"] for reason in other["resultReasons"]] == ["PROGRAM", "PEAK"]


def test_where_no_program_is_expected_none_is_judged(papers: Papers) -> None:
    record = papers.made("oven_program")
    assert (record["result"], record["isMatched"], record["expectedProgram"]) == (None, None, None)
    assert papers.post("oven_program", productName=None).field_paths == ["productName"]
    assert papers.post("oven_program", zoneTemps=[10]).field_paths == ["zoneTemps.0"]


# X-ray


def test_x_ray_is_off_until_the_plant_wants_it_and_then_judges_voids(papers: Papers) -> None:
    assert papers.post("xray").code == "FORM_DISABLED"
    papers.set("form.xray.enabled", True)
    assert papers.made("xray")["result"] == "PASS"
    assert [r["code"] for r in papers.made("xray", maxVoidPercent=30, checkResult="NG")["resultReasons"]] == [
        "CHECK",
        "VOID",
    ]
    assert papers.post("xray", reasonCode="E").field_paths == ["remark"]
    assert papers.post("xray", sampleQty=1, unitSns=["SN-1"]).code == "UNIT_NOT_FOUND"
    assert papers.api.as_("trace").post("/api/xray-inspection-records", {}).code in ("FORBIDDEN", "VALIDATION_ERROR")


# All of them


@pytest.mark.one_engine
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_every_form_is_taken_away_as_sheet_and_as_paper(form: object, papers: Papers) -> None:
    for code, kind in (("ST-1", "STENCIL"), ("SQ-1", "SQUEEGEE"), ("FX-1", "FIXTURE")):
        papers.tool(code, kind)
    for name in ("enabled", "manualEntry"):
        papers.set(f"form.{form.key}.{name}", True)  # type: ignore[attr-defined]
    record = papers.made(form.key, remark="中文备注")  # type: ignore[attr-defined]
    at = f"/api/{form.path}/export"  # type: ignore[attr-defined]
    assert record["recordNo"] in papers.engineer.get(at, format="csv").text
    for kind, begins in (("xlsx", "PK"), ("pdf", "%PDF")):
        answer = papers.engineer.get(at, format=kind)
        assert answer.status == 200, answer.text
        assert answer.text.startswith(begins)
    assert papers.engineer.get(at, format="doc").field_paths == ["format"]
    assert papers.engineer.get(at, format="pdf", colour="red").field_paths == ["colour"]
    assert len(papers.plant.audit(action="EXPORT")) == 3


@pytest.mark.one_engine
def test_a_traveller_is_printed_for_who_may_see_the_run(papers: Papers) -> None:
    run_no = papers.run()
    assert papers.operator.get(f"/api/runs/{run_no}/traveller").text.startswith("%PDF")
    assert papers.operator.get("/api/runs/RUN-NONE/traveller").code == "RUN_NOT_FOUND"
    assert papers.api.as_("operator2").get(f"/api/runs/{run_no}/traveller").code == "FORBIDDEN"


@pytest.mark.one_engine
def test_without_the_font_a_pdf_is_refused_clearly(
    papers: Papers, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from fiducial.kit.pdf import parts

    monkeypatch.setattr(parts, "FONT", tmp_path / "none.ttf")  # type: ignore[operator]
    assert papers.engineer.get("/api/bake-records/export", format="pdf").code == "PRINT_FONT_MISSING"
    assert papers.engineer.get("/api/bake-records/export", format="csv").status == 200
    assert HOUR
