"""Lesson 05: what else could lie behind improvement, drawn on the timeline of a treated-only series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, Sheet, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["STATEMENTS", "STILLS", "Statement"]


@dataclass(frozen=True)
class Statement:
    """One lettered statement of exercise 05c: its words on the timeline, and when it would act.

    `check` is empty for a statement that is no rival explanation.
    """

    letter: str
    short: str
    when: str
    check: str = ""
    facts: str = "E21"


BEFORE, START, BETWEEN, END, ALWAYS = (
    "before the start",
    "at the start",
    "between start and last visit",
    "at the last visit",
    "all the time",
)
STATEMENTS = (
    Statement("A", "alive and in care until the start", BEFORE, "every eligible child, counted from diagnosis"),
    Statement("B", "more boys than girls", ALWAYS),
    Statement("C", "started in a bad month", START, "two measurements before the start, or a comparison group", "E14, E21"),
    Statement("D", "another drug changed too", START, "a list of every treatment with dates and doses", "E12, E21"),
    Statement("E", "a small group", ALWAYS),
    Statement("F", "an earlier drug acts late", BETWEEN, "dates of earlier drugs; children on those drugs alone", "E12, E21"),
    Statement("G", "the disease calms down", BETWEEN, "similar children over the same time without the drug"),
    Statement("H", "stopped, so not counted", BETWEEN, "every child who started, in the count"),
    Statement("I", "the interferon signal is blocked", BETWEEN),
    Statement("J", "judged by someone who knows", END, "scans read without knowing who was treated"),
)  # fmt: skip


def timeline() -> Picture:
    """From onset over the start of the add-on drug to a last visit nobody outside knows, with ten lettered bars."""
    import pandas as pd

    from ..evidence import derived, value

    onset, start = value("E10"), value("E11")
    gap = derived("gap_onset_to_start")
    begins, treated = float(onset.number), float(start.number)
    last = treated + 2.6  # drawn, not known
    spans = {
        BEFORE: (begins, treated),
        START: (treated - 0.16, treated + 0.16),
        BETWEEN: (treated, last),
        END: (last - 0.16, last + 0.16),
        ALWAYS: (begins, last),
    }

    def draw(ax: Axes) -> None:
        for row, statement in enumerate(STATEMENTS):
            left, right = spans[statement.when]
            ax.barh(
                row,
                right - left,
                left=left,
                height=0.55,
                color=COLOURS["sky"],
                edgecolor=COLOURS["ink"],
                linewidth=0.8,
            )
        for x, words, line in (
            (begins, f"onset, mean age\n{onset.number:g} years", "-"),
            (treated, f"add-on drug, mean age\n{start.number:g} years", "-"),
            (last, "last visit:\nnot in the public text", ":"),
        ):
            ax.axvline(x, color=COLOURS["ink"], linewidth=1.3, linestyle=line, zorder=0.5)
            ax.text(x, -0.75, words, ha="center", va="bottom", fontsize=9)
        ax.text(
            (begins + treated) / 2,
            -0.68,
            f"{gap.number:g} years\nbetween the means",
            ha="center",
            va="bottom",
            fontsize=8.5,
        )
        ax.set(
            xlim=(begins - 3.6, last + 0.75),
            ylim=(len(STATEMENTS) - 0.4, -0.7),
            xticks=[],
            yticks=range(len(STATEMENTS)),
            yticklabels=[],
        )
        for row, statement in enumerate(STATEMENTS):
            ax.text(begins - 3.55, row, statement.letter, va="center", weight="bold")
            ax.text(begins - 3.25, row, statement.short, va="center")
        ax.tick_params(axis="y", length=0)
        ax.grid(False)
        ax.spines["bottom"].set_visible(False)
        ax.spines["left"].set_visible(False)

    frame = pd.DataFrame(
        [(s.letter, s.short, s.when) for s in STATEMENTS],
        columns=["letter", "statement", "when it would act"],
    )
    return picture(
        draw,
        alt=f"Timeline of a treated-only series: onset at a mean age of {onset.number:g} years, add-on drug at {start.number:g} years, "
        "then a last visit whose date is not public. Ten bars, A to J, show when each statement of the next question would act; "
        "the table lists them.",
        caption=f"Group means of nine children [E10, E11]; the gap of {gap.number:g} years is their difference, and its spread is not "
        "public. The place of the last visit is drawn, not known [E21]. Bars say when, not whether.",
        origin="derived",
        table=frame,
        size=(8.4, 4.3),
    )


def rival_list() -> Sheet:
    """The statements that are rivals, when they act, and what would tell them apart from the drug."""
    import pandas as pd

    from .. import evidence

    found = [s for s in STATEMENTS if s.check]
    facts = {fact for s in found for fact in s.facts.split(", ")}
    for fact in facts:
        evidence.fact(fact)
    rows = [(f"{s.letter}. {s.short}", s.when, s.check, f"not given [{s.facts}]") for s in found]
    columns = ["rival explanation", "acts", "what would tell it apart", "in the public text"]
    return Sheet(
        pd.DataFrame(rows, columns=columns),
        caption=f"{len(found)} rival explanations for improvement in a series in which everyone was treated: our reading, with the facts behind it [XUE23].",
        origin="derived",
    )


STILLS: dict[str, Callable[[], Any]] = {"05-timeline": timeline, "05-rivals": rival_list}
