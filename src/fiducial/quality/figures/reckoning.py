"""The arithmetic of the figures of quality. Pure functions over counts; every rate is a sum over a sum, never a mean of rates.

- First-pass yield (直通率) of a step: units that passed at their first visit over units that made one (spec 00.9).
- Rolled throughput yield: the product of the first-pass yields of the steps of a route, the chance of a board to pass them all at
  the first go (George, Lean Six Sigma Pocket Toolbook; of several products the mean, weighted by their boards).
- DPMO: a million times the defects over the opportunities, boards times parts of the bill of materials; the same measure as the
  `defectPpm` of the daily report (spec 06.12). A product without a bill of materials has neither defects nor boards in it.
- Sigma level: the quantile of the normal curve at 1 - DPMO / 10^6, plus the customary shift of 1.5 (Motorola's convention).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from statistics import NormalDist

MILLION = 1_000_000
SHIFT = 1.5
DECIMALS = 4
OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Visits:
    """How many visits there were, how many failed; and the same of units that came to the step for the first time."""

    visits: int = 0
    failed: int = 0
    first: int = 0
    first_failed: int = 0

    def __add__(self, other: Visits) -> Visits:
        """Give both together."""
        return Visits(
            self.visits + other.visits,
            self.failed + other.failed,
            self.first + other.first,
            self.first_failed + other.first_failed,
        )

    @property
    def first_pass_yield(self) -> float | None:
        """Give the share of first visits that passed, 0 to 1; None without one."""
        return rate(self.first - self.first_failed, self.first)


def rate(part: float, whole: float) -> float | None:
    """Give a share with four decimals; None of nothing."""
    return round(part / whole, DECIMALS) if whole else None


def rolled_yield(by_step: Mapping[tuple[str, int], Visits]) -> float | None:
    """Give the rolled throughput yield of visits by (product, step number); None without a first visit."""
    of_product = defaultdict[str, list[Visits]](list)
    for (product, _step), visits in by_step.items():
        if visits.first:
            of_product[product].append(visits)
    weighed = [
        (max(one.first for one in steps), prod((one.first - one.first_failed) / one.first for one in steps))
        for steps in of_product.values()
    ]
    return rate(sum(boards * chance for boards, chance in weighed), sum(boards for boards, _ in weighed))


def dpmo(defects: int, opportunities: float) -> float | None:
    """Give the defects per million opportunities; None where there was no opportunity."""
    return round(MILLION * defects / opportunities, 2) if opportunities else None


def sigma_level(per_million: float | None) -> float | None:
    """Give the sigma level of a DPMO, with the shift of 1.5; None where it says nothing (none, no defect at all, or every chance one)."""
    if per_million is None or not 0 < per_million < MILLION:
        return None
    return round(NormalDist().inv_cdf(1 - per_million / MILLION) + SHIFT, 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a Pareto: how many, its share of all, and the shares summed up to here."""

    key: str
    qty: int
    share: float
    cumulative: float


def pareto(counted: Iterable[tuple[str, int]], most: int) -> Sequence[Bar]:
    """Give the bars, largest first; beyond `most` the rest stand together as OTHER."""
    summed = defaultdict[str, int](int)
    for key, qty in counted:
        summed[key] += qty
    ordered = sorted(((key, qty) for key, qty in summed.items() if qty), key=lambda one: (-one[1], one[0]))
    rest = sum(qty for _, qty in ordered[most:])
    whole, so_far, bars = sum(summed.values()), 0, list[Bar]()
    for key, qty in [*ordered[:most], *([(OTHER, rest)] if rest else [])]:
        so_far += qty
        bars.append(Bar(key, qty, round(qty / whole, DECIMALS), round(so_far / whole, DECIMALS)))
    return bars
