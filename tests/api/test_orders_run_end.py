"""How a run ends (spec 02.8, 02.9)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.orders_floor import Floor
from tests.api.plant import Plant

from fiducial.orders.settings import FQC_GATE
from fiducial.orders.tables import units


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def close(floor: Floor, run_no: str, **given: Any) -> Any:
    return floor.leader.post(f"/api/runs/{run_no}/close", given)


def test_a_run_whose_boards_are_all_finished_is_closed_with_its_yield(floor: Floor) -> None:
    run_no = floor.under_way(plan=3)
    floor.set_units(run_no, status="DONE", tracked=True)
    floor.set_units(run_no, only=f"SN-{run_no}-0003", status="SCRAPPED")
    closed = close(floor, run_no).must()
    assert (closed["status"], closed["alreadyClosed"], closed["endedAt"] is not None) == ("COMPLETED", False, True)
    assert closed["totals"] == {
        "planQty": 3,
        "unitQty": 3,
        "startedQty": 3,
        "goodQty": 2,
        "scrapQty": 1,
        "yield": 0.6667,
    }
    assert close(floor, run_no).must()["alreadyClosed"] is True


@pytest.mark.parametrize("status", ["PREP", "AUTHORIZED", "ON_HOLD"])
def test_only_a_run_in_progress_is_closed(floor: Floor, status: str) -> None:
    run_no = floor.run(units=1)
    floor.set_run(run_no, status=status)
    refused = close(floor, run_no)
    assert (refused.code, refused.details["status"]) == ("RUN_NOT_CLOSABLE", status)


def test_an_unfinished_board_stands_in_the_way_and_is_named(floor: Floor) -> None:
    run_no = floor.under_way(plan=3)
    floor.set_units(run_no, only=f"SN-{run_no}-0001", status="DONE", tracked=True)
    floor.set_units(run_no, only=f"SN-{run_no}-0002", status="OUT_FAILED", tracked=True)
    refused = close(floor, run_no)
    assert refused.code == "RUN_UNITS_NOT_TERMINAL"
    assert refused.details == {
        "byStatus": {"DONE": 1, "OUT_FAILED": 1, "QUEUED": 1}, "sns": [f"SN-{run_no}-0002", f"SN-{run_no}-0003"],
        "unusedSns": [f"SN-{run_no}-0003"],
    }  # fmt: skip


def test_a_run_without_boards_is_not_closed(floor: Floor) -> None:
    assert close(floor, floor.under_way(plan=2, made=0)).code == "RUN_HAS_NO_UNITS"
    assert close(floor, "RUN-NOWHERE").code == "RUN_NOT_FOUND"


def test_closing_short_wants_a_reason(floor: Floor) -> None:
    run_no = floor.under_way(plan=3, made=2)
    floor.set_units(run_no, status="DONE", tracked=True)
    refused = close(floor, run_no)
    assert (refused.code, refused.details) == ("RUN_QTY_SHORT", {"planQty": 3, "unitQty": 2})
    assert close(floor, run_no, shortReason="board damaged").must()["status"] == "COMPLETED"


def test_a_last_piece_gate_that_is_on_refuses_while_nobody_can_inspect(floor: Floor) -> None:
    floor.setting(FQC_GATE, "CLOSE", floor.line_id())
    run_no = floor.under_way(plan=1)
    floor.set_units(run_no, status="DONE", tracked=True)
    assert close(floor, run_no).code == "FQC_REQUIRED"


def test_two_closings_at_once_close_once(floor: Floor) -> None:
    run_no = floor.under_way(plan=1)
    floor.set_units(run_no, status="DONE", tracked=True)
    asked = (floor.leader, "POST", f"/api/runs/{run_no}/close", {})
    assert sorted(answer.must()["alreadyClosed"] for answer in floor.api.at_once(asked, asked)) == [False, True]


# Cancel


@pytest.mark.parametrize("authorized", [False, True])
def test_a_run_made_by_mistake_is_cancelled_with_its_unused_boards(floor: Floor, authorized: bool) -> None:
    run_no = floor.run(plan=3, units=3)
    if authorized:
        floor.authorize(run_no).must()
    done = floor.leader.post(f"/api/runs/{run_no}/cancel", {"reason": "wrong line"}).must()
    assert (done["status"], done["endedAt"] is not None, done["totals"]["unitQty"]) == ("CANCELLED", True, 0)
    assert floor.rows(select(units)) == []
    [entry] = floor.plant.audit(entityDisplay=run_no, action="RUN_CANCEL")
    full = floor.api.as_("admin").get(f"/api/audit-logs/{entry['id']}").must()
    assert full["reason"] == "wrong line"
    assert full["changes"] == [
        {"path": "status", "before": "AUTHORIZED" if authorized else "PREP", "after": "CANCELLED"}
    ]


@pytest.mark.parametrize("status", ["IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"])
def test_a_run_that_has_begun_is_not_cancelled(floor: Floor, status: str) -> None:
    run_no = floor.run()
    floor.set_run(run_no, status=status)
    refused = floor.leader.post(f"/api/runs/{run_no}/cancel", {"reason": "wrong line"})
    assert (refused.code, refused.details) == (
        "INVALID_RUN_STATUS",
        {"status": status, "allowed": ["PREP", "AUTHORIZED"]},
    )


def test_a_trial_board_must_be_scrapped_first(floor: Floor) -> None:
    run_no = floor.run(plan=3, units=2)
    path, trial = f"/api/runs/{run_no}/cancel", f"SN-{run_no}-0001"
    for state in ({"status": "IN_STATION"}, {"status": "QUEUED", "tracked": True}, {"status": "DONE", "tracked": True}):
        floor.set_units(run_no, only=trial, **state)
        refused = floor.leader.post(path, {"reason": "wrong line"})
        assert (refused.code, refused.details["sns"]) == ("RUN_HAS_TRACKED_UNITS", [trial])
    floor.set_units(run_no, only=trial, status="SCRAPPED")
    assert floor.leader.post(path, {"reason": "wrong line"}).must()["totals"]["unitQty"] == 1


def test_cancelling_wants_a_reason_of_some_length(floor: Floor) -> None:
    run_no = floor.run()
    assert floor.leader.post(f"/api/runs/{run_no}/cancel").field_paths == ["reason"]
    assert floor.leader.post(f"/api/runs/{run_no}/cancel", {"reason": "no"}).field_paths == ["reason"]


@pytest.mark.parametrize("who", ["operator", "admin", "quality"])
def test_ending_a_run_is_the_leader_s_and_the_planner_s(floor: Floor, who: str) -> None:
    run_no = floor.run()
    asked = floor.api.as_(who)
    assert asked.post(f"/api/runs/{run_no}/close").code == "FORBIDDEN"
    assert asked.post(f"/api/runs/{run_no}/cancel", {"reason": "wrong line"}).code == "FORBIDDEN"
    assert asked.post(f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"}).code == "FORBIDDEN"
