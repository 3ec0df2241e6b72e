"""One scan of a reel on a slot (spec 04.5): what it meets, how it is judged, what it writes. Verify and replace share it.

Statements are compiled once, for whoever loads forty slots scans as fast as the scanner beeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text, bindparam, insert, literal_column, select, type_coerce, update

from fiducial.execution.standing import Run
from fiducial.kit.clock import to_wire
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import AsGiven, Hot
from fiducial.kit.tx import Tx
from fiducial.loading import finding, lots
from fiducial.loading.answers import LoadingRecord, record_of
from fiducial.loading.barcode import Scanned, read_barcode
from fiducial.loading.msl import opened_by_scan
from fiducial.loading.settings import ALTERNATE_NEEDS_REVIEW, BARCODE_PATTERNS, MSL_ENABLED, SCAN_DEBOUNCE_SECONDS
from fiducial.loading.tables import expectations, locks, records, slots
from fiducial.loading.words import (
    FAIL,
    GOOD,
    LOADED,
    MATERIAL_MISMATCH,
    MISMATCH,
    PASS,
    PENDING,
    REJECTED,
    TAKEN_OVER,
    UNLOADED,
    WARNING,
    WRONG_SCANS_LOCK,
    Warned,
    announce_input,
    warning,
)  # fmt: skip
from fiducial.orders.states import IN_PROGRESS
from fiducial.orders.tables import runs, units
from fiducial.plant.lookup import material_name

_expectation = Hot(
    select(
        expectations.c.id, expectations.c.expected_material, type_coerce(expectations.c.alternates, Text).label("alternates"),
        expectations.c.status, type_coerce(expectations.c.unit_consumption, AsGiven()).label("unit_consumption"), expectations.c.must_reload,
    )
    .where(expectations.c.run_id == bindparam("run"), expectations.c.slot_id == bindparam("slot"))
)  # fmt: skip
_any_expectation = Hot(select(expectations.c.id).where(expectations.c.run_id == bindparam("run")).limit(1))
_columns = [
    type_coerce(column, AsGiven()).label(column.name) if column.name == "unit_consumption" else column
    for column in records.c
]
_shown = select(*_columns, runs.c.run_no, units.c.sn.label("first_unit_sn")).join_from(
    records, runs, runs.c.id == records.c.run_id
)
_shown = _shown.outerjoin(units, units.c.id == records.c.first_unit_id)
# In the text, not as a value: the index of open reels is known to serve before any value is.
_LOADED: ColumnElement[str] = literal_column(f"'{LOADED}'")
_on_slot = Hot(
    _shown.add_columns(runs.c.status.label("run_status")).where(
        records.c.slot_id == bindparam("slot"), records.c.status == _LOADED
    )
)
_just_failed = Hot(
    _shown.where(
        records.c.run_id == bindparam("run"), records.c.slot_id == bindparam("slot"), records.c.loaded_at > bindparam("since"),
        records.c.verify_result == FAIL, records.c.barcode == bindparam("barcode"),
    )
    .order_by(records.c.id.desc()).limit(1)
)  # fmt: skip
_COLUMNS = tuple(
    column.name
    for column in records.c
    if column.name not in ("reviewed_by", "reviewed_by_name", "reviewed_at", "low_at")
)
_insert = Hot(
    insert(records).values({name: bindparam(name, type_=AsGiven() if name == "unit_consumption" else None) for name in _COLUMNS})
)  # fmt: skip
_take_off = Hot(
    update(records).where(records.c.id == bindparam("record"), records.c.status == LOADED)
    .values(
        status=bindparam("became"), unloaded_at=bindparam("now"), unloaded_by=bindparam("by"), unloaded_by_name=bindparam("by_name"),
        unload_reason=bindparam("why"),
    )
)  # fmt: skip
_expect = Hot(
    update(expectations).where(expectations.c.run_id == bindparam("run"), expectations.c.slot_id == bindparam("slot"))
    .values(
        status=bindparam("became"), record_id=bindparam("record"), wrong_material=bindparam("wrong"), must_reload=bindparam("reload"),
    )
)  # fmt: skip
_slot_good = Hot(
    update(slots)
    .where(slots.c.id == bindparam("slot"))
    .values(failed_attempts=0, current_record_id=bindparam("record"))
)
_slot_failed = Hot(
    update(slots).where(slots.c.id == bindparam("slot"))
    .values(
        failed_attempts=bindparam("attempts"), is_locked=bindparam("locked"), locked_at=bindparam("at"), locked_reason=bindparam("why"),
        locked_run_no=bindparam("run_no"),
    )
)  # fmt: skip
_last_wrong = Hot(
    select(records.c.barcode, records.c.loaded_at, records.c.loaded_by_name)
    .where(records.c.slot_id == bindparam("slot"), records.c.fail_code == MATERIAL_MISMATCH)
    .order_by(records.c.loaded_at.desc(), records.c.id.desc()).limit(WRONG_SCANS_LOCK - 1)
)  # fmt: skip


@dataclass(slots=True)
class Scan:
    """One scan, past its guards: run and slot are held, the barcode is understood."""

    run: Run
    line_code: str | None
    slot: Any
    expected: Any
    barcode: str
    scanned: Scanned
    on_slot: Any  # the open reel, of whatever run
    operator_id: str | None
    package_qty: int | None
    warnings: list[Warned] = field(default_factory=list)

    @property
    def own_reel(self) -> Any:
        """Give the open reel of this run on the slot, None when there is none."""
        return self.on_slot if self.on_slot is not None and self.on_slot.run_id == self.run.run_id else None

    def is_reel(self, reel: Any) -> bool:
        """Tell whether a reel is of the scanned material and lot."""
        return bool(reel.material_code == self.scanned.material_code and reel.lot_no == self.scanned.lot_no)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a scan is: PASS, WARNING for an alternate, or FAIL with its code."""

    result: str
    fail_code: str | None
    is_alternate: bool
    lot: Any


def open_scan(
    tx: Tx,
    run_no: str,
    slot_code: str,
    barcode: str,
    *,
    operator_id: str | None,
    package_qty: int | None,
    ignored: bool,
) -> Scan:
    """Ask the checks 1 to 6 of spec 04.5, in their order."""
    run = finding.run_to_load(tx, run_no)
    slot = finding.hold_slot(tx, run.line_id, slot_code)
    if slot.is_locked:
        raise Refused(
            "SLOT_LOCKED", slotCode=slot.slot_code, lockedAt=to_wire(slot.locked_at), lockedReason=slot.locked_reason
        )
    expected = _expectation.first(tx, run=run.run_id, slot=slot.id)
    if expected is None:
        empty = _any_expectation.first(tx, run=run.run_id) is not None
        raise Refused("SLOT_EXPECTATION_MISSING", runNo=run_no, slotCode=slot.slot_code, slotEmpty=empty)
    scanned = lots.material_of(tx, read_barcode(barcode, BARCODE_PATTERNS.of(tx)))
    scan = Scan(
        run, finding.line_code(tx, run.line_id), slot, expected, barcode, scanned, _on_slot.first(tx, slot=slot.id), operator_id, package_qty
    )  # fmt: skip
    if ignored:
        scan.warnings.append(warning(tx, "FIELD_IGNORED", field="reviewedBy"))
    return scan


def debounce_ms(tx: Tx) -> int:
    """Give the time within which the same scan is the same act."""
    return SCAN_DEBOUNCE_SECONDS.of(tx) * 1000


def just_failed(tx: Tx, scan: Scan) -> LoadingRecord | None:
    """Give the answer of the same scan that failed a moment ago (check 8); None when there is none."""
    wait = debounce_ms(tx)
    row = _just_failed.first(
        tx, run=scan.run.run_id, slot=scan.slot.id, since=tx.now - wait, barcode=scan.barcode
    ) if wait else None  # fmt: skip
    return None if row is None else show(tx, scan, row, again="the same scan")


def judge(tx: Tx, scan: Scan) -> Judged:
    """Judge a scan: is it the expected material or an alternate, and may its lot be used?"""
    material = scan.scanned.material_code
    assert material is not None
    is_alternate = material != scan.expected.expected_material and material in orjson.loads(scan.expected.alternates)
    if material != scan.expected.expected_material and not is_alternate:
        return Judged(FAIL, MATERIAL_MISMATCH, is_alternate=False, lot=None)
    lot = lots.find_lot(tx, material, scan.scanned.lot_no)
    fault = lots.fault_of(tx, lot, scan.run.line_id)
    if fault is not None:
        return Judged(FAIL, fault, is_alternate, lot)
    lot = lot or lots.known_lot(tx, material, scan.scanned.lot_no)
    return Judged(WARNING if is_alternate else PASS, None, is_alternate, lot)


def write(tx: Tx, scan: Scan, judged: Judged, *, kind: str, **more: Any) -> LoadingRecord:
    """Write the record of a scan and everything that follows from it; give the record."""
    good = judged.result in GOOD
    values = {
        **dict.fromkeys(_COLUMNS), "id": tx.new_id(), "run_id": scan.run.run_id, "slot_id": scan.slot.id, "kind": kind,
        "lot_id": judged.lot.id if judged.lot is not None else None, "material_code": scan.scanned.material_code,
        "lot_no": scan.scanned.lot_no, "barcode": scan.barcode, "expected_code": scan.expected.expected_material,
        "is_alternate": judged.is_alternate, "verify_result": judged.result, "fail_code": judged.fail_code,
        "status": LOADED if good else REJECTED, "failed_attempts": 0, "slot_locked": False, "package_qty": scan.package_qty,
        "unit_consumption": scan.expected.unit_consumption,
        "needs_review": judged.result == WARNING and ALTERNATE_NEEDS_REVIEW.of(tx, scan.run.line_id), "loaded_at": tx.now,
        "loaded_by": tx.actor.id, "loaded_by_name": tx.actor.name, "operator_id": scan.operator_id, **more,
    }  # fmt: skip
    (_put_on if good else _reject)(tx, scan, values)
    if good and scan.run.run_status in finding.MOUNTED:
        tx.emit("REEL_PUT_ON", scan.slot.id, runId=scan.run.run_id)  # first pieces may be due anew (spec 06.8)
    if good and MSL_ENABLED.of(tx, scan.run.line_id):
        opened_by_scan(tx, judged.lot.id, scan.scanned.material_code)
    tx.record(
        f"{scan.run.run_no} {scan.slot.slot_code}", key=values["id"], line=scan.line_code, runNo=scan.run.run_no,
        slotCode=scan.slot.slot_code, materialCode=scan.scanned.material_code, lotNo=scan.scanned.lot_no,
        verifyResult=judged.result, reason=values["reason"],
        failCode=judged.fail_code,
    )  # fmt: skip
    announce_input(tx, scan.run.run_id)
    return show(tx, scan, SimpleNamespace(**values, reviewed_by=None, reviewed_by_name=None, reviewed_at=None))


def take_off(tx: Tx, record_id: int, became: str, why: str | None) -> None:
    """End an open reel."""
    tx.send(_take_off, record=record_id, became=became, now=tx.now, by=tx.actor.id, by_name=tx.actor.name, why=why)


def expect(
    tx: Tx,
    run_id: int,
    slot_id: int,
    became: str,
    record: int | None,
    *,
    wrong: str | None = None,
    reload: bool = False,
) -> None:
    """Write the state of an expectation."""
    tx.send(_expect, run=run_id, slot=slot_id, became=became, record=record, wrong=wrong, reload=reload)


def good_again(tx: Tx, scan: Scan, reel: Any) -> None:
    """The reel that is there was scanned: what was wrong or pending is loaded again, and wrong scans are forgotten."""
    if scan.expected.status == LOADED and not scan.slot.failed_attempts:
        return
    expect(tx, scan.run.run_id, scan.slot.id, LOADED, reel.id)
    tx.send(_slot_good, slot=scan.slot.id, record=reel.id)
    announce_input(tx, scan.run.run_id)


def _put_on(tx: Tx, scan: Scan, values: dict[str, Any]) -> None:
    other = scan.on_slot if scan.own_reel is None else None
    if other is not None:
        take_off(tx, other.id, UNLOADED, TAKEN_OVER)
        running = other.run_status == IN_PROGRESS
        expect(tx, other.run_id, scan.slot.id, PENDING, None, reload=other.run_status in finding.MOUNTED)
        announce_input(tx, other.run_id)
        about = {
            "runNo": other.run_no,
            "slotCode": scan.slot.slot_code,
            "materialCode": other.material_code,
            "lotNo": other.lot_no,
        }
        if running:
            tx.emit(
                "SLOT_TAKEN_FROM_RUN",
                scan.slot.id,
                runId=other.run_id,
                lineId=scan.run.line_id,
                byRunId=scan.run.run_id,
                **about,
            )
        scan.warnings.append(warning(tx, "SLOT_TAKEN_FROM_RUN", **about))
    tx.send(_insert, **values)
    expect(tx, scan.run.run_id, scan.slot.id, LOADED, values["id"])
    tx.send(_slot_good, slot=scan.slot.id, record=values["id"])


def _reject(tx: Tx, scan: Scan, values: dict[str, Any]) -> None:
    own = scan.own_reel
    expect(
        tx, scan.run.run_id, scan.slot.id, MISMATCH, own.id if own is not None else None, wrong=values["material_code"],
        reload=bool(scan.expected.must_reload),
    )  # fmt: skip
    attempts = scan.slot.failed_attempts
    if values["fail_code"] == MATERIAL_MISMATCH:
        attempts += 1
        locked = attempts >= WRONG_SCANS_LOCK
        if locked:
            _lock(tx, scan, values)
        tx.send(
            _slot_failed, slot=scan.slot.id, attempts=attempts, locked=locked, at=tx.now if locked else None,
            why=MATERIAL_MISMATCH if locked else None, run_no=scan.run.run_no if locked else None,
        )  # fmt: skip
        values["slot_locked"] = locked
    values["failed_attempts"] = attempts
    tx.send(_insert, **values)


def _lock(tx: Tx, scan: Scan, values: dict[str, Any]) -> None:
    earlier = _last_wrong.all(tx, slot=scan.slot.id)[::-1]
    attempts = [{"barcode": row.barcode, "at": to_wire(row.loaded_at), "by": row.loaded_by_name} for row in earlier]
    attempts.append({"barcode": values["barcode"], "at": to_wire(tx.now), "by": tx.actor.name})
    tx.run(
        insert(locks).values(
            id=tx.new_id(), slot_id=scan.slot.id, run_id=scan.run.run_id, attempts=attempts, locked_at=tx.now
        )
    )
    tx.emit(
        "SLOT_LOCKED", scan.slot.id, runId=scan.run.run_id, lineId=scan.run.line_id, runNo=scan.run.run_no,
        slotCode=scan.slot.slot_code, reason=f"{values['material_code']} ≠ {scan.expected.expected_material}",
    )  # fmt: skip


def show(tx: Tx, scan: Scan, row: Any, *, again: str = "") -> LoadingRecord:
    """Give a record of this scan's slot as it is answered."""
    known = {
        "run_no": scan.run.run_no, "slot_code": scan.slot.slot_code, "slot_name": scan.slot.slot_name, "position": scan.slot.position,
        "first_unit_sn": getattr(row, "first_unit_sn", None),
    }  # fmt: skip
    fields = {name: getattr(row, name) for name in (*_COLUMNS, "reviewed_by", "reviewed_by_name", "reviewed_at")}
    return record_of(
        SimpleNamespace(**fields | known), language=tx.caller.language, again=again, warnings=scan.warnings,
        known_name=material_name(tx, row.material_code),
    )  # fmt: skip
