"""The scans at the machine: verify, replace, unload, first board (spec 04.5, 04.6)."""

from __future__ import annotations

from sqlalchemy import select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import finding, scanning
from fiducial.loading.answers import LoadingRecord
from fiducial.loading.first_board import judge_first_board
from fiducial.loading.queries.records import record_by_id
from fiducial.loading.shapes import FirstUnit, ReplaceReel, UnloadReel, VerifyReel
from fiducial.loading.tables import expectations, records
from fiducial.loading.words import GOOD, LOAD, LOADED, PENDING, REPLACE, REPLACED, UNLOADED, announce_input
from fiducial.orders.lookup import the_unit
from fiducial.people.reach import must_reach_line


@action("loading:verify", audit="LOADING_VERIFY", entity="LOADING", key="body.run_no")
def verify(tx: Tx, body: VerifyReel) -> LoadingRecord:
    """Judge a reel that is scanned on a slot; a wrong one is a fact and no refusal (spec 04.5).

    Refuses RUN_NOT_FOUND, INVALID_RUN_STATUS, SLOT_NOT_FOUND, SLOT_LOCKED, SLOT_EXPECTATION_MISSING, BARCODE_PARSE_ERROR,
    MATERIAL_LOT_NOT_FOUND, MATERIAL_LOT_AMBIGUOUS, SLOT_ALREADY_LOADED.
    """
    scan = scanning.open_scan(
        tx, body.run_no, body.slot_code, body.material_lot_barcode, operator_id=body.operator_id, package_qty=body.package_qty,
        ignored=body.reviewed_by is not None,
    )  # fmt: skip
    reel = scan.own_reel
    if reel is not None:
        if not scan.is_reel(reel):
            current = {"materialCode": reel.material_code, "lotNo": reel.lot_no}
            raise Refused("SLOT_ALREADY_LOADED", slotCode=scan.slot.slot_code, current=current, **current)
        again = scanning.judge(tx, scan)
        if again.fail_code is None:
            scanning.good_again(tx, scan, reel)
            return scanning.show(tx, scan, reel, again="the reel is there")
    earlier = scanning.just_failed(tx, scan)
    if earlier is not None:
        return earlier
    return scanning.write(tx, scan, scanning.judge(tx, scan), kind=LOAD)


@action("loading:verify", audit="LOADING_REPLACE", entity="LOADING", key="body.run_no")
def replace(tx: Tx, body: ReplaceReel) -> LoadingRecord:
    """Put another reel on a slot, if it is right; a wrong one takes nothing off (spec 04.6).

    Refuses as `verify`, SLOT_NOT_LOADED, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH, FIRST_UNIT_ORDER_INVALID.
    """
    scan = scanning.open_scan(
        tx, body.run_no, body.slot_code, body.new_material_lot_barcode, operator_id=body.operator_id, package_qty=body.package_qty,
        ignored=body.reviewed_by is not None,
    )  # fmt: skip
    reel = scan.own_reel
    if reel is None:
        raise Refused("SLOT_NOT_LOADED", slotCode=scan.slot.slot_code)
    if reel.barcode == scan.barcode and reel.loaded_at > tx.now - scanning.debounce_ms(tx):
        return scanning.show(tx, scan, reel, again="the same scan")
    earlier = scanning.just_failed(tx, scan)
    if earlier is not None:
        return earlier
    first = None if body.first_unit_sn is None else the_unit(tx, body.first_unit_sn)
    if first is not None:
        judge_first_board(tx, scan.run.run_id, first, loaded_at=tx.now, previous=reel, following=None)
    judged = scanning.judge(tx, scan)
    if judged.result not in GOOD:
        return scanning.write(tx, scan, judged, kind=REPLACE, reason=body.reason)
    scanning.take_off(tx, reel.id, REPLACED, body.reason)
    answer = scanning.write(
        tx, scan, judged, kind=REPLACE, reason=body.reason, replaced_record_id=reel.id, first_unit_id=first.id if first else None
    )  # fmt: skip
    answer["firstUnitSn"] = first.sn if first else None
    return answer


@action("loading:verify", audit="LOADING_UNLOAD", entity="LOADING", key="body.run_no")
def unload(tx: Tx, body: UnloadReel) -> LoadingRecord:
    """Take a reel off. Refuses RUN_NOT_FOUND, INVALID_RUN_STATUS, SLOT_NOT_FOUND, SLOT_NOT_LOADED."""
    run = finding.run_to_load(tx, body.run_no)
    slot = finding.hold_slot(tx, run.line_id, body.slot_code)
    mine = (records.c.run_id == run.run_id, records.c.slot_id == slot.id, records.c.status == LOADED)
    reel = tx.first(select(records.c.id).where(*mine).with_for_update())
    if reel is None:
        raise Refused("SLOT_NOT_LOADED", slotCode=slot.slot_code)
    off = {"status": UNLOADED, "unloaded_at": tx.now, "unloaded_by": tx.actor.id, "unloaded_by_name": tx.actor.name}
    tx.run(update(records).where(records.c.id == reel.id).values(**off, unload_reason=body.reason))
    awaited = finding.may_be_mounted(tx, run)
    of_slot = (expectations.c.run_id == run.run_id, expectations.c.slot_id == slot.id)
    tx.run(
        update(expectations)
        .where(*of_slot)
        .values(status=PENDING, record_id=None, wrong_material=None, must_reload=awaited)
    )
    tx.record(
        f"{run.run_no} {slot.slot_code}", key=reel.id, line=finding.line_code(tx, run.line_id), reason=body.reason, runNo=run.run_no,
        slotCode=slot.slot_code,
    )  # fmt: skip
    announce_input(tx, run.run_id)
    return record_by_id(tx, reel.id)


@action("loading:verify", audit="LOADING_FIRST_UNIT", entity="LOADING", key="record_id")
def set_first_unit(tx: Tx, record_id: str, body: FirstUnit) -> LoadingRecord:
    """Say which board was the first from a reel; the boundary between the two reels moves there (spec 04.7).

    Refuses LOADING_RECORD_NOT_FOUND, LOADING_RECORD_NOT_LOADED, UNIT_NOT_FOUND, UNIT_RUN_MISMATCH, FIRST_UNIT_ORDER_INVALID.
    """
    record = finding.the_record(tx, record_id)
    must_reach_line(tx, record.line_id, "loading:verify")
    if record.verify_result not in GOOD:
        raise Refused("LOADING_RECORD_NOT_LOADED", status=record.status)
    unit = the_unit(tx, body.sn)
    previous = tx.first(select(records).where(records.c.id == record.replaced_record_id))
    following = tx.first(
        select(records).where(records.c.replaced_record_id == record.id, records.c.verify_result.in_(GOOD)).limit(1)
    )
    judge_first_board(tx, record.run_id, unit, loaded_at=record.loaded_at, previous=previous, following=following)
    tx.run(update(records).where(records.c.id == record.id).values(first_unit_id=unit.id))
    after = record_by_id(tx, record.id)
    tx.record(
        f"{after['runNo']} {after['slotCode']}", key=record.id, line=finding.line_code(tx, record.line_id), sn=unit.sn,
        slotCode=after["slotCode"],
    )  # fmt: skip
    return after
