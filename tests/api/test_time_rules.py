"""Time rules (spec 04.9): which rule applies, when its clock starts and ends, what is told, who may let it be."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.orders_floor import step
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.tooling_floor import HOUR, MINUTE, Crib

from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.outbox import events
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.timers import queries, running
from fiducial.timers.actions import sweep_clocks
from fiducial.timers.choosing import Happened
from fiducial.timers.tables import clocks, rules
from fiducial.tooling import from_forms

WASHED = (
    step(10, "REFLOW", STATIONS[0], processKind="REFLOW"), step(20, "AOI", STATIONS[1], processKind="AOI"),
    step(30, "WASH", STATIONS[2], processKind="WASH"),
)  # fmt: skip


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def washing(crib: Crib, *steps: Any, plan: int = 3) -> str:
    return crib.under_way(plan=plan, route=crib.route(None, *(steps or WASHED)))


def now_running(crib: Crib, **filters: Any) -> list[Any]:
    return list(crib.quality.get("/api/time-rules/instances", **filters).must()["items"])


def told(crib: Crib, type_: str) -> int:
    return len(crib.rows(select(events.c.id).where(events.c.type == type_)))


def later(crib: Crib, ms: int) -> None:
    """Let time go by: everything that runs began so much earlier."""
    shifted = {name: clocks.c[name] - ms for name in ("started_at", "warning_at", "expires_at")}
    crib.plant.sql(update(clocks).values(**shifted))


@action(audit="TEST", entity="TIME_RULE", internal_only=True)
def happens(tx: Tx, values: dict[str, Any]) -> None:
    tx.unrecorded()
    running.handle(tx, Happened(**values))


def paste_event(crib: Crib, key: int, event: str, at: int, lot: str = "SP-1", **more: Any) -> None:
    values = {
        "id": key,
        "event": event,
        "at": at,
        "entity_type": "SOLDER_PASTE_LOT",
        "entity_id": lot,
        "display": lot,
        **more,
    }
    crib.store.write_now(TEST, happens, values)


OUT, BACK = "SOLDER_PASTE_USAGE_CREATE", "SOLDER_PASTE_USAGE_UNBIND"


def test_the_two_standard_rules_are_there_and_the_plants_to_change(crib: Crib) -> None:
    found = {rule["code"]: rule for rule in crib.quality.get("/api/time-rules").must()["items"]}
    assert set(found) == {"SOLDER_PASTE_24H", "POST_REFLOW_WASH_4H"}
    assert (found["SOLDER_PASTE_24H"]["durationMinutes"], found["POST_REFLOW_WASH_4H"]["warningMinutes"]) == (1440, 30)
    changed = crib.engineer.patch("/api/time-rules/SOLDER_PASTE_24H", {"durationMinutes": 600}).must()
    assert changed["durationMinutes"] == 600


def test_a_board_out_of_reflow_is_timed_until_it_is_washed(crib: Crib, plant: Plant) -> None:
    run = washing(crib)
    sn = crib.units_of(run)[0]
    crib.through(sn)
    plant.settle()
    (running_now,) = now_running(crib)
    assert (running_now["definitionCode"], running_now["entityDisplay"], running_now["runNo"], running_now["status"]) == (
        "POST_REFLOW_WASH_4H", sn, run, "ACTIVE",
    )  # fmt: skip
    assert 239 < running_now["remainingMinutes"] <= 240
    crib.through(sn, STATIONS[1])  # AOI: counted from reflow, the first
    plant.settle()
    assert len(now_running(crib)) == 1
    crib.come_in(sn, STATIONS[2]).must()
    plant.settle()
    assert [one["status"] for one in now_running(crib)] == ["COMPLETED"]


def test_a_route_without_a_wash_and_a_board_that_failed_are_not_timed(crib: Crib, plant: Plant) -> None:
    dry = washing(crib, *WASHED[:2])
    crib.through(crib.units_of(dry)[0])
    wet = washing(crib)
    crib.come_in(crib.units_of(wet)[0]).must()
    crib.go_out(crib.units_of(wet)[0], result="FAIL").must()
    plant.settle()
    assert now_running(crib) == []


def test_a_board_washed_too_late_is_expired_and_shows_by_how_much(crib: Crib, plant: Plant) -> None:
    run = washing(crib)
    sn = crib.units_of(run)[0]
    crib.through(sn)
    plant.settle()
    crib.through(sn, STATIONS[1])
    plant.settle()
    later(crib, 245 * MINUTE)
    warned = crib.come_in(sn, STATIONS[2]).must()["warnings"]
    assert "TIME_RULE_EXPIRED" in [warning["code"] for warning in warned]  # it reminds and stops nothing
    plant.settle()
    (late,) = now_running(crib)
    assert (late["status"], round(late["lateBy"])) == ("EXPIRED", 5)
    assert told(crib, "TIME_RULE_EXPIRED") == 1
    trace = crib.api.as_("trace").get(f"/api/trace/units/{sn}").must()
    assert [flag["text"] for flag in trace["flags"] if flag["code"] == "TIME_RULE_EXPIRED"] == [
        "超出时间规则：POST_REFLOW_WASH_4H"
    ]


def test_the_sweep_warns_once_and_expires_once_on_whatever_node(crib: Crib, plant: Plant) -> None:
    crib.through(crib.units_of(washing(crib))[0])
    plant.settle()

    def sweep() -> Any:
        return plant.store.write_now(TEST, sweep_clocks)

    assert sweep() == {"warned": 0, "expired": 0}
    later(crib, 211 * MINUTE)
    assert [sweep(), sweep()] == [{"warned": 1, "expired": 0}, {"warned": 0, "expired": 0}]
    later(crib, 30 * MINUTE)
    assert [sweep(), sweep()] == [{"warned": 0, "expired": 1}, {"warned": 0, "expired": 0}]
    assert (told(crib, "TIME_RULE_WARNING"), told(crib, "TIME_RULE_EXPIRED")) == (1, 1)


def test_paste_issued_again_has_what_is_left_of_its_time(crib: Crib) -> None:
    start = clock.now_ms() - 12 * HOUR
    paste_event(crib, 1, OUT, start)
    paste_event(crib, 2, BACK, start + 10 * HOUR)
    paste_event(crib, 3, OUT, start + 11 * HOUR)
    first, second = sorted(now_running(crib, entityId="SP-1"), key=lambda one: one["startedAt"])
    assert (first["status"], second["status"]) == ("COMPLETED", "ACTIVE")
    assert second["expiresAt"] == clock.to_wire(start + 25 * HOUR)


def test_an_event_that_comes_twice_counts_once_and_a_second_start_changes_nothing(crib: Crib) -> None:
    start = clock.now_ms() - 2 * HOUR
    for key, at in ((1, start), (1, start), (2, start + HOUR)):
        paste_event(crib, key, OUT, at)
    (only,) = now_running(crib)
    assert only["startedAt"] == clock.to_wire(start)


def test_a_rule_that_counts_from_the_latest_starts_anew(crib: Crib, plant: Plant) -> None:
    plant.sql(update(rules).values(restart="LATEST", cumulative=False))
    start = clock.now_ms() - 2 * HOUR
    paste_event(crib, 1, OUT, start)
    paste_event(crib, 2, OUT, start + HOUR)
    (only,) = now_running(crib)
    assert only["startedAt"] == clock.to_wire(start + HOUR)


def test_an_end_that_comes_before_its_start_closes_the_clock_when_the_start_arrives(crib: Crib) -> None:
    start = clock.now_ms() - 30 * HOUR
    paste_event(crib, 1, BACK, start + 25 * HOUR)
    assert now_running(crib) == []
    paste_event(crib, 2, OUT, start)
    (only,) = now_running(crib)
    assert (only["status"], only["lateBy"], only["completedAt"]) == ("EXPIRED", 60.0, clock.to_wire(start + 25 * HOUR))


def test_a_start_that_comes_late_may_be_over_at_once(crib: Crib) -> None:
    paste_event(crib, 1, OUT, clock.now_ms() - 25 * HOUR)
    (only,) = now_running(crib)
    assert (only["status"], only["completedAt"]) == ("EXPIRED", None)
    paste_event(crib, 2, BACK, clock.now_ms())
    (only,) = now_running(crib)
    assert (only["status"], round(only["lateBy"])) == ("EXPIRED", 60)


def test_an_end_in_time_that_is_heard_of_after_the_sweep_still_counts_as_in_time(crib: Crib) -> None:
    start = clock.now_ms() - 25 * HOUR
    paste_event(crib, 1, OUT, start)
    paste_event(crib, 2, BACK, start + 23 * HOUR)
    (only,) = now_running(crib)
    assert (only["status"], only["lateBy"]) == ("COMPLETED", None)


def test_of_more_clocks_than_a_page_takes_those_that_still_matter_are_given(
    crib: Crib, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of thousands of boards has as many clocks; the list of instances gives them all, page by page."""
    monkeypatch.setattr(queries, "MOST_OF_RUN", 3)
    run = crib.run()
    (run_id,) = (row.id for row in crib.rows(select(runs.c.id).where(runs.c.run_no == run)))
    rule, now = crib.rows(select(rules.c.id))[0].id, clock.now_ms()
    for number, state in enumerate(("COMPLETED", "ACTIVE", "COMPLETED", "EXPIRED", "COMPLETED"), 1):
        what = {"entity_type": "SOLDER_PASTE_LOT", "entity_id": f"B-{number}", "entity_display": f"B-{number}"}
        when = {"started_at": now, "expires_at": now + number, "created_at": now, "updated_at": now}
        row = {
            "id": number,
            "rule_id": rule,
            "run_id": run_id,
            "definition": {"name": "X", "isWaivable": True},
            "rule_type": "CUSTOM",
            "definition_code": "X",
        }
        plant.sql(insert(clocks).values(status=state, **row, **what, **when))
    found = crib.quality.get(f"/api/time-rules/runs/{run}/instances").must()
    assert [one["entityId"] for one in found] == ["B-2", "B-4", "B-5"]
    all_of_them = crib.quality.get("/api/time-rules/instances", runNo=run, pageSize=2).must()
    assert (all_of_them["total"], len(all_of_them["items"])) == (5, 2)


@action(audit="TEST", entity="SOLDER_PASTE_LOT", internal_only=True)
def jar(tx: Tx, step_: str, line_id: int, lot: str) -> None:
    tx.unrecorded()
    known = from_forms.know_jar(tx, lot)
    if step_ == "ISSUE":
        from_forms.jar_issued(tx, known, line_id=line_id, run_id=None, at=tx.now)
    else:
        from_forms.jar_taken_off(tx, known, at=tx.now, scrapped=step_ == "SCRAP")


def test_a_jar_that_is_issued_is_timed_until_it_is_unbound_and_one_that_is_scrapped_is_let_be(
    crib: Crib, plant: Plant
) -> None:
    for lot in ("SP-1", "SP-2"):
        plant.store.write_now(TEST, jar, "ISSUE", crib.line_id(LINE), lot)
    crib.bind("SP-1", what="solder-paste").must()
    run = crib.run()
    plant.settle()
    assert [one["entityId"] for one in crib.quality.get(f"/api/time-rules/runs/{run}/instances").must()] == ["SP-1"]
    crib.quality.post(f"/api/integration/lines/{LINE}/solder-paste/unbind").must()
    plant.store.write_now(TEST, jar, "SCRAP", crib.line_id(LINE), "SP-2")
    plant.settle()
    assert {one["entityId"]: one["status"] for one in now_running(crib)} == {"SP-1": "COMPLETED", "SP-2": "CANCELLED"}


def test_the_clock_of_a_scrapped_board_is_cancelled_by_the_sweep(crib: Crib, plant: Plant) -> None:
    run = washing(crib)
    crib.through(crib.units_of(run)[0])
    plant.settle()
    crib.set_units(run, status="SCRAPPED")
    later(crib, 300 * MINUTE)
    assert plant.store.write_now(TEST, sweep_clocks) == {"warned": 0, "expired": 0}
    assert [one["status"] for one in now_running(crib)] == ["CANCELLED"]


def test_the_clocks_of_a_cancelled_run_are_cancelled(crib: Crib, plant: Plant) -> None:
    run = washing(crib)
    crib.through(crib.units_of(run)[0])
    plant.settle()
    crib.set_run(run, status="PREP")
    crib.plant.sql(update(clocks).values(updated_at=1))
    run_id = crib.rows(select(runs.c.id).where(runs.c.run_no == run))[0].id
    plant.store.write_now(TEST, cancelled, run_id)
    assert [one["status"] for one in now_running(crib)] == ["CANCELLED"]


@action(audit="TEST", entity="TIME_RULE", internal_only=True)
def cancelled(tx: Tx, run_id: int) -> None:
    tx.unrecorded()
    running.cancel_of_run(tx, run_id)


# Rules


NEW = {
    "code": "R-1", "name": "Rule", "ruleType": "CUSTOM", "durationMinutes": 60, "startEvent": "TRACK_OUT", "endEvent": "TRACK_IN",
    "startCondition": {"processKinds": ["SPI"]},
}  # fmt: skip


def rule(crib: Crib, **more: Any) -> Any:
    return crib.engineer.post("/api/time-rules", NEW | more)


def test_a_rule_is_made_changed_switched_off_and_deleted_while_no_clock_rests_on_it(crib: Crib, plant: Plant) -> None:
    made = rule(crib, scope="LINE", scopeValue=LINE, warningMinutes=10).must()
    assert crib.quality.get(f"/api/time-rules/{made['id']}").must() == made
    changed = crib.engineer.patch(
        f"/api/time-rules/{made['id']}", {"isActive": False, "ifUpdatedAt": made["updatedAt"]}
    ).must()
    assert changed["isActive"] is False
    assert (
        crib.engineer.patch("/api/time-rules/R-1", {"name": "x", "ifUpdatedAt": made["updatedAt"]}).code
        == "STALE_UPDATE"
    )
    crib.engineer.delete("/api/time-rules/R-1").must()
    refused = crib.quality.get("/api/time-rules/R-1")
    assert (refused.status, refused.code) == (404, "TIME_RULE_NOT_FOUND")
    told_of = {
        (entry["action"], entry["outcome"]) for entry in plant.audit(entityType="TIME_RULE", entityDisplay="R-1")
    }
    assert told_of >= {(f"TIME_RULE_{what}", "SUCCESS") for what in ("CREATE", "UPDATE", "DELETE")}


@pytest.mark.one_engine
@pytest.mark.parametrize(("more", "code"), [
    ({"code": "solder_paste_24h"}, "TIME_RULE_CODE_DUPLICATE"), ({"scope": "LINE"}, "TIME_RULE_SCOPE_INVALID"),
    ({"scope": "LINE", "scopeValue": "NONE"}, "TIME_RULE_SCOPE_INVALID"), ({"scopeValue": LINE}, "TIME_RULE_SCOPE_INVALID"),
    ({"scope": "ROUTING", "scopeValue": "NONE"}, "TIME_RULE_SCOPE_INVALID"), ({"scope": "PRODUCT", "scopeValue": "NONE"}, "TIME_RULE_SCOPE_INVALID"),
    ({"warningMinutes": 60}, "VALIDATION_ERROR"), ({"endEvent": BACK}, "VALIDATION_ERROR"), ({"durationMinutes": 0}, "VALIDATION_ERROR"),
])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(crib: Crib, more: dict[str, Any], code: str) -> None:
    assert rule(crib, **more).code == code
    if code != "TIME_RULE_CODE_DUPLICATE" and "durationMinutes" not in more:
        rule(crib).must()
        assert crib.engineer.patch("/api/time-rules/R-1", more).code == code


def test_a_rule_with_clocks_is_not_deleted(crib: Crib) -> None:
    paste_event(crib, 1, OUT, clock.now_ms())
    refused = crib.engineer.delete("/api/time-rules/SOLDER_PASTE_24H")
    assert (refused.status, refused.code, refused.details["count"]) == (409, "TIME_RULE_HAS_INSTANCES", 1)


def test_a_changed_rule_does_not_touch_clocks_that_run(crib: Crib) -> None:
    paste_event(crib, 1, OUT, clock.now_ms())
    before = now_running(crib)[0]["expiresAt"]
    crib.engineer.patch(
        "/api/time-rules/SOLDER_PASTE_24H", {"durationMinutes": 10, "warningMinutes": 5, "isActive": False}
    ).must()
    (still,) = now_running(crib)
    assert (still["expiresAt"], still["definition"]["durationMinutes"]) == (before, 1440)
    paste_event(crib, 2, BACK, clock.now_ms())
    assert now_running(crib)[0]["status"] == "COMPLETED"


# Waiving and ending


def clock_by(crib: Crib, who: str | None = None, ago: int = 25 * HOUR) -> str:
    from fiducial.people.tables import users

    person = crib.rows(select(users.c.id).where(users.c.username == who))[0].id if who else None
    paste_event(crib, 1, OUT, clock.now_ms() - ago, by_id=person)
    return str(now_running(crib)[0]["id"])


def test_quality_lets_a_clock_be_with_a_reason_and_only_once(crib: Crib, plant: Plant) -> None:
    at = f"/api/time-rules/instances/{clock_by(crib)}/waive"
    waived = crib.quality.post(at, {"reason": "Viscosity measured, in order"}).must()
    assert (waived["status"], waived["waivedByName"], waived["waiveReason"]) == (
        "WAIVED",
        "王质量",
        "Viscosity measured, in order",
    )
    refused = crib.quality.post(at, {"reason": "Once more please"})
    assert (refused.status, refused.code, refused.details["status"]) == (409, "TIME_RULE_INSTANCE_STATUS", "WAIVED")
    assert plant.audit(action="TIME_RULE_WAIVE")[1]["reason"] == "Viscosity measured, in order"


def test_a_rule_that_cannot_be_waived_and_a_clock_of_ones_own_are_refused(crib: Crib, plant: Plant) -> None:
    key = clock_by(crib, "quality")
    at = f"/api/time-rules/instances/{key}"
    for what in ("waive", "complete"):
        refused = crib.quality.post(f"{at}/{what}", {"reason": "I issued it myself"})
        assert (refused.status, refused.code) == (409, "SIGNER_MUST_DIFFER")
    row = crib.rows(select(clocks.c.definition))[0].definition
    plant.sql(update(clocks).values(definition=row | {"isWaivable": False}))
    refused = crib.api.as_("quality2").post(f"{at}/waive", {"reason": "Let it be, please"})
    assert (refused.status, refused.code) == (409, "TIME_RULE_NOT_WAIVABLE")
    assert (
        crib.quality.post("/api/time-rules/instances/none/waive", {"reason": "Let it be"}).code
        == "TIME_RULE_INSTANCE_NOT_FOUND"
    )


def test_a_person_says_when_a_clock_ended(crib: Crib) -> None:
    at = f"/api/time-rules/instances/{clock_by(crib)}/complete"
    for wrong in (clock.now_ms() - 26 * HOUR, clock.now_ms() + HOUR):
        refused = crib.quality.post(at, {"reason": "It was back then", "completedAt": clock.to_wire(wrong)})
        assert (refused.status, refused.field_paths) == (422, ["completedAt"])
    ended = crib.quality.post(
        at, {"reason": "It was back then", "completedAt": clock.to_wire(clock.now_ms() - 2 * HOUR)}
    ).must()
    assert (ended["status"], ended["expiredAt"]) == ("COMPLETED", None)
    assert crib.quality.post(at, {"reason": "Once more please"}).code == "TIME_RULE_INSTANCE_STATUS"


@pytest.mark.one_engine
def test_the_lists_find_clocks_of_lines_in_reach(crib: Crib) -> None:
    for key, line in ((1, LINE), (2, "LINE-FAR")):
        paste_event(crib, key, OUT, clock.now_ms(), f"SP-{key}", line_id=crib.line_id(line))
    assert [one["entityId"] for one in crib.leader.get("/api/time-rules/instances").must()["items"]] == ["SP-1"]
    assert len(now_running(crib, lineCode="LINE-FAR")) == 1
    assert len(now_running(crib, status="EXPIRED,WAIVED", ruleType="CUSTOM")) == 0
    run = crib.run()
    assert crib.api.as_("operator2").get(f"/api/time-rules/runs/{run}/instances").code == "FORBIDDEN"
    assert crib.quality.get("/api/time-rules/runs/NONE/instances").code == "RUN_NOT_FOUND"
    waive = f"/api/time-rules/instances/{now_running(crib, lineCode='LINE-FAR')[0]['id']}/waive"
    assert crib.leader.post(waive, {"reason": "Let it be"}).code == "FORBIDDEN"


def test_of_one_type_the_most_exact_rule_applies_and_custom_rules_stand_alone(crib: Crib, plant: Plant) -> None:
    plant.material("P-1")
    common = {"startCondition": {"processKinds": ["REFLOW"]}, "durationMinutes": 30}
    rule(crib, code="BY-LINE", ruleType="WASH_TIME_LIMIT", scope="LINE", scopeValue=LINE, **common).must()
    rule(crib, code="BY-PRODUCT", ruleType="WASH_TIME_LIMIT", scope="PRODUCT", scopeValue="P-1", **common).must()
    rule(crib, code="OWN", **common).must()
    crib.through(crib.units_of(washing(crib))[0])
    plant.settle()
    assert sorted(one["definitionCode"] for one in now_running(crib)) == ["BY-PRODUCT", "OWN"]


def test_a_step_that_no_rule_looks_at_costs_no_event(crib: Crib) -> None:
    crib.through(crib.units_of(crib.printing(plan=1))[0])
    assert told(crib, "TIME_RULE_TRACK") == 0


@pytest.mark.one_engine
def test_an_id_of_nothing_is_no_clock(crib: Crib) -> None:
    made = crib.rows(select(clocks.c.id))
    assert made == []
    assert (
        crib.quality.post(f"/api/time-rules/instances/{ids.to_wire(5)}/complete", {"reason": "It is over"}).status
        == 404
    )
