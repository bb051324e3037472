"""Lesson 05: who gets the drug, and what that does to a plain comparison."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.worlds import IndicationWorld

__all__ = ["EXPLORATIONS", "STILLS"]

WORLDS = 500
SEED = 7
CHILDREN = 60
# Log odds of treatment per SD of severity, and the words for it.
RULES = {
    "sickest": (1.5, "the most ill"),
    "coin": (0.0, "a coin decides"),
    "mildest": (-1.5, "the least ill"),
}
EFFECTS = {"helps": 0.5, "none": 1.0, "harms": 2.0}
TITRES = {"TBT084": "weak", "TBT083": "moderate", "TBT082": "strong"}


@lru_cache(maxsize=9)
def _world(rule: str, effect: str) -> IndicationWorld:
    from ..stats.worlds import severity_world

    return severity_world(RULES[rule][0], odds_ratio=EFFECTS[effect], n=CHILDREN, worlds=WORLDS, seed=SEED)


def points(difference: float) -> str:
    """A difference in percentage points with its sign, rounded."""
    return f"{difference:+.0f}".replace("-", "−") if round(difference) else "0"


def verdict(difference: float) -> str:
    """How a difference in risk, treated minus untreated in points, would be read."""
    if abs(difference) < 2:
        return "looks useless"
    return "looks helpful" if difference < 0 else "looks harmful"


def who_gets_the_drug(settings: Settings) -> View:
    """The plain comparison, the comparison of like with like, and the truth."""
    import numpy as np
    import pandas as pd

    rule, effect = settings["rule"], settings["effect"]
    world = _world(rule, effect)
    truth = 100 * world.true_difference
    rows = []
    for name, values, endless in (
        ("plain\ncomparison", world.crude, world.expected_crude),
        ("like severity\ncompared", world.banded, world.expected_banded),
    ):
        low, high = 100 * np.nanquantile(values, [0.025, 0.975])
        rows.append((name, 100 * endless, float(low), float(high)))
    crude = rows[0][1]

    def draw(ax: Axes) -> None:
        ax.axvline(0, color=COLOURS["quiet"], linewidth=1)
        ax.axvline(truth, color=COLOURS["vermilion"], linestyle="--")
        for place, (_, middle, low, high) in enumerate(rows):
            ax.plot([low, high], [place, place], color=COLOURS["blue"], linewidth=4, solid_capstyle="butt")
            ax.plot(middle, place, "o", color=COLOURS["ink"], markersize=9)
            ax.annotate(
                f"{points(middle)}",
                (middle, place),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
        ax.annotate(
            f"truth {points(truth)}", (truth, 1.62), xytext=(4 if truth >= 0 else -4, 0), textcoords="offset points",
            ha="left" if truth >= 0 else "right", va="center", fontsize=10,
        )  # fmt: skip
        ax.text(-66, -0.68, "← looks helpful", fontsize=9.5, va="center")
        ax.text(66, -0.68, "looks harmful →", fontsize=9.5, va="center", ha="right")
        ax.set(
            xlim=(-68, 68), ylim=(1.9, -0.95),
            xlabel="risk of a poor outcome, treated minus untreated (percentage points)",
        )  # fmt: skip
        ax.set_yticks([0, 1], [name for name, *_ in rows])

    frame = pd.DataFrame(
        [(name.replace("\n", " "), middle, low, high) for name, middle, low, high in rows],
        columns=["comparison", "endless study, points", "95% of studies from", "to"],
    ).round(1)
    frame = frame.assign(truth=round(truth, 1), seed=SEED)
    given = RULES[rule][1] if rule == "coin" else f"mostly {RULES[rule][1]}"
    sentence = (
        f"The drug itself changes the risk by {points(truth)} points. In the plain comparison it {verdict(crude)}: {points(crude)} points. "
        f"Comparing children of like severity gives {points(rows[1][1])} points. SIMULATED, seed {SEED}."
    )
    shown = picture(
        draw,
        alt=f"SIMULATED differences in the risk of a poor outcome: truth {points(truth)} points; plain comparison {points(crude)} points, "
        f"95% of studies {points(rows[0][2])} to {points(rows[0][3])}; like severity compared {points(rows[1][1])} points, "
        f"{points(rows[1][2])} to {points(rows[1][3])}.",
        caption=f"Who is treated: {given}. Dot: what an endless study would show (exact). Bar: middle 95% of {WORLDS} invented studies of {CHILDREN} "
        f"children, seed {SEED}. Like severity: five equal bands. A poor outcome is {np.exp(1.5):.1f} times as likely, in odds, per "
        "SD of severity.",
        origin="simulated",
        table=frame,
        size=(7.2, 2.7),
    )
    return View(sentence, shown, result={"rule": rule, "effect": effect, "crude": crude, "truth": truth})


def compare_rule(response: Any, view: View) -> str:
    """The expected look of the drug beside that of the setting which was asked about."""
    first = _world("sickest", "helps")
    expected = {
        "helps": "a helpful drug",
        "more": "an even more helpful drug",
        "harms": "a useless or harmful look",
    }
    said = (
        f"You expected {expected[response]}; where mostly the most ill get a drug that truly changes the risk by "
        f"{points(100 * first.true_difference)} points, it {verdict(100 * first.expected_crude)} ({points(100 * first.expected_crude)})."
    )
    if (view.result["rule"], view.result["effect"]) != ("sickest", "helps"):
        said += (
            f" With the setting below it {verdict(view.result['crude'])} ({points(view.result['crude'])})."
        )
    return said


def titres_at_the_start() -> Picture:
    """Antibody titre before treatment in the two groups of a published comparison of adults."""
    import pandas as pd

    from ..evidence import value

    arms = {
        "exposed": ("tofacitinib", "o", "blue", -0.13),
        "unexposed": ("tacrolimus", "s", "vermilion", 0.13),
    }
    values = {(fact, arm): value(fact, arm) for fact in TITRES for arm in arms}

    def draw(ax: Axes) -> None:
        for (fact, arm), share in values.items():
            name, mark, colour, shift = arms[arm]
            x = list(TITRES).index(fact) + shift
            low, high = (100 * end for end in share.interval or (share.number, share.number))
            ax.plot([x, x], [low, high], color=COLOURS[colour], linewidth=2.5)
            ax.plot(x, 100 * share.number, mark, color=COLOURS[colour], markersize=9, markeredgecolor="white")
            ax.annotate(
                f"{share.events} of {share.n}", (x, 100 * share.number), xytext=(-9 if shift < 0 else 9, 0),
                textcoords="offset points", ha="right" if shift < 0 else "left", va="center", fontsize=9,
            )  # fmt: skip
            if fact == next(iter(TITRES)):
                ax.annotate(
                    name, (x, high), xytext=(0, 4), textcoords="offset points", ha="center", va="bottom", fontsize=9.5,
                    weight="bold",
                )  # fmt: skip
        ax.set(
            xlim=(-0.65, 2.65),
            ylim=(0, 100),
            ylabel="share of the group (%)",
            xlabel="anti-MDA5 titre before treatment",
        )
        ax.set_xticks(range(3), list(TITRES.values()))

    rows = [
        (TITRES[fact], arms[arm][0], str(share).partition(" [")[0], fact)
        for (fact, arm), share in values.items()
    ]
    strong, other = values["TBT082", "exposed"], values["TBT082", "unexposed"]
    weak, faint = values["TBT084", "exposed"], values["TBT084", "unexposed"]
    return picture(
        draw,
        alt=f"Strong-positive titre before treatment: {strong.events} of {strong.n} adults given tofacitinib and {other.events} of {other.n} "
        f"given tacrolimus. Weak titre: {weak.events} of {weak.n} against {faint.events} of {faint.n}.",
        caption=f"Adults with anti-MDA5 and ILD in Nanjing, {strong.n} given tofacitinib and {other.n} given tacrolimus, before "
        f"treatment; exact 95% intervals [{', '.join(TITRES)}]. Not children, and not the series of the letter.",
        origin="published",
        table=pd.DataFrame(rows, columns=["titre", "group", "share", "fact"]),
        size=(7.2, 3.2),
    )


EXPLORATIONS = {
    "05d": Exploration(
        id="05d",
        title="A registry in which doctors choose",
        task="Run it, then change who is treated and what the drug truly does. The dashed line is the truth.",
        controls=(
            choice("rule", "Who gets the drug", {"sickest": "mostly the most ill", "coin": "a coin decides", "mildest": "mostly the least ill"}),
            choice("effect", "What the drug truly does", {"helps": "halves the odds of a poor outcome", "none": "nothing", "harms": "doubles the odds of a poor outcome"}),
        ),
        prediction="05dp",
        compare=compare_rule,
        run=who_gets_the_drug,
    )
}  # fmt: skip
STILLS: dict[str, Callable[[], Any]] = {"05-titres": titres_at_the_start}
