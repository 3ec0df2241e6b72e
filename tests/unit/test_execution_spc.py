"""The statistics agree with data that others published, and hold what they promise for any values."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.execution.spc import BEYOND, RUN, Statistics, capability, histogram, signals, statistics_of

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 "Individuals control charts": flow rate of ten batches.
FLOW_RATE = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
# NIST Statistical Reference Datasets, univariate summary statistics: NumAcc1 (three values), NumAcc3 and NumAcc4 (1001 values of
# a pattern that is hard on the arithmetic), with their certified mean and standard deviation.
NUM_ACC_1 = (10000001.0, 10000003.0, 10000002.0)
NUM_ACC_3 = (1000000.2, *([1000000.1, 1000000.3] * 500))
NUM_ACC_4 = (10000000.2, *([10000000.1, 10000000.3] * 500))
# NIST StRD "Mavro": 50 filter transmittance values, certified mean 2.0018560, standard deviation 0.000429123454003053.
MAVRO = (
    2.00180, 2.00170, 2.00180, 2.00190, 2.00180, 2.00170, 2.00150, 2.00140, 2.00150, 2.00150,
    2.00170, 2.00180, 2.00180, 2.00190, 2.00190, 2.00210, 2.00200, 2.00160, 2.00140, 2.00130,
    2.00130, 2.00150, 2.00150, 2.00160, 2.00150, 2.00140, 2.00130, 2.00140, 2.00150, 2.00140,
    2.00150, 2.00160, 2.00150, 2.00160, 2.00190, 2.00200, 2.00200, 2.00210, 2.00220, 2.00230,
    2.00240, 2.00250, 2.00270, 2.00260, 2.00260, 2.00260, 2.00270, 2.00260, 2.00250, 2.00240,
)  # fmt: skip


def test_the_individuals_chart_of_nists_flow_rates() -> None:
    """Mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159, and no batch outside them."""
    found = statistics_of(FLOW_RATE)
    assert found is not None
    assert found.moving_range
    assert found.upper_control
    assert found.lower_control
    assert found.mean == pytest.approx(50.81)
    assert found.moving_range == pytest.approx(1.8778, abs=5e-5)
    assert found.upper_control == pytest.approx(55.8041, abs=5e-4)
    assert found.lower_control == pytest.approx(45.8159, abs=5e-4)
    assert signals(FLOW_RATE, found) == {}


@pytest.mark.parametrize(
    ("values", "mean", "deviation"),
    [
        (NUM_ACC_1, 10000002.0, 1.0),
        (NUM_ACC_3, 1000000.2, 0.1),
        (NUM_ACC_4, 10000000.2, 0.1),
        (MAVRO, 2.0018560, 0.000429123454003053),
    ],
)
def test_mean_and_deviation_of_nists_reference_data(values: tuple[float, ...], mean: float, deviation: float) -> None:
    found = statistics_of(values)
    assert found is not None
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert found.sigma_overall == pytest.approx(deviation, rel=1e-7)


def test_the_capability_of_nists_example() -> None:
    """NIST/SEMATECH e-Handbook 6.1.6: LSL 8, USL 20, mean 16, sigma 2 give Cp 1.0 and Cpk 0.6667."""
    found = capability(16, 2, lower=8, upper=20)
    assert found.ratio == pytest.approx(1.0)
    assert found.worst == pytest.approx(0.6667, abs=5e-5)


def test_one_limit_gives_no_ratio_but_the_side_that_there_is() -> None:
    assert capability(16, 2, upper=20).ratio is None
    assert capability(16, 2, upper=20).worst == pytest.approx(4 / 6)
    assert capability(16, 2, lower=8).worst == pytest.approx(8 / 6)


def test_nothing_is_said_without_limits_or_spread() -> None:
    assert capability(16, 2).worst is None
    assert capability(16, 0.0, lower=8, upper=20).worst is None
    assert capability(16, None, lower=8, upper=20).ratio is None


def test_a_single_value_has_a_mean_and_no_spread() -> None:
    found = statistics_of([4.2])
    assert found is not None
    assert (found.count, found.mean, found.sigma_within, found.sigma_overall, found.upper_control) == (
        1,
        4.2,
        None,
        None,
        None,
    )


def test_no_value_has_no_statistics() -> None:
    assert statistics_of([]) is None
    assert histogram([]) == []


def test_a_value_far_away_is_beyond_the_control_limits() -> None:
    values = [10.0, 10.1, 9.9, 10.0, 10.1, 9.9, 10.0, 10.1, 14.0, 10.0, 9.9, 10.0]
    found = statistics_of(values)
    assert found is not None
    assert signals(values, found) == {8: BEYOND}


def test_nine_in_a_row_on_one_side_are_a_run_and_eight_are_not() -> None:
    """Nelson's second rule; a value on the mean itself begins anew."""
    level = Statistics(20, 0.0, -1, 1, None, None, None, None, None)
    assert signals([-1, *[1] * 8, -1], level) == {}
    assert signals([-1, *[1] * 9, -1], level) == {9: RUN}
    assert signals([*[-1] * 10], level) == {8: RUN, 9: RUN}
    assert signals([*[1] * 5, 0, *[1] * 5], level) == {}


measured = st.lists(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False), min_size=1, max_size=200)


@given(measured)
def test_the_mean_lies_between_the_values_and_no_spread_is_negative(values: list[float]) -> None:
    found = statistics_of(values)
    assert found is not None
    assert found.lowest <= found.mean <= found.highest
    assert (found.sigma_overall or 0) >= 0
    assert (found.sigma_within or 0) >= 0
    if len(values) > 1:
        assert found.lower_control is not None
        assert found.upper_control is not None
        assert found.lower_control <= found.mean <= found.upper_control


@given(measured)
def test_the_histogram_holds_every_value_once_and_has_no_gap(values: list[float]) -> None:
    bins = histogram(values)
    assert sum(one.count for one in bins) == len(values)
    assert bins[0].start == min(values)
    assert bins[-1].end == max(values)
    assert all(earlier.end == later.start for earlier, later in itertools.pairwise(bins))


@given(
    st.floats(-1e6, 1e6), st.floats(1e-3, 1e3), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6),
)  # fmt: skip
def test_the_worst_side_is_never_better_than_the_ratio(mean: float, sigma: float, lower: float, width: float) -> None:
    """Cpk ≤ Cp, and they are equal in the middle."""
    upper = lower + width
    found = capability(mean, sigma, lower=lower, upper=upper)
    assert found.ratio is not None
    assert found.worst is not None
    assert found.worst <= found.ratio * (1 + 1e-6) + 1e-9
    middle = capability((lower + upper) / 2, sigma, lower=lower, upper=upper)
    assert middle.ratio is not None
    assert middle.worst is not None
    assert math.isclose(middle.worst, middle.ratio, rel_tol=1e-6, abs_tol=1e-6)


@given(measured, st.floats(-1e6, 1e6))
def test_moving_all_values_moves_the_mean_and_not_the_spread(values: list[float], by: float) -> None:
    before, after = statistics_of(values), statistics_of([value + by for value in values])
    assert before is not None
    assert after is not None
    assert math.isclose(after.mean, before.mean + by, rel_tol=1e-9, abs_tol=1e-5)
    assert math.isclose(after.sigma_overall or 0, before.sigma_overall or 0, rel_tol=1e-6, abs_tol=1e-4)
