"""Lesson 04: three simulated groups with one mean and one standard deviation, and three different shapes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..figures import COLOURS, Picture, picture

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

__all__ = ["SHAPES", "shares_near_the_mean", "simulated_shapes", "three_shapes"]

MEAN, SD, CHILDREN, SEED = 12.0, 4.0, 100, 4
SHAPES = {"A": "a long tail to the right", "B": "two groups", "C": "a bell"}


@lru_cache(maxsize=1)
def simulated_shapes() -> dict[str, np.ndarray]:
    """A hundred simulated waits (weeks) per shape, moved and stretched to exactly the same mean and SD."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    raw = {
        "A": rng.exponential(1.0, CHILDREN),
        "B": np.concatenate([rng.normal(-1, 0.2, CHILDREN // 2), rng.normal(1, 0.2, CHILDREN // 2)]),
        "C": rng.normal(0, 1, CHILDREN),
    }
    return {name: MEAN + SD * (values - values.mean()) / values.std(ddof=1) for name, values in raw.items()}


def shares_near_the_mean() -> dict[str, float]:
    """Share of children within one SD of the mean, by shape."""
    return {name: float((abs(values - MEAN) <= SD).mean()) for name, values in simulated_shapes().items()}


def three_shapes() -> Picture:
    """Three histograms side by side, labelled A, B and C, with the same mean and SD marked on each."""
    import numpy as np
    import pandas as pd

    groups = simulated_shapes()
    edges = np.arange(0, 33, 2)
    counts = {name: np.histogram(values, edges)[0] for name, values in groups.items()}
    top = 1.2 * max(int(one.max()) for one in counts.values())

    def draw(*axes: Axes) -> None:
        for ax, name in zip(axes, counts, strict=True):
            ax.axvspan(MEAN - SD, MEAN + SD, color="#eef1f3", zorder=0)
            # A statistical plotting library would load forty megabytes for every learner to draw these bars.
            ax.hist(
                groups[name],
                bins=edges.tolist(),
                rwidth=0.95,
                color=COLOURS["sky"],
                edgecolor=COLOURS["ink"],
                linewidth=0.7,
            )
            ax.axvline(MEAN, color=COLOURS["vermilion"], linewidth=1.6, linestyle="--")
            ax.set(xlim=(0, 32), ylim=(0, top), xlabel="weeks")
            ax.text(31, 0.93 * top, name, ha="right", va="top", fontsize=14, weight="bold")
            ax.set_xticks([0, 8, 16, 24, 32])
        axes[0].set_ylabel("children")

    near = shares_near_the_mean()
    frame = pd.DataFrame(
        [
            (name, CHILDREN, round(float(v.mean()), 1), round(float(v.std(ddof=1)), 1), round(float(np.median(v)), 1),
             round(float(v.min()), 1), round(float(v.max()), 1), f"{100 * near[name]:.0f}%")
            for name, v in groups.items()
        ],
        columns=["picture", "n", "mean", "SD", "median", "shortest", "longest", "within one SD"],
    ).assign(origin="simulated", seed=SEED)  # fmt: skip
    alt = " ".join(
        f"{name}: highest bar {int(found.max())} of {CHILDREN} children at {edges[found.argmax()]} to "
        f"{edges[found.argmax() + 1]} weeks, {int(found[5] + found[6])} between 10 and 14."
        for name, found in counts.items()
    )
    return picture(
        draw,
        alt=f"Three SIMULATED histograms with mean {MEAN:g} and SD {SD:g} weeks. {alt}",
        caption=f"Three invented groups of {CHILDREN} children, seed {SEED}. Broken line: the mean, {MEAN:g} weeks; shaded: one standard "
        f"deviation ({SD:g} weeks) to either side. The same in all three.",
        origin="simulated",
        table=frame,
        size=(7.4, 2.8),
        panels=3,
    )
