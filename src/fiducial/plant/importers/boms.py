"""Filling BOMs (spec 01.4): one row for each child; the rows of a parent are taken together and replace what it had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.actions.materials import put_bom
from fiducial.plant.bom_circles import circles
from fiducial.plant.importers.coded import OF_THE_ERP, UNKNOWN
from fiducial.plant.queries.materials import bom_entries
from fiducial.plant.shapes import Bom, BomChild, Quantity, Unit
from fiducial.plant.tables import bom_items, materials
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

MANY, MOST_CHILDREN = 500, 2000
ITSELF = Said(zh="物料不能是自身的子件", en="a material is no child of itself")
TOO_MANY = Said(zh=f"子件超过 {MOST_CHILDREN} 个", en=f"it has more than {MOST_CHILDREN} children")


class BomRow(Body):
    """One child of one parent, as a row of a sheet."""

    parent_code: Key
    child_code: Key
    qty: Quantity
    unit: Unit | None = None
    is_key_part: bool = False


def _judge(tx: Tx, bodies: Sequence[BomRow]) -> Iterator[Judged]:
    known = _known_materials(tx, {code for body in bodies for code in (body.parent_code, body.child_code)})
    planned: dict[str, list[str]] = {}
    for body in bodies:
        planned.setdefault(body.parent_code, []).append(body.child_code)
    erp_owned = _erp_owned(tx, list(planned))
    rounds = circles(tx, planned)
    for at, body in enumerate(bodies):
        if body.parent_code not in known:
            yield at, "parentCode", UNKNOWN
        if body.child_code not in known:
            yield at, "childCode", UNKNOWN
        if body.parent_code in erp_owned:
            yield at, "parentCode", OF_THE_ERP
        if body.child_code == body.parent_code:
            yield at, "childCode", ITSELF
        elif body.child_code in (way := rounds.get(body.parent_code, [])):
            said = " → ".join(way[:20])
            yield at, "childCode", Said(zh=f"物料清单形成循环：{said}", en=f"the BOM would contain itself: {said}")
        if len(planned[body.parent_code]) > MOST_CHILDREN:
            yield at, "parentCode", TOO_MANY


def _known_materials(tx: Tx, codes: set[str]) -> set[str]:
    wanted, known = list(codes), set[str]()
    for first in range(0, len(wanted), MANY):
        some = select(materials.c.code).where(materials.c.code.in_(wanted[first : first + MANY]))
        known.update(row.code for row in tx.all(some))
    return known


def _erp_owned(tx: Tx, parents: list[str]) -> set[str]:
    owned = set[str]()
    for first in range(0, len(parents), MANY):
        some = select(bom_items.c.parent_code).where(bom_items.c.parent_code.in_(parents[first : first + MANY]))
        owned.update(row.parent_code for row in tx.all(some.where(bom_items.c.source_system == "ERP").distinct()))
    return owned


def _take(tx: Tx, bodies: Sequence[BomRow]) -> Outcome:
    parent = bodies[0].parent_code
    before = bom_entries(tx, [parent]).get(parent)
    children = [BomChild(**body.model_dump(exclude={"parent_code"})) for body in bodies]
    if before is not None:
        now = {(part["childCode"], part["qty"], part["unit"], part["isKeyPart"]) for part in before["children"]}
        if now == {(child.child_code, child.qty, child.unit, child.is_key_part) for child in children}:
            return "UNCHANGED"
    acting_as(tx, put_bom, parent, Bom(children=children))
    return "CREATED" if before is None else "UPDATED"


BOMS = Importer(
    name="boms", page="materials/boms", title=Text("BOM"), permission="material:config", shape=BomRow,
    key=lambda body: (body.parent_code, body.child_code), group=lambda body: body.parent_code,
    judge=_judge, take=_take, judged_at_once=100_000,
    columns=(
        SheetColumn("parentCode", Text("Parent"), width=20), SheetColumn("childCode", Text("Child"), width=20),
        SheetColumn("qty", Text("Quantity for one"), "number"), SheetColumn("unit", Text("Unit of measure"), width=8),
        SheetColumn("isKeyPart", Text("Key part"), "flag"),
    ),
)  # fmt: skip
