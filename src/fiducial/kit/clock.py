"""Instants: whole milliseconds since 1970 in UTC inside, ISO 8601 with Z on the wire (spec 00.5)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_away_ms = [0]  # how far the clock of this process was set from the machine's: for the demo alone


def now_ms() -> int:
    """Give the present instant in milliseconds."""
    return time.time_ns() // 1_000_000 + _away_ms[0]


@contextmanager
def at(instant: int) -> Iterator[None]:
    """Let the clock of this process go on from an instant for as long as the block runs: the demo tells of days that have passed."""
    before = _away_ms[0]
    _away_ms[0] = instant - time.time_ns() // 1_000_000
    try:
        yield
    finally:
        _away_ms[0] = before


def to_wire(instant: int | None) -> str | None:
    """Give an instant as `2026-01-25T02:10:00.123Z`, None for None."""
    if instant is None:
        return None
    whole, ms = divmod(instant, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{ms:03d}Z"


def from_datetime(moment: datetime) -> int:
    """Give the instant of an aware datetime; a naive one is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(milliseconds=1)


def plant_day(instant: int, zone: str) -> date:
    """Give the calendar day of the plant in which an instant lies."""
    return datetime.fromtimestamp(instant / 1000, ZoneInfo(zone)).date()


def day_start(day: date, zone: str) -> int:
    """Give the instant at which a day of the plant begins."""
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


def leave_half(began: float) -> None:
    """Rest as long as was worked since `began` (of `time.monotonic`): of long work done in pieces, so that half the time is everybody else's."""
    time.sleep(time.monotonic() - began)
