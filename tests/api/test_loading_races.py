"""Two at the machine at once, on PostgreSQL where writers run side by side: one wins, the other is told, nothing is half done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.api.execution_floor import at_once, run_again
from tests.api.loading_floor import ROUTE, Loading
from tests.api.plant import LINE, Plant

from fiducial.kit.acting import Caller, action
from fiducial.kit.refusals import Refused
from fiducial.kit.store import make_engine
from fiducial.kit.tx import Tx
from fiducial.loading.actions import table_load
from fiducial.loading.actions.scans import replace, verify
from fiducial.loading.actions.table_import import import_table
from fiducial.loading.actions.table_load import load_table
from fiducial.loading.choosing import choose
from fiducial.loading.queries import standing as queries_standing
from fiducial.loading.queries.standing import standing
from fiducial.loading.shapes import ImportTable, LoadTable, ReplaceReel, VerifyReel
from fiducial.loading.table_file import read_table
from fiducial.loading.tables import expectations, records, slots
from fiducial.orders.lookup import run_to_change
from fiducial.plant.tables import lots

ROUNDS = 4
US = Caller(internal="test")


@pytest.fixture
def floor(plant: Plant) -> Loading:
    return Loading(plant)


def codes(results: list[Any]) -> list[str]:
    return sorted(one.code if isinstance(one, Refused) else str(one.get("verifyResult", "loaded")) for one in results)


def scanning(floor: Loading, run_no: str, slot: str, barcode: str) -> Callable[[], Any]:
    body = VerifyReel(run_no=run_no, slot_code=slot, material_lot_barcode=barcode)
    return lambda: floor.store.write_now(US, verify, body)


def changing(floor: Loading, run_no: str, slot: str, barcode: str) -> Callable[[], Any]:
    body = ReplaceReel(run_no=run_no, slot_code=slot, new_material_lot_barcode=barcode, reason="empty")
    return lambda: floor.store.write_now(US, replace, body)


def loading(floor: Loading, run_no: str, **said: Any) -> Callable[[], Any]:
    return lambda: floor.store.write_now(US, load_table, run_no, LoadTable(**said))


def open_reels(floor: Loading) -> int:
    return int(floor.rows(select(func.count()).select_from(records).where(records.c.status == "LOADED"))[0][0])


def test_of_two_reels_scanned_on_one_slot_at_once_one_is_loaded(floor: Loading) -> None:
    names = [f"S-{n}" for n in range(ROUNDS)]
    run_no = floor.loaded_run(*names)
    for n, slot in enumerate(names):
        material = f"MAT-{n + 1:03d}"
        results = at_once(
            scanning(floor, run_no, slot, f"{material}|A"), scanning(floor, run_no, slot, f"{material}|B")
        )
        assert codes(results) == ["PASS", "SLOT_ALREADY_LOADED"]
    assert open_reels(floor) == ROUNDS


def test_three_wrong_scans_at_once_lock_the_slot_and_none_is_lost(floor: Loading) -> None:
    run_no = floor.loaded_run()
    results = at_once(*(scanning(floor, run_no, "SLOT-01", f"WRONG-{n}|L") for n in range(3)))
    assert codes(results) == ["FAIL"] * 3
    assert sorted(one["failedAttempts"] for one in results) == [1, 2, 3]
    assert floor.slot_now()["isLocked"] is True


def test_a_change_and_a_scan_at_once_leave_one_reel(floor: Loading) -> None:
    run_no = floor.loaded_run()
    floor.scan(run_no, "MAT-001|L-0").must()
    for n in range(ROUNDS):
        results = at_once(
            changing(floor, run_no, "SLOT-01", f"MAT-001|N-{n}"), scanning(floor, run_no, "SLOT-01", f"MAT-001|N-{n}")
        )
        assert codes(results) in (["PASS", "PASS"], ["PASS", "SLOT_ALREADY_LOADED"])
        assert open_reels(floor) == 1
        assert floor.expected(run_no)["loadedLotNo"] == f"N-{n}"


def test_loading_the_table_and_a_scan_at_once_do_not_mix(floor: Loading) -> None:
    floor.table()
    for n in range(ROUNDS):
        run_no = floor.run_with_table()
        results = at_once(loading(floor, run_no), scanning(floor, run_no, "SLOT-01", f"MAT-001|T-{n}"))
        assert codes(results) in (["PASS", "loaded"], ["LOADING_ALREADY_STARTED", "PASS"])
        (row,) = floor.rows(select(expectations).where(expectations.c.status == "LOADED"))
        assert row.record_id is not None


def test_one_new_lot_on_two_slots_at_once_is_one_lot_with_two_reels(floor: Loading) -> None:
    for slot in ("S-1", "S-2"):
        floor.slot(slot)
        floor.maps("MAT-001", slot=slot)
    run_no = floor.run_with_table()
    results = at_once(scanning(floor, run_no, "S-1", "MAT-001|L"), scanning(floor, run_no, "S-2", "MAT-001|L"))
    assert codes(results) == ["PASS", "PASS"]
    assert len(floor.rows(select(lots))) == 1
    assert open_reels(floor) == 2


def test_two_runs_that_take_one_slot_at_once_leave_it_to_one(floor: Loading) -> None:
    first = floor.loaded_run()
    second = floor.run_with_table()
    results = at_once(scanning(floor, first, "SLOT-01", "MAT-001|A"), scanning(floor, second, "SLOT-01", "MAT-001|B"))
    assert codes(results) == ["PASS", "PASS"]
    assert open_reels(floor) == 1
    assert sorted(floor.expected(run_no)["status"] for run_no in (first, second)) == ["LOADED", "PENDING"]


def test_runs_whose_tables_are_loaded_at_once_wait_for_one_another_and_none_is_run_again(
    floor: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three stand at the slot's lock when it is let go: had they shared it before, for their rows, they would be deadlocked."""
    floor.table()
    run_nos = [floor.run(plan=1, route=floor.route(None, *ROUTE)) for _ in range(3)]
    tried = counting(monkeypatch)
    results = behind_a_lock_of(floor, "SLOT-01", *(loading(floor, run_no) for run_no in run_nos))
    assert codes(results) == ["loaded"] * 3
    assert len(tried) == 3


def test_a_table_loaded_by_force_and_a_table_loaded_beside_it_take_the_slots_in_one_order(
    floor: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reel lies on the last slot: who had it before the first would wait for one who had the first and waits for the last."""
    forced = floor.loaded_run("S-1", "S-2")
    floor.scan(forced, "MAT-002|LOT", slot="S-2").must()
    other_run = floor.run(plan=1, route=floor.route(None, *ROUTE))
    tried = counting(monkeypatch)
    results = behind_a_lock_of(
        floor,
        "S-1",
        loading(floor, other_run),
        loading(floor, forced, force=True, reason="laid out anew"),
    )
    assert codes(results) == ["loaded"] * 2
    assert len(tried) == 2


def test_a_check_of_what_is_loaded_and_a_table_loaded_beside_it_take_the_slots_in_one_order(
    floor: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slots stand in the other order than they were made: what is shown by place is had by key."""
    for number, code in ((2, "S-2"), (1, "S-1")):
        floor.slot(code, position=number)
        floor.maps("MAT-001", slot=code)
    checked = floor.run_with_table()
    other_run = floor.run(plan=1, route=floor.route(None, *ROUTE))
    tried = counting(monkeypatch)
    results = behind_a_lock_of(
        floor,
        "S-2",
        loading(floor, other_run),
        lambda: floor.store.write_now(US, judge_standing, checked),
    )
    assert codes(results) == ["loaded"] * 2
    assert len(tried) == 2


def test_two_tables_that_make_the_same_slots_in_other_orders_are_taken_without_being_run_again(
    floor: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, meet, insert_once = run_again(monkeypatch), threading.Barrier(2), Tx.insert_once

    def slowly(tx: Tx, table: Any, **values: Any) -> bool:
        new = insert_once(tx, table, **values)
        if table is slots and not meet.broken:
            with suppress(threading.BrokenBarrierError):
                meet.wait(0.5)
        return new

    monkeypatch.setattr(Tx, "insert_once", slowly)

    def taking(product: str, *codes: str) -> Callable[[], Any]:
        file = read_table([["slotCode", "materialCode"], *([code, f"MAT-{code}"] for code in codes)])
        body = ImportTable(line_code=LINE, product_code=product, create_slots=True)
        return lambda: floor.store.write_now(US, import_table, body, file, "table.csv", product)

    results = at_once(taking("P-1", "S-1", "S-2"), taking("P-2", "S-2", "S-1"))
    assert [one["rows"] for one in results] == [2, 2]
    assert again == []


@action(audit="TEST", entity="RUN", internal_only=True)
def judge_standing(tx: Any, run_no: str) -> dict[str, Any]:
    """As a check of readiness does, which writes what it found."""
    tx.unrecorded()
    standing(tx, run_to_change(tx, run_no))
    return {}


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give the list of the times that a table was chosen: once for each act that was not run again."""
    tried: list[Any] = []

    def counted(tx: Any, key: Any) -> Any:
        tried.append(key)
        return choose(tx, key)

    for room in (table_load, queries_standing):
        monkeypatch.setattr(room, "choose", counted)
    return tried


def behind_a_lock_of(floor: Loading, slot: str, *acts: Callable[[], Any]) -> list[Any]:
    """Begin acts one after the other while somebody has a slot, so that all stand at what they ask first; then let it go."""
    with make_engine(floor.store.url.render_as_string(hide_password=False)).connect() as other:
        other.execute(select(slots.c.id).where(slots.c.slot_code == slot).with_for_update())
        letting_go = threading.Timer(1.0, other.rollback)
        letting_go.start()
        turns = [lambda place=place, act=act: (time.sleep(place * 0.3), act())[1] for place, act in enumerate(acts)]
        results = at_once(*turns)
        letting_go.join()
    return results
