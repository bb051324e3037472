"""Lesson 08: nine appraisal tools laid over the public text, and which of their questions it lets us answer."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from textwrap import fill
from typing import TYPE_CHECKING, Any

from ..exercises.exploration import Exploration, Settings, View, choice
from ..figures import COLOURS, picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["REACH", "TOOLS", "TOOL_ITEMS", "tool_view"]

TOOLS = {
    "STROBE": "STROBE: reporting of observational studies",
    "IHE": "IHE: quality of treated case series",
    "CARE": "CARE: reporting of case reports",
    "CASP": "CASP: teaching checklist for cohorts",
    "JBI": "JBI: quality of case series",
    "NIH": "NIH: quality of case series",
    "MURAD": "Murad: quality of case reports and series",
    "GRADE": "GRADE: certainty of a body of evidence",
    "ROBINS-I": "ROBINS-I: bias in comparisons",
}
REACH = {"yes": "fully", "partly": "partly", "no": "not at all"}
# Sky blue is pale on white, so it carries a hatch and a dark outline; white carries an outline alone.
FILLS: dict[str, dict[str, Any]] = {
    "fully": {"facecolor": COLOURS["blue"], "edgecolor": COLOURS["ink"]},
    "partly": {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["ink"], "hatch": "//"},
    "not at all": {"facecolor": "white", "edgecolor": COLOURS["ink"]},
}
MARKS: dict[str, dict[str, Any]] = {
    "yes": {"marker": "o", "color": COLOURS["blue"]},
    "no": {"marker": "X", "color": COLOURS["vermilion"]},
    "unclear": {"marker": "o", "facecolors": "white", "edgecolors": COLOURS["ink"], "linewidths": 1.6},
    "not applicable": {"marker": "s", "color": COLOURS["quiet"]},
}


@lru_cache(maxsize=1)
def answered_items() -> tuple[tuple[str, int, str, str, str, str, str], ...]:
    """Tool, number, question, reach, answer, reason and facts of every item that has a model answer."""
    from ..evidence import appraisal_items

    return tuple(
        (item["instrument"], item["number"], item["paraphrase"], REACH[given["in_extract"]], given["answer"],
         given["reason"], ", ".join(given["extract_facts"]) or "none")
        for item in appraisal_items()
        if (given := item["model_appraisal"])
    )  # fmt: skip


@lru_cache(maxsize=1)
def unread_items() -> Counter[str]:
    """How many items of each tool have no model answer, because their official wording was not read."""
    from ..evidence import appraisal_items

    return Counter(item["instrument"] for item in appraisal_items() if not item["model_appraisal"])


def reach_counts() -> pd.DataFrame:
    """One line per tool: how many of its answered questions the public text reaches fully, partly, not at all."""
    import pandas as pd

    seen = Counter((row[0], row[3]) for row in answered_items())
    rows = [(tool, *(seen[tool, reach] for reach in REACH.values()), unread_items()[tool]) for tool in TOOLS]
    return pd.DataFrame(rows, columns=["tool", *REACH.values(), "not read by us"])


def listed(rows: list[tuple]) -> pd.DataFrame:
    import pandas as pd

    columns = ["tool", "no.", "asks whether", "the public text answers it", "model answer", "why", "facts"]
    return pd.DataFrame(rows, columns=columns)


def tool_view(settings: Settings) -> View:
    """All nine tools as bars, or one tool question by question, for the reach that was chosen."""
    return view_of(settings["tool"], settings["reach"])


@lru_cache(maxsize=64)
def view_of(tool: str, wanted: str) -> View:
    rows = [row for row in answered_items() if tool in ("all", row[0]) and wanted in ("any", slug(row[3]))]
    return nine_tools(rows, wanted) if tool == "all" else one_tool(tool, rows, wanted)


def slug(reach: str) -> str:
    return reach.replace(" ", "-")


def nine_tools(rows: list[tuple], wanted: str) -> View:
    counts = reach_counts()
    totals = counts.drop(columns="tool").sum()
    answered = int(totals[list(REACH.values())].sum())

    def draw(ax: Axes) -> None:
        places = range(len(counts))[::-1]
        left = [0] * len(counts)
        for reach, style in FILLS.items():
            widths = list(counts[reach])
            ax.barh(places, widths, left=left, height=0.66, linewidth=0.8, **style)
            for place, start, width in zip(places, left, widths, strict=True):
                if width:
                    box = (
                        {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if reach == "partly" else None
                    )
                    ink = "white" if reach == "fully" else COLOURS["ink"]
                    ax.text(
                        start + width / 2, place, str(width), ha="center", va="center", color=ink, bbox=box
                    )
            middle = left[0] + widths[0] / 2
            ax.text(middle, len(counts) - 0.5, reach, ha="center", va="bottom", weight="bold", fontsize=9.5)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        ax.set_yticks(list(places), [TOOLS[tool].partition(":")[0] for tool in counts["tool"]], size=10)
        ax.set(xlabel="questions with a model answer (count)", xlim=(0, 23), ylim=(-0.6, len(counts) + 0.1))
        ax.grid(axis="y", visible=False)

    parts = ", ".join(f"{int(totals[reach])} {reach}" for reach in REACH.values())
    chosen = (
        f" The table lists the {len(rows)} it answers {wanted.replace('-', ' ')}." if wanted != "any" else ""
    )
    shown = picture(
        draw,
        alt=f"Bars for nine tools, {answered} questions answered from the public text: {parts}. "
        + "; ".join(
            f"{row.tool} {row.fully} fully, {row.partly} partly, {row[3]} not at all"
            for row in counts.itertuples(index=False)
        )
        + ".",
        caption=f"How much of each question the public extract [XUE23] answers, in our reading. "
        f"{int(totals['not read by us'])} further questions of IHE were not read and not answered. Counts, not scores.",
        origin="derived",
        table=listed(rows) if wanted != "any" else counts,
        size=(7.2, 3.9),
    )
    sentence = f"Of {answered} questions, the public text answers {parts}.{chosen}"
    return View(sentence, shown, result=int(totals["fully"]))


def one_tool(tool: str, rows: list[tuple], wanted: str) -> View:
    name = TOOLS[tool].partition(":")[0]
    total = len([row for row in answered_items() if row[0] == tool])
    which = "" if wanted == "any" else f" that the public text answers {wanted.replace('-', ' ')}"
    if not rows:
        return View(f"{name} has no question{which}. Choose another tool or another reach.", result=fully())
    answers = Counter(row[4] for row in rows)
    said = ", ".join(f"{count} {answer}" for answer, count in answers.items())
    reached = Counter(row[3] for row in rows)
    spread = ", ".join(f"{reached[reach]} {reach}" for reach in REACH.values() if reached[reach])

    def draw(ax: Axes) -> None:
        order = list(REACH.values())[::-1]
        places = list(range(len(rows)))[::-1]
        spots = [order.index(row[3]) for row in rows]
        for answer, style in MARKS.items():
            here = [(x, y) for x, y, row in zip(spots, places, rows, strict=True) if row[4] == answer]
            if here:
                ax.scatter([x for x, _ in here], [y for _, y in here], s=62, zorder=3, **style)
        ax.hlines(places, -2.35, [x - 0.1 for x in spots], color="#e3e7ea", linewidth=0.8, zorder=0)
        for row, x, y in zip(rows, spots, places, strict=True):
            # Text inside the axes is kept out of the layout: it would only cost time.
            ax.text(x + 0.1, y, row[4], va="center", fontsize=9.5).set_in_layout(False)
            label = ax.text(-2.35, y, fill(f"{row[1]}. {row[2]}", 46), va="center", fontsize=9.5)
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
            label.set_in_layout(False)
        ax.set_yticks([])
        ax.set_xticks(range(3), order)
        ax.set(xlim=(-2.35, 2.6), ylim=(-0.7, len(rows) - 0.3))
        ax.set_xlabel("how far the public text answers the question", loc="right")
        ax.spines["left"].set_visible(False)

    unread = unread_items()[tool]
    left_out = f" {unread} further questions were not read by us and are left out." if unread else ""
    shown = picture(
        draw,
        alt=f"{name}, {len(rows)} of {total} questions: the public text answers {spread}; model answers: {said}.",
        caption=f"{TOOLS[tool]}. {len(rows)} of its {total} questions with a model answer, in our paraphrase, "
        f"from the public extract [XUE23].{left_out} For a review use the official form. Counts, not scores.",
        origin="derived",
        table=listed(rows).drop(columns="tool"),
        size=(7.2, 1.1 + 0.34 * len(rows)),
    )
    sentence = f"{name}, {len(rows)} questions{which}: {said}. Open the table for the reasons and the lines behind them."
    return View(sentence, shown, result=fully())


def fully() -> int:
    return sum(row[3] == "fully" for row in answered_items())


def compare(response: Any, view: View) -> str:
    from ..exercises import bank, grading

    expected = grading.grade(bank.item("08tp"), response).value
    side = f"You expected {expected:g} of {len(answered_items())}; the public text answers {view.result} of them fully."
    gap = expected - view.result
    if abs(gap) <= 3:
        return side
    return side + (
        " A preview looks fuller than it is." if gap > 0 else " It tells a little more than you thought."
    )


TOOL_ITEMS = Exploration(
    id="08t",
    title="Nine tools, one preview",
    task="Start with all nine. Then choose one tool to see its questions with the model answers; the table holds every reason.",
    controls=(
        choice("tool", "Tool", {"all": "All nine tools", **TOOLS}),
        choice(
            "reach",
            "Questions that the public text answers",
            {"any": "to any extent", **{slug(reach): reach for reach in REACH.values()}},
        ),
    ),
    prediction="08tp",
    compare=compare,
    run=tool_view,
)
