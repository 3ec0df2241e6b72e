"""The arithmetic of the figures of quality against published and hand-computed examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.kit.listing import instant_of
from fiducial.plant.shifts import SHIFTS, USUAL, begun_at, shift_at
from fiducial.quality.figures.reckoning import (
    OTHER,
    Visits,
    dpmo,
    pareto,
    rolled_yield,
    sigma_level,
)

SHANGHAI = "Asia/Shanghai"


def first(boards: int, failed: int) -> Visits:
    return Visits(boards, failed, boards, failed)


def test_boards_that_come_back_from_rework_do_not_mend_the_first_pass_yield() -> None:
    """100 boards, 10 fail, are repaired and pass at the second go: 90 %, not 100 % and not 90/110."""
    seen = first(100, 10) + Visits(visits=10, failed=0)
    assert (seen.visits, seen.first_pass_yield) == (110, 0.9)


def test_nothing_made_has_no_yield_instead_of_a_good_or_a_bad_one() -> None:
    assert Visits().first_pass_yield is None
    assert rolled_yield({}) is None
    assert dpmo(3, 0) is None


def test_the_rolled_yield_is_the_product_of_the_steps() -> None:
    """The textbook chain (95 %, 85 %, 85 %, 90 %): 0.95 · 0.85 · 0.85 · 0.90 = 0.6177."""
    steps = {("P", 10): first(100, 5), ("P", 20): first(100, 15), ("P", 30): first(100, 15), ("P", 40): first(100, 10)}
    assert rolled_yield(steps) == pytest.approx(0.6177, abs=1e-4)


def test_the_rolled_yield_of_several_products_is_weighed_by_their_boards() -> None:
    """300 boards at 0.5 and 100 at 0.9: (300 · 0.5 + 100 · 0.9) / 400 = 0.6, not the 0.7 of a mean of rates."""
    assert rolled_yield({("P", 10): first(300, 150), ("Q", 10): first(100, 10)}) == 0.6


def test_dpmo_agrees_with_the_example_of_the_daily_report() -> None:
    """Spec 06.12: 3 defects on 280 and 100 boards of 41 parts are 192.55 per million."""
    assert dpmo(3, (280 + 100) * 41) == 192.55


@pytest.mark.parametrize(
    ("per_million", "sigma"), [(3.4, 6.0), (233, 5.0), (6210, 4.0), (66_807, 3.0), (308_538, 2.0), (691_462, 1.0)]
)
def test_the_sigma_level_agrees_with_the_published_table(per_million: float, sigma: float) -> None:
    """Motorola's table with the shift of 1.5."""
    assert sigma_level(per_million) == pytest.approx(sigma, abs=0.01)


def test_no_defect_and_nothing_but_defects_have_no_sigma_level() -> None:
    assert [sigma_level(value) for value in (None, 0, 1_000_000)] == [None, None, None]


def test_a_pareto_puts_the_largest_first_and_the_rest_together() -> None:
    bars = pareto([("A", 5), ("B", 30), ("C", 10), ("A", 5), ("D", 5)], 2)
    assert [(bar.key, bar.qty, bar.share, bar.cumulative) for bar in bars] == [
        ("B", 30, 0.5455, 0.5455), ("A", 10, 0.1818, 0.7273), (OTHER, 15, 0.2727, 1.0),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 1000))), st.integers(1, 9))
def test_a_pareto_loses_nothing(counted: list[tuple[str, int]], most: int) -> None:
    bars = pareto(counted, most)
    assert sum(bar.qty for bar in bars) == sum(qty for _, qty in counted)
    assert not bars or bars[-1].cumulative == 1
    heights = [bar.qty for bar in bars if bar.key != OTHER]
    assert heights == sorted(heights, reverse=True)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("PQ"), st.integers(1, 5)), st.tuples(st.integers(0, 500), st.floats(0, 1))
    )
)
def test_a_rolled_yield_is_never_better_than_all_and_never_worse_than_none(
    made: dict[tuple[str, int], tuple[int, float]],
) -> None:
    found = rolled_yield({key: first(boards, int(boards * share)) for key, (boards, share) in made.items()})
    assert found is None or 0 <= found <= 1


@pytest.mark.parametrize(
    ("at", "code", "begun"),
    [
        ("2026-01-25T00:00:00Z", "DAY", "2026-01-25T00:00:00Z"),  # 08:00 in Shanghai
        ("2026-01-24T23:59:59Z", "NIGHT", "2026-01-24T16:00:00Z"),
        ("2026-01-25T15:59:00Z", "MIDDLE", "2026-01-25T08:00:00Z"),
    ],
)
def test_an_instant_lies_in_the_shift_of_the_plants_clock(at: str, code: str, begun: str) -> None:
    shift = shift_at(USUAL, instant_of(at), SHANGHAI)
    assert shift is not None
    assert (shift["code"], begun_at(shift, instant_of(at), SHANGHAI)) == (code, instant_of(begun))


def test_a_night_shift_over_midnight_began_yesterday() -> None:
    two = [{"code": "D", "from": "07:30", "to": "19:30"}, {"code": "N", "from": "19:30", "to": "07:30"}]
    at = instant_of("2026-01-25T01:15:00+08:00")
    shift = shift_at(two, at, SHANGHAI)
    assert shift is not None
    assert (shift["code"], begun_at(shift, at, SHANGHAI)) == ("N", instant_of("2026-01-24T19:30:00+08:00"))


@pytest.mark.parametrize(
    "wrong",
    [
        [], "DAY", [{"code": "A"}], [{"code": "A", "from": "8:00", "to": "16:00"}], [{"code": "A", "from": "08:00", "to": "25:00"}],
        [{"code": "A", "from": "08:00", "to": "16:00"}, {"code": "A", "from": "16:00", "to": "20:00"}],
        [{"code": "A", "from": "08:00", "to": "16:00"}, {"code": "B", "from": "15:59", "to": "20:00"}],
        [{"code": "N", "from": "22:00", "to": "06:00"}, {"code": "D", "from": "05:00", "to": "12:00"}],
        [{"code": "", "from": "08:00", "to": "16:00"}], [{"code": "A", "from": "08:00", "to": "16:00", "more": "x"}],
    ],
)  # fmt: skip
def test_shifts_that_cannot_be_are_not_taken(wrong: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reason is data
        SHIFTS.check(wrong)


def test_the_usual_shifts_and_a_day_of_one_shift_are_taken() -> None:
    assert SHIFTS.check(USUAL) == USUAL
    assert SHIFTS.check([{"code": "ALL", "from": "08:00", "to": "08:00"}])
