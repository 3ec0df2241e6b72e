"""The lists of quality as spreadsheets; that of defect codes is in `code_sheets`, for it may be filled as well."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.quality import defects, words
from fiducial.quality.code_sheets import SHEETS as CODES
from fiducial.quality.disposing import tasks
from fiducial.quality.inprocess import points
from fiducial.quality.inspections import reading
from fiducial.quality.inspections.doors import list_query
from fiducial.quality.inspections.kind import Kind
from fiducial.quality.inspections.kinds import KINDS
from fiducial.quality.menu import STATUSES
from fiducial.quality.page_words import (
    CHECK_TYPES,
    CLOSE_REASONS,
    KIND_WORDS,
    POINT_GATES,
    RESULTS,
    SAMPLING_TYPES,
    SOURCES,
)
from fiducial.quality.sampling import rules, tables_of_aql
from fiducial.sheets.exports import Sheet, words_of

RUN, LINE = SheetColumn("runNo", Text("Run"), width=24), SheetColumn("lineCode", Text("Line"))
CREATED, ACTIVE = (
    SheetColumn("createdAt", Text("Created"), "instant"),
    SheetColumn("isActive", Text("In use"), "flag", width=8),
)
INSPECTION = (
    RUN, SheetColumn("status", Text("State"), "words", words_of(STATUSES, "inspection")), SheetColumn("productCode", Text("Product"), width=20),
    SheetColumn("woNo", Text("Work order"), width=24), LINE, SheetColumn("sampleQty", Text("Sample"), "number"),
    SheetColumn("passedQty", Text("Passed units"), "number"), SheetColumn("failedQty", Text("Failed units"), "number"),
    SheetColumn("inspectorName", Text("Inspector")), SheetColumn("decidedByName", Text("Decided by")),
    SheetColumn("decidedAt", Text("Decided"), "instant"), SheetColumn("signedByName", Text("Signed by")),
    SheetColumn("signedAt", Text("Signed"), "instant"), SheetColumn("remark", Text("Remark"), width=32), CREATED,
)  # fmt: skip


def _inspections(kind: Kind) -> Sheet:
    said = KIND_WORDS[kind.type]
    return Sheet(said.path, said.title, list_query(kind), reading.INSPECTIONS, INSPECTION)


SHEETS: tuple[Sheet, ...] = (
    *CODES,
    *map(_inspections, KINDS),
    Sheet("defects", Text("Defects"), defects.list_defects, defects.DEFECTS, (
        SheetColumn("defectNo", Text("Defect"), width=20), SheetColumn("status", Text("State"), "words", words_of(STATUSES, "defect")),
        SheetColumn("closeReason", Text("Closed as"), "words", CLOSE_REASONS), SheetColumn("sn", Text("Serial number"), width=28), RUN, LINE,
        SheetColumn("stationCode", Text("Station"), width=20), SheetColumn("stepNo", Text("Step"), "number"),
        SheetColumn("code", Text("Code")), SheetColumn("codeName", Text("Fault"), width=24),
        SheetColumn("severity", Text("Severity"), "words", words.SEVERITIES), SheetColumn("location", Text("Where"), width=20),
        SheetColumn("qty", Text("Quantity"), "number"), SheetColumn("source", Text("Found by"), "words", SOURCES),
        SheetColumn("createdByName", Text("Entered by")), SheetColumn("createdAt", Text("Found"), "instant"),
        SheetColumn("remark", Text("Remark"), width=32),
    )),
    Sheet("rework-tasks", Text("Rework tasks"), tasks.list_tasks, tasks.TASKS, (
        SheetColumn("sn", Text("Serial number"), width=28), SheetColumn("status", Text("State"), "words", words_of(STATUSES, "rework_task")),
        SheetColumn("defect.code", Text("Code")), SheetColumn("defect.codeName", Text("Fault"), width=24),
        SheetColumn("defect.location", Text("Where"), width=20), SheetColumn("fromStepNo", Text("Failed at step"), "number"),
        SheetColumn("toStepNo", Text("Goes on at step"), "number"), SheetColumn("repairRecord.result", Text("Repair"), "words", RESULTS),
        SheetColumn("repairRecord.repairedByName", Text("Repaired by")), RUN, LINE, SheetColumn("createdAt", Text("Ordered"), "instant"),
        SheetColumn("doneAt", Text("Done"), "instant"),
    )),
    Sheet("sampling-rules", Text("Sampling rules"), rules.list_rules, rules.RULES, (
        SheetColumn("productCode", Text("Product"), width=20), LINE, SheetColumn("routingCode", Text("Routing"), width=20),
        SheetColumn("samplingType", Text("Sampling"), "words", SAMPLING_TYPES), SheetColumn("sampleValue", Text("Value"), "number"),
        SheetColumn("aql", Text("AQL"), "number"), SheetColumn("inspectionLevel", Text("Level")), SheetColumn("severity", Text("Severity")),
        SheetColumn("priority", Text("Priority"), "number"), ACTIVE,
    )),
    Sheet("aql-tables", Text("AQL tables"), tables_of_aql.list_tables, tables_of_aql.TABLES, (
        SheetColumn("code", Text("Table")), SheetColumn("edition", Text("Edition"), width=32), SheetColumn("version", Text("Version"), "number"),
        SheetColumn("verifiedByName", Text("Verified by")), SheetColumn("verifiedAt", Text("Verified"), "instant"), ACTIVE,
    )),
    Sheet("ipqc-checkpoints", Text("Inspection points"), points.list_points, points.POINTS, (
        SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Name shown"), width=32),
        SheetColumn("routingCode", Text("Routing"), width=20), SheetColumn("stepNo", Text("Step"), "number"),
        SheetColumn("processKind", Text("Kind of process")), SheetColumn("stationCode", Text("Station"), width=20),
        SheetColumn("checkType", Text("Kind"), "words", CHECK_TYPES), SheetColumn("sampleQty", Text("Sample"), "number"),
        SheetColumn("gate", Text("Gate"), "words", POINT_GATES), ACTIVE,
    )),
)  # fmt: skip
