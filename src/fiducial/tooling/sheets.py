"""The tool register and the repairs as spreadsheets."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.sheets.exports import Sheet, words_of
from fiducial.tooling import maintaining, queries, words
from fiducial.tooling.testing import reading as testing

SHEETS: tuple[Sheet, ...] = (
    Sheet("tools", Text("Tool register"), queries.list_tools, queries.TOOLS, (
        SheetColumn("toolCode", Text("Tool"), width=20), SheetColumn("name", Text("Name shown"), width=32),
        SheetColumn("kind", Text("Kind"), "words", words.KINDS), SheetColumn("fixtureType", Text("Fixture type"), "words", words.FIXTURE_TYPES),
        SheetColumn("status", Text("Status"), "words", words_of(words.STATUSES, "tool")),
        SheetColumn("statusReason", Text("Reason"), "words", words.REASONS), SheetColumn("productCodes", Text("Products"), width=32),
        SheetColumn("totalCount", Text("Uses"), "number"), SheetColumn("lifeLimit", Text("Life"), "number"),
        SheetColumn("lifePercent", Text("Life used up"), "number"), SheetColumn("lastUsedAt", Text("Last used"), "instant"),
        SheetColumn("calibrationState", Text("Calibration"), "words", words_of(words.STATUSES, "calibration")),
        SheetColumn("calibrationDueAt", Text("Calibration due"), "instant"), SheetColumn("certificateNo", Text("Certificate"), width=20),
    )),
    Sheet("maintenance-records", Text("Repairs"), maintaining.list_records, maintaining.RECORDS, (
        SheetColumn("recordNo", Text("Record"), width=24), SheetColumn("entityId", Text("Thing"), width=20),
        SheetColumn("entityName", Text("Name shown"), width=24), SheetColumn("lineCode", Text("Line")),
        SheetColumn("maintenanceType", Text("Type"), "words", words.MAINTENANCE_TYPES),
        SheetColumn("status", Text("Status"), "words", words_of(words.STATUSES, "maintenance")), SheetColumn("blocksUse", Text("out of use"), "flag"),
        SheetColumn("description", Text("What is wrong"), width=40), SheetColumn("resolution", Text("What was done"), width=40),
        SheetColumn("partsReplaced", Text("Parts replaced"), width=24), SheetColumn("assignedTo", Text("Given to")),
        SheetColumn("reportedByName", Text("Reported by")), SheetColumn("reportedAt", Text("Reported"), "instant"),
        SheetColumn("completedByName", Text("Repaired by")), SheetColumn("completedAt", Text("Repaired"), "instant"),
        SheetColumn("verifiedByName", Text("Verified by")), SheetColumn("verifiedAt", Text("Verified"), "instant"),
    )),
    Sheet("test-programs", Text("Test programs"), testing.list_programs, testing.PROGRAMS, (
        SheetColumn("programCode", Text("Program"), width=24), SheetColumn("version", Text("Version")),
        SheetColumn("name", Text("Name shown"), width=32),
        SheetColumn("kind", Text("Kind")), SheetColumn("productCode", Text("Product"), width=20),
        SheetColumn("stationCodes", Text("Stations"), width=32),
        SheetColumn("status", Text("Status"), "words", words_of(words.STATUSES, "test_program")), SheetColumn("checksum", Text("Checksum"), width=32),
        SheetColumn("activatedByName", Text("Released by")), SheetColumn("activatedAt", Text("Released"), "instant"),
        SheetColumn("createdByName", Text("Entered by")), SheetColumn("createdAt", Text("Created"), "instant"),
    )),
    Sheet("test-records", Text("Test records"), testing.list_records, testing.RECORDS, (
        SheetColumn("sn", Text("Serial number"), width=28),
        SheetColumn("result", Text("Result"), "words", words_of(words.STATUSES, "test")), SheetColumn("machineResult", Text("The machine said")),
        SheetColumn("programCode", Text("Program"), width=24), SheetColumn("programVersion", Text("Version")),
        SheetColumn("attempt", Text("Attempt"), "number"), SheetColumn("runNo", Text("Run"), width=24), SheetColumn("stepNo", Text("Step"), "number"),
        SheetColumn("stationCode", Text("Station"), width=20), SheetColumn("toolCode", Text("Tool"), width=20),
        SheetColumn("startedAt", Text("Begun"), "instant"), SheetColumn("completedAt", Text("Ended"), "instant"),
    )),
)  # fmt: skip
