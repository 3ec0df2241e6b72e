"""Runs that are not plainly ready, as a spreadsheet."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.orders.menu import STATUSES
from fiducial.readiness import exceptions
from fiducial.sheets.exports import Sheet, words_of

SHEETS: tuple[Sheet, ...] = (
    Sheet("readiness-exceptions", Text("Readiness exceptions"), exceptions.list_exceptions, exceptions.EXCEPTIONS, (
        SheetColumn("runNo", Text("Run"), width=24), SheetColumn("runStatus", Text("State"), "words", words_of(STATUSES, "run")),
        SheetColumn("woNo", Text("Work order"), width=24), SheetColumn("productCode", Text("Product"), width=20),
        SheetColumn("lineCode", Text("Line")), SheetColumn("checkStatus", Text("Line check"), "words", words_of(STATUSES, "readiness")),
        SheetColumn("checkedAt", Text("Checked"), "instant"), SheetColumn("failedCount", Text("Failed items"), "number"),
        SheetColumn("waivedCount", Text("Waived items"), "number"), SheetColumn("manualCount", Text("Items by hand"), "number"),
        SheetColumn("notNeededCount", Text("Items not needed"), "number"),
    )),
)  # fmt: skip
