"""What changes elsewhere reaches readiness (spec 03.8): the wires of app.py between routing, plant and readiness."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.api.orders_floor import Floor
from tests.api.plant import Plant

from fiducial.orders.tables import runs
from fiducial.routing.tables import routes, versions


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def _version_of(floor: Floor, run_no: str) -> tuple[str, int]:
    joined = versions.join(runs, runs.c.version_id == versions.c.id).join(routes, routes.c.id == versions.c.route_id)
    [row] = floor.rows(select(routes.c.code, versions.c.version_no).select_from(joined).where(runs.c.run_no == run_no))
    return row.code, row.version_no


def _retire_route_of(floor: Floor, run_no: str) -> None:
    code, number = _version_of(floor, run_no)
    path = f"/api/routes/{code}/versions/{number}/retire"
    floor.plant.api.as_("engineer").post(path, {"reason": "wrong station group"}).must()


def test_a_retired_version_stops_a_prepared_run_and_lets_an_authorised_one_go_on(floor: Floor) -> None:
    authorised = floor.run()
    prepared = floor.run(route=_version_of(floor, authorised)[0])
    floor.authorize(authorised).must()
    _retire_route_of(floor, authorised)
    floor.plant.settle()
    assert floor.authorize(prepared).code == "READINESS_CHECK_FAILED"
    assert floor.status(authorised) == "AUTHORIZED"


def test_retiring_a_version_has_its_prepared_runs_judged_again(floor: Floor) -> None:
    run_no = floor.run()
    floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()
    _retire_route_of(floor, run_no)
    floor.plant.settle()
    early = floor.leader.get(f"/api/runs/{run_no}/readiness/latest?type=PRECHECK").must()
    assert (early["status"], early["trigger"]) == ("FAILED", "INPUT_CHANGED")
    formal = floor.leader.get(f"/api/runs/{run_no}/readiness/latest?type=FORMAL").must()
    assert formal["invalidatedAt"] is not None


def test_a_station_switched_off_takes_an_authorisation_back(floor: Floor) -> None:
    run_no = floor.run()
    floor.authorize(run_no).must()
    engineer = floor.plant.api.as_("engineer")
    for station in engineer.get("/api/stations?lineCode=LINE-A").must()["items"]:
        engineer.patch(f"/api/stations/{station['code']}", {"isActive": False}).must()
    floor.plant.settle()
    assert floor.status(run_no) == "PREP"
    [book] = floor.plant.audit(entityDisplay=run_no, action="RUN_AUTHORIZATION_LAPSED")
    assert book["outcome"] == "SUCCESS"


def test_a_line_with_gates_of_its_own_is_not_deleted_under_them(floor: Floor) -> None:
    engineer = floor.plant.api.as_("engineer")
    engineer.post("/api/lines", {"code": "LINE-X", "name": "X", "processType": "SMT"}).must()
    engineer.put("/api/lines/LINE-X/readiness-config", {"enabled": ["ROUTE"]}).must()
    refused = engineer.delete("/api/lines/LINE-X")
    assert (refused.code, refused.details["counts"]) == ("LINE_HAS_DEPENDENCIES", {"rules": 1})
