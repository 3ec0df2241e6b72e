"""An order becomes a run, its boards and its authorisation (spec 02.12)."""

from __future__ import annotations

import pytest
from tests.api.orders_floor import Floor
from tests.api.plant import Plant


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def test_order_received_released_run_units_authorised(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    run = floor.planner.post(f"/api/work-orders/{wo_no}/runs", {"lineCode": "LINE-A", "planQty": 1}).must()
    run_no = run["runNo"]
    assert run["status"] == "PREP"
    assert run["routeVersion"]["versionNo"] == 1
    made = floor.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": 1, "snPrefix": f"SN-{run_no}-"}).must()
    assert made["units"][0] == {"sn": f"SN-{run_no}-0001", "status": "QUEUED", "currentStepNo": 10}
    assert floor.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": 1}).code == "QUANTITY_EXCEEDS_PLAN"
    assert floor.plant.settle() == 1
    precheck = floor.leader.get(f"/api/runs/{run_no}/readiness/latest").must()
    assert (precheck["type"], precheck["trigger"], precheck["status"]) == ("PRECHECK", "RUN_CREATE", "PASSED")
    done = floor.authorize(run_no).must()
    assert done["status"] == "AUTHORIZED"
    assert done["readiness"]["status"] == "PASSED"
    again = floor.authorize(run_no).must()
    assert again["alreadyAuthorized"] is True
    detail = floor.detail(run_no)
    assert [entry["status"] for entry in detail["authorizations"]] == ["AUTHORIZED"]
    assert [row["runNo"] for row in floor.planner.get("/api/runs", readinessStatus="PASSED").must()["items"]] == [
        run_no
    ]
    assert floor.order_now(wo_no)["workOrder"]["status"] == "IN_PROGRESS"
    assert [row["action"] for row in floor.order_now(wo_no)["history"]] == ["WORK_ORDER_RELEASE", "WORK_ORDER_RECEIVE"]
    assert floor.planner.get("/api/work-orders", search=wo_no).must()["items"][0]["openRunCount"] == 1
    assert floor.planner.get(f"/api/runs/{run_no}/units").must()["items"][0]["currentStep"]["operationCode"] == "PRINT"
