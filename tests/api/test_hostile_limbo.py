"""How to lose a board: between two acts that are each allowed."""

from __future__ import annotations

import pytest
from tests.api.orders_floor import Floor
from tests.api.plant import Plant


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def test_a_run_is_not_cancelled_over_a_board_that_quality_holds(floor: Floor) -> None:
    run_no = floor.run(units=2)
    held = f"SN-{run_no}-0001"
    quality = floor.api.as_("quality")
    quality.post(f"/api/units/{held}/hold", {"reason": "scratched"}).must()
    cancel = next(a for a in floor.detail(run_no)["nextActions"] if a["action"] == "CANCEL")
    assert (cancel["allowed"], cancel["code"]) == (False, "RUN_HAS_TRACKED_UNITS")
    refused = floor.planner.post(f"/api/runs/{run_no}/cancel", {"reason": "not wanted"})
    assert (refused.code, refused.details["sns"]) == ("RUN_HAS_TRACKED_UNITS", [held])
    assert floor.planner.get(f"/api/runs/{run_no}/units").must()["total"] == 2
    quality.post(f"/api/units/{held}/release", {"reason": "looked at"}).must()


def test_a_board_that_was_held_and_let_go_does_not_stay_behind_in_a_cancelled_run(floor: Floor) -> None:
    run_no = floor.run(units=1)
    sn = f"SN-{run_no}-0001"
    quality = floor.api.as_("quality")
    quality.post(f"/api/units/{sn}/hold", {"reason": "scratched"}).must()
    quality.post(f"/api/units/{sn}/release", {"reason": "looked at"}).must()
    assert floor.planner.post(f"/api/runs/{run_no}/cancel", {"reason": "not wanted"}).details["sns"] == [sn]
    assert floor.status(run_no) == "PREP"
