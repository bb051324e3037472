"""The simulated worlds against closed forms, other integrals and the numbers the question bank quotes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jdm_teach.stats.worlds import (
    Simulated,
    control_world,
    entry_rule_world,
    immortal_time_world,
    improving_share,
    marker_hunt,
    no_effect_world,
    rank_power,
    severity_world,
)

EVERY_WORLD = (
    no_effect_world,
    severity_world,
    immortal_time_world,
    entry_rule_world,
    control_world,
    marker_hunt,
)


def within(simulated, exact, trials, widths=4.5):
    """A simulated share lies within a few standard errors of its exact value."""
    return abs(simulated - exact) <= widths * np.sqrt(exact * (1 - exact) / trials) + 1e-9


@pytest.mark.parametrize("world", EVERY_WORLD, ids=lambda w: w.__name__)
def test_a_world_says_its_seed_and_labels_every_row(world):
    result = world(worlds=50, seed=11)
    assert isinstance(result, Simulated)
    assert "seed 11" in str(result) and "assuming" in str(result) and "50 worlds" in str(result)
    for table in (result.table(), result.frame()):
        assert set(table["data_origin"]) == {"simulated"} and set(table["seed"]) == {11}
    assert "<table" in result._repr_html_()


@pytest.mark.parametrize("world", EVERY_WORLD, ids=lambda w: w.__name__)
def test_the_same_seed_gives_the_same_world(world):
    one, two, other = (world(worlds=50, seed=s).frame() for s in (3, 3, 4))
    assert one.equals(two) and not one.drop(columns="seed").equals(other.drop(columns="seed"))


# --- no effect -------------------------------------------------------------------------------------------------


def test_four_of_five_untreated_children_improve_at_reliability_one_half():
    result = no_effect_world(reliability=0.5, entry=1.0, n=9)
    assert abs(improving_share(0.5, 1.0) - 0.80) < 0.01
    assert within(result.share, result.expected_share, 90_000)
    assert result.mean_fall == pytest.approx(result.expected_fall, abs=0.02)


@given(st.floats(0, 0.99), st.floats(-2, 3), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_the_share_improving_equals_the_bivariate_normal(reliability, entry, change):
    # P(b > c, f - b < -m) for two correlated normals, from scipy's bivariate distribution function.
    spread = np.sqrt(2 - 2 * reliability)
    correlation = np.sqrt((1 - reliability) / 2)
    joint = stats.multivariate_normal([0, 0], [[1, -correlation], [-correlation, 1]]).cdf(
        [-entry, -change / spread]
    )
    turned = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).cdf(
        [-entry, -change / spread]
    )
    # (-b) and (f - b) / spread are correlated at +correlation.
    assert joint <= turned + 1e-6
    assert improving_share(reliability, entry, change) == pytest.approx(
        turned / stats.norm.sf(entry), abs=2e-4
    )


def test_the_number_improving_is_binomial():
    result = no_effect_world(worlds=20_000)
    expected = result.expected_counts * result.worlds
    kept = expected >= 5
    observed = np.append(result.counts[kept], result.counts[~kept].sum())
    wanted = np.append(expected[kept], expected[~kept].sum())
    assert stats.chisquare(observed, wanted).pvalue > 0.001


def test_only_children_above_the_threshold_enter_and_without_selection_half_improve():
    assert no_effect_world(entry=1.5, worlds=500).frame(500)["score_before"].min() > 1.5
    assert improving_share(0.5, -8.0) == pytest.approx(0.5, abs=1e-6)
    assert improving_share(1.0, 1.0) == 0
    assert no_effect_world(reliability=1, worlds=10).share == 0


def test_less_reliable_scores_improve_more():
    shares = [improving_share(r, 1.0) for r in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert shares == sorted(shares, reverse=True)


# --- who gets the drug ------------------------------------------------------------------------------------------


def test_severity_makes_a_useless_drug_look_harmful():
    result = severity_world()
    assert result.true_difference == 0
    assert result.expected_crude > 0.2
    assert np.nanmean(result.crude) == pytest.approx(result.expected_crude, abs=0.02)
    assert abs(np.nanmean(result.banded)) < abs(np.nanmean(result.crude)) / 5


def test_the_endless_study_equals_the_integral():
    from scipy.integrate import quad

    result = severity_world(
        steepness=1.2, prognosis=0.8, odds_ratio=0.5, risk=0.4, treated_share=0.3, worlds=5
    )
    expit, logit = (lambda x: 1 / (1 + np.exp(-x))), (lambda p: np.log(p / (1 - p)))

    def mean(f):
        return quad(lambda z: f(z) * stats.norm.pdf(z), -9, 9)[0]

    def chance(z):
        return expit(logit(0.3) + 1.2 * z)

    def sick(z, treated):
        return expit(logit(0.4) + 0.8 * z + treated * np.log(0.5))

    treated = mean(lambda z: chance(z) * sick(z, 1)) / mean(chance)
    untreated = mean(lambda z: (1 - chance(z)) * sick(z, 0)) / mean(lambda z: 1 - chance(z))
    assert result.expected_crude == pytest.approx(treated - untreated, abs=1e-5)
    assert result.true_difference == pytest.approx(mean(lambda z: sick(z, 1) - sick(z, 0)), abs=1e-5)


def test_treatment_by_chance_is_fair():
    result = severity_world(steepness=0, odds_ratio=0.4, worlds=4000)
    assert result.expected_crude == pytest.approx(result.true_difference, abs=1e-9)
    assert result.expected_banded == pytest.approx(result.true_difference, abs=1e-9)
    assert np.nanmean(result.crude) == pytest.approx(result.true_difference, abs=0.01)


def test_in_a_large_study_the_bands_come_close_to_the_endless_value():
    result = severity_world(n=200_000, worlds=1)
    assert result.crude[0] == pytest.approx(result.expected_crude, abs=0.01)
    assert result.banded[0] == pytest.approx(result.expected_banded, abs=0.01)


# --- immortal time ----------------------------------------------------------------------------------------------


def test_equal_hazards_look_unequal_and_person_time_is_right():
    result = immortal_time_world(n=400_000, worlds=1)
    treated, untreated = result.naive
    assert abs(treated - 0.47) < 0.01 and abs(untreated - 0.95) < 0.01
    assert abs(result.rate[0] - result.rate[1]) < 0.02
    assert within(result.ever_treated, 2 / 3, 400_000)


def test_the_exponential_wait_has_its_closed_form():
    result = immortal_time_world(hazard=0.5, mean_delay=1.0, horizon=2.0, worlds=1)
    treated = ((1 - np.exp(-1)) - (1 - np.exp(-3)) / 3) / (2 / 3)
    assert result.expected_naive == pytest.approx((treated, 1 - np.exp(-3)), abs=1e-5)
    assert result.expected_ever_treated == pytest.approx(2 / 3, abs=1e-5)


def test_a_fixed_wait_has_its_closed_form():
    result = immortal_time_world(hazard=0.5, mean_delay=1.0, delay="fixed", horizon=2.0, worlds=1)
    assert result.expected_ever_treated == pytest.approx(np.exp(-0.5))
    assert result.expected_naive == pytest.approx((1 - np.exp(-0.5), 1.0))


@pytest.mark.parametrize("delay", ["exponential", "fixed", "uniform", "gamma"])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("follow_up", [np.inf, 3.0])
def test_simulated_and_exact_agree_for_every_wait(delay, ratio, follow_up):
    result = immortal_time_world(
        delay=delay, hazard_ratio=ratio, follow_up=follow_up, n=100_000, worlds=1, seed=5
    )
    assert within(result.ever_treated, result.expected_ever_treated, 100_000)
    for simulated, exact in zip(result.naive, result.expected_naive, strict=True):
        assert simulated == pytest.approx(exact, abs=0.015)
    for rate, true in zip(result.rate, result.expected_rate, strict=True):
        assert rate == pytest.approx(true, rel=0.04)


def test_the_landmark_removes_the_difference_at_equal_hazards():
    a, b = immortal_time_world(n=400_000, worlds=1).landmark_risk
    assert a == pytest.approx(1 - np.exp(-0.5 * 1.5), abs=0.005) == pytest.approx(b, abs=0.01)


def test_the_mean_wait_is_the_mean_that_was_asked_for():
    from jdm_teach.stats.worlds.immortal_time import _delay

    u = (np.arange(200_000) + 0.5) / 200_000
    for kind in ("exponential", "fixed", "uniform", "gamma"):
        assert _delay(kind, 1.7, u).mean() == pytest.approx(1.7, abs=1e-3)


# --- entry rule -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frailty", [0.0, 0.5, 2.0])
def test_the_entry_rule_agrees_with_its_closed_form(frailty):
    result = entry_rule_world(frailty=frailty, n=200_000, worlds=1)
    assert within(result.counted, result.expected_counted, 200_000)
    assert within(result.survival_started, result.expected_started, 200_000)
    assert within(result.survival_counted, result.expected_survival_counted, 200_000 * result.counted)
    assert result.died_early + result.stopped_early + result.counted == pytest.approx(1)


def test_without_frailty_the_rule_gives_exactly_the_early_deaths_away():
    result = entry_rule_world(frailty=0, minimum=3, horizon=12, death_rate=0.05, worlds=1)
    assert result.expected_started == pytest.approx(np.exp(-0.6))
    assert result.expected_survival_counted == pytest.approx(np.exp(-0.05 * 9))


def test_a_rule_of_no_months_changes_nothing():
    result = entry_rule_world(minimum=0, worlds=200)
    assert result.counted == 1 and result.survival_counted == result.survival_started


# --- control group ----------------------------------------------------------------------------------------------


def test_drift_flatters_the_drug_only_against_history():
    result = control_world(worlds=40_000)
    assert result.true_difference == 0
    assert result.expected_concurrent == pytest.approx(0, abs=1e-12)
    assert result.historical.mean() == pytest.approx(result.expected_historical, abs=0.005)
    assert result.concurrent.mean() == pytest.approx(0, abs=0.005)
    assert within(result.found_historical, result.expected_found_historical, 40_000)
    assert within(result.found_concurrent, result.expected_found_concurrent, 40_000)


def test_without_drift_both_controls_agree():
    result = control_world(drift=0, odds_ratio=3, worlds=200)
    assert result.expected_historical == pytest.approx(result.true_difference, abs=1e-12)
    assert result.expected_found_historical == pytest.approx(result.expected_found_concurrent, abs=1e-12)


def test_the_mean_share_has_its_closed_form():
    # The integral of expit is log(1 + e^x).
    result = control_world(drift=0.3, years_before=6, years_after=3, worlds=2)
    late = (np.log1p(np.exp(0.9)) - np.log(2)) / 0.9
    early = (np.log(2) - np.log1p(np.exp(-1.8))) / 1.8
    assert result.expected_historical == pytest.approx(late - early, abs=1e-12)


# --- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: no_effect_world(reliability=1.2), "reliability"),
        (lambda: no_effect_world(entry=12), "in SD above"),
        (lambda: no_effect_world(n=0), "number of children"),
        (lambda: no_effect_world(worlds=10**8), "holds in memory"),
        (lambda: severity_world(risk=0), "strictly between"),
        (lambda: severity_world(odds_ratio=-1), "positive number"),
        (lambda: immortal_time_world(hazard=0), "hazard must be a positive"),
        (lambda: immortal_time_world(delay="weibull"), "'gamma'"),
        (lambda: immortal_time_world(landmark=3), "landmark comes before"),
        (lambda: immortal_time_world(follow_up=1), "follow-up lasts"),
        (lambda: entry_rule_world(minimum=20), "between 0 and the horizon"),
        (lambda: entry_rule_world(death_rate=-0.1), "at least 0"),
        (lambda: control_world(years_before=0), "positive numbers"),
        (lambda: control_world(n_treated=200, n_control=200), "more tables"),
        (lambda: rank_power(n1=0), "first group"),
    ],
)
def test_impossible_settings_get_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_door_opens_without_pandas_or_scipy_stats():
    import subprocess
    import sys

    code = (
        "import sys; from jdm_teach.stats import worlds as w; w.no_effect_world(worlds=5); w.marker_hunt(worlds=5); "
        "w.table_power(3, 6, .8, .2); w.control_world(worlds=5); w.compare_groups(2, 4, 1, 3); "
        "sys.exit('pandas' in sys.modules or 'scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
