"""Filling the list of material lots (spec 01.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import words
from fiducial.plant.actions.materials import create_lot, update_lot
from fiducial.plant.importers.coded import UNKNOWN, known
from fiducial.plant.shapes import LotChange, NewLot
from fiducial.plant.tables import lots, materials
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as


def _judge(tx: Tx, bodies: Sequence[NewLot]) -> Iterator[Judged]:
    there = known(tx, materials, {body.material_code for body in bodies})
    for at, body in enumerate(bodies):
        if body.material_code not in there:
            yield at, "materialCode", UNKNOWN


def _take(tx: Tx, bodies: Sequence[NewLot]) -> Outcome:
    (body,) = bodies
    row = tx.first(select(lots).where(lots.c.material_code == body.material_code, lots.c.lot_no == body.lot_no))
    if row is None:
        acting_as(tx, create_lot, body)
        return "CREATED"
    said = {name: value for name, value in body.given().items() if name not in ("material_code", "lot_no")}
    now = {
        name: instant_or_none(value) if name in ("iqc_date", "expires_at") else value for name, value in said.items()
    }
    if all(getattr(row, name) == value for name, value in now.items()):
        return "UNCHANGED"
    acting_as(tx, update_lot, ids.to_wire(row.id), LotChange(**said))
    return "UPDATED"


LOTS = Importer(
    name="material-lots", page="materials/lots", title=Text("Material lots"), permission="material:config", shape=NewLot,
    key=lambda body: (body.material_code, body.lot_no), judge=_judge, take=_take,
    columns=(
        SheetColumn("materialCode", Text("Material code"), width=20), SheetColumn("lotNo", Text("Lot number"), width=24),
        SheetColumn("supplier", Text("Supplier"), width=24),
        SheetColumn("iqcResult", Text("Incoming inspection"), "words", words.IQC_RESULTS),
        SheetColumn("iqcDate", Text("Inspected at"), "instant"), SheetColumn("expiresAt", Text("Use by"), "instant"),
    ),
)  # fmt: skip
