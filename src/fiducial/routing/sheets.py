"""The lists of routing as spreadsheets."""

from __future__ import annotations

from fiducial.kit.sheets.columns import Kind, SheetColumn
from fiducial.kit.text import Text
from fiducial.routing import words
from fiducial.routing.queries import routes, specs
from fiducial.sheets.exports import Sheet, words_of

ACTIVE, UPDATED = (
    SheetColumn("isActive", Text("In use"), "flag", width=8),
    SheetColumn("updatedAt", Text("Changed"), "instant"),
)


def _part(field: str, kind: Kind = "text") -> SheetColumn:
    """Give a column of a part of a collection item, headed as its field is called elsewhere."""
    return SheetColumn(field, words.PART_WORDS[field], kind)


SHEETS: tuple[Sheet, ...] = (
    Sheet("routes", Text("Routings"), routes.list_routes, routes.ROUTES, (
        SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Name shown"), width=32),
        SheetColumn("productCode", Text("Product"), width=20), SheetColumn("version", Text("Version")),
        SheetColumn("processType", Text("Process type")),
        SheetColumn("stepCount", Text("Steps"), "number"), SheetColumn("latestReadyVersionNo", Text("Usable version"), "number"),
        SheetColumn("latestStatus", Text("State"), "words", words_of(words.STATUSES, "route_version")),
        SheetColumn("needsCompile", Text("needs a compile"), "flag"), SheetColumn("sourceSystem", Text("Source")),
        SheetColumn("effectiveFrom", Text("Good from"), "instant"), SheetColumn("effectiveTo", Text("Good until"), "instant"), ACTIVE, UPDATED,
    )),
    Sheet("data-specs", Text("Collection items"), specs.list_specs, specs.SPECS, (
        SheetColumn("name", Text("Item"), width=32), SheetColumn("operationCode", Text("Operation"), width=20),
        SheetColumn("operationName", Text("Operation name"), width=24), SheetColumn("itemType", Text("Kind"), "words", dict(words.ITEM_TYPES)),
        SheetColumn("dataType", Text("Data type"), "words", dict(words.DATA_TYPES)), _part("spec.unit"), _part("spec.decimals", "number"),
        _part("spec.min", "number"), _part("spec.lsl", "number"), _part("spec.target", "number"), _part("spec.usl", "number"),
        _part("spec.max", "number"), _part("spec.enum"), _part("spec.pattern"), _part("spec.expected", "flag"),
        SheetColumn("method", Text("Recorded by"), "words", dict(words.METHODS)),
        SheetColumn("triggerType", Text("When recorded"), "words", dict(words.TRIGGERS)),
        SheetColumn("triggerRule.event", words.PART_WORDS["triggerRule.event"], "words", dict(words.EVENTS)),
        _part("triggerRule.everyMinutes", "number"), SheetColumn("isRequired", Text("Required"), "flag"),
        SheetColumn("alarm.action", Text("Alarm"), "words", dict(words.ALARMS)), _part("alarm.min", "number"), _part("alarm.max", "number"),
        SheetColumn("boundStepCount", Text("Bound to"), "number"),
        ACTIVE, UPDATED,
    )),
)  # fmt: skip
