"""Lesson 04: the audit of the letter's own printed numbers, and how little it means to pass."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, Sheet, picture
from .count_intervals import predicted
from .long_count import watched

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..stats.passing_share import PassingShare

__all__ = ["CAN_IT_BE", "audit_of_the_letter", "certain_limits", "pairs_that_pass"]

BELOW = 18  # years: the letter is about children
GRAINS = {"1": "whole years", "1/2": "half years", "1/12": "months"}
OLDEST = {"1": "17", "1/2": "17.5", "1/12": "215/12"}
REACH = 5  # last digits to either side in the neighbourhood
MEANS, SDS = ("1.0", "16.9"), ("0.1", "6.0")


@lru_cache(maxsize=4)
def pairs_that_pass(grain: str = "1") -> PassingShare:
    """The share of all invented mean and SD pairs that nine ages could print. About half a second."""
    from ..stats.passing_share import passing_share

    return passing_share(9, MEANS, SDS, low=0, high=OLDEST[grain], grain=grain)


@lru_cache(maxsize=20_000)
def _exists(mean: int, sd: int, n: int, grain: str) -> bool:
    # Mean and SD in tenths, as printed with one decimal.
    from ..stats.printed_summary import printed_summary

    if sd < 0:
        return False
    return printed_summary(
        n, f"{mean / 10:.1f}", f"{sd / 10:.1f}", below=BELOW, grain=grain
    ).possible()  # fmt: skip


def neighbourhood_view(settings: Settings) -> Generator[float, None, View]:
    """Which printed pairs around a mean and SD some n ages can give; the share among all pairs comes last."""
    import pandas as pd

    mean, sd = round(10 * float(settings["mean"])), round(10 * float(settings["sd"]))
    n, grain = int(settings["n"]), str(settings["grain"])
    places = [
        (m, s, _exists(m, s, n, grain))
        for m in range(max(mean - REACH, 0), mean + REACH + 1)
        for s in range(max(sd - REACH, 0), sd + REACH + 1)
    ]
    passed = sum(fits for *_, fits in places)
    here = _exists(mean, sd, n, grain)
    of_the_letter = (f"{mean / 10:.1f}", f"{sd / 10:.1f}", n) == _printed("E10")
    overall = yield from watched(lambda _: pairs_that_pass("1"))

    def draw(ax: Axes) -> None:
        good = [(m / 10, s / 10) for m, s, fits in places if fits]
        bad = [(m / 10, s / 10) for m, s, fits in places if not fits]
        for spots, mark, colour, size in (
            (good, "o", COLOURS["sky"], 8),
            (bad, "x", COLOURS["vermilion"], 7),
        ):
            if spots:
                x, y = zip(*spots, strict=True)
                ax.plot(x, y, mark, color=colour, markersize=size, linestyle="none",
                        markeredgecolor=COLOURS["ink"] if mark == "o" else colour, markeredgewidth=0.6 if mark == "o" else 1.8)  # fmt: skip
        ax.plot(
            mean / 10,
            sd / 10,
            "s",
            markersize=19,
            markerfacecolor="none",
            markeredgecolor=COLOURS["ink"],
            markeredgewidth=2,
        )
        ax.set(
            xlim=((mean - REACH) / 10 - 0.07, (mean + REACH) / 10 + 0.07),
            ylim=((sd - REACH) / 10 - 0.07, (sd + REACH) / 10 + 0.07),
            xlabel="printed mean (years)", ylabel="printed SD (years)",
        )  # fmt: skip
        ax.grid(visible=False)

    verdict = "can be printed by" if here else "cannot be printed by any"
    sentence = (
        f"{mean / 10:.1f} ± {sd / 10:.1f} {verdict} {n} ages in {GRAINS[grain]} (SD with n − 1). Of its {len(places)} neighbours on the "
        f"page, itself included, {passed} can ({100 * passed / len(places):.0f}%)."
    )
    rows = []
    for s in range(max(sd - REACH, 0), sd + REACH + 1):
        fitting = [f"{m / 10:.1f}" for m, y, fits in places if y == s and not fits]
        rows.append((f"{s / 10:.1f}", 2 * REACH + 1 - len(fitting), ", ".join(fitting) or "none"))
    shown = picture(
        draw,
        alt=f"Grid of printed pairs around {mean / 10:.1f} ± {sd / 10:.1f}: {passed} circles that can occur, "
        f"{len(places) - passed} crosses that cannot. The square marks the pair chosen; it {'can' if here else 'cannot'} occur.",
        caption=f"n = {n} ages from 0 to under {BELOW} years in {GRAINS[grain]}, rounded half up; decided by searching for an actual set of "
        "ages. Circles: possible. Crosses: impossible. Square: "
        + (
            "age at onset as printed [E10, XUE23], read as mean and SD."
            if of_the_letter
            else "a pair chosen by you."
        ),
        origin="derived" if of_the_letter else "assumed",
        table=pd.DataFrame(rows, columns=["SD", "means that can occur", "means that cannot"]),
        size=(6.2, 4.0),
    )
    return View(sentence, shown, result=overall)


def compare_pass(response: Any, view: View) -> str:
    """The learner's share beside the share of all invented pairs."""
    found = view.result
    said = predicted("04gp", response)
    return (
        f"You expected {said:.3g}%; of all {found.pairs:,} pairs, {found.passed:,} can occur ({100 * found.share:.0f}%, n = 9, "
        "whole years). A pass says little; a failure would have said a lot."
    )


CAN_IT_BE = Exploration(
    id="04g",
    title="Can these two numbers stand together?",
    task="Keep a share first. Then move the mean and the standard deviation, and see which pairs nobody could print.",
    controls=(
        slider("mean", "Printed mean", 5.1, 1.0, 16.0, 0.1, "years"),
        slider("sd", "Printed standard deviation", 3.6, 0.1, 6.0, 0.1, "years"),
        slider("n", "Children", 9, 3, 20),
        choice("grain", "Ages were noted in", GRAINS),
    ),
    prediction="04gp",
    compare=compare_pass,
    run=neighbourhood_view,
    run_label="Check the pair",
)


def audit_of_the_letter() -> Sheet:
    """Every check of the two printed ages and the printed percentage, with what a pass is worth."""
    import pandas as pd

    from ..evidence import value
    from ..stats.audit import grim, grim_percent, grimmer
    from ..stats.plausibility import se_or_sd

    share = value("E09")
    rows = []
    percent = grim_percent("33", int(share.n or 0))
    rows.append(
        ("E09", f"Can {percent.printed} be some whole number of {share.n}?", "yes" if percent else "no", percent.reason,
         f"{100 * (percent.passing_share or 0):.0f}% of whole percentages pass")
    )  # fmt: skip
    for fact_id in ("E10", "E11"):
        mean, spread, n = _printed(fact_id)
        check, both = grim(mean, n), grimmer(mean, spread, n, low=0, high=OLDEST["1"])
        reading = se_or_sd(mean, spread, n, low=0, high=BELOW)
        rows.append(
            (fact_id, f"GRIM: can {n} ages in whole years have the mean {mean}?", "yes" if check else "no", check.reason,
             f"{100 * (check.passing_share or 0):.0f}% of one-decimal means pass")
        )  # fmt: skip
        rows.append(
            (fact_id, f"GRIMMER: can they have the SD {spread} as well?", "yes" if both else "no", both.reason,
             f"{100 * pairs_that_pass('1').share:.0f}% of pairs pass ({100 * pairs_that_pass('1/2').share:.0f}% at half years)")
        )  # fmt: skip
        rows.append(
            (fact_id, f"Can {spread} be a standard error?", "yes" if reading.as_se else "no",
             f"the SD would be {reading.sd_if_se:.1f}, and ages below {BELOW} with this mean cannot exceed {reading.largest_sd:.1f}",
             "rests on 0 to 18 years and on n = 9")
        )  # fmt: skip
    return Sheet(
        pd.DataFrame(rows, columns=["fact", "question", "answer", "because", "what that is worth"]),
        caption="The letter's own printed numbers, checked [E09, E10, E11; XUE23]; n = 9. Nothing is inconsistent. "
        "The public text does not define ±; SD is our reading of it.",
        origin="derived",
    )


def _printed(fact_id: str) -> tuple[str, str, int]:
    from ..evidence import value

    found = value(fact_id)
    return f"{found.number:.1f}", f"{found.spread:.1f}", int(found.n or 0)


def certain_limits() -> Sheet:
    """What holds for every set of ages with these printed numbers, whatever their shape."""
    from math import sqrt

    import pandas as pd

    rows = []
    spreads = []
    for fact_id, name in (("E10", "age at onset"), ("E11", "age at start")):
        mean, sd, n = _printed(fact_id)
        high_mean, high_sd = float(mean) + 0.05, float(sd) + 0.05
        spreads.append(high_sd)
        furthest = high_mean + high_sd * (n - 1) / sqrt(n)
        off = high_sd * sqrt((n - 1) / n)
        rows.append(
            (f"oldest child, {name}", f"at most {furthest:.1f} years", "mean + SD × (n − 1) / √n", fact_id)
        )
        rows.append(
            (f"median, {name}", f"{max(0.0, float(mean) - 0.05 - off):.1f} to {high_mean + off:.1f} years",
             "mean ± SD × √((n − 1) / n)", fact_id)
        )  # fmt: skip
    first, second = (_printed(f) for f in ("E10", "E11"))
    gap = float(second[0]) - float(first[0])
    rows.append(
        (
            "average wait",
            f"{gap - 0.1:.1f} to {gap + 0.1:.1f} years",
            "mean − mean",
            "E10, E11",
        )
    )
    apart = max(0.0, abs(float(second[1]) - float(first[1])) - 0.1)
    rows.append(
        ("SD of the wait", f"{apart:.1f} to {sum(spreads):.1f} years", "difference to sum of the two SDs", "E10, E11")
    )  # fmt: skip
    return Sheet(
        pd.DataFrame(rows, columns=["quantity", "certain", "from", "fact"]),
        caption="Certain for any nine ages with these printed numbers, rounding included, if ± is a standard deviation (n − 1) "
        "[E10, E11; XUE23]. Everything narrower than this needs an assumption.",
        origin="derived",
    )
