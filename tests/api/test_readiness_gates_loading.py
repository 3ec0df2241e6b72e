"""Every cause of LOADING (spec 03.6), made at the real doors, and examples 1, 3, 7, 13 of 03.13."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.loading_floor import Loading
from tests.api.plant import LINE, Plant

from fiducial.loading.tables import mappings, slots
from fiducial.plant.tables import lots


@pytest.fixture
def floor(plant: Plant) -> Loading:
    made = Loading(plant)
    made.gates(LINE, "ROUTE", "LOADING")
    return made


def checked(floor: Loading, run_no: str) -> Any:
    return floor.leader.post(f"/api/runs/{run_no}/readiness/check").must()


def cause(floor: Loading, run_no: str, key: str = "SLOT-01") -> str | None:
    found = [item for item in checked(floor, run_no)["items"] if item["itemType"] == "LOADING"]
    item = next((item for item in found if item["itemKey"] == key), None)
    assert item is not None, [(each["itemKey"], each["causeCode"]) for each in found]
    return item["causeCode"]  # type: ignore[no-any-return]


def test_a_loaded_slot_passes(floor: Loading) -> None:
    """Example 1, and 13 before it."""
    run_no = floor.loaded_run()
    floor.gates(LINE, "ROUTE")
    assert checked(floor, run_no)["summary"]["total"] == 1
    floor.gates(LINE, "ROUTE", "LOADING")
    floor.scan(run_no, "MAT-001|LOT-1").must()
    check = checked(floor, run_no)
    assert (check["status"], len(check["items"])) == ("PASSED", 2)
    item = check["items"][1]
    assert (item["itemKey"], item["evidence"]["lotNo"], item["evidence"]["loadedByName"]) == (
        "SLOT-01",
        "LOT-1",
        "周物料",
    )


def test_a_run_that_places_nothing_on_a_line_without_slots_needs_no_reels(floor: Loading) -> None:
    run_no = floor.run()
    [_, item] = checked(floor, run_no)["items"]
    assert (item["status"], item["applicable"], item["evidence"]["notApplicable"]) == ("PASSED", False, "NO_MOUNT_STEP")


def test_a_run_that_places_needs_slots_and_a_table(floor: Loading) -> None:
    from tests.api.loading_floor import ROUTE

    run_no = floor.run(route=floor.route(None, *ROUTE))
    assert cause(floor, run_no, LINE) == "FEEDER_SLOTS_NOT_CONFIGURED"
    floor.table("SLOT-01")
    assert cause(floor, run_no, "SLOT_TABLE") == "SLOT_TABLE_MISSING"
    floor.load_table(run_no).must()
    assert cause(floor, run_no) == "SLOT_PENDING"


def test_every_gate_gives_its_item_on_a_line_where_nothing_is_there(floor: Loading) -> None:
    """Example 3."""
    eleven = ["ROUTE", "LOADING", "EQUIPMENT", "STENCIL", "SOLDER_PASTE", "PREP_BAKE", "PREP_PASTE", "PREP_STENCIL_USAGE",
              "PREP_STENCIL_CLEAN", "PREP_SCRAPER", "PREP_FIXTURE"]  # fmt: skip
    run_no = floor.loaded_run()
    floor.gates(LINE, *eleven)
    check = checked(floor, run_no)
    assert (check["status"], {item["itemType"] for item in check["items"]}) == ("FAILED", set(eleven))
    found = {(item["itemType"], item["causeCode"]) for item in check["items"]}
    assert {("ROUTE", None), ("LOADING", "SLOT_PENDING"), ("EQUIPMENT", "EQUIPMENT_UNKNOWN")} <= found


def test_a_table_that_changed_after_it_was_loaded_is_outdated(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    floor.plant.sql(update(mappings).values(material_code="MAT-009"))
    assert cause(floor, run_no, "SLOT_TABLE") == "SLOT_TABLE_OUTDATED"


def test_a_wrong_reel_stops_the_run_and_its_scanner_does_not_waive_it(floor: Loading) -> None:
    """Example 7: passed, then a wrong reel; R8."""
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    assert checked(floor, run_no)["status"] == "PASSED"
    floor.past()
    assert floor.change(run_no, "MAT-777|LOT-9").must()["verifyResult"] == "FAIL"
    refused = floor.authorize(run_no)
    assert refused.code == "READINESS_CHECK_FAILED"
    [item] = refused.details["failedItems"]
    assert (item["itemType"], item["causeCode"]) == ("LOADING", "SLOT_MISMATCH")
    shown = next(item for item in checked(floor, run_no)["items"] if item["itemType"] == "LOADING")
    assert (shown["evidence"]["scannedMaterial"], shown["evidence"]["actorName"]) == ("MAT-777", "周物料")


def test_a_locked_slot_stops_the_run(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.plant.sql(update(slots).values(is_locked=True, locked_at=1))
    assert cause(floor, run_no) == "SLOT_LOCKED"


@pytest.mark.parametrize(
    "change", [{"status": "ON_HOLD"}, {"status": "SCRAPPED"}, {"iqc_result": "FAIL"}, {"expires_at": 1}]
)
def test_a_lot_that_may_not_be_used_stops_the_run(floor: Loading, change: dict[str, Any]) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    floor.plant.sql(update(lots).values(**change))
    assert cause(floor, run_no) == "LOT_NOT_USABLE"


def test_a_lot_s_expiry_is_when_the_check_runs_out(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    at = floor.rows(select(lots.c.created_at))[0].created_at + 3_600_000
    floor.plant.sql(update(lots).values(expires_at=at))
    check = checked(floor, run_no)
    assert (check["status"], check["nextExpiryAt"] is not None) == ("PASSED", True)


def test_a_scan_is_an_input_and_an_authorisation_lapses_by_it(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    floor.authorize(run_no).must()
    floor.past()
    floor.change(run_no, "MAT-777|LOT-9").must()
    floor.plant.settle()
    assert floor.status(run_no) == "PREP"


def test_a_wrong_reel_scanned_while_the_run_is_authorised_never_leaves_it_authorised(floor: Loading) -> None:
    """Whoever comes first: refused at once, or taken back when the scan is told."""
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|LOT-1").must()
    floor.past()
    scan = {"runNo": run_no, "slotCode": "SLOT-01", "newMaterialLotBarcode": "MAT-777|LOT-9", "reason": "empty"}
    given, scanned = floor.api.at_once(
        (floor.leader, "POST", f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"}),
        (floor.material, "POST", "/api/loading/replace", scan),
    )
    assert scanned.data["verifyResult"] == "FAIL"
    assert given.ok or given.code == "READINESS_CHECK_FAILED"
    floor.plant.settle()
    assert floor.status(run_no) == "PREP"
