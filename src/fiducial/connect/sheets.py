"""What came from other systems and what goes to them, as spreadsheets."""

from __future__ import annotations

from fiducial.connect import outbound_queries, queries
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.sheets.exports import Sheet

SHEETS: tuple[Sheet, ...] = (
    Sheet("messages", Text("Messages"), queries.list_messages, queries.MESSAGES, (
        SheetColumn("receivedAt", Text("Received"), "instant"), SheetColumn("direction", Text("Direction")), SheetColumn("system", Text("System")),
        SheetColumn("entityType", Text("About"), width=24), SheetColumn("businessKey", Text("Thing"), width=28),
        SheetColumn("status", Text("Status")), SheetColumn("errorCode", Text("Code"), width=28), SheetColumn("actorName", Text("Sender"), width=20),
        SheetColumn("dedupeKey", Text("Number of the sender"), width=28), SheetColumn("requestId", Text("Request"), width=20),
    )),
    Sheet("outbound-events", Text("Outbound messages"), outbound_queries.list_outbound, outbound_queries.OUTBOUND_EVENTS, (
        SheetColumn("createdAt", Text("Queued"), "instant"), SheetColumn("businessKey", Text("Run"), width=24), SheetColumn("status", Text("Status")),
        SheetColumn("attempts", Text("Attempts"), "number"), SheetColumn("nextAttemptAt", Text("Next attempt"), "instant"),
        SheetColumn("lastError", Text("Answer"), width=40),
    )),
)  # fmt: skip
