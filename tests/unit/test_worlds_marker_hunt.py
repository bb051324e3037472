"""The marker hunt against complete enumeration and scipy's own tests."""

from functools import cache
from itertools import combinations, permutations

import numpy as np
import pytest
from scipy import stats

from jdm_teach.stats.worlds import marker_hunt


def fisher(a, b, c, d):
    return stats.fisher_exact([[a, b], [c, d]])[1]


@cache
def rank_test(x, y):
    return stats.mannwhitneyu(x, y, method="exact").pvalue


def within(simulated, exact, trials):
    return abs(simulated - exact) <= 4.5 * np.sqrt(exact * (1 - exact) / trials) + 1e-9


def test_the_best_of_eight_cut_offs_against_one_fixed_beforehand():
    best = fixed = 0
    for poor in combinations(range(9), 3):
        p = [
            fisher(a, k - a, 3 - a, 6 - k + a) for k in range(1, 9) for a in [len(set(poor) & set(range(k)))]
        ]
        best += min(p) < 0.05
        fixed += p[2] < 0.05
    hunt = marker_hunt(markers=1, rank_test=False, cut_offs="all", worlds=10)
    single = marker_hunt(markers=1, rank_test=False, cut_offs=[3], worlds=10)
    assert (hunt.looks, single.looks) == (8, 1)
    assert hunt.expected == pytest.approx(best / 84) and round(hunt.expected, 3) == 0.095
    assert single.expected == pytest.approx(fixed / 84) and round(single.expected, 3) == 0.012


def test_the_chance_of_at_least_one_find_grows_with_the_looks():
    hunt = marker_hunt(worlds=20_000)
    size = 4 / 84  # the exact rank test of 3 against 6 rejects in 4 of 84 orders
    assert hunt.expected == pytest.approx(1 - (1 - size) ** 20)
    assert within(hunt.at_least_one, hunt.expected, 20_000)
    exact = 1 - (1 - size) ** np.arange(1, 21)
    assert all(within(s, e, 20_000) for s, e in zip(hunt.after, exact, strict=True))
    assert np.all(np.diff(hunt.after) >= 0)
    assert hunt.hits.mean() == pytest.approx(20 * size, abs=0.04)


def test_subgroups_are_enumerated_exactly():
    hunt = marker_hunt(markers=1, n=6, poor=3, subgroups={"girls": 3}, alpha=0.34, worlds=40_000, seed=2)
    girls = hunt.tables[1].members
    poor = hunt.shown_outcome

    def p(order, members):
        x = [i for i, child in enumerate(order) if members[child] and poor[child]]
        y = [i for i, child in enumerate(order) if members[child] and not poor[child]]
        return rank_test(tuple(x), tuple(y)) if x and y else 1.0

    everyone = np.ones(6, dtype=bool)
    found = [min(p(o, m) for m in (everyone, girls, ~girls)) <= 0.34 + 1e-9 for o in permutations(range(6))]
    assert hunt.expected == pytest.approx(np.mean(found))
    assert within(hunt.at_least_one, hunt.expected, 40_000)


def test_every_logged_p_is_scipys():
    hunt = marker_hunt(markers=4, cut_offs="all", subgroups={"girls": 3}, worlds=3, seed=9)
    log, poor = hunt.log(), hunt.shown_outcome
    members = {table.looks[0].group: table.members for table in hunt.tables if table.looks}
    assert len(log) == hunt.looks and log["look"].tolist() == list(range(1, hunt.looks + 1))
    for row in log.itertuples():
        inside = members[row.group]
        x = hunt.shown_values[:, row.marker - 1]
        if row.test == "rank":
            p = stats.mannwhitneyu(x[inside & poor], x[inside & ~poor], method="exact").pvalue
        else:
            high = inside & (x >= np.sort(x[inside])[-int(row.high_group)])
            a, b = (high & poor).sum(), (high & ~poor).sum()
            p = fisher(a, b, (inside & poor).sum() - a, (inside & ~poor).sum() - b)
        assert row.p == pytest.approx(p, abs=1e-12)
    assert log["smallest_so_far"].iloc[-1] == pytest.approx(hunt.smallest_p[0])
    assert log["found"].sum() == hunt.hits[0]


def test_one_poor_responder_can_never_be_significant():
    hunt = marker_hunt(poor=1, cut_offs="all", worlds=500)
    assert hunt.expected == 0 and hunt.at_least_one == 0
    assert hunt.smallest_p.min() == pytest.approx(1 / 9)


def test_correlated_markers_find_less_and_claim_no_exact_value():
    hunt = marker_hunt(correlation=0.8, worlds=5000)
    assert np.isnan(hunt.expected) and "exact" not in hunt.finding()
    assert hunt.at_least_one < marker_hunt(worlds=5000).at_least_one


def test_a_listing_that_would_be_too_long_is_left_out():
    hunt = marker_hunt(n=16, poor=8, markers=2, subgroups={"girls": 8}, worlds=20)
    assert np.isnan(hunt.expected) and 0 <= hunt.at_least_one <= 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"poor": 9}, "poor responders"),
        ({"n": 30}, "at most 18"),
        ({"cut_offs": "best"}, '"all"'),
        ({"cut_offs": [9]}, "size of the high group"),
        ({"subgroups": {"girls": 9}}, "girls"),
        ({"rank_test": False}, "No look"),
        ({"alpha": 0}, "alpha"),
        ({"markers": 0}, "number of markers"),
        ({"correlation": 2}, "correlation"),
    ],
)
def test_impossible_settings_get_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        marker_hunt(**settings)
