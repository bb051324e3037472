"""Lesson 06: published comparisons of adults, from earlier patients as controls to a matched design, flags shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, Sheet, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..evidence import Value

__all__ = ["REPORTS", "STILLS", "Report", "arms", "difference"]


@dataclass(frozen=True)
class Report:
    """One published comparison: its row, a short name, what was compared with what, and where the controls come from."""

    fact_id: str
    name: str
    compared: str
    control: str
    counted: str


REPORTS = (
    Report("SRV006", "Kurasawa 2018", "tofacitinib added after other drugs had not helped", "earlier patients", "alive at last follow-up"),
    Report("SRV001", "Tsuji 2020", "three drugs together from the start (no JAK inhibitor)", "earlier patients", "alive at 6 months"),
    Report("SRV007", "Fan 2022", "tofacitinib or tacrolimus", "same cohort, Nanjing", "alive at 6 months"),
    Report("SRV009", "Wu 2025", "tofacitinib or a calcineurin inhibitor", "same cohort, several centres", "alive without transplant at 1 year"),
    Report("SRV010", "Matched study 2025", "JAK plus calcineurin inhibitor, or other drugs", "matched to each treated patient", "alive without transplant at 1 year"),
)  # fmt: skip


def arms(report: Report) -> list[tuple[str, float, tuple[float, float] | None, str]]:
    """Share free of the event in each arm: name, share, exact interval where counts are public, and the words for it."""
    from .. import evidence

    if report.fact_id == "SRV010":
        both = evidence.value("JST029", "improved")
        return [("both together", both.number, both.interval, f"{both.events} of {both.n}")]
    shown: list[tuple[str, float, tuple[float, float] | None, str]] = []
    for name, suffix in (("new treatment", ""), ("comparison", "_comparator")):
        if "events" + suffix in evidence.measures(report.fact_id):
            died: Value = evidence.value(report.fact_id, "events" + suffix)
            low, high = died.interval or (0.0, 1.0)
            total, events = int(died.n or 0), int(died.events or 0)
            shown.append((name, 1 - died.number, (1 - high, 1 - low), f"{total - events} of {total}"))
        else:
            alive = evidence.value(report.fact_id, "survival" + suffix)
            shown.append((name, alive.number / 100, None, f"{alive.number:g}% of {alive.n}"))
    return shown


def difference(report: Report) -> str:
    """The difference in the share free of the event with its interval, or what was published instead."""
    from .. import evidence
    from ..stats.effect_measures import risk_difference

    fact = evidence.fact(report.fact_id)
    if report.fact_id == "SRV010":
        return evidence.value("SRV010", "hr").says
    if fact["events"] is None:
        return "not computed: counts not seen"
    died, n, other, m = (int(str(fact[k])) for k in ("events", "n", "events_comparator", "n_comparator"))
    found = risk_difference([[n - died, died], [m - other, other]])
    low, high = (f"{100 * x:+.0f}".replace("-", "−") for x in (found.interval.low, found.interval.high))
    return f"{100 * found.estimate:+.0f} points (95% CI {low} to {high}, score; derived)"


@lru_cache(maxsize=1)
def rising_rigour() -> Picture:
    """Share free of the event, new treatment beside comparison, from earlier controls down to a matched design."""
    import pandas as pd

    from ..evidence import value

    hr = value("SRV010", "hr")
    low, high = hr.limits or (0.0, 0.0)
    shown = [(report, arms(report)) for report in REPORTS]
    styles = {
        "new treatment": ("o", COLOURS["blue"], -0.13),
        "comparison": ("s", COLOURS["vermilion"], 0.13),
        "both together": ("D", COLOURS["ink"], 0.0),
    }

    def draw(ax: Axes) -> None:
        for row, (report, found) in enumerate(shown):
            for name, share, limits, words in found:
                mark, hue, shift = styles[name]
                if limits:
                    ax.plot([100 * limits[0], 100 * limits[1]], [row + shift] * 2, color=hue, linewidth=2)
                ax.plot(100 * share, row + shift, mark, color=hue, markersize=7.5, fillstyle="full" if limits else "none", markeredgewidth=1.6, clip_on=False)  # fmt: skip
                ax.text(103, row + 1.25 * shift, words, va="center", fontsize=9, color=hue if hue != COLOURS["vermilion"] else "#a34700")  # fmt: skip
            ax.text(-3, row - 0.15, report.name, ha="right", va="center", fontsize=9.5, weight="bold")
            ax.text(-3, row + 0.17, report.control, ha="right", va="center", fontsize=9)
        ax.set(xlim=(0, 100), ylim=(len(shown) - 0.5, -0.6), yticks=[], xlabel="alive, or alive without transplant (%)")  # fmt: skip
        ax.grid(axis="y", visible=False)
        ax.text(60, -0.42, "new treatment", ha="center", va="center", fontsize=9, color=COLOURS["blue"])
        ax.text(48, 0.16, "comparison", va="center", fontsize=9, color="#a34700")
        ax.text(64, len(shown) - 1, f"HR {hr.number:g} ({low:g} to {high:g})", va="center", fontsize=9)
        for row in range(1, len(shown)):
            ax.axhline(row - 0.5, color="#e3e7ea", linewidth=0.7)

    rows = [
        (r.name, r.control, r.compared, r.counted, *([w for *_, w in found] if len(found) == 2 else [f"{found[0][3]}, both together", "not public"]), difference(r), r.fact_id)
        for r, found in shown
    ]  # fmt: skip
    told = "; ".join(f"{r.name} {' against '.join(words for *_, words in found)}{', both groups together' if len(found) == 1 else ''}" for r, found in shown)  # fmt: skip
    return picture(
        draw,
        alt=f"Alive, or alive without transplant, new treatment against comparison: {told}. Hazard ratio of the matched study {hr.number:g} ({low:g} to {high:g}). The first two used earlier patients as controls.",
        caption="Adults with anti-MDA5 disease, nearly all with lung disease. Circle: new treatment; square: comparison; diamond: both groups together; hollow: no counts seen, so no "
        "interval. Bars: exact 95% intervals. Drugs, people and times differ between the reports. "
        f"[{', '.join(r.fact_id for r in REPORTS)}, JST029]",
        origin="derived",
        table=pd.DataFrame(
            rows,
            columns=["report", "control group", "compared", "counted", "new treatment", "comparison", "difference", "row"],
        ),
        size=(7.8, 4.1),
    )  # fmt: skip


@lru_cache(maxsize=1)
def flags() -> Sheet:
    """For each comparison what to keep in mind, with the numbers taken from the rows."""
    import pandas as pd

    from .. import evidence

    fan = evidence.fact("TBT014")
    strong = [evidence.value("TBT082", arm) for arm in ("exposed", "unexposed")]
    hr = {fact: evidence.value(fact, "hr").says for fact in ("SRV007", "SRV010")}
    for fact in ("SRV006", "SRV001", "SRV009"):
        evidence.fact(fact)
    notes = {
        "SRV006": "Controls had other treatment in earlier years. To get tofacitinib a person had to live until other drugs had not helped: immortal time.",
        "SRV001": "Not a JAK inhibitor. Controls of earlier years were treated step by step. One of the drugs also came earlier in the new plan.",
        "SRV007": f"One cohort, but strong antibody titres in {strong[0].events} of {strong[0].n} against {strong[1].events} of {strong[1].n} [TBT082]. Counts worked out from "
        f"percentages: Fisher's p {float(str(fan['fisher_p_recomputed'])):.2f}, the paper's log-rank p {fan['reported_p']}. Adjusted, for death within 1 year: {hr['SRV007']}. Read in a summary; whether both drugs were used in the same years was not seen.",
        "SRV009": "Plain counts. The paper weights the groups to make them alike; the weighted result was not read. A letter in reply asks about doses and milder lung disease [JST025].",
        "SRV010": f"{hr['SRV010']}: from about half to about twice the hazard. Deaths and transplants per group were not seen.",
    }  # fmt: skip
    return Sheet(
        pd.DataFrame(
            [(r.name, r.compared, notes[r.fact_id], r.fact_id) for r in REPORTS],
            columns=["report", "compared", "keep in mind", "row"],
        ),
        caption="Published comparisons of adults, in the order of the figure.",
        origin="published",
    )


STILLS: dict[str, Callable[[], Any]] = {"06-comparisons": rising_rigour, "06-flags": flags}
