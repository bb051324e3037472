"""The study builder: choices about a design in, the threats that remain out. Nothing here is data about patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["BUILDER", "Threat", "threats"]

STANDING = ("handled", "reduced", "remains")
BETTER, WORSE = 0.7, 0.4  # the assumed truth that the size is judged by
HOSPITALS = 20  # assumed: so many hospitals, each meeting one eligible child a year
EXPECTED = {"anyway": "Getting better anyway", "choice": "Who was given the drug"} | {
    "harms": "Rare harms",
    "missing": "Who is missing",
}


@dataclass(frozen=True)
class Threat:
    """One threat, how it stands under a design (0 handled, 1 reduced, 2 remains), and why."""

    name: str
    level: int
    why: str

    @property
    def standing(self) -> str:
        return STANDING[self.level]


def mended(settings: Settings) -> tuple[dict[str, object], str]:
    """Settings that fit together, and a sentence where one had to give way."""
    chosen = dict(settings)
    if chosen["control"] == "random" and chosen["design"] != "trial":
        chosen["control"] = "concurrent"
        return (
            chosen,
            "Chance can only allocate in a planned trial, so this is read as a group treated differently at the same time. ",
        )
    return chosen, ""


def threats(settings: Settings) -> tuple[Threat, ...]:
    """The ten threats under these settings, which must fit together (see `mended`)."""
    design, control, entry, outcome = (str(settings[k]) for k in ("design", "control", "entry", "outcome"))
    people = int(settings["people"])
    planned = design != "records"
    missing = {
        "eligible": (0, "every eligible child counts") if planned else (1, "eligible, but records have holes")
    }
    survivors = {"eligible": (0, "the clock starts at eligibility")} | {
        "treated": (2, "a child must live to the first dose"),
        "months": (2, "a child must live, and stay, for months"),
    }
    anyway = {
        "none": (2, "nobody shows the course without the drug"),
        "earlier": (1, "other years, other care"),
        "concurrent": (1, "same years, other reasons"),
        "random": (0, "chance makes the groups alike"),
    }
    indication = {
        "none": (2, "reasons cannot be compared"),
        "earlier": (2, "drug and calendar go together"),
        "concurrent": (1, "recorded reasons can be weighted")
        if planned
        else (2, "reasons were not recorded"),
        "random": (0, "chance decides, not severity"),
    }
    hope = {
        "impression": (2, "the treating team judges"),
        "scale": (1, "agreed steps, but hope is not blind"),
        "blind": (0, "the reader does not know the treatment"),
        "alive": (0, "no judgement needed"),
    }
    shared = {"impression": (2, "no two teams mean the same")}
    others = (1, "all are recorded; they may still differ") if planned else (2, "records name some of them")
    return (
        Threat("Who is missing", *missing.get(entry, (2, "children never treated, or stopped, are unseen"))),
        Threat("Time nobody could lose", *survivors[entry]),
        Threat("Getting better anyway", *anyway[control]),
        Threat("Who was given the drug", *indication[control]),
        Threat("What else was given", *others),
        Threat("Seeing what one hopes", *hope[outcome]),
        Threat("An outcome others share", *shared.get(outcome, (0, "another hospital can count the same"))),
        Threat("Chance", *chance(control, people)),
        Threat("Rare harms", *harms(control, people)),
        Threat("Can it be done", *doable(control, people, planned)),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def chance(control: str, people: int) -> tuple[int, str]:
    """Power for the assumed difference, or the width of an interval where nothing is compared."""
    if control == "none":
        from ..stats.proportions import proportion

        limits = proportion(people // 2, people).interval
        width = 100 * (limits.high - limits.low)
        return (0 if width <= 20 else 1 if width <= 40 else 2), f"an interval {width:.0f} points wide"
    from ..stats.worlds.power import table_power

    power = table_power(people - people // 2, people // 2, BETTER, WORSE).power
    return (
        0 if power >= 0.8 else 1 if power >= 0.5 else 2
    ), f"{100 * BETTER:.0f}% v {100 * WORSE:.0f}% is found {100 * power:.0f} times in 100"


@lru_cache(maxsize=4096)
def harms(control: str, people: int) -> tuple[int, str]:
    """What no event among the treated would still allow."""
    from ..stats.proportions import proportion

    treated = people if control in {"none", "earlier"} else people - people // 2
    upper = 100 * proportion(0, treated).interval.high
    return (0 if upper <= 1 else 1 if upper <= 5 else 2), f"none in {treated} still allows {upper:.1f}%"


def doable(control: str, people: int, planned: bool) -> tuple[int, str]:
    """Years of entry at the assumed number of hospitals; a lottery also asks more of families."""
    prospective = people if control != "earlier" else people - people // 2
    years = prospective / HOSPITALS
    level = 0 if years <= 3 else 1 if years <= 6 else 2
    if not planned:
        return (
            level,
            f"{years:.0f} years of records at {HOSPITALS} hospitals" if years >= 1 else "records of one year",
        )
    said = f"{years:.0f} years at {HOSPITALS} hospitals" if years >= 1 else "entry within a year"
    if control == "random":
        return max(level, 1), f"{said}; families accept a lottery"
    return level, said


@lru_cache(maxsize=64)
def table_picture(found: tuple[Threat, ...]) -> Picture:
    """Every threat in one row: marker under handled, reduced or remains, and why."""
    import pandas as pd

    look: Mapping[int, tuple[str, str]] = {0: ("o", "green"), 1: ("D", "blue"), 2: ("X", "vermilion")}

    def draw(ax: Axes) -> None:
        # Plain text instead of ticks: it need not be measured, which halves the time of a run.
        words: dict[str, Any] = {"va": "center", "in_layout": False}
        for level, word in enumerate(STANDING):
            ax.text(level, len(found) - 0.1, word, ha="center", fontsize=9.5, **words)
            ax.plot([level, level], [-0.4, len(found) - 0.6], color="#e3e7ea", linewidth=0.7)
        for place, threat in enumerate(reversed(found)):
            ax.text(-0.45, place, threat.name, ha="right", fontsize=9.5, **words)
            ax.text(2.5, place, threat.why, fontsize=8.8, **words)
        for level, (shape, hue) in look.items():
            rows = [place for place, t in enumerate(reversed(found)) if t.level == level]
            ax.plot([level] * len(rows), rows, shape, color=COLOURS[hue], markersize=9.5)
        ax.set(xlim=(-3.1, 6.3), ylim=(-0.6, len(found) + 0.4))
        ax.set_axis_off()

    told = "; ".join(
        f"{word}: {', '.join(t.name.lower() for t in found if t.standing == word) or 'none'}"
        for word in STANDING
    )
    return picture(
        draw,
        alt=f"Ten threats under this design. {told[0].upper() + told[1:]}.",
        caption=f"A constructed design, no patients. Size is judged by an assumed {100 * BETTER:.0f}% against {100 * WORSE:.0f}% improved "
        f"(two-sided Fisher test at 5%); time by an assumed {HOSPITALS} hospitals with one eligible child a year each.",
        origin="assumed",
        table=pd.DataFrame(
            [(t.name, t.standing, t.why) for t in found], columns=["threat", "standing", "why"]
        ),
        size=(7.6, 3.9),
    )


def judge(settings: Settings) -> View:
    """What this design handles, reduces and leaves."""
    chosen, note = mended(settings)
    found = threats(chosen)
    counts = [sum(t.level == level for t in found) for level in range(3)]
    left = ", ".join(t.name.lower() for t in found if t.level == 2)
    ending = f"What remains: {left}." if left else "None of the ten remains in full."
    return View(
        f"{note}Of ten threats this design handles {counts[0]}, reduces {counts[1]} and leaves {counts[2]}. {ending}",
        table_picture(found),
        result={t.name: t.standing for t in found},
    )


def foreseen(response: str, view: View) -> str:
    name = EXPECTED[response]
    stands = view.result[name]
    verb = {"handled": "is handled", "reduced": "is reduced", "remains": "remains"}[stands]
    return f"You expected “{name.lower()}” to stay longest; in this design it {verb}."


BUILDER = Exploration(
    id="09d",
    title="Build a better study",
    task="Keep a prediction and press Run: you see a small series as it is often done. Then improve one choice at a time.",
    controls=(
        choice("design", "Design", {"records": "look back in hospital records", "registry": "registry: follow children forwards", "trial": "planned trial"}),
        choice("control", "Compared with", {"none": "nobody", "earlier": "children treated in earlier years", "concurrent": "children treated otherwise at the same time", "random": "children allocated by chance"}),
        choice("entry", "Who counts", {"treated": "children who received the drug", "months": "children on the drug for more than 3 months", "eligible": "every eligible child from a fixed start"}),
        choice("outcome", "Outcome", {"impression": "the treating team's impression", "scale": "an agreed score", "blind": "lung function and scans, read blind", "alive": "survival"}),
        slider("people", "Children in the study", 9, 6, 240),
    ),
    prediction="09dp",
    compare=foreseen,
    run=judge,
)  # fmt: skip
