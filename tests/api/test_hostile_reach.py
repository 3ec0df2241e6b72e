"""Somebody who tries what lies beyond their lines, by the doors that are easily forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.orders_floor import Floor, step
from tests.api.plant import LINE, Plant
from tests.api.web import Answer

from fiducial.people.tables import users


@pytest.fixture
def floor(plant: Plant) -> Floor:
    return Floor(plant)


def _far_route(floor: Floor) -> str:
    return floor.route(None, step(10, "PRINT", "ST-FAR-01"))


def out_of_reach(answer: Answer) -> Any:
    assert (answer.status, answer.code) == (403, "FORBIDDEN"), f"{answer.status} {answer.code} {answer.data}"
    return answer.details.get("scope")


def test_the_history_of_an_order_that_is_on_no_line_yet_is_not_for_whoever_is_limited_to_lines(floor: Floor) -> None:
    wo_no = floor.order()
    assert out_of_reach(floor.leader.get(f"/api/work-orders/{wo_no}")) == "ASSIGNED_LINES"
    assert floor.leader.get(f"/api/audit-logs/entity/WORK_ORDER/{wo_no}").must()["items"] == []
    assert floor.planner.get(f"/api/audit-logs/entity/WORK_ORDER/{wo_no}").must()["total"] == 1


def test_the_history_of_a_held_unit_of_another_line_is_not_for_whoever_is_limited_to_lines(floor: Floor) -> None:
    floor.gates("LINE-FAR", "ROUTE")
    run_no = floor.run(line="LINE-FAR", units=1, route=_far_route(floor))
    sn = f"SN-{run_no}-0001"
    floor.api.as_("quality").post(f"/api/units/{sn}/hold", {"reason": "scratched"}).must()
    entry = floor.plant.audit(action="UNIT_HOLD")[0]
    assert entry["lineCode"] == "LINE-FAR"
    assert out_of_reach(floor.leader.get(f"/api/audit-logs/entity/UNIT/{sn}")) == "ASSIGNED_LINES"
    assert floor.planner.get(f"/api/audit-logs/entity/UNIT/{sn}").must()["total"] == 1


def test_an_order_on_no_line_yet_is_not_released_by_whoever_is_limited_to_lines(floor: Floor) -> None:
    limited = floor.plant.holder("wo:release", scope="ASSIGNED_LINES", lineCodes=[LINE])
    wo_no = floor.order()
    assert out_of_reach(limited.post(f"/api/work-orders/{wo_no}/release", {"lineCode": LINE})) == "ASSIGNED_LINES"
    assert floor.order_now(wo_no)["workOrder"]["status"] == "RECEIVED"


@pytest.mark.parametrize(
    ("permission", "path", "body"),
    [("wo:update", "routing", {"routingCode": "R-OTHER"}), ("wo:update", "pick-status", {"pickStatus": "4"}),
     ("wo:close", "close", {"reason": "not wanted"})],
)  # fmt: skip
def test_whoever_is_limited_to_stations_changes_no_order_of_their_line(
    floor: Floor, permission: str, path: str, body: dict[str, Any]
) -> None:
    floor.route("R-OTHER")
    wo_no = floor.released()
    limited = floor.plant.holder(permission, scope="ASSIGNED_STATIONS", stationCodes=["ST-PRINT-01"])
    method = "POST" if path == "close" else "PATCH"
    assert limited.get(f"/api/work-orders/{wo_no}").ok  # to read, the lines of one's stations count
    assert out_of_reach(limited.ask(method, f"/api/work-orders/{wo_no}/{path}", body)) == "ASSIGNED_STATIONS"


def test_deciding_on_units_of_one_line_is_no_leave_to_undo_another_persons_scan_on_another_line(floor: Floor) -> None:
    run_no = floor.run(units=1, plan=1)
    floor.authorize(run_no).must()
    sn = f"SN-{run_no}-0001"
    floor.api.as_("operator").post("/api/stations/ST-PRINT-01/track-in", {"sn": sn}).must()
    decides_far = floor.plant.role(permissions=["quality:disposition"], scope="ASSIGNED_LINES")
    works_here = floor.plant.role(permissions=["exec:track_in"], scope="ASSIGNED_STATIONS")
    who = floor.plant.user(
        roles=[decides_far["code"], works_here["code"]], lineCodes=["LINE-FAR"], stationCodes=["ST-PRINT-01"]
    )["username"]
    floor.plant.sql(users.update().where(users.c.username == who).values(must_change_password=False))
    body = {"sn": sn, "reason": "wrong board"}
    out_of_reach(floor.plant.session(who).post("/api/stations/ST-PRINT-01/cancel-track-in", body))


def test_the_form_of_a_unit_on_another_line_is_not_shown(floor: Floor) -> None:
    group = floor.plant.group()["code"]
    for station in ("ST-PRINT-01", "ST-FAR-01"):  # interchangeable by their group, though on two lines
        floor.api.as_("engineer").patch(f"/api/stations/{station}", {"groupCode": group}).must()
    run_no = floor.run(units=1, plan=1, route=floor.route(None, step(10, "PRINT", stationGroupCode=group)))
    path = f"unit/SN-{run_no}-0001/data-specs"
    assert floor.api.as_("operator").get(f"/api/stations/ST-PRINT-01/{path}").ok
    out_of_reach(floor.api.as_("operator2").get(f"/api/stations/ST-FAR-01/{path}"))
