"""Ways around the rules of the paper forms that a hostile reader found: each stays closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.paper_floor import GOOD, GOOD_STENCIL, HOUR, MINUTE, Papers, wire
from tests.api.plant import LINE, TEST, Plant
from tests.api.test_forms_paste_and_bake import issued, thawed
from tests.api.test_hostile_races import meanwhile

from fiducial.forms.tables import TABLES
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.trace import papers as traced


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


# ---- the time of a correction


def corrected(papers: Papers, key: str, record: Any, who: str = "operator", **more: Any) -> Any:
    body = GOOD[key] | {"reason": "Misread the clock"} | more
    return papers.api.as_(who).post(papers.at(key, record, "correct"), body)


def test_a_bake_is_not_made_longer_by_correcting_when_it_went_in(papers: Papers) -> None:
    record = papers.made("bake")
    for who in ("operator", "leader"):
        early = corrected(papers, "bake", record, who, inAt=wire(timedelta(hours=-6)))
        assert early.code == "BACK_ENTRY_NOT_ALLOWED"
    assert papers.operator.get(papers.at("bake", record)).must()["voided"] is False
    out = papers.operator.post(papers.at("bake", record, "take-out"), {}).must()
    assert [reason["code"] for reason in out["resultReasons"]] == ["BAKE_TOO_SHORT"]


def test_a_correction_may_name_the_time_that_the_record_has(papers: Papers) -> None:
    record = papers.made("bake")
    papers.ago("bake", 5 * HOUR, "happened_at")
    shown = papers.operator.get(papers.at("bake", record)).must()
    new = corrected(papers, "bake", record, "leader", inAt=shown["inAt"]).must()
    assert (new["inAt"], new["lateEntry"]) == (shown["inAt"], False)


def test_a_correction_moves_back_as_far_as_a_late_entry_may_and_says_so(papers: Papers) -> None:
    papers.tool("FX-1", "FIXTURE")
    record = papers.made("fixture")
    yesterday = wire(timedelta(days=-1))
    assert corrected(papers, "fixture", record, "operator", recordDate=yesterday).code == "FORBIDDEN"
    assert corrected(papers, "fixture", record, "leader", recordDate=yesterday).code == "FORBIDDEN"
    may = papers.plant.holder("form:confirm", "form:backdate")
    body = GOOD["fixture"] | {"reason": "Misread the clock"}
    new = may.post(papers.at("fixture", record, "correct"), body | {"recordDate": yesterday}).must()
    assert (new["lateEntry"], new["lateReason"]) == (True, "Misread the clock")
    long_ago = wire(timedelta(days=-40))
    again = may.post(papers.at("fixture", new, "correct"), body | {"recordDate": long_ago})
    assert again.code == "LATE_ENTRY_TOO_OLD"


# ---- solder paste


def test_a_jar_that_has_expired_is_not_issued_on_another_date_said_at_its_issue(papers: Papers) -> None:
    papers.jar("RECEIVE", expiresAt=wire(timedelta(minutes=1))).must()
    papers.jar("THAW_START").must()
    papers.ago("solder_paste", 5 * HOUR, "thaw_started_at")
    papers.jar("THAW_END").must()
    papers.jar("STIR_START").must()
    papers.ago("solder_paste", 3 * MINUTE, "stir_started_at")
    papers.jar("STIR_END").must()
    papers.ago("solder_paste", HOUR, "expires_at")
    later = {"lineCode": LINE, "expiresAt": wire(timedelta(days=90))}
    assert papers.jar("ISSUE", **later).field_paths == ["expiresAt"]
    assert papers.jar("ISSUE", lineCode=LINE).code == "PASTE_EXPIRED"


def test_what_the_label_says_is_taken_where_nobody_has_read_it_before(papers: Papers) -> None:
    papers.jar("THAW_START", batchNo="B-7", expiresAt=wire(timedelta(days=9))).must()
    papers.ago("solder_paste", 5 * HOUR, "thaw_started_at")
    assert papers.jar("THAW_END", batchNo="B-8").field_paths == ["batchNo"]
    jar = papers.jar("THAW_END", batchNo="B-7", materialCode="PASTE-1").must()
    assert (jar["batchNo"], jar["materialCode"]) == ("B-7", "PASTE-1")


def test_a_jar_that_stands_on_a_line_is_taken_off_by_whoever_reaches_the_line(papers: Papers) -> None:
    issued(papers)
    far, panel = papers.api.as_("operator2"), "/solder-paste-usage-records/panel?lotId=JAR-1"
    assert "PASTE-1" in papers.operator.get(panel).text
    assert far.get(panel).status == 403
    for step in ("RETURN", "SCRAP"):
        assert far.post("/api/solder-paste-usage-records", {"lotId": "JAR-1", "step": step}).code == "FORBIDDEN"
    assert papers.jar("RETURN").must()["step"] == "RETURN"
    assert far.post(
        "/api/solder-paste-usage-records", {"lotId": "JAR-1", "step": "THAW_START"}
    ).ok  # it is nobody's now


def test_the_clock_of_a_jar_goes_on_when_its_label_is_corrected(papers: Papers) -> None:
    issued(papers)
    papers.plant.settle()
    jar = papers.operator.get("/api/solder-paste-usage-records").must()["items"][0]
    clocks = "/api/time-rules/instances"
    (before,) = papers.leader.get(clocks, status="ACTIVE").must()["items"]
    body = {"reason": "Misread label", "lotId": "JAR-1", "batchNo": "B-2", "materialCode": "PASTE-1", "lineCode": LINE}
    papers.leader.post(papers.at("solder_paste", jar, "correct"), body).must()
    papers.plant.settle()
    (after,) = papers.leader.get(clocks, status="ACTIVE").must()["items"]
    assert after["startedAt"] == before["startedAt"]


def test_the_plants_own_fields_are_asked_of_a_jar_too(papers: Papers) -> None:
    own = [{"name": "shelf", "zh": "货架", "en": "Shelf", "type": "number", "low": 1, "high": 9, "required": True}]
    papers.set("form.solder_paste.extraFields", own)
    assert papers.jar("RECEIVE").field_paths == ["extra.shelf"]
    assert papers.jar("RECEIVE", extra={"shelf": 10}).field_paths == ["extra.shelf"]
    assert papers.jar("RECEIVE", extra={"unheardOf": 1, "shelf": 1}).field_paths == ["extra.unheardOf"]
    papers.jar("RECEIVE", extra={"shelf": 3}).must()
    moved = papers.jar("THAW_START", remark="Lid was dented").must()  # asked once, and what is said later is kept too
    assert (moved["extra"], moved["remark"]) == ({"shelf": 3}, "Lid was dented")


@pytest.mark.one_engine
def test_the_plants_own_fields_stand_on_the_pages_in_the_language_of_the_page(papers: Papers) -> None:
    own = [{"name": "shelf", "zh": "货架", "en": "Shelf", "type": "text"}]
    for form in ("solder_paste", "bake"):
        papers.set(f"form.{form}.extraFields", own)
    english = papers.operator.with_headers(accept_language="en")
    for path in ("/solder-paste-usage-records/panel?lotId=JAR-9", "/bake-records/new"):
        assert "Shelf" in english.get(path).text
        assert "货架" in papers.operator.get(path).text
    jar = papers.jar("RECEIVE", extra={"shelf": "A-3"}).must()
    shown = english.get(f"/solder-paste-usage-records/{jar['recordNo']}").text
    assert "Shelf" in shown
    assert "A-3" in shown


def test_a_record_of_the_wrong_jar_is_corrected_to_the_right_one_unless_that_has_its_own(papers: Papers) -> None:
    issued(papers)
    jar = papers.operator.get("/api/solder-paste-usage-records").must()["items"][0]
    body = {"reason": "Scanned its neighbour", "batchNo": "B-1", "materialCode": "PASTE-1"}
    correct = papers.at("solder_paste", jar, "correct")
    papers.jar("RECEIVE", lotId="JAR-2", batchNo="B-2").must()
    assert papers.leader.post(correct, body | {"lotId": "JAR-2", "lineCode": LINE}).field_paths == ["lotId"]
    assert papers.leader.post(correct, body | {"lotId": "JAR-3"}).field_paths == ["lineCode"]
    papers.leader.post(correct, body | {"lotId": "JAR-3", "lineCode": LINE}).must()
    papers.plant.settle()
    clocks = papers.leader.get("/api/time-rules/instances", status="ACTIVE").must()["items"]
    assert [clock["entityId"] for clock in clocks] == ["JAR-3"]


# ---- counts


def test_the_prints_of_a_life_that_has_ended_are_not_counted_again_on_the_next(papers: Papers) -> None:
    papers.tool(life_limit=1000)
    old = papers.made("stencil_usage", printCount=100, replaced=True)
    assert papers.tool_row().used == 0
    body = GOOD_STENCIL | {"reason": "One nought too many", "printCount": 90, "replaced": True}
    papers.leader.post(papers.at("stencil_usage", old, "correct"), body).must()
    assert (papers.tool_row().used, papers.tool_row().life_no) == (0, 2)


def test_the_steps_of_a_thawed_jar_are_left_as_they_are(papers: Papers) -> None:
    thawed(papers)
    assert papers.jar("ISSUE", lineCode=LINE).code == "PASTE_STEP_ORDER"


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_scan_is_not_written_into_a_record_that_is_voided_at_this_moment(papers: Papers, database: str) -> None:
    papers.jar("RECEIVE").must()
    table = TABLES["solder_paste"]
    with meanwhile(database) as they:
        they.conn.execute(update(table).values(voided=True, void_reason="Wrong jar"))
        (answer,) = they.until_somebody_waits(lambda: papers.jar("THAW_START"))
    (jar,) = papers.operator.get("/api/solder-paste-usage-records", voided="true").must()["items"]
    assert (jar["step"], jar["thawStartedAt"]) == ("RECEIVE", None)
    begun = answer.must()  # it waited, and then found no record: the jar's steps begin in a new one
    assert begun["recordNo"] != jar["recordNo"]


# ---- records in a board's trace


@query("trace:read")
def fixtures_of(tx: Tx, run: Any) -> Any:
    stay = traced.Stay(run.id, run.line_id, 0, tx.now)
    return traced.records_of(tx, [stay])["fixtureUsage"]


def test_a_runs_own_record_is_in_the_trace_however_many_its_line_wrote_later(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers.tool("FX-1", "FIXTURE")
    run_no = papers.run()
    own = papers.made("fixture", runNo=run_no)
    papers.ago("fixture", HOUR, "happened_at")
    later = [papers.made("fixture", lineCode=LINE)["recordNo"] for _ in range(3)]
    monkeypatch.setattr(traced, "MOST", 2)
    found = papers.store.read_now(TEST, fixtures_of, papers.run_row(run_no))
    assert [(row["recordNo"], row["scope"]) for row in found] == [(own["recordNo"], "RUN"), (later[-1], "LINE")]
