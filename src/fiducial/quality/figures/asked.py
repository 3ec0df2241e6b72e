"""What the figures are asked of: days of the plant, a line, a station, a product, and what the trend is drawn by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false

from fiducial.kit import clock
from fiducial.kit.http.shapes import Body
from fiducial.kit.listing import known_are
from fiducial.kit.refusals import Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import the_line, the_station

MAY_SEE = ("quality:disposition", "trace:read")
DAYS_SHOWN, MOST_DAYS = 7, 366
# Hours and shifts are counted from the tracks themselves, days from what was summed of them: so the first two have an end.
MOST_OF = {"hour": 3, "shift": 14, "day": MOST_DAYS}
A_DAY = Said(zh="必须是 2026-01-25 这样的日期", en="must be a date like 2026-01-25")
BACKWARDS = Said(zh="不能早于开始日期", en="is before the first day")


class FiguresAsked(Body):
    """What the figures are asked of; the last seven days of everything in reach when nothing is said."""

    day_from: str | None = None
    day_to: str | None = None
    line_code: str | None = None
    station_code: str | None = None
    product_code: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The same, checked. `since` and `until` are instants, the second exclusive; `lines` None is every line."""

    first: date
    last: date
    since: int
    until: int
    by: str
    lines: frozenset[int] | None
    line_code: str
    station_code: str
    station_id: int | None
    product_code: str

    def of_line(self, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Give the condition on the line; none where every line is meant."""
        if self.lines is None:
            return []
        return [column.in_(self.lines) if self.lines else false()]


def the_asked(tx: Tx, asked: FiguresAsked) -> Asked:
    """Give what was asked. Refuses VALIDATION_ERROR, LINE_NOT_FOUND, STATION_NOT_FOUND, and FORBIDDEN out of reach."""
    zone = tx.store.zone
    today = clock.plant_day(tx.now, zone)
    last = _day("dayTo", asked.day_to) or today
    first = _day("dayFrom", asked.day_from) or last - timedelta(days=DAYS_SHOWN - 1)
    if first > last:
        raise bad_field("dayTo", BACKWARDS)
    days = (last - first).days + 1
    if days > MOST_DAYS:
        raise bad_field("dayFrom", Said(zh=f"最多 {MOST_DAYS} 天", en=f"at most {MOST_DAYS} days"))
    by = asked.by or ("hour" if days == 1 else "day")
    if by not in MOST_OF:
        raise bad_field("by", known_are(MOST_OF))
    if days > MOST_OF[by]:
        raise bad_field("by", Said(zh=f"按 {by} 统计最多 {MOST_OF[by]} 天", en=f"by {by} at most {MOST_OF[by]} days"))
    lines = _lines(tx, asked.line_code)
    station = the_station(tx, asked.station_code) if asked.station_code else None
    if station is not None:
        must_reach_line(tx, station.line_id, *MAY_SEE)
    return Asked(
        first=first, last=last, since=clock.day_start(first, zone), until=clock.day_start(last + timedelta(days=1), zone), by=by,
        lines=lines, line_code=asked.line_code or "", station_code=asked.station_code or "",
        station_id=station.id if station is not None else None, product_code=asked.product_code or "",
    )  # fmt: skip


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise bad_field(name, A_DAY) from None
    if not 2000 <= found.year <= 9000:
        raise bad_field(name, A_DAY)
    return found


def _lines(tx: Tx, code: str | None) -> frozenset[int] | None:
    if not code:
        return lines_in_reach(tx, *MAY_SEE)
    line = the_line(tx, code)
    must_reach_line(tx, line.id, *MAY_SEE)
    return frozenset({line.id})
