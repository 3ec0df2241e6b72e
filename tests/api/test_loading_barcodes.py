"""Barcodes as scanners, keyboards and mischief send them (spec 04.5): what is understood, what is refused, and that nothing is made of nonsense."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from tests.api.loading_floor import Loading
from tests.api.plant import Plant

from fiducial.loading.tables import records
from fiducial.plant.tables import lots


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


@pytest.mark.parametrize("separator", ["|", ":", "@", "#"])
def test_each_separator_parts_material_and_lot_at_its_first_place(separator: str, floor: Loading) -> None:
    run_no = floor.loaded_run()
    scan = floor.scan(run_no, f" MAT-001 {separator} L-1{separator}2 ").must()
    assert (scan["verifyResult"], scan["materialCode"], scan["lotNo"]) == ("PASS", "MAT-001", f"L-1{separator}2")


@pytest.mark.parametrize(
    ("barcode", "material", "lot"),
    [("MAT-001|L:1@2#3", "MAT-001", "L:1@2#3"), ("MAT-001|L-1|PO-7|500", "MAT-001", "L-1|PO-7|500"), ("MAT-001#批次一", "MAT-001", "批次一")],
)  # fmt: skip
def test_of_several_separators_the_first_of_the_list_counts(
    barcode: str, material: str, lot: str, floor: Loading
) -> None:
    scan = floor.scan(floor.loaded_run(), barcode).must()
    assert (scan["verifyResult"], scan["materialCode"], scan["lotNo"]) == ("PASS", material, lot)


@pytest.mark.parametrize(
    "barcode",
    [
        "MAT-001｜L-1",  # a keyboard of full-width characters
        "ＭＡＴ－００１｜Ｌ－１",
        "ＭＡＴ－００１|L-1",
        "MAT-001 L-1",
        "MAT-001",
        "|",
        "||||",
        ":@#|",
        "'; DROP TABLE material_lot; --|L-1",
        "<script>alert(1)</script>|L-1",
        "MAT-001\u200b|L-1",  # a character that nobody sees
        "mat-001|L-1",  # keys are compared exactly
        "\u202e100-TAM|L-1",
        "MAT-002|L-1",  # the reel of the slot beside it
    ],
)
def test_what_is_not_the_slots_reel_is_refused_or_wrong_and_makes_no_lot(barcode: str, floor: Loading) -> None:
    run_no = floor.loaded_run("SLOT-01", "SLOT-02")
    answer = floor.scan(run_no, barcode)
    assert answer.status in (200, 404, 409, 422), answer.text
    if answer.ok:
        assert (answer.data["verifyResult"], answer.data["failCode"]) == ("FAIL", "MATERIAL_MISMATCH")
    assert floor.rows(select(lots.c.id)) == []
    assert floor.expected(run_no)["status"] in ("PENDING", "MISMATCH")


@pytest.mark.parametrize("barcode", ["x" * 5000, "MAT-001|" + "L" * 5000, "MAT-001|" + "9" * 249, "", "   "])
def test_a_code_that_is_no_code_is_refused_by_its_shape(barcode: str, floor: Loading) -> None:
    refused = floor.scan(floor.loaded_run(), barcode)
    assert refused.status == 422, refused.text
    assert floor.rows(select(records.c.id)) == []


@pytest.mark.parametrize(
    "barcode", ["MAT\n-001|L-1", "MAT-001|L\n1", "MAT-001|L-1\r\nMAT-001|L-2", "MAT\x00-001|L-1", "MAT-001\x1d1|L-1"]
)
def test_line_feeds_and_control_characters_in_the_middle_are_never_kept(barcode: str, floor: Loading) -> None:
    answer = floor.scan(floor.loaded_run(), barcode)
    assert not answer.ok or answer.data["verifyResult"] == "FAIL", answer.text
    assert answer.status < 500
    kept = [row.lot_no for row in floor.rows(select(lots.c.lot_no))]
    assert not any(sign in lot for lot in kept for sign in "\n\r\x00\x1d")


def test_the_line_feed_that_a_scanner_ends_with_is_no_part_of_the_code(floor: Loading) -> None:
    assert floor.scan(floor.loaded_run(), "MAT-001|L-1\r\n").must()["lotNo"] == "L-1"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"status": "ON_HOLD"}, "LOT_ON_HOLD"),
        ({"expires_at": 1}, "LOT_EXPIRED"),
        ({"status": "SCRAPPED"}, "LOT_SCRAPPED"),
        ({"iqc_result": "FAIL"}, "LOT_IQC_FAILED"),
    ],
)
def test_a_lot_that_may_not_be_used_fails_and_locks_nothing(
    values: dict[str, object], code: str, floor: Loading
) -> None:
    run_no = floor.loaded_run()
    floor.plant.material("MAT-001")
    floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-001", "lotNo": "L-1"})
    floor.plant.sql(update(lots).values(values))
    for _ in range(4):
        floor.past()
        scan = floor.scan(run_no, "MAT-001|L-1").must()
        assert (scan["verifyResult"], scan["failCode"], scan["slotLocked"]) == ("FAIL", code, False)


def test_a_scanner_that_sends_twice_at_once_loads_once_and_counts_once(floor: Loading) -> None:
    run_no = floor.loaded_run()
    for barcode, result in (("WRONG|L", "FAIL"), ("MAT-001|L-1", "PASS")):
        body = {"runNo": run_no, "slotCode": "SLOT-01", "materialLotBarcode": barcode}
        answers = floor.api.at_once(*[(floor.material, "POST", "/api/loading/verify", body)] * 3)
        assert [answer.must()["verifyResult"] for answer in answers] == [result] * 3
        assert sorted(answer.data["isIdempotent"] for answer in answers) == [False, True, True]
        assert len({answer.data["id"] for answer in answers}) == 1
    assert len(floor.rows(select(records.c.id))) == 2
