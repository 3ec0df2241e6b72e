"""The page of whoever runs the plant's computer (spec 14.2, 13.4, 04.10): health, backups, jobs, events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from fiducial.kit.acting import query
from fiducial.kit.listing import Page
from fiducial.kit.outbox import DEAD, work
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.ops import events, health, help_pages, jobs
from fiducial.ops.asked import FAILED, OPEN, newest_asked
from fiducial.ops.backups.doors import here, list_backups
from fiducial.ops.tables import asked_jobs
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("ops")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Running the system"), url="/system/operations", icon="server", group=Text("System"), permissions=("system:ops",)),
)  # fmt: skip
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="asked_job",
        states=(
            Status(code="QUEUED", label=Text("Waits"), colour="azure"),
            Status(code="RUNNING", label=Text("Is running"), colour="blue"),
            Status(code="DONE", label=Text("Done"), colour="green"),
            Status(code="FAILED", label=Text("Failed"), colour="red"),
        ),
    ),
    StatusSet(
        kind="event",
        states=(
            Status(code="PENDING", label=Text("Waits"), colour="azure"),
            Status(code="RETRY", label=Text("Will be tried again"), colour="yellow"),
            Status(code="DONE", label=Text("Done"), colour="green"),
            Status(code="DEAD", label=Text("Given up after ten attempts"), colour="red"),
        ),
    ),
)
TABS = ("backups", "jobs", "events")
# What runs by itself, as people call it; the name in the table is the job's own and never changes.
JOBS: Mapping[str, Text] = {
    "runs are judged anew": Text("Runs are judged anew"), "pre-changeover lists are due": Text("Pre-changeover lists are due"),
    "paper records are due": Text("Paper records are due"), "authorisations lapse": Text("Authorisations lapse"),
    "time rules are swept": Text("Time rules are swept"), "modes come back": Text("Modes come back"),
    "tools are looked after": Text("Tools are looked after"),
    "tokens that expire are announced": Text("Tokens that expire are announced"), "sessions end": Text("Sessions end"),
    "old notifications are swept": Text("Old notifications are swept"), "idempotency keys are swept": Text("Idempotency keys are swept"),
    "patrols are due": Text("Patrols are due"), "floor life ends": Text("Floor life ends"), "low reels are told": Text("Low reels are told"),
    "old imports are swept": Text("Old imports are swept"), "other systems are watched": Text("Other systems are watched"),
    "old messages are swept": Text("Old messages are swept"), "old asked jobs are deleted": Text("Old jobs are deleted"),
    "backups are made": Text("Backups are made"), "the newest backup is verified": Text("The newest backup is verified"),
    "messages are delivered": Text("Messages are delivered"), "what was asked is done": Text("What was asked is done"),
    "the disk is watched": Text("The disk is watched"), "the audit book is walked": Text("The audit book is walked"),
    "old events are deleted": Text("Old events are deleted"), "old runs of jobs are deleted": Text("Old runs of jobs are deleted"),
}  # fmt: skip


@query("system:ops")
def operations_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give how the program is, and one of the three lists by `tab`."""
    tab = view.query.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    return {"tab": tab, "health": health.details(tx), "dead": _dead(tx), **_part(tx, tab, view)}


@query("system:ops")
def operations_panel(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the backups and the jobs again, for a page that stands open while one runs."""
    return _part(tx, "backups", view)


def _part(tx: Tx, tab: str, view: View) -> dict[str, Any]:
    if tab == "jobs":
        return {"jobs": jobs.list_jobs(tx)["items"], "job_words": JOBS}
    if tab == "events":
        asked = view.page_of(events.EVENTS)
        return {
            "listing": view.list_of(
                events.list_events(tx, asked if asked.filters else Page(sort=asked.sort, number=asked.number))
            )
        }
    open_now = int(tx.scalar(select(func.count()).select_from(asked_jobs).where(asked_jobs.c.status.in_(OPEN))) or 0)
    return {
        "backups": list_backups(tx)["items"], "asked": newest_asked(tx, 8), "running": open_now, "failed": FAILED,
        "schedule": here().backup_cron if here().backup_enabled else "", "place": str(here().backups), "second": str(here().backup_copy_to or ""),
    }  # fmt: skip


def _dead(tx: Tx) -> int:
    return int(tx.scalar(select(func.count()).select_from(work).where(work.c.state == DEAD)) or 0)


pages.page("/system/operations", operations_page, "ops/operations.html")
pages.page("/system/operations/panel", operations_panel, "ops/backups.html")
help_pages.open_help(pages)
