"""The figures of quality, read: yields from the counted visits, defects from their own rows, the trend by hour, shift or day."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, literal, select
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.shifts import begun_at, shift_at, shifts_of
from fiducial.plant.tables import bom_items, stations
from fiducial.quality.figures.asked import MAY_SEE, Asked, FiguresAsked, the_asked
from fiducial.quality.figures.reckoning import (
    OTHER,
    Bar,
    Visits,
    dpmo,
    pareto,
    rate,
    rolled_yield,
    sigma_level,
)
from fiducial.quality.states import FAIL
from fiducial.quality.tables import defect_codes, defects, yield_days

MOST_CODES, MOST_LOCATIONS, MOST_PRODUCTS, MOST_STATIONS = 12, 12, 12, 40
QUARTER = 900_000  # ms: hours, shifts and days of every zone begin on one
FALSE_CALL = "FALSE_CALL"


class FigureTotals(TypedDict):
    """The figures of everything that was asked; rates 0 to 1, None where nothing was seen."""

    boards: int
    visits: int
    firstVisits: int
    firstPassed: int
    firstPassYield: float | None
    rolledYield: float | None
    defects: int
    opportunities: float
    dpmo: float | None
    sigmaLevel: float | None


class FigurePoint(TypedDict):
    """One point of the trend: an hour, a shift, a day. `until` is exclusive."""

    label: str
    since: str | None
    until: str | None
    firstVisits: int
    firstPassYield: float | None
    defects: int


class FigureBar(TypedDict):
    """One bar of the Pareto of codes or of locations; the rest stands under OTHER."""

    key: str
    name: str | None
    qty: int
    share: float
    cumulative: float


class FigureGroup(TypedDict):
    """One station or product."""

    key: str
    name: str | None
    firstVisits: int
    firstPassYield: float | None
    defects: int
    share: float | None
    dpmo: float | None


class QualityFigures(TypedDict):
    """The figures of quality."""

    since: str | None
    until: str | None
    by: str
    totals: FigureTotals
    trend: list[FigurePoint]
    codes: list[FigureBar]
    locations: list[FigureBar]
    stations: list[FigureGroup]
    products: list[FigureGroup]


@query(*MAY_SEE)
def quality_figures(tx: Tx, asked: FiguresAsked) -> QualityFigures:
    """Give the figures of the days, lines and things asked for. Refuses as `the_asked`."""
    return figures_of(tx, the_asked(tx, asked))


def figures_of(tx: Tx, asked: Asked) -> QualityFigures:
    """Give the figures of what was asked, already checked."""
    counted, boards, faults = _counted(tx, asked), _boards(tx, asked), _faults(tx, asked)
    parts = _parts(tx, {row.product_code for row in counted} | {row.product_code for row in faults})
    return {
        "since": clock.to_wire(asked.since), "until": clock.to_wire(asked.until), "by": asked.by,
        "totals": _totals(counted, boards, faults, parts), "trend": _trend(tx, asked), "codes": _codes(tx, faults),
        "locations": _locations(tx, asked), "stations": _stations(tx, counted, faults), "products": _products(counted, boards, faults, parts),
    }  # fmt: skip


# What is read


def _counted(tx: Tx, asked: Asked) -> Sequence[Any]:
    """Give the counted visits by product, station and step."""
    sums = [func.sum(yield_days.c[name]).label(name) for name in ("visits", "failed", "first_visits", "first_failed")]
    keys = (yield_days.c.product_code, yield_days.c.station_id, yield_days.c.step_no)
    found = select(*keys, *sums).where(*_of_days(asked)).group_by(*keys)
    return tx.all(found)


def _boards(tx: Tx, asked: Asked) -> dict[str, int]:
    """Give the boards seen of each product: of each run the most first visits at any one step, so that no board counts twice."""
    run = (yield_days.c.product_code, yield_days.c.run_id)
    steps = (
        select(*run, func.sum(yield_days.c.first_visits).label("first"))
        .where(*_of_days(asked)).group_by(*run, yield_days.c.step_no).subquery()
    )  # fmt: skip
    of_runs = (
        select(steps.c.product_code, func.max(steps.c.first).label("boards")).group_by(steps.c.product_code, steps.c.run_id).subquery()
    )  # fmt: skip
    found = select(of_runs.c.product_code, func.sum(of_runs.c.boards).label("boards")).group_by(of_runs.c.product_code)
    return {row.product_code: int(row.boards) for row in tx.all(found)}


def _of_days(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = [yield_days.c.day >= asked.first.isoformat(), yield_days.c.day <= asked.last.isoformat()]
    wanted += asked.of_line(yield_days.c.line_id)
    if asked.station_id is not None:
        wanted.append(yield_days.c.station_id == asked.station_id)
    if asked.product_code:
        wanted.append(yield_days.c.product_code == asked.product_code)
    return wanted


def _defects(asked: Asked, *columns: ColumnElement[Any]) -> Any:
    """Give a selection of defects: those of the time, without what turned out to be a machine's false call."""
    found = (
        select(*columns)
        .select_from(defects.join(runs, runs.c.id == defects.c.run_id).join(work_orders, work_orders.c.id == runs.c.work_order_id))
        .where(
            defects.c.created_at >= asked.since, defects.c.created_at < asked.until,
            func.coalesce(defects.c.close_reason, "") != FALSE_CALL, *asked.of_line(runs.c.line_id),
        )
    )  # fmt: skip
    if asked.station_code:
        found = found.where(defects.c.station_code == asked.station_code)
    if asked.product_code:
        found = found.where(work_orders.c.product_code == asked.product_code)
    return found


def _faults(tx: Tx, asked: Asked) -> Sequence[Any]:
    """Give the defects summed by code, station and product."""
    keys = (defects.c.code, defects.c.station_code, work_orders.c.product_code)
    return tx.all(_defects(asked, *keys, func.sum(defects.c.qty).label("qty")).group_by(*keys))


def _parts(tx: Tx, products: set[str]) -> Mapping[str, float]:
    """Give the parts of a board of each product: the opportunities of its DPMO. None is known of a product without bill of materials."""
    summed = select(bom_items.c.parent_code, func.sum(bom_items.c.qty).label("parts")).group_by(bom_items.c.parent_code)
    return {row.parent_code: float(row.parts) for row in tx.all(summed) if row.parent_code in products and row.parts}


# What is said


def _visits(row: Any) -> Visits:
    return Visits(int(row.visits), int(row.failed), int(row.first_visits), int(row.first_failed))


def _by(rows: Sequence[Any], *names: str) -> dict[Any, Visits]:
    summed = defaultdict[Any, Visits](Visits)
    for row in rows:
        key = tuple(getattr(row, name) for name in names) if len(names) > 1 else getattr(row, names[0])
        summed[key] += _visits(row)
    return summed


def _totals(
    counted: Sequence[Any], boards: Mapping[str, int], faults: Sequence[Any], parts: Mapping[str, float]
) -> FigureTotals:
    whole = sum((_visits(row) for row in counted), Visits())
    chances = sum(count * parts.get(product, 0) for product, count in boards.items())
    told = sum(int(row.qty) for row in faults if row.product_code in parts)
    per_million = dpmo(told, chances)
    return {
        "boards": sum(boards.values()), "visits": whole.visits, "firstVisits": whole.first, "firstPassed": whole.first - whole.first_failed,
        "firstPassYield": whole.first_pass_yield, "rolledYield": rolled_yield(_by(counted, "product_code", "step_no")),
        "defects": sum(int(row.qty) for row in faults), "opportunities": chances, "dpmo": per_million, "sigmaLevel": sigma_level(per_million),
    }  # fmt: skip


def _codes(tx: Tx, faults: Sequence[Any]) -> list[FigureBar]:
    bars = pareto(((row.code, int(row.qty)) for row in faults), MOST_CODES)
    rows = tx.all(select(defect_codes).where(defect_codes.c.code.in_([bar.key for bar in bars])))
    english = tx.caller.language == "en"
    names = {row.code: (row.name_en or row.name) if english else row.name for row in rows}
    return [_named(bar, names.get(bar.key)) for bar in bars]


def _locations(tx: Tx, asked: Asked) -> list[FigureBar]:
    found = _defects(asked, defects.c.location, func.sum(defects.c.qty).label("qty")).where(
        defects.c.location.is_not(None)
    )
    rows = tx.all(found.group_by(defects.c.location))
    return [_named(bar, None) for bar in pareto(((row.location, int(row.qty)) for row in rows), MOST_LOCATIONS)]


def _named(bar: Bar, name: str | None) -> FigureBar:
    return {"key": bar.key, "name": name, "qty": bar.qty, "share": bar.share, "cumulative": bar.cumulative}


def _stations(tx: Tx, counted: Sequence[Any], faults: Sequence[Any]) -> list[FigureGroup]:
    """Give the stations, most defects first; boards that failed where nobody was at a station stand under no name."""
    visits = _by(counted, "station_id")
    known = {row.id: row for row in tx.all(select(stations.c.id, stations.c.code, stations.c.name))}
    found: Counter[str | None] = Counter()
    for row in faults:
        found[row.station_code] += int(row.qty)
    by_code = {known[key].code: (known[key].name, seen) for key, seen in visits.items() if key in known}
    names = {row.code: row.name for row in known.values()}
    whole = sum(found.values())
    groups = [
        _group(code or "", by_code.get(code or "", (names.get(code or ""), Visits())), found[code], whole, None)
        for code in {*by_code, *found}
    ]
    return sorted(groups, key=lambda one: (-one["defects"], one["key"]))[:MOST_STATIONS]


def _products(
    counted: Sequence[Any], boards: Mapping[str, int], faults: Sequence[Any], parts: Mapping[str, float]
) -> list[FigureGroup]:
    visits = _by(counted, "product_code")
    found: Counter[str] = Counter()
    for row in faults:
        found[row.product_code] += int(row.qty)
    whole = sum(found.values())
    groups = [
        _group(
            code,
            (None, visits.get(code, Visits())),
            found[code],
            whole,
            dpmo(found[code], boards.get(code, 0) * parts.get(code, 0)),
        )
        for code in {*visits, *found}
    ]
    return sorted(groups, key=lambda one: (-one["defects"], one["key"]))[:MOST_PRODUCTS]


def _group(key: str, seen: tuple[str | None, Visits], qty: int, whole: int, per_million: float | None) -> FigureGroup:
    name, visits = seen
    return {
        "key": key, "name": name, "firstVisits": visits.first, "firstPassYield": visits.first_pass_yield, "defects": qty,
        "share": rate(qty, whole), "dpmo": per_million,
    }  # fmt: skip


# The trend


def _trend(tx: Tx, asked: Asked) -> list[FigurePoint]:
    """Give the points in order of time: every day, and of hours and shifts those in which something happened."""
    visits = _visits_by_day(tx, asked) if asked.by == "day" else _visits_by_quarter(tx, asked)
    place = _Places(tx, asked)
    seen, found = defaultdict[tuple[int, str], Visits](Visits), Counter[tuple[int, str]]()
    line_of = dict[tuple[int, str], int]()  # any line that has the point: its shifts say when it ends
    for (at, line), more in visits.items():
        key = place.of(at, line)
        line_of[key] = line
        seen[key] += more
    for (at, line), qty in _faults_by_quarter(tx, asked).items():
        key = place.of(at, line)
        line_of[key] = line
        found[key] += qty
    keys = place.days or sorted(line_of)
    return [
        {
            "label": key[1], "since": clock.to_wire(key[0]), "until": clock.to_wire(place.end(key, line_of.get(key, 0))),
            "firstVisits": seen[key].first, "firstPassYield": seen[key].first_pass_yield, "defects": found[key],
        }
        for key in keys
    ]  # fmt: skip


def _days(asked: Asked) -> list[date]:
    return [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]


def _visits_by_day(tx: Tx, asked: Asked) -> dict[tuple[int, int], Visits]:
    sums = [func.sum(yield_days.c[name]).label(name) for name in ("visits", "failed", "first_visits", "first_failed")]
    rows = tx.all(select(yield_days.c.day, *sums).where(*_of_days(asked)).group_by(yield_days.c.day))
    return {(clock.day_start(date.fromisoformat(row.day), tx.store.zone), 0): _visits(row) for row in rows}


def _visits_by_quarter(tx: Tx, asked: Asked) -> dict[tuple[int, int], Visits]:
    """Give the visits that ended in each quarter of an hour, by line: from the tracks themselves, for a few days."""
    quarter = (tracks.c.out_at - tracks.c.out_at % QUARTER).label("at")
    failed, first = tracks.c.result == FAIL, tracks.c.visit_no == 1
    count = (
        func.count().label("visits"), _how_many(failed).label("failed"), _how_many(first).label("first_visits"),
        _how_many(first & failed).label("first_failed"),
    )  # fmt: skip
    found = (
        select(quarter, runs.c.line_id, *count).select_from(tracks.join(runs, runs.c.id == tracks.c.run_id))
        .where(
            tracks.c.out_at >= asked.since, tracks.c.out_at < asked.until, tracks.c.voided_at.is_(None), *asked.of_line(runs.c.line_id)
        )
    )  # fmt: skip
    if asked.station_id is not None:
        found = found.where(tracks.c.station_id == asked.station_id)
    if asked.product_code:
        found = found.join(work_orders, work_orders.c.id == runs.c.work_order_id).where(
            work_orders.c.product_code == asked.product_code
        )
    return {(row.at, row.line_id): _visits(row) for row in tx.all(found.group_by(quarter, runs.c.line_id))}


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), literal(0))


def _faults_by_quarter(tx: Tx, asked: Asked) -> dict[tuple[int, int], int]:
    quarter = (defects.c.created_at - defects.c.created_at % QUARTER).label("at")
    keys = (quarter, runs.c.line_id)
    rows = tx.all(_defects(asked, *keys, func.sum(defects.c.qty).label("qty")).group_by(*keys))
    return {(row.at, row.line_id): int(row.qty) for row in rows}


class _Places:
    """Where an instant lies in the trend: the begin of its hour, shift or day, and what that is called."""

    def __init__(self, tx: Tx, asked: Asked) -> None:
        self._tx, self._by, self._name = tx, asked.by, tx.store.zone
        self._zone = ZoneInfo(self._name)
        self._until = asked.until
        self._shifts: dict[int, Any] = {}
        self._known: dict[tuple[int, int], tuple[int, str]] = {}
        self.days = (
            [(clock.day_start(day, self._name), f"{day:%m-%d}") for day in _days(asked)] if asked.by == "day" else []
        )

    def of(self, at: int, line: int) -> tuple[int, str]:
        """Give `(begin, label)`; between two shifts a time is its own hour."""
        if self._by == "day":
            return self.days[bisect_right(self.days, (at, "~")) - 1]
        found = self._known.get((at, line))
        if found is None:
            found = self._known[at, line] = self._find(at, line)
        return found

    def _find(self, at: int, line: int) -> tuple[int, str]:
        local = datetime.fromtimestamp(at / 1000, self._zone)
        shift = shift_at(self._of_line(line), at, self._name) if self._by == "shift" else None
        if shift is not None:
            begun = begun_at(shift, at, self._name)
            return begun, f"{datetime.fromtimestamp(begun / 1000, self._zone):%m-%d} {shift['code']}"
        begun = clock.from_datetime(local.replace(minute=0, second=0, microsecond=0))
        return begun, f"{local:%m-%d %H}:00"

    def _of_line(self, line: int) -> Any:
        if line not in self._shifts:
            self._shifts[line] = shifts_of(self._tx, line)
        return self._shifts[line]

    def end(self, place: tuple[int, str], line: int) -> int:
        """Give the instant at which a place ends: the first quarter that lies in another."""
        if self._by == "day":
            following = bisect_right(self.days, place)
            return self.days[following][0] if following < len(self.days) else self._until
        at = place[0] + QUARTER
        while self.of(at, line) == place:
            at += QUARTER
        return at


__all__ = ["OTHER", "QualityFigures", "figures_of", "quality_figures"]
