"""The light intervals agree with those of scipy and of the statistics package."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.evidence.limits import exact_limits, t_multiplier


def test_the_exact_limits_are_scipys_for_every_count_up_to_forty():
    from scipy.stats import beta

    for n in range(1, 41):
        for x in range(n + 1):
            low, high = exact_limits(x, n)
            assert low == pytest.approx(0 if x == 0 else beta.ppf(0.025, x, n - x + 1), abs=1e-11)
            assert high == pytest.approx(1 if x == n else beta.ppf(0.975, x + 1, n - x), abs=1e-11)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 12000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999]),
)
def test_the_exact_limits_are_those_of_the_statistics_package(pair, level):
    from jdm_teach.stats.proportions import proportion

    events, n = pair
    theirs = proportion(events, n, level=level).interval
    ours = exact_limits(events, n, level)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-10)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_the_t_multiplier_is_scipys(level):
    from scipy.special import stdtrit

    for df in [*range(1, 60), 99, 100, 473, 2098]:
        assert t_multiplier(df, level) == pytest.approx(float(stdtrit(df, (1 + level) / 2)), rel=1e-9)


@pytest.mark.parametrize(("events", "n"), [(-1, 9), (10, 9), (0, 0)])
def test_impossible_counts_are_refused(events, n):
    with pytest.raises(ValueError, match="0 to n events"):
        exact_limits(events, n)


def test_one_person_has_no_interval_of_a_mean():
    with pytest.raises(ValueError, match="at least two people"):
        t_multiplier(0)
