"""Looking at orders and runs (spec 02.11): who sees what, and what comes next."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.orders_floor import Floor, step
from tests.api.plant import Plant

from fiducial.execution.tables import tracks
from fiducial.orders.tables import units
from fiducial.plant.tables import stations


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def steps_of(actions: list[dict[str, Any]]) -> dict[str, str | None]:
    return {action["action"]: action["code"] for action in actions}


def test_the_run_s_page_counts_boards_at_every_step(floor: Floor) -> None:
    run_no = floor.under_way(plan=4)
    sn = [f"SN-{run_no}-{n:04d}" for n in range(1, 5)]
    floor.set_units(run_no, only=sn[0], status="IN_STATION", tracked=True)
    floor.set_units(run_no, only=sn[1], current_step_no=20, tracked=True)
    floor.set_units(run_no, only=sn[2], current_step_no=20, status="OUT_FAILED", tracked=True)
    row = floor.rows(select(units).where(units.c.sn == sn[1]))[0]
    station = floor.rows(select(stations.c.id).where(stations.c.code == "ST-PRINT-01"))[0].id
    for extra, result in ((1, "FAIL"), (2, "PASS"), (3, "PASS")):
        given = {
            "id": row.id + extra,
            "unit_id": row.id,
            "run_id": row.run_id,
            "station_id": station,
            "step_no": 10,
            "visit_no": extra,
        }
        floor.plant.sql(insert(tracks).values(**given, in_at=1, out_at=2, result=result))
    detail = floor.detail(run_no)
    first, second = detail["routeSteps"][:2]
    assert {name: first[name] for name in ("queued", "inStation", "completed", "failed", "total")} == {
        "queued": 1, "inStation": 1, "completed": 1, "failed": 0, "total": 4,
    }  # fmt: skip
    assert (second["queued"], second["failed"], second["stationCodes"]) == (1, 1, ["ST-SPI-01"])
    assert detail["unitStats"] == {
        "total": 4, "unused": 1, "queued": 2, "inStation": 1, "done": 0, "outFailed": 1, "onHold": 0, "scrapped": 0,
    }  # fmt: skip
    assert (detail["line"]["code"], detail["workOrder"]["productCode"], detail["oqc"]) == ("LINE-A", "P-1", None)
    assert detail["fai"] == {
        "required": False,
        "faiId": None,
        "status": None,
        "sampleQty": None,
        "trackedQty": None,
        "signedAt": None,
        "signedByName": None,
        "trial": None,
        "waived": False,
        "waivedByName": None,
        "waiverReason": None,
    }


def test_what_comes_next_for_a_run_at_every_stage(floor: Floor) -> None:
    run_no = floor.run(plan=2)
    asked = floor.plant.holder(
        "run:create", "run:authorize", "run:revoke", "run:close", "readiness:check", "exec:track_in"
    )

    def now() -> dict[str, str | None]:
        return steps_of(asked.get(f"/api/runs/{run_no}").must()["nextActions"])

    assert now() == {"GENERATE_UNITS": None, "READINESS_CHECK": None, "AUTHORIZE": None, "CANCEL": None}
    floor.plant.sql(update(stations).where(stations.c.code == "ST-SPI-01").values(is_active=False))
    assert now()["AUTHORIZE"] == "READINESS_CHECK_FAILED"
    floor.plant.sql(update(stations).where(stations.c.code == "ST-SPI-01").values(is_active=True))
    floor.authorize(run_no).must()
    assert now() == {
        "TRACK_IN": "RUN_HAS_NO_UNITS",
        "GENERATE_UNITS": None,
        "READINESS_PRECHECK": None,
        "REVOKE": None,
        "CANCEL": None,
    }
    floor.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": 2}).must()
    assert now()["GENERATE_UNITS"] == "QUANTITY_EXCEEDS_PLAN"
    floor.set_run(run_no, status="IN_PROGRESS")
    assert now() == {"TRACK_IN": None, "GENERATE_UNITS": "QUANTITY_EXCEEDS_PLAN", "CLOSE": "RUN_UNITS_NOT_TERMINAL"}
    floor.set_units(run_no, status="DONE", tracked=True)
    assert now()["CLOSE"] is None
    floor.set_run(run_no, status="COMPLETED")
    assert now() == {}


def test_what_one_may_not_do_is_told_as_forbidden(floor: Floor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01", requiresFAI=True)))
    seen = {
        action["action"]: action
        for action in floor.api.as_("operator").get(f"/api/runs/{run_no}").must()["nextActions"]
    }
    assert (seen["AUTHORIZE"]["allowed"], seen["AUTHORIZE"]["code"]) == (False, "FAI_NOT_PASSED")
    assert (seen["CANCEL"]["allowed"], seen["CANCEL"]["code"]) == (False, "FORBIDDEN")


def test_what_comes_next_for_an_order(floor: Floor) -> None:
    wo_no = floor.order(qty=1, route=floor.route(ready=False))
    assert steps_of(floor.order_now(wo_no)["nextActions"])["RELEASE"] == "ROUTE_NOT_READY"
    wo_no = floor.order(qty=1)
    assert steps_of(floor.order_now(wo_no)["nextActions"])["RELEASE"] is None
    floor.planner.post(f"/api/work-orders/{wo_no}/release", {"lineCode": "LINE-A"}).must()
    assert steps_of(floor.order_now(wo_no)["nextActions"])["CREATE_RUN"] is None
    floor.planner.post(f"/api/work-orders/{wo_no}/runs", {"lineCode": "LINE-A", "planQty": 1}).must()
    now = steps_of(floor.order_now(wo_no)["nextActions"])
    assert (now["CREATE_RUN"], now["CLOSE"], now["BIND_ROUTING"]) == (
        "WORK_ORDER_QTY_EXCEEDED", "WORK_ORDER_RUNS_NOT_TERMINAL", "WORK_ORDER_HAS_RUNS",
    )  # fmt: skip


def test_orders_are_filtered_sorted_and_counted(floor: Floor) -> None:
    wo_no = floor.released(qty=4, dueDate="2027-05-01T00:00:00Z")
    floor.plant.material("P-77", name="控制板 77")
    other = floor.order(productCode="P-77", dueDate="2027-06-01T00:00:00Z", pickStatus="1")

    def found(**asked: Any) -> list[str]:
        return [item["woNo"] for item in floor.planner.get("/api/work-orders", **asked).must()["items"]]

    assert found() == [other, wo_no]
    assert found(sort="woNo.asc") == sorted([wo_no, other])
    assert found(status="RELEASED") == found(lineCode="line-a") == found(dueTo="2027-05-02T00:00:00Z") == [wo_no]
    assert found(search="控制板") == found(pickStatus="1") == found(dueFrom="2027-05-02T00:00:00Z") == [other]
    item = floor.planner.get("/api/work-orders", woNo=wo_no).must()["items"][0]
    assert (item["routing"]["processType"], item["lineCode"], item["runCount"], item["progressPct"]) == (
        "SMT",
        "LINE-A",
        0,
        0,
    )
    assert floor.planner.get("/api/work-orders", status="LOST").field_paths == ["status"]
    assert floor.planner.get("/api/work-orders", colour="red").field_paths == ["colour"]
    assert floor.planner.get("/api/work-orders", sort="colour").field_paths == ["sort"]


def test_runs_are_filtered_by_what_the_floor_asks(floor: Floor) -> None:
    first, second = floor.run(plan=2, units=2), floor.run()
    floor.authorize(second).must()

    def found(**asked: Any) -> list[str]:
        return [item["runNo"] for item in floor.planner.get("/api/runs", **asked).must()["items"]]

    assert found() == [second, first]
    assert found(status="AUTHORIZED") == found(readinessStatus="PASSED") == [second]
    assert found(runNo=first.removeprefix("RUN-"), lineCode="LINE-A") == [first]
    assert found(search="P-1") == [second, first]
    items = {item["runNo"]: item for item in floor.planner.get("/api/runs").must()["items"]}
    assert (items[first]["readinessStatus"], items[second]["readinessStatus"]) == (None, "PASSED")
    assert (items[first]["unitStats"]["unused"], items[first]["faiStatus"], items[second]["readinessStale"]) == (
        2,
        None,
        False,
    )
    floor.gates("LINE-A", "ROUTE", "LOADING")
    items = {item["runNo"]: item for item in floor.planner.get("/api/runs").must()["items"]}
    assert items[second]["readinessStale"] is True


def test_a_person_of_one_line_sees_only_its_orders_and_runs(floor: Floor) -> None:
    here, unsent = floor.released(), floor.order()
    floor.planner.post(f"/api/work-orders/{here}/runs", {"lineCode": "LINE-A", "planQty": 1}).must()
    assert [item["woNo"] for item in floor.leader.get("/api/work-orders").must()["items"]] == [here]
    assert floor.leader.get(f"/api/work-orders/{unsent}").code == "FORBIDDEN"
    assert floor.leader.get(f"/api/work-orders/{here}").ok
    floor.plant.bind("leader", line_codes=["LINE-FAR"])
    assert floor.leader.get("/api/work-orders").must()["items"] == []
    assert floor.leader.get(f"/api/work-orders/{here}").code == "FORBIDDEN"
    stranger = floor.api.as_("operator2")
    assert stranger.get("/api/runs").must()["total"] == 0
    assert floor.api.as_("operator").get("/api/runs").must()["total"] == 1


def test_reading_needs_its_permission(floor: Floor) -> None:
    run_no = floor.run()
    wo_no = floor.detail(run_no)["run"]["woNo"]
    operator = floor.api.as_("operator")
    assert operator.get("/api/work-orders").code == "FORBIDDEN"
    assert operator.get(f"/api/work-orders/{wo_no}").code == "FORBIDDEN"
    nothing = floor.plant.holder("line:read")
    for path in (
        "/api/runs",
        f"/api/runs/{run_no}",
        f"/api/runs/{run_no}/units",
        f"/api/runs/{run_no}/readiness/latest",
    ):
        assert nothing.get(path).code == "FORBIDDEN"
        assert floor.api.nobody.get(path).status == 401
    assert floor.planner.get("/api/runs/RUN-NOWHERE").code == "RUN_NOT_FOUND"
