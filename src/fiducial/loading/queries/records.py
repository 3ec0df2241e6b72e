"""Loading records and expectations as they are read (spec 04.6, 10.4.15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body
from fiducial.kit.listing import TRUE_OR_FALSE, Condition, Listed, Listing, Page, exact, one_of, part, since, until
from fiducial.kit.tx import Tx
from fiducial.loading.answers import Expectation, Expectations, LoadingRecord, record_of
from fiducial.loading.queries.standing import standing
from fiducial.loading.queries.used import units_of_records
from fiducial.loading.tables import expectations, records, slots
from fiducial.loading.words import (
    FAIL,
    GOOD,
    LOAD,
    LOADED,
    MISMATCH,
    PASS,
    PENDING,
    REJECTED,
    REPLACE,
    REPLACED,
    UNLOADED,
    WARNING,
)
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, materials

STATUSES = (LOADED, UNLOADED, REPLACED, REJECTED)


def _slot_part(value: str) -> ColumnElement[bool]:
    return part(slots.c.slot_code)("".join(value.split()))


_FILTERS: dict[str, Condition] = {
    "slotCode": _slot_part, "materialCode": part(records.c.material_code), "lotNo": part(records.c.lot_no),
    "verifyResult": one_of(records.c.verify_result, (PASS, WARNING, FAIL)), "status": one_of(records.c.status, STATUSES),
    "kind": one_of(records.c.kind, (LOAD, REPLACE)), "from": since(records.c.loaded_at), "to": until(records.c.loaded_at),
}  # fmt: skip
_SORTS: dict[str, ColumnElement[Any]] = {
    "loadedAt": records.c.loaded_at, "slotCode": slots.c.slot_code, "position": slots.c.position, "materialCode": records.c.material_code,
}  # fmt: skip
RECORDS = Listing(filters=_FILTERS, sorts=_SORTS, default_sort="loadedAt.desc", key=records.c.id)


def _reviewed(value: str) -> ColumnElement[bool]:
    if value not in ("true", "false"):
        raise ValueError(TRUE_OR_FALSE)
    return records.c.reviewed_at.is_not(None) if value == "true" else records.c.reviewed_at.is_(None)


REEL_CHANGES = Listing(
    filters={
        "lineCode": exact(lines.c.code), "runNo": part(runs.c.run_no), "slotCode": _slot_part, "materialCode": part(records.c.material_code),
        "reviewed": _reviewed, "from": since(records.c.loaded_at), "to": until(records.c.loaded_at),
        "search": part(runs.c.run_no, slots.c.slot_code, records.c.material_code, records.c.lot_no),
    },
    sorts=_SORTS, default_sort="loadedAt.desc", key=records.c.id,
)  # fmt: skip


def records_statement(*more: Any) -> Select[Any]:
    """Give the statement of records with the names of run, slot, material and first board."""
    joined = (
        records.join(runs, runs.c.id == records.c.run_id).join(slots, slots.c.id == records.c.slot_id)
        .join(lines, lines.c.id == slots.c.line_id).outerjoin(materials, materials.c.code == records.c.material_code)
        .outerjoin(units, units.c.id == records.c.first_unit_id)
    )  # fmt: skip
    return select(
        records, runs.c.run_no, slots.c.slot_code, slots.c.slot_name, slots.c.position, slots.c.machine_no, slots.c.line_id,
        lines.c.code.label("line_code"), materials.c.name.label("material_name"), units.c.sn.label("first_unit_sn"), *more,
    ).select_from(joined)  # fmt: skip


def record_shown(tx: Tx, row: Any) -> LoadingRecord:
    """Give a row of `records_statement` as it is answered."""
    return record_of(row, language=tx.caller.language, known_name=row.material_name)


def record_by_id(tx: Tx, record_id: int) -> LoadingRecord:
    """Give one record."""
    return record_shown(tx, tx.one(records_statement().where(records.c.id == record_id)))


@query("loading:view")
def list_run_records(tx: Tx, run_no: str, page: Page) -> Listed[LoadingRecord]:
    """Give the scans of a run, newest first. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "loading:view")
    statement = records_statement().where(records.c.run_id == run.id)
    return RECORDS.answer(tx, statement, page, lambda row: record_shown(tx, row))


class ReelChange(LoadingRecord):
    """A reel change as a line of the paper form QR-Mac-022."""

    lineCode: str
    productCode: str
    machineNo: str | None


@query("loading:view")
def list_reel_changes(tx: Tx, page: Page) -> Listed[ReelChange]:
    """Give the reel changes in reach as the paper shows them, newest first; refused scans are not on the paper."""
    from fiducial.orders.tables import work_orders

    product = select(work_orders.c.product_code).where(work_orders.c.id == runs.c.work_order_id).scalar_subquery()
    statement = records_statement(product.label("product_code")).where(
        records.c.kind == REPLACE, records.c.verify_result.in_(GOOD)
    )
    reach = lines_in_reach(tx, "loading:view")
    if reach is not None:
        statement = statement.where(slots.c.line_id.in_(reach) if reach else false())

    def shown(row: Any) -> ReelChange:
        return ReelChange(
            **record_shown(tx, row), lineCode=row.line_code, productCode=row.product_code, machineNo=row.machine_no
        )

    return REEL_CHANGES.answer(tx, statement, page, shown)


class ExpectationsAsked(Body):
    """Which expectations are asked for."""

    status: str | None = None


@query("loading:view")
def run_expectations(tx: Tx, run_no: str, asked: ExpectationsAsked) -> Expectations:
    """Give what the slots of a run shall hold and hold, by position. Refuses RUN_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "loading:view")
    found = expectations_of(tx, run)
    if asked.status is not None:
        _must_be_statuses(asked.status)
        found = [one for one in found if one["status"] in asked.status.split(",")]
    return {"items": found}


def _must_be_statuses(text: str) -> None:
    from fiducial.kit.refusals import bad_field, reason_of

    try:
        one_of(expectations.c.status, (PENDING, LOADED, MISMATCH))(text)
    except ValueError as wrong:
        raise bad_field("status", reason_of(wrong)) from None


def expectations_of(tx: Tx, run: Any) -> list[Expectation]:
    """Give the expectations of a run (a row of the table `run`) by position."""
    stands = {slot.slot_id: slot for slot in standing(tx, run).slots}
    joined = expectations.outerjoin(materials, materials.c.code == expectations.c.expected_material)
    rows = tx.all(
        select(expectations, materials.c.name.label("material_name")).select_from(joined).where(expectations.c.run_id == run.id)
    )  # fmt: skip
    rows = sorted(rows, key=lambda row: (stands[row.slot_id].position, stands[row.slot_id].slot_code))
    left = _remaining(tx, run)
    return [
        {
            "id": ids.to_wire(row.id), "slotId": ids.to_wire(row.slot_id), "slotCode": slot.slot_code, "slotName": slot.slot_name,
            "position": slot.position, "expectedMaterialCode": row.expected_material, "expectedMaterialName": row.material_name,
            "alternates": row.alternates, "unitConsumption": row.unit_consumption, "refDes": row.ref_des, "level": row.level,
            "status": row.status, "isLocked": slot.is_locked, "failedAttempts": slot.failed_attempts,
            "wrongMaterialCode": row.wrong_material, "loadedMaterialCode": slot.material_code, "loadedLotNo": slot.lot_no,
            "loadedAt": clock.to_wire(slot.loaded_at), "loadedBy": ids.wire_or_none(slot.loaded_by), "loadedByName": slot.loaded_by_name,
            "recordId": ids.wire_or_none(slot.record_id), "remainingQty": left.get(slot.record_id) if slot.record_id else None,
        }
        for row in rows
        for slot in (stands[row.slot_id],)
    ]  # fmt: skip


def _remaining(tx: Tx, run: Any) -> Mapping[int, float]:
    """Give the pieces left on each open reel whose package and usage are known."""
    known = (
        records.c.run_id == run.id,
        records.c.status == LOADED,
        records.c.package_qty.is_not(None),
        records.c.unit_consumption.is_not(None),
    )
    reels = tx.all(select(records.c.id, records.c.package_qty, records.c.unit_consumption).where(*known))
    if not reels:
        return {}
    used = units_of_records(tx, records.c.run_id == run.id, records.c.status == LOADED)
    return {row.id: round(row.package_qty - used.get(row.id, (0, True))[0] * row.unit_consumption, 4) for row in reels}
