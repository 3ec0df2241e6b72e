"""The clock of the server is set back an hour: what was written then lies in the future, and nothing passes by it that must not.

A clock that was set back is played by moving what is recorded an hour ahead.
"""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.loading_floor import Loading
from tests.api.paper_floor import HOUR, Papers
from tests.api.plant import LINE, TEST, Plant
from tests.api.ready_floor import ReadyFloor
from tests.api.test_bakes_taken_back import pass_hours
from tests.api.test_forms_paste_and_bake import clock_of, moist
from tests.api.test_loading_parts import at_the_bench, placed_by_hand
from tests.api.test_time_rules import BACK, OUT, later, now_running, paste_event
from tests.api.tooling_floor import Crib

from fiducial.execution.tables import tracks
from fiducial.forms.tables import TABLES
from fiducial.kit import clock
from fiducial.kit.outbox import events
from fiducial.kit.set_backs import ClockWatch, SetBack, as_seen_now, set_backs, set_backs_lately, write_down
from fiducial.kit.store import make_engine
from fiducial.loading import msl
from fiducial.loading.tables import msl_events
from fiducial.people.tables import address_failures, sessions, users
from fiducial.readiness.papers import made_of
from fiducial.timers.actions import sweep_clocks
from fiducial.tooling.tables import maintenance, tools


def lot_event(papers: Papers, lot: str, event: str) -> Any:
    return papers.api.as_("material").post(f"/api/material-lots/{lot}/msl-events", {"event": event})


# Floor life


def test_a_clock_set_back_takes_no_floor_life_back(plant: Plant) -> None:
    papers = Papers(plant)
    lot = moist(papers, "OPEN")
    pass_hours(papers, 30)
    lot_event(papers, lot, "DRY_IN").must()
    assert clock_of(papers, lot) == ("DRY", 30 * 60)
    lot_event(papers, lot, "DRY_OUT").must()
    pass_hours(papers, -1)
    assert clock_of(papers, lot) == ("OPEN", 30 * 60)
    assert lot_event(papers, lot, "DRY_IN").must()["usedMinutes"] == 30 * 60
    written = Crib(plant).rows(select(msl_events.c.event, msl_events.c.used_ms).order_by(msl_events.c.id))
    assert [row.event for row in written] == ["OPEN", "DRY_IN", "DRY_OUT", "DRY_IN"]
    assert [row.used_ms for row in written] == sorted(row.used_ms for row in written)


def test_a_lot_that_is_used_up_stays_so_when_the_clock_is_set_back(plant: Plant) -> None:
    papers = Papers(plant)
    lot = moist(papers, "OPEN")
    pass_hours(papers, 169)
    assert papers.store.write_now(TEST, msl.expire_clocks) == 1
    pass_hours(papers, -2)
    assert clock_of(papers, lot)[0] == "EXPIRED"
    assert lot_event(papers, lot, "OPEN").code == "MSL_EVENT_INVALID"


def test_a_bake_that_ends_before_it_began_starts_no_clock_anew(plant: Plant) -> None:
    papers = Papers(plant)
    lot = moist(papers, "OPEN")
    pass_hours(papers, 30)
    record = papers.made("bake")
    pass_hours(papers, -1)
    out = papers.operator.post(papers.at("bake", record, "take-out"), {}).must()
    assert (out["result"], out["actualHours"]) == ("FAIL", -1.0)
    assert [warned["code"] for warned in out["warnings"]] == ["MSL_BAKE_NOT_SUFFICIENT"]
    assert clock_of(papers, lot) == ("OPEN", 30 * 60)
    papers.leader.post(papers.at("bake", out, "void"), {"reason": "the clock was wrong"}).must()
    assert clock_of(papers, lot)[1] >= 30 * 60


def test_paste_that_thawed_before_it_was_taken_out_has_not_thawed(plant: Plant) -> None:
    papers = Papers(plant)
    papers.jar("RECEIVE").must()
    papers.jar("THAW_START").must()
    papers.ago("solder_paste", -HOUR, "thaw_started_at")
    assert papers.jar("THAW_END").code == "PASTE_THAW_TOO_SHORT"


# Time rules


def test_an_end_that_seems_to_lie_before_its_start_lets_the_clock_run_to_its_end(plant: Plant) -> None:
    """Nobody can tell how long it took, so it does not count as in time; it is waived, or ended by a person."""
    crib = Crib(plant)
    start = clock.now_ms() + HOUR
    paste_event(crib, 1, OUT, start)
    paste_event(crib, 2, BACK, start - HOUR // 2)
    (only,) = now_running(crib)
    assert (only["status"], only["completedAt"]) == ("ACTIVE", None)
    later(crib, 26 * HOUR)
    assert plant.store.write_now(TEST, sweep_clocks)["expired"] == 1
    assert now_running(crib)[0]["status"] == "EXPIRED"


def test_a_clock_that_has_run_out_stays_out_and_is_told_once(plant: Plant) -> None:
    crib = Crib(plant)
    paste_event(crib, 1, OUT, clock.now_ms() - 24 * HOUR - HOUR // 2)
    assert now_running(crib)[0]["status"] == "EXPIRED"
    later(crib, -HOUR)
    assert plant.store.write_now(TEST, sweep_clocks) == {"warned": 0, "expired": 0}
    paste_event(crib, 2, OUT, clock.now_ms())
    (only,) = now_running(crib)
    assert only["status"] == "EXPIRED", "a new start gives no new time to what ran out"


# Readiness


def test_a_state_that_was_reported_after_the_clock_was_set_back_is_the_newer_one(plant: Plant) -> None:
    floor = ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "READY", hours_ago=-1)
    assert floor.cause(run_no, "STENCIL") is None
    floor.stencil_state(stencil, "NOT_READY", by="leader", hours_ago=0)
    assert floor.cause(run_no, "STENCIL") == "STENCIL_NOT_READY"


def test_a_failed_check_after_the_clock_was_set_back_outweighs_the_good_one_before(plant: Plant) -> None:
    """Also when the clock has caught up: the record that was made later lies later."""
    floor = ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("PREP_STENCIL_USAGE")
    floor.stencil()
    floor.stencil_check(run_no, hours_ago=-1)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") is None
    body = {"stencilId": "STENCIL-1", "productModel": "P-1", "checkDeform": False, "checkHoleDamage": True, "checkSealIntact": True,
            "tensionValues": [40] * 5, "runNo": run_no}  # fmt: skip
    failed = floor.leader.post("/api/stencil-usage-records", body).must()
    assert failed["result"] == "FAIL"
    table = TABLES["stencil_usage"]
    good, bad = floor.rows(select(table.c.happened_at).order_by(table.c.id))
    assert bad.happened_at > good.happened_at
    floor.plant.sql(update(tools).values(status="ACTIVE"), update(maintenance).values(status="CANCELLED"))
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") not in (None, "TOOL_NOT_USABLE")


def test_a_clock_that_was_a_day_ahead_holds_no_record_back(plant: Plant) -> None:
    papers = Papers(plant)
    Crib(plant).tool("ST-1")
    papers.made("stencil_clean")
    papers.ago("stencil_clean", -24 * HOUR, "happened_at")
    record = papers.made("stencil_clean")
    table = TABLES["stencil_clean"]
    first, second = Crib(plant).rows(select(table.c.happened_at).order_by(table.c.id))
    assert record["recordNo"]
    assert second.happened_at < first.happened_at


def test_evidence_is_not_fresh_for_longer_than_the_hour_that_was_taken_back(plant: Plant) -> None:
    floor = ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("STENCIL")
    floor.stencil_state(floor.stencil(), "READY", hours_ago=25)
    assert floor.cause(run_no, "STENCIL") == "STENCIL_STATUS_STALE"


# The clock is really set back: it is noticed before the next write


def set_back_now(monkeypatch: pytest.MonkeyPatch, hours: float = 1) -> None:
    right, by = time.time_ns, int(hours * HOUR) * 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: right() - by)


def an_hour_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    set_back_now(monkeypatch, -1)


def written(plant: Plant) -> list[int]:
    return [row.lost_ms // 60_000 for row in Crib(plant).rows(select(set_backs.c.lost_ms).order_by(set_backs.c.id))]


def test_a_clock_that_is_set_back_is_written_down_once_and_told(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crib = Crib(plant)
    crib.tool("ST-1")
    assert written(plant) == []
    set_back_now(monkeypatch)
    crib.tool("ST-2")
    crib.tool("ST-3")
    assert written(plant) == [60]
    [entry] = plant.audit(action="CLOCK_SET_BACK")
    assert abs(entry["payload"]["seconds"] - 3600) < 1
    told = crib.rows(select(events.c.payload).where(events.c.type == "CLOCK_SKEW"))
    assert [json.loads(row.payload)["seconds"] for row in told] == [-3600.0]
    admin = plant.api.as_("admin")
    assert admin.get("/api/health/details").must()["clockSetBack"]["seconds"] == 3600.0
    assert "60.0 分钟" in admin.get("/system/operations").text
    with plant.store._fast.engine.connect() as connection:
        assert "set back by 3600 s" in set_backs_lately(connection)[0]
    set_back_now(monkeypatch, 0.5)
    crib.tool("ST-4")
    assert written(plant) == [60, 30]


def test_steps_of_every_day_are_no_set_back_until_they_add_up(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crib = Crib(plant)
    crib.tool("ST-1")
    for step in range(2, 5):
        set_back_now(monkeypatch, 0.9 / 3600)
        crib.tool(f"ST-{step}")
    lost = [row.lost_ms for row in crib.rows(select(set_backs.c.lost_ms))]
    assert len(lost) == 1
    assert 2_500 < lost[0] < 2_800


def test_floor_life_runs_on_through_the_hour_that_is_taken_back(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = Papers(plant)
    lot = moist(papers, "OPEN")
    pass_hours(papers, 167.5)
    set_back_now(monkeypatch)
    Crib(plant).tool("ST-1")
    assert clock_of(papers, lot)[1] == 167 * 60 + 30
    an_hour_passes(monkeypatch)
    assert clock_of(papers, lot)[1] == 168 * 60 + 30
    assert papers.store.write_now(TEST, msl.expire_clocks) == 1
    assert clock_of(papers, lot)[0] == "EXPIRED"


def test_a_sign_in_is_no_fresh_proof_again_and_no_session_lives_longer_when_the_clock_is_set_back(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour ago the person proved who it is; set back by an hour, the clock says that it was just now."""
    crib, person = Crib(plant), plant.api.as_("planner")
    plant.sql(update(sessions).values(authenticated_at=clock.now_ms() - HOUR))
    before = crib.rows(select(sessions.c.expires_at).order_by(sessions.c.id))
    assert person.patch("/api/users/me", {"email": "zhang@example.com"}).code == "REAUTH_REQUIRED"
    set_back_now(monkeypatch)
    assert person.patch("/api/users/me", {"email": "zhang@example.com"}).code == "REAUTH_REQUIRED"
    after = crib.rows(select(sessions.c.expires_at).order_by(sessions.c.id))
    assert {round((one.expires_at - two.expires_at) / 60_000) for one, two in zip(before, after, strict=True)} == {60}


def test_a_lock_that_was_set_while_the_clock_was_ahead_ends_when_it_would_have(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    crib = Crib(plant)
    plant.sql(update(users).values(locked_until=clock.now_ms() + HOUR // 4))
    plant.sql(insert(address_failures).values(id=1, address="10.0.0.9", at=clock.now_ms()))
    set_back_now(monkeypatch)
    crib.tool("ST-1")
    (locked,) = {row.locked_until for row in crib.rows(select(users.c.locked_until))}
    assert abs(locked - (clock.now_ms() + HOUR // 4)) < 60_000
    (failed,) = {row.at for row in crib.rows(select(address_failures.c.at))}
    assert abs(clock.now_ms() - failed) < 60_000


def test_a_bake_taken_back_counts_the_hour_too(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = Papers(plant)
    lot = moist(papers, "OPEN")
    pass_hours(papers, 30)
    record = papers.made("bake")
    set_back_now(monkeypatch)
    Crib(plant).tool("ST-1")
    an_hour_passes(monkeypatch)
    papers.leader.post(papers.at("bake", record, "void"), {"reason": "it never went in"}).must()
    assert clock_of(papers, lot) == ("OPEN", 31 * 60)


def test_a_time_rule_ends_as_if_the_clock_had_gone_on(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    crib = Crib(plant)
    paste_event(crib, 1, OUT, clock.now_ms() - 23 * HOUR - HOUR // 2)
    assert now_running(crib)[0]["status"] == "ACTIVE"
    set_back_now(monkeypatch)
    crib.tool("ST-9")
    assert plant.store.write_now(TEST, sweep_clocks)["expired"] == 0
    an_hour_passes(monkeypatch)
    assert plant.store.write_now(TEST, sweep_clocks)["expired"] == 1


def test_evidence_is_as_old_as_it_is_and_what_comes_after_is_fresh(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    crib, floor = Crib(plant), ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "READY", hours_ago=23.5)
    assert floor.cause(run_no, "STENCIL") is None
    set_back_now(monkeypatch)
    crib.tool("ST-9")
    assert floor.cause(run_no, "STENCIL") is None
    an_hour_passes(monkeypatch)
    assert floor.cause(run_no, "STENCIL") == "STENCIL_STATUS_STALE"
    floor.stencil_state(stencil, "READY", by="leader", hours_ago=0)
    assert floor.cause(run_no, "STENCIL") is None


def test_a_stencil_used_after_the_clock_was_set_back_is_not_clean_by_the_cleaning_before(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("PREP_STENCIL_CLEAN")
    floor.stencil()
    floor.leader.post(
        "/api/stencil-cleaning-records", {"stencilId": "STENCIL-1", "method": "MACHINE", "cleanResult": "OK"}
    ).must()
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") is None
    set_back_now(monkeypatch)
    floor.stencil_check(floor.printing_run(), hours_ago=0)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "STENCIL_USED_SINCE_CLEAN"


# The times of a board's parts


def test_a_part_is_never_on_its_board_before_the_board_was_tracked_in(plant: Plant) -> None:
    floor = Loading(plant)
    (sn,) = at_the_bench(floor)
    plant.sql(update(tracks).where(tracks.c.out_at.is_(None)).values(in_at=clock.now_ms() + HOUR))
    made = placed_by_hand(floor, sn, partSn="PSN-1").must()
    trace = floor.api.as_("quality").get(f"/api/trace/units/{sn}").must()
    (part,) = trace["materials"]
    assert part["usedAt"] >= max(track["inAt"] for track in trace["tracks"])
    removed = floor.api.as_("quality").post(f"/api/material-uses/{made['id']}/remove", {"reason": "Wrong part"}).must()
    assert removed["removedAt"] >= removed["usedAt"]


def test_two_nodes_that_were_set_back_by_the_same_hand_lost_it_once(plant: Plant) -> None:
    """Their clocks differ a little, so the second adds what it lost more."""
    store = plant.store
    assert store.write_now(TEST, write_down, HOUR) == HOUR
    plant.sql(update(set_backs).values(node=store.node + 1))
    assert store.write_now(TEST, write_down, HOUR + 5_000) == 5_000
    assert store.write_now(TEST, write_down, HOUR) == 0
    plant.sql(update(set_backs).values(after_at=clock.now_ms() - 2 * HOUR))
    assert store.write_now(TEST, write_down, HOUR) == HOUR


@pytest.mark.parametrize(("ahead_ms", "alone", "lost"), [
    (HOUR, True, True), (HOUR, False, True), (30_000, True, True), (30_000, False, False), (500, True, False), (-HOUR, True, False),
])  # fmt: skip
def test_a_start_before_the_newest_entry_of_the_book_is_a_clock_set_back(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, ahead_ms: int, alone: bool, lost: bool
) -> None:
    """Of several nodes the newest entry may be another's, whose clock differs a little."""
    Crib(plant).tool("ST-1")
    set_back_now(monkeypatch, ahead_ms / HOUR)
    watch = ClockWatch()
    with make_engine(plant.store.url.render_as_string(hide_password=False), read_only=True).connect() as connection:
        watch.begin(connection, alone=alone)
    assert abs(watch.lost() - (ahead_ms if lost else 0)) < (5_000 if lost else 1)


def test_the_newest_check_is_the_one_that_was_made_last(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = ReadyFloor(plant)
    run_no = floor.printing_run()
    floor.only("STENCIL")
    floor.stencil_state(floor.stencil(), "READY", hours_ago=0)
    assert floor.check(run_no)["status"] == "PASSED"
    set_back_now(monkeypatch)
    floor.engineer.post(f"/api/integration/lines/{LINE}/stencil/unbind", {}).must()
    assert floor.check(run_no)["status"] == "FAILED"
    assert floor.leader.get(f"/api/runs/{run_no}/readiness/latest").must()["status"] == "FAILED"


@pytest.mark.one_engine
def test_a_record_is_no_younger_for_being_corrected_after_the_clock_was_set_back() -> None:
    """Its correction, and the correction of that, have newer keys and tell of the same instant."""
    noon, hour = 1_000_000_000_000, 3_600_000
    lost = [SetBack(id=50, before_at=noon + hour, after_at=noon, lost_ms=hour)]
    made_after = SimpleNamespace(id=60, corrects_id=None)
    corrected_twice = SimpleNamespace(id=70, corrects_id=60)
    assert as_seen_now(lost, noon, made=made_of(made_after)) == noon
    assert as_seen_now(lost, noon, made=made_of(corrected_twice)) == noon - hour
