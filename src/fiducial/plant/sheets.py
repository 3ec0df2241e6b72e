"""The lists of the plant as spreadsheets. Headings are those of the imports, so that a file may go out, be worked on, and come back."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.plant import words
from fiducial.plant.queries import lines, materials
from fiducial.sheets.exports import Sheet

CODE, NAME = SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Name shown"), width=32)
ACTIVE = SheetColumn("isActive", Text("In use"), "flag", width=8)
UPDATED = SheetColumn("updatedAt", Text("Changed"), "instant")

SHEETS: tuple[Sheet, ...] = (
    Sheet("lines", Text("Lines"), lines.list_lines, lines.LINES, (
        CODE, NAME, SheetColumn("processType", Text("Process type")), ACTIVE, UPDATED,
    )),
    Sheet("stations", Text("Stations"), lines.list_stations, lines.STATIONS, (
        CODE, NAME, SheetColumn("lineCode", Text("Line")), SheetColumn("groupCode", Text("Station group")),
        SheetColumn("stationType", Text("Station type"), "words", words.STATION_TYPES),
        SheetColumn("equipmentCodes", Text("Further equipment"), width=24),
        SheetColumn("isManualBench", Text("A bench without equipment"), "flag"), ACTIVE, UPDATED,
    )),
    Sheet("station-groups", Text("Station groups"), lines.list_groups, lines.GROUPS, (
        CODE, NAME, SheetColumn("stationCount", Text("Stations"), "number"), UPDATED,
    )),
    Sheet("operations", Text("Operations"), materials.list_operations, materials.OPERATIONS, (
        CODE, NAME, SheetColumn("defaultType", Text("Station type"), "words", words.STATION_TYPES),
        SheetColumn("processKind", Text("Kind of process"), "words", words.PROCESS_KINDS, width=24),
        SheetColumn("isKeyQuality", Text("Key for quality"), "flag"), SheetColumn("source", Text("Source"), "words", words.SOURCES),
        SheetColumn("needsReview", Text("Needs review"), "flag"), ACTIVE, UPDATED,
    )),
    Sheet("materials", Text("Materials"), materials.list_materials, materials.MATERIALS, (
        CODE, NAME, SheetColumn("category", Text("Category")), SheetColumn("unit", Text("Unit of measure"), width=8),
        SheetColumn("model", Text("Model"), width=24), SheetColumn("isMoistureSensitive", Text("Moisture sensitive"), "flag"),
        SheetColumn("mslLevel", Text("Moisture level (MSL)"), width=8), SheetColumn("trackKeyPart", Text("Tracked as key part"), "flag"),
        SheetColumn("panelSize", Text("Boards per panel"), "number"),
        SheetColumn("sourceSystem", Text("Source"), "words", words.SOURCES), SheetColumn("isForbidden", Text("Forbidden"), "flag"), UPDATED,
    )),
    Sheet("material-lots", Text("Material lots"), materials.list_lots, materials.LOTS, (
        SheetColumn("materialCode", Text("Material code"), width=20), SheetColumn("materialName", Text("Material name"), width=32),
        SheetColumn("lotNo", Text("Lot number"), width=24), SheetColumn("supplier", Text("Supplier"), width=24),
        SheetColumn("iqcResult", Text("Incoming inspection"), "words", words.IQC_RESULTS),
        SheetColumn("iqcDate", Text("Inspected at"), "instant"), SheetColumn("expiresAt", Text("Use by"), "instant"),
        SheetColumn("status", Text("Status"), "words", words.LOT_STATUSES), SheetColumn("holdReason", Text("Reason of the hold"), width=32),
        SheetColumn("createdAt", Text("Received"), "instant"),
    )),
)  # fmt: skip
