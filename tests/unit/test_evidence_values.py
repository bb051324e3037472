"""A number cannot leave its company: interval, n, origin and source are printed with it."""

from __future__ import annotations

import dataclasses
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.evidence import ORIGINS, Value

PUBLISHED: dict[str, Any] = {"source": "XUE23", "source_name": "Xue 2023", "fact_id": "E09"}


def girls() -> Value:
    return Value(3 / 9, kind="proportion", events=3, n=9, link="https://example.org/a?b=1&c=2", **PUBLISHED)


def every_print(value: Value) -> list[str]:
    return [
        str(value),
        repr(value),
        f"{value}",
        f"{value:plain}",
        f"{value:html}",
        f"{value!s}",
        f"{value!r}",
        format(value),
        "%s" % value,  # noqa: UP031 - the old form must speak too
        value.plain,
        value.html,
        value.says,
        value._repr_html_(),
        str([value]),
    ]


def test_a_count_prints_estimate_interval_n_and_source_together():
    assert str(girls()) == "3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E09]"


def test_the_plain_form_needs_no_typographic_signs():
    assert girls().plain == "3 of 9 (33%, 95% CI 7-70%, exact) [Xue 2023, E09]"
    mean = Value(5.1, kind="mean", unit="years", n=9, spread=3.6, **PUBLISHED)
    assert mean.plain.isascii()


def test_the_html_form_links_the_source_and_escapes_it():
    assert 'href="https://example.org/a?b=1&amp;c=2"' in girls().html
    assert 'data-origin="published"' in girls().html


def test_the_interval_of_a_count_is_the_exact_one():
    """Clopper and Pearson: at each limit the tail beyond the observed count holds exactly 2.5%."""
    low, high = girls().interval or (0.0, 0.0)
    upper_tail = sum(comb(9, k) * low**k * (1 - low) ** (9 - k) for k in range(3, 10))
    lower_tail = sum(comb(9, k) * high**k * (1 - high) ** (9 - k) for k in range(0, 4))
    assert upper_tail == pytest.approx(0.025, abs=1e-9)
    assert lower_tail == pytest.approx(0.025, abs=1e-9)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_no_interval_is_rounded_to_a_certainty_that_was_not_observed(pair):
    events, n = pair
    value = Value(events / n, kind="proportion", events=events, n=n, **PUBLISHED)
    shown = str(value).split("CI ")[1].split("%")[0]
    low, high = shown.split("–")
    assert low not in ("0", "0.0") or events == 0
    assert high not in ("100", "100.0") or events == n
    assert value.interval is not None
    assert value.interval[0] <= value.number <= value.interval[1]


def test_a_value_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        girls().number = 0.9  # type: ignore[misc]


def test_a_number_format_that_would_strip_the_interval_is_refused():
    with pytest.raises(ValueError, match="printed whole"):
        f"{girls():.1f}"


@pytest.mark.parametrize(
    "value",
    [
        Value.simulated(0.8, seed=7, assumptions="no drug effect"),
        Value.simulated(3 / 9, seed=7, assumptions="no drug effect", kind="proportion", events=3, n=9),
        Value.simulated(5.1, seed=7, assumptions="normal ages", kind="mean", spread=3.6, n=9, unit="years"),
        Value.simulated(5.0, seed=7, assumptions="normal ages", kind="median", limits=(2.0, 9.0), n=9),
        Value.simulated(6, seed=7, assumptions="no drug effect", kind="count", unit="children"),
        Value.simulated(1.2, seed=7, assumptions="no effect", kind="effect", label="OR", limits=(0.2, 9.0)),
        Value.simulated(0.8, seed=7, assumptions="x", source="XUE23", fact_id="E09", source_name="Xue 2023"),
    ],
)
def test_no_form_of_a_simulated_value_hides_that_it_is_simulated(value):
    for shown in every_print(value):
        assert "simulated" in shown
        assert "seed 7" in shown
        assert "[Xue 2023, E09]" not in shown, "a simulated number must not wear a published tag"


@pytest.mark.parametrize("kind", ["number", "count", "effect"])
def test_no_form_of_an_assumed_value_hides_that_it_is_assumed(kind):
    for shown in every_print(Value.assumed(0.6, because="chosen for teaching", kind=kind, label="OR")):
        assert "assumed" in shown
        assert "chosen for teaching" in shown


def test_a_derived_value_shows_its_formula():
    assert "[derived: 9 − 3]" in str(Value.derived(6, "9 − 3", kind="count"))


@pytest.mark.parametrize(
    "made_up", [Value.simulated(1, seed=3, assumptions="a"), Value.assumed(1, because="a")]
)
def test_a_number_computed_from_a_made_up_one_stays_made_up(made_up):
    result = Value.derived(2, "1 + 1", (girls(), made_up))
    assert result.origin == made_up.origin
    assert all(made_up.origin in shown for shown in every_print(result))


@pytest.mark.parametrize(
    ("origin", "lacks"),
    [("published", "source"), ("derived", "formula"), ("simulated", "seed"), ("assumed", "reason")],
)
def test_every_origin_must_bring_what_it_needs(origin, lacks):
    with pytest.raises(ValueError, match=lacks):
        Value(1.0, origin=origin)


def test_there_are_four_origins_and_no_other():
    assert ORIGINS == ("published", "derived", "simulated", "assumed")
    with pytest.raises(ValueError, match="none of these"):
        Value(1.0, origin="remembered")


@pytest.mark.parametrize(("events", "n"), [(10, 9), (-1, 9), (None, 9), (3, None), (0, 0)])
def test_an_impossible_count_is_refused(events, n):
    with pytest.raises(ValueError, match="0 to n events"):
        Value(0.5, kind="proportion", events=events, n=n, **PUBLISHED)


def test_limits_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="low to high"):
        Value(1.0, limits=(2.0, 1.0), **PUBLISHED)


def test_a_spread_whose_meaning_is_unknown_says_so():
    from jdm_teach.evidence.values import UNSTATED

    shown = str(Value(5.1, kind="mean", unit="years", n=9, spread=3.6, spread_name=UNSTATED, **PUBLISHED))
    # t(0.975, 8 df) = 2.306004: 5.1 ± 2.306004 × 3.6 / 3
    assert "2.3 to 7.9" in shown
    assert "not stated" in shown
    assert "if ± is an SD" in shown


def test_a_missing_interval_is_said_and_not_passed_over():
    assert "no interval published" in str(Value(26.3, unit="L/h", **PUBLISHED))
