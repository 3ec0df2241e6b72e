"""Receiving a work order (spec 02.2, 08.3.1): once is as good as twice, and a change changes only what it may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.orders_floor import Floor
from tests.api.plant import Plant

from fiducial.orders.tables import work_orders
from fiducial.routing.tables import routes


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


PUSH = "/api/integration/work-orders"


def body(floor: Floor, **more: Any) -> dict[str, Any]:
    given = {
        "woNo": floor.plant.name("WO"),
        "productCode": "P-1",
        "plannedQty": 100,
        "pickStatus": "2",
        "routingCode": None,
    }
    return {name: value for name, value in (given | more).items() if value is not None}


def test_the_same_order_twice_is_one_order(floor: Floor) -> None:
    order = body(floor, routingCode=floor.route())
    first = floor.planner.post(PUSH, order).must()
    second = floor.planner.post(PUSH, order).must()
    assert (first["isDuplicate"], first["changed"], first["status"]) == (False, [], "RECEIVED")
    assert (second["isDuplicate"], second["changed"]) == (True, [])
    assert first["plannedQty"] == 100
    assert second["updatedAt"] == first["updatedAt"]


def test_a_repeat_never_moves_an_order_that_is_in_progress(floor: Floor) -> None:
    run_no = floor.run(qty=100)
    order = floor.order_now(floor.detail(run_no)["run"]["woNo"])["workOrder"]
    assert order["status"] == "IN_PROGRESS"
    again = {name: order[name] for name in ("woNo", "productCode", "plannedQty", "pickStatus", "routingCode")}
    repeated = floor.planner.post(PUSH, again).must()
    assert (repeated["isDuplicate"], repeated["status"]) == (True, "IN_PROGRESS")


def test_duplicates_and_refusals_stand_in_the_book(floor: Floor) -> None:
    order = body(floor)
    floor.planner.post(PUSH, order).must()
    floor.planner.post(PUSH, order).must()
    assert floor.planner.post(PUSH, order | {"routingCode": "R-NOWHERE"}).code == "ROUTE_NOT_FOUND"
    found = floor.plant.audit(entityDisplay=order["woNo"], action="WORK_ORDER_RECEIVE")
    assert [(entry["outcome"], entry["code"]) for entry in found] == [
        ("REFUSED", "ROUTE_NOT_FOUND"), ("SUCCESS", None), ("SUCCESS", None),
    ]  # fmt: skip


def test_before_release_everything_may_change(floor: Floor) -> None:
    order = body(floor)
    floor.planner.post(PUSH, order).must()
    changed = floor.planner.post(
        PUSH, order | {"productCode": "P-2", "plannedQty": 7.5, "dueDate": "2027-01-02T03:04:05Z"}
    ).must()
    assert set(changed["changed"]) == {"productCode", "plannedQty", "dueDate"}
    assert (changed["productCode"], changed["plannedQty"], changed["dueDate"]) == (
        "P-2",
        7.5,
        "2027-01-02T03:04:05.000Z",
    )
    assert changed["isDuplicate"] is False


def test_what_is_not_said_stays(floor: Floor) -> None:
    order = body(floor, customer="某客户", priority="A")
    floor.planner.post(PUSH, order).must()
    slim = {name: order[name] for name in ("woNo", "productCode", "plannedQty")}
    again = floor.planner.post(PUSH, slim).must()
    assert (again["isDuplicate"], again["customer"], again["pickStatus"]) == (True, "某客户", "2")
    cleared = floor.planner.post(PUSH, slim | {"customer": None}).must()
    assert (cleared["changed"], cleared["customer"]) == (["customer"], None)


def test_a_released_order_keeps_its_product_but_takes_dates_and_quantity(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    slim = {"woNo": wo_no, "productCode": "P-1", "plannedQty": 100}
    assert floor.planner.post(PUSH, slim | {"productCode": "P-2"}).code == "WORK_ORDER_PRODUCT_LOCKED"
    assert floor.planner.post(PUSH, slim | {"plannedQty": 50, "priority": "B"}).must()["changed"] == [
        "plannedQty",
        "priority",
    ]


def test_an_order_with_runs_keeps_its_routing_and_what_they_claimed(floor: Floor) -> None:
    run_no = floor.run(qty=100, plan=60)
    wo_no = floor.detail(run_no)["run"]["woNo"]
    slim = {"woNo": wo_no, "productCode": "P-1", "plannedQty": 100}
    other = floor.route()
    assert floor.planner.post(PUSH, slim | {"routingCode": other}).code == "WORK_ORDER_ROUTING_LOCKED"
    short = floor.planner.post(PUSH, slim | {"plannedQty": 59})
    assert (short.code, short.details) == ("WORK_ORDER_QTY_BELOW_RUNS", {"plannedQty": 59, "claimedQty": 60})
    assert floor.planner.post(PUSH, slim | {"plannedQty": 60}).ok


def test_runs_that_were_cancelled_or_scrapped_claim_nothing(floor: Floor) -> None:
    wo_no = floor.released(qty=10)
    for ended in ("CANCELLED", "SCRAPPED"):
        run = floor.planner.post(f"/api/work-orders/{wo_no}/runs", {"lineCode": "LINE-A", "planQty": 10}).must()
        floor.set_run(run["runNo"], status=ended)
    assert floor.planner.post(PUSH, {"woNo": wo_no, "productCode": "P-1", "plannedQty": 5}).must()["changed"] == [
        "plannedQty"
    ]


def test_a_completed_order_takes_no_change_but_takes_a_repeat(floor: Floor) -> None:
    wo_no = floor.order(qty=10)
    floor.planner.post(f"/api/work-orders/{wo_no}/close", {"reason": "not wanted any more"}).must()
    slim = {"woNo": wo_no, "productCode": "P-1", "plannedQty": 10}
    assert floor.planner.post(PUSH, slim).must()["isDuplicate"] is True
    assert floor.planner.post(PUSH, slim | {"plannedQty": 11}).code == "WORK_ORDER_COMPLETED"


def test_people_do_not_change_what_the_erp_owns_but_the_erp_does(floor: Floor) -> None:
    wo_no = floor.order(qty=10)
    floor.plant.sql(update(work_orders).where(work_orders.c.wo_no == wo_no).values(erp_status="3", erp_pick_status="1"))
    slim = {"woNo": wo_no, "productCode": "P-1", "plannedQty": 11}
    assert floor.planner.post(PUSH, slim).code == "WORK_ORDER_OWNED_BY_ERP"
    assert floor.plant.token("wo:receive", system="ERP").post(PUSH, slim).must()["changed"] == ["plannedQty"]


def test_a_token_of_another_system_is_turned_away(floor: Floor) -> None:
    order = body(floor)
    refused = floor.plant.token("wo:receive", system="WMS").post(PUSH, order)
    assert (refused.status, refused.code) == (403, "TOKEN_SYSTEM_MISMATCH")
    made = floor.plant.token("wo:receive", system="ERP").post(PUSH, order | {"eventId": "E:1", "meta": {"a": 1}}).must()
    assert made["sourceSystem"] == "ERP"
    assert floor.plant.token("integration:push", system="ERP").post(PUSH, order).code == "FORBIDDEN"


def test_receiving_needs_its_permission(floor: Floor) -> None:
    assert floor.leader.post(PUSH, body(floor)).code == "FORBIDDEN"
    assert floor.api.nobody.post(PUSH, body(floor)).status == 401


# The routing of an order (spec 01.10)


def test_without_a_routing_code_the_products_own_routing_is_taken(floor: Floor) -> None:
    code = floor.route(product_code="P-9")
    floor.route(product_code="P-9", source_system="ERP")
    made = floor.planner.post(PUSH, body(floor, productCode="P-9")).must()
    assert made["routingResolution"] == {"mode": "PRODUCT", "candidates": [code], "routingCode": code}


def test_of_two_equal_routings_none_is_chosen(floor: Floor) -> None:
    codes = sorted(floor.route(product_code="P-9") for _ in range(2))
    made = floor.planner.post(PUSH, body(floor, productCode="P-9")).must()
    assert made["routingResolution"] == {"mode": "AMBIGUOUS", "candidates": codes, "routingCode": None}
    refused = floor.planner.post(f"/api/work-orders/{made['woNo']}/release", {"lineCode": "LINE-A"})
    assert (refused.code, refused.details["routingResolution"]["candidates"]) == ("ROUTE_NOT_FOUND", codes)


def test_a_person_s_binding_survives_every_receive(floor: Floor) -> None:
    order = body(floor, routingCode=floor.route())
    floor.planner.post(PUSH, order).must()
    bound = floor.route()
    floor.planner.patch(f"/api/work-orders/{order['woNo']}/routing", {"routingCode": bound, "reason": "trial"}).must()
    again = floor.planner.post(PUSH, order | {"routingCode": floor.route()}).must()
    assert again["routingResolution"]["mode"] == "OVERRIDE"
    assert (again["routingResolution"]["routingCode"], again["routingOverride"]["routingCode"]) == (bound, bound)


def test_a_routing_that_came_later_is_found_at_the_next_receive(floor: Floor) -> None:
    order = body(floor, productCode="P-LATE")
    assert floor.planner.post(PUSH, order).must()["routingResolution"]["mode"] == "NOT_FOUND"
    code = floor.route(product_code="P-LATE")
    again = floor.planner.post(PUSH, order).must()
    assert (again["isDuplicate"], again["routingResolution"]["routingCode"]) == (True, code)
    floor.plant.sql(update(routes).where(routes.c.code == code).values(is_active=False))
    assert floor.planner.post(PUSH, order).must()["routingResolution"]["mode"] == "NOT_FOUND"


# Bad input


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("woNo", ""), ("woNo", "W" * 65), ("woNo", "WO\u0007BELL"), ("woNo", 7), ("productCode", None), ("plannedQty", 0),
        ("plannedQty", -1), ("plannedQty", "100"), ("plannedQty", 10_000_001), ("plannedQty", 1.00001), ("plannedQty", True),
        ("pickStatus", "5"), ("pickStatus", 2), ("dueDate", "2027-01-02"), ("dueDate", "soon"), ("priority", "P" * 17),
        ("customer", "C" * 65), ("sourceSystem", "S" * 33), ("eventId", "has space"), ("meta", {"big": "x" * 17_000}),
        ("status", "RELEASED"), ("routingOverride", {}),
    ],
)  # fmt: skip
def test_a_body_of_another_shape_is_refused_with_its_field(floor: Floor, field: str, value: Any) -> None:
    given = {"woNo": "WO-BAD", "productCode": "P-1", "plannedQty": 1} | {field: value}
    refused = floor.planner.post(PUSH, given)
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert refused.field_paths == [field]
    assert floor.planner.get("/api/work-orders/WO-BAD").code == "WORK_ORDER_NOT_FOUND"


def test_it_cannot_finish_before_it_starts_whichever_comes_first(floor: Floor) -> None:
    order = body(floor, planStartDate="2027-01-02T00:00:00Z")
    floor.planner.post(PUSH, order).must()
    late = floor.planner.post(PUSH, order | {"planFinishDate": "2027-01-01T00:00:00Z"})
    assert (late.code, late.field_paths) == ("VALIDATION_ERROR", ["planFinishDate"])


def test_html_and_sql_are_only_words(floor: Floor) -> None:
    words = "<script>alert(1)</script>'; DROP TABLE run;--"
    made = floor.planner.post(PUSH, body(floor, customer=words)).must()
    assert floor.order_now(made["woNo"])["workOrder"]["customer"] == words


def test_two_pushes_of_a_new_order_at_once_make_one(floor: Floor) -> None:
    order = body(floor)
    answers = floor.api.at_once(*[(floor.planner, "POST", PUSH, order) for _ in range(4)])
    assert sorted(answer.must()["isDuplicate"] for answer in answers) == [False, True, True, True]
