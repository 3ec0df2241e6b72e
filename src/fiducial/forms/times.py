"""When a record says it happened (spec 10.2): now, at the machine's own time, or late where the form or a window allows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, select

from fiducial.forms.tables import TABLES, late_windows
from fiducial.kit import clock
from fiducial.kit.forms.declaration import Form
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx

NEAR_MINUTES = 10
MINUTE_MS, NEAR_MS, DAY_MS = 60_000, NEAR_MINUTES * 60_000, 86_400_000
AHEAD_MS, LAST = 2 * 3_600_000, 20
REASON_MISSING = Said(zh="补录必须说明原因", en="a late entry needs a reason")


@dataclass(frozen=True, slots=True)
class Told:
    """The time of a record, and whether and why it was entered late."""

    at: int
    late: bool = False
    reason: str | None = None


def time_told(tx: Tx, form: Form, at: int | None, reason: str | None) -> Told:
    """Judge the time a request tells; the server's own where it tells none.

    Refuses BACK_ENTRY_NOT_ALLOWED, LATE_ENTRY_TOO_OLD, FORBIDDEN without `form:backdate`.
    """
    if at is None:
        return Told(_in_order(tx, form))
    if abs(at - tx.now) <= NEAR_MS:
        return Told(at)
    if at < tx.now and _window_open(tx, at):
        return Told(at, late=True, reason=reason)
    days = form.when.days_back if form.when else 0
    if not days or at > tx.now:
        raise Refused("BACK_ENTRY_NOT_ALLOWED", at=clock.to_wire(at), minutes=NEAR_MINUTES)
    if at < tx.now - days * DAY_MS:
        raise Refused("LATE_ENTRY_TOO_OLD", at=clock.to_wire(at), days=days)
    if tx.actor.kind != "SYSTEM" and not tx.actor.holds("form:backdate"):
        raise Refused("FORBIDDEN", permission="form:backdate")
    if reason is None:
        raise bad_field("reason", REASON_MISSING)
    return Told(at, late=True, reason=reason)


def time_corrected(tx: Tx, form: Form, at: int | None, old: Row[Any], reason: str) -> Told:
    """Judge the time a correction tells: it happened when it happened, unless another time may be told as of a new record.

    Refuses as `time_told`, and BACK_ENTRY_NOT_ALLOWED for a time that has not come.
    """
    if at is None or abs(at - old.happened_at) < MINUTE_MS:  # a page tells a time to the minute
        return Told(old.happened_at, old.late_entry, old.late_reason)
    if at > tx.now:
        raise Refused("BACK_ENTRY_NOT_ALLOWED", at=clock.to_wire(at), minutes=0)
    return time_told(tx, form, at, reason)


def _in_order(tx: Tx, form: Form) -> int:
    """Give the server's time, but not before the records that are there: a clock that was set back makes no old record the newest.

    One that lies further ahead than AHEAD_MS was made by a clock that was wrong altogether, and holds nobody back.
    """
    t = TABLES[form.key].c
    last = max((row.happened_at for row in tx.all(select(t.happened_at).order_by(t.id.desc()).limit(LAST))), default=0)
    return last + 1 if tx.now <= last <= tx.now + AHEAD_MS else tx.now


def _window_open(tx: Tx, at: int) -> bool:
    """Tell whether an administrator has opened a window that takes this time now."""
    w = late_windows.c
    return bool(tx.scalar(select(exists().where(w.until_at >= tx.now, w.from_at <= at, w.to_at >= at))))
