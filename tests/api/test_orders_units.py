"""Boards of a run: serials that are never issued twice (spec 02.6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.api.orders_floor import Floor
from tests.api.plant import Plant

from fiducial.execution.tables import tracks
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import stations


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def generate(floor: Floor, run_no: str, quantity: int, **more: Any) -> Any:
    return floor.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": quantity, **more})


def test_serials_go_on_where_the_run_ever_was_also_after_a_deletion(floor: Floor) -> None:
    run_no = floor.run(plan=3)
    assert [unit["sn"] for unit in generate(floor, run_no, 3).must()["units"]] == [
        f"SN-{run_no}-{n:04d}" for n in (1, 2, 3)
    ]
    assert floor.planner.delete(f"/api/runs/{run_no}/units").must() == {"deleted": 3, "kept": 0}
    assert generate(floor, run_no, 1).must()["units"][0]["sn"] == f"SN-{run_no}-0004"


def test_every_prefix_has_numbers_of_its_own(floor: Floor) -> None:
    run_no = floor.run(plan=5)
    generate(floor, run_no, 2).must()
    assert generate(floor, run_no, 1, snPrefix="CUST/").must()["units"][0]["sn"] == "CUST/0001"
    assert generate(floor, run_no, 1, snPrefix="CUST/").must()["units"][0]["sn"] == "CUST/0002"


def test_never_more_units_than_planned(floor: Floor) -> None:
    run_no = floor.run(plan=5, units=4)
    refused = generate(floor, run_no, 2)
    assert (refused.code, refused.details) == ("QUANTITY_EXCEEDS_PLAN", {"existing": 4, "planQty": 5, "remaining": 1})
    assert floor.planner.post(f"/api/runs/{run_no}/units", {"sns": ["A-1", "A-2"]}).code == "QUANTITY_EXCEEDS_PLAN"


def test_a_serial_is_unique_in_the_whole_plant_and_then_none_is_made(floor: Floor) -> None:
    first, second = floor.run(plan=5), floor.run(plan=5)
    floor.planner.post(f"/api/runs/{first}/units", {"sns": ["X0002", "B"]}).must()
    refused = generate(floor, second, 3, snPrefix="X")
    assert (refused.code, refused.details["sns"]) == ("UNIT_SN_DUPLICATE", ["X0002"])
    assert floor.planner.post(f"/api/runs/{second}/units", {"sns": ["C", "B"]}).details["sns"] == ["B"]
    assert floor.detail(second)["unitStats"]["total"] == 0


@pytest.mark.parametrize("status", ["COMPLETED", "ON_HOLD", "CANCELLED"])
def test_a_run_that_has_ended_takes_no_units(floor: Floor, status: str) -> None:
    run_no = floor.run(plan=5, units=1)
    floor.set_run(run_no, status=status)
    refused = generate(floor, run_no, 1)
    assert (refused.code, refused.details["allowed"]) == ("INVALID_RUN_STATUS", ["PREP", "AUTHORIZED", "IN_PROGRESS"])


def test_a_rework_run_brings_its_units(floor: Floor) -> None:
    run_no, parent = floor.run(plan=5), floor.run(plan=5)
    parent_id = floor.rows(select(runs.c.id).where(runs.c.run_no == parent))[0].id
    floor.set_run(run_no, parent_run_id=parent_id)
    assert generate(floor, run_no, 1).code == "RUN_IS_REWORK"


@pytest.mark.parametrize(
    ("path", "given", "field"),
    [
        ("generate-units", {"quantity": 0}, "quantity"), ("generate-units", {"quantity": 10_001}, "quantity"),
        ("generate-units", {"quantity": 1, "snPrefix": "a b"}, "snPrefix"), ("generate-units", {"quantity": 1, "snPrefix": "a|b"}, "snPrefix"),
        ("generate-units", {"quantity": 1, "snPrefix": "p" * 59}, "snPrefix"), ("units", {"sns": []}, "sns"),
        ("units", {"sns": ["A", "A"]}, "sns"), ("units", {"sns": ["A" * 65]}, "sns.0"), ("units", {"sns": ["A\u0001"]}, "sns.0"),
        ("units", {"sns": [f"S{n}" for n in range(1001)]}, "sns"), ("units", {}, "sns"),
    ],
)  # fmt: skip
def test_serials_of_another_shape_are_refused(floor: Floor, path: str, given: Any, field: str) -> None:
    run_no = floor.run(plan=5)
    refused = floor.planner.post(f"/api/runs/{run_no}/{path}", given)
    assert (refused.status, refused.field_paths) == (422, [field])


def _track(floor: Floor, sn: str, **more: Any) -> None:
    station = floor.rows(select(stations.c.id).where(stations.c.code == "ST-PRINT-01"))[0].id
    unit = floor.rows(select(units).where(units.c.sn == sn))[0]
    row = {
        "id": unit.id + 1,
        "unit_id": unit.id,
        "run_id": unit.run_id,
        "station_id": station,
        "step_no": 10,
        "visit_no": 1,
        "in_at": 1,
    }
    floor.plant.sql(insert(tracks).values(row | more))


def test_only_units_nobody_ever_used_can_be_deleted(floor: Floor) -> None:
    run_no = floor.run(plan=5, units=4)
    sn = [f"SN-{run_no}-{n:04d}" for n in range(1, 5)]
    floor.set_units(run_no, only=sn[0], tracked=True)
    floor.set_units(run_no, only=sn[1], status="ON_HOLD")
    _track(floor, sn[2], voided_at=2)  # a cancelled scan is kept, so its board is too
    path = f"/api/runs/{run_no}/units"
    for used in sn[:3]:
        assert floor.planner.delete(path, {"sns": [used, sn[3]]}).code == "UNITS_CANNOT_BE_DELETED"
    assert floor.planner.delete(path, {"sns": ["SN-NOWHERE"]}).code == "UNITS_CANNOT_BE_DELETED"
    assert floor.planner.delete(path).must() == {"deleted": 1, "kept": 3}
    assert floor.planner.delete(path).code == "UNITS_CANNOT_BE_DELETED"
    floor.set_run(run_no, status="COMPLETED")
    assert floor.planner.delete(path).code == "RUN_IN_TERMINAL_STATUS"


def test_generating_twice_at_once_never_exceeds_the_plan(floor: Floor) -> None:
    run_no = floor.run(plan=5)
    path = f"/api/runs/{run_no}/generate-units"
    answers = floor.api.at_once(*[(floor.planner, "POST", path, {"quantity": 3}) for _ in range(3)])
    assert sorted(answer.code or "" for answer in answers) == ["", "QUANTITY_EXCEEDS_PLAN", "QUANTITY_EXCEEDS_PLAN"]
    assert floor.detail(run_no)["unitStats"]["total"] == 3


def test_two_runs_at_once_cannot_both_have_a_serial(floor: Floor) -> None:
    first, second = floor.run(plan=5), floor.run(plan=5)
    asked = {"sns": ["L1", "L2", "L3"]}
    answers = floor.api.at_once(
        *[(floor.planner, "POST", f"/api/runs/{run_no}/units", asked) for run_no in (first, second)]
    )
    assert sorted(answer.code or "" for answer in answers) == ["", "UNIT_SN_DUPLICATE"]


def test_the_most_that_may_be_asked_is_one_short_write(floor: Floor) -> None:
    run_no = floor.run(plan=10_000, qty=10_000)
    made = generate(floor, run_no, 10_000).must()
    assert made["generated"] == 10_000
    assert [unit["sn"][-5:] for unit in (made["units"][0], made["units"][-1])] == ["-0001", "10000"] or made[
        "units"
    ] == sorted(made["units"], key=lambda unit: unit["sn"])
    assert floor.detail(run_no)["unitStats"]["unused"] == 10_000


def test_units_are_the_planner_s(floor: Floor) -> None:
    run_no = floor.run(plan=5, units=1)
    for who in ("leader", "operator", "admin"):
        assert floor.api.as_(who).post(f"/api/runs/{run_no}/generate-units", {"quantity": 1}).code == "FORBIDDEN"
        assert floor.api.as_(who).post(f"/api/runs/{run_no}/units", {"sns": ["A"]}).code == "FORBIDDEN"
        assert floor.api.as_(who).delete(f"/api/runs/{run_no}/units").code == "FORBIDDEN"
    assert generate(floor, "RUN-NOWHERE", 1).code == "RUN_NOT_FOUND"


def test_the_list_of_units_knows_where_each_is_and_goes(floor: Floor) -> None:
    run_no = floor.run(plan=3, units=3)
    first, second, third = (f"SN-{run_no}-{n:04d}" for n in (1, 2, 3))
    floor.set_units(run_no, only=second, current_step_no=50, tracked=True)
    floor.set_units(run_no, only=third, status="DONE", current_step_no=50, tracked=True)
    path = f"/api/runs/{run_no}/units"
    items = {item["sn"]: item for item in floor.planner.get(path).must()["items"]}
    assert (items[first]["currentStep"]["stationCodes"], items[first]["nextStep"]["operationCode"]) == (
        ["ST-PRINT-01"],
        "SPI",
    )
    assert (items[second]["currentStep"]["operationCode"], items[second]["nextStep"]) == ("AOI", None)
    assert (items[third]["currentStep"], items[third]["nextStep"]) == (None, None)
    assert [item["sn"] for item in floor.planner.get(path, stationCode="ST-AOI-01").must()["items"]] == [second]
    assert [item["sn"] for item in floor.planner.get(path, status="DONE,ON_HOLD").must()["items"]] == [third]
    assert floor.planner.get(path, sn="-0003").must()["total"] == 1
    assert floor.planner.get(path, stationCode="ST-NOWHERE").code == "STATION_NOT_FOUND"
    assert floor.planner.get(path, colour="red").code == "VALIDATION_ERROR"
