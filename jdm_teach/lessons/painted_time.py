"""Lesson 06: three constructed time lines, their segments painted as treated or not yet treated, and the sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LINES", "STILLS", "Segment", "person_time"]


@dataclass(frozen=True)
class Segment:
    """One stretch of a constructed time line: months from and to, what begins it, and whether a first dose lies behind."""

    name: str
    person: str
    begins: float
    ends: float
    opened_by: str
    treated: bool
    death: bool = False

    @property
    def months(self) -> float:
        return self.ends - self.begins


LINES = (
    Segment("A1", "A", 0, 8, "diagnosis", False),
    Segment("A2", "A", 8, 24, "first dose", True),
    Segment("B1", "B", 0, 6, "diagnosis", False, death=True),
    Segment("C1", "C", 0, 9, "diagnosis", False),
    Segment("C2", "C", 9, 13, "prescribed", False),
    Segment("C3", "C", 13, 19, "first dose", True),
    Segment("C4", "C", 19, 24, "paused", True, death=True),
)


def person_time() -> dict[str, tuple[float, int]]:
    """Months and deaths, counted four ways: where time was lived, and by whether the person was ever treated."""
    ever = {s.person for s in LINES if s.treated}
    groups: dict[str, Callable[[Segment], bool]] = {
        "treated time": lambda s: s.treated,
        "not yet treated time": lambda s: not s.treated,
        "ever treated, from diagnosis": lambda s: s.person in ever,
        "never treated, from diagnosis": lambda s: s.person not in ever,
    }
    return {
        name: (sum(s.months for s in LINES if kept(s)), sum(s.death for s in LINES if kept(s)))
        for name, kept in groups.items()
    }


def _draw(ax: Axes, painted: bool) -> None:
    rows = {person: row for row, person in enumerate("ABC")}
    for s in LINES:
        shade, hatch = ("#d9dee2", None) if not painted else (COLOURS["sky"], "//") if s.treated else ("white", None)  # fmt: skip
        row = rows[s.person]
        ax.barh(row, s.months, left=s.begins, height=0.42, color=shade, edgecolor=COLOURS["ink"], hatch=hatch, linewidth=1)  # fmt: skip
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if painted and s.treated else None
        ax.text((s.begins + s.ends) / 2, row, s.name, ha="center", va="center", weight="bold", bbox=box)
        ax.text(s.begins, row - 0.27, s.opened_by, ha="left", va="bottom", fontsize=9)
        last = s.ends == max(other.ends for other in LINES if other.person == s.person)
        if last:
            words = f"dies in month {s.ends:g}" if s.death else "alive at last visit"
            ax.text(s.ends + 0.35, row, words, ha="left", va="center", fontsize=9.5)
    ax.set(xlim=(0, 30.5), ylim=(2.5, -0.6), xlabel="months since diagnosis", xticks=range(0, 25, 4))
    ax.set_yticks(list(rows.values()), [f"person {p}" for p in rows])
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)


def three_lines() -> Picture:
    """The unpainted time lines: segments with letters, and what opens each."""
    import pandas as pd

    frame = pd.DataFrame(
        [(s.name, s.opened_by, s.begins, s.ends, "dies" if s.death else "") for s in LINES],
        columns=["segment", "opened by", "from month", "to month", "end"],
    )
    return picture(
        lambda ax: _draw(ax, painted=False),
        alt="Three time lines from diagnosis. Person A: first dose in month 8, alive at the last visit in month 24. Person B: no dose, dies in month 6. "
        "Person C: drug prescribed in month 9, first dose in month 13, paused in month 19, dies in month 24.",
        caption="Three constructed people, nobody real. The segments carry the names used in the next question.",
        origin="assumed",
        table=frame,
        size=(7.6, 2.9),
    )


def painted_lines() -> Picture:
    """The same lines painted, with the person-time and the deaths of each colour."""
    import pandas as pd

    sums = person_time()
    frame = pd.DataFrame(
        [(name, months, deaths, round(100 * deaths / months, 1)) for name, (months, deaths) in sums.items()],
        columns=["counted as", "months", "deaths", "deaths per 100 months"],
    )
    (t, dt), (u, du) = sums["treated time"], sums["not yet treated time"]
    (e, de), (n, dn) = sums["ever treated, from diagnosis"], sums["never treated, from diagnosis"]
    return picture(
        lambda ax: _draw(ax, painted=True),
        alt=f"The three lines painted. Treated time (hatched): {t:g} months, {dt} death. Not yet treated (white): {u:g} months, {du} death. "
        f"By person instead: ever treated {e:g} months, {de} death; never treated {n:g} months, {dn} death.",
        caption=f"Hatched: treated, from the first dose on ({t:g} months, {dt} death). White: not yet treated ({u:g} months, {du} death). "
        "Three constructed people.",
        origin="assumed",
        table=frame,
        size=(7.6, 2.9),
    )


STILLS: dict[str, Callable[[], Any]] = {"06-lines": three_lines, "06-painted": painted_lines}
