"""Defect codes as a spreadsheet, out and in (spec 06.14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant.importers.coded import UNKNOWN, known, other_case
from fiducial.plant.tables import operations
from fiducial.quality import codes, words
from fiducial.quality.code_actions import DefectCodeChange, NewDefectCode, create_code, update_code
from fiducial.quality.figures import sheet
from fiducial.quality.tables import defect_codes
from fiducial.sheets.exports import Sheet
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

COLUMNS = (
    SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Chinese name"), width=24),
    SheetColumn("nameEn", Text("English name"), width=24), SheetColumn("category", Text("Category"), "words", words.CATEGORIES),
    SheetColumn("severity", Text("Severity"), "words", words.SEVERITIES), SheetColumn("operationCodes", Text("Operations"), "list", width=24),
    SheetColumn("isActive", Text("In use"), "flag", width=8),
)  # fmt: skip


def _judge(tx: Tx, bodies: Sequence[NewDefectCode]) -> Iterator[Judged]:
    lowered = func.lower(defect_codes.c.code)
    there = {
        row.code.lower(): row.code
        for row in tx.all(select(defect_codes.c.code).where(lowered.in_({body.code.lower() for body in bodies})))
    }
    there_operations = known(tx, operations, {code for body in bodies for code in body.operation_codes})
    for at, body in enumerate(bodies):
        existing = there.get(body.code.lower())
        if existing is not None and existing != body.code:
            yield at, "code", other_case(existing)
        if set(body.operation_codes) - there_operations:
            yield at, "operationCodes", UNKNOWN


def _take(tx: Tx, bodies: Sequence[NewDefectCode]) -> Outcome:
    (body,) = bodies
    row = tx.first(select(defect_codes).where(defect_codes.c.code == body.code))
    if row is None:
        acting_as(tx, create_code, body)
        return "CREATED"
    said = {name: value for name, value in body.given().items() if name != "code"}
    if all(getattr(row, name) == value for name, value in said.items()):
        return "UNCHANGED"
    acting_as(tx, update_code, body.code, DefectCodeChange(**said))
    return "UPDATED"


SHEETS: tuple[Sheet, ...] = (
    Sheet("defect-codes", Text("Defect codes"), codes.list_codes, codes.CODES, COLUMNS),
    *sheet.SHEETS,
)
IMPORTERS: tuple[Importer, ...] = (
    Importer(
        name="defect-codes", title=Text("Defect codes"), permission="quality:config", shape=NewDefectCode, page="quality-settings/codes",
        key=lambda body: body.code.lower(), judge=_judge, take=_take, columns=COLUMNS,
    ),
)  # fmt: skip
