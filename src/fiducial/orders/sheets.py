"""The lists of planning as spreadsheets."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.orders.menu import STATUSES
from fiducial.orders.queries import orders, runs, units
from fiducial.sheets.exports import Sheet, words_of

CREATED, UPDATED = (
    SheetColumn("createdAt", Text("Created"), "instant"),
    SheetColumn("updatedAt", Text("Changed"), "instant"),
)

FIRST_ARTICLE = {"PENDING": Text("Waits"), "INSPECTING": Text("Being inspected"), "PASS": Text("Inspection passed"),
                 "FAIL": Text("Inspection failed"), "CANCELLED": Text("Cancelled")}  # fmt: skip

SHEETS: tuple[Sheet, ...] = (
    Sheet("work-orders", Text("Work orders"), orders.list_orders, orders.ORDERS, (
        SheetColumn("woNo", Text("Work order"), width=24), SheetColumn("productCode", Text("Product"), width=20),
        SheetColumn("productName", Text("Name of the product"), width=32),
        SheetColumn("status", Text("State"), "words", words_of(STATUSES, "work_order")),
        SheetColumn("lineCode", Text("Line")), SheetColumn("routingCode", Text("Routing"), width=20),
        SheetColumn("plannedQty", Text("Planned"), "number"),
        SheetColumn("goodQty", Text("Good"), "number"), SheetColumn("progressPct", Text("Progress"), "number"),
        SheetColumn("runCount", Text("Runs"), "number"), SheetColumn("openRunCount", Text("Open runs"), "number"),
        SheetColumn("pickStatus", Text("Picking"), "words", words_of(STATUSES, "pick")), SheetColumn("dueDate", Text("Due"), "instant"),
        SheetColumn("customer", Text("Customer"), width=24), SheetColumn("sourceSystem", Text("Source")), CREATED, UPDATED,
    )),
    Sheet("runs", Text("Runs"), runs.list_runs, runs.RUNS, (
        SheetColumn("runNo", Text("Run"), width=24), SheetColumn("status", Text("State"), "words", words_of(STATUSES, "run")),
        SheetColumn("lineCode", Text("Line")), SheetColumn("productCode", Text("Product"), width=20),
        SheetColumn("woNo", Text("Work order"), width=24),
        SheetColumn("planQty", Text("Planned"), "number"), SheetColumn("unitStats.total", Text("Boards"), "number"),
        SheetColumn("unitStats.done", Text("Finished"), "number"), SheetColumn("unitStats.scrapped", Text("Scrapped"), "number"),
        SheetColumn("unitStats.onHold", Text("On hold"), "number"),
        SheetColumn("readinessStatus", Text("Line check"), "words", words_of(STATUSES, "readiness")),
        SheetColumn("faiStatus", Text("First article"), "words", FIRST_ARTICLE),
        SheetColumn("shiftCode", Text("Shift")), SheetColumn("startedAt", Text("Begun"), "instant"), SheetColumn("endedAt", Text("Ended"), "instant"),
        SheetColumn("remark", Text("Remark"), width=32), CREATED,
    )),
    Sheet("run-units", Text("Boards"), units.units_of_run, units.UNITS, (
        SheetColumn("sn", Text("Serial number"), width=28), SheetColumn("status", Text("State"), "words", words_of(STATUSES, "unit")),
        SheetColumn("currentStepNo", Text("Step"), "number"), SheetColumn("currentStep.operationName", Text("Operation"), width=24),
        SheetColumn("currentStep.stationCodes", Text("Stations"), width=32), UPDATED,
    ), below="run"),
)  # fmt: skip
