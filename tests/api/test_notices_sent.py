"""People are told of what fails between the systems: the ERP wants otherwise, does not answer, and a route that does not compile (spec 09.6)."""

# ruff: noqa: F811 - fixtures of the outbound tests are used here

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.test_outbound import Erp, crib, due, erp, now, queued  # noqa: F401 - fixtures among them
from tests.api.tooling_floor import Crib

from fiducial.connect.outbound import deliver_due
from fiducial.connect.ports import Sent


def told(plant: Plant, who: str, type_: str) -> list[Any]:
    plant.settle()
    return list(plant.api.as_(who).get("/api/notifications", type=type_).must()["items"])


@pytest.mark.parametrize(("change", "code"), [
    ({"plannedQty": 1}, "WORK_ORDER_QTY_BELOW_RUNS"), ({"productCode": "P-OTHER"}, "WORK_ORDER_PRODUCT_LOCKED"),
])  # fmt: skip
def test_a_planner_is_told_what_the_erp_wants_and_may_not(
    crib: Crib,
    plant: Plant,
    change: dict[str, Any],
    code: str,
) -> None:
    crib.under_way(plan=10)
    order = plant.api.as_("planner").get("/api/work-orders").must()["items"][0]
    body = {"woNo": order["woNo"], "productCode": order["productCode"], "plannedQty": order["plannedQty"], **change}
    assert plant.token("wo:receive", system="ERP").post("/api/integration/work-orders", body).code == code
    [notice] = told(plant, "planner", "ERP_CONFLICT")
    assert order["woNo"] in notice["message"]
    assert told(plant, "quality", "ERP_CONFLICT") == []


def test_a_planner_who_tries_it_himself_is_answered_and_nobody_is_told(crib: Crib, plant: Plant) -> None:
    crib.under_way(plan=10)
    planner = plant.api.as_("planner")
    order = planner.get("/api/work-orders").must()["items"][0]
    body = {"woNo": order["woNo"], "productCode": order["productCode"], "plannedQty": 1}
    assert planner.post("/api/integration/work-orders", body).code == "WORK_ORDER_QTY_BELOW_RUNS"
    assert told(plant, "planner", "ERP_CONFLICT") == []


def test_an_order_of_an_unknown_route_is_no_conflict(crib: Crib, plant: Plant) -> None:
    body = {"woNo": "WO-LATE", "productCode": "P-1", "plannedQty": 5, "routingCode": "R-LATE"}
    assert plant.token("wo:receive", system="ERP").post("/api/integration/work-orders", body).code == "ROUTE_NOT_FOUND"
    assert told(plant, "planner", "ERP_CONFLICT") == []


def test_an_erp_that_fails_three_times_in_a_row_is_told_once(crib: Crib, erp: Erp, plant: Plant) -> None:
    both = [queued(crib), queued(crib)]
    for times in range(1, 5):
        erp.answers = [Sent(503), Sent(503)]
        for event in both:
            due(crib, event)
        deliver_due(crib.store)
        assert len(told(plant, "admin", "SYNC_FAILED")) == (1 if times >= 3 else 0), times
    for event in both:
        due(crib, event)
    deliver_due(crib.store)
    assert [now(crib, event)["status"] for event in both] == ["DELIVERED", "DELIVERED"]


def test_engineers_are_told_of_a_route_that_does_not_compile(crib: Crib, plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    plant.operation("PRINT-OP", kind="PRINT")
    code = crib.route()
    assert told(plant, "engineer", "ROUTE_COMPILE_INVALID") == []
    engineer.put(f"/api/routes/{code}/steps", {"steps": [{"stepNo": 10, "operationCode": "PRINT-OP"}]}).must()
    for _ in range(2):  # the second gives the same version again
        assert engineer.post(f"/api/routes/{code}/compile").must()["status"] == "INVALID"
    [notice] = told(plant, "engineer", "ROUTE_COMPILE_INVALID")
    assert code in notice["message"]
    assert "STATION_CONSTRAINT_MISSING" in notice["message"]
