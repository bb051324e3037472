"""What was published on JAK inhibitors before and after the letter: the reports of lesson 09, each counted once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["COMPARED", "Report", "distinct_people", "kept", "pooling_verdict", "published_pool", "reports"]

# Who was studied, what was compared with what, and what was counted, in our words. No counts: those stay in the rows.
OUTCOME = {
    "JST001": "not in the public text",
    "JST002": "lung scan, and complete response",
    "JST003": "rash",
    "JST004": "complete or partial response of the disease",
    "JST005": "clinically inactive disease",
    "JST006": "disease activity",
    "JST007": "improvement as the authors saw it",
    "JST008": "disease activity",
    "JST010": "physician's opinion",
    "JST011": "remission without prednisolone",
    "JST013": "success as the authors saw it",
    "JST014": "skin, antibody and interferon signature",
    "JST018": "improvement as each report defined it",
    "JST020": "survival",
    "JST022": "survival",
    "JST023": "improvement after a higher dose",
    "JST025": "alive without lung transplant",
    "JST026": "survival",
    "JST027": "clinical improvement, and survival",
    "JST028": "mortality (numbers not seen)",
    "JST029": "alive without lung transplant",
    "JST030": "mortality",
    "JST031": "skin score",
    "JST032": "calcium deposits under the skin",
    "JST034": "skin, strength and scans of muscle",
}
CONTROL = re.compile(r"\bvs\b|control|IPTW|comparator")
COMPARED = {"any": None, "yes": True, "no": False}


@dataclass(frozen=True)
class Report:
    """One published report: who, when, how many people in all its arms, what was counted, whom it may share."""

    fact_id: str
    study: str
    name: str
    year: int | None
    who: str
    design: str
    compared: bool
    people: int
    drugs: str
    outcome: str
    group: str
    improved: str

    @property
    def review(self) -> bool:
        return self.design == "review"

    @property
    def control(self) -> str:
        return "yes" if self.compared else "no"


def _design(text: str, compared: bool) -> str:
    if "case report" in text or ("case series" in text and not compared):
        return "case report or series"
    if "review" in text or "meta-analysis" in text:
        return "review"
    return "cohort with a comparison" if compared else "cohort without one"


@lru_cache(maxsize=1)
def reports() -> tuple[Report, ...]:
    """Every report a lesson may use, one per study; the survey of clinicians is left out (its unit is the clinician)."""
    from .. import evidence

    found: dict[str, Report] = {}
    for fact_id in evidence.table("jaki_studies")["fact_id"]:
        fact = evidence.fact(fact_id)
        who = str(fact["population"])[:5]
        study = fact.source.study
        if who not in {"child", "adult"} or study in found:
            continue
        compared = bool(CONTROL.search(f"{fact['design']} {fact['drugs']}")) and "single-arm" not in str(
            fact["design"]
        )
        year, people = fact["year"], fact["n_total"]
        measured = "improved" in evidence.measures(fact_id)
        found[study] = Report(
            fact_id,
            study,
            fact.source.short_name,
            int(str(year)) if year is not None else None,
            "children" if who == "child" else "adults",
            _design(str(fact["design"]), compared),
            compared,
            int(str(people)),
            " and ".join(
                drug for drug in ("tofacitinib", "ruxolitinib", "baricitinib") if drug in str(fact["drugs"])
            )
            or "JAK inhibitor",
            OUTCOME.get(fact_id, "not seen"),
            fact.source.overlap_group or "",
            str(evidence.value(fact_id, "improved")).partition(" [")[0] if measured else "",
        )
    return tuple(sorted(found.values(), key=lambda r: (r.year or 9999, r.who, r.people)))


def kept(who: str = "both", compared: str = "any", drug: str = "any") -> tuple[Report, ...]:
    """The reports that pass the filters: children, adults or both; with a comparison or without; naming a drug."""
    wanted = COMPARED[compared]
    return tuple(
        report
        for report in reports()
        if who in {"both", report.who}
        and wanted in {None, report.compared}
        and (drug == "any" or drug in report.drugs)
    )


def distinct_people(found: Sequence[Report]) -> tuple[int, int]:
    """Fewest and most different people behind the reports, reviews left out.

    Most: nobody is in two reports. Fewest: of reports whose hospitals overlap, the smaller lies inside the larger.
    Unknown overlap would lower both.
    """
    primary = [report for report in found if not report.review]
    largest: dict[str, int] = {}
    for report in primary:
        key = report.group or report.study
        largest[key] = max(largest.get(key, 0), report.people)
    return sum(largest.values()), sum(report.people for report in primary)


@lru_cache(maxsize=1)
def published_pool() -> tuple[float, float, float, int, int]:
    """The published pooled risk ratio of death with its limits, and the people with and without tofacitinib [SRV011]."""
    from .. import evidence

    fact = evidence.fact("SRV011")
    ratio, low, high = map(float, re.findall(r"\d+\.\d+", str(fact["adjusted"])))
    return ratio, low, high, int(str(fact["n"])), int(str(fact["n_comparator"]))


def pooling_verdict(found: Sequence[Report]) -> tuple[bool, str]:
    """Whether a pooled number may be shown for these reports, and the sentence that says why or why not."""
    shared = {r.group for r in found if r.group and sum(s.group == r.group for s in found) > 1}
    outcomes = {r.outcome for r in found if not r.review}
    if len(found) < 2:
        return False, "No pooled number: there is nothing to pool."
    if len({r.who for r in found}) > 1:
        return False, "No pooled number: children and adults answer different questions."
    if not all(r.compared for r in found):
        reason = "reports without a comparison have no effect to pool"
        if shared:
            reason += ", and some of these may describe the same people"
        elif len(outcomes) > 1:
            reason += f", and these counted {len(outcomes)} different outcomes"
        return False, f"No pooled number: {reason}."
    if not any(r.study == "TofaMA2024" for r in found):
        return False, "No pooled number: drugs, controls and outcomes differ too much between these reports."
    ratio, low, high, with_drug, without = published_pool()
    return True, (
        f"One pooled number can be shown, the published one: risk ratio {ratio} ({low} to {high}) for death, "
        f"{with_drug} people with tofacitinib and {without} without [SRV011]. We add nothing to it: "
        "some of the single reports may be inside it already."
    )
