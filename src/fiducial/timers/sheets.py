"""Time rules and their clocks as spreadsheets."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.sheets.exports import Sheet, words_of
from fiducial.timers import queries
from fiducial.timers.menu import STATUSES

SHEETS: tuple[Sheet, ...] = (
    Sheet("time-rules", Text("Time rules"), queries.list_rules, queries.RULES, (
        SheetColumn("code", Text("Code"), width=24), SheetColumn("name", Text("Name shown"), width=32),
        SheetColumn("durationMinutes", Text("At most"), "number"), SheetColumn("warningMinutes", Text("Warns before"), "number"),
        SheetColumn("startEvent", Text("From"), width=24), SheetColumn("endEvent", Text("To"), width=24), SheetColumn("scope", Text("Where")),
        SheetColumn("scopeValue", Text("Of what"), width=20), SheetColumn("isWaivable", Text("May be waived"), "flag"),
        SheetColumn("isActive", Text("In use"), "flag", width=8), SheetColumn("updatedAt", Text("Changed"), "instant"),
    )),
    Sheet("clocks", Text("Clocks"), queries.list_clocks, queries.CLOCKS, (
        SheetColumn("entityDisplay", Text("Thing"), width=28), SheetColumn("definitionCode", Text("Rule"), width=24),
        SheetColumn("ruleName", Text("Name of the rule"), width=32), SheetColumn("status", Text("Status"), "words", words_of(STATUSES, "time_rule")),
        SheetColumn("runNo", Text("Run"), width=24), SheetColumn("lineCode", Text("Line")), SheetColumn("startedAt", Text("Begun"), "instant"),
        SheetColumn("expiresAt", Text("Ends"), "instant"), SheetColumn("completedAt", Text("Ended"), "instant"),
        SheetColumn("lateBy", Text("Minutes late"), "number"), SheetColumn("waivedByName", Text("Waived by")),
        SheetColumn("waiveReason", Text("Reason"), width=32),
    )),
)  # fmt: skip
