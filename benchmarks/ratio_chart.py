"""Every ratio of a run on one picture: how many times faster than the named peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jdm_teach.figures import Picture


def ratio_chart(sections: dict[str, list[dict]]) -> Picture:
    """A dot for each job that has a peer, on a logarithmic axis, a line where both are equally fast."""
    import pandas as pd

    from jdm_teach.figures import COLOURS, picture

    rows = [
        (f"{topic}: {row['job']} / {row['peer']}", float(row["ratio"]))
        for topic, found in sections.items()
        for row in found
        if row.get("ratio")
    ]
    if not rows:
        raise ValueError("Nothing to draw: none of these jobs has a peer that was measured.")

    def draw(ax: Axes) -> None:
        for place, (_, ratio) in enumerate(rows):
            ahead = ratio >= 1
            ax.plot(
                ratio,
                place,
                marker="o" if ahead else "s",
                color=COLOURS["blue" if ahead else "vermilion"],
                markersize=6,
            )
        ax.axvline(1, color=COLOURS["quiet"], linestyle="--", linewidth=1.2)
        ax.set(
            xscale="log", xlabel="times faster than the peer (1: equally fast)", ylim=(len(rows) - 0.5, -0.5)
        )
        ax.set_yticks(range(len(rows)), [name if len(name) < 95 else name[:94] + "…" for name, _ in rows])

    slower = sum(ratio < 1 for _, ratio in rows)
    return picture(
        draw,
        alt=f"Dots on a logarithmic axis: of {len(rows)} jobs measured beside a peer, {len(rows) - slower} are at least as fast and "
        f"{slower} slower.",
        caption=f"{len(rows)} jobs, ours and the peer measured in the same run.",
        origin="derived",
        table=pd.DataFrame(rows, columns=["job", "times faster"]),
        size=(11, 1.2 + 0.24 * len(rows)),
    )
