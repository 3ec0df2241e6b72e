"""Releasing, dispatching, changing and closing an order (spec 02.3, 02.4)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.orders_floor import ONE_STEP, Floor
from tests.api.plant import Plant

from fiducial.orders.settings import RELEASE_MIN_PICK_STATUS
from fiducial.orders.tables import work_orders
from fiducial.plant.tables import lines
from fiducial.routing.tables import routes, versions


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def release(floor: Floor, wo_no: str, line: str = "LINE-A", **more: Any) -> Any:
    return floor.planner.post(f"/api/work-orders/{wo_no}/release", {"lineCode": line, **more})


def test_a_released_order_knows_its_line_and_who_sent_it(floor: Floor) -> None:
    group = floor.plant.group()["code"]
    wo_no = floor.order()
    done = release(floor, wo_no, stationGroupCode=group).must()
    assert done["status"] == "RELEASED"
    assert (done["dispatch"]["lineCode"], done["dispatch"]["stationGroupCode"]) == ("LINE-A", group)
    assert done["dispatch"]["dispatchedByName"] == "张计划"
    assert done["warnings"] == []


def test_an_order_is_released_once(floor: Floor) -> None:
    wo_no = floor.released()
    assert release(floor, wo_no).code == "WORK_ORDER_NOT_RECEIVED"
    run_no = floor.run()
    assert release(floor, floor.detail(run_no)["run"]["woNo"]).code == "WORK_ORDER_NOT_RECEIVED"
    assert release(floor, "WO-NOWHERE").code == "WORK_ORDER_NOT_FOUND"


def test_releasing_needs_a_routing_in_effect_of_this_product_that_is_compiled(floor: Floor) -> None:
    off = floor.route(is_active=False)
    assert release(floor, floor.order(route=off)).code == "ROUTE_NOT_EFFECTIVE"
    past = floor.route(effective_to=1)
    assert release(floor, floor.order(route=past)).code == "ROUTE_NOT_EFFECTIVE"
    other = floor.route(product_code="P-OTHER")
    assert release(floor, floor.order(route=other)).code == "ROUTE_PRODUCT_MISMATCH"
    raw = floor.route(ready=False)
    assert release(floor, floor.order(route=raw)).code == "ROUTE_NOT_READY"
    retired = floor.route()
    floor.plant.sql(update(versions).where(versions.c.route_id.in_(_id_of(retired))).values(retired_at=1))
    assert release(floor, floor.order(route=retired)).code == "ROUTE_NOT_READY"


def _id_of(code: str) -> Any:
    from sqlalchemy import select

    return select(routes.c.id).where(routes.c.code == code)


def test_a_person_may_borrow_the_routing_of_another_product(floor: Floor) -> None:
    wo_no = floor.order()
    other = floor.route(product_code="P-OTHER")
    floor.planner.patch(f"/api/work-orders/{wo_no}/routing", {"routingCode": other}).must()
    assert release(floor, wo_no).must()["status"] == "RELEASED"


def test_releasing_needs_a_line_in_use_of_the_routing_s_kind(floor: Floor) -> None:
    wo_no = floor.order()
    assert release(floor, wo_no, "LINE-NOWHERE").code == "LINE_NOT_FOUND"
    dip = floor.plant.line(process_type="DIP")["code"]
    mismatch = release(floor, wo_no, dip)
    assert mismatch.code == "LINE_ROUTING_PROCESS_MISMATCH"
    assert (mismatch.details["lineProcessType"], mismatch.details["routingProcessType"]) == ("DIP", "SMT")
    idle = floor.plant.line()["code"]
    floor.plant.sql(update(lines).where(lines.c.code == idle).values(is_active=False))
    assert release(floor, wo_no, idle).code == "LINE_INACTIVE"
    assert release(floor, wo_no, stationGroupCode="G-NOWHERE").code == "STATION_GROUP_NOT_FOUND"
    assert floor.order_now(wo_no)["workOrder"]["status"] == "RECEIVED"


def test_a_plant_may_ask_for_picked_material(floor: Floor) -> None:
    floor.setting(RELEASE_MIN_PICK_STATUS, "3")
    refused = release(floor, floor.order(pickStatus="2"))
    assert (refused.code, refused.details["required"]) == ("WORK_ORDER_PICK_INCOMPLETE", "3")
    assert release(floor, floor.order(pickStatus=None)).code == "WORK_ORDER_PICK_INCOMPLETE"
    assert release(floor, floor.order(pickStatus="3")).ok


def test_a_release_warns_of_unpicked_material_and_of_a_changed_routing(floor: Floor) -> None:
    wo_no = floor.order(pickStatus="1", route=floor.route(needs_compile=True))
    assert [said["code"] for said in release(floor, wo_no).must()["warnings"]] == [
        "ROUTE_NEEDS_COMPILE",
        "PICK_INCOMPLETE",
    ]


def test_dispatch_moves_only_what_is_released(floor: Floor) -> None:
    far = floor.plant.line()["code"]
    wo_no = floor.order()
    path = f"/api/work-orders/{wo_no}/dispatch"
    assert floor.planner.post(path, {"lineCode": far, "reason": "line down"}).code == "WORK_ORDER_NOT_RELEASED"
    release(floor, wo_no).must()
    assert floor.planner.post(path, {"lineCode": far}).field_paths == ["reason"]
    moved = floor.planner.post(path, {"lineCode": far, "reason": "line down"}).must()
    assert (moved["status"], moved["dispatch"]["lineCode"]) == ("RELEASED", far)
    newest = floor.order_now(wo_no)["history"][0]
    assert (newest["action"], newest["reason"]) == ("WORK_ORDER_DISPATCH", "line down")


def test_binding_a_routing_by_hand(floor: Floor) -> None:
    path = "/api/work-orders/{}/routing"
    wo_no = floor.released()
    assert floor.planner.patch(path.format(wo_no), {"routingCode": "R-NOWHERE"}).code == "ROUTE_NOT_FOUND"
    dip = floor.route(kind="DIP")
    assert floor.planner.patch(path.format(wo_no), {"routingCode": dip}).code == "LINE_ROUTING_PROCESS_MISMATCH"
    bound = floor.planner.patch(path.format(wo_no), {"routingCode": floor.route(), "reason": "new print"}).must()
    assert bound["routingOverride"]["byName"] == "张计划"
    run_no = floor.run()
    with_run = floor.detail(run_no)["run"]["woNo"]
    assert floor.planner.patch(path.format(with_run), {"routingCode": dip}).code == "WORK_ORDER_HAS_RUNS"
    ended = floor.order()
    floor.planner.post(f"/api/work-orders/{ended}/close", {"reason": "void"}).must()
    assert floor.planner.patch(path.format(ended), {"routingCode": dip}).code == "WORK_ORDER_COMPLETED"


def test_pick_status_by_hand_but_not_of_an_erp_order(floor: Floor) -> None:
    wo_no = floor.order(pickStatus="1")
    path = f"/api/work-orders/{wo_no}/pick-status"
    assert floor.planner.patch(path, {"pickStatus": "3"}).must()["pickStatus"] == "3"
    assert floor.planner.patch(path, {"pickStatus": "9"}).status == 422
    floor.plant.sql(update(work_orders).where(work_orders.c.wo_no == wo_no).values(erp_status="2"))
    assert floor.planner.patch(path, {"pickStatus": "4"}).code == "ERP_WORK_ORDER_NOT_EDITABLE"
    ended = floor.order()
    floor.planner.post(f"/api/work-orders/{ended}/close", {"reason": "void"}).must()
    assert (
        floor.planner.patch(f"/api/work-orders/{ended}/pick-status", {"pickStatus": "4"}).code == "WORK_ORDER_COMPLETED"
    )


@pytest.mark.parametrize("who", ["leader", "operator", "admin"])
def test_moving_orders_is_the_planner_s(floor: Floor, who: str) -> None:
    wo_no = floor.order()
    asked = floor.api.as_(who)
    assert asked.post(f"/api/work-orders/{wo_no}/release", {"lineCode": "LINE-A"}).code == "FORBIDDEN"
    assert asked.post(f"/api/work-orders/{wo_no}/dispatch", {"lineCode": "LINE-A", "reason": "why"}).code == "FORBIDDEN"
    assert asked.patch(f"/api/work-orders/{wo_no}/routing", {"routingCode": "R"}).code == "FORBIDDEN"
    assert asked.patch(f"/api/work-orders/{wo_no}/pick-status", {"pickStatus": "1"}).code == "FORBIDDEN"
    assert asked.post(f"/api/work-orders/{wo_no}/close", {"reason": "why"}).code == "FORBIDDEN"


# Closing


def test_voiding_an_order_without_runs_wants_a_reason(floor: Floor) -> None:
    wo_no = floor.released()
    path = f"/api/work-orders/{wo_no}/close"
    assert floor.planner.post(path).code == "WORK_ORDER_HAS_NO_RUNS"
    closed = floor.planner.post(path, {"reason": "customer cancelled"}).must()
    assert (closed["status"], closed["closeReason"], closed["totals"]["goodQty"]) == ("COMPLETED", "VOID", 0)
    newest = floor.order_now(wo_no)["history"][0]
    assert (newest["action"], newest["from"], newest["to"], newest["reason"]) == (
        "WORK_ORDER_CLOSE", "RELEASED", "COMPLETED", "customer cancelled",
    )  # fmt: skip
    assert floor.planner.post(path).must()["status"] == "COMPLETED"


def test_an_order_closes_when_its_runs_have_ended(floor: Floor) -> None:
    run_no = floor.under_way(plan=2, qty=2, route=floor.route(None, *ONE_STEP))
    wo_no = floor.detail(run_no)["run"]["woNo"]
    path = f"/api/work-orders/{wo_no}/close"
    still = floor.planner.post(path)
    assert (still.code, still.details["runs"]) == (
        "WORK_ORDER_RUNS_NOT_TERMINAL",
        [{"runNo": run_no, "status": "IN_PROGRESS"}],
    )
    floor.set_units(run_no, status="DONE", tracked=True)
    floor.planner.post(f"/api/runs/{run_no}/close").must()
    closed = floor.planner.post(path).must()
    assert (closed["status"], closed["closeReason"]) == ("COMPLETED", None)
    assert closed["totals"] == {
        "plannedQty": 2, "runPlannedQty": 2, "startedQty": 2, "goodQty": 2, "scrappedQty": 0, "reworkRuns": 0,
    }  # fmt: skip


def test_closing_short_wants_a_reason(floor: Floor) -> None:
    run_no = floor.run(qty=5, plan=5)
    wo_no = floor.detail(run_no)["run"]["woNo"]
    floor.leader.post(f"/api/runs/{run_no}/cancel", {"reason": "wrong line"}).must()
    short = floor.planner.post(f"/api/work-orders/{wo_no}/close")
    assert (short.code, short.details) == ("WORK_ORDER_QTY_SHORT", {"goodQty": 0, "plannedQty": 5})
    assert floor.planner.post(f"/api/work-orders/{wo_no}/close", {"reason": "enough"}).must()["closeReason"] == "SHORT"
