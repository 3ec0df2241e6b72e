"""Waiving a failed item, revoking that, and what a waiver does not cover (spec 03.1 R5, R8; 03.7.1; the examples of 03.13)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.orders_floor import step
from tests.api.plant import PASSWORD, STATIONS, TEST, Plant
from tests.api.ready_floor import ReadyFloor

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import run_of_id
from fiducial.people.tables import sessions, signatures
from fiducial.plant.tables import stations
from fiducial.readiness.tables import waivers
from fiducial.readiness.waivers import TakeWaivers
from fiducial.timers.tables import clocks


@pytest.fixture
def floor(plant: Plant) -> ReadyFloor:
    return ReadyFloor(plant)


def waive(floor: ReadyFloor, run_no: str, item: Any, *, who: str = "quality", **body: Any) -> Any:
    path = f"/api/runs/{run_no}/readiness/items/{item['id']}/waive"
    return floor.api.as_(who).post(path, {"reason": "measured by hand", **body})


def failed(check: Any) -> list[Any]:
    return [item for item in check["items"] if item["status"] == "FAILED"]


def latest(floor: ReadyFloor, run_no: str, type: str = "FORMAL") -> Any:
    return floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type=type).must()


def test_waiving_every_failed_item_makes_the_check_pass(floor: ReadyFloor) -> None:
    """Example 4: the same item ids, WAIVED with who and why."""
    run_no = floor.printing_run()
    floor.only("EQUIPMENT", "STENCIL", "SOLDER_PASTE")
    check = floor.check(run_no)
    assert check["summary"]["failed"] == len(STATIONS) + 2
    for item in failed(check):
        said = waive(floor, run_no, item).must()
        assert (said["itemId"], said["checkId"], said["status"], said["waivedByName"]) == (
            item["id"],
            check["checkId"],
            "WAIVED",
            "王质量",
        )
    assert said["checkStatus"] == "PASSED"
    now = latest(floor, run_no)
    assert (now["status"], now["invalidatedAt"]) == ("PASSED", None)
    assert [item["id"] for item in now["items"]] == [item["id"] for item in check["items"]]
    for item in now["items"][1:]:
        assert (item["status"], item["source"], item["waiveReason"], item["carriedOver"]) == (
            "WAIVED",
            "WAIVE",
            "measured by hand",
            False,
        )
        assert item["waivedBy"]
        assert item["validUntil"]
    assert now["summary"] == {"total": 8, "passed": 1, "failed": 0, "waived": 7, "notApplicable": 0}
    authorized = floor.authorize(run_no).must()
    assert authorized["readiness"]["waivedCount"] == 7
    assert all(item["carriedOver"] for item in latest(floor, run_no)["items"][1:])


def test_with_waivers_readiness_passes_and_the_first_article_is_asked_next(floor: ReadyFloor) -> None:
    """Example 5."""
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", STATIONS[0], processKind="PRINT", requiresFAI=True)))
    floor.only("STENCIL")
    waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    assert floor.authorize(run_no).code == "FAI_NOT_PASSED"


def test_a_waiver_does_not_cover_another_cause(floor: ReadyFloor) -> None:
    """Example 6: EQUIPMENT_UNKNOWN was waived; then the machine is DOWN."""
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", STATIONS[0])))
    floor.only("EQUIPMENT")
    waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    floor.machine(STATIONS[0], "DOWN")
    refused = floor.authorize(run_no)
    assert refused.code == "READINESS_CHECK_FAILED"
    assert [item["causeCode"] for item in refused.details["failedItems"]] == ["EQUIPMENT_NOT_NORMAL"]


def test_a_waiver_does_not_cover_another_record_of_the_same_cause(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "NOT_READY", by="leader")
    waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    assert floor.authorize(run_no).ok
    floor.set_run(run_no, status="PREP")
    floor.stencil_state(stencil, "NOT_READY", by="leader")
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_whoever_made_it_fail_does_not_waive_it(floor: ReadyFloor) -> None:
    """Example 10, R8; a line may say that one pair of eyes is enough."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "NOT_READY", by="quality")
    item = failed(floor.check(run_no))[0]
    assert waive(floor, run_no, item).code == "SIGNER_MUST_DIFFER"
    assert waive(floor, run_no, item, who="quality2").ok
    floor.only("STENCIL", fourEyes=False)
    floor.stencil_state(stencil, "NOT_READY", by="quality")
    assert waive(floor, run_no, failed(floor.check(run_no))[0]).ok


def test_only_items_of_the_newest_formal_check_are_waived(floor: ReadyFloor) -> None:
    """Example 11."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    early = floor.leader.post(f"/api/runs/{run_no}/readiness/precheck").must()
    assert waive(floor, run_no, failed(early)[0]).code == "READINESS_ITEM_SUPERSEDED"
    first, second = floor.check(run_no), floor.check(run_no)
    refused = waive(floor, run_no, failed(first)[0])
    assert (refused.code, refused.details["latestCheckId"]) == ("READINESS_ITEM_SUPERSEDED", second["checkId"])
    assert waive(floor, run_no, failed(second)[0]).ok
    assert waive(floor, run_no, failed(second)[0]).code == "ITEM_NOT_FAILED"


def test_what_cannot_be_waived(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL", waivable=False)
    item = failed(floor.check(run_no))[0]
    assert (item["waivable"], item["notWaivableReason"]) == (False, "本产线不允许豁免该检查项。")
    assert waive(floor, run_no, item).code == "READINESS_ITEM_NOT_WAIVABLE"
    assert waive(floor, run_no, {"id": "nonsense"}).code == "READINESS_ITEM_NOT_FOUND"
    other = floor.printing_run()
    assert waive(floor, other, item).code == "READINESS_ITEM_NOT_FOUND"
    assert waive(floor, "RUN-NOWHERE", item).code == "RUN_NOT_FOUND"
    floor.set_run(run_no, status="IN_PROGRESS")
    assert waive(floor, run_no, item).code == "INVALID_RUN_STATUS"
    for who in ("leader", "engineer", "admin", "operator", "planner"):
        assert waive(floor, run_no, item, who=who).code == "FORBIDDEN"


def test_the_route_is_never_waived(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.plant.sql(update(stations).values(is_active=False))
    item = failed(floor.check(run_no))[0]
    assert (item["itemType"], item["waivable"]) == ("ROUTE", False)
    assert waive(floor, run_no, item).code == "READINESS_ITEM_NOT_WAIVABLE"


def test_a_waiver_that_was_allowed_once_is_not_taken_over_when_the_line_forbids_it(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    floor.only("STENCIL", waivable=False)
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_a_waiver_ends_with_its_time(floor: ReadyFloor) -> None:
    """Example 15."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    said = waive(floor, run_no, failed(floor.check(run_no))[0], validHours=2).must()
    check = floor.check(run_no)
    assert (check["status"], check["nextExpiryAt"]) == ("PASSED", said["validUntil"])
    floor.plant.sql(update(waivers).values(valid_until=1))
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"
    [waiver] = floor.leader.get(f"/api/runs/{run_no}/readiness/waivers").must()["items"]
    assert (waiver["status"], waiver["stillMatches"], waiver["reason"]) == ("EXPIRED", False, "measured by hand")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"validHours": 25}, "validHours"), ({"validHours": 0.1}, "validHours"), ({"reason": "no"}, "reason")],
)
def test_a_waiver_needs_a_reason_and_ends_within_the_line_s_limit(
    floor: ReadyFloor, body: dict[str, Any], field: str
) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    refused = waive(floor, run_no, failed(floor.check(run_no))[0], **body)
    assert (refused.status, refused.field_paths) == (422, [field])


def test_a_waiver_is_a_signature(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    item = failed(floor.check(run_no))[0]
    floor.plant.sql(update(sessions).values(authenticated_at=1))
    assert waive(floor, run_no, item).code == "REAUTH_REQUIRED"
    assert waive(floor, run_no, item, password="wrong-Horse-7").code == "REAUTH_FAILED"
    said = waive(floor, run_no, item, password=PASSWORD).must()
    [row] = floor.rows(select(signatures))
    assert (row.meaning, row.method, row.remark) == ("WAIVE", "PASSWORD", "measured by hand")
    [signed] = floor.quality.get("/api/signatures", subjectType="READINESS_WAIVER", subjectId=said["waiverId"]).must()[
        "items"
    ]
    assert (signed["valid"], signed["signerName"]) == (True, "王质量")
    floor.plant.sql(update(waivers).values(reason="another"))
    [signed] = floor.quality.get("/api/signatures", subjectType="READINESS_WAIVER", subjectId=said["waiverId"]).must()[
        "items"
    ]
    assert signed["valid"] is False
    assert (
        floor.api.as_("operator2")
        .get("/api/signatures", subjectType="READINESS_WAIVER", subjectId=said["waiverId"])
        .code
        == "FORBIDDEN"
    )
    [entry] = floor.plant.audit(action="READINESS_WAIVE", entityDisplay=run_no, outcome="SUCCESS")
    assert entry["reason"] == "measured by hand"


def test_a_waiver_is_revoked_for_a_reason_and_the_run_judged_anew(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    said = waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    floor.authorize(run_no).must()
    floor.plant.settle()
    assert floor.status(run_no) == "AUTHORIZED"
    path = f"/api/runs/{run_no}/readiness/waivers"
    [waiver] = floor.leader.get(path).must()["items"]
    assert (waiver["status"], waiver["stillMatches"], waiver["itemType"], waiver["causeCode"]) == (
        "ACTIVE",
        True,
        "STENCIL",
        "STENCIL_NOT_BOUND",
    )
    assert floor.leader.post(f"{path}/{said['waiverId']}/revoke", {"reason": "was wrong"}).code == "FORBIDDEN"
    assert floor.quality.post(f"{path}/nonsense/revoke", {"reason": "was wrong"}).code == "WAIVER_NOT_FOUND"
    taken = floor.quality.post(f"{path}/{said['waiverId']}/revoke", {"reason": "was wrong"}).must()
    assert (taken["status"], taken["revokeReason"], taken["revokedByName"]) == ("REVOKED", "was wrong", "王质量")
    assert floor.quality.post(f"{path}/{said['waiverId']}/revoke", {"reason": "was wrong"}).code == "WAIVER_NOT_ACTIVE"
    floor.plant.settle()
    assert floor.status(run_no) == "PREP"
    assert floor.plant.audit(action="READINESS_WAIVER_REVOKE", entityDisplay=run_no, outcome="SUCCESS")
    assert len(floor.rows(select(waivers))) == 1


def test_a_check_that_passes_by_waivers_but_not_by_what_is_now_is_invalid_at_once(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL", "SOLDER_PASTE")
    lot = floor.paste()
    floor.paste_state(lot)
    check = floor.check(run_no)
    floor.paste_state(lot, "NON_COMPLIANT")
    said = waive(floor, run_no, failed(check)[0]).must()
    assert said["checkStatus"] == "PASSED"
    formal = latest(floor, run_no)
    assert (formal["status"], formal["invalidatedAt"] is not None) == ("PASSED", True)
    assert latest(floor, run_no, "PRECHECK")["checkId"] == formal["invalidatedBy"]


def test_two_people_waive_at_once_and_one_wins(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    item = failed(floor.check(run_no))[0]
    path, body = f"/api/runs/{run_no}/readiness/items/{item['id']}/waive", {"reason": "measured by hand"}
    codes = [
        answer.code
        for answer in floor.api.at_once(*((floor.api.as_(who), "POST", path, body) for who in ("quality", "quality2")))
    ]
    assert sorted(codes, key=str) == ["ITEM_NOT_FAILED", None]
    assert len(floor.rows(select(waivers))) == 1


def test_waiving_and_invalidating_cannot_cross(floor: ReadyFloor) -> None:
    """At once: quality waives the last item, and the system finds that paste got worse. Whoever comes first, no valid pass is left."""
    run_no = floor.printing_run()
    floor.only("STENCIL", "SOLDER_PASTE")
    lot = floor.paste()
    floor.paste_state(lot)
    item = failed(floor.check(run_no))[0]
    floor.paste_state(lot, "NON_COMPLIANT")
    run = f"/api/runs/{run_no}/readiness"
    asks = (
        (floor.quality, "POST", f"{run}/items/{item['id']}/waive", {"reason": "measured"}),
        (floor.leader, "POST", f"{run}/precheck", None),
    )
    waived, judged = floor.api.at_once(*asks)
    assert (waived.ok, judged.data["status"]) == (True, "FAILED")
    formal = latest(floor, run_no)
    assert (formal["status"], formal["invalidatedAt"] is not None) == ("PASSED", True)


def test_waiving_the_item_of_a_time_rule_waives_its_clock_and_the_other_way_round(floor: ReadyFloor) -> None:
    run_no, other = floor.run(), floor.run()
    floor.only("TIME_RULE")
    clock = floor.clock(run_no, ends_in_hours=-1)
    waive(floor, run_no, failed(floor.check(run_no))[0]).must()
    [row] = floor.rows(select(clocks).where(clocks.c.id == clock))
    assert (row.status, row.waive_reason, row.waived_by_name) == ("WAIVED", "measured by hand", "王质量")
    assert floor.authorize(run_no).ok
    second = floor.clock(other, ends_in_hours=-1)
    floor.check(other)
    path = f"/api/time-rules/instances/{ids.to_wire(second)}/waive"
    floor.quality.post(path, {"reason": "washed by hand"}).must()
    check = latest(floor, other)
    [item] = check["items"][1:]
    assert (check["status"], item["status"], item["waiveReason"], item["source"]) == (
        "PASSED",
        "WAIVED",
        "washed by hand",
        "WAIVE",
    )
    assert check["summary"]["failed"] == 0


def test_a_rework_run_takes_over_what_still_holds(floor: ReadyFloor) -> None:
    parent = floor.printing_run()
    floor.only("STENCIL")
    waive(floor, parent, failed(floor.check(parent))[0]).must()
    child = floor.printing_run()
    floor.store.write_now(TEST, _take_over, floor.key_of(parent), floor.key_of(child))
    check = floor.check(child)
    [item] = check["items"][1:]
    assert (check["status"], item["status"], item["source"], item["waivedByName"]) == (
        "PASSED",
        "WAIVED",
        "REUSED",
        "王质量",
    )


@action(audit="TEST", entity="RUN", internal_only=True)
def _take_over(tx: Tx, parent: int, child: int) -> None:
    tx.unrecorded()
    TakeWaivers().take_over(tx, run_of_id(tx, parent), run_of_id(tx, child))


def test_a_waiver_of_a_slack_stencil_holds_for_the_tension_that_was_seen(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, tension_value=29.5)
    item = floor.item(run_no, "STENCIL")
    assert item["causeCode"] == "STENCIL_TENSION_LOW"
    waive(floor, run_no, item).must()
    assert floor.item(run_no, "STENCIL")["status"] == "WAIVED"
    floor.stencil_state(stencil, tension_value=12.0)
    assert floor.item(run_no, "STENCIL")["status"] == "FAILED"
