"""Notifications as spreadsheets: one's own, and what was sent outside."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.notices import queries, sent
from fiducial.notices.pages import STATUSES
from fiducial.sheets.exports import Sheet, words_of

SHEETS: tuple[Sheet, ...] = (
    Sheet("notifications", Text("Notifications"), queries.list_notifications, queries.NOTIFICATIONS, (
        SheetColumn("createdAt", Text("When"), "instant"), SheetColumn("title", Text("What"), width=32),
        SheetColumn("message", Text("Message"), width=60), SheetColumn("priority", Text("Priority"), "words", words_of(STATUSES, "priority")),
        SheetColumn("status", Text("State"), "words", words_of(STATUSES, "notification")), SheetColumn("readAt", Text("Read"), "instant"),
    )),
    Sheet("deliveries", Text("Sent outside"), sent.list_deliveries, sent.DELIVERIES, (
        SheetColumn("createdAt", Text("Entered"), "instant"), SheetColumn("channel", Text("Way"), "words", words_of(STATUSES, "channel")),
        SheetColumn("target", Text("To whom"), width=24), SheetColumn("type", Text("Notification"), width=28),
        SheetColumn("status", Text("State"), "words", words_of(STATUSES, "delivery")), SheetColumn("attempts", Text("Attempts"), "number"),
        SheetColumn("error", Text("Answer"), width=40), SheetColumn("endedAt", Text("Ended"), "instant"),
    )),
)  # fmt: skip
