"""The lists of loading as spreadsheets; a station table goes out in the form of its paper (`table_file`)."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.loading.msl_doors import CLOCKS, list_clocks
from fiducial.loading.pages import STATUSES
from fiducial.loading.queries import records, slots
from fiducial.sheets.exports import Sheet, words_of

SLOT, MATERIAL = SheetColumn("slotCode", Text("Slot")), SheetColumn("materialCode", Text("Material number"), width=20)
LINE, LOT = SheetColumn("lineCode", Text("Line")), SheetColumn("lotNo", Text("Lot number"), width=24)

SHEETS: tuple[Sheet, ...] = (
    Sheet("loading-records", Text("Loading"), records.list_run_records, records.RECORDS, (
        SheetColumn("loadedAt", Text("Time"), "instant"), SLOT, MATERIAL, LOT, SheetColumn("expectedCode", Text("Expected"), width=20),
        SheetColumn("verifyResult", Text("Result"), "words", words_of(STATUSES, "scan_result")),
        SheetColumn("failReason", Text("Why it is wrong"), width=32), SheetColumn("status", Text("Reel"), "words", words_of(STATUSES, "reel")),
        SheetColumn("isAlternate", Text("alternate"), "flag"), SheetColumn("reason", Text("Reason"), width=24),
        SheetColumn("loadedByName", Text("By")), SheetColumn("operatorId", Text("Operator")), SheetColumn("unloadedAt", Text("Taken off"), "instant"),
    ), below="run"),
    Sheet("reel-changes", Text("Reel changes"), records.list_reel_changes, records.REEL_CHANGES, (
        SheetColumn("loadedAt", Text("Time"), "instant"), SheetColumn("runNo", Text("Run"), width=24),
        SheetColumn("productCode", Text("Product"), width=20), LINE, SLOT, SheetColumn("machineNo", Text("Machine")), MATERIAL, LOT,
        SheetColumn("isAlternate", Text("alternate"), "flag"), SheetColumn("packageQty", Text("Quantity"), "number"),
        SheetColumn("reason", Text("Reason"), width=24), SheetColumn("firstUnitSn", Text("First board"), width=28),
        SheetColumn("loadedByName", Text("Changed by")), SheetColumn("operatorId", Text("Operator")),
        SheetColumn("reviewedByName", Text("Reviewed by")), SheetColumn("reviewedAt", Text("Reviewed"), "instant"),
    )),
    Sheet("feeder-slots", Text("Slots"), slots.list_slots, slots.SLOTS, (
        LINE, SLOT, SheetColumn("slotName", Text("Name shown"), width=24), SheetColumn("position", Text("Order"), "number"),
        SheetColumn("machineNo", Text("Machine")), SheetColumn("isActive", Text("In use"), "flag"), SheetColumn("isLocked", Text("Locked"), "flag"),
        SheetColumn("lockedReason", Text("Why it is locked"), width=24), SheetColumn("current.materialCode", Text("Material number"), width=20),
        SheetColumn("current.lotNo", Text("Reel on it"), width=24),
    ), below="line"),
    Sheet("slot-mappings", Text("Materials on slots"), slots.list_mappings, slots.MAPPINGS, (
        LINE, SLOT, MATERIAL, SheetColumn("materialName", Text("Material name"), width=32), SheetColumn("productCode", Text("Product"), width=20),
        SheetColumn("routingCode", Text("Routing"), width=20), SheetColumn("isAlternate", Text("alternate"), "flag"),
        SheetColumn("priority", Text("Priority"), "number"), SheetColumn("unitConsumption", Text("Per board"), "number"),
        SheetColumn("refDes", Text("Positions"), width=32),
    )),
    Sheet("station-tables", Text("Station tables"), slots.list_tables, slots.STATION_TABLES, (
        LINE, SheetColumn("productCode", Text("Product"), width=20), SheetColumn("routingCode", Text("Routing"), width=20),
        SheetColumn("programName", Text("Program"), width=24), SheetColumn("revision", Text("Revision"), "number"),
        SheetColumn("rowCount", Text("Rows"), "number"), SheetColumn("fileName", Text("File"), width=32),
        SheetColumn("importedByName", Text("Imported by")), SheetColumn("importedAt", Text("Imported"), "instant"),
    )),
    Sheet("floor-life", Text("Floor life"), list_clocks, CLOCKS, (
        MATERIAL, LOT, SheetColumn("state", Text("State"), "words", words_of(STATUSES, "floor_life")),
        SheetColumn("usedMinutes", Text("Used already (min)"), "number"), SheetColumn("floorLifeMinutes", Text("Floor life (min)"), "number"),
        SheetColumn("openedAt", Text("Bag opened"), "instant"), SheetColumn("expiresAt", Text("Good until"), "instant"),
    )),
)  # fmt: skip
