"""Which lists may be taken away as a spreadsheet, and which may be filled from one: every room's, in one place. Their pages name them."""

from __future__ import annotations

from fiducial.connect.sheets import SHEETS as CONNECT
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.loading.sheets import SHEETS as LOADING
from fiducial.notices.sheets import SHEETS as NOTICES
from fiducial.ops import events
from fiducial.orders.sheets import SHEETS as ORDERS
from fiducial.people.sheets import SHEETS as PEOPLE
from fiducial.plant import menu as plant
from fiducial.quality import code_sheets
from fiducial.quality.sheets import SHEETS as QUALITY
from fiducial.readiness.sheets import SHEETS as READINESS
from fiducial.routing import importers as routing
from fiducial.routing.sheets import SHEETS as ROUTING
from fiducial.sheets.exports import Sheet
from fiducial.sheets.importing import Importer
from fiducial.timers.sheets import SHEETS as TIMERS
from fiducial.tooling.importers import IMPORTERS as TOOLS
from fiducial.tooling.sheets import SHEETS as TOOLING

EVENTS = Sheet("events", Text("Events"), events.list_events, events.EVENTS, (
    SheetColumn("occurredAt", Text("When"), "instant"), SheetColumn("eventType", Text("Event"), width=32), SheetColumn("status", Text("Status")),
    SheetColumn("attempts", Text("Attempts"), "number"), SheetColumn("error", Text("Answer"), width=60),
))  # fmt: skip
SHEETS: tuple[Sheet, ...] = (
    *plant.SHEETS, *ROUTING, *ORDERS, *QUALITY, *LOADING, *TOOLING, *TIMERS, *READINESS, *PEOPLE, *NOTICES, *CONNECT, EVENTS,
)  # fmt: skip
IMPORTERS: tuple[Importer, ...] = (*plant.IMPORTERS, *routing.IMPORTERS, *code_sheets.IMPORTERS, *TOOLS)
