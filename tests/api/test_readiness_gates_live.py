"""Every cause of EQUIPMENT, MATERIAL, STENCIL, SOLDER_PASTE and TIME_RULE (spec 03.6)."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.api.orders_floor import step
from tests.api.plant import Plant
from tests.api.ready_floor import STATIONS, ReadyFloor

from fiducial.orders.tables import work_orders
from fiducial.plant.tables import bom_items, materials, stations
from fiducial.timers.tables import clocks
from fiducial.tooling.tables import bindings, paste_lots, tools


@pytest.fixture
def floor(plant: Plant) -> ReadyFloor:
    return ReadyFloor(plant)


# STENCIL


def test_a_run_that_does_not_print_needs_no_stencil_and_no_paste(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("STENCIL", "SOLDER_PASTE")
    check = floor.check(run_no)
    for item in check["items"][1:]:
        assert (item["status"], item["applicable"], item["evidence"]["notApplicable"]) == (
            "PASSED",
            False,
            "NO_PRINT_STEP",
        )
    assert check["summary"]["notApplicable"] == 2


def test_a_stencil_passes_when_bound_ready_and_fresh(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    assert floor.cause(run_no, "STENCIL", "LINE-A") == "STENCIL_NOT_BOUND"
    stencil = floor.stencil()
    assert floor.cause(run_no, "STENCIL") == "STENCIL_STATUS_MISSING"
    floor.stencil_state(stencil, tension_value=42.0)
    item = floor.item(run_no, "STENCIL", "STENCIL-1")
    assert (item["status"], item["source"], item["evidence"]["tension"]) == ("PASSED", "AUTO", 42.0)
    assert (item["evidence"]["boundByName"], item["evidence"]["minTension"]) == ("赵组长", 30.0)
    assert floor.check(run_no)["nextExpiryAt"] == item["evidence"]["expiresAt"]


def test_a_stencil_that_the_register_forbids(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil)
    floor.change(tools, stencil, product_codes=["P-OTHER"])
    item = floor.item(run_no, "STENCIL")
    assert (item["causeCode"], item["evidence"]["actorName"]) == ("TOOL_PRODUCT_MISMATCH", "赵组长")
    floor.out_of_use("STENCIL", "STENCIL-1")
    assert floor.item(run_no, "STENCIL")["evidence"]["reason"] == "MAINTENANCE"
    floor.change(tools, stencil, status="BLOCKED")
    item = floor.item(run_no, "STENCIL")
    assert (item["causeCode"], item["evidence"]["reason"]) == ("TOOL_NOT_USABLE", "BLOCKED")


def test_a_stencil_that_is_not_ready_or_too_slack(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "READY", tension_value=30.0)
    assert floor.cause(run_no, "STENCIL") == "STENCIL_TENSION_LOW"
    floor.stencil_state(stencil, "READY", tension_value=30.1)
    assert floor.cause(run_no, "STENCIL") is None
    floor.stencil_state(stencil, "MAINTENANCE")
    assert floor.cause(run_no, "STENCIL") == "STENCIL_NOT_READY"


@pytest.mark.parametrize(
    ("hours", "by", "cause"),
    [
        (23.9, None, None),
        (25, None, "STENCIL_STATUS_STALE"),
        (7.9, "leader", None),
        (8.1, "leader", "STENCIL_STATUS_STALE"),
    ],
)
def test_a_state_is_evidence_for_so_long(floor: ReadyFloor, hours: float, by: str | None, cause: str | None) -> None:
    """Example 8: READY 25 hours ago without contact since; what a person entered holds eight hours."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    floor.stencil_state(floor.stencil(), hours_ago=hours, by=by)
    assert floor.cause(run_no, "STENCIL") == cause


def test_contact_with_the_system_keeps_a_state_fresh(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    from fiducial.plant.reported import AUTO
    from fiducial.tooling.tables import stencil_states

    record = floor.stencil_state(floor.stencil(), hours_ago=25, source=AUTO)
    floor.move(stencil_states, record, "confirmed_at", -1)
    assert floor.cause(run_no, "STENCIL") is None


def test_what_a_person_called_not_ready_only_a_person_calls_ready(floor: ReadyFloor) -> None:
    """Example 9, R9: a push that says READY does not lift it."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    block = floor.stencil_state(stencil, "NOT_READY", by="leader", hours_ago=2, reason="scratched")
    floor.stencil_state(stencil, "READY", hours_ago=1)
    item = floor.item(run_no, "STENCIL")
    from fiducial.kit import ids

    assert (item["causeCode"], item["evidence"]["blockedBy"]) == ("STENCIL_NOT_READY", ids.to_wire(block))
    assert (item["evidence"]["actorName"], item["evidence"]["reason"]) == ("赵组长", "scratched")
    floor.stencil_state(stencil, "READY", by="quality")
    assert floor.item(run_no, "STENCIL")["source"] == "MANUAL"


def test_the_worse_one_wins_at_once(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "READY", by="leader", hours_ago=1)
    floor.stencil_state(stencil, "NOT_READY")
    assert floor.cause(run_no, "STENCIL") == "STENCIL_NOT_READY"


# SOLDER_PASTE


def test_paste_passes_when_bound_compliant_and_fresh(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    assert floor.cause(run_no, "SOLDER_PASTE", "LINE-A") == "PASTE_NOT_BOUND"
    lot = floor.paste()
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_STATUS_MISSING"
    floor.paste_state(lot, hours_ago=25)
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_STATUS_STALE"
    floor.paste_state(lot)
    assert floor.cause(run_no, "SOLDER_PASTE", "SP-1") is None
    floor.paste_state(lot, "NON_COMPLIANT")
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_NOT_COMPLIANT"
    floor.paste_state(lot, "EXPIRED")
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_EXPIRED"


def test_paste_whose_label_has_passed_is_expired_whatever_its_state_says(floor: ReadyFloor) -> None:
    """Example 12."""
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    lot = floor.paste()
    floor.paste_state(lot, "COMPLIANT")
    floor.move(paste_lots, lot, "expires_at", 1)
    check = floor.check(run_no)
    assert check["status"] == "PASSED"
    assert check["nextExpiryAt"] == check["items"][1]["evidence"]["pasteExpiresAt"]
    floor.move(paste_lots, lot, "expires_at", -1 / 60)
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_EXPIRED"


def test_what_was_unbound_is_no_evidence(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    floor.paste_state(floor.paste())
    assert floor.cause(run_no, "SOLDER_PASTE") is None
    floor.plant.sql(update(bindings).values(unbound_at=1))
    assert floor.cause(run_no, "SOLDER_PASTE") == "PASTE_NOT_BOUND"


# EQUIPMENT


def test_machines_pass_when_normal_and_fresh(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("EQUIPMENT")
    failed = [item for item in floor.check(run_no)["items"] if item["itemType"] == "EQUIPMENT"]
    assert {item["itemKey"] for item in failed} == set(STATIONS)
    assert {item["causeCode"] for item in failed} == {"EQUIPMENT_UNKNOWN"}
    made = floor.machines()
    assert floor.check(run_no)["status"] == "PASSED"
    floor.machine_state(made["ST-SPI-01"], "DOWN")
    item = floor.item(run_no, "EQUIPMENT", "ST-SPI-01")
    assert (item["causeCode"], item["evidence"]["status"]) == ("EQUIPMENT_NOT_NORMAL", "DOWN")
    assert floor.cause(run_no, "EQUIPMENT", "ST-AOI-01") is None


@pytest.mark.parametrize(
    ("hours", "by", "cause"),
    [(11.9, None, None), (12.1, None, "EQUIPMENT_STATUS_STALE"), (8.1, "leader", "EQUIPMENT_STATUS_STALE")],
)
def test_a_machine_s_state_grows_old(floor: ReadyFloor, hours: float, by: str | None, cause: str | None) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01")))
    floor.only("EQUIPMENT")
    floor.machine("ST-PRINT-01", hours_ago=hours, by=by)
    assert floor.cause(run_no, "EQUIPMENT", "ST-PRINT-01") == cause


@pytest.mark.parametrize(("type", "status", "cause"), [
    ("ROUTINE", "IN_PROGRESS", "EQUIPMENT_IN_MAINTENANCE"), ("ROUTINE", "PENDING", None), ("BREAKDOWN", "PENDING", "EQUIPMENT_IN_MAINTENANCE"),
    ("CRITICAL", "PENDING", "EQUIPMENT_IN_MAINTENANCE"), ("REPAIR", "COMPLETED", None),
])  # fmt: skip
def test_a_machine_in_maintenance(floor: ReadyFloor, type: str, status: str, cause: str | None) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01")))
    floor.only("EQUIPMENT")
    floor.task(floor.machine("ST-PRINT-01"), type, status)
    assert floor.cause(run_no, "EQUIPMENT", "ST-PRINT-01") == cause


def test_a_repair_of_the_plant_takes_a_machine_out(floor: ReadyFloor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01")))
    floor.only("EQUIPMENT")
    floor.machine("ST-PRINT-01")
    floor.out_of_use("EQUIPMENT", "ST-PRINT-01")
    assert floor.cause(run_no, "EQUIPMENT", "ST-PRINT-01") == "EQUIPMENT_IN_MAINTENANCE"


def test_a_bench_needs_no_machine_and_a_named_machine_must_be_known(floor: ReadyFloor) -> None:
    run_no = floor.run(route=floor.route(None, step(10, "PRINT", "ST-PRINT-01")))
    floor.only("EQUIPMENT")
    floor.plant.sql(update(stations).where(stations.c.code == "ST-PRINT-01").values(is_manual_bench=True))
    item = floor.item(run_no, "EQUIPMENT", "ST-PRINT-01")
    assert (item["status"], item["applicable"], item["evidence"]["notApplicable"]) == ("PASSED", False, "MANUAL_BENCH")
    floor.plant.sql(update(stations).where(stations.c.code == "ST-PRINT-01").values(equipment_codes=["PRN-7"]))
    assert floor.cause(run_no, "EQUIPMENT", "ST-PRINT-01") == "EQUIPMENT_UNKNOWN"
    floor.machine("PRN-7", None)
    assert floor.cause(run_no, "EQUIPMENT", "ST-PRINT-01") == "EQUIPMENT_UNKNOWN"


def test_a_line_without_a_fitting_station_fails_equipment_too(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("EQUIPMENT")
    floor.plant.sql(update(stations).values(is_active=False))
    assert floor.cause(run_no, "EQUIPMENT", "LINE-A") == "EQUIPMENT_NO_STATION"


# MATERIAL


def test_the_product_is_made_of_known_and_allowed_material(floor: ReadyFloor) -> None:
    floor.plant.material("P-1")
    run_no = floor.run(plan=10)
    floor.only("MATERIAL")
    assert floor.cause(run_no, "MATERIAL", "P-1") == "BOM_MISSING"
    floor.plant.material("M-1")
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": "M-1", "qty": 2}]}).must()
    item = floor.item(run_no, "MATERIAL", "M-1")
    assert (item["status"], item["evidence"]["quantity"]) == ("PASSED", 20)
    floor.plant.sql(update(materials).where(materials.c.code == "M-1").values(is_forbidden=True))
    assert floor.cause(run_no, "MATERIAL", "M-1") == "MATERIAL_FORBIDDEN"
    floor.plant.sql(update(bom_items).values(child_code="M-GONE"))
    assert floor.cause(run_no, "MATERIAL", "M-GONE") == "MATERIAL_UNKNOWN"


def test_enough_was_picked_where_the_line_asks(floor: ReadyFloor) -> None:
    floor.plant.material("P-1")
    floor.plant.material("M-1")
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": "M-1", "qty": 1}]}).must()
    run_no = floor.run(pickStatus="2")
    floor.only("MATERIAL", minPickStatus="3")
    assert floor.cause(run_no, "MATERIAL", "PICK") == "PICK_INCOMPLETE"
    floor.plant.sql(update(work_orders).values(pick_status=None))
    assert floor.cause(run_no, "MATERIAL", "PICK") == "PICK_INCOMPLETE"
    floor.plant.sql(update(work_orders).values(pick_status="4"))
    assert floor.cause(run_no, "MATERIAL", "PICK") is None


# TIME_RULE


def test_a_clock_that_ran_out_stops_the_run_before_the_sweep_has_come(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("TIME_RULE")
    item = floor.item(run_no, "TIME_RULE")
    assert (item["applicable"], item["evidence"]["notApplicable"]) == (False, "NO_CLOCK_RUNS")
    clock = floor.clock(run_no, ends_in_hours=1)
    assert floor.cause(run_no, "TIME_RULE") is None
    floor.move(clocks, clock, "expires_at", -0.01)
    item = floor.item(run_no, "TIME_RULE")
    assert (item["causeCode"], item["itemKey"], item["waivable"]) == (
        "TIME_RULE_EXPIRED",
        "POST_REFLOW_WASH_4H:SN-1",
        True,
    )
    floor.change(clocks, clock, status="EXPIRED")
    assert floor.cause(run_no, "TIME_RULE") == "TIME_RULE_EXPIRED"
    floor.change(clocks, clock, status="COMPLETED")
    assert floor.item(run_no, "TIME_RULE")["applicable"] is False


def test_a_rule_that_says_never_is_not_waived(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("TIME_RULE")
    floor.clock(run_no, ends_in_hours=-1, waivable=False)
    item = floor.item(run_no, "TIME_RULE")
    assert (item["waivable"], item["notWaivableReason"] is not None) == (False, True)


def test_a_waived_clock_is_a_waived_item_with_its_own_data(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("TIME_RULE")
    floor.clock(
        run_no,
        ends_in_hours=-1,
        status="WAIVED",
        waived_by=floor.person("quality").id,
        waived_by_name="王质量",
        waived_at=1,
        waive_reason="measured",
    )
    check = floor.check(run_no)
    item = check["items"][1]
    assert (check["status"], item["status"], item["source"]) == ("PASSED", "WAIVED", "WAIVE")
    assert (item["waivedByName"], item["waiveReason"]) == ("王质量", "measured")


def test_the_clock_of_the_paste_on_the_line_counts_and_of_another_line_not(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("TIME_RULE")
    floor.clock(None, ends_in_hours=-1, entity_type="SOLDER_PASTE_LOT", entity_id="SP-1", entity_display="SP-1")
    assert floor.item(run_no, "TIME_RULE")["applicable"] is False
    floor.paste("SP-1")
    assert floor.cause(run_no, "TIME_RULE") == "TIME_RULE_EXPIRED"
