"""Lesson 06: only those treated for three months are counted, and the curve is flat for three months."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider, toggle
from ..figures import COLOURS, picture
from .risk_table import at_risk_rows, draw_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.survival import SurvivalCurve
    from ..stats.worlds import EntryRuleWorld

__all__ = ["EXPLORATIONS"]

MONTHS, LAST = 3.0, 12
DEATHS, STOPS = 5, 5
STARTERS, WORLDS, SEED = 100, 200, 7
FRAILTY = {
    "some": (1.0, "some children are much frailer than others"),
    "alike": (0.0, "all children are equally frail"),
}


@lru_cache(maxsize=64)
def _world(deaths: float, frailty: str) -> EntryRuleWorld:
    from ..stats.worlds import entry_rule_world

    return entry_rule_world(
        MONTHS, deaths / 100, STOPS / 100, FRAILTY[frailty][0], float(LAST), n=STARTERS, worlds=WORLDS, seed=SEED
    )  # fmt: skip


@lru_cache(maxsize=64)
def _curves(deaths: float, frailty: str) -> tuple[SurvivalCurve, SurvivalCurve]:
    from ..stats.survival import kaplan_meier

    lives = _world(deaths, frailty).frame()
    kept = lives["counted"] == 1
    first, second = (
        kaplan_meier(part.clip(upper=LAST), (part <= LAST).astype(int))
        for part in (lives["months_to_death"], lives.loc[kept, "months_to_death"])
    )
    return first, second


def curve_with_rule(settings: Settings) -> View:
    """The survival curve of all who started and, with the rule, of those it counts, with the numbers at risk."""
    import pandas as pd

    rule, deaths, frailty = bool(settings["rule"]), float(settings["deaths"]), settings["frailty"]
    world = _world(deaths, frailty)
    started, counted = _curves(deaths, frailty)
    times = list(range(0, LAST + 1, 3))
    everyone, some = 100 * world.expected_started, 100 * world.expected_survival_counted
    share = 100 * world.expected_counted
    ends = 100 * started.at([LAST])[0], 100 * counted.at([LAST])[0]

    def draw(ax: Axes) -> None:
        draw_curve(ax, started, LAST, COLOURS["ink"], "--" if rule else "-")
        rows = {"all starters": (started.at_risk(times).tolist(), COLOURS["ink"])}
        ax.text(LAST + 0.15, ends[0], f"all who started\n{ends[0]:.0f}%", va="center" if not rule else "top", fontsize=9.5)  # fmt: skip
        if rule:
            draw_curve(ax, counted, LAST, COLOURS["blue"])
            ax.text(LAST + 0.15, ends[1], f"counted by the rule\n{ends[1]:.0f}%", va="bottom", color=COLOURS["blue"], fontsize=9.5)  # fmt: skip
            ax.axvline(MONTHS, color=COLOURS["quiet"], linewidth=1, linestyle=":")
            ax.text(MONTHS + 0.1, 3, "rule: 3 months", fontsize=9, va="bottom")
            rows["counted"] = (counted.at_risk(times).tolist(), COLOURS["blue"])
        ax.set(xlim=(0, LAST + 3.4), ylim=(0, 104), xticks=times, xlabel="months since the start of the drug", ylabel="alive (%)")  # fmt: skip
        at_risk_rows(ax, times, rows)

    frame = pd.DataFrame(
        {
            "month": times,
            "all: still followed": started.at_risk(times),
            "all: alive, %": (100 * started.at(times)).round(1),
        }
    )
    if rule:
        frame = frame.assign(
            **{
                "counted: still followed": counted.at_risk(times),
                "counted: alive, %": (100 * counted.at(times)).round(1),
            }
        )
    if rule:
        sentence = (
            f"With the rule {some:.0f} of 100 counted children are alive at 12 months, without it {everyone:.0f} of 100 who started; "
            f"{share:.0f} of 100 are counted at all (exact). In the series drawn, {counted.n} of {started.n} are counted. SIMULATED, seed {SEED}."
        )
        told = f"Counted by the rule: {counted.n} of {started.n}, {ends[1]:.0f}% alive at 12 months, and no fall before month 3."
    else:
        sentence = (
            f"Of 100 children who started, {everyone:.0f} are alive at 12 months (exact). In the series drawn it is {ends[0]:.0f}% of "
            f"{started.n}. SIMULATED, seed {SEED}."
        )
        told = "The entry rule is off."
    shown = picture(
        draw,
        alt=f"SIMULATED survival curve. All who started: {started.n} children, {ends[0]:.0f}% alive at 12 months. {told}",
        caption=f"One invented series of {STARTERS} starters, seed {SEED} (Kaplan–Meier); {deaths:g} deaths and {STOPS} stops per 100 months for the average "
        f"child; {FRAILTY[frailty][1]}. No effect of the drug.",
        origin="simulated",
        table=frame.assign(seed=SEED),
        size=(7.6, 3.8),
    )
    return View(sentence, shown, result={"settings": (deaths, frailty), "rule": rule, "counted": some, "started": everyone})  # fmt: skip


def compare_counted(response: Any, view: View) -> str:
    """The learner's number beside the exact share alive among those the rule counts."""
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("06cp"), response).value
    first = _world(float(DEATHS), "some")
    said = (
        f"You expected {expected:g} of 100 counted children to be alive at 12 months; the rule gives "
        f"{100 * first.expected_survival_counted:.0f}, where {100 * first.expected_started:.0f} of 100 starters are."
    )
    if view.result["settings"] != (DEATHS, "some"):
        said += f" With the setting below: {view.result['counted']:.0f} and {view.result['started']:.0f}."
    elif not view.result["rule"]:
        said += " Tick the rule to see it."
    return said


EXPLORATIONS = {
    "06c": Exploration(
        id="06c",
        title="Who is counted after three months",
        task="Run it without the rule. Then tick the rule, and look at the first three months of the new curve.",
        controls=(
            toggle("rule", "Count only children treated for at least three months"),
            slider("deaths", "Deaths per 100 months, for the average child", DEATHS, 0, 15, 1),
            choice("frailty", "Frailty", {key: words for key, (_, words) in FRAILTY.items()}),
        ),
        prediction="06cp",
        compare=compare_counted,
        run=curve_with_rule,
    )
}
