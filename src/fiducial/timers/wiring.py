"""What time rules give to rooms below, and what they listen to; `app.py` puts it together."""

from __future__ import annotations

from fiducial.kit.outbox import Listener
from fiducial.timers import api, hearing, pages

DOORS, PAGES, MENU, STATUSES = api.doors, pages.pages, pages.MENU, pages.STATUSES
CLOCKS = hearing.Clocks()
LISTENERS: tuple[tuple[str, Listener], ...] = (
    (hearing.TRACK_EVENT, hearing.hear_track),
    ("SOLDER_PASTE_USAGE_CREATE", hearing.hear_paste),
    ("SOLDER_PASTE_USAGE_UNBIND", hearing.hear_paste),
    ("RUN_CANCEL", hearing.hear_run_cancelled),
)
