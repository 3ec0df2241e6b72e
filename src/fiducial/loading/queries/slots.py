"""Slots, mappings and station tables as they are read (spec 04.1-04.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, part, yes_no
from fiducial.kit.tx import Tx
from fiducial.loading.answers import FeederSlot, SlotMapping, StationTable
from fiducial.loading.choosing import key_of, level_of, rows_for
from fiducial.loading.finding import slot_of_id
from fiducial.loading.tables import ANY, locks, mappings, records, slots, station_tables
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.tables import runs
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import lines, materials


def _bare(column: ColumnElement[Any]) -> Any:
    return lambda value: part(column)("".join(value.split()))


SLOTS = Listing(
    filters={
        "slotCode": _bare(slots.c.slot_code), "machineNo": part(slots.c.machine_no), "isActive": yes_no(slots.c.is_active),
        "isLocked": yes_no(slots.c.is_locked), "search": part(slots.c.slot_code, slots.c.slot_name),
    },
    sorts={"position": slots.c.position, "slotCode": slots.c.slot_code, "machineNo": slots.c.machine_no},
    default_sort="position.asc,slotCode.asc", key=slots.c.id,
)  # fmt: skip
MAPPINGS = Listing(
    filters={
        "lineCode": exact(lines.c.code), "slotCode": _bare(slots.c.slot_code), "productCode": part(mappings.c.product_code),
        "routingCode": part(mappings.c.routing_code), "materialCode": part(mappings.c.material_code),
        "isAlternate": yes_no(mappings.c.is_alternate), "resolveForRun": lambda _: mappings.c.id.is_not(None),
    },
    sorts={
        "position": slots.c.position, "slotCode": slots.c.slot_code, "materialCode": mappings.c.material_code,
        "priority": mappings.c.priority, "updatedAt": mappings.c.updated_at,
    },
    default_sort="position.asc,slotCode.asc,priority.asc", key=mappings.c.id,
)  # fmt: skip
STATION_TABLES = Listing(
    filters={
        "lineCode": exact(lines.c.code), "productCode": part(station_tables.c.product_code), "routingCode": part(station_tables.c.routing_code),
    },
    sorts={"lineCode": lines.c.code, "productCode": station_tables.c.product_code, "updatedAt": station_tables.c.updated_at},
    default_sort="lineCode.asc,productCode.asc", key=station_tables.c.id,
)  # fmt: skip


def slots_statement() -> Select[Any]:
    """Give the statement of slots with their line and the reel that is on each."""
    joined = (
        slots.join(lines, lines.c.id == slots.c.line_id).outerjoin(records, records.c.id == slots.c.current_record_id)
        .outerjoin(runs, runs.c.id == records.c.run_id)
    )  # fmt: skip
    return select(
        slots, lines.c.code.label("line_code"), records.c.material_code, records.c.lot_no, records.c.loaded_at, runs.c.run_no,
    ).select_from(joined)  # fmt: skip


def slot_shown(row: Any) -> FeederSlot:
    """Give a row of `slots_statement` as it is answered."""
    current = None
    if row.material_code is not None:
        current = {
            "materialCode": row.material_code, "lotNo": row.lot_no, "recordId": ids.to_wire(row.current_record_id),
            "runNo": row.run_no, "loadedAt": clock.to_wire(row.loaded_at),
        }  # fmt: skip
    return {
        "id": ids.to_wire(row.id), "lineCode": row.line_code, "slotCode": row.slot_code, "slotName": row.slot_name,
        "machineNo": row.machine_no, "position": row.position, "isActive": row.is_active, "isLocked": row.is_locked,
        "failedAttempts": row.failed_attempts, "lockedAt": clock.to_wire(row.locked_at), "lockedReason": row.locked_reason,
        "lockedRunNo": row.locked_run_no, "current": current,  # type: ignore[typeddict-item]
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def slot_by_id(tx: Tx, slot_id: int) -> FeederSlot:
    """Give one slot."""
    return slot_shown(tx.one(slots_statement().where(slots.c.id == slot_id)))


@query("loading:view")
def list_slots(tx: Tx, line_id: str, page: Page) -> Listed[FeederSlot]:
    """Give the slots of a line by position. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_id)
    must_reach_line(tx, line.id, "loading:view")
    return SLOTS.answer(tx, slots_statement().where(slots.c.line_id == line.id), page, slot_shown)


@query("loading:view")
def slot_locks(tx: Tx, slot_id: str) -> list[dict[str, Any]]:
    """Give the locks of a slot, newest first. Refuses SLOT_NOT_FOUND, FORBIDDEN."""
    slot = slot_of_id(tx, slot_id, "loading:view")
    found = (
        select(locks, runs.c.run_no)
        .select_from(locks.outerjoin(runs, runs.c.id == locks.c.run_id))
        .where(locks.c.slot_id == slot.id)
    )
    return [
        {
            "lockedAt": clock.to_wire(row.locked_at), "runNo": row.run_no, "attempts": row.attempts,
            "unlockedAt": clock.to_wire(row.unlocked_at), "unlockedBy": ids.wire_or_none(row.unlocked_by),
            "unlockedByName": row.unlocked_by_name, "reason": row.reason,
        }
        for row in tx.all(found.order_by(locks.c.id.desc()))
    ]  # fmt: skip


def mappings_statement() -> Select[Any]:
    """Give the statement of mappings with slot, line and material name."""
    joined = (
        mappings.join(slots, slots.c.id == mappings.c.slot_id).join(lines, lines.c.id == slots.c.line_id)
        .outerjoin(materials, materials.c.code == mappings.c.material_code)
    )  # fmt: skip
    return select(
        mappings, slots.c.slot_code, slots.c.position, slots.c.line_id, lines.c.code.label("line_code"), materials.c.name.label("material_name")
    ).select_from(joined)  # fmt: skip


def mapping_shown(row: Any) -> SlotMapping:
    """Give a row of `mappings_statement` as it is answered."""
    return {
        "id": ids.to_wire(row.id), "slotId": ids.to_wire(row.slot_id), "lineCode": row.line_code, "slotCode": row.slot_code,
        "materialCode": row.material_code, "materialName": row.material_name, "productCode": row.product_code or None,
        "routingCode": row.routing_code or None, "isAlternate": row.is_alternate, "priority": row.priority,
        "unitConsumption": row.unit_consumption, "isCommonMaterial": row.is_common_material, "refDes": row.ref_des,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


class ResolvedMapping(SlotMapping):
    """A mapping with the level it counts at; `level` stands only where a run was asked for."""

    level: int | None


@query("loading:view")
def list_mappings(tx: Tx, page: Page) -> Listed[ResolvedMapping]:
    """Give the mappings in reach; with `resolveForRun` those that count for that run. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    statement = mappings_statement()
    reach = lines_in_reach(tx, "loading:view")
    if reach is not None:
        statement = statement.where(slots.c.line_id.in_(reach) if reach else false())
    run_no = page.filters.get("resolveForRun")
    if run_no is not None:
        run = the_run(tx, run_no)
        must_reach_run(tx, run, "loading:view")
        chosen = [row.id for rows in rows_for(tx, key_of(tx, run)).values() for row in rows]
        statement = statement.where(mappings.c.id.in_(chosen) if chosen else false())

    def shown(row: Any) -> ResolvedMapping:
        level = None if run_no is None else level_of(row.product_code, row.routing_code)
        return ResolvedMapping(**mapping_shown(row), level=level)

    return MAPPINGS.answer(tx, statement, page, shown)


def tables_statement() -> Select[Any]:
    """Give the statement of station tables with line and number of mappings."""
    counted = (
        select(func.count()).select_from(mappings.join(slots, slots.c.id == mappings.c.slot_id))
        .where(
            slots.c.line_id == station_tables.c.line_id, mappings.c.product_code == station_tables.c.product_code,
            mappings.c.routing_code == station_tables.c.routing_code,
        )
        .correlate(station_tables).scalar_subquery()
    )  # fmt: skip
    joined = station_tables.join(lines, lines.c.id == station_tables.c.line_id)
    return select(station_tables, lines.c.code.label("line_code"), counted.label("row_count")).select_from(joined)


def table_shown(row: Any) -> StationTable:
    """Give a row of `tables_statement` as it is answered."""
    return {
        "id": ids.to_wire(row.id), "lineCode": row.line_code, "productCode": row.product_code or None,
        "routingCode": row.routing_code or None, "programName": row.program_name, "unlistedSlots": row.unlisted_slots,
        "revision": row.revision, "fileName": row.file_name, "fileHash": row.file_hash, "importedBy": ids.wire_or_none(row.imported_by),
        "importedByName": row.imported_by_name, "importedAt": clock.to_wire(row.imported_at), "rowCount": row.row_count,
        "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip


def table_by_id(tx: Tx, table_id: int) -> StationTable:
    """Give one station table."""
    return table_shown(tx.one(tables_statement().where(station_tables.c.id == table_id)))


@query("loading:view")
def list_tables(tx: Tx, page: Page) -> Listed[StationTable]:
    """Give the heads of station tables in reach."""
    statement = tables_statement()
    reach = lines_in_reach(tx, "loading:view")
    if reach is not None:
        statement = statement.where(station_tables.c.line_id.in_(reach) if reach else false())
    return STATION_TABLES.answer(tx, statement, page, table_shown)


def key_rows(tx: Tx, line_id: int, product_code: str, routing_code: str) -> Sequence[Any]:
    """Give the mappings of exactly one key on a line, by slot, with their slot and material name."""
    mine = mappings_statement().where(
        slots.c.line_id == line_id, mappings.c.product_code == (product_code or ANY), mappings.c.routing_code == (routing_code or ANY)
    )  # fmt: skip
    return tx.all(mine.order_by(slots.c.position, slots.c.slot_code, mappings.c.priority, mappings.c.material_code))


def slot_ids(tx: Tx, line_id: int) -> Mapping[str, int]:
    """Give the slots of a line by code."""
    return {
        row.slot_code: row.id for row in tx.all(select(slots.c.slot_code, slots.c.id).where(slots.c.line_id == line_id))
    }
