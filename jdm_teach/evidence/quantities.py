"""Which numbers a row of evidence holds.

Most rows hold several: a cohort has children with ILD, with rapidly progressive ILD, and deaths. Each table lists
its measures by name; the first that the row can give is the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jdm_teach.evidence.facts import Fact
from jdm_teach.evidence.readings import (
    Measure,
    effect,
    event_count,
    extract_number,
    mean_value,
    median_value,
    plain,
    potency,
    share,
)
from jdm_teach.evidence.values import Value

__all__ = ["MEASURES", "measure_names", "value_of"]

MEASURES: Mapping[str, Mapping[str, Measure]] = MappingProxyType(
    {
        "extract_facts": {"value": extract_number},
        "antibody_ild_cohorts": {
            "ild": share("n_ild", "n_ild_assessed", "n", label="interstitial lung disease"),
            "rp_ild": share("n_rp_ild", "n", label="rapidly progressive ILD"),
            "died": share("n_died", "n", label="died"),
            "share_of_cohort": share("n", "n_cohort", label="share of the cohort with this antibody"),
        },
        "biomarker_cutoffs": {
            "cutoff": plain("cutoff", unit_column="unit", n="", label="cut-off"),
            "sensitivity": plain("sensitivity_pct", "%", n="n_cases", label="sensitivity"),
            "specificity": plain("specificity_pct", "%", n="n_controls", label="specificity"),
            "auc": plain("auc", n="", label="area under the curve"),
        },
        "group_summaries": {"mean": mean_value, "median": median_value},
        "ifn_genes": {
            "candle": plain("candle_fold_change", "fold", n=""),
            "pegylated_interferon": plain("ifn_fold_change_hcv_pegifn", "fold", n=""),
        },
        "ifn_scores": {"value": plain("value", unit_column="unit")},
        "jaki_pk": {"value": plain("value", unit_column="unit", n="")},
        "jaki_potency": {"value": potency},
        "jaki_safety": {
            "share": share("events", "n", only_unit="%"),
            "rate": plain("percent_or_rate", unit_column="unit"),
            "events": event_count,
        },
        "jaki_studies": {
            "improved": share("n_improved", "n_evaluable", label="improved"),
            "ild": share("n_ild", "n_total", label="interstitial lung disease"),
            "rp_ild": share("n_rp_ild", "n_total", label="rapidly progressive ILD"),
            "anti_mda5": share("n_anti_mda5", "n_total", label="anti-MDA5 positive"),
        },
        "risk_factors": {"estimate": effect("estimate", "ci_low", "ci_high")},
        "survival_facts": {
            "events": share("events", "n"),
            "events_comparator": share("events_comparator", "n_comparator"),
            "hr": effect("hr", "hr_ci_low", "hr_ci_high", "HR"),
            "survival": plain("survival_pct", "%", label="event-free"),
            "survival_comparator": plain(
                "survival_pct_comparator", "%", n="n_comparator", label="event-free"
            ),
        },
        "two_by_two": {
            "exposed": share("exposed_events", "exposed_total"),
            "unexposed": share("unexposed_events", "unexposed_total"),
        },
    }
)


def measure_names(fact: Fact) -> list[str]:
    """The measures this row can give, the default first."""
    return [name for name, make in MEASURES.get(fact.table, {}).items() if make(fact) is not None]


def value_of(fact: Fact, measure: str | None = None) -> Value:
    """One number of a row. Raises ValueError when the row holds none, or not that one."""
    makers = MEASURES.get(fact.table, {})
    if measure is not None:
        made = makers[measure](fact) if measure in makers else None
    else:
        made = next((value for value in (make(fact) for make in makers.values()) if value is not None), None)
    if made is not None:
        return made
    names = measure_names(fact)
    if not names:
        raise ValueError(
            f"{fact.fact_id} holds words, not one number. Use fact('{fact.fact_id}') to show it."
        )
    raise ValueError(f"{fact.fact_id} does not give '{measure}'. It gives: {', '.join(names)}.")
