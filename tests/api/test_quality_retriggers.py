"""What happens elsewhere and makes a first piece due anew: a shift, a tool, a program, a maintenance, a material, a line that stopped."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update
from tests.api.loading_floor import Loading
from tests.api.plant import STATIONS, TEST, Plant
from tests.api.quality_floor import PLAIN, Quality
from tests.api.test_quality_in_process import gate, point
from tests.api.tooling_floor import Crib

from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.settings import values as settings_values
from fiducial.kit.tx import Tx
from fiducial.quality.inprocess.triggers import begin_shifts, retrigger
from fiducial.quality.tables import ipqc_states


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


@pytest.fixture
def tools(plant: Plant) -> Crib:
    return Crib(plant)


def passed(floor: Quality, *causes: str) -> str:
    """A run whose first piece has passed, at a point of its own route that these causes make due anew; its number."""
    route = floor.route_of(*PLAIN)
    point(floor, routingCode=route, retriggerOn=list(causes))
    run_no = floor.run(plan=3, units=3, route=route)
    floor.authorize(run_no).must()
    floor.through(floor.sns(run_no)[0], STATIONS[0])
    key = floor.quality.get(f"/api/ipqc/run/{run_no}").must()[0]["id"]
    floor.do("ipqc", key, "start").must()
    floor.item("ipqc", key, name="焊点").must()
    floor.decide("ipqc", key).must()
    return run_no


def state(floor: Quality, run_no: str) -> str:
    floor.plant.settle()
    return str(gate(floor, run_no)[0]["state"])


EVERY = ["SHIFT", "TOOL_CHANGE", "PROGRAM_CHANGE", "MAINTENANCE", "MATERIAL_CHANGE", "LINE_STOP"]


def but(cause: str) -> list[str]:
    return [one for one in EVERY if one != cause]


@pytest.mark.parametrize("cause", ["LINE_STOP", "MAINTENANCE"])
def test_a_machine_that_stands_still_makes_it_due_anew(floor: Quality, tools: Crib, cause: str) -> None:
    run_no = passed(floor, cause)
    tools.machine(STATIONS[0]).must()
    assert state(floor, run_no) == "PASSED", "a machine that runs stops nothing"
    tools.machine(STATIONS[0], "MAINTENANCE").must()
    assert state(floor, run_no) == "NONE"


def test_a_machine_that_is_down_is_no_maintenance_and_one_of_another_line_concerns_nobody_here(
    floor: Quality, tools: Crib
) -> None:
    run_no = passed(floor, *but("LINE_STOP"))
    other = passed(floor, "LINE_STOP")
    floor.plant.station("ST-FAR-1", line="LINE-FAR")
    tools.machine("ST-FAR-1", "DOWN").must()
    assert [state(floor, one) for one in (run_no, other)] == ["PASSED", "PASSED"]
    tools.machine(STATIONS[0], "DOWN").must()
    assert [state(floor, one) for one in (run_no, other)] == ["PASSED", "NONE"]


def test_a_machine_that_was_repaired_makes_it_due_anew_at_its_station_alone(floor: Quality) -> None:
    run_no = passed(floor, "MAINTENANCE")
    for code, becomes in ((STATIONS[1], "PASSED"), (STATIONS[0], "NONE")):
        body = {"entityType": "EQUIPMENT", "entityId": code, "maintenanceType": "REPAIR", "description": "belt is worn"}
        engineer = floor.api.as_("engineer")
        at = f"/api/maintenance-records/{engineer.post('/api/maintenance-records', body).must()['id']}"
        engineer.post(f"{at}/start", {}).must()
        engineer.post(f"{at}/complete", {"resolution": "new belt"}).must()
        assert state(floor, run_no) == "PASSED", "not before somebody has found it in order"
        floor.quality.post(f"{at}/verify", {"ok": True}).must()
        assert state(floor, run_no) == becomes


def test_another_stencil_on_the_line_makes_it_due_anew(floor: Quality, tools: Crib) -> None:
    run_no = passed(floor, "TOOL_CHANGE")
    untouched = passed(floor, *but("TOOL_CHANGE"))
    tools.bind(tools.tool()).must()
    assert [state(floor, one) for one in (run_no, untouched)] == ["NONE", "PASSED"]


def test_another_jar_of_paste_makes_it_due_anew(floor: Quality, tools: Crib) -> None:
    run_no = passed(floor, "MATERIAL_CHANGE")
    tools.paste("JAR-1", expiresAt="2030-01-01T00:00:00Z").must()
    tools.bind("JAR-1", what="solder-paste").must()
    assert state(floor, run_no) == "NONE"


def test_an_oven_that_runs_another_program_makes_it_due_anew(floor: Quality) -> None:
    run_no = passed(floor, "PROGRAM_CHANGE")
    engineer = floor.api.as_("engineer")
    for program, becomes in (("A", "PASSED"), ("A", "PASSED"), ("B", "NONE")):
        body = {"runNo": run_no, "stationCode": STATIONS[0], "actualProgramName": program}
        engineer.post("/api/reflow-profile-usages", body).must()
        assert state(floor, run_no) == becomes, program


@action(audit="TEST", entity="LINE", internal_only=True)
def tell_at(tx: Tx, cause: str, station: str) -> int:
    tx.unrecorded()
    return retrigger(tx, cause, station_code=station)


def test_a_change_at_a_station_concerns_the_steps_done_there_alone(floor: Quality) -> None:
    run_no = passed(floor, "TOOL_CHANGE")
    assert floor.store.write_now(TEST, tell_at, "TOOL_CHANGE", STATIONS[1]) == 0
    assert floor.store.write_now(TEST, tell_at, "TOOL_CHANGE", "ST-NONE") == 0
    assert floor.store.write_now(TEST, tell_at, "TOOL_CHANGE", STATIONS[0]) == 1
    assert state(floor, run_no) == "NONE"


def test_an_event_that_is_heard_late_does_not_undo_a_first_piece_that_passed_after_it(
    floor: Quality, tools: Crib
) -> None:
    run_no = passed(floor, "LINE_STOP")
    tools.machine(STATIONS[0], "DOWN").must()
    floor.plant.sql(update(ipqc_states).values(since=clock.now_ms() + 60_000))
    assert state(floor, run_no) == "PASSED"


def test_a_shift_that_begins_makes_it_due_anew_once(floor: Quality) -> None:
    run_no = passed(floor, "SHIFT")
    untouched = passed(floor, *but("SHIFT"))
    assert floor.store.write_now(TEST, begin_shifts) == 0, "it passed in this shift"
    floor.plant.sql(update(ipqc_states).values(since=clock.now_ms() - 25 * 3_600_000))
    assert floor.store.write_now(TEST, begin_shifts) == 1
    assert floor.store.write_now(TEST, begin_shifts) == 0
    assert [state(floor, one) for one in (run_no, untouched)] == ["NONE", "PASSED"]
    assert floor.rows(select(ipqc_states.c.reason).where(ipqc_states.c.state == "NONE"))[0].reason == "SHIFT"


# ---- reels and lots


def standing_at(floor: Quality, run_no: str, step_no: int) -> str:
    """A run whose first piece at a step has passed; the code of the point."""
    body = {
        "code": floor.plant.name("PT"),
        "name": "段首件",
        "stepNo": step_no,
        "checkType": "FIRST_PIECE",
        "retriggerOn": ["MATERIAL_CHANGE"],
    }
    made = floor.quality.post("/api/ipqc-checkpoints", body).must()
    row = {"run_id": floor.run_row(run_no).id, "point_id": ids.from_wire(made["id"]), "state": "PASSED", "since": 1}
    floor.plant.sql(insert(ipqc_states).values(**row))
    return str(made["code"])


def test_another_reel_on_a_slot_makes_it_due_anew_and_a_wrong_one_does_not(floor: Quality) -> None:
    loading = Loading(floor.plant)
    run_no = loading.loaded_run()
    loading.scan(run_no, "MAT-001|LOT-1").must()
    loading.started(run_no)
    standing_at(floor, run_no, 20)
    assert state(floor, run_no) == "PASSED"
    loading.past()
    loading.change(run_no, "MAT-009|LOT-1").must()
    assert state(floor, run_no) == "PASSED", "the wrong reel was not put on"
    loading.change(run_no, "MAT-001|LOT-2").must()
    assert state(floor, run_no) == "NONE"


def test_a_part_from_another_lot_makes_it_due_anew_at_its_station(floor: Quality) -> None:
    run_no = floor.running(units=2)
    first, second = floor.sns(run_no)
    floor.plant.sql(insert(settings_values).values(key="material.allowNotInBom", place=0, value="true", changed_at=1))
    floor.plant.material("PART-1")
    standing_at(floor, run_no, 10)
    for sn, lot, becomes in ((first, "L-1", "PASSED"), (first, "L-1", "PASSED"), (second, "L-2", "NONE")):
        if floor.unit(sn).status == "QUEUED":
            floor.come_in(sn).must()
        body = {"sn": sn, "stationCode": STATIONS[0], "materialLotBarcode": f"PART-1|{lot}"}
        floor.operator.post("/api/material-uses", body).must()
        assert state(floor, run_no) == becomes, lot
