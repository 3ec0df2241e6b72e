"""Every cause of the PREP_* gates (spec 03.6), with records as the paper forms leave them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.orders_floor import step
from tests.api.plant import STATIONS, Plant
from tests.api.ready_floor import ReadyFloor

from fiducial.forms.tables import TABLES
from fiducial.plant.tables import materials
from fiducial.tooling.tables import assignments, paste_lots, tool_runs, tools


@pytest.fixture
def floor(plant: Plant) -> ReadyFloor:
    return ReadyFloor(plant)


def needs(form: str) -> Any:
    return pytest.mark.skipif(form not in TABLES, reason=f"the form {form} is not there yet")


def set_row(floor: ReadyFloor, run_no: str, key: str, **body: Any) -> None:
    floor.leader.put(f"/api/runs/{run_no}/readiness/checklist/items/{key}", body).must()


# PREP_PASTE


def test_a_jar_goes_through_its_steps_before_a_run_starts(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_PASTE")
    assert floor.cause(run_no, "PREP_PASTE", "LINE-A") == "PASTE_NOT_BOUND"
    floor.paste()
    assert floor.cause(run_no, "PREP_PASTE", "SP-1") == "PASTE_USAGE_MISSING"
    jar = floor.jar("THAW_START")
    table = TABLES["solder_paste"]
    for at, cause in (
        ("THAW_START", "PASTE_THAW_INCOMPLETE"), ("THAW_END", "PASTE_STIR_INCOMPLETE"), ("STIR_END", "PASTE_NOT_ISSUED"),
        ("RETURN", "PASTE_RETURNED"), ("SCRAP", "PASTE_NOT_ISSUED"),
    ):  # fmt: skip
        floor.change(table, jar, step=at)
        assert floor.cause(run_no, "PREP_PASTE") == cause, at
    floor.change(table, jar, step="ISSUE", thawed_at=None)
    assert floor.cause(run_no, "PREP_PASTE") == "PASTE_THAW_INCOMPLETE"
    floor.change(table, jar, thawed_at=1, stirred_at=None)
    assert floor.cause(run_no, "PREP_PASTE") == "PASTE_STIR_INCOMPLETE"
    floor.change(table, jar, stirred_at=1)
    floor.move(table, jar, "issued_at", -1)
    item = floor.item(run_no, "PREP_PASTE")
    assert (item["status"], item["evidence"]["matchedBy"], item["evidence"]["step"]) == ("PASSED", "LINE", "ISSUE")
    floor.move(table, jar, "issued_at", -25)
    assert floor.cause(run_no, "PREP_PASTE") == "RECORD_STALE"
    floor.move(table, jar, "issued_at", -1)
    floor.plant.sql(update(paste_lots).values(expires_at=1))
    assert floor.cause(run_no, "PREP_PASTE") == "PASTE_EXPIRED"


def test_a_jar_of_another_run_or_line_is_no_evidence(floor: ReadyFloor) -> None:
    """R10."""
    run_no, other = floor.printing_run(), floor.printing_run()
    floor.only("PREP_PASTE")
    floor.paste()
    jar = floor.jar("ISSUE", other)
    assert floor.cause(run_no, "PREP_PASTE") == "PASTE_NOT_ISSUED"
    assert floor.cause(other, "PREP_PASTE") is None
    floor.change(TABLES["solder_paste"], jar, run_id=None, line_id=floor.line_id("LINE-FAR"))
    assert floor.cause(run_no, "PREP_PASTE") == "PASTE_NOT_ISSUED"


# PREP_STENCIL_USAGE


def test_a_stencil_is_checked_for_the_run_or_the_line(floor: ReadyFloor) -> None:
    run_no, other = floor.printing_run(), floor.printing_run()
    floor.only("PREP_STENCIL_USAGE")
    assert floor.cause(run_no, "PREP_STENCIL_USAGE", "LINE-A") == "STENCIL_NOT_BOUND"
    floor.stencil()
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") == "STENCIL_USAGE_MISSING"
    floor.stencil_check(other)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") == "STENCIL_USAGE_MISSING"
    floor.stencil_check(line=False)
    assert floor.item(run_no, "PREP_STENCIL_USAGE")["evidence"]["matchedBy"] == "TOOL"
    floor.stencil_check(hours_ago=25)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") == "RECORD_STALE"
    floor.stencil_check(run_no)
    item = floor.item(run_no, "PREP_STENCIL_USAGE")
    assert (item["status"], item["evidence"]["matchedBy"], item["evidence"]["actorName"]) == ("PASSED", "RUN", "赵组长")
    floor.stencil_check(run_no, result="FAIL")
    item = floor.item(run_no, "PREP_STENCIL_USAGE")
    assert (item["causeCode"], item["evidence"]["failedChecks"]) == ("STENCIL_CHECK_FAILED", ["checkEdge"])


def test_a_stencil_s_life_lasts_for_the_run_by_what_was_counted(floor: ReadyFloor) -> None:
    """R6: the count is computed; panels count once. 10 boards of 4 to a panel are 3 prints."""
    floor.plant.material("P-1")
    floor.plant.sql(update(materials).where(materials.c.code == "P-1").values(panel_size=4))
    run_no = floor.printing_run(plan=10)
    floor.only("PREP_STENCIL_USAGE")
    stencil = floor.stencil(life_limit=1000, count_base=900, used=97)
    floor.stencil_check(run_no)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") is None
    floor.change(tools, stencil, used=98)
    item = floor.item(run_no, "PREP_STENCIL_USAGE")
    assert (item["causeCode"], item["evidence"]["count"], item["evidence"]["needed"]) == (
        "TOOL_LIFE_INSUFFICIENT",
        998,
        3,
    )
    floor.change(tools, stencil, used=100)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") == "TOOL_LIFE_EXCEEDED"
    floor.only("PREP_STENCIL_USAGE", lifeMustCoverRun=False)
    floor.change(tools, stencil, used=98)
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") is None
    floor.change(tools, stencil, status="BLOCKED")
    assert floor.cause(run_no, "PREP_STENCIL_USAGE") == "TOOL_NOT_USABLE"


def test_a_typed_total_is_refused_at_the_door(floor: ReadyFloor) -> None:
    """R6: nobody types a total, neither in the register nor on a form."""
    floor.stencil()
    for body in ({"totalCount": 0}, {"used": 0}):
        assert floor.engineer.patch("/api/tools/STENCIL-1", body).status in (404, 422)
    form = {"stencilId": "STENCIL-1", "productModel": "P-1", "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True,
            "tensionValues": [40] * 5, "lineCode": "LINE-A"}  # fmt: skip
    assert floor.leader.post("/api/stencil-usage-records", form | {"totalPrintCount": 0}).status == 422


# PREP_STENCIL_CLEAN


@needs("stencil_clean")
def test_a_stencil_is_cleaned_and_not_used_elsewhere_since(floor: ReadyFloor) -> None:
    run_no, other = floor.printing_run(), floor.printing_run()
    floor.only("PREP_STENCIL_CLEAN")
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN", "LINE-A") == "STENCIL_NOT_BOUND"
    stencil = floor.stencil()
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "STENCIL_CLEAN_MISSING"
    clean = {"stencil_id": "STENCIL-1", "clean_result": "OK"}
    floor.paper("stencil_clean", result="FAIL", **clean)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "STENCIL_CLEAN_MISSING"
    floor.paper("stencil_clean", hours_ago=169, **clean)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "RECORD_STALE"
    floor.paper("stencil_clean", hours_ago=3, **clean)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") is None
    floor.stencil_check(run_no, hours_ago=2)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") is None
    floor.stencil_check(other, hours_ago=1)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "STENCIL_USED_SINCE_CLEAN"
    floor.paper("stencil_clean", **clean)
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") is None
    now = floor.rows(tools.select())[0].created_at
    floor.plant.sql(tool_runs.insert().values(
        tool_id=stencil, run_id=floor.key_of(other), life_no=1, boards=1, panel_size=1, first_at=now, last_at=now + 3_600_000,
    ))  # fmt: skip
    assert floor.cause(run_no, "PREP_STENCIL_CLEAN") == "STENCIL_USED_SINCE_CLEAN"


# PREP_SCRAPER


@needs("squeegee")
def test_squeegees_are_checked_of_the_length_that_is_asked_for_and_last(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_SCRAPER")
    assert floor.cause(run_no, "PREP_SCRAPER", "LINE-A") == "SQUEEGEE_RECORD_MISSING"
    tool = floor.tool("SQUEEGEE", "SQ-1", length_mm=300)
    own = {"squeegee_id": "SQ-1", "check_surface": True, "check_edge": True, "check_flatness": True}
    floor.paper("squeegee", hours_ago=169, **own)
    assert floor.cause(run_no, "PREP_SCRAPER", "SQ-1") == "RECORD_STALE"
    floor.paper("squeegee", run_no, **own)
    assert floor.cause(run_no, "PREP_SCRAPER", "SQ-1") is None
    set_row(floor, run_no, "SQUEEGEE", needed=True, value="400")
    item = floor.item(run_no, "PREP_SCRAPER")
    assert (item["causeCode"], item["evidence"]["lengthMm"], item["evidence"]["wantedMm"]) == (
        "SQUEEGEE_WRONG_SPEC",
        300,
        400,
    )
    set_row(floor, run_no, "SQUEEGEE", needed=True, value="300")
    floor.change(tools, tool, used=995)
    assert floor.cause(run_no, "PREP_SCRAPER") == "TOOL_LIFE_INSUFFICIENT"
    floor.change(tools, tool, used=1000)
    assert floor.cause(run_no, "PREP_SCRAPER") == "TOOL_LIFE_EXCEEDED"
    floor.change(tools, tool, used=0, status="BLOCKED")
    assert floor.cause(run_no, "PREP_SCRAPER") == "TOOL_NOT_USABLE"
    floor.paper("squeegee", run_no, result="FAIL", **own)
    assert floor.cause(run_no, "PREP_SCRAPER") == "SQUEEGEE_CHECK_FAILED"


# PREP_FIXTURE


@needs("fixture")
def test_fixtures_are_checked_fit_the_product_and_last(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_FIXTURE")
    assert floor.cause(run_no, "PREP_FIXTURE", "LINE-A") == "FIXTURE_RECORD_MISSING"
    tool = floor.tool("FIXTURE", "FX-1", fixture_type="SMT_JIG")
    floor.paper("fixture", hours_ago=169, fixture_id="FX-1", maintenance=[])
    assert floor.cause(run_no, "PREP_FIXTURE", "FX-1") == "RECORD_STALE"
    floor.paper("fixture", run_no, fixture_id="FX-1", maintenance=[])
    assert floor.cause(run_no, "PREP_FIXTURE", "FX-1") is None
    for change, cause in (
        ({"product_codes": ["P-OTHER"]}, "TOOL_PRODUCT_MISMATCH"), ({"product_codes": [], "used": 995}, "TOOL_LIFE_INSUFFICIENT"),
        ({"used": 1000}, "TOOL_LIFE_EXCEEDED"), ({"used": 0, "status": "BLOCKED"}, "TOOL_NOT_USABLE"),
        ({"status": "ACTIVE", "calibration_required": True, "calibration_due_at": 1}, "TOOL_NOT_USABLE"),
    ):  # fmt: skip
        floor.change(tools, tool, **change)
        assert floor.cause(run_no, "PREP_FIXTURE") == cause, change
    floor.paper("fixture", run_no, result="FAIL", fixture_id="FX-1", maintenance=[])
    assert floor.cause(run_no, "PREP_FIXTURE") == "FIXTURE_CHECK_FAILED"


def test_a_person_may_say_that_no_fixture_is_needed_where_the_line_lets_them(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_FIXTURE")
    set_row(floor, run_no, "FIXTURE", needed=False)
    item = floor.item(run_no, "PREP_FIXTURE")
    assert (item["status"], item["applicable"], item["evidence"]["byName"]) == ("PASSED", False, "赵组长")
    [row] = floor.leader.get("/api/readiness/exceptions").must()["items"]
    assert (row["notNeededCount"], row["items"][0]["notNeeded"]) == (1, True)
    floor.only("PREP_FIXTURE", notNeededAllowed=False)
    assert floor.cause(run_no, "PREP_FIXTURE") == "FIXTURE_RECORD_MISSING"


def test_a_step_that_asks_for_fixtures_gets_them_assigned_and_usable(floor: ReadyFloor) -> None:
    """U1 to U4 of spec 11.4."""
    asks = step(10, "PRINT", STATIONS[0], requiredTools={"fixtureTypes": ["WAVE_JIG"], "min": 1})
    run_no = floor.run(route=floor.route(None, asks))
    floor.only("PREP_FIXTURE")
    set_row(floor, run_no, "FIXTURE", needed=False)  # the route's word is stronger
    assert floor.cause(run_no, "PREP_FIXTURE", "STEP_10_TOOLS") == "TOOL_NOT_ASSIGNED"
    other = floor.tool("FIXTURE", "FX-0", fixture_type="ICT_JIG")
    tool = floor.tool("FIXTURE", "FX-1", fixture_type="WAVE_JIG")
    from fiducial.plant.tables import stations

    station = floor.rows(stations.select().where(stations.c.code == STATIONS[0]))[0].id
    floor.write(assignments, at=("assigned_at",), tool_id=other, run_id=floor.key_of(run_no), station_id=station)
    assert floor.cause(run_no, "PREP_FIXTURE") == "TOOL_NOT_ASSIGNED"
    floor.write(assignments, at=("assigned_at",), tool_id=tool, run_id=floor.key_of(run_no), station_id=station)
    assert floor.item(run_no, "PREP_FIXTURE")["evidence"]["tools"] == ["FX-1"]
    for change, cause, reason in (
        ({"product_codes": ["P-OTHER"]}, "TOOL_PRODUCT_MISMATCH", "PRODUCT"), ({"product_codes": [], "used": 1000}, "TOOL_NOT_USABLE", "LIFE"),
        ({"used": 0, "calibration_due_at": 1}, "TOOL_NOT_USABLE", "CALIBRATION"), ({"status": "BLOCKED"}, "TOOL_NOT_USABLE", "BLOCKED"),
    ):  # fmt: skip
        floor.change(tools, tool, **change)
        item = floor.item(run_no, "PREP_FIXTURE")
        assert (item["causeCode"], item["evidence"]["reason"]) == (cause, reason)
    floor.change(tools, tool, status="ACTIVE", calibration_due_at=None)
    floor.out_of_use("FIXTURE", "FX-1")
    assert floor.item(run_no, "PREP_FIXTURE")["evidence"]["reason"] == "MAINTENANCE"


# PREP_BAKE


def test_boards_are_baked_long_enough_and_not_too_long_ago(floor: ReadyFloor) -> None:
    run_no, other = floor.run(), floor.run()
    floor.only("PREP_BAKE")
    assert floor.cause(run_no, "PREP_BAKE", "PCB:P-1") == "BAKE_RECORD_MISSING"
    floor.bake(other)
    assert floor.cause(run_no, "PREP_BAKE") == "BAKE_RECORD_MISSING"
    floor.bake(item_code="P-OTHER")
    assert floor.cause(run_no, "PREP_BAKE") == "BAKE_RECORD_MISSING"
    floor.bake(hours_ago=2, out_hours_ago=73)
    assert floor.cause(run_no, "PREP_BAKE") == "RECORD_STALE"
    floor.bake(hours_ago=1)
    assert floor.cause(run_no, "PREP_BAKE") is None
    floor.bake(run_no, result=None, out_hours_ago=None)
    assert floor.cause(run_no, "PREP_BAKE") == "BAKE_OPEN"
    floor.bake(run_no, result="FAIL")
    assert floor.cause(run_no, "PREP_BAKE") == "BAKE_RESULT_FAIL"


def test_the_list_says_what_is_baked_and_for_how_long(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("PREP_BAKE")
    floor.bake(run_no, hours=8)
    set_row(floor, run_no, "BAKE_PCB", needed=True, value="8")
    set_row(floor, run_no, "BAKE_BGA", needed=True)
    keys = {
        item["itemKey"]: item["causeCode"] for item in floor.check(run_no)["items"] if item["itemType"] == "PREP_BAKE"
    }
    assert keys == {"PCB:P-1": None, "BGA:P-1": "BAKE_RECORD_MISSING"}
    set_row(floor, run_no, "BAKE_PCB", needed=True, value="9")
    assert floor.cause(run_no, "PREP_BAKE", "PCB:P-1") == "BAKE_RESULT_FAIL"
    set_row(floor, run_no, "BAKE_PCB", needed=False)
    set_row(floor, run_no, "BAKE_BGA", needed=False)
    check = floor.check(run_no)
    assert (check["status"], check["summary"]["notApplicable"]) == ("PASSED", 2)


# PREP_PROGRAM


PROFILE = {"code": "RP-1", "version": "1", "programName": "P1001-A", "peakTempMin": 235, "peakTempMax": 250}


def test_a_route_that_expects_no_program_asks_for_none(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("PREP_PROGRAM")
    item = floor.item(run_no, "PREP_PROGRAM")
    assert (item["applicable"], item["evidence"]["notApplicable"]) == (False, "NO_PROGRAM_EXPECTED")


@needs("oven_program")
def test_the_oven_runs_what_the_route_expects(floor: ReadyFloor) -> None:
    from fiducial.plant.tables import reflow_profiles

    run_no = floor.run(route=floor.route(None, step(10, "REFLOW", STATIONS[3], expectedReflowProfile=PROFILE)))
    floor.only("PREP_PROGRAM")
    assert floor.cause(run_no, "PREP_PROGRAM", "STEP_10_PROFILE") == "PROFILE_NOT_ACTIVE"
    profile = floor.write(
        reflow_profiles, at=("created_at", "updated_at"), code="RP-1", version="1", kind="REFLOW", name="x", program_name="P1001-A",
        status="ACTIVE", zones=[],
    )  # fmt: skip
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_RECORD_MISSING"
    oven = {"product_name": "P-1", "program_name": "P1001-A"}
    floor.paper("oven_program", hours_ago=25, **oven)
    assert floor.cause(run_no, "PREP_PROGRAM") == "RECORD_STALE"
    floor.paper("oven_program", hours_ago=1, **oven)
    assert floor.cause(run_no, "PREP_PROGRAM") is None
    floor.paper("oven_program", run_no, **(oven | {"program_name": "P1001-B"}))
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_MISMATCH"
    floor.paper("oven_program", run_no, **oven, peak_temp=251)
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_MISMATCH"
    floor.paper("oven_program", run_no, **oven, peak_temp=240)
    assert floor.cause(run_no, "PREP_PROGRAM") is None
    floor.change(reflow_profiles, profile, status="DEPRECATED")
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROFILE_NOT_ACTIVE"


def test_without_a_register_no_test_program_is_active(floor: ReadyFloor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "ICT", STATIONS[0], requiresTestProgram=True)))
    floor.only("PREP_PROGRAM")
    assert floor.cause(run_no, "PREP_PROGRAM", "STEP_10_PROGRAM") == "TEST_PROGRAM_NOT_ACTIVE"


def test_voided_records_are_no_evidence(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("PREP_BAKE")
    record = floor.bake(run_no)
    assert floor.cause(run_no, "PREP_BAKE") is None
    floor.change(TABLES["bake"], record, voided=True)
    assert floor.cause(run_no, "PREP_BAKE") == "BAKE_RECORD_MISSING"


# EQUIPMENT, the daily inspection


def test_a_machine_that_must_be_inspected_every_day_and_was_not(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.machines()
    floor.only("EQUIPMENT", requireDailyInspection=True)
    causes = {
        item["itemKey"]: item["causeCode"] for item in floor.check(run_no)["items"] if item["itemType"] == "EQUIPMENT"
    }
    assert causes == dict.fromkeys(STATIONS) | {
        "ST-SPI-01": "EQUIPMENT_INSPECTION_MISSING",
        "ST-AOI-01": "EQUIPMENT_INSPECTION_MISSING",
    }


@needs("equipment_inspection")
def test_a_machine_is_inspected_on_the_plant_s_day(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.machines()
    floor.only("EQUIPMENT", requireDailyInspection=True)
    own = {
        "equipment_code": "ST-SPI-01",
        "equipment_type": "SPI",
        "machine_name": "SPI",
        "sample_model": "S",
        "program_name": "P",
    }
    floor.paper("equipment_inspection", hours_ago=25, **own)
    assert floor.cause(run_no, "EQUIPMENT", "ST-SPI-01") == "EQUIPMENT_INSPECTION_MISSING"
    floor.paper("equipment_inspection", **own)
    assert floor.cause(run_no, "EQUIPMENT", "ST-SPI-01") is None
    floor.paper("equipment_inspection", result="FAIL", **own)
    assert floor.cause(run_no, "EQUIPMENT", "ST-SPI-01") == "EQUIPMENT_INSPECTION_FAILED"


def test_a_usage_told_by_the_oven_counts_like_its_paper_and_the_newest_decides(floor: ReadyFloor) -> None:
    from fiducial.plant.tables import reflow_profiles

    route = floor.route(None, step(10, "REFLOW", STATIONS[3], expectedReflowProfile=PROFILE))
    run_no, other = floor.run(route=route), floor.run(route=route)
    floor.only("PREP_PROGRAM")
    floor.write(
        reflow_profiles, at=("created_at", "updated_at"), code="RP-1", version="1", kind="REFLOW", name="x", program_name="P1001-A",
        status="ACTIVE", zones=[],
    )  # fmt: skip

    def runs_program(run: str, program: str, **more: Any) -> None:
        body = {"runNo": run, "stationCode": STATIONS[3], "actualProgramName": program, **more}
        floor.leader.post("/api/reflow-profile-usages", body).must()

    runs_program(other, "P1001-A")
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_RECORD_MISSING", "another run's is no evidence"
    runs_program(run_no, "P1001-A", actualPeakTemp=240)
    item = floor.item(run_no, "PREP_PROGRAM")
    assert (item["status"], item["evidence"]["actualProgram"], item["evidence"]["peakTemp"]) == (
        "PASSED",
        "P1001-A",
        240,
    )
    runs_program(run_no, "P1001-B")
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_MISMATCH"
    floor.paper("oven_program", run_no, product_name="P-1", program_name="P1001-A")
    assert floor.cause(run_no, "PREP_PROGRAM") is None
    runs_program(run_no, "P1001-A", actualPeakTemp=251)
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_MISMATCH"


def test_a_program_recorded_for_the_line_ends_when_another_run_set_the_oven_to_something_else(
    floor: ReadyFloor,
) -> None:
    from fiducial.plant.tables import reflow_profiles

    route = floor.route(None, step(10, "REFLOW", STATIONS[3], expectedReflowProfile=PROFILE))
    run_no, other = floor.run(route=route), floor.run(route=route)
    floor.only("PREP_PROGRAM")
    floor.write(
        reflow_profiles, at=("created_at", "updated_at"), code="RP-1", version="1", kind="REFLOW", name="x", program_name="P1001-A",
        status="ACTIVE", zones=[],
    )  # fmt: skip
    floor.paper("oven_program", hours_ago=2, product_name="P-1", program_name="P1001-A")
    assert floor.cause(run_no, "PREP_PROGRAM") is None
    floor.paper("oven_program", other, hours_ago=1, product_name="P-1", program_name="P1001-B")
    assert floor.cause(run_no, "PREP_PROGRAM") == "PROGRAM_RECORD_MISSING"
