"""`demo load --dataset history` (spec 12.6): day after day of the past, each in a transaction of its own, so that a load goes on where it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from fiducial.demo.finding import first_of, rows_of
from fiducial.demo.history import ground, shape, templates
from fiducial.demo.history.bulk import write_day
from fiducial.demo.history.capture import Template, read_template
from fiducial.demo.history.copying import Copier, Day, Keys, Shift
from fiducial.demo.history.shape import HistoryLine, Size
from fiducial.demo.making import Maker
from fiducial.kit import clock
from fiducial.kit.counters import counters
from fiducial.orders.tables import work_orders
from fiducial.plant.tables import lots
from fiducial.quality.tables import defect_codes

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
BEFORE_DAYS = 60  # the templates were played so long before the past begins

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stock:
    """What every day is made of: the templates, the plant's defect codes, and the maker of keys."""

    templates: dict[tuple[HistoryLine, str], Template]
    codes: dict[str, tuple[str, str]]
    keys: Keys


@dataclass(frozen=True, slots=True)
class Asked:
    """Which past: up to `as_of`, of which size, drawn by which seed."""

    as_of: date
    size: Size
    seed: int


def load(maker: Maker, asked: Asked, *, gates: Any, person: Any, say: Say) -> None:
    """Load what is missing of the past; `gates` and `person` make those of the demo."""
    zone = maker.inside.store.zone
    begins = clock.day_start(asked.as_of - timedelta(asked.size.days + BEFORE_DAYS), zone)
    with clock.at(begins - 10 * DAY_MS):
        ground.lay(maker, gates, asked.size.lines)
        for line in asked.size.lines:
            for one in ground.crew(line):
                person(maker, one)
        maker.sign()
    played = {
        (line, kind): templates.find_or_play(maker, line, kind, begins + (place + 1) * DAY_MS)
        for line in asked.size.lines
        for place, kind in enumerate(templates.KINDS)
    }
    read: dict[tuple[HistoryLine, str], Template] = {}
    codes = {
        row["code"]: (row["name"], row["severity"])
        for row in _rows(maker, select(defect_codes.c.code, defect_codes.c.name, defect_codes.c.severity))
    }
    keys = Keys()
    days = list(shape.working_days(asked.as_of - timedelta(asked.size.days), asked.size.days))
    for number, day in enumerate(days):
        first = f"WO-{_token(asked.size.lines[0], day, shape.SHIFTS[0][0])}"
        if maker.inside.store.read_now(
            maker.inside.ours(), first_of, select(work_orders.c.id).where(work_orders.c.wo_no == first)
        ):
            maker.loaded.found["day"] += 1
            continue
        if not read:
            read = {
                place: maker.inside.store.read_now(maker.inside.ours(), read_template, play)
                for place, play in played.items()
            }
        made = _day(maker, asked, number, day, Stock(read, codes, keys))
        maker.ours(write_day, f"history {day.isoformat()}", made)
        maker.loaded.created["day"] += 1
        say(f"{day.isoformat()}: {number + 1} of {len(days)} days, {len(made.rows['unit'])} units")


def _rows(maker: Maker, statement: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = maker.inside.store.read_now(maker.inside.ours(), rows_of, statement)
    return rows


def _token(line: HistoryLine, day: date, letter: str) -> str:
    return f"{line.short}-{day:%y%m%d}{letter}"


def _day(maker: Maker, asked: Asked, number: int, day: date, stock: Stock) -> Day:
    """Make the rows of one day. What is drawn hangs on the day alone, so that a load that goes on draws the same."""
    zone = maker.inside.store.zone
    draw = Random(f"{asked.seed}:{day.isoformat()}")  # noqa: S311 - a story, no secret
    made = Day()
    series = f"D-{day:%Y%m%d}"
    counted = select(counters.c.last).where(counters.c.name == series)
    made.began_at[series] = made.series[series] = (
        maker.inside.store.read_now(maker.inside.ours(), first_of, counted) or 0
    )
    copier = Copier(made, stock.keys, draw, stock.codes, zone)
    first_pass = shape.first_pass_yield(day, draw)
    for line, letter, begins, boards, done in _shifts(asked, number, day, zone):
        share = min(0.995, max(0.96, first_pass + draw.uniform(-0.002, 0.002)))
        lot = f"{line.short}-{done // (shape.UNITS_A_LOT * 9 // 10):04d}-"
        if line.kind == "SMT":
            named = [f"LOT-{lot}{place:02d}" for place in range(1, shape.SLOTS + 1)]
            made.lots |= {
                row["lot_no"]: row["id"]
                for row in _rows(maker, select(lots.c.lot_no, lots.c.id).where(lots.c.lot_no.in_(named)))
            }
        shift = Shift(token=_token(line, day, letter), begins=begins, boards=boards, passes=share, lot_token=lot)
        copier.copy(stock.templates[line, _kind(draw)], shift)
    if day < asked.as_of - timedelta(shape.EVENTS_KEPT_DAYS):
        made.rows["event"].clear()
    return made


def _kind(draw: Random) -> str:
    if draw.random() < shape.OQC_SHARE:
        return templates.FAILED if draw.random() < shape.OQC_FAILS else templates.PASSED
    return templates.WAIVED if draw.random() < shape.WAIVED_RUNS else templates.UNINSPECTED


def _shifts(asked: Asked, number: int, day: date, zone: str) -> Iterator[tuple[HistoryLine, str, int, int, int]]:
    """Give line, shift, begin, boards, and boards that the line made before."""
    days = sum(1 for _ in shape.working_days(asked.as_of - timedelta(asked.size.days), asked.size.days))
    lines = asked.size.lines
    whole = days * len(lines) * len(shape.SHIFTS)
    start = clock.day_start(day, zone)
    place = number * len(lines) * len(shape.SHIFTS)
    for line in lines:
        for letter, _code, hour in shape.SHIFTS:
            boards = asked.size.units * (place + 1) // whole - asked.size.units * place // whole
            yield line, letter, start + hour * HOUR_MS, boards, asked.size.units * place // whole // len(lines)
            place += 1
