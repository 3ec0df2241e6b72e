"""The last piece and the outgoing inspection: when they are due, what is drawn, what their verdict does to the run."""

from __future__ import annotations

import pytest
from tests.api.plant import Plant
from tests.api.quality_floor import ONE, STATIONS, Quality

from fiducial.orders.settings import AUTO_COMPLETE_WITHOUT_OQC, FQC_GATE
from fiducial.quality.sampling.draw import draw, fingerprint


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


FIXED_1 = {"samplingType": "FIXED", "sampleValue": 1}


def test_the_last_board_out_brings_the_inspection_and_the_run_waits(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    assert (answer["runStatus"], answer["oqc"]["triggered"], answer["oqc"]["sampleQty"]) == ("IN_PROGRESS", True, 1)
    row = floor.look("oqc", answer["oqc"]["oqcId"])
    assert (row["status"], len(row["sampledUnits"])) == ("PENDING", 1)
    assert floor.detail(run_no)["oqc"]["oqcId"] == row["id"]


def test_a_close_out_says_the_inspection_comes_first_and_makes_it_once(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    run_no, _ = floor.finished()
    floor.rule(**FIXED_1)
    first = floor.leader.post(f"/api/runs/{run_no}/close", {})
    again = floor.leader.post(f"/api/runs/{run_no}/close", {})
    assert [answer.code for answer in (first, again)] == ["OQC_REQUIRED", "OQC_REQUIRED"]
    assert first.details["oqcId"] == again.details["oqcId"], "the task that the refusal made stays"
    assert floor.how_many("OQC") == 1


def test_two_close_outs_at_once_make_one_task(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    run_no, _ = floor.finished()
    floor.rule(**FIXED_1)
    answers = floor.api.at_once(*((floor.leader, "POST", f"/api/runs/{run_no}/close", {}) for _ in range(2)))
    assert [answer.code for answer in answers] == ["OQC_REQUIRED"] * 2
    assert floor.how_many("OQC") == 1


def test_the_last_two_boards_leaving_at_once_bring_one_inspection(floor: Quality) -> None:
    floor.rule(**FIXED_1)
    run_no = floor.running(units=2)
    for sn in (sns := floor.sns(run_no)):
        floor.through(sn, STATIONS[0])
        floor.come_in(sn, STATIONS[1]).must()
    at = f"/api/stations/{STATIONS[1]}/track-out"
    answers = floor.api.at_once(*((floor.operator, "POST", at, {"sn": sn, "result": "PASS"}) for sn in sns))
    assert [answer.ok for answer in answers] == [True, True]
    assert floor.how_many("OQC") == 1


def test_a_pass_completes_the_run_and_a_close_out_after_it_finds_it_closed(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    drawn = floor.look("oqc", key)["sampledUnits"]
    floor.item("oqc", key, sn=drawn[0]).must()
    done = floor.decide("oqc", key).must()
    assert done["run"] == {"runNo": run_no, "status": "COMPLETED"}
    assert floor.run_row(run_no).ended_at is not None
    closed = floor.leader.post(f"/api/runs/{run_no}/close", {}).must()
    assert closed["alreadyClosed"] is True


def test_a_fail_stops_the_run_and_leaves_the_boards(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    sn = floor.look("oqc", key)["sampledUnits"][0]
    floor.item("oqc", key, "FAIL", sn=sn, defectCode="DEF-001").must()
    done = floor.decide("oqc", key, "FAIL").must()
    assert (done["run"]["status"], done["nextAction"]) == ("ON_HOLD", "MRB_DECISION")
    assert floor.unit(sn).status == "DONE"
    assert [(d["source"], d["blocking"], d["status"]) for d in floor.defects()] == [("OQC", False, "RECORDED")]
    refused = floor.quality.post(
        f"/api/defects/{done['defects'][0]['id']}/disposition", {"type": "SCRAP", "reason": "broken"}
    )
    assert refused.code == "UNIT_NOT_DISPOSABLE", "it waits for the MRB"
    assert floor.leader.post(f"/api/runs/{run_no}/close", {}).code == "RUN_NOT_CLOSABLE"


def test_an_item_names_a_unit_of_the_sample(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    key = answer["oqc"]["oqcId"]
    assert floor.item("oqc", key).code == "OQC_NOT_INSPECTING" or floor.item("oqc", key).status == 422
    floor.do("oqc", key, "start").must()
    assert floor.item("oqc", key).field_paths == ["unitSn"]
    drawn = floor.look("oqc", key)["sampledUnits"]
    other = next(sn for sn in floor.sns(run_no) if sn not in drawn)
    refused = floor.item("oqc", key, sn=other)
    assert (refused.code, refused.details["sampledUnits"]) == ("UNIT_NOT_IN_SAMPLE", drawn)
    assert floor.item("oqc", key, sn=floor.sns(floor.running(units=1))[0]).code == "UNIT_RUN_MISMATCH"
    assert floor.item("oqc", key, sn="SN-NONE").code == "UNIT_NOT_FOUND"


def test_every_unit_of_the_sample_is_looked_at(floor: Quality) -> None:
    _, answer = floor.finished(rule={"samplingType": "PERCENTAGE", "sampleValue": 60})
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    drawn = floor.look("oqc", key)["sampledUnits"]
    assert len(drawn) == 2, "60 % of three, rounded up"
    floor.item("oqc", key, sn=drawn[0]).must()
    refused = floor.decide("oqc", key)
    assert (refused.code, refused.details["missing"]) == ("OQC_SAMPLE_INCOMPLETE", drawn[1:])


def test_a_board_that_is_held_meanwhile_keeps_the_pass_away(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    key, sn = answer["oqc"]["oqcId"], floor.sns(run_no)[0]
    floor.do("oqc", key, "start").must()
    for drawn in floor.look("oqc", key)["sampledUnits"]:
        floor.item("oqc", key, sn=drawn).must()
    floor.quality.post(f"/api/units/{sn}/hold", {"reason": "looks odd"}).must()
    refused = floor.decide("oqc", key)
    assert (refused.code, refused.details["sns"]) == ("RUN_UNITS_NOT_TERMINAL", [sn])
    assert floor.look("oqc", key)["status"] == "INSPECTING", "nothing was written"


def test_a_verdict_that_comes_when_the_run_is_something_else(floor: Quality) -> None:
    """Spec 06.1 W3."""
    run_no, answer = floor.finished(rule=FIXED_1)
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    for drawn in floor.look("oqc", key)["sampledUnits"]:
        floor.item("oqc", key, sn=drawn).must()
    floor.set_run(run_no, status="ON_HOLD")
    refused = floor.decide("oqc", key)
    assert (refused.code, refused.details["status"]) == ("RUN_STATE_CHANGED", "ON_HOLD")


def test_two_reviewers_with_opposite_decisions_at_once(floor: Quality) -> None:
    run_no, answer = floor.finished(rule=FIXED_1)
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    sn = floor.look("oqc", key)["sampledUnits"][0]
    floor.item("oqc", key, sn=sn).must()
    at = f"/api/oqc/{key}/complete"
    other = floor.api.as_("quality2")
    answers = floor.api.at_once(
        (floor.quality, "POST", at, {"decision": "PASS"}), (other, "POST", at, {"decision": "FAIL"})
    )
    codes = sorted(str(answer.code) for answer in answers)
    assert codes in (["INSPECTION_VERDICT_CONFLICT", "None"], ["None", "OQC_NOT_INSPECTING"])
    late = floor.api.as_("quality2").post(at, {"decision": "PASS"})
    assert (late.code, late.details["status"], late.details["decidedByName"]) == (
        "OQC_NOT_INSPECTING",
        "PASS",
        "王质量",
    )
    assert floor.status(run_no) == "COMPLETED"


# ---- by hand


def test_one_is_made_by_hand_and_an_open_one_is_answered_as_it_is(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    run_no, _ = floor.finished()
    refused = floor.make("oqc", run_no, sampleQty=9)
    assert (refused.code, refused.details["least"], refused.details["most"]) == ("INVALID_SAMPLE_QTY", 1, 3)
    made = floor.make("oqc", run_no).must()
    assert made["sampleQty"] == 3, "without a rule all are looked at"
    again = floor.make("oqc", run_no).must()
    assert (again["id"], again["existing"]) == (made["id"], True)


def test_it_waits_for_the_boards(floor: Quality) -> None:
    run_no = floor.running(units=2)
    floor.through(floor.sns(run_no)[0], STATIONS[0])
    refused = floor.make("oqc", run_no)
    assert (refused.code, refused.details["sns"]) == ("OQC_NOT_READY", floor.sns(run_no))
    assert floor.make("oqc", floor.prepared()).code == "INVALID_RUN_STATUS"


def test_with_every_board_scrapped_there_is_nothing_to_draw(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    run_no, _ = floor.finished()
    floor.set_units(run_no, status="SCRAPPED")
    assert floor.make("oqc", run_no).code == "NO_ELIGIBLE_UNITS"
    assert floor.make("fqc", run_no).code == "NO_ELIGIBLE_UNITS"


def test_without_a_rule_the_run_completes_by_itself(floor: Quality) -> None:
    run_no, answer = floor.finished()
    assert (answer["runStatus"], answer["oqc"]) == ("COMPLETED", None)
    assert floor.how_many("OQC") == 0
    assert floor.run_row(run_no).status == "COMPLETED"


def test_a_rule_of_nought_per_cent_exempts(floor: Quality) -> None:
    _, answer = floor.finished(rule={"samplingType": "PERCENTAGE", "sampleValue": 0})
    assert answer["runStatus"] == "COMPLETED"


def test_a_trial_that_made_every_board_brings_the_inspection_at_the_authorisation(floor: Quality) -> None:
    """Spec 02.12 example 14."""
    floor.rule(**FIXED_1)
    run_no = floor.prepared(*ONE, units=1)
    key, sns = floor.trial(run_no)
    floor.item("fai", key, sn=sns[0]).must()
    floor.decide("fai", key).must()
    floor.do("fai", key, "sign").must()
    authorised = floor.authorize(run_no).must()
    assert (authorised["status"], authorised["oqc"]["triggered"]) == ("IN_PROGRESS", True)


def test_the_draw_can_be_repeated_from_its_seed(floor: Quality) -> None:
    run_no, answer = floor.finished(units=6, rule={"samplingType": "FIXED", "sampleValue": 3})
    row = floor.look("oqc", answer["oqc"]["oqcId"])
    said = row["data"]["sampling"]
    assert row["sampledUnits"] == draw(said["seed"], floor.sns(run_no), 3)
    assert said["lotFingerprint"] == fingerprint(floor.sns(run_no))
    assert (said["lotSize"], said["n"], said["ac"]) == (6, 3, 0)


def test_a_lot_accepted_with_a_failure_completes_when_the_board_is_mended(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    floor.rule(samplingType="AQL", sampleValue=None, aql="6.5", inspectionLevel="III")
    run_no, answer = floor.finished(units=26)
    key = answer["oqc"]["oqcId"]
    floor.do("oqc", key, "start").must()
    row = floor.look("oqc", key)
    assert (row["data"]["sampling"]["letter"], row["data"]["sampling"]["n"], row["data"]["sampling"]["ac"]) == (
        "E",
        13,
        2,
    )
    assert row["data"]["sampling"]["verified"] is False
    bad, *good = row["sampledUnits"]
    floor.item("oqc", key, "FAIL", sn=bad).must()
    for sn in good:
        floor.item("oqc", key, sn=sn).must()
    done = floor.decide("oqc", key).must()
    assert (done["run"]["status"], done["nextAction"], floor.unit(bad).status) == (
        "IN_PROGRESS",
        "DISPOSE_DEFECTS",
        "OUT_FAILED",
    )
    scrapped = {"type": "SCRAP", "reason": "cannot be mended"}
    floor.quality.post(f"/api/defects/{done['defects'][0]['id']}/disposition", scrapped).must()
    assert floor.status(run_no) == "COMPLETED", "the PASS stays valid"


def test_a_run_closed_short_keeps_the_reason_through_its_inspection(floor: Quality) -> None:
    floor.rule(**FIXED_1)
    run_no = floor.running(units=2, plan=5)
    floor.finish_all(run_no)
    refused = floor.leader.post(f"/api/runs/{run_no}/close", {"shortReason": "no more material"})
    key = refused.details["oqcId"]
    floor.do("oqc", key, "start").must()
    floor.item("oqc", key, sn=floor.look("oqc", key)["sampledUnits"][0]).must()
    floor.decide("oqc", key).must()
    assert (floor.run_row(run_no).status, floor.run_row(run_no).short_reason) == ("COMPLETED", "no more material")


# ---- the last piece


def test_the_last_pieces_are_those_that_were_finished_last(floor: Quality) -> None:
    run_no, _ = floor.finished(rule=FIXED_1)
    made = floor.make("fqc", run_no, sampleQty=2).must()
    assert made["sampledUnits"] == list(reversed(floor.sns(run_no)))[:2]
    refused = floor.make("fqc", run_no)
    assert refused.code == "FQC_ALREADY_EXISTS"


def test_a_last_piece_is_due_when_the_boards_are_finished(floor: Quality) -> None:
    run_no = floor.running(units=2)
    floor.through(floor.sns(run_no)[0], *STATIONS[:2])
    assert floor.make("fqc", run_no).code == "FQC_NOT_READY"
    assert floor.make("fqc", floor.prepared()).code == "INVALID_RUN_STATUS"
    finished, _ = floor.finished(rule=FIXED_1)
    assert floor.make("fqc", finished, sampleQty=9).code == "INVALID_SAMPLE_QTY"


def test_with_its_gate_on_a_run_is_closed_by_a_person_after_a_signed_last_piece(floor: Quality) -> None:
    floor.setting(FQC_GATE, "CLOSE", floor.line_id())
    run_no, answer = floor.finished(rule=FIXED_1)
    assert answer["runStatus"] == "IN_PROGRESS"
    close = f"/api/runs/{run_no}/close"
    assert floor.leader.post(close, {}).code == "FQC_REQUIRED"
    key = floor.begun("fqc", run_no)
    floor.item("fqc", key).must()
    floor.decide("fqc", key).must()
    assert floor.leader.post(close, {}).code == "FQC_REQUIRED", "passed, not signed"
    floor.do("fqc", key, "sign").must()
    assert floor.leader.post(close, {}).code == "OQC_REQUIRED"
    oqc = answer["oqc"]["oqcId"]
    floor.do("oqc", oqc, "start").must()
    floor.item("oqc", oqc, sn=floor.look("oqc", oqc)["sampledUnits"][0]).must()
    assert floor.decide("oqc", oqc).must()["run"]["status"] == "IN_PROGRESS", "a person closes"
    assert floor.leader.post(close, {}).must()["status"] == "COMPLETED"


def test_a_failed_last_piece_stops_its_board_and_so_the_close_out(floor: Quality) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, value=False)
    run_no, _ = floor.finished()
    key = floor.begun("fqc", run_no)
    sn = floor.look("fqc", key)["sampledUnits"][0]
    floor.item("fqc", key, "FAIL", sn=sn).must()
    done = floor.decide("fqc", key, "FAIL").must()
    assert (done["run"]["status"], floor.unit(sn).status) == ("IN_PROGRESS", "OUT_FAILED")
    assert floor.exceptions() == [(run_no, "QUALITY", "FQC_FAIL")], "a failed inspection opens one production exception"
    assert floor.leader.post(f"/api/runs/{run_no}/close", {}).code == "RUN_UNITS_NOT_TERMINAL"
