"""From a cause to the boards it touched (反查, spec 07.5), and the same fact read from the board."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import insert, select
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.tooling_floor import Crib

from fiducial.execution.carrier_tables import carrier_loads, carriers
from fiducial.kit import clock
from fiducial.orders.tables import runs, units
from fiducial.readiness.tables import checklist_rows
from fiducial.trace.causes import DAY_MS

_keys = itertools.count(1000)


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def trace(crib: Crib, path: str, who: str = "trace", **asked: str) -> dict:  # type: ignore[type-arg]
    return dict(crib.api.as_(who).get(f"/api/trace/{path}", **asked).must())


def sns(found: dict) -> list[str]:  # type: ignore[type-arg]
    return [item["sn"] for item in found["items"]]


def test_a_stencil_leads_to_every_board_it_printed_and_each_of_them_back_to_it(crib: Crib) -> None:
    first, second = crib.tool(), crib.tool()
    crib.bind(first).must()
    run = crib.printing(plan=3)
    one, two, three = crib.units_of(run)
    crib.through(one)
    crib.through(two)
    crib.bind(second).must()
    crib.through(three)
    found = trace(crib, f"tools/{first}/units")
    assert (sns(found), found["summary"]["units"], found["items"][0]["via"]) == ([one, two], 2, "TOOL")
    assert sns(trace(crib, f"tools/{second}/units")) == [three]
    tools = trace(crib, f"units/{one}")["tools"]
    assert [(tool["toolCode"], tool["kind"], tool["stepNo"]) for tool in tools] == [(first, "STENCIL", 10)]
    assert tools[0]["countAtUse"] == 2
    assert [tool["toolCode"] for tool in trace(crib, f"units/{three}")["tools"]] == [second]
    assert [tool["boards"] for tool in trace(crib, f"runs/{run}")["tools"]] == [2, 1]
    assert crib.api.as_("trace").get("/api/trace/tools/NOBODY/units").code == "TOOL_NOT_FOUND"


def test_a_jar_of_paste_is_a_lot_of_the_boards_printed_while_it_was_on_the_line(crib: Crib) -> None:
    crib.paste("SP-1").must()
    crib.paste("SP-2").must()
    run = crib.printing(plan=3)
    one, two, three = crib.units_of(run)
    crib.bind("SP-1", what="solder-paste").must()
    crib.through(one)
    crib.come_in(two).must()
    crib.bind("SP-2", what="solder-paste").must()
    crib.go_out(two).must()
    crib.through(three)
    found = trace(crib, "material-lots/SOLDER_PASTE/SP-1/units")
    assert [(item["sn"], item["via"], item["certainty"]) for item in found["items"]] == [
        (one, "PASTE", "CERTAIN"), (two, "PASTE", "POSSIBLE"),
    ]  # fmt: skip
    of_two = [(part["lotNo"], part["certainty"]) for part in trace(crib, f"units/{two}")["materials"]]
    assert of_two == [("SP-1", "POSSIBLE"), ("SP-2", "POSSIBLE")]
    assert sns(trace(crib, "material-lots/SOLDER_PASTE/SP-2/units")) == [two, three]
    assert trace(crib, f"units/{one}")["levels"]["material"] == 3
    assert trace(crib, f"units/{two}")["levels"]["material"] == 2
    assert crib.api.as_("trace").get("/api/trace/material-lots/SOLDER_PASTE/SP-9/units").status == 404


def test_a_station_tells_who_passed_it_in_a_time_that_must_be_named(crib: Crib) -> None:
    run = crib.printing(plan=2)
    one, two = crib.units_of(run)
    crib.through(one)
    crib.come_in(two).must()
    crib.go_out(two, result="FAIL").must()
    now = clock.now_ms()
    during = {"from": clock.to_wire(now - DAY_MS) or "", "to": clock.to_wire(now + 1000) or ""}
    at = f"stations/{STATIONS[0]}/units"
    assert sns(trace(crib, at, **during)) == [one, two]
    assert sns(trace(crib, at, result="FAIL", **during)) == [two]
    asking = crib.api.as_("trace")
    assert asking.get(f"/api/trace/{at}").field_paths == ["from"]
    long_ago = {"from": clock.to_wire(now - 32 * DAY_MS), "to": during["to"]}
    assert asking.get(f"/api/trace/{at}", **long_ago).field_paths == ["to"]
    assert asking.get(f"/api/trace/{at}", **{"from": during["to"], "to": during["from"]}).field_paths == ["to"]
    assert asking.get(f"/api/trace/{at}", result="MAYBE", **during).field_paths == ["result"]
    assert asking.get("/api/trace/stations/NOWHERE/units", **during).code == "STATION_NOT_FOUND"
    assert crib.api.as_("leader").get("/api/trace/stations/ST-FAR-01/units", **during).code == "FORBIDDEN"


def test_a_defect_code_leads_to_the_boards_on_which_it_was_found(crib: Crib) -> None:
    run = crib.printing(plan=2)
    one, two = crib.units_of(run)
    crib.come_in(one).must()
    crib.go_out(one, result="FAIL", defectCode="DEF-001", defectLocation="R7").must()
    crib.through(two)
    found = trace(crib, "defect-codes/DEF-001/units")
    assert [(item["sn"], item["position"]) for item in found["items"]] == [(one, "R7")]
    assert found["summary"]["byStatus"] == {"OUT_FAILED": 1}
    assert crib.api.as_("trace").get("/api/trace/defect-codes/NEVER-SEEN/units").code == "DEFECT_CODE_NOT_FOUND"


def test_a_carrier_leads_to_the_boards_it_carried(crib: Crib) -> None:
    run = crib.printing(plan=1)
    (sn,) = crib.units_of(run)
    unit, now = crib.rows(select(units).where(units.c.sn == sn))[0], clock.now_ms()
    crib.plant.sql(
        insert(carriers).values(
            id=1, carrier_no="TRAY-7", type="TRAY", status="ACTIVE", created_at=now, updated_at=now
        ),
        insert(carrier_loads).values(
            id=2, carrier_id=1, unit_id=unit.id, run_id=unit.run_id, loaded_at=now, unloaded_at=None
        ),
    )
    assert sns(trace(crib, "carriers/TRAY-7/units")) == [sn]
    assert [load["carrierNo"] for load in trace(crib, f"units/{sn}")["carrierLoads"]] == ["TRAY-7"]
    assert crib.api.as_("trace").get("/api/trace/carriers/TRAY-8/units").code == "CARRIER_NOT_FOUND"
    assert [item["kind"] for item in crib.api.as_("trace").get("/api/trace/search", q="TRAY-7").must()["items"]] == [
        "CARRIER"
    ]


def test_what_is_out_of_reach_is_in_no_reverse_trace(crib: Crib) -> None:
    stencil = crib.tool()
    crib.bind(stencil).must()
    run = crib.printing(plan=1)
    (sn,) = crib.units_of(run)
    crib.come_in(sn).must()
    crib.go_out(sn, result="FAIL", defectCode="DEF-001").must()
    crib.plant.bind("leader", line_codes=["LINE-FAR"])
    for path in (f"tools/{stencil}/units", "defect-codes/DEF-001/units"):
        assert trace(crib, path, who="leader")["items"] == []
        assert sns(trace(crib, path)) == [sn]
    assert LINE != "LINE-FAR"


def on_the_list(crib: Crib, run_no: str, **rows: str) -> None:
    """Write rows that name lots on the list of a run."""
    (run,) = crib.rows(select(runs.c.id).where(runs.c.run_no == run_no))
    for item_key, value in rows.items():
        row = {"item_key": item_key, "value": value, "set_by": 1, "set_by_name": "Ann", "set_at": clock.now_ms()}
        crib.plant.sql(insert(checklist_rows).values(id=next(_keys), run_id=run.id, **row))


def listed(crib: Crib, lot: str) -> list[tuple[str, str]]:
    items = trace(crib, f"material-lots/SAC305/{lot}/units")["items"]
    return [(item["sn"], item["certainty"]) for item in items if item["via"] == "CHECKLIST"]


def test_the_list_of_a_run_says_the_same_of_its_lots_from_both_sides(crib: Crib) -> None:
    crib.plant.material("SAC305")
    for lot in ("L-1", "L-10", "L-2"):
        crib.plant.made("engineer", "/api/material-lots", {"materialCode": "SAC305", "lotNo": lot})
    run = crib.printing(plan=1)
    (sn,) = crib.units_of(run)
    on_the_list(crib, run, SOLDER_BAR="SAC305 | L-1", PARTS_ISSUED="R-10K|L-1, SAC305|L-2")
    forward = {
        (part["lotNo"], part["certainty"])
        for part in trace(crib, f"units/{sn}")["materials"]
        if part["materialCode"] == "SAC305"
    }
    assert forward == {("L-1", "POSSIBLE"), ("L-2", "POSSIBLE")}
    assert listed(crib, "L-1") == listed(crib, "L-2") == [(sn, "POSSIBLE")]
    assert listed(crib, "L-10") == []


def test_a_lot_that_a_thousand_lists_name_leads_to_the_boards_of_every_one(crib: Crib) -> None:
    crib.plant.material("SAC305")
    for lot in ("L-1", "L-10"):
        crib.plant.made("engineer", "/api/material-lots", {"materialCode": "SAC305", "lotNo": lot})
    run = crib.printing(plan=1)
    (sn,) = crib.units_of(run)
    (one,) = crib.rows(select(runs).where(runs.c.run_no == run))
    row = {"item_key": "SOLDER_BAR", "set_by": 1, "set_by_name": "Ann", "set_at": clock.now_ms()}
    for number in range(1000):
        values = one._asdict() | {"id": next(_keys), "run_no": f"OLD-{number}"}
        crib.plant.sql(
            insert(runs).values(values),
            insert(checklist_rows).values(row | {"id": next(_keys), "run_id": values["id"], "value": f"SAC305|L-1{number % 2 or ''}"}),
        )  # fmt: skip
    on_the_list(crib, run, SOLDER_BAR="SAC305|L-1")
    assert listed(crib, "L-1") == [(sn, "CERTAIN")]


@pytest.mark.one_engine
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "", "soon", "2026-02-30"])
def test_the_page_of_a_station_takes_any_day_that_is_asked(crib: Crib, day: str) -> None:
    asked = {"from": day, "to": day}
    assert crib.api.as_("trace").get(f"/trace/stations/{STATIONS[0]}", **asked).status == 200
