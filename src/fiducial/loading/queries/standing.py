"""How a run stands with its reels: what the gate LOADING judges (spec 03.6) and the run's page shows (spec 02.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from fiducial.kit.tx import Tx
from fiducial.loading.choosing import choose, key_of
from fiducial.loading.lots import fault_of
from fiducial.loading.tables import expectations, loaded_tables, records, slots
from fiducial.loading.words import LOADED, MISMATCH, MOUNT
from fiducial.orders.ports import RunSection
from fiducial.plant.tables import lots
from fiducial.routing.frozen import frozen_route


@dataclass(frozen=True, slots=True)
class SlotStanding:
    """One slot of a run: what it shall hold, what it holds, and what is wrong with it."""

    slot_id: int
    slot_code: str
    slot_name: str | None
    position: int
    expected_material: str
    alternates: Sequence[str]
    status: str  # PENDING LOADED MISMATCH
    is_locked: bool
    locked_at: int | None
    locked_reason: str | None
    failed_attempts: int
    wrong_material: str | None  # of the last scan, while MISMATCH
    record_id: int | None  # the open reel, also while MISMATCH
    material_code: str | None
    lot_id: int | None
    lot_no: str | None
    verify_result: str | None
    is_alternate: bool
    loaded_at: int | None
    loaded_by: int | None
    loaded_by_name: str | None
    lot_fault: str | None  # LOT_ON_HOLD LOT_SCRAPPED LOT_IQC_FAILED LOT_EXPIRED LOT_FLOOR_LIFE_EXCEEDED
    lot_expires_at: int | None  # when what is fit now ceases to be so


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands. `outdated`: mappings have changed so that another expectation would result."""

    needs_slots: bool  # a step of the frozen route is of kind MOUNT
    active_slots: int
    table_loaded: bool
    table_hash: str | None
    outdated: bool
    slots: Sequence[SlotStanding]


def standing(tx: Tx, run: Any) -> Standing:
    """Give how a run (a row of the table `run`) stands with its reels. In a write, what is judged is held as it is."""
    holds = tx.chain is not None
    route = frozen_route(tx, run.version_id)
    choice = choose(tx, key_of(tx, run))
    head = tx.first(select(loaded_tables.c.table_hash).where(loaded_tables.c.run_id == run.id))
    wanted = _statement(run.id)
    if holds:  # by their keys, as all who hold several: the order in which they are shown is another
        of_run = select(expectations.c.slot_id).where(expectations.c.run_id == run.id)
        tx.all(select(slots.c.id).where(slots.c.id.in_(of_run)).order_by(slots.c.id).with_for_update(read=True))
    rows = tx.all(wanted.with_for_update(read=True, of=[expectations, slots]) if holds else wanted)
    return Standing(
        needs_slots=any(step.process_kind == MOUNT for step in route.steps), active_slots=choice.active_slots,
        table_loaded=head is not None, table_hash=head.table_hash if head else None,
        outdated=head is not None and head.table_hash != choice.hash,
        slots=[_slot(tx, row, run.line_id) for row in rows],
    )  # fmt: skip


def _statement(run_id: int) -> Any:
    open_record = and_(records.c.id == expectations.c.record_id, records.c.status == LOADED)
    joined = (
        expectations.join(slots, slots.c.id == expectations.c.slot_id).outerjoin(records, open_record)
        .outerjoin(lots, lots.c.id == records.c.lot_id)
    )  # fmt: skip
    return (
        select(
            expectations.c.slot_id, slots.c.slot_code, slots.c.slot_name, slots.c.position, expectations.c.expected_material,
            expectations.c.alternates, expectations.c.status, slots.c.is_locked, slots.c.locked_at, slots.c.locked_reason,
            slots.c.failed_attempts, expectations.c.wrong_material, records.c.id.label("record_id"), records.c.material_code,
            records.c.lot_id, records.c.lot_no, records.c.verify_result, records.c.is_alternate, records.c.loaded_at,
            records.c.loaded_by, records.c.loaded_by_name, lots.c.id.label("lot_key"), lots.c.status.label("lot_status"),
            lots.c.iqc_result, lots.c.expires_at.label("lot_expires_at"),
        )
        .select_from(joined).where(expectations.c.run_id == run_id).order_by(slots.c.position, slots.c.slot_code)
    )  # fmt: skip


class _Lot:
    """The lot of a row, as `fault_of` reads one."""

    __slots__ = ("expires_at", "id", "iqc_result", "status")

    def __init__(self, row: Any) -> None:
        self.id, self.status, self.iqc_result, self.expires_at = (
            row.lot_key,
            row.lot_status,
            row.iqc_result,
            row.lot_expires_at,
        )


def _slot(tx: Tx, row: Any, line_id: int) -> SlotStanding:
    fault = fault_of(tx, _Lot(row), line_id) if row.lot_key is not None else None
    return SlotStanding(
        slot_id=row.slot_id, slot_code=row.slot_code, slot_name=row.slot_name, position=row.position,
        expected_material=row.expected_material, alternates=row.alternates, status=row.status, is_locked=row.is_locked,
        locked_at=row.locked_at, locked_reason=row.locked_reason, failed_attempts=row.failed_attempts, wrong_material=row.wrong_material,
        record_id=row.record_id, material_code=row.material_code, lot_id=row.lot_id, lot_no=row.lot_no, verify_result=row.verify_result,
        is_alternate=bool(row.is_alternate), loaded_at=row.loaded_at, loaded_by=row.loaded_by, loaded_by_name=row.loaded_by_name,
        lot_fault=fault, lot_expires_at=row.lot_expires_at,
    )  # fmt: skip


class RunsLoading(RunSection):
    """The part `loading` of a run's details: `{expected, loaded, mismatch, locked}` (spec 02.11)."""

    def of_run(self, tx: Tx, run: Any) -> Any:
        """Count the slots of the run."""
        there = tx.all(
            select(expectations.c.status, slots.c.is_locked)
            .join_from(expectations, slots, slots.c.id == expectations.c.slot_id)
            .where(expectations.c.run_id == run.id)
        )
        return {
            "expected": len(there), "loaded": sum(row.status == LOADED for row in there),
            "mismatch": sum(row.status == MISMATCH for row in there), "locked": sum(bool(row.is_locked) for row in there),
        }  # fmt: skip
