"""Daily QC with its statistics, and production exceptions until they are closed (spec 06.12, 06.13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.api.paper_floor import DAY, Papers, wire
from tests.api.plant import LINE, PASSWORD, TEST, Plant

from fiducial.forms import dues
from fiducial.forms.tables import TABLES


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


# Daily QC


def test_a_report_computes_its_rates_and_takes_none_from_a_client(papers: Papers) -> None:
    record = papers.made("daily_qc")
    assert (record["defectQty"], record["defectBoardQty"]) == (3, 1)
    assert (record["defectBoardRate"], record["defectRate"]) == (0.0036, 0.0107)
    assert record["shiftCode"] in ("DAY", "MIDDLE", "NIGHT")
    assert papers.post("daily_qc", defectBoardRate=0.1).field_paths == ["defectBoardRate"]
    assert papers.post("daily_qc", inspectedAt=None).field_paths == ["inspectedAt"]
    assert papers.post("daily_qc", inspectedAt=wire(timedelta(hours=-1))).code == "BACK_ENTRY_NOT_ALLOWED"


def test_figures_of_a_report_fit_together(papers: Papers) -> None:
    assert papers.post("daily_qc", defectQty=4).field_paths == ["defectQty"]
    assert papers.post("daily_qc", defectBoardQty=4).field_paths == ["defectBoardQty"]
    assert papers.post("daily_qc", timeWindow="10:00-10:00").field_paths == ["timeWindow"]
    assert papers.post("daily_qc", timeWindow="10-12").field_paths == ["timeWindow"]
    changed = papers.made("daily_qc", defectBoardQty=2)
    assert (changed["defectBoardQty"], changed["defectBoardQtyPrefill"]) == (2, 1)  # both figures are kept
    empty = papers.made("daily_qc", inspectedQty=0, defectSummary=[])
    assert (empty["defectBoardRate"], empty["defectRate"]) == (None, None)


def test_above_the_alarm_rate_a_measure_is_required(papers: Papers) -> None:
    assert papers.post("daily_qc", inspectedQty=20).field_paths == ["correctiveAction"]
    assert (
        papers.made("daily_qc", inspectedQty=20, correctiveAction="Stencil changed")["correctiveAction"]
        == "Stencil changed"
    )
    papers.set("form.daily_qc.alarmRate", 0.5)
    assert papers.post("daily_qc", inspectedQty=20).ok


def test_a_bad_board_is_linked_to_its_recorded_defect_or_pointed_out(papers: Papers) -> None:
    run_no = papers.floor.run(route=papers.floor.route(), units=2)
    sn = papers.floor.planner.get(f"/api/runs/{run_no}/units").must()["items"][0]["sn"]
    record = papers.made(
        "daily_qc", runNo=run_no, defectSummary=[{"code": "SOLDER_BRIDGE", "qty": 1, "unitSn": sn, "location": "R1"}]
    )
    assert [warning["code"] for warning in record["warnings"]] == ["DEFECT_NOT_RECORDED"]
    assert record["defectSummary"] == [
        {"code": "SOLDER_BRIDGE", "qty": 1, "unitSn": sn, "location": "R1", "defectId": None}
    ]
    assert (
        papers.post("daily_qc", defectSummary=[{"code": "X", "qty": 1, "unitSn": "SN-NONE"}]).code == "UNIT_NOT_FOUND"
    )


def test_another_person_reviews_a_report(papers: Papers) -> None:
    record = papers.made("daily_qc")
    assert papers.leader.post(papers.at("daily_qc", record, "confirm"), {}).must()["confirmedByName"] == "赵组长"


def test_rates_of_statistics_are_sum_over_sum(papers: Papers) -> None:
    papers.made("daily_qc", lineCode=LINE, timeWindow="08:00-10:00", defectBoardQty=3)
    papers.made("daily_qc", lineCode=LINE, timeWindow="10:00-12:00", inspectedQty=100, defectSummary=[])
    voided = papers.made("daily_qc", inspectedQty=900)
    papers.leader.post(papers.at("daily_qc", voided, "void"), {"reason": "Twice"}).must()
    ask = papers.operator.get
    stats = ask("/api/daily-qc-records/stats").must()
    assert stats["totals"] == {
        "totalRecords": 2, "totalParts": 82, "inspectedQty": 380, "defectBoardQty": 3, "defectBoardRate": 0.0079, "defectQty": 3,
        "defectRate": 0.0079, "defectPpm": 192.55,
    }  # fmt: skip
    assert [item["timeWindow"] for item in stats["items"]] == ["08:00-10:00", "10:00-12:00"]
    assert [(top["code"], top["qty"], top["share"], top["cumulative"]) for top in stats["topDefects"]] == [
        ("SOLDER_BRIDGE", 3, 1.0, 1.0)
    ]
    by_line = ask("/api/daily-qc-records/stats", groupBy="line,day").must()["items"]
    assert [(item["lineCode"], item["totalRecords"]) for item in by_line] == [(LINE, 2)]
    assert ask("/api/daily-qc-records/stats", timeWindow="10:00").must()["totals"]["inspectedQty"] == 380
    assert ask("/api/daily-qc-records/stats", inspectedTo=wire(timedelta(hours=-1))).must()["items"] == []
    assert ask("/api/daily-qc-records/stats", groupBy="colour").field_paths == ["groupBy"]
    assert papers.api.as_("material").get("/api/daily-qc-records/stats").ok
    assert papers.api.as_("planner").get("/api/daily-qc-records/stats").ok  # trace:read


def test_the_most_frequent_defects_end_with_the_others(papers: Papers) -> None:
    papers.made(
        "daily_qc", defectSummary=[{"code": f"D{n:02d}", "qty": 20 - n} for n in range(12)], inspectedQty=10_000
    )
    top = papers.operator.get("/api/daily-qc-records/stats").must()["topDefects"]
    assert len(top) == 11
    assert (top[0]["code"], top[-1]["code"], top[-1]["qty"], top[-1]["cumulative"]) == ("D00", "OTHER", 19, 1.0)


# Production exceptions


def proof(**more: object) -> dict[str, object]:
    return {"correctiveAction": "Belt replaced", "password": PASSWORD, **more}


def test_an_exception_is_closed_by_another_person_with_a_measure_and_a_signature(papers: Papers) -> None:
    record = papers.made("production_exception", lineCode=LINE)
    assert (record["status"], record["source"], record["category"], record["lineNo"]) == (
        "OPEN",
        "MANUAL",
        "OTHER",
        LINE,
    )
    at = papers.at("production_exception", record, "confirm")
    without = papers.leader.post(at, {"password": PASSWORD})
    assert without.field_paths == ["correctiveAction"]
    assert papers.leader.post(at, proof(password="wrong")).code == "REAUTH_FAILED"
    assert papers.operator.post(at, proof()).code == "FORBIDDEN"
    closed = papers.leader.post(at, proof(remark="Done")).must()
    assert (closed["status"], closed["confirmedByName"], closed["correctiveAction"]) == (
        "CONFIRMED",
        "赵组长",
        "Belt replaced",
    )
    assert closed["signatureId"] is not None
    assert papers.leader.post(at, proof()).code == "ALREADY_CONFIRMED"
    signed = papers.leader.get("/api/signatures", subjectType="PRODUCTION_EXCEPTION", subjectId=record["id"]).must()[
        "items"
    ]
    assert [(one["meaning"], one["valid"]) for one in signed] == [("FORM_CONFIRM", True)]
    assert len(papers.events("PRODUCTION_EXCEPTION_CONFIRMED")) == 1


def test_who_recorded_an_exception_does_not_close_it(papers: Papers) -> None:
    record = papers.made("production_exception", papers.leader)
    assert (
        papers.leader.post(papers.at("production_exception", record, "confirm"), proof()).code == "SIGNER_MUST_DIFFER"
    )


def test_an_exception_that_does_not_exist_is_not_found(papers: Papers) -> None:
    assert papers.leader.get("/api/production-exception-records/EXC-NONE").code == "EXCEPTION_NOT_FOUND"
    assert (
        papers.leader.post("/api/production-exception-records/EXC-NONE/confirm", proof()).code == "EXCEPTION_NOT_FOUND"
    )


def test_a_material_review_says_what_becomes_of_the_material(papers: Papers) -> None:
    record = papers.made("production_exception", category="MATERIAL", correctiveAction="Sorted out")
    at = papers.at("production_exception", record, "confirm")
    assert papers.leader.post(at, {"password": PASSWORD}).field_paths == ["disposition"]
    assert papers.leader.post(at, {"password": PASSWORD, "disposition": "RTV"}).must()["disposition"] == "RTV"


def test_an_exception_of_a_run_takes_job_product_and_line_from_it(papers: Papers) -> None:
    run_no = papers.run()
    record = papers.made("production_exception", runNo=run_no)
    assert (record["assemblyNumber"], record["lineNo"], record["jobNo"]) == ("P-1", LINE, record["jobNo"])
    assert record["jobNo"].startswith("WO-")


def test_of_two_who_close_an_exception_at_once_one_wins(papers: Papers) -> None:
    at = papers.at("production_exception", papers.made("production_exception"), "confirm")
    answers = papers.api.at_once((papers.leader, "POST", at, proof()), (papers.engineer, "POST", at, proof()))
    assert sorted(str(answer.code) for answer in answers) == ["ALREADY_CONFIRMED", "None"]


def test_exceptions_are_found_by_state_and_category(papers: Papers) -> None:
    record = papers.made("production_exception", category="PROCESS")
    papers.made("production_exception")
    papers.leader.post(papers.at("production_exception", record, "confirm"), proof()).must()
    ask = papers.operator.get
    assert ask("/api/production-exception-records", status="OPEN").must()["total"] == 1
    assert ask("/api/production-exception-records", category="PROCESS").must()["items"][0]["status"] == "CONFIRMED"
    assert ask("/api/production-exception-records", status="GONE").field_paths == ["status"]


def test_an_exception_that_stands_open_for_a_day_is_told_daily(papers: Papers) -> None:
    papers.made("production_exception")
    t = TABLES["production_exception"]
    for _ in range(2):
        papers.store.write_now(TEST, dues.remind_of_records)
    assert papers.events("PRODUCTION_EXCEPTION_OPEN") == []
    papers.plant.sql(update(t).values(recorded_at=t.c.recorded_at - 2 * DAY))
    for _ in range(2):
        papers.store.write_now(TEST, dues.remind_of_records)
    assert len(papers.events("PRODUCTION_EXCEPTION_OPEN")) == 1
