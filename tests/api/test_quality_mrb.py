"""The MRB: a run that failed its outgoing inspection is released, scrapped or reworked, once, with a signature."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.plant import PASSWORD, STATIONS, Plant
from tests.api.quality_floor import TWO, Quality

from fiducial.orders.tables import memberships
from fiducial.people.settings import fresh_seconds
from fiducial.quality.tables import mrb_decisions


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def stopped(floor: Quality, *, units: int = 2, fai: bool = False) -> tuple[str, str]:
    """A run that failed its outgoing inspection: its number and the inspection's id."""
    floor.rule(samplingType="FIXED", sampleValue=1)
    if fai:
        run_no = floor.prepared(*TWO, units=units)
        key, sns = floor.trial(run_no)
        floor.item("fai", key, sn=sns[0]).must()
        floor.decide("fai", key).must()
        floor.do("fai", key, "sign").must()
        floor.authorize(run_no).must()
        floor.through(sns[0], STATIONS[1])
        answer = [floor.through(sn, *STATIONS[:2]) for sn in floor.sns(run_no)[1:]][-1]
    else:
        run_no = floor.running(units=units)
        answer = floor.finish_all(run_no)
    oqc = answer["oqc"]["oqcId"]
    floor.do("oqc", oqc, "start").must()
    floor.item("oqc", oqc, "FAIL", sn=floor.look("oqc", oqc)["sampledUnits"][0], defectCode="DEF-001").must()
    floor.decide("oqc", oqc, "FAIL").must()
    return run_no, oqc


def mrb(floor: Quality, run_no: str, decision: str, **more: Any) -> Any:
    body = {"decision": decision, "reason": "as agreed", **more}
    return floor.quality.post(f"/api/runs/{run_no}/mrb-decision", body)


def test_release_completes_the_run_as_it_is(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    done = mrb(floor, run_no, "RELEASE", participants=["赵一", "钱二"]).must()
    assert (done["decision"], done["run"]["status"], done["reworkRunNo"], done["reworkRun"]) == (
        "RELEASE",
        "COMPLETED",
        None,
        None,
    )
    assert done["run"]["unitCounts"] == {"DONE": 2}
    assert [(one["status"], one["closeReason"]) for one in floor.defects(runNo=run_no)] == [("CLOSED", "USE_AS_IS")]
    assert floor.entries("MRB_RELEASE", "RUN_ON_HOLD") == ["RUN_ON_HOLD", "MRB_RELEASE"]


def test_scrap_scraps_the_run_and_every_board(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    done = mrb(floor, run_no, "SCRAP").must()
    assert (done["run"]["status"], done["run"]["unitCounts"]) == ("SCRAPPED", {"SCRAPPED": 2})
    assert [one["closeReason"] for one in floor.defects(runNo=run_no)] == ["SCRAPPED"]


def test_a_run_is_decided_on_once_and_only_on_hold(floor: Quality) -> None:
    refused = mrb(floor, floor.running(), "RELEASE")
    assert (refused.code, refused.details["status"]) == ("RUN_NOT_ON_HOLD", "AUTHORIZED")
    run_no, _ = stopped(floor)
    mrb(floor, run_no, "RELEASE").must()
    again = mrb(floor, run_no, "SCRAP")
    assert (again.code, again.details["status"]) == ("RUN_NOT_ON_HOLD", "COMPLETED")
    assert mrb(floor, "RUN-NONE", "SCRAP").code == "RUN_NOT_FOUND"


def test_of_two_opposite_decisions_at_once_one_wins(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    at = f"/api/runs/{run_no}/mrb-decision"
    answers = floor.api.at_once(
        (floor.quality, "POST", at, {"decision": "RELEASE", "reason": "good enough"}),
        (floor.api.as_("quality2"), "POST", at, {"decision": "SCRAP", "reason": "not at all"}),
    )
    assert sorted(str(answer.code) for answer in answers) == ["None", "RUN_NOT_ON_HOLD"]
    lost = next(answer for answer in answers if not answer.ok)
    assert lost.details["status"] == floor.status(run_no) == ("COMPLETED" if answers[0].ok else "SCRAPPED")
    assert len(floor.rows(select(mrb_decisions))) == 1


def test_a_run_on_hold_without_a_failed_inspection_has_nothing_to_decide(floor: Quality) -> None:
    run_no = floor.running()
    floor.set_run(run_no, status="ON_HOLD")
    assert mrb(floor, run_no, "RELEASE").code == "NO_FAILED_OQC"


def test_a_decision_is_a_signature(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    floor.setting(fresh_seconds, 0)
    assert mrb(floor, run_no, "RELEASE").code == "REAUTH_REQUIRED"
    assert mrb(floor, run_no, "RELEASE", password="Wrong-Horse-7").code == "REAUTH_FAILED"
    assert floor.status(run_no) == "ON_HOLD"
    done = mrb(floor, run_no, "RELEASE", password=PASSWORD).must()
    asked = {"subjectType": "MRB_DECISION", "subjectId": done["mrbDecisionId"]}
    signed = floor.quality.get("/api/signatures", **asked).must()["items"]
    assert [(one["meaning"], one["signerName"], one["valid"]) for one in signed] == [("MRB_RELEASE", "王质量", True)]


def test_a_machine_and_a_planner_decide_nothing(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    assert (
        floor.planner.post(f"/api/runs/{run_no}/mrb-decision", {"decision": "RELEASE", "reason": "please"}).code
        == "FORBIDDEN"
    )


# ---- rework


def test_full_preparation_begins_anew_with_the_boards_that_are_left(floor: Quality) -> None:
    run_no, _ = stopped(floor, units=3)
    floor.set_units(run_no, only=floor.sns(run_no)[0], status="SCRAPPED")
    done = mrb(floor, run_no, "REWORK", reworkType="FULL_PREP").must()
    made = done["reworkRun"]
    assert (made["runNo"], made["status"], made["planQty"], made["authorizationType"]) == (
        f"{run_no}-RW1",
        "PREP",
        2,
        None,
    )
    assert done["run"]["status"] == "CLOSED_REWORK"
    assert done["run"]["unitCounts"] == {"SCRAPPED": 1}, "a scrapped board stays with its run (spec 06.1 W7)"
    assert {(floor.unit(sn).status, floor.unit(sn).current_step_no) for sn in floor.sns(made["runNo"])} == {
        ("QUEUED", 10)
    }
    assert len(floor.rows(select(memberships))) == 2
    refused = floor.planner.post(f"/api/runs/{made['runNo']}/generate-units", {"quantity": 1})
    assert refused.code in ("RUN_IS_REWORK", "QUANTITY_EXCEEDS_PLAN")
    assert [one["closeReason"] for one in floor.defects()] == ["MRB_REWORK"]


def test_reused_preparation_is_judged_now(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    done = mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP").must()["reworkRun"]
    assert (done["status"], done["authorizationType"], done["prepReasons"]) == ("AUTHORIZED", "MRB_OVERRIDE", [])
    detail = floor.detail(done["runNo"])
    assert (detail["authorizations"][0]["type"], detail["run"]["parentRunNo"]) == ("MRB_OVERRIDE", run_no)


def test_reused_preparation_that_does_not_hold_any_more_waits(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    floor.gates("LINE-A", "ROUTE", "EQUIPMENT")
    done = mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP").must()["reworkRun"]
    assert done["status"] == "PREP"
    assert {reason["code"] for reason in done["prepReasons"]} == {"READINESS_CHECK_FAILED"}


def test_reuse_does_not_skip_a_first_article_that_nobody_waived(floor: Quality) -> None:
    """Spec 06.1 W7."""
    run_no, _ = stopped(floor, fai=True)
    done = mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP").must()["reworkRun"]
    assert (done["status"], [reason["code"] for reason in done["prepReasons"]]) == ("PREP", ["FAI_NOT_PASSED"])
    assert floor.authorize(done["runNo"]).code == "FAI_NOT_PASSED"


def test_a_waived_first_article_lets_the_rework_run_start_and_is_shown(floor: Quality) -> None:
    run_no, _ = stopped(floor, fai=True)
    body = {"reworkType": "REUSE_PREP", "faiWaiver": True, "faiWaiverReason": "same line, same day"}
    done = mrb(floor, run_no, "REWORK", **body).must()["reworkRun"]
    assert (done["status"], done["mrbFaiWaiver"]) == ("AUTHORIZED", True)
    gate = floor.quality.get(f"/api/fai/run/{done['runNo']}/gate").must()
    assert (gate["faiPassed"], gate["faiSigned"], gate["waived"], gate["waiverReason"]) == (
        True,
        True,
        True,
        "same line, same day",
    )
    listed = floor.planner.get(f"/api/runs/{run_no}/rework-runs").must()
    assert [(one["runNo"], one["mrbFaiWaiver"], one["mrbAuthorizedByName"]) for one in listed] == [
        (done["runNo"], True, "王质量")
    ]


def test_the_rules_of_the_waiver(floor: Quality) -> None:
    run_no, _ = stopped(floor, fai=True)
    assert mrb(floor, run_no, "REWORK").code == "REWORK_TYPE_REQUIRED"
    waiver = {"faiWaiver": True, "faiWaiverReason": "because"}
    assert mrb(floor, run_no, "RELEASE", **waiver).code == "FAI_WAIVER_NOT_ALLOWED"
    assert mrb(floor, run_no, "REWORK", reworkType="FULL_PREP", **waiver).code == "FAI_WAIVER_NOT_ALLOWED"
    assert mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP", faiWaiver=True).code == "FAI_WAIVER_REASON_REQUIRED"
    plain = floor.plant.holder("quality:disposition")
    body = {"decision": "REWORK", "reason": "as agreed", "reworkType": "REUSE_PREP", **waiver}
    refused = plain.post(f"/api/runs/{run_no}/mrb-decision", body)
    assert (refused.code, refused.details["permission"]) == ("FORBIDDEN", "readiness:override")
    assert floor.status(run_no) == "ON_HOLD"


def test_with_every_board_scrapped_nothing_can_be_reworked(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    floor.set_units(run_no, status="SCRAPPED")
    assert mrb(floor, run_no, "REWORK", reworkType="FULL_PREP").code == "NO_ELIGIBLE_UNITS"


def test_the_door_for_callers_that_hold_the_failed_inspection(floor: Quality) -> None:
    run_no, oqc = stopped(floor)
    at = f"/api/runs/{run_no}/rework"
    wrong = {"reworkType": "FULL_PREP", "mrbDecisionId": "00000000-0000-7000-8000-000000000000"}
    assert floor.quality.post(at, wrong).code == "INVALID_MRB_DECISION"
    done = floor.quality.post(at, {"reworkType": "FULL_PREP", "mrbDecisionId": oqc}).must()
    assert (done["reworkRunNo"], done["parentRunStatus"], done["status"]) == (f"{run_no}-RW1", "CLOSED_REWORK", "PREP")


def test_a_line_that_was_used_meanwhile_is_a_warning(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    other = floor.running(units=1)
    floor.through(floor.sns(other)[0], STATIONS[0])
    done = mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP").must()
    assert [(one["code"], one["details"]["runNos"]) for one in done["warnings"]] == [
        ("LINE_USED_BY_OTHER_RUN", [other])
    ]


def test_a_reworked_board_counts_for_its_order_once(floor: Quality) -> None:
    run_no, _ = stopped(floor)
    made = mrb(floor, run_no, "REWORK", reworkType="REUSE_PREP").must()["reworkRun"]
    answer = floor.finish_all(made["runNo"])
    oqc = answer["oqc"]["oqcId"]
    floor.do("oqc", oqc, "start").must()
    floor.item("oqc", oqc, sn=floor.look("oqc", oqc)["sampledUnits"][0]).must()
    assert floor.decide("oqc", oqc).must()["run"]["status"] == "COMPLETED"
    wo_no = floor.detail(run_no)["workOrder"]["woNo"]
    totals = floor.order_now(wo_no)["totals"]
    assert (totals["goodQty"], totals["reworkRuns"]) == (2, 1)
    closed = floor.planner.post(f"/api/work-orders/{wo_no}/close", {"reason": "short"}).must()
    assert closed["status"] == "COMPLETED"
