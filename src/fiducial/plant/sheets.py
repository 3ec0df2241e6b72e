"""The lists of the plant as spreadsheets. Headings are those of the imports, so that a file may go out, be worked on, and come back."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.plant import words
from fiducial.plant.queries import lines, mappings, materials, profiles
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
    Sheet("boms", Text("BOM"), materials.list_bom_rows, materials.BOM_ROWS, (
        SheetColumn("parentCode", Text("Parent"), width=20), SheetColumn("parentName", Text("Name of the parent"), width=32),
        SheetColumn("childCode", Text("Child"), width=20), SheetColumn("childName", Text("Name of the child"), width=32),
        SheetColumn("qty", Text("Quantity for one"), "number"), SheetColumn("unit", Text("Unit of measure"), width=8),
        SheetColumn("isKeyPart", Text("Key part"), "flag"), SheetColumn("sourceSystem", Text("Source"), "words", words.SOURCES),
    )),
    Sheet("operation-mappings", Text("Operation mappings"), mappings.list_mappings, mappings.MAPPINGS, (
        SheetColumn("sourceSystem", Text("System")), SheetColumn("sourceProcessKey", Text("Process there"), width=24),
        SheetColumn("sourceProcessName", Text("Its name there"), width=24), SheetColumn("operationCode", Text("Operation"), width=20),
        SheetColumn("operationName", Text("Operation name"), width=24), UPDATED,
    )),
    Sheet("work-centers", Text("Work centres"), mappings.list_work_centers, mappings.WORK_CENTERS, (
        CODE, NAME, SheetColumn("departmentCode", Text("Department")), SheetColumn("departmentName", Text("Department name"), width=24),
        SheetColumn("stationGroupCode", Text("Station group")), SheetColumn("sourceUpdatedAt", Text("Changed at the source"), "instant"),
    )),
    Sheet("fai-templates", Text("FAI templates"), profiles.list_templates, profiles.TEMPLATES, (
        CODE, NAME, SheetColumn("productCode", Text("Product"), width=20), SheetColumn("processType", Text("Process type")),
        SheetColumn("version", Text("Version")), SheetColumn("revision", Text("Revision"), "number"),
        SheetColumn("itemCount", Text("Items"), "number"), ACTIVE, UPDATED,
    )),
    Sheet("reflow-profiles", Text("Oven programs"), profiles.list_profiles, profiles.PROFILES, (
        CODE, SheetColumn("version", Text("Version")), SheetColumn("kind", Text("Oven"), "words", words.PROFILE_KINDS), NAME,
        SheetColumn("programName", Text("Program on the oven"), width=24), SheetColumn("status", Text("Status"), "words", words.PROFILE_STATUSES),
        SheetColumn("peakTempMin", Text("Peak at least"), "number"), SheetColumn("peakTempMax", Text("Peak at most"), "number"),
        SheetColumn("totalTimeMin", Text("Time at least"), "number"), SheetColumn("totalTimeMax", Text("Time at most"), "number"),
        SheetColumn("chainSpeed", Text("Chain speed"), "number"), SheetColumn("description", Text("Description"), width=40), UPDATED,
    )),
)  # fmt: skip
