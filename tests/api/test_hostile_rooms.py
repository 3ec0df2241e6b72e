"""Ways around the gates that a hostile reader found: each stays closed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from tests.api.loading_floor import MOUNT, PRINT, Loading
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.quality_floor import Quality
from tests.api.test_hostile_races import meanwhile
from tests.api.test_imports import GOOD, shown, take
from tests.api.test_loading_parts import moist
from tests.api.test_time_rules import NEW
from tests.api.tooling_floor import Crib
from tests.api.web import Api

from fiducial.kit.acting import action
from fiducial.kit.ids import from_wire
from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.loading import msl
from fiducial.loading.listeners import judge_lot_again
from fiducial.loading.settings import MSL_ENABLED
from fiducial.loading.tables import msl_clocks
from fiducial.orders.tables import runs, units
from fiducial.people.tables import users
from fiducial.plant.tables import lots
from fiducial.quality.settings import REWORK_LIMIT
from fiducial.sheets.tables import imports

ON_POSTGRESQL = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def loading(plant: Plant) -> Loading:
    return Loading(plant)


@pytest.fixture
def quality(plant: Plant) -> Quality:
    return Quality(plant)


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def authorised(floor: Loading, slots: tuple[str, ...] = ("SLOT-01",)) -> tuple[str, str]:
    """A run that is authorised with a reel on each slot, none of whose boards has come; its number and a board."""
    run_no = floor.loaded_run(*slots, plan=2, units=1)
    for number, slot in enumerate(slots, 1):
        floor.scan(run_no, f"MAT-{number:03d}|L-1", slot=slot).must()
    floor.set_run(run_no, status="AUTHORIZED", authorized_at=1)
    return run_no, floor.sns(run_no)[0]


# ---- reels


def test_a_reel_taken_off_an_authorised_run_stops_its_first_board_before_anything_is_judged_anew(
    loading: Loading,
) -> None:
    run_no, sn = authorised(loading)
    loading.take_off(run_no).must()
    assert loading.to_mount(sn).code == "LOADING_NOT_VERIFIED"
    loading.set_run(run_no, status="IN_PROGRESS", started_at=1)  # a board came in at the printer meanwhile
    assert loading.to_mount(sn).code == "LOADING_NOT_VERIFIED"
    loading.scan(run_no, "MAT-001|L-2").must()
    loading.place(sn)


def test_a_reel_that_another_run_takes_from_an_authorised_one_stops_its_first_board(loading: Loading) -> None:
    _, sn = authorised(loading)
    other = loading.run_with_table(plan=1, units=1)
    loading.scan(other, "MAT-001|L-9").must()
    assert loading.to_mount(sn).code == "LOADING_NOT_VERIFIED"


def test_a_lot_blocked_while_its_run_is_authorised_stops_its_first_board(loading: Loading) -> None:
    run_no, sn = authorised(loading)
    loading.plant.sql(update(lots).values(status="ON_HOLD"))
    lot = loading.rows(select(lots.c.id))[0].id
    loading.store.write_now(TEST, hear_of_lot, lot)
    loading.set_run(run_no, status="IN_PROGRESS", started_at=1)
    assert loading.to_mount(sn).code == "LOADING_NOT_VERIFIED"


@action(audit="TEST", entity="LINE", internal_only=True)
def hear_of_lot(tx: Tx, lot_id: int) -> None:
    """What the listener does of a lot that has changed."""
    tx.unrecorded()
    judge_lot_again(tx, Event(1, "MATERIAL_LOT_CHANGED", lot_id, {}))


# ---- floor life


@action(audit="TEST", entity="LINE", internal_only=True)
def put_into_the_oven(tx: Tx, lot_id: int) -> None:
    tx.unrecorded()
    msl.bake_in(tx, lot_id)


def test_a_lot_whose_floor_life_is_over_is_not_used_because_it_lies_in_the_oven(loading: Loading) -> None:
    run_no, lot = moist(loading)
    loading.plant.sql(update(msl_clocks).values(expires_at=1))
    assert loading.store.write_now(TEST, msl.expire_clocks) == 1
    loading.store.write_now(TEST, put_into_the_oven, from_wire(lot))
    loading.past()
    answer = loading.scan(run_no, "MAT-001|L-1").must()
    assert (answer["verifyResult"], answer["failCode"]) == ("FAIL", "LOT_FLOOR_LIFE_EXCEEDED")


@ON_POSTGRESQL
def test_of_two_reels_of_a_sealed_lot_scanned_at_once_both_are_loaded(loading: Loading, database: str) -> None:
    loading.plant.material("MAT-001", isMoistureSensitive=True, mslLevel="3")
    loading.setting(MSL_ENABLED, True, loading.line_id())
    run_no = loading.loaded_run()
    lot = from_wire(loading.scan(run_no, "MAT-001|L-1").must()["materialLotId"])
    loading.take_off(run_no).must()
    loading.plant.sql(delete(msl_clocks))
    with meanwhile(database) as they:  # the scan on the other slot has opened the bag, and is not committed yet
        they.conn.execute(insert(msl_clocks).values(lot_id=lot, state="OPEN", used_ms=0, opened_at=1, since=1))
        (answer,) = they.until_somebody_waits(lambda: loading.scan(run_no, "MAT-001|L-1"))
    assert answer.must()["verifyResult"] == "PASS"
    assert len(loading.rows(select(msl_clocks))) == 1


# ---- faults


@ON_POSTGRESQL
def test_a_fault_found_while_the_mrb_moves_its_board_is_never_one_that_stops_nothing(
    quality: Quality, database: str
) -> None:
    run_no, other = quality.running(), quality.running()
    sn = quality.sns(run_no)[0]
    board = units.c.sn == sn
    to = select(runs.c.id).where(runs.c.run_no == other).scalar_subquery()
    fault = {"unitSn": sn, "code": "A3"}
    with meanwhile(database) as they:
        they.conn.execute(update(runs).where(runs.c.run_no == run_no).values(status="CLOSED_REWORK"))
        they.conn.execute(update(units).where(board).values(run_id=to))
        (answer,) = they.until_somebody_waits(lambda: quality.quality.post("/api/defects", fault))
    assert answer.code == "CONFLICT_RETRY"
    made = quality.quality.post("/api/defects", fault).must()
    assert (made["blocking"], made["runNo"], made["unit"]["status"]) == (True, other, "OUT_FAILED")


@pytest.mark.one_engine
def test_reworks_beyond_the_limit_are_allowed_by_whoever_may_override_on_that_line(quality: Quality) -> None:
    quality.setting(REWORK_LIMIT, 1)
    run_no = quality.running()
    sn = quality.sns(run_no)[0]
    quality.through(sn, STATIONS[0], result="FAIL")
    quality.set_units(run_no, only=sn, rework_count=1)
    defect = quality.defects(sn=sn)[0]
    elsewhere = holder_of_two(quality.plant, "LINE-FAR")
    body = {"type": "REWORK", "overrideReason": "customer agreed"}
    assert elsewhere.post(f"/api/defects/{defect['id']}/disposition", body).code == "FORBIDDEN"
    assert quality.unit(sn).rework_count == 1
    here = holder_of_two(quality.plant, LINE)
    assert here.post(f"/api/defects/{defect['id']}/disposition", body).must()["unit"]["status"] == "QUEUED"


def holder_of_two(plant: Plant, line: str) -> Api:
    """Somebody who decides on faults anywhere, and may override on one line."""
    codes = [
        plant.role(permissions=["quality:disposition"])["code"],
        plant.role(permissions=["readiness:override"], scope="ASSIGNED_LINES")["code"],
    ]
    user = plant.user(roles=codes, lineCodes=[line])["username"]
    plant.sql(users.update().where(users.c.username == user).values(must_change_password=False))
    return plant.session(user)


# ---- what belongs to another line


@pytest.mark.one_engine
def test_naming_a_line_of_ones_own_takes_no_machine_of_another_line_out_of_use(crib: Crib) -> None:
    body = {
        "entityType": "EQUIPMENT", "entityId": "ST-FAR-01", "maintenanceType": "REPAIR", "description": "Something broke",
        "lineCode": LINE,
    }  # fmt: skip
    assert crib.leader.post("/api/maintenance-records", body).code == "FORBIDDEN"
    assert crib.leader.post("/api/maintenance-records", body | {"entityId": PRINT}).must()["lineCode"] == LINE
    assert crib.leader.post("/api/maintenance-records", body | {"entityId": MOUNT, "lineCode": "LINE-FAR"}).code == (
        "FORBIDDEN"
    )


@pytest.mark.one_engine
def test_the_time_rule_of_a_line_is_kept_by_whoever_reaches_the_line(plant: Plant) -> None:
    who = plant.holder("readiness:config", scope="ASSIGNED_LINES", lineCodes=[LINE])
    engineer = plant.api.as_("engineer")
    far: dict[str, Any] = {"scope": "LINE", "scopeValue": "LINE-FAR"}
    made = engineer.post("/api/time-rules", NEW | far | {"code": "FAR"}).must()
    assert who.post("/api/time-rules", NEW | far | {"code": "MINE"}).code == "FORBIDDEN"
    assert who.patch(f"/api/time-rules/{made['id']}", {"isActive": False}).code == "FORBIDDEN"
    assert who.delete(f"/api/time-rules/{made['id']}").code == "FORBIDDEN"
    mine = who.post("/api/time-rules", NEW | {"code": "MINE", "scope": "LINE", "scopeValue": LINE}).must()
    assert who.patch(f"/api/time-rules/{mine['id']}", {"scopeValue": "LINE-FAR"}).code == "FORBIDDEN"
    who.patch(f"/api/time-rules/{mine['id']}", {"isActive": False}).must()


# ---- files


@pytest.mark.one_engine
def test_what_is_still_being_read_of_a_file_is_nobodys_to_take(plant: Plant) -> None:
    who = plant.api.as_("engineer")
    job = shown(who, GOOD)
    plant.sql(update(imports).values(status="READING"))
    assert take(who, job).code == "IMPORT_NOT_FOUND"
    assert who.delete(f"/api/imports/materials/{job['id']}").code == "IMPORT_NOT_FOUND"
    assert who.get(f"/api/imports/materials/{job['id']}").code == "IMPORT_NOT_FOUND"
