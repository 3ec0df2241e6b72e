"""Creating a run (spec 02.5): on the right line, on the frozen version, never more than the order asks for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.orders_floor import ONE_STEP, Floor, step
from tests.api.plant import Plant

from fiducial.orders.settings import OVERRUN_PCT
from fiducial.orders.tables import runs
from fiducial.plant.tables import lines
from fiducial.routing.tables import routes, versions


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def create(floor: Floor, wo_no: str, qty: Any = 10, line: str = "LINE-A", who: Any = None, **more: Any) -> Any:
    return (who or floor.planner).post(f"/api/work-orders/{wo_no}/runs", {"lineCode": line, "planQty": qty, **more})


def test_runs_are_numbered_day_by_day_from_one(floor: Floor) -> None:
    wo_no = floor.released()
    first, second = (
        create(floor, wo_no).must(),
        create(floor, wo_no, shiftCode="NIGHT", changeoverNo="C-1", remark="urgent").must(),
    )
    assert re.fullmatch(r"RUN-\d{8}-0001", first["runNo"])
    assert second["runNo"] == first["runNo"][:-1] + "2"
    assert (second["shiftCode"], second["changeoverNo"]) == ("NIGHT", "C-1")


def test_the_run_keeps_its_version_while_a_new_run_takes_the_new_one(floor: Floor) -> None:
    code = floor.route(None, *ONE_STEP)
    wo_no = floor.released(route=code)
    first = create(floor, wo_no).must()
    floor.compile(code)
    second = create(floor, wo_no).must()
    assert (first["routeVersion"]["versionNo"], second["routeVersion"]["versionNo"]) == (1, 2)
    assert len(floor.detail(first["runNo"])["routeSteps"]) == 1
    assert len(floor.detail(second["runNo"])["routeSteps"]) == 5


def test_only_a_released_order_takes_runs(floor: Floor) -> None:
    assert create(floor, "WO-NOWHERE").code == "WORK_ORDER_NOT_FOUND"
    wo_no = floor.order()
    assert create(floor, wo_no).code == "WORK_ORDER_NOT_RELEASED"
    floor.planner.post(f"/api/work-orders/{wo_no}/close", {"reason": "void"}).must()
    assert create(floor, wo_no).code == "WORK_ORDER_NOT_RELEASED"


def test_guards_stand_in_the_order_of_the_page(floor: Floor) -> None:
    code = floor.route()
    wo_no = floor.released(route=code)
    assert create(floor, wo_no, line="LINE-NOWHERE", qty=999).code == "LINE_NOT_FOUND"
    idle = floor.plant.line()["code"]
    floor.plant.sql(update(lines).where(lines.c.code == idle).values(is_active=False))
    assert create(floor, wo_no, line=idle, qty=999).code == "LINE_INACTIVE"
    mismatch = create(floor, wo_no, line="LINE-FAR", qty=999)
    assert (mismatch.code, mismatch.details["dispatchedLineCode"]) == ("WORK_ORDER_DISPATCH_LINE_MISMATCH", "LINE-A")
    of_route = versions.c.route_id == select(routes.c.id).where(routes.c.code == code).scalar_subquery()
    floor.plant.sql(update(versions).where(of_route).values(retired_at=1))
    assert create(floor, wo_no, qty=999).code == "ROUTE_VERSION_NOT_READY"
    floor.plant.sql(
        update(versions).where(of_route).values(retired_at=None),
        update(routes).where(routes.c.code == code).values(process_type="DIP"),
    )
    assert create(floor, wo_no, qty=999).code == "LINE_ROUTING_PROCESS_MISMATCH"


def test_the_line_must_have_a_station_for_every_step(floor: Floor) -> None:
    wo_no = floor.released(route=floor.route(None, ONE_STEP[0], step(20, "XRAY", "ST-XRAY-01")))
    refused = create(floor, wo_no)
    assert refused.code == "RUN_LINE_INCOMPATIBLE_WITH_ROUTE"
    assert refused.details["steps"] == [
        {
            "stepNo": 20,
            "operationCode": "XRAY",
            "stationType": "MANUAL",
            "stationGroupCode": None,
            "allowedStationCodes": ["ST-XRAY-01"],
        }
    ]


def test_runs_together_never_exceed_the_order(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    create(floor, wo_no, 60).must()
    refused = create(floor, wo_no, 41)
    assert (refused.code, refused.details) == (
        "WORK_ORDER_QTY_EXCEEDED",
        {"plannedQty": 100, "claimedQty": 60, "remainingQty": 40},
    )
    create(floor, wo_no, 40).must()


def test_a_plant_may_allow_an_overrun(floor: Floor) -> None:
    floor.setting(OVERRUN_PCT, 15)
    wo_no = floor.released(qty=100)
    assert create(floor, wo_no, 116).code == "WORK_ORDER_QTY_EXCEEDED"
    assert create(floor, wo_no, 115).ok


def test_a_completed_run_claims_what_it_made_and_a_cancelled_one_nothing(floor: Floor) -> None:
    wo_no = floor.released(qty=10)
    made = create(floor, wo_no, 10).must()["runNo"]
    floor.planner.post(f"/api/runs/{made}/generate-units", {"quantity": 10}).must()
    floor.set_units(made, status="DONE", tracked=True)
    floor.set_units(made, only=f"SN-{made}-0001", status="SCRAPPED")
    floor.set_run(made, status="COMPLETED")
    assert create(floor, wo_no, 2).details["claimedQty"] == 9
    again = create(floor, wo_no, 1).must()["runNo"]
    floor.leader.post(f"/api/runs/{again}/cancel", {"reason": "wrong shift"}).must()
    assert create(floor, wo_no, 1).ok


@pytest.mark.parametrize(
    ("field", "value"),
    [("lineCode", None), ("planQty", 0), ("planQty", 100_001), ("planQty", 1.5), ("planQty", "10"), ("planQty", None), ("shiftCode", "S" * 33),
     ("changeoverNo", "C" * 65), ("remark", "r" * 501), ("remark", "bell\u0007"), ("status", "AUTHORIZED")],
)  # fmt: skip
def test_a_run_of_another_shape_is_refused_with_its_field(floor: Floor, field: str, value: Any) -> None:
    wo_no = floor.released()
    given = {"lineCode": "LINE-A", "planQty": 1} | {field: value}
    refused = floor.planner.post(f"/api/work-orders/{wo_no}/runs", {k: v for k, v in given.items() if v is not None})
    assert (refused.status, refused.field_paths) == (422, [field])


def test_two_creations_at_once_cannot_both_take_the_rest(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    path = f"/api/work-orders/{wo_no}/runs"
    answers = floor.api.at_once(
        *[(floor.planner, "POST", path, {"lineCode": "LINE-A", "planQty": 60}) for _ in range(3)]
    )
    assert sorted(answer.code or "" for answer in answers) == ["", "WORK_ORDER_QTY_EXCEEDED", "WORK_ORDER_QTY_EXCEEDED"]


def test_creations_at_once_get_different_numbers(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    path = f"/api/work-orders/{wo_no}/runs"
    answers = floor.api.at_once(
        *[(floor.planner, "POST", path, {"lineCode": "LINE-A", "planQty": 10}) for _ in range(5)]
    )
    assert len({answer.must()["runNo"] for answer in answers}) == 5


def test_the_same_click_twice_makes_one_run(floor: Floor) -> None:
    wo_no = floor.released(qty=100)
    path, asked = f"/api/work-orders/{wo_no}/runs", {"lineCode": "LINE-A", "planQty": 60}
    first, second = (floor.planner.post(path, asked, key="click-1").must() for _ in range(2))
    assert first == second
    assert floor.planner.post(path, asked | {"planQty": 5}, key="click-1").code == "IDEMPOTENCY_KEY_REUSED"
    assert len(floor.rows(select(runs.c.id))) == 1


def test_a_planner_bound_to_another_line_cannot_create_here(floor: Floor) -> None:
    wo_no = floor.released()
    bound = floor.plant.holder("run:create", scope="ASSIGNED_LINES", lineCodes=["LINE-FAR"])
    refused = create(floor, wo_no, who=bound)
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert create(floor, wo_no, who=floor.leader).code == "FORBIDDEN"
