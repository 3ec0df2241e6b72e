"""Parts placed by hand as they are read (spec 04.7), and where a lot was used (spec 01.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, false, literal, null, select, union_all
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, part
from fiducial.kit.tx import Tx
from fiducial.loading.tables import material_uses, records, slots
from fiducial.loading.words import GOOD
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.queries.materials import lot_row


class MaterialUse(TypedDict):
    """A part placed by hand."""

    id: str
    sn: str
    runNo: str
    stepNo: int
    materialCode: str
    lotNo: str
    partSn: str | None
    position: str | None
    qty: float
    isKeyPart: bool
    source: str
    operatorId: str | None
    usedAt: str | None
    usedBy: str | None
    usedByName: str | None
    removedAt: str | None
    removedBy: str | None
    removedByName: str | None
    removeReason: str | None


class LotUse(TypedDict):
    """One use of a lot."""

    type: str
    id: str
    runNo: str | None
    slotCode: str | None
    sn: str | None
    at: str | None
    operatorId: str | None


# A use is entered when it happens, so keys stand in the order of its times: no index on these, and no sorting of millions.
USES = Listing(
    filters={
        "sn": exact(units.c.sn), "materialCode": part(material_uses.c.material_code), "lotNo": part(material_uses.c.lot_no),
        "partSn": part(material_uses.c.part_sn), "runNo": part(runs.c.run_no),
    },
    sorts={"usedAt": material_uses.c.id, "materialCode": material_uses.c.material_code, "sn": units.c.sn},
    default_sort="usedAt.desc", key=material_uses.c.id,
)  # fmt: skip
_places = union_all(
    select(
        records.c.id, literal("LOADING").label("type"), records.c.lot_id, records.c.run_id, records.c.slot_id, null().label("unit_id"),
        records.c.loaded_at.label("at"), records.c.operator_id,
    ).where(records.c.verify_result.in_(GOOD)),
    select(
        material_uses.c.id, literal("KEY_PART").label("type"), material_uses.c.lot_id, material_uses.c.run_id, null().label("slot_id"),
        material_uses.c.unit_id, material_uses.c.used_at.label("at"), material_uses.c.operator_id,
    ),
).subquery("lot_use")  # fmt: skip
LOT_USES = Listing(
    filters={"runNo": part(runs.c.run_no)}, sorts={"at": _places.c.at}, default_sort="at.desc", key=_places.c.id
)


def _uses() -> Select[Any]:
    joined = material_uses.join(units, units.c.id == material_uses.c.unit_id).join(
        runs, runs.c.id == material_uses.c.run_id
    )
    return select(material_uses, units.c.sn, runs.c.run_no).select_from(joined)


def use_shown(row: Any) -> MaterialUse:
    """Give a use as it is answered."""
    return {
        "id": ids.to_wire(row.id), "sn": row.sn, "runNo": row.run_no, "stepNo": row.step_no, "materialCode": row.material_code,
        "lotNo": row.lot_no, "partSn": row.part_sn, "position": row.position, "qty": row.qty, "isKeyPart": row.is_key_part,
        "source": row.source, "operatorId": row.operator_id, "usedAt": clock.to_wire(row.used_at), "usedBy": ids.wire_or_none(row.used_by),
        "usedByName": row.used_by_name, "removedAt": clock.to_wire(row.removed_at), "removedBy": ids.wire_or_none(row.removed_by),
        "removedByName": row.removed_by_name, "removeReason": row.remove_reason,
    }  # fmt: skip


def use_by_id(tx: Tx, use_id: int) -> MaterialUse:
    """Give one use."""
    return use_shown(tx.one(_uses().where(material_uses.c.id == use_id)))


@query("trace:read")
def list_uses(tx: Tx, page: Page) -> Listed[MaterialUse]:
    """Give the parts placed by hand in reach, newest first."""
    statement, reach = _uses(), lines_in_reach(tx, "trace:read")
    if reach is not None:
        statement = statement.where(runs.c.line_id.in_(reach) if reach else false())
    return USES.answer(tx, statement, page, use_shown)


@query("material:read")
def lot_usage(tx: Tx, lot_id: str, page: Page) -> Listed[LotUse]:
    """Give where a lot was used on lines in reach, newest first (spec 01.4). Refuses MATERIAL_LOT_NOT_FOUND."""
    lot = lot_row(tx, lot_id)
    joined = (
        _places.outerjoin(runs, runs.c.id == _places.c.run_id).outerjoin(slots, slots.c.id == _places.c.slot_id)
        .outerjoin(units, units.c.id == _places.c.unit_id)
    )  # fmt: skip
    statement = (
        select(_places, runs.c.run_no, slots.c.slot_code, units.c.sn)
        .select_from(joined)
        .where(_places.c.lot_id == lot.id)
    )
    reach = lines_in_reach(tx, "material:read")
    if reach is not None:
        statement = statement.where(runs.c.line_id.in_(reach) if reach else false())

    def shown(row: Any) -> LotUse:
        return {
            "type": row.type, "id": ids.to_wire(row.id), "runNo": row.run_no, "slotCode": row.slot_code, "sn": row.sn,
            "at": clock.to_wire(row.at), "operatorId": row.operator_id,
        }  # fmt: skip

    return LOT_USES.answer(tx, statement, page, shown)
