"""Slots and runs as loading finds them. Order of locks on PostgreSQL: run, then slots by id, then lots (page of `execution.standing`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select

from fiducial.execution.standing import Run, find_run, share_run
from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.loading import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.loading.tables import expectations, mappings, records, slots, station_tables
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP
from fiducial.orders.tables import runs
from fiducial.people.reach import must_reach_line
from fiducial.plant.tables import lines

LOADABLE = (PREP, AUTHORIZED, IN_PROGRESS)
# The first board may come before readiness has judged a change anew, so what is taken off an authorised run stops it at once.
MOUNTED = (AUTHORIZED, IN_PROGRESS)

_slot = Hot(
    select(
        slots.c.id, slots.c.line_id, slots.c.slot_code, slots.c.slot_name, slots.c.machine_no, slots.c.position, slots.c.is_active,
        slots.c.is_locked, slots.c.failed_attempts, slots.c.locked_at, slots.c.locked_reason, slots.c.current_record_id,
    )
    .where(slots.c.line_id == bindparam("line"), slots.c.slot_code == bindparam("code")).with_for_update()
)  # fmt: skip
_status = Hot(select(runs.c.status).where(runs.c.id == bindparam("run")))
_line_code = Hot(select(lines.c.code).where(lines.c.id == bindparam("line")))


def without_space(code: str) -> str:
    """Give a slot code as it is kept: `2 F - 46` is `2F-46` (spec 04.1)."""
    return "".join(code.split())


def run_to_load(tx: Tx, run_no: str) -> Run:
    """Give a run that reels may be loaded for; it stays so until this transaction ends.

    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS.
    """
    run = find_run(tx, run_no)
    must_reach_line(tx, run.line_id, "loading:verify")
    status = share_run(tx, run.run_id, run.run_status)
    if status not in LOADABLE:
        raise Refused("INVALID_RUN_STATUS", status=status, allowed=list(LOADABLE))
    return run


def may_be_mounted(tx: Tx, run: Run) -> bool:
    """Tell whether boards of a run, which is held, may come in: it is authorised, also when none has come yet."""
    return _status.scalar(tx, run=run.run_id) in MOUNTED


def hold_slot(tx: Tx, line_id: int, code: str) -> Any:
    """Give a slot of a line, had alone until the end of this transaction. Refuses SLOT_NOT_FOUND."""
    slot = _slot.first(tx, line=line_id, code=without_space(code))
    if slot is None:
        raise Refused("SLOT_NOT_FOUND", slotCode=without_space(code))
    return slot


def line_code(tx: Tx, line_id: int) -> str | None:
    """Give the code of a line."""
    code: str | None = _line_code.scalar(tx, line=line_id)
    return code


def slot_of_id(tx: Tx, slot_id: str, *permissions: str, line_id: int | None = None) -> Row[Any]:
    """Give the slot of an opaque id; in a write, had alone. Refuses SLOT_NOT_FOUND (also for a slot of another line), FORBIDDEN."""
    key = ids.from_wire(slot_id)
    wanted = select(slots).where(slots.c.id == key)
    slot = None if key is None else tx.first(wanted if tx.chain is None else wanted.with_for_update())
    if slot is None or line_id not in (None, slot.line_id):
        raise Refused("SLOT_NOT_FOUND", slotId=slot_id)
    must_reach_line(tx, slot.line_id, *permissions)
    return slot


def the_mapping(tx: Tx, mapping_id: str) -> Row[Any]:
    """Give a mapping for change. Refuses SLOT_MAPPING_NOT_FOUND."""
    key = ids.from_wire(mapping_id)
    row = None if key is None else tx.first(select(mappings).where(mappings.c.id == key).with_for_update())
    if row is None:
        raise Refused("SLOT_MAPPING_NOT_FOUND", mappingId=mapping_id)
    return row


def the_table(tx: Tx, table_id: str, *permissions: str) -> Row[Any]:
    """Give a station table. Refuses STATION_TABLE_NOT_FOUND, FORBIDDEN."""
    key = ids.from_wire(table_id)
    row = None if key is None else tx.first(select(station_tables).where(station_tables.c.id == key))
    if row is None:
        raise Refused("STATION_TABLE_NOT_FOUND", tableId=table_id)
    must_reach_line(tx, row.line_id, *permissions)
    return row


def the_record(tx: Tx, record_id: str) -> Row[Any]:
    """Give a loading record, had alone, with `line_id` of its slot. Refuses LOADING_RECORD_NOT_FOUND."""
    key = ids.from_wire(record_id)
    row = None
    if key is not None:
        joined = select(records, slots.c.line_id).join_from(records, slots, slots.c.id == records.c.slot_id)
        row = tx.first(joined.where(records.c.id == key).with_for_update(of=records))
    if row is None:
        raise Refused("LOADING_RECORD_NOT_FOUND", recordId=record_id)
    return row


def expectation_columns() -> tuple[Any, ...]:
    """Give the columns of an expectation but its lists."""
    return tuple(column for column in expectations.c if column.name not in ("alternates", "ref_des"))
