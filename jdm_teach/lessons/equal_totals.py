"""Lesson 08: two constructed series with the same total, and what one unanswered question can do to a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice, slider
from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ONE_QUESTION", "SERIES", "bounds", "question_view", "two_series"]

# The questions without a yes in each constructed series, by number.
SERIES = {"Series A": (6, 7, 9), "Series B": (4, 5, 8)}
SHORT = (
    "entry rules", "measured alike", "valid methods", "one after another", "everybody included",
    "demographics", "clinical details", "outcome judged clearly", "place of treatment", "statistics",
)  # fmt: skip

IMPROVED, REPORTED = 15, 20
QUESTIONS = {
    "included": "Were all included? Some were left out",
    "outcome": "Was the outcome judged well? For some it was not",
    "place": "Was the place described? For some it was not",
}


def two_series() -> Picture:
    """Ten questions, two constructed series, seven times yes in each."""
    import pandas as pd

    answers = {
        name: ["unclear" if i + 1 in gaps else "yes" for i in range(10)] for name, gaps in SERIES.items()
    }
    yes = len(SHORT) - len(SERIES["Series A"])

    def draw(ax: Axes) -> None:
        places = list(range(10))[::-1]
        for column, given in enumerate(answers.values()):
            for place, answer in zip(places, given, strict=True):
                clear = answer == "yes"
                ax.scatter(
                    column, place, s=80, marker="o" if clear else "X",
                    color=COLOURS["blue"] if clear else COLOURS["vermilion"], zorder=3,
                )  # fmt: skip
                weight = "normal" if clear else "bold"
                ax.text(
                    column + 0.06,
                    place,
                    answer,
                    va="center",
                    fontsize=9.5,
                    weight=weight,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                )
            ax.text(column, -1.15, f"yes: {yes} of 10", ha="center", va="center", weight="bold")
        ax.axhline(-0.6, color=COLOURS["quiet"], linewidth=1)
        ax.set_yticks(places, [f"{i}. {text}" for i, text in enumerate(SHORT, start=1)])
        ax.set_xticks(range(2), list(answers))
        ax.xaxis.tick_top()
        ax.set(xlim=(-0.4, 1.5), ylim=(-1.6, 9.6))
        ax.spines["bottom"].set_visible(False)
        ax.grid(axis="x", visible=False)

    gaps = "; ".join(
        f"{name} is unclear on {', '.join(SHORT[i - 1] for i in missing)}" for name, missing in SERIES.items()
    )
    return picture(
        draw,
        alt=f"Two constructed series, each with yes at {yes} of 10 questions. {gaps}.",
        caption="Two constructed series (no real study) answered on the same ten questions, in our paraphrase.",
        origin="assumed",
        table=pd.DataFrame({"question": SHORT, **answers}),
        size=(6.4, 4.2),
    )


def bounds(question: str, concerned: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The lowest and the highest count of improved, each with its n, that still fit the report.

    `concerned` people are those the unanswered question is about: left out altogether, or judged without a
    definition. Where they were treated cannot change the count.
    """
    if question == "included":
        everyone = REPORTED + concerned
        return (IMPROVED, everyone), (IMPROVED + concerned, everyone)
    if question == "outcome":
        return (max(0, IMPROVED - concerned), REPORTED), (min(REPORTED, IMPROVED + concerned), REPORTED)
    return (IMPROVED, REPORTED), (IMPROVED, REPORTED)


def question_view(settings: Settings) -> View:
    """The reported share beside the lowest and the highest that one unanswered question leaves open."""
    import pandas as pd

    from ..stats.proportions import proportion

    question, concerned = settings["question"], int(settings["concerned"])
    low, high = bounds(question, concerned)
    shares = [proportion(*count) for count in ((IMPROVED, REPORTED), low, high)]
    labels = ["as reported", "lowest that fits", "highest that fits"]
    frame = pd.DataFrame(
        [
            (label, s.events, s.n, 100 * s.estimate, 100 * s.interval.low, 100 * s.interval.high)
            for label, s in zip(labels, shares, strict=True)
        ],
        columns=["count", "improved", "of", "percent", "lower limit", "upper limit"],
    ).round(1)

    def draw(ax: Axes) -> None:
        for place, (share, marker, colour) in enumerate(
            zip(shares, "oDD", (COLOURS["ink"], COLOURS["vermilion"], COLOURS["blue"]), strict=True)
        ):
            y = 2 - place
            ax.plot([100 * share.interval.low, 100 * share.interval.high], [y, y], color=colour, linewidth=3)
            ax.plot(100 * share.estimate, y, marker, color=colour, markersize=9)
            ax.annotate(
                f"{share.events} of {share.n} ({100 * share.estimate:.0f}%)", (100 * share.estimate, y),
                xytext=(0, 9), textcoords="offset points", ha="center",
            ).set_in_layout(False)  # fmt: skip
        ax.set_yticks([2, 1, 0], labels)
        ax.set(xlim=(0, 100), ylim=(-0.5, 2.6), xlabel="improved (%; bar: exact 95% interval)")
        ax.grid(axis="y", visible=False)

    said = [f"{share.events} of {share.n} ({100 * share.estimate:.0f}%)" for share in shares]
    shown = picture(
        draw,
        alt=f"Reported: {said[0]} improved. Counts that still fit: from {said[1]} to {said[2]}. "
        f"Exact 95% intervals: {'; '.join(f'{r[4]:.0f}% to {r[5]:.0f}%' for r in frame.itertuples(index=False))}.",
        caption=f"A constructed series: {IMPROVED} of {REPORTED} people improved, {concerned} concerned by the open "
        "question. Exact (Clopper-Pearson) limits show chance alone; they do not contain the open question.",
        origin="assumed",
        table=frame,
        size=(7.2, 2.7),
    )
    return View(question_sentence(question, concerned, said), shown, result=low[0] / low[1])


def question_sentence(question: str, concerned: int, said: list[str]) -> str:
    if question == "place":
        return (
            f"The count stays {said[0]}, whatever the place was. What the reader loses is to whom it applies: "
            "a gap, but of another kind."
        )
    about = "left out" if question == "included" else "judged without an agreed definition"
    return f"With {concerned} {about}, anything from {said[1]} to {said[2]} still fits the same report."


def compare(response: Any, view: View) -> str:
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("08sp"), response).value
    (events, n), _ = bounds("included", 10)
    return f"You expected as low as {expected:g}%; with ten left out it can be {events} of {n}, which is {100 * events / n:.0f}%."


ONE_QUESTION = Exploration(
    id="08s",
    title="What one open question can do",
    task="Choose the question that the report leaves open, and how many people it concerns.",
    controls=(
        choice("question", "The open question", QUESTIONS),
        slider("concerned", "People it concerns", 10, 0, 20),
    ),
    prediction="08sp",
    compare=compare,
    run=question_view,
)
