"""House style: a figure is a picture, an alternative text and a data table, never one alone.

`picture` draws with matplotlib or seaborn on axes of its own (no pyplot, no global state), and returns a `Picture`
whose HTML carries `<img alt>`, a caption with the origin of the data, and the numbers as a table. Jupyter ignores
alternative text given as image metadata, hence the HTML.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "ORIGINS", "Picture", "Sheet", "picture", "table_html"]

# Okabe-Ito, in the order in which they may stand alone on white (contrast 5.2, 3.9, 3.4, 3.1); sky blue, orange
# and yellow are too pale without a dark outline.
COLOURS = {
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "orange": "#E69F00",
    "ink": "#1a1a1a",
    "quiet": "#5c6770",
}

ORIGINS = {
    "published": "Published numbers",
    "derived": "Derived from what is published",
    "simulated": "SIMULATED, not patients",
    "assumed": "ASSUMED values, chosen for teaching",
}

# On a phone a wide table scrolls under its caption, which stays in sight.
CAPTION = "position:sticky;left:0;display:inline-block;max-width:min(46rem,80vw)"

STYLE: Any = {
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": COLOURS["quiet"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.grid": True,
    "grid.color": "#e3e7ea",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "figure.facecolor": "white",
    "svg.fonttype": "none",
}


@dataclass(frozen=True)
class Picture:
    """A figure that can be seen, heard and checked: PNG bytes, alternative text, caption, data table."""

    png: bytes
    alt: str
    caption: str
    table: pd.DataFrame | None = None
    origin: str = "derived"
    width: int = 0
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def data_url(self) -> str:
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")

    def caption_text(self) -> str:
        """The caption, opened by the origin of what is shown."""
        return f"{ORIGINS[self.origin]}. {self.caption}"

    def table_html(self) -> str:
        return "" if self.table is None else table_html(self.table, caption="The numbers in this figure")

    def to_html(self) -> str:
        width = f' width="{self.width}"' if self.width else ""
        numbers = self.table_html()
        fold = f"<details><summary>The numbers as a table</summary>{numbers}</details>" if numbers else ""
        return (
            f'<div class="jdm-figure"><figure style="margin:0.5rem 0"><img src="{self.data_url()}" alt="{escape(self.alt)}"{width} '
            f'style="max-width:100%;height:auto;background:#fff">'
            f'<figcaption style="max-width:46rem">{escape(self.caption_text())}</figcaption></figure>{fold}</div>'
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"Figure. {ORIGINS[self.origin]}. {self.alt}"


@dataclass(frozen=True)
class Sheet:
    """A table that stands by itself: numbers or statements, a caption, and where they come from."""

    table: pd.DataFrame
    caption: str
    origin: str = "published"

    def caption_text(self) -> str:
        return f"{ORIGINS[self.origin]}. {self.caption}"

    def to_html(self) -> str:
        return f'<div class="jdm-sheet">{table_html(self.table, caption=self.caption_text())}</div>'

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"Table. {self.caption_text()} {len(self.table)} rows."


def table_html(frame: pd.DataFrame, caption: str = "") -> str:
    """A small table with a caption and header cells that a screen reader can follow; words left, numbers right."""
    from pandas import isna
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    sides = [
        "right" if is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name]) else "left"
        for name in frame.columns
    ]
    head = "".join(
        f'<th scope="col" style="text-align:{side}">{escape(str(name))}</th>'
        for name, side in zip(frame.columns, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{"not seen" if isna(cell) else escape(cell_text(cell))}</td>'
            for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    title = (
        f'<caption style="text-align:left"><span style="{CAPTION}">{escape(caption)}</span></caption>'
        if caption
        else ""
    )
    return (
        f'<div class="jdm-table" style="overflow-x:auto" tabindex="0" role="region" '
        f'aria-label="{escape(caption or "Table")}"><table>{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def cell_text(cell: Any) -> str:
    """A cell as a reader expects it: no trailing zeros of a float, a true minus sign."""
    if isinstance(cell, float):
        return f"{cell:.6g}".replace("-", "−")
    return str(cell)


def picture(
    draw: Callable[..., None],
    *,
    alt: str,
    caption: str,
    origin: str,
    table: pd.DataFrame | None = None,
    size: tuple[float, float] = (7.2, 3.6),
    panels: int = 1,
    dpi: int = 110,
) -> Picture:
    """Draw a figure in the house style.

    Parameters
    ----------
    draw : called with one `Axes`, or with `panels` of them side by side; seaborn functions take them as `ax=`.
    alt : one or two sentences that say what the picture shows, with its main numbers.
    caption : what is shown, the n and the source ids; the origin is put before it.
    origin : published, derived, simulated or assumed.
    table : the numbers drawn, small enough to read.

    Raises ValueError when the alternative text or the origin is missing.

    >>> import pandas as pd
    >>> figure = picture(lambda ax: ax.bar(["girls", "boys"], [3, 6]), alt="Bars: girls 3, boys 6.",
    ...                  caption="Sex recorded for nine children [E09].", origin="published",
    ...                  table=pd.DataFrame({"sex": ["girls", "boys"], "children": [3, 6]}))
    >>> figure
    Figure. Published numbers. Bars: girls 3, boys 6.
    """
    if origin not in ORIGINS:
        raise ValueError(
            f"The origin {origin!r} is not one of {', '.join(ORIGINS)}. Say where the numbers come from."
        )
    if not alt.strip():
        raise ValueError("A figure needs alternative text: one or two sentences that say what it shows.")
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=size, dpi=dpi, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        axes: list[Axes] = list(figure.subplots(1, panels, squeeze=False)[0])
        draw(*axes)
        mark_origin(axes[0], origin)
        buffer = io.BytesIO()
        # Level 1 compresses a plot in a third of the time for a few more kilobytes.
        canvas.print_png(buffer, pil_kwargs={"compress_level": 1})
    return Picture(buffer.getvalue(), alt, caption, table, origin, width=round(size[0] * 96))


def mark_origin(ax: Axes, origin: str) -> None:
    """Write SIMULATED or ASSUMED on the picture itself, where a copied image cannot lose it."""
    if origin in {"simulated", "assumed"}:
        ax.annotate(
            origin.upper(), xy=(1, 1), xytext=(0, 4), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="bottom", fontsize=8.5, color=COLOURS["quiet"], weight="bold",
        )  # fmt: skip
