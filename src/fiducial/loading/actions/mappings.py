"""The writes of slot mappings and of the heads of station tables (spec 04.2, 04.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, insert, select, update

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, Said, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.loading.answers import SavedMapping, SlotMapping, StationTable
from fiducial.loading.finding import hold_slot, slot_of_id, the_mapping
from fiducial.loading.queries.slots import mapping_shown, mappings_statement, table_by_id
from fiducial.loading.shapes import MappingChange, NewMapping, TableHead
from fiducial.loading.tables import ANY, mappings, slots, station_tables
from fiducial.loading.words import REQUIRED, Warned, announce_line, warning
from fiducial.people.reach import must_reach_line
from fiducial.plant.answers import Gone
from fiducial.plant.changing import stamp
from fiducial.plant.lookup import material_name, the_line
from fiducial.plant.tables import bom_items
from fiducial.routing.choose import the_route


@action("loading:config", audit="SLOT_MAPPING_CREATE", entity="LINE")
def create_mapping(tx: Tx, body: NewMapping) -> SavedMapping:
    """Say that a material belongs on a slot. Refuses SLOT_NOT_FOUND, ROUTE_NOT_FOUND, SLOT_MAPPING_DUPLICATE, SLOT_MAPPING_PRIMARY_EXISTS."""
    slot = _slot(tx, body)
    if body.routing_code is not None:
        the_route(tx, body.routing_code)
    values = {
        "material_code": body.material_code, "product_code": body.product_code or ANY, "routing_code": body.routing_code or ANY,
        "is_alternate": body.is_alternate,
    }  # fmt: skip
    _must_fit(tx, slot, values, besides=None)
    key = tx.new_id()
    tx.run(
        insert(mappings).values(
            id=key, slot_id=slot.id, **values, priority=body.priority, unit_consumption=body.unit_consumption,
            is_common_material=body.is_common_material, ref_des=body.ref_des, created_at=tx.now, updated_at=tx.now,
        )
    )  # fmt: skip
    return _saved(tx, key, {})


@action("loading:config", audit="SLOT_MAPPING_UPDATE", entity="LINE", key="id")
def update_mapping(tx: Tx, id: str, body: MappingChange) -> SavedMapping:
    """Change a mapping, not its slot. Refuses SLOT_MAPPING_NOT_FOUND and what `create_mapping` refuses."""
    row = the_mapping(tx, id)
    slot = slot_of_id(tx, ids.to_wire(row.slot_id), "loading:config")
    before, given = _shown(tx, row.id), body.given()
    for name in ("product_code", "routing_code"):
        if name in given:
            given[name] = given[name] or ANY
    if given.get("routing_code"):
        the_route(tx, given["routing_code"])
    wanted = {
        name: given.get(name, getattr(row, name))
        for name in ("material_code", "product_code", "routing_code", "is_alternate")
    }
    _must_fit(tx, slot, wanted, besides=row.id)
    differing = {name: value for name, value in given.items() if getattr(row, name) != value}
    if differing:
        tx.run(
            update(mappings).where(mappings.c.id == row.id).values(**differing, updated_at=stamp(tx, row.updated_at))
        )
    return _saved(tx, row.id, before)


@action("loading:config", audit="SLOT_MAPPING_DELETE", entity="LINE", key="id")
def delete_mapping(tx: Tx, id: str) -> Gone:
    """Delete a mapping; tables that are loaded already do not change. Refuses SLOT_MAPPING_NOT_FOUND."""
    row = the_mapping(tx, id)
    slot = slot_of_id(tx, ids.to_wire(row.slot_id), "loading:config")
    before = _shown(tx, row.id)
    tx.run(delete(mappings).where(mappings.c.id == row.id))
    tx.record(_name(before), key=row.id, line=before["lineCode"], changes=changed_fields(before, {}))
    announce_line(tx, slot.line_id)
    return Gone(id=before["id"])


@action("loading:config", audit="STATION_TABLE_UPDATE", entity="LINE", key="body.line_code")
def put_table(tx: Tx, body: TableHead) -> StationTable:
    """Make or change the head of a station table by its key. Refuses LINE_NOT_FOUND, ROUTE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, body.line_code)
    must_reach_line(tx, line.id, "loading:config")
    if body.routing_code is not None:
        the_route(tx, body.routing_code)
    given = {name: value for name, value in body.given().items() if name in ("program_name", "unlisted_slots")}
    row = held_head(tx, line.id, body.product_code or ANY, body.routing_code or ANY)
    differing = {name: value for name, value in given.items() if getattr(row, name) != value}
    if differing:
        tx.run(
            update(station_tables).where(station_tables.c.id == row.id)
            .values(**differing, revision=row.revision + 1, updated_at=stamp(tx, row.updated_at))
        )  # fmt: skip
    after = table_by_id(tx, row.id)
    tx.record(
        table_name(after), key=row.id, line=line.code,
        changes=[{"path": name, "before": getattr(row, name), "after": value} for name, value in differing.items()],
    )  # fmt: skip
    announce_line(tx, line.id)
    return after


def held_head(tx: Tx, line_id: int, product_code: str, routing_code: str) -> Any:
    """Give the head of a key, had alone; made when there is none."""
    tx.insert_once(
        station_tables, id=tx.new_id(), line_id=line_id, product_code=product_code, routing_code=routing_code, unlisted_slots=REQUIRED,
        revision=1, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    mine = (
        station_tables.c.line_id == line_id, station_tables.c.product_code == product_code, station_tables.c.routing_code == routing_code,
    )  # fmt: skip
    return tx.one(select(station_tables).where(*mine).with_for_update())


def table_name(table: StationTable) -> str:
    """Give how a table is called in the audit book: line, product, routing."""
    return " ".join([table["lineCode"], table["productCode"] or "*", table["routingCode"] or "*"])


def _slot(tx: Tx, body: NewMapping) -> Any:
    """Give the slot, named by id or by line and code; where both are given they must name the same."""
    both = Said(zh="用 slotId，或 lineCode 加 slotCode", en="give slotId, or lineCode and slotCode")
    if body.slot_id is not None:
        slot = slot_of_id(tx, body.slot_id, "loading:config")
        if body.slot_code not in (None, slot.slot_code):
            raise bad_field("slotId", both)
        return slot
    if body.line_code is None or body.slot_code is None:
        raise bad_field("slotId", both)
    line = the_line(tx, body.line_code)
    must_reach_line(tx, line.id, "loading:config")
    return hold_slot(tx, line.id, body.slot_code)


def _must_fit(tx: Tx, slot: Any, values: dict[str, Any], *, besides: int | None) -> None:
    """Refuse a second mapping of one material, and a second primary. The slot is held, so nobody adds one meanwhile."""
    same = [
        mappings.c.slot_id == slot.id, mappings.c.product_code == values["product_code"], mappings.c.routing_code == values["routing_code"],
    ]  # fmt: skip
    if besides is not None:
        same.append(mappings.c.id != besides)
    twin = tx.first(select(mappings.c.id).where(*same, mappings.c.material_code == values["material_code"]))
    if twin is not None:
        raise Refused("SLOT_MAPPING_DUPLICATE", slotCode=slot.slot_code, materialCode=values["material_code"])
    if not values["is_alternate"]:
        primary = tx.scalar(select(mappings.c.material_code).where(*same, mappings.c.is_alternate.is_(False)))
        if primary is not None:
            raise Refused("SLOT_MAPPING_PRIMARY_EXISTS", slotCode=slot.slot_code, existing=primary)


def _shown(tx: Tx, mapping_id: int) -> SlotMapping:
    return mapping_shown(tx.one(mappings_statement().where(mappings.c.id == mapping_id)))


def _name(mapping: SlotMapping) -> str:
    return f"{mapping['lineCode']} {mapping['slotCode']} {mapping['materialCode']}"


def _saved(tx: Tx, mapping_id: int, before: Any) -> SavedMapping:
    after = _shown(tx, mapping_id)
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"] if before else None
    tx.record(_name(after), key=mapping_id, line=after["lineCode"], changes=changes)
    line_id = tx.scalar(
        select(slots.c.line_id).join(mappings, mappings.c.slot_id == slots.c.id).where(mappings.c.id == mapping_id)
    )
    announce_line(tx, line_id)
    return SavedMapping(**after, warnings=warnings_for(tx, after["materialCode"], after["productCode"]))


def warnings_for(tx: Tx, material_code: str, product_code: str | None) -> list[Warned]:
    """Give what is odd about a material on a slot of a product: not known, not in the BOM."""
    if material_name(tx, material_code) is None:
        return [warning(tx, "MATERIAL_UNKNOWN", materialCode=material_code)]
    if product_code is None or not in_a_bom(tx, product_code):
        return []
    child = exists().where(bom_items.c.parent_code == product_code, bom_items.c.child_code == material_code)
    if tx.scalar(select(child)):
        return []
    return [warning(tx, "MATERIAL_NOT_IN_BOM", materialCode=material_code, productCode=product_code)]


def in_a_bom(tx: Tx, product_code: str) -> bool:
    """Tell whether a product has a BOM."""
    return bool(tx.scalar(select(exists().where(bom_items.c.parent_code == product_code))))
