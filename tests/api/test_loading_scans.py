"""Scanning reels on slots (spec 04.4-04.6, examples of 04.12): what matches, what does not, when a slot locks, and how it opens."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from tests.api.loading_floor import Loading
from tests.api.plant import LINE, Plant

from fiducial.kit import outbox
from fiducial.loading.settings import ALTERNATE_NEEDS_REVIEW, BARCODE_PATTERNS
from fiducial.plant.tables import lots


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def event_types(floor: Loading) -> list[str]:
    return [row.type for row in floor.rows(select(outbox.events.c.type).order_by(outbox.events.c.id))]


# The table of a run


def test_a_table_is_loaded_and_loaded_again_with_the_same_result(floor: Loading) -> None:
    run_no = floor.loaded_run()
    first, again = floor.load_table(run_no).must(), floor.load_table(run_no).must()
    assert (first["created"], again["created"]) == (1, 1)
    assert first["tableHash"] == again["tableHash"]
    assert floor.expected(run_no)["status"] == "PENDING"
    assert floor.detail(run_no)["loading"] == {"expected": 1, "loaded": 0, "mismatch": 0, "locked": 0}
    assert "READINESS_INPUT_CHANGED" in event_types(floor)
    assert floor.plant.audit(action="LOADING_LOAD_TABLE")[0]["entityDisplay"] == run_no


def test_a_line_without_slots_has_no_table(floor: Loading) -> None:
    refused = floor.load_table(floor.run())
    assert (refused.status, refused.code) == (404, "FEEDER_SLOTS_NOT_FOUND")


def test_every_slot_needs_a_material_unless_the_table_lets_it_stay_empty(floor: Loading) -> None:
    floor.slot("SLOT-01")
    floor.slot("SLOT-02", position=2)
    floor.maps(slot="SLOT-01", productCode="P-1")
    run_no = floor.run()
    refused = floor.load_table(run_no)
    assert (refused.status, refused.code, refused.details["slots"]) == (409, "SLOT_MAPPING_MISSING", ["SLOT-02"])
    head = {"lineCode": LINE, "productCode": "P-1", "unlistedSlots": "EMPTY"}
    assert floor.engineer.put("/api/station-tables", head).must()["rowCount"] == 1
    assert floor.load_table(run_no).must()["emptySlots"] == ["SLOT-02"]
    refused = floor.scan(run_no, "MAT-001|L", slot="SLOT-02")
    assert (refused.code, refused.details["slotEmpty"]) == ("SLOT_EXPECTATION_MISSING", True)


def test_a_table_with_nothing_for_a_product_is_no_table(floor: Loading) -> None:
    floor.slot()
    floor.engineer.put("/api/station-tables", {"lineCode": LINE, "unlistedSlots": "EMPTY"}).must()
    assert floor.load_table(floor.run()).code == "SLOT_MAPPING_MISSING"


def test_alternates_alone_are_no_table(floor: Loading) -> None:
    floor.slot()
    floor.maps(isAlternate=True)
    refused = floor.load_table(floor.run())
    assert (refused.status, refused.code, refused.details["slots"]) == (409, "SLOT_MAPPING_NO_PRIMARY", ["SLOT-01"])


def test_the_most_exact_level_of_mapping_counts(floor: Loading) -> None:
    floor.slot()
    here, elsewhere = floor.route(), floor.route()
    floor.maps("A")
    floor.maps("B", productCode="P-1")
    floor.maps("C", productCode="P-1", routingCode=here)
    runs = [floor.run(route=here), floor.run(route=elsewhere), floor.run(route=elsewhere, productCode="P-2")]
    for run_no, material, level in zip(runs, "CBA", (3, 2, 0), strict=True):
        floor.load_table(run_no).must()
        assert floor.expected(run_no)["expectedMaterialCode"] == material
        found = floor.material.get("/api/slot-mappings", resolveForRun=run_no).must()["items"]
        assert [(item["materialCode"], item["level"]) for item in found] == [(material, level)]


def test_after_the_first_scan_a_table_is_loaded_by_force_alone(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|L-1").must()
    assert floor.load_table(run_no).code == "LOADING_ALREADY_STARTED"
    unreasoned = floor.load_table(run_no, force=True)
    assert (unreasoned.status, unreasoned.field_paths) == (422, ["reason"])
    force = {"force": True, "reason": "wrong table"}
    refused = floor.material.post(f"/api/runs/{run_no}/loading/load-table", force)
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    floor.load_table(run_no, **force).must()
    assert floor.expected(run_no)["status"] == "PENDING"
    reel = floor.scans(run_no)[0]
    assert (reel["status"], reel["unloadReason"]) == ("UNLOADED", "TABLE_RELOADED")


def test_a_table_is_loaded_in_preparation_alone(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.started(run_no)
    assert floor.load_table(run_no).code == "INVALID_RUN_STATUS"
    assert floor.load_table("RUN-NONE").code == "RUN_NOT_FOUND"


def test_bom_parts_on_no_slot_and_materials_nobody_knows_are_told(floor: Loading) -> None:
    for code in ("P-1", "MAT-001", "R-77"):
        floor.plant.material(code)
    floor.engineer.put(
        "/api/boms/P-1", {"children": [{"childCode": "MAT-001", "qty": 1}, {"childCode": "R-77", "qty": 1}]}
    ).must()
    floor.table("SLOT-01", "SLOT-02")
    answer = floor.load_table(floor.run()).must()
    assert answer["uncoveredMaterials"] == ["R-77"]
    assert [(one["code"], one["details"]["materialCode"]) for one in answer["warnings"]] == [
        ("MATERIAL_UNKNOWN", "MAT-002")
    ]


# A scan


def test_the_right_reel_passes_and_its_lot_is_made(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.plant.material("MAT-001")
    answer = floor.scan(run_no, "MAT-001|L-1", operatorId="OP-01", packageQty=5000).must()
    assert (answer["verifyResult"], answer["status"], answer["materialKnown"]) == ("PASS", "LOADED", True)
    assert (answer["operatorId"], answer["packageQty"], answer["loadedByName"]) == ("OP-01", 5000, "周物料")
    assert answer["materialLotId"]
    assert floor.expected(run_no)["loadedLotNo"] == "L-1"
    assert floor.slot_now()["current"]["lotNo"] == "L-1"
    assert floor.plant.audit(action="LOADING_VERIFY")[0]["entityType"] == "LOADING"


def test_a_wrong_reel_is_a_fact_and_makes_no_lot(floor: Loading) -> None:
    run_no = floor.loaded_run()
    answer = floor.scan(run_no, "WRONG-MAT|LOT-1", operatorId="OP-01").must()
    assert (answer["verifyResult"], answer["failCode"], answer["status"]) == ("FAIL", "MATERIAL_MISMATCH", "REJECTED")
    assert (answer["failedAttempts"], answer["slotLocked"]) == (1, False)
    assert floor.rows(select(lots)) == []
    assert floor.expected(run_no)["status"] == "MISMATCH"
    assert floor.load_table(run_no).code == "LOADING_ALREADY_STARTED"
    floor.scan(run_no, "MAT-001|LOT-2").must()
    assert floor.slot_now()["failedAttempts"] == 0
    assert floor.expected(run_no)["status"] == "LOADED"


def test_the_same_reel_again_changes_nothing_and_another_one_needs_a_replace(floor: Loading) -> None:
    run_no = floor.loaded_run()
    first = floor.scan(run_no, "MAT-001|LOT-2").must()
    again = floor.scan(run_no, "MAT-001:LOT-2").must()
    assert (again["id"], again["isIdempotent"]) == (first["id"], True)
    refused = floor.scan(run_no, "MAT-001|LOT-3")
    assert (refused.status, refused.code) == (409, "SLOT_ALREADY_LOADED")
    assert refused.details["current"] == {"materialCode": "MAT-001", "lotNo": "LOT-2"}


def test_three_wrong_reels_lock_the_slot_until_somebody_unlocks_it(floor: Loading) -> None:
    run_no = floor.loaded_run()
    answers = [floor.scan(run_no, f"WRONG-{number}|L").must() for number in (1, 2, 3)]
    assert [answer["slotLocked"] for answer in answers] == [False, False, True]
    assert "SLOT_LOCKED" in event_types(floor)
    refused = floor.scan(run_no, "MAT-001|L")
    assert (refused.status, refused.code, refused.details["lockedReason"]) == (409, "SLOT_LOCKED", "MATERIAL_MISMATCH")
    slot = floor.slot_now()
    assert (slot["isLocked"], slot["lockedRunNo"], floor.detail(run_no)["loading"]["locked"]) == (True, run_no, 1)
    path = f"/api/feeder-slots/{slot['id']}"
    assert floor.material.post(f"{path}/unlock", {"reason": "looked at it"}).code == "FORBIDDEN"
    assert floor.engineer.post(f"{path}/unlock", {"reason": "no"}).status == 422
    opened = floor.engineer.post(f"{path}/unlock", {"reason": "looked at it"}).must()
    assert (opened["isLocked"], opened["failedAttempts"]) == (False, 0)
    lock = floor.material.get(f"{path}/locks").must()[0]
    assert [attempt["barcode"] for attempt in lock["attempts"]] == ["WRONG-1|L", "WRONG-2|L", "WRONG-3|L"]
    assert (lock["runNo"], lock["reason"], lock["unlockedByName"]) == (run_no, "looked at it", "李工艺")
    assert floor.engineer.post(f"{path}/unlock", {"reason": "once more"}).must()["isLocked"] is False
    assert floor.scan(run_no, "MAT-001|L").must()["verifyResult"] == "PASS"


def test_wrong_scans_are_counted_in_a_row(floor: Loading) -> None:
    run_no = floor.loaded_run()
    for barcode in ("W-1|L", "W-2|L", "MAT-001|L"):
        floor.scan(run_no, barcode).must()
    floor.take_off(run_no).must()
    assert floor.scan(run_no, "W-3|L").must()["failedAttempts"] == 1


def test_a_scanner_that_beeps_twice_is_counted_once(floor: Loading) -> None:
    run_no = floor.loaded_run()
    first, again = floor.scan(run_no, "W|L").must(), floor.scan(run_no, "W|L").must()
    assert (again["id"], again["isIdempotent"], again["failedAttempts"]) == (first["id"], True, 1)
    floor.past()
    later = floor.scan(run_no, "W|L").must()
    assert (later["isIdempotent"], later["failedAttempts"]) == (False, 2)


def test_an_alternate_is_a_warning_and_loads(floor: Loading) -> None:
    run_no = floor.loaded_run(alternate="ALT")
    answer = floor.scan(run_no, "ALT|L").must()
    assert (answer["verifyResult"], answer["isAlternate"], answer["needsReview"]) == ("WARNING", True, False)
    assert floor.expected(run_no)["status"] == "LOADED"


def test_where_the_line_asks_for_it_an_alternate_needs_a_review(floor: Loading) -> None:
    run_no = floor.loaded_run(alternate="ALT")
    floor.setting(ALTERNATE_NEEDS_REVIEW, True, floor.line_id())
    assert floor.scan(run_no, "ALT|L").must()["needsReview"] is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "ON_HOLD"}, "LOT_ON_HOLD"), ({"status": "SCRAPPED"}, "LOT_SCRAPPED"), ({"iqc_result": "FAIL"}, "LOT_IQC_FAILED"),
        ({"expires_at": 1}, "LOT_EXPIRED"),
    ],
)  # fmt: skip
def test_a_lot_that_may_not_be_used_fails_but_does_not_lock(
    floor: Loading, change: dict[str, object], code: str
) -> None:
    run_no = floor.loaded_run()
    floor.plant.material("MAT-001")
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-001", "lotNo": "L"})
    floor.plant.sql(update(lots).values(**change))
    answer = floor.scan(run_no, "MAT-001|L").must()
    assert (answer["verifyResult"], answer["failCode"], answer["failedAttempts"]) == ("FAIL", code, 0)
    assert floor.expected(run_no)["status"] == "MISMATCH"
    assert answer["failReason"]


@pytest.mark.parametrize("barcode", ["|L", "MAT-001|", " | ", "MAT-001 |  "])
def test_a_barcode_with_an_empty_side_is_refused(floor: Loading, barcode: str) -> None:
    run_no = floor.loaded_run()
    refused = floor.scan(run_no, barcode)
    assert (refused.status, refused.code) in ((409, "BARCODE_PARSE_ERROR"), (422, "VALIDATION_ERROR"))


def test_a_bare_lot_number_must_exist_exactly_once(floor: Loading) -> None:
    run_no = floor.loaded_run()
    assert (floor.scan(run_no, "L-9").status, floor.scan(run_no, "L-9").code) == (404, "MATERIAL_LOT_NOT_FOUND")
    for code in ("MAT-001", "OTHER"):
        floor.plant.material(code)
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-001", "lotNo": "L-9"})
    assert floor.scan(run_no, "L-9").must()["verifyResult"] == "PASS"
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "OTHER", "lotNo": "L-9"})
    refused = floor.scan(run_no, "L-9")
    assert (refused.code, refused.details["materialCodes"]) == ("MATERIAL_LOT_AMBIGUOUS", ["MAT-001", "OTHER"])


def test_the_plants_own_barcodes_are_understood(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.setting(BARCODE_PATTERNS, [r"1P(?P<material>[A-Z0-9-]+)\+1T(?P<lot>[A-Z0-9-]+)\+Q\d+"])
    answer = floor.scan(run_no, "1PMAT-001+1TL-7+Q5000").must()
    assert (answer["materialCode"], answer["lotNo"], answer["verifyResult"]) == ("MAT-001", "L-7", "PASS")


def test_a_scan_needs_a_slot_a_table_and_an_open_run(floor: Loading) -> None:
    run_no = floor.loaded_run()
    assert floor.scan(run_no, "MAT-001|L", slot="SLOT-99").code == "SLOT_NOT_FOUND"
    assert floor.scan("RUN-NONE", "MAT-001|L").code == "RUN_NOT_FOUND"
    unloaded = floor.run()
    refused = floor.scan(unloaded, "MAT-001|L")
    assert (refused.code, refused.details["slotEmpty"]) == ("SLOT_EXPECTATION_MISSING", False)
    floor.set_run(run_no, status="COMPLETED")
    assert floor.scan(run_no, "MAT-001|L").code == "INVALID_RUN_STATUS"


def test_a_slot_is_found_however_its_label_is_spaced(floor: Loading) -> None:
    floor.slot("2 F - 46")
    floor.maps(slot="2F-46")
    run_no = floor.run_with_table()
    assert floor.scan(run_no, "MAT-001|L", slot=" 2F -46").must()["slotCode"] == "2F-46"


def test_a_reviewer_in_the_body_is_ignored_and_told(floor: Loading) -> None:
    run_no = floor.loaded_run()
    answer = floor.scan(run_no, "MAT-001|L", reviewedBy="me").must()
    assert [one["code"] for one in answer["warnings"]] == ["FIELD_IGNORED"]
    assert answer["reviewedBy"] is None


def test_only_who_may_scan_scans_and_only_on_lines_in_reach(floor: Loading) -> None:
    run_no = floor.loaded_run()
    body = {"runNo": run_no, "slotCode": "SLOT-01", "materialLotBarcode": "MAT-001|L"}
    for who in ("planner", "quality", "trace", "operator2"):
        refused = floor.api.as_(who).post("/api/loading/verify", body)
        assert (refused.status, refused.code) == (403, "FORBIDDEN"), who
    assert floor.api.as_("operator").post("/api/loading/verify", body).must()["verifyResult"] == "PASS"


# One slot, two runs


def test_a_slot_holds_one_reel_whichever_run_it_is_for(floor: Loading) -> None:
    first = floor.loaded_run()
    second = floor.run_with_table()
    floor.scan(first, "MAT-001|L-1").must()
    floor.started(first)
    answer = floor.scan(second, "MAT-001|L-1").must()
    assert [(one["code"], one["details"]["runNo"]) for one in answer["warnings"]] == [("SLOT_TAKEN_FROM_RUN", first)]
    assert floor.expected(first)["status"] == "PENDING"
    assert floor.scans(first)[0]["unloadReason"] == "TAKEN_OVER"
    assert "SLOT_TAKEN_FROM_RUN" in event_types(floor)


def test_taking_a_slot_from_a_run_that_has_not_started_tells_nobody(floor: Loading) -> None:
    first = floor.loaded_run()
    second = floor.run_with_table()
    floor.scan(first, "MAT-001|L-1").must()
    floor.scan(second, "MAT-001|L-2").must()
    assert "SLOT_TAKEN_FROM_RUN" not in event_types(floor)
    assert floor.slot_now()["current"]["runNo"] == second


def test_when_a_run_ends_its_reels_end_but_the_slot_remembers(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|L-1").must()
    floor.planner.post(f"/api/runs/{run_no}/cancel", {"reason": "not needed"}).must()
    floor.plant.settle()
    reel = floor.scans(run_no)[0]
    assert (reel["status"], reel["unloadReason"]) == ("UNLOADED", "RUN_ENDED")
    assert floor.slot_now()["current"]["lotNo"] == "L-1"
    again = floor.run_with_table()
    assert floor.expected(again)["status"] == "PENDING"


def test_a_lot_that_fails_its_inspection_takes_its_slots_back_until_it_passes(floor: Loading) -> None:
    run_no = floor.loaded_run()
    lot = floor.scan(run_no, "MAT-001|L-1").must()["materialLotId"]
    for result, status in (("FAIL", "PENDING"), ("PASS", "LOADED")):
        floor.engineer.patch(f"/api/material-lots/{lot}", {"iqcResult": result}).must()
        floor.plant.settle()
        assert floor.expected(run_no)["status"] == status
