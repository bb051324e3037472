"""Lesson 03: a day of tablets: total drug, free drug, and the hours above an assumed half-inhibition."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, Sheet, picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["DOSING_DAY", "daily_hours_above", "half_inhibition"]

ASSUMED_NM = 30
USUAL = (5.0, 12.0, float(ASSUMED_NM))
INTERVALS = {"12": "every 12 hours", "24": "once a day", "8": "every 8 hours"}
NOT_ADVICE = "A teaching model of a typical adult: no dose for anybody follows from it."


@lru_cache(maxsize=256)
def daily_hours_above(dose_mg: float, interval_h: float, half_nM: float) -> float:
    """Hours of a day at steady state with free drug above a level, in the typical adult."""
    from ..biology.dosing import Regimen, hours_above, pk_set

    return float(hours_above(half_nM, pk_set(), Regimen(dose_mg, interval_h))[0]) * 24 / interval_h


def day_of_drug(settings: Settings) -> View:
    """Total and free drug over a day, with the time above half inhibition shaded."""
    import pandas as pd

    from ..biology.dosing import Regimen, exposure, pk_set, profile
    from ..biology.inhibition import inhibition_course

    dose, interval, half = float(settings["dose"]), float(settings["interval"]), float(settings["half"])
    regimen, people = Regimen(dose, interval), pk_set()
    above = daily_hours_above(dose, interval, half)
    mean = float(inhibition_course(people, regimen, K_J1_nM=half).mean())
    course = profile(people, regimen, 24.0, 0.1)
    row = exposure(people, regimen).iloc[0]
    free = row.average_free_nM / row.average_nM
    table = pd.DataFrame(
        [
            ("free drug, highest", f"{free * row.peak_nM:.1f}", "nM"),
            ("free drug, lowest", f"{free * row.trough_nM:.1f}", "nM"),
            ("half inhibition (assumed)", f"{half:g}", "nM free"),
            ("hours above it, of 24", f"{above:.1f}", "h"),
            ("mean kinase activity removed", f"{100 * mean:.0f}", "%"),
        ],
        columns=["what", "value", "unit"],
    )
    words = f"{dose:g} mg {INTERVALS[settings['interval']]}"
    sentence = (
        f"{words}: free drug moves between {free * row.trough_nM:.0f} and {free * row.peak_nM:.0f} nM. It is above the assumed "
        f"{half:g} nM for {above:.1f} of 24 hours; on average {mean:.0%} of the kinase activity is removed."
    )
    shown = picture(
        lambda ax: draw_day(ax, course, half, above),
        alt=f"Total and free tofacitinib over 24 hours, {sentence}",
        caption=f"Tofacitinib, typical adult with ulcerative colitis (n = {people.n:g}) at steady state, one compartment [PKN001, PKN002, "
        f"PKN003, PKN004]; {free:.0%} unbound [PKN024]. Half inhibition at {half:g} nM free drug is ASSUMED: no measured constant "
        f"for the interferon pathway was read. {NOT_ADVICE}",
        origin="assumed",
        table=table,
        size=(7.2, 3.4),
    )  # fmt: skip
    return View(sentence, shown, result=daily_hours_above(*USUAL))


def draw_day(ax: Axes, course: pd.DataFrame, half: float, above: float) -> None:
    """Total dashed, free solid, the assumed level as a line, the time above it shaded and hatched."""
    hours, free, total = (course[c].to_numpy() for c in ("time_h", "free_nM", "total_nM"))
    ax.plot(hours, total, color=COLOURS["quiet"], linestyle=(0, (4, 2)), linewidth=1.5)
    ax.plot(hours, free, color=COLOURS["blue"], linewidth=2.4)
    ax.fill_between(hours, free, half, where=free > half, color=COLOURS["sky"], alpha=0.45, linewidth=0)
    ax.axhline(half, color=COLOURS["vermilion"], linewidth=1.6)
    peak = int(total[: len(total) // 3].argmax())
    # Inside the shading, clear of the line.
    inside = 0.3 if abs(half / free[peak] - 0.5) < 0.12 else 0.5
    for words, height, colour in (
        ("total drug", total[peak], "quiet"),
        ("free drug", inside * free[peak], "blue"),
    ):
        ax.annotate(
            words, (hours[peak], height), xytext=(8, -4), textcoords="offset points", color=COLOURS[colour]
        )
    ax.annotate(
        "half inhibition (assumed)", (24, half), xytext=(-3, 4), textcoords="offset points", ha="right",
        color=COLOURS["ink"], bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )  # fmt: skip
    ax.set(
        xlabel="hours of one day",
        ylabel="tofacitinib in plasma (nM)",
        xlim=(0, 24),
        xticks=range(0, 25, 4),
        ylim=(0, 1.12 * max(float(total.max()), half)),
        title=f"Free drug above {half:g} nM for {above:.1f} of 24 hours",
    )


def half_inhibition() -> Sheet:
    """The half-inhibitory constants of tofacitinib the course uses or could use, each with its origin."""
    import pandas as pd

    from ..biology.drugs import drug_table

    frame = drug_table()
    rows = frame[(frame.drug == "tofacitinib") & (frame.quantity == "K_J1")]
    sheet = pd.DataFrame(
        {
            "signal": rows.readout,
            "half inhibition, nM free": [round(value) for value in rows.value],
            "origin": rows.origin,
            "from": [
                formula.replace(" x ", " × ") or "nothing: chosen for teaching"
                for formula in rows.formula.fillna("")
            ],
            "facts": [ids.replace(" ", ", ") for ids in rows.fact_ids.fillna("")],
        }
    )
    return Sheet(
        sheet,
        caption="Free tofacitinib that halves a signal, in nM. For interferon nothing measured was read, so the course says "
        "assumed. Enzyme potencies of tofacitinib were seen only in an unsourced list and are left out until verified.",
        origin="derived",
    )


def beside_prediction(response: Any, view: View) -> str:
    """The hours expected beside the hours of the case that was asked."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("03cp"), response).value
    dose, interval, half = USUAL
    tight, loose = (daily_hours_above(dose, interval, level) for level in (10.0, 100.0))
    return (
        f"You expected {expected:g} of 24 hours. For {dose:g} mg every {interval:g} hours the model says {view.result:.1f} if "
        f"{half:g} nM is the level, {tight:.1f} if it is 10 nM, and {loose:.1f} if it is 100 nM."
    )


DOSING_DAY = Exploration(
    id="03c",
    title="A day of tablets",
    task="Keep a prediction, press Run, then double the dose and watch how many hours that adds. Then move the assumed level: "
    "nobody has measured it for interferon in anything this course could read.",
    controls=(
        slider("dose", "Dose", 5, 1, 20, 0.5, "mg"),
        choice("interval", "How often", INTERVALS),
        slider("half", "Free drug that halves kinase activity (assumed)", ASSUMED_NM, 10, 300, 5, "nM"),
    ),
    prediction="03cp",
    compare=beside_prediction,
    run=day_of_drug,
)
