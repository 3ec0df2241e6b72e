"""Allowing a run to start, and taking that back (spec 02.7)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.orders_floor import ONE_STEP, Floor, step
from tests.api.plant import TEST, Plant

from fiducial.kit.settings import Setting
from fiducial.orders.actions.authorize import lapse_authorizations
from fiducial.orders.settings import AUTHORIZATION_VALID_MINUTES, AUTO_COMPLETE_WITHOUT_OQC
from fiducial.orders.tables import authorizations, runs
from fiducial.plant.tables import stations
from fiducial.readiness.tables import checks
from fiducial.routing.tables import versions


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def revoke(floor: Floor, run_no: str, reason: Any = "material is missing") -> Any:
    return floor.leader.post(f"/api/runs/{run_no}/authorize", {"action": "REVOKE", "reason": reason})


def test_an_authorisation_says_by_whom_and_on_which_check(floor: Floor) -> None:
    run_no = floor.run()
    done = floor.authorize(run_no).must()
    assert (done["status"], done["authorizationType"], done["alreadyAuthorized"]) == ("AUTHORIZED", "NORMAL", False)
    entry = done["authorization"]
    assert (entry["type"], entry["status"], entry["byName"]) == ("NORMAL", "AUTHORIZED", "赵组长")
    check = floor.leader.get(f"/api/runs/{run_no}/readiness/checks/{entry['checkId']}").must()
    assert (check["type"], check["trigger"], check["status"]) == ("FORMAL", "AUTHORIZE", "PASSED")
    assert done["readiness"] == {"checkId": entry["checkId"], "status": "PASSED", "waivedCount": 0}


def test_two_authorisations_at_once_make_one(floor: Floor) -> None:
    run_no = floor.run()
    asked = (floor.leader, "POST", f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"})
    answers = [answer.must() for answer in floor.api.at_once(asked, asked, asked)]
    assert sorted(answer["alreadyAuthorized"] for answer in answers) == [False, True, True]
    assert len(floor.rows(select(authorizations))) == 1


def test_a_failed_check_stays_though_the_attempt_is_refused(floor: Floor) -> None:
    run_no = floor.run()
    floor.plant.sql(update(stations).where(stations.c.code == "ST-SPI-01").values(is_active=False))
    refused = floor.authorize(run_no)
    assert (refused.status, refused.code) == (409, "READINESS_CHECK_FAILED")
    [item] = refused.details["failedItems"]
    assert (item["itemType"], item["causeCode"]) == ("ROUTE", "LINE_INCOMPATIBLE")
    assert "SPI" in item["failReason"]
    kept = floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="FORMAL").must()
    assert (kept["checkId"], kept["status"], kept["trigger"]) == (refused.details["checkId"], "FAILED", "AUTHORIZE")
    assert floor.status(run_no) == "PREP"
    assert floor.rows(select(authorizations)) == []
    [entry] = floor.plant.audit(entityDisplay=run_no, action="RUN_AUTHORIZE")
    assert (entry["outcome"], entry["code"]) == ("REFUSED", "READINESS_CHECK_FAILED")


def test_a_stored_check_never_authorises(floor: Floor) -> None:
    run_no = floor.run()
    assert floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()["status"] == "PASSED"
    version = select(runs.c.version_id).where(runs.c.run_no == run_no).scalar_subquery()
    floor.plant.sql(update(versions).where(versions.c.id == version).values(retired_at=1))
    refused = floor.authorize(run_no)
    assert refused.details["failedItems"][0]["causeCode"] == "ROUTE_VERSION_RETIRED"
    checked = floor.rows(select(checks).where(checks.c.type == "FORMAL").order_by(checks.c.id))
    assert [(row.status, row.invalidated_at is not None) for row in checked] == [("PASSED", True), ("FAILED", False)]


def test_readiness_is_judged_before_the_first_article_and_its_check_stays(floor: Floor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01", requiresFAI=True)))
    refused = floor.authorize(run_no)
    assert (refused.code, refused.details["faiStatus"]) == ("FAI_NOT_PASSED", None)
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type="FORMAL").must()["status"] == "PASSED"
    floor.plant.sql(update(stations).where(stations.c.code == "ST-PRINT-01").values(is_active=False))
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


@pytest.mark.parametrize("status", ["IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED", "SCRAPPED", "CLOSED_REWORK"])
def test_a_run_that_has_started_is_neither_authorised_nor_revoked(floor: Floor, status: str) -> None:
    run_no = floor.run()
    floor.set_run(run_no, status=status)
    assert floor.authorize(run_no).code == "RUN_NOT_READY"
    assert revoke(floor, run_no).code == "RUN_NOT_REVOCABLE"


def test_revoking_takes_the_run_back_to_preparation_with_its_reason(floor: Floor) -> None:
    run_no = floor.run()
    floor.authorize(run_no).must()
    back = revoke(floor, run_no).must()
    assert (back["status"], back["authorizationType"]) == ("PREP", None)
    assert (back["authorization"]["status"], back["authorization"]["endedReason"]) == ("REVOKED", "material is missing")
    assert revoke(floor, run_no).must()["status"] == "PREP"
    assert floor.authorize(run_no).must()["authorization"]["status"] == "AUTHORIZED"
    assert [entry["status"] for entry in floor.detail(run_no)["authorizations"]] == ["AUTHORIZED", "REVOKED"]


def test_each_act_asks_its_own_permission_and_stands_under_its_own_name(floor: Floor) -> None:
    run_no = floor.run()
    path = f"/api/runs/{run_no}/authorize"
    only_authorize, only_revoke = floor.plant.holder("run:authorize"), floor.plant.holder("run:revoke")
    assert only_revoke.post(path, {"action": "AUTHORIZE"}).code == "FORBIDDEN"
    assert only_authorize.post(path, {"action": "AUTHORIZE"}).ok
    assert only_authorize.post(path, {"action": "REVOKE", "reason": "why not"}).code == "FORBIDDEN"
    assert only_revoke.post(path, {"action": "REVOKE", "reason": "why not"}).ok
    entries = [(entry["action"], entry["outcome"]) for entry in floor.plant.audit(entityDisplay=run_no)]
    wanted = [
        ("RUN_REVOKE", "SUCCESS"),
        ("RUN_REVOKE", "REFUSED"),
        ("RUN_AUTHORIZE", "SUCCESS"),
        ("RUN_AUTHORIZE", "REFUSED"),
    ]
    assert [entry for entry in entries if entry in wanted] == wanted


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"action": "START"},
        {"action": "REVOKE"},
        {"action": "REVOKE", "reason": "no"},
        {"action": "AUTHORIZE", "x": 1},
    ],
)
def test_an_act_of_another_shape_is_refused(floor: Floor, given: Any) -> None:
    assert floor.leader.post(f"/api/runs/{floor.run()}/authorize", given).status == 422


def test_the_leader_of_another_line_may_not(floor: Floor) -> None:
    run_no = floor.run()
    floor.plant.bind("leader", line_codes=["LINE-FAR"])
    refused = floor.authorize(run_no)
    assert (refused.status, refused.code, refused.details["lineCode"]) == (403, "FORBIDDEN", "LINE-A")
    for path, given in (("readiness/check", None), ("close", None), ("cancel", {"reason": "why not"})):
        assert floor.leader.post(f"/api/runs/{run_no}/{path}", given).code == "FORBIDDEN"
    assert floor.leader.get(f"/api/runs/{run_no}").code == "FORBIDDEN"
    assert floor.leader.get("/api/runs").must()["total"] == 0


# When nothing is left to do


def _trial(floor: Floor) -> str:
    run_no = floor.run(plan=1, units=1, route=floor.route(None, *ONE_STEP))
    floor.set_units(run_no, status="DONE", tracked=True)
    return run_no


def test_a_run_whose_trial_made_everything_starts_and_ends_at_once(floor: Floor) -> None:
    run_no = _trial(floor)
    done = floor.authorize(run_no).must()
    assert (done["status"], done["startedAt"] is not None, done["endedAt"] is not None) == ("COMPLETED", True, True)
    acts = [entry["action"] for entry in floor.plant.audit(entityDisplay=run_no) if entry["action"].startswith("RUN")]
    assert acts == ["RUN_COMPLETED", "RUN_START", "RUN_AUTHORIZE", "RUN_CREATE"]


def test_it_waits_for_a_person_where_the_line_wants_that(floor: Floor) -> None:
    floor.setting(AUTO_COMPLETE_WITHOUT_OQC, False, floor.line_id())
    assert floor.authorize(_trial(floor)).must()["status"] == "IN_PROGRESS"


# Lapse


def _age(floor: Floor, run_no: str, minutes: int) -> None:
    floor.set_run(
        run_no,
        authorized_at=floor.rows(select(runs.c.authorized_at).where(runs.c.run_no == run_no))[0][0] - minutes * 60_000,
    )


def test_an_old_authorisation_lapses_by_itself(floor: Floor) -> None:
    run_no, young = floor.run(), floor.run()
    for each in (run_no, young):
        floor.authorize(each).must()
    _age(floor, run_no, 721)
    _age(floor, young, 719)
    assert floor.store.write_now(TEST, lapse_authorizations) == 1
    assert (floor.status(run_no), floor.status(young)) == ("PREP", "AUTHORIZED")
    [entry] = floor.detail(run_no)["authorizations"]
    assert (entry["status"], entry["endedReason"]) == ("LAPSED", "720 min")
    [book] = floor.plant.audit(entityDisplay=run_no, action="RUN_AUTHORIZATION_LAPSED")
    assert book["outcome"] == "SUCCESS"
    assert floor.store.write_now(TEST, lapse_authorizations) == 0


def test_a_line_may_let_authorisations_live_longer_and_a_started_run_is_left_alone(floor: Floor) -> None:
    longer: Setting[int] = AUTHORIZATION_VALID_MINUTES
    floor.setting(longer, 10_080, floor.line_id())
    run_no, started = floor.run(), floor.run()
    for each in (run_no, started):
        floor.authorize(each).must()
        _age(floor, each, 5_000)
    floor.set_run(started, status="IN_PROGRESS")
    _age(floor, started, 99_000)
    assert floor.store.write_now(TEST, lapse_authorizations) == 0


def test_people_cannot_call_the_system_s_own_job(floor: Floor) -> None:
    from fiducial.kit.acting import Caller
    from fiducial.kit.refusals import Refused

    with pytest.raises(Refused, match="FORBIDDEN"):
        floor.store.write_now(Caller(), lapse_authorizations)
