"""Parts placed by hand, lots that are held, reels that run low, floor life (spec 01.4, 04.7, 04.8)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.loading_floor import MOUNT, Loading
from tests.api.plant import LINE, TEST, Plant

from fiducial.kit import outbox
from fiducial.kit.acting import action
from fiducial.kit.ids import from_wire
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import msl
from fiducial.loading.low_reels import reels_that_run_low, tell_low_reels
from fiducial.loading.settings import ALLOW_NOT_IN_BOM, LOW_REEL_BOARDS, MSL_ENABLED
from fiducial.loading.tables import msl_clocks, msl_levels, records


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def placed_by_hand(floor: Loading, sn: str, barcode: str = "KEY-1|L-1", **more: Any) -> Any:
    body = {"sn": sn, "stationCode": MOUNT, "materialLotBarcode": barcode, **more}
    return floor.operator.post("/api/material-uses", body)


def at_the_bench(floor: Loading, boards: int = 1) -> list[str]:
    """Boards in the station, of a product with the key part KEY-1."""
    for code in ("P-1", "KEY-1", "MAT-001"):
        floor.plant.material(code, trackKeyPart=code == "KEY-1")
    children = [{"childCode": "KEY-1", "qty": 1, "isKeyPart": True}, {"childCode": "MAT-001", "qty": 1}]
    floor.engineer.put("/api/boms/P-1", {"children": children}).must()
    run_no = floor.loaded_run(plan=boards + 1, units=boards)
    floor.scan(run_no, "MAT-001|R-1").must()
    floor.started(run_no)
    sns = floor.sns(run_no)
    for sn in sns:
        floor.to_mount(sn).must()
    return sns


def test_a_key_part_stands_in_the_boards_trace_and_the_board_in_the_lots(floor: Loading) -> None:
    (sn,) = at_the_bench(floor)
    use = placed_by_hand(floor, sn, partSn="PSN-1", position="U1", operatorId="OP-1").must()
    assert (use["isKeyPart"], use["source"], use["stepNo"], use["usedByName"]) == (True, "MANUAL", 20, "钱操作")
    quality = floor.api.as_("quality")
    trace = quality.get(f"/api/trace/units/{sn}", sections="materials").must()
    assert [(part["materialCode"], part["partSn"], part["position"]) for part in trace["materials"]] == [
        ("KEY-1", "PSN-1", "U1")
    ]
    found = quality.get("/api/trace/material-lots/KEY-1/L-1/units").must()["items"]
    assert [(item["sn"], item["via"], item["position"], item["certainty"]) for item in found] == [
        (sn, "MATERIAL_USE", "U1", "CERTAIN")
    ]
    assert [item["sn"] for item in quality.get("/api/material-uses", partSn="PSN-1").must()["items"]] == [sn]
    assert floor.plant.audit(action="MATERIAL_USE_CREATE")[0]["entityDisplay"] == sn


def test_a_finished_board_without_its_key_part_is_told(floor: Loading) -> None:
    (sn,) = at_the_bench(floor)
    quality = floor.api.as_("quality")
    ask = lambda: quality.get(f"/api/trace/units/{sn}", sections="missingKeyParts").must()["missingKeyParts"]  # noqa: E731
    assert ask() == []
    floor.operator.post(f"/api/stations/{MOUNT}/track-out", {"sn": sn, "result": "PASS"}).must()
    assert [part["materialCode"] for part in ask()] == ["KEY-1"]


def test_a_part_is_placed_once_and_where_the_board_is(floor: Loading) -> None:
    first, second = at_the_bench(floor, 2)
    use = placed_by_hand(floor, first, partSn="PSN-1").must()
    refused = placed_by_hand(floor, second, partSn="PSN-1")
    assert (refused.status, refused.code, refused.details["sn"]) == (409, "PART_SN_IN_USE", first)
    assert placed_by_hand(floor, second, "OTHER|L").code == "MATERIAL_NOT_IN_BOM"
    assert placed_by_hand(floor, "SN-NONE").code == "UNIT_NOT_FOUND"
    assert placed_by_hand(floor, second, "|").code == "BARCODE_PARSE_ERROR"
    floor.operator.post(f"/api/stations/{MOUNT}/track-out", {"sn": second, "result": "PASS"}).must()
    assert placed_by_hand(floor, second).code == "UNIT_NOT_IN_STATION"
    path = f"/api/material-uses/{use['id']}/remove"
    assert floor.operator.post(path, {"reason": "burnt"}).code == "FORBIDDEN"
    quality = floor.api.as_("quality")
    assert quality.post(path, {"reason": "burnt"}).must()["removedByName"] == "王质量"
    assert quality.post(path, {"reason": "burnt"}).code == "MATERIAL_USE_REMOVED"
    assert quality.post("/api/material-uses/nonsense/remove", {"reason": "burnt"}).code == "MATERIAL_USE_NOT_FOUND"
    placed_by_hand(floor, first, partSn="PSN-1").must()


def test_a_part_outside_the_bom_may_be_placed_where_the_plant_allows_it(floor: Loading) -> None:
    (sn,) = at_the_bench(floor)
    floor.setting(ALLOW_NOT_IN_BOM, True)
    assert placed_by_hand(floor, sn, "OTHER|L").must()["isKeyPart"] is False


# Lots that are held


def test_a_held_lot_takes_its_slots_back_and_may_not_be_placed(floor: Loading) -> None:
    (sn,) = at_the_bench(floor)
    placed_by_hand(floor, sn).must()
    quality = floor.api.as_("quality")
    there = {lot["lotNo"]: lot["id"] for lot in quality.get("/api/material-lots").must()["items"]}
    run_no = floor.material.get("/api/runs").must()["items"][0]["runNo"]
    hold = f"/api/material-lots/{there['R-1']}/hold"
    assert floor.engineer.post(hold, {"reason": "cracked"}).code == "FORBIDDEN"
    answer = quality.post(hold, {"reason": "cracked"}).must()
    assert (answer["status"], answer["holdReason"], answer["affectedRuns"]) == ("ON_HOLD", "cracked", [run_no])
    assert quality.post(hold, {"reason": "cracked"}).code == "MATERIAL_LOT_STATUS_INVALID"
    floor.plant.settle()
    assert floor.expected(run_no)["status"] == "PENDING"
    assert (
        quality.post(f"/api/material-lots/{there['R-1']}/release", {"reason": "looked at"}).must()["holdReason"] is None
    )
    floor.plant.settle()
    assert floor.expected(run_no)["status"] == "LOADED"
    quality.post(f"/api/material-lots/{there['L-1']}/hold", {"reason": "cracked"}).must()
    assert placed_by_hand(floor, sn).code == "LOT_ON_HOLD"
    used = floor.engineer.get(f"/api/material-lots/{there['R-1']}/usage").must()["items"]
    assert [(use["type"], use["slotCode"], use["runNo"]) for use in used] == [("LOADING", "SLOT-01", run_no)]
    used = floor.engineer.get(f"/api/material-lots/{there['L-1']}/usage").must()["items"]
    assert [(use["type"], use["sn"]) for use in used] == [("KEY_PART", sn)]


# Reels that run low


def low(floor: Loading) -> Any:
    return floor.store.read_now(TEST, reels_that_run_low)


def test_a_reel_that_runs_low_is_told_once(floor: Loading) -> None:
    floor.setting(LOW_REEL_BOARDS, 2, floor.line_id())
    run_no = floor.loaded_run(plan=4, units=3, unitConsumption=2)
    floor.scan(run_no, "MAT-001|L-1", packageQty=8).must()
    floor.started(run_no)
    sns = floor.sns(run_no)
    told = []
    for sn in sns:
        floor.place(sn)
        told.append(floor.store.write_now(TEST, tell_low_reels, low(floor)))
    assert told == [0, 0, 1], "two boards are left, then one"
    assert low(floor) == []
    once = [(row.id, 2.0) for row in floor.rows(select(records.c.id))]
    assert floor.store.write_now(TEST, tell_low_reels, once) == 0, "another node had found it too"
    assert [row.type for row in floor.rows(select(outbox.events.c.type).where(outbox.events.c.type == "REEL_LOW"))] == [
        "REEL_LOW"
    ]
    assert floor.expected(run_no)["remainingQty"] == 2


# Floor life


@action(audit="TEST", entity="LINE", internal_only=True)
def bake(tx: Tx, lot_id: int, temp_c: float, hours: float) -> list[Any]:
    tx.unrecorded()
    msl.bake_in(tx, lot_id)
    return msl.bake_out(tx, lot_id, passed=True, temp_c=temp_c, hours=hours)


def moist(floor: Loading) -> tuple[str, str]:
    """A run with a moisture-sensitive reel of level 3 (168 h), loaded; the run and the lot."""
    floor.plant.material("MAT-001", isMoistureSensitive=True, mslLevel="3")
    floor.setting(MSL_ENABLED, True, floor.line_id())
    run_no = floor.loaded_run()
    return run_no, floor.scan(run_no, "MAT-001|L-1").must()["materialLotId"]


def event(floor: Loading, lot: str, name: str) -> Any:
    return floor.material.post(f"/api/material-lots/{lot}/msl-events", {"event": name})


def test_the_first_scan_opens_the_bag_and_the_dry_store_stops_the_clock(floor: Loading) -> None:
    _, lot = moist(floor)
    clock = floor.engineer.get(f"/api/material-lots/{lot}/msl").must()
    assert (clock["state"], clock["floorLifeMinutes"], [one["event"] for one in clock["history"]]) == (
        "OPEN",
        168 * 60,
        ["OPEN"],
    )
    floor.plant.sql(
        update(msl_clocks).values(since=msl_clocks.c.since - 3_600_000, expires_at=msl_clocks.c.expires_at - 3_600_000)
    )
    dry = event(floor, lot, "DRY_IN").must()
    assert (dry["state"], dry["usedMinutes"], dry["expiresAt"]) == ("DRY", 60, None)
    assert event(floor, lot, "DRY_OUT").must()["usedMinutes"] == 60
    for nonsense in ("OPEN", "DRY_OUT", "RESEAL", "BAKE_IN"):
        refused = event(floor, lot, nonsense)
        assert (refused.status, refused.code) == (409, "MSL_EVENT_INVALID"), nonsense
    assert [one["lotNo"] for one in floor.engineer.get("/api/msl-clocks", state="OPEN").must()["items"]] == ["L-1"]


def test_when_floor_life_is_used_up_the_reel_may_not_be_used_until_it_is_baked(floor: Loading) -> None:
    run_no, lot = moist(floor)
    assert floor.store.write_now(TEST, msl.expire_clocks) == 0
    floor.plant.sql(update(msl_clocks).values(expires_at=1))
    answer = floor.scan(run_no, "MAT-001|L-1").must()
    assert (answer["verifyResult"], answer["failCode"]) == ("FAIL", "LOT_FLOOR_LIFE_EXCEEDED")
    assert floor.store.write_now(TEST, msl.expire_clocks) == 1
    assert "FLOOR_LIFE_EXPIRED" in [row.type for row in floor.rows(select(outbox.events.c.type))]
    assert floor.engineer.get(f"/api/material-lots/{lot}/msl").must()["state"] == "EXPIRED"
    key = from_wire(lot)
    assert [one["code"] for one in floor.store.write_now(TEST, bake, key, 125, 8)] == ["MSL_BAKE_NOT_SUFFICIENT"], (
        "hours must be set first"
    )
    assert floor.engineer.get(f"/api/material-lots/{lot}/msl").must()["state"] == "EXPIRED"
    levels = {"levels": [{"level": "3", "floorLifeHours": 168, "bakeTempC": 125, "bakeMinHours": 8}]}
    assert floor.material.put("/api/msl-levels", levels).code == "FORBIDDEN"
    set_to = {row["level"]: row for row in floor.engineer.put("/api/msl-levels", levels).must()}
    assert (set_to["3"]["bakeMinHours"], set_to["2"]["floorLifeHours"]) == (8, 8760)
    assert floor.store.write_now(TEST, bake, key, 125, 8) == []
    clock = floor.engineer.get(f"/api/material-lots/{lot}/msl").must()
    assert (clock["state"], clock["usedMinutes"]) == ("OPEN", 0)
    floor.past()
    assert floor.scan(run_no, "MAT-001|L-1").must()["isIdempotent"] is True


def test_where_the_line_does_not_watch_floor_life_nothing_is_asked(floor: Loading) -> None:
    floor.plant.material("MAT-001", isMoistureSensitive=True, mslLevel="3")
    run_no = floor.loaded_run()
    lot = floor.scan(run_no, "MAT-001|L-1").must()["materialLotId"]
    assert floor.engineer.get(f"/api/material-lots/{lot}/msl").must()["state"] == "SEALED"
    assert len(floor.rows(select(msl_levels))) == 8


def test_a_part_that_is_not_sensitive_has_no_clock(floor: Loading) -> None:
    floor.plant.material("MAT-001")
    lot = floor.plant.made("engineer", "/api/material-lots", {"materialCode": "MAT-001", "lotNo": "L"})
    assert event(floor, lot["id"], "OPEN").code == "MSL_EVENT_INVALID"
    with pytest.raises(Refused):
        floor.store.write_now(TEST, bake, from_wire(lot["id"]), 125, 8)


@pytest.mark.parametrize(("event_name", "code"), [("DRY_IN", "LOT_IN_DRY_STORE"), ("BAKE_IN", "LOT_IN_OVEN")])
def test_a_lot_that_the_book_has_elsewhere_is_not_loaded_while_its_clock_stands(
    event_name: str, code: str, floor: Loading
) -> None:
    run_no, lot = moist(floor)
    floor.take_off(run_no).must()
    if event_name == "DRY_IN":
        event(floor, lot, "DRY_IN").must()
    else:
        floor.store.write_now(TEST, put_in, from_wire(lot))
    refused = floor.scan(run_no, "MAT-001|L-1").must()
    assert (refused["verifyResult"], refused["failCode"], refused["slotLocked"]) == ("FAIL", code, False)
    assert refused["failReason"]
    assert floor.expected(run_no)["status"] == "MISMATCH"
    if event_name == "DRY_IN":
        event(floor, lot, "DRY_OUT").must()
        floor.past()
        assert floor.scan(run_no, "MAT-001|L-1").must()["verifyResult"] == "PASS"


def test_a_reel_that_went_to_the_dry_store_from_its_slot_fails_the_gate(floor: Loading) -> None:
    run_no, lot = moist(floor)
    floor.gates(LINE, "ROUTE", "LOADING")
    event(floor, lot, "DRY_IN").must()
    check = floor.api.as_("leader").post(f"/api/runs/{run_no}/readiness/check").must()
    slot = next(item for item in check["items"] if item["itemType"] == "LOADING")
    assert (slot["causeCode"], slot["evidence"]["reason"]) == ("LOT_NOT_USABLE", "LOT_IN_DRY_STORE")


def test_a_line_without_floor_life_asks_no_clock(floor: Loading) -> None:
    run_no, lot = moist(floor)
    floor.take_off(run_no).must()
    event(floor, lot, "DRY_IN").must()
    floor.setting(MSL_ENABLED, False, floor.line_id())
    assert floor.scan(run_no, "MAT-001|L-1").must()["verifyResult"] == "PASS"


@action(audit="TEST", entity="LINE", internal_only=True)
def put_in(tx: Tx, lot_id: int) -> None:
    tx.unrecorded()
    msl.bake_in(tx, lot_id)
