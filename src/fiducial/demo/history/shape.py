"""The dataset `history` as data (spec 12.6): its sizes, its lines, and how its weeks, shifts, faults and reels are drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

SUNDAY = 6
SHIFTS: tuple[tuple[str, str, int], ...] = (("D", "DAY", 8), ("N", "NIGHT", 20))  # letter, code, hour it begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How long a past, and how much of it."""

    days: int
    units: int
    smt: int  # lines, each with one run a shift
    dip: int

    @property
    def lines(self) -> tuple[HistoryLine, ...]:
        """Give its lines."""
        return (
            *(HistoryLine(f"H{number}", "SMT") for number in range(1, self.smt + 1)),
            *(HistoryLine(f"DIP-H{number}", "DIP") for number in range(1, self.dip + 1)),
        )


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of the past. `short` is what its numbers are made of."""

    short: str
    kind: str

    @property
    def code(self) -> str:
        """Give the code of the line."""
        return f"LINE-{self.short}"

    @property
    def route(self) -> str:
        """Give the code of its route."""
        return f"PCBA-HISTORY-{self.kind}"

    @property
    def steps(self) -> tuple[tuple[str, str, str], ...]:
        """Give operation, name and kind of its steps."""
        return STEPS[self.kind]

    def station(self, place: int) -> str:
        """Give the code of the station of a step (from 0)."""
        return f"ST-{self.short}-{place + 1:02d}"


SIZES: dict[str, Size] = {
    "S": Size(days=90, units=50_000, smt=1, dip=1),
    "M": Size(days=365, units=500_000, smt=3, dip=2),
    "L": Size(days=365, units=1_500_000, smt=6, dip=4),
    "TRACE": Size(days=1095, units=1_000_000, smt=2, dip=1),
}
DEFAULT_SIZE = "M"

# operation, name, kind of process; six visits for each unit, two values at each
STEPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "SMT": (("H_PRINT", "印刷（历史）", "PRINT"), ("H_SPI", "锡膏检测（历史）", "SPI"), ("H_MOUNT", "贴片（历史）", "MOUNT"),
            ("H_REFLOW", "回流焊（历史）", "REFLOW"), ("H_AOI", "光学检测（历史）", "AOI"), ("H_TEST", "功能测试（历史）", "TEST")),
    "DIP": (("H_INSERT", "插件（历史）", "INSERT"), ("H_WAVE", "波峰焊（历史）", "WAVE"), ("H_POST", "后焊（历史）", "POST_SOLDER"),
            ("H_DIP_AOI", "炉后检测（历史）", "AOI"), ("H_DIP_ICT", "在线测试（历史）", "TEST"), ("H_DIP_TEST", "功能测试（历史）", "TEST")),
}  # fmt: skip
VALUES = (("参数一", 5.0, 4.0, 6.0), ("参数二", 120.0, 100.0, 140.0))  # name, middle, lower and upper limit
FAIL_AT = (3, 4, 5)  # the steps (from 0) at which a unit may fail
INSPECTED, PLAIN = "P-H01", "P-H02"  # products: with outgoing inspection, without
SLOTS = 24  # of an SMT line
PARTS_A_UNIT = 200  # from each slot
REEL = (800, 4000)  # placements after which a reel is changed
UNITS_A_LOT = 10_000
OQC_SHARE, OQC_FAILS, SCRAPPED = 0.60, 0.03, 0.002
WAIVED_RUNS = 0.3  # of the runs without inspection: one item of some twenty, and so 0.5 % of all items
EVENTS_KEPT_DAYS = 30  # what retention leaves

PLAYED_CODE = "SOLDER_BRIDGE"  # what the boards of the templates fail with
# Most frequent first: a Zipf law gives each its share. Seeds of pages 06.14 and 11.8.
CODES: dict[str, tuple[str, ...]] = {
    "SMT": (PLAYED_CODE, "A1", "M9", "A3", "M12", "A11", "A13", "M14", "A16"),
    "DIP": (
        "WS_BRIDGE",
        "WS_INSUF",
        "INS_MISS",
        "WS_ICICLE",
        "INS_POLAR",
        "ICT_SHORT",
        "WS_COLD",
        "INS_FLOAT",
        "FCT_FUNC",
    ),
}


def material(place: int) -> str:
    """Give the material of a slot (from 1)."""
    return f"H-MAT-{place:02d}"


def slot(line: HistoryLine, place: int) -> str:
    """Give the code of a slot (from 1)."""
    return f"{line.short}-{place:02d}"


def working_days(first: date, count: int) -> Iterator[date]:
    """Give the days on which the plant worked: all but Sundays."""
    for number in range(count):
        day = first + timedelta(number)
        if day.weekday() != SUNDAY:
            yield day


def first_pass_yield(day: date, draw: Random) -> float:
    """Give the share of units that pass at first; it drifts from week to week between 96 and 99.5 %."""
    week = day.toordinal() // 7
    drift = 0.98 + 0.012 * math.sin(week * 2 * math.pi / 13)
    return min(0.995, max(0.96, drift + draw.uniform(-0.004, 0.004)))


def pick_code(draw: Random, codes: tuple[str, ...]) -> str:
    """Give a code: the n-th is n times rarer than the first."""
    weights = list(accumulate(1 / place for place in range(1, len(codes) + 1)))
    return draw.choices(codes, cum_weights=weights)[0]
