"""The pages of quality: what each person finds there, what may be pressed, and what is said when nothing may."""

from __future__ import annotations

import pytest
from tests.api.plant import Plant
from tests.api.quality_floor import STATIONS, Quality
from tests.api.web import Answer, Api

pytestmark = pytest.mark.one_engine


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def page(who: Api, path: str, language: str = "en", **query: str) -> Answer:
    answer = who.with_headers(accept_language=language).get(path, **query)
    assert answer.status < 500, answer.text
    return answer


@pytest.mark.parametrize("path", ["/fai", "/ipqc", "/fqc", "/oqc", "/defects", "/rework-tasks", "/quality-settings"])
def test_empty_lists_say_what_will_come(floor: Quality, path: str) -> None:
    for language in ("en", "zh-CN"):
        assert page(floor.quality, path, language).status == 200


def test_an_empty_part_of_the_settings_is_empty_and_not_filtered(floor: Quality) -> None:
    shown = page(floor.quality, "/quality-settings", tab="points").text
    assert "Nothing matches the filters" not in shown


def test_a_first_article_from_list_to_signature(floor: Quality) -> None:
    run_no = floor.prepared()
    assert "needed before the authorisation" in page(floor.quality, f"/runs/{run_no}").text
    key, sns = floor.trial(run_no)
    assert run_no in page(floor.quality, "/fai").text
    shown = page(floor.quality, f"/fai/{key}").text
    assert "Record the next item" in shown
    assert "No item has been recorded" in shown, "why it cannot be decided yet"
    assert sns[0] in shown
    floor.item("fai", key, sn=sns[0]).must()
    for name in ("fail", "pass", "decide_fail", "sign", "change"):
        assert page(floor.quality, f"/fai/{key}/dialogs/{name}").status == 200
    floor.decide("fai", key).must()
    assert "It waits for a signature" in page(floor.quality, f"/fai/{key}").text
    floor.do("fai", key, "sign").must()
    assert "Passed and signed" in page(floor.quality, f"/fai/{key}").text
    assert "passed and signed" in page(floor.quality, f"/runs/{run_no}").text


def test_a_trial_board_is_sent_to_quality_and_not_to_the_next_station(floor: Quality) -> None:
    _, sns = floor.trial(floor.prepared())
    told = page(floor.operator, f"/execution/{STATIONS[0]}/panel", sn=sns[0], did="out", outcome="ok").text
    assert "bring it to quality for the first article" in told
    assert "Send it to" not in told
    assert sns[0] not in page(floor.operator, f"/execution/{STATIONS[1]}/queue").text, "nor does it wait there"


def test_a_reader_sees_and_presses_nothing(floor: Quality) -> None:
    key, _ = floor.trial(floor.prepared())
    shown = page(floor.api.as_("trace"), f"/fai/{key}").text
    assert "Record the next item" not in shown
    assert f"/api/fai/{key}/cancel" not in shown
    assert page(floor.api.as_("trace"), "/fai/dialogs/new").status == 403


def test_an_outgoing_inspection_shows_its_sample_and_its_seed(floor: Quality) -> None:
    run_no, answer = floor.finished(rule={"samplingType": "AQL", "sampleValue": None, "aql": "2.5"})
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    shown = page(floor.quality, f"/oqc/{key}").text
    row = floor.look("oqc", key)
    assert row["data"]["sampling"]["seed"] in shown
    assert "Table not verified" in shown
    assert (
        "comes next" in page(floor.leader, f"/runs/{run_no}").text
        or "Outgoing inspection" in page(floor.leader, f"/runs/{run_no}").text
    )


def test_a_run_on_hold_offers_the_decision_of_the_mrb(floor: Quality) -> None:
    run_no, answer = floor.finished(rule={})
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    floor.item("oqc", key, "FAIL", sn=floor.look("oqc", key)["sampledUnits"][0]).must()
    floor.decide("oqc", key, "FAIL").must()
    shown = page(floor.quality, f"/runs/{run_no}").text
    assert shown.index("Decide on the run") < shown.index("Where the boards are"), "what waits comes first"
    assert "Nothing is left to do here." not in shown
    assert f"/runs/{run_no}/mrb" in page(floor.quality, f"/oqc/{key}").text
    asked = page(floor.quality, f"/runs/{run_no}/mrb").text
    assert "Decide and sign" in asked
    assert asked.index('data-when="decision=REWORK" hidden') < asked.index('name="reworkType"'), (
        "only a rework has a kind"
    )
    body = {"decision": "REWORK", "reason": "all again", "reworkType": "FULL_PREP"}
    floor.quality.post(f"/api/runs/{run_no}/mrb-decision", body).must()
    after = page(floor.quality, f"/runs/{run_no}").text
    assert f"{run_no}-RW1" in after
    assert "all again" in after
    assert "go on in a rework run" in page(floor.quality, "/runs").text, "and not 0 of its boards"


def test_a_fault_from_record_to_repair(floor: Quality) -> None:
    run_no = floor.running()
    sn = floor.sns(run_no)[0]
    floor.through(sn, *STATIONS[:2], result="FAIL")
    assert sn in page(floor.quality, "/defects").text
    defect = floor.defects(sn=sn)[0]
    assert "Quality must decide" in page(floor.quality, f"/defects/{defect['id']}").text
    assert "the failed step" in page(floor.quality, f"/defects/{defect['id']}/dialogs/dispose").text
    done = floor.quality.post(f"/api/defects/{defect['id']}/disposition", {"type": "REWORK"}).must()
    task = done["reworkTask"]["id"]
    assert "To be reworked" in page(floor.quality, f"/defects/{defect['id']}").text
    shown = page(floor.quality, f"/rework-tasks/{task}").text
    assert "There is no repair record yet" in shown
    floor.quality.post(f"/api/rework-tasks/{task}/repair-record", {"action": "resoldered", "result": "REPAIRED"}).must()
    assert "resoldered" in page(floor.operator, f"/rework-tasks/{task}").text


def test_who_only_records_is_offered_that_alone(floor: Quality) -> None:
    who = floor.plant.holder("quality:record")
    shown = page(who, "/defects").text
    assert "Record what you see" in shown
    assert "Record the defect" in page(who, "/defects/dialogs/new").text or "Record a defect" in shown


def test_what_is_set_up(floor: Quality) -> None:
    floor.rule(samplingType="AQL", sampleValue=None, aql="0.65")
    rule = floor.quality.get("/api/oqc/sampling-rules").must()["items"][0]
    assert "0.65" in page(floor.quality, "/quality-settings").text
    assert page(floor.quality, "/quality-settings/dialogs/rule", rule=rule["id"]).status == 200
    assert "ISO 2859-1:1999" in page(floor.quality, "/quality-settings", tab="tables").text
    assert "Table not verified" in page(floor.quality, "/quality-settings/aql-tables/ISO2859-1").text
    point = {
        "code": "P-1",
        "name": "Point",
        "stepNo": 10,
        "checkType": "FIRST_PIECE",
        "retriggerOn": ["SHIFT"],
        "items": [{"itemName": "焊点"}],
    }
    floor.quality.post("/api/ipqc-checkpoints", point).must()
    assert "P-1" in page(floor.quality, "/quality-settings", tab="points").text
    assert "焊点" in page(floor.quality, "/quality-settings/dialogs/point", point="P-1").text
    assert page(floor.quality, "/quality-settings/dialogs/point").status == 200
    assert "STATION_FAIL" in page(floor.quality, "/quality-settings", tab="codes", search="STATION").text
    assert page(floor.operator, "/quality-settings").status == 403
