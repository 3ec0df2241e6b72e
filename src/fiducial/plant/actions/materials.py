"""The writes of materials, BOMs and lots (spec 01.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select

from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.counters import next_number
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant import answers, ports
from fiducial.plant.changing import add_coded, bad, must_be_fresh, must_keep_code, save
from fiducial.plant.queries.materials import bom_entries, lot_row, material_row
from fiducial.plant.shapes import Bom, BomChild, LotChange, MaterialChange, NewLot, NewMaterial
from fiducial.plant.tables import bom_items, lots, materials

ERP_OWNED = ("name", "category", "unit", "model")
MANY = 500  # rows in one statement


def _changes(before: Any, after: Any) -> list[dict[str, Any]]:
    return [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]


@action("material:config", audit="MATERIAL_CREATE", entity="MATERIAL")
def create_material(tx: Tx, body: NewMaterial) -> answers.Material:
    """Make a material of our own. Refuses MATERIAL_CODE_DUPLICATE."""
    key = add_coded(
        tx, materials, "MATERIAL_CODE_DUPLICATE", source_system="MES", is_forbidden=False, **body.model_dump()
    )
    tx.record(body.code, key=key)
    return answers.material_of(material_row(tx, body.code))


@action("material:config", audit="MATERIAL_UPDATE", entity="MATERIAL", key="material_code")
def update_material(tx: Tx, material_code: str, body: MaterialChange) -> answers.Material:
    """Change a material. Refuses MATERIAL_ERP_READONLY (`details.fields`) for what the ERP owns, STALE_UPDATE."""
    code, given = material_row(tx, material_code).code, body.given()
    row = tx.one(select(materials).where(materials.c.code == code).with_for_update())
    must_keep_code(given.pop("code", None), row.code)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: answers.material_of(row))
    if row.source_system == "ERP":
        theirs = [name for name in ERP_OWNED if name in given and given[name] != getattr(row, name)]
        if theirs:
            raise Refused("MATERIAL_ERP_READONLY", materialCode=row.code, fields=theirs)
    after = answers.material_of(save(tx, materials, row, given))
    tx.record(row.code, key=row.id, changes=_changes(answers.material_of(row), after))
    tx.emit("READINESS_INPUT_CHANGED", row.id, materialCode=row.code, gates=["MATERIAL"])
    return after


@action("material:config", audit="BOM_UPDATE", entity="BOM", key="parent_code")
def put_bom(tx: Tx, parent_code: str, body: Bom) -> answers.BomEntry:
    """Replace the children of a parent. Refuses MATERIAL_NOT_FOUND, BOM_ERP_READONLY, BOM_CYCLE, STALE_UPDATE."""
    parent = material_row(tx, parent_code).code
    next_number(
        tx, "BOM"
    )  # one at a time: of two BOMs that would close a circle together the second must see the first
    tx.one(select(materials.c.id).where(materials.c.code == parent).with_for_update())
    codes = [child.child_code for child in body.children]
    seen = set[str]()
    for place, code in enumerate(codes):
        if code == parent:
            raise bad(f"children.{place}.childCode", zh="物料不能是自身的子件", en="a material is no child of itself")
        if code in seen:
            raise bad(f"children.{place}.childCode", zh="重复", en="stands twice")
        seen.add(code)
    before = bom_entries(tx, [parent]).get(parent)
    if before and before["sourceSystem"] == "ERP":
        raise Refused("BOM_ERP_READONLY", parentCode=parent)
    former = tx.scalar(select(bom_items.c.updated_at).where(bom_items.c.parent_code == parent).limit(1)) or 0
    must_be_fresh(body.given().get("if_updated_at"), former, lambda: before or {})
    _must_know(tx, codes)
    _must_not_lead_back(tx, parent, codes)
    _replace_children(tx, parent, body.children, former)
    after = bom_entries(tx, [parent])[parent]
    tx.record(
        parent, changes=_changes({"children": before["children"] if before else []}, {"children": after["children"]})
    )
    tx.emit("READINESS_INPUT_CHANGED", None, productCode=parent, gates=["MATERIAL"])
    return after


def _replace_children(tx: Tx, parent: str, children: list[BomChild], former: int) -> None:
    tx.run(delete(bom_items).where(bom_items.c.parent_code == parent))
    at = max(tx.now, former + 1)
    rows = [
        {**child.model_dump(), "parent_code": parent, "source_system": "MES", "updated_at": at} for child in children
    ]
    for start in range(0, len(rows), MANY):
        tx.run(insert(bom_items), rows[start : start + MANY])


def _must_know(tx: Tx, codes: list[str]) -> None:
    known: set[str] = set()
    for start in range(0, len(codes), MANY):
        found = tx.all(select(materials.c.code).where(materials.c.code.in_(codes[start : start + MANY])))
        known.update(row.code for row in found)
    missing = [code for code in codes if code not in known]
    if missing:
        raise Refused("MATERIAL_NOT_FOUND", materialCode=missing[0], materialCodes=missing[:50])


def _must_not_lead_back(tx: Tx, parent: str, children: list[str]) -> None:
    """Refuse BOM_CYCLE when a child, or a child of a child, has the parent as its own child."""
    came_from: dict[str, str] = dict.fromkeys(children, parent)
    level = children
    while level:
        found = tx.all(
            select(bom_items.c.parent_code, bom_items.c.child_code).where(bom_items.c.parent_code.in_(level[:MANY]))
        )
        following = level[MANY:]
        for row in found:
            if row.child_code == parent:
                raise Refused("BOM_CYCLE", path=" → ".join([*_way(came_from, parent, row.parent_code), parent]))
            if row.child_code not in came_from:
                came_from[row.child_code] = row.parent_code
                following.append(row.child_code)
        level = following


def _way(came_from: dict[str, str], start: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


@action("material:config", audit="MATERIAL_LOT_CREATE", entity="MATERIAL_LOT")
def create_lot(tx: Tx, body: NewLot) -> answers.Lot:
    """Enter a lot by hand. Refuses MATERIAL_NOT_FOUND, MATERIAL_LOT_DUPLICATE."""
    material = material_row(tx, body.material_code)
    key = tx.new_id()
    new = tx.insert_once(
        lots, id=key, material_code=material.code, lot_no=body.lot_no, supplier=body.supplier, iqc_result=body.iqc_result,
        iqc_date=instant_or_none(body.iqc_date), expires_at=instant_or_none(body.expires_at), status="AVAILABLE",
        created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not new:
        raise Refused("MATERIAL_LOT_DUPLICATE", materialCode=material.code, lotNo=body.lot_no)
    answer = answers.lot_of(_lot_by_key(tx, key))
    tx.record(f"{material.code}|{body.lot_no}", key=key)
    return answer


@action("material:config", audit="MATERIAL_LOT_UPDATE", entity="MATERIAL_LOT", key="lot_id")
def update_lot(tx: Tx, lot_id: str, body: LotChange) -> answers.Lot:
    """Change what is known of a lot. Refuses MATERIAL_LOT_NOT_FOUND, STALE_UPDATE."""
    given = body.given()
    row = tx.one(select(lots).where(lots.c.id == lot_row(tx, lot_id).id).with_for_update())
    before = _lot_by_key(tx, row.id)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: answers.lot_of(_lot_by_key(tx, row.id)))
    for name in ("iqc_date", "expires_at"):
        if name in given:
            given[name] = instant_or_none(given[name])
    save(tx, lots, row, given)
    after = answers.lot_of(_lot_by_key(tx, row.id))
    tx.record(f"{row.material_code}|{row.lot_no}", key=row.id, changes=_changes(answers.lot_of(before), after))
    ports.lot_changed(tx, row.id)
    tx.emit("READINESS_INPUT_CHANGED", row.id, materialCode=row.material_code, gates=["LOADING"])
    return after


def _lot_by_key(tx: Tx, key: int) -> Row[Any]:
    return lot_row(tx, ids.to_wire(key))
