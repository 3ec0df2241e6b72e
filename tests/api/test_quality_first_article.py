"""The first article: made while the run is prepared, inspected, decided as its items say, and asked for before authorisation."""

from __future__ import annotations

import pytest
from tests.api.plant import Plant
from tests.api.quality_floor import ONE, STATIONS, Quality, template


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def test_a_run_is_not_authorised_before_its_first_article_has_passed(floor: Quality) -> None:
    run_no = floor.prepared()
    refused = floor.authorize(run_no)
    assert (refused.code, refused.details["faiStatus"]) == ("FAI_NOT_PASSED", None)
    key, sns = floor.trial(run_no)
    floor.item("fai", key, sn=sns[0]).must()
    done = floor.decide("fai", key).must()
    assert (done["status"], done["passedQty"], done["failedQty"], done["nextAction"]) == ("PASS", 1, 0, "SIGN")
    assert done["run"] == {"runNo": run_no, "status": "PREP"}
    assert done["data"]["trial"] == "DONE"
    assert floor.authorize(run_no).code == "FAI_NOT_SIGNED"


def test_the_gate_tells_what_authorisation_will_ask(floor: Quality) -> None:
    run_no = floor.prepared()
    gate = f"/api/fai/run/{run_no}/gate"
    before = floor.quality.get(gate).must()
    assert (before["requiresFai"], before["faiPassed"], before["faiStatus"]) == (True, False, None)
    key, sns = floor.trial(run_no)
    floor.item("fai", key, sn=sns[0]).must()
    floor.decide("fai", key).must()
    after = floor.quality.get(gate).must()
    assert (after["faiPassed"], after["faiSigned"], after["faiId"], after["trial"]) == (True, False, key, "DONE")
    free = floor.quality.get(f"/api/fai/run/{floor.running()}/gate").must()
    assert (free["requiresFai"], free["faiPassed"], free["faiSigned"]) == (False, True, True)


def test_the_run_s_details_tell_of_the_first_article(floor: Quality) -> None:
    run_no = floor.prepared()
    key, _ = floor.trial(run_no)
    fai = floor.detail(run_no)["fai"]
    assert (fai["required"], fai["faiId"], fai["status"], fai["trackedQty"]) == (True, key, "INSPECTING", 1)


# ---- creating


def test_it_is_created_only_while_the_run_is_prepared(floor: Quality) -> None:
    assert floor.make("fai", "RUN-NONE", sampleQty=1).code == "RUN_NOT_FOUND"
    refused = floor.make("fai", floor.running(), sampleQty=1)
    assert (refused.code, refused.details["allowed"]) == ("INVALID_RUN_STATUS", ["PREP"])


def test_the_line_must_be_ready_and_is_checked_now_when_it_was_not(floor: Quality) -> None:
    run_no = floor.prepared()
    floor.gates("LINE-A", "ROUTE", "EQUIPMENT")
    refused = floor.make("fai", run_no, sampleQty=1)
    assert refused.code == "READINESS_CHECK_NOT_PASSED"
    assert refused.details["failedItems"]
    newest = floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="FORMAL").must()
    assert (newest["trigger"], newest["status"]) == ("FAI", "FAILED"), "the check that refused is kept"
    floor.gates("LINE-A", "ROUTE")
    made = floor.make("fai", run_no, sampleQty=1).must()
    assert (made["status"], made["sampleQty"], made["createdByName"]) == ("PENDING", 1, "王质量")


def test_one_is_open_at_a_time(floor: Quality) -> None:
    run_no = floor.prepared()
    first = floor.make("fai", run_no, sampleQty=1).must()
    refused = floor.make("fai", run_no, sampleQty=1)
    assert (refused.code, refused.details["id"]) == ("FAI_ALREADY_EXISTS", first["id"])
    floor.do("fai", first["id"], "cancel", reason="another plan").must()
    assert floor.make("fai", run_no, sampleQty=1).must()["id"] != first["id"]


def test_the_sample_must_be_there(floor: Quality) -> None:
    run_no = floor.prepared(units=2, plan=5)
    refused = floor.make("fai", run_no, sampleQty=3)
    assert (refused.code, refused.details["have"], refused.details["need"]) == ("FAI_SAMPLE_UNITS_INSUFFICIENT", 2, 3)
    registering = floor.prepared(units=2, plan=5, unknownSerialPolicy="REGISTER")
    assert floor.make("fai", registering, sampleQty=5).must()["sampleQty"] == 5, "places that are left count"


def test_it_begins_with_the_items_of_the_template_not_looked_at(floor: Quality) -> None:
    given = template(
        {"itemName": "极性", "itemSpec": "丝印"},
        {"itemName": "末件标签", "appliesTo": "FQC"},
        {"itemName": "外观", "appliesTo": "BOTH", "required": False},
    )
    run_no = floor.prepared(faiTemplate=given)
    made = floor.make("fai", run_no, sampleQty=1).must()
    assert [(item["itemName"], item["itemSpec"], item["required"], item["result"]) for item in made["items"]] == [
        ("极性", "丝印", True, None), ("外观", None, False, None),
    ]  # fmt: skip
    assert made["templateCode"] == "FAI-T"


# ---- the trial


def test_boards_are_made_only_while_it_is_inspected(floor: Quality) -> None:
    run_no = floor.prepared()
    first = floor.sns(run_no)[0]
    assert floor.come_in(first).code == "RUN_NOT_AUTHORIZED"
    made = floor.make("fai", run_no, sampleQty=1).must()
    assert floor.come_in(first).code == "FAI_TRIAL_NOT_READY"
    floor.do("fai", made["id"], "start").must()
    tracked = floor.come_in(first).must()
    assert (tracked["mode"], tracked["runStatus"]) == ("FAI_TRIAL", "PREP")


def test_a_line_that_got_worse_makes_no_trial(floor: Quality) -> None:
    run_no = floor.prepared()
    floor.begun("fai", run_no, sampleQty=1)
    floor.gates("LINE-A", "ROUTE", "EQUIPMENT")
    floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    refused = floor.come_in(floor.sns(run_no)[0])
    assert refused.code == "READINESS_CHECK_FAILED"
    assert refused.details["failedItems"]


def test_only_the_first_step_and_only_the_sample_is_made(floor: Quality) -> None:
    run_no = floor.prepared()
    _, sns = floor.trial(run_no)
    other = floor.sns(run_no)[1]
    refused = floor.come_in(other)
    assert (refused.code, refused.details["trialUnits"]) == ("FAI_TRIAL_LIMIT_REACHED", sns)
    assert floor.come_in(sns[0], STATIONS[1]).code == "FAI_TRIAL_STEP_NOT_ALLOWED"


def test_two_boards_for_the_last_place_of_the_sample(floor: Quality) -> None:
    run_no = floor.prepared()
    floor.begun("fai", run_no, sampleQty=1)
    body = [{"sn": sn} for sn in floor.sns(run_no)[:2]]
    at = f"/api/stations/{STATIONS[0]}/track-in"
    answers = floor.api.at_once(*((floor.operator, "POST", at, one) for one in body))
    assert sorted(answer.code or "in" for answer in answers) == ["FAI_TRIAL_LIMIT_REACHED", "in"]


def test_the_details_show_what_was_made(floor: Quality) -> None:
    key, sns = floor.trial(floor.prepared())
    summary = floor.look("fai", key)["trialSummary"]["units"]
    assert [(unit["sn"], [(out["stepNo"], out["result"]) for out in unit["trackOuts"]]) for unit in summary] == [
        (sns[0], [(10, "PASS")])
    ]


def test_an_item_names_only_a_board_that_was_made_in_this_trial(floor: Quality) -> None:
    run_no = floor.prepared(faiTrialPolicy="OPTIONAL")
    key, sns = floor.trial(run_no)
    floor.item("fai", key, sn=sns[0]).must()
    assert floor.item("fai", key, sn=floor.sns(run_no)[1]).code == "FAI_TRIAL_REQUIRED"


def test_a_start_needs_boards(floor: Quality) -> None:
    run_no = floor.prepared(units=1)
    made = floor.make("fai", run_no, sampleQty=1).must()
    floor.planner.delete(f"/api/runs/{run_no}/units").must()
    assert floor.do("fai", made["id"], "start").code == "FAI_UNITS_REQUIRED"


# ---- the verdict


def test_a_pass_needs_its_trial(floor: Quality) -> None:
    run_no = floor.prepared()
    key = floor.begun("fai", run_no, sampleQty=2)
    floor.item("fai", key).must()
    refused = floor.decide("fai", key)
    assert (refused.code, refused.details["done"], refused.details["required"]) == ("FAI_TRIAL_REQUIRED", 0, 2)


def test_a_plant_that_needs_no_trial_sees_that_there_was_none(floor: Quality) -> None:
    run_no = floor.prepared(faiTrialPolicy="OPTIONAL")
    key = floor.begun("fai", run_no, sampleQty=1)
    floor.item("fai", key).must()
    assert floor.decide("fai", key).must()["data"]["trial"] == "NONE"
    assert floor.quality.get(f"/api/fai/run/{run_no}/gate").must()["trial"] == "NONE"


def test_a_board_that_failed_its_trial_lets_only_a_fail_stand(floor: Quality) -> None:
    run_no = floor.prepared()
    key, sn = floor.begun("fai", run_no, sampleQty=1), floor.sns(run_no)[0]
    floor.through(sn, STATIONS[0], result="FAIL")
    floor.item("fai", key).must()
    refused = floor.decide("fai", key)
    assert (refused.code, refused.details["unit"], refused.details["kind"]) == (
        "INSPECTION_FAILURES_EXIST",
        sn,
        "TRACK",
    )
    done = floor.decide("fai", key, "FAIL").must()
    assert (done["status"], done["failedQty"], done["nextAction"]) == ("FAIL", 1, "CREATE_FAI")


def test_a_failed_board_of_an_earlier_trial_does_not_block_a_later_one(floor: Quality) -> None:
    """Spec 06.1 W8."""
    run_no = floor.prepared()
    key, sn = floor.begun("fai", run_no, sampleQty=1), floor.sns(run_no)[0]
    floor.through(sn, STATIONS[0], result="FAIL")
    floor.decide("fai", key, "FAIL").must()
    again, other = floor.begun("fai", run_no, sampleQty=1), floor.sns(run_no)[1]
    floor.through(other, STATIONS[0])
    floor.item("fai", again, sn=other).must()
    assert floor.decide("fai", again).must()["status"] == "PASS"


def test_a_fail_sends_the_trial_boards_back_or_keeps_them(floor: Quality) -> None:
    run_no = floor.prepared()
    key, sns = floor.trial(run_no, sample=2)
    floor.item("fai", key, "FAIL", sn=sns[0], defectCode="A3").must()
    done = floor.decide("fai", key, "FAIL").must()
    assert [(defect["sn"], defect["code"]) for defect in done["defects"]] == [(sns[0], "A3")]
    assert (floor.unit(sns[0]).status, floor.unit(sns[1]).status) == ("OUT_FAILED", "QUEUED")
    assert floor.unit(sns[1]).current_step_no == 10, "it goes back for a new trial"
    kept_run = floor.prepared()
    kept, boards = floor.trial(kept_run, sample=2)
    floor.item("fai", kept, "FAIL", sn=boards[0]).must()
    floor.decide("fai", kept, "FAIL", trialUnits="KEEP").must()
    assert floor.unit(boards[1]).current_step_no == 20


def test_on_a_route_of_one_step_finished_trial_boards_come_back_too(floor: Quality) -> None:
    run_no = floor.prepared(*ONE)
    key, sns = floor.trial(run_no)
    assert floor.unit(sns[0]).status == "DONE"
    floor.item("fai", key, "FAIL").must()
    floor.decide("fai", key, "FAIL").must()
    assert floor.unit(sns[0]).status == "QUEUED"


def test_it_is_not_given_up_while_a_board_is_in_a_station(floor: Quality) -> None:
    run_no = floor.prepared()
    key, sn = floor.begun("fai", run_no, sampleQty=1), floor.sns(run_no)[0]
    floor.come_in(sn).must()
    refused = floor.do("fai", key, "cancel", reason="wrong run")
    assert (refused.code, refused.details["stationCode"]) == ("FAI_TRIAL_OPEN", STATIONS[0])
    floor.go_out(sn).must()
    assert floor.do("fai", key, "cancel", reason="wrong run").must()["status"] == "CANCELLED"


def test_a_cancelled_run_takes_its_open_inspection_with_it(floor: Quality) -> None:
    run_no = floor.prepared()
    made = floor.make("fai", run_no, sampleQty=1).must()
    floor.leader.post(f"/api/runs/{run_no}/cancel", {"reason": "made by mistake"}).must()
    row = floor.look("fai", made["id"])
    assert (row["status"], row["cancelReason"], row["cancelledBy"]) == ("CANCELLED", "RUN_CANCELLED", None)
