"""Statistics of measured values: control limits of an individuals chart, and process capability. Pure functions.

The formulas are those of the NIST/SEMATECH e-Handbook (6.3.2.2 individuals control charts, 6.1.6 process capability) and of AIAG's
SPC manual: sigma *within* is estimated from the moving range of two values that follow each other, sigma *overall* is the sample
standard deviation. Cp and Cpk use the first, Pp and Ppk the second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

D2_OF_TWO = 1.128  # what a range of two normal values is worth in sigmas (AIAG SPC, table of constants, n = 2)
ZONE = 3.0  # control limits stand three sigmas from the mean
RUN_LENGTH = 9  # so many in a row on one side of the mean are a signal (Nelson's second rule)
BEYOND, RUN = "BEYOND", "RUN"


@dataclass(frozen=True, slots=True)
class Capability:
    """How a process lies between its limits. `ratio` needs both limits; `worst` the nearer of those there are."""

    ratio: float | None  # Cp or Pp
    worst: float | None  # Cpk or Ppk


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of values in the order in which they were measured."""

    count: int
    mean: float
    lowest: float
    highest: float
    moving_range: float | None  # mean of the moving ranges; None of a single value
    sigma_within: float | None
    sigma_overall: float | None
    lower_control: float | None
    upper_control: float | None


def statistics_of(values: Sequence[float]) -> Statistics | None:
    """Give the statistics of values in order of time, in their own unit; None of no value."""
    if not values:
        return None
    mean = _mean(values)
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    moving = _mean(ranges) if ranges else None
    within = moving / D2_OF_TWO if moving is not None else None
    return Statistics(
        count=len(values), mean=mean, lowest=min(values), highest=max(values), moving_range=moving, sigma_within=within,
        sigma_overall=_deviation(values, mean), lower_control=None if within is None else mean - ZONE * within,
        upper_control=None if within is None else mean + ZONE * within,
    )  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    """Give the mean, never outside the values: a quotient of a rounded sum can fall beside them by its last digit."""
    return min(max(fmean(values), min(values)), max(values))


def _deviation(values: Sequence[float], mean: float) -> float | None:
    """Give the sample standard deviation (n − 1); None of a single value."""
    if len(values) < 2:
        return None
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def capability(
    mean: float, sigma: float | None, *, lower: float | None = None, upper: float | None = None
) -> Capability:
    """Give (USL − LSL) / 6σ and min(USL − x̄, x̄ − LSL) / 3σ; None where a limit or a spread is missing."""
    if not sigma or (lower is None and upper is None):
        return Capability(None, None)
    sides = [
        side
        for side in (None if upper is None else upper - mean, None if lower is None else mean - lower)
        if side is not None
    ]
    ratio = (upper - lower) / (6 * sigma) if lower is not None and upper is not None else None
    return Capability(ratio, min(sides) / (3 * sigma))


def signals(values: Sequence[float], statistics: Statistics) -> dict[int, str]:
    """Give what asks for a look, by place: BEYOND a control limit, or the last of nine in a RUN on one side of the mean."""
    found: dict[int, str] = {}
    side, length = 0, 0
    for place, value in enumerate(values):
        now = (value > statistics.mean) - (value < statistics.mean)
        length = length + 1 if now == side and now else 1 if now else 0
        side = now
        if length >= RUN_LENGTH:
            found[place] = RUN
        if (
            statistics.lower_control is not None
            and statistics.upper_control is not None
            and not (statistics.lower_control <= value <= statistics.upper_control)
        ):
            found[place] = BEYOND
    return found


@dataclass(frozen=True, slots=True)
class Bin:
    """A class of a histogram: values from `start` (inclusive) to `end` (exclusive; the last one holds its end too)."""

    start: float
    end: float
    count: int


MOST_BINS = 40


def histogram(values: Sequence[float]) -> list[Bin]:
    """Give the classes of a histogram: √n of them, of one width (AIAG SPC), every value in exactly one; empty of no value."""
    if not values:
        return []
    lowest, highest = min(values), max(values)
    if lowest == highest:
        return [Bin(lowest, highest, len(values))]
    wanted = min(MOST_BINS, max(1, math.ceil(math.sqrt(len(values)))))
    width = (highest - lowest) / wanted
    if not width or not math.isfinite(width):  # so near together, or so far apart, that a width cannot be said
        return [Bin(lowest, highest, len(values))]
    counts = [0] * wanted
    for value in values:
        counts[min(int((value - lowest) / width), wanted - 1)] += 1
    edges = [lowest + place * width for place in range(wanted)] + [highest]
    return [Bin(edges[place], edges[place + 1], count) for place, count in enumerate(counts)]
