"""Lesson 07: six published adults, two markers, and the smallest p that six can give."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["MARKERS", "Adult", "adults", "looks_possible", "marker_test", "six_adults"]

STUDY = "Ida2023"
MARKERS = {"ferritin": "ferritin (ng/mL)", "KL-6": "KL-6 (U/mL)"}


class Adult(NamedTuple):
    """One published adult: markers before treatment was raised, and the outcome as far as it can be told."""

    case: int
    ferritin: float
    kl6: float
    died: bool


def adults() -> tuple[Adult, ...]:
    """The six adults of one table; who died is inferred by the second reader and not printed there."""
    from ..evidence import table

    rows = table("jaki_patients")
    rows = rows[rows["study_id"] == STUDY]
    return tuple(
        Adult(
            int(str(row["patient_id"])[1:]),
            float(row["ferritin"]),
            float(row["kl6"]),
            row["outcome"] == "died",
        )
        for _, row in rows.iterrows()
    )


def marker_test(marker: str) -> tuple[float, float]:
    """Exact two-sided rank p of the two who died against the four others, and the smallest p possible."""
    from ..stats.ranks import mann_whitney

    people = adults()
    read = {"ferritin": lambda one: one.ferritin, "KL-6": lambda one: one.kl6}[marker]
    found = mann_whitney([read(o) for o in people if o.died], [read(o) for o in people if not o.died])
    return found.p, found.smallest_p


def looks_possible() -> tuple[int, int]:
    """How many variables, at how many moments, the published table prints for these six."""
    from ..evidence import table

    rows: pd.DataFrame = table("adult_patient_level")
    moments = [name for name in ("baseline", "at_tof_escalation", "last_observation") if name in rows]
    return rows["variable"].nunique(), len(moments)


def six_adults() -> Picture:
    """Ferritin and KL-6 of six adults, marked by outcome."""
    import pandas as pd

    from ..stats.result import p_text

    people = adults()
    values = {"ferritin": [one.ferritin for one in people], "KL-6": [one.kl6 for one in people]}
    tests = {name: marker_test(name) for name in MARKERS}

    def draw(*axes: Axes) -> None:
        import seaborn

        died = [one.died for one in people]
        for ax, (name, label) in zip(axes, MARKERS.items(), strict=True):
            seaborn.scatterplot(
                x=values[name], y=[int(one) for one in died], hue=died, style=died, s=120, legend=False, ax=ax,
                palette={True: COLOURS["vermilion"], False: COLOURS["blue"]}, markers={True: "X", False: "o"},
            )  # fmt: skip
            # Neighbours take turns above and below, so that close values keep apart.
            ranked = sorted(zip(values[name], people, strict=True), key=lambda pair: (pair[1].died, pair[0]))
            for turn, (x, one) in enumerate(ranked):
                ax.annotate(
                    str(one.case), (x, one.died), xytext=(0, -20 if turn % 2 else 10),
                    textcoords="offset points", ha="center", fontsize=9.5,
                )  # fmt: skip
            ax.set(xlim=(0, 1500), ylim=(-0.6, 1.7), xlabel=label, xticks=[0, 500, 1000, 1500])
            ax.set_yticks([0, 1], ["improved", "died\n(inferred)"] if ax is axes[0] else ["", ""])
            ax.set_title(f"rank test {p_text(tests[name][0])}")
            ax.grid(axis="y", visible=False)

    smallest = next(iter(tests.values()))[1]
    frame = pd.DataFrame(
        {
            "case": [one.case for one in people],
            "ferritin, ng/mL": [round(x) for x in values["ferritin"]],
            "KL-6, U/mL": [round(x) for x in values["KL-6"]],
            "outcome (inferred)": ["died" if one.died else "improved" for one in people],
        }
    )
    told = "; ".join(
        f"case {o.case}: ferritin {o.ferritin:.0f}, KL-6 {o.kl6:.0f}, {'died' if o.died else 'improved'}"
        for o in people
    )
    return picture(
        draw,
        alt=f"Dots of six adults by outcome. {told}. Exact rank tests: "
        + ", ".join(f"{name} {p_text(p)}" for name, (p, _) in tests.items())
        + f"; the smallest possible is {p_text(smallest)}.",
        caption=f"n = {len(people)} adults with anti-MDA5 dermatomyositis and rapidly progressive lung disease, values at baseline [JPT022 to JPT027]. "
        "The paper says that the two who did not respond died; which cases they were is inferred from short observation. Ferritin is printed in ng/dL, "
        "almost certainly meant as ng/mL. Exact rank tests worked out here.",
        origin="published",
        table=frame,
        size=(7.2, 2.7),
        panels=2,
    )
