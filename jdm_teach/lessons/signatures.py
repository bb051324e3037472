"""Lesson 03: what an interferon score is made of, with real fold changes of airway cells and blood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..figures import COLOURS, picture

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ..figures import Picture

__all__ = ["STILLS"]

TISSUES = {"SAEC": "airway", "WB": "blood"}
CONDITIONS = {
    "IFNa": "interferon alpha",
    "IFNb": "interferon beta",
    "IFNl": "interferon lambda",
    "IFNl3": "interferon lambda",
    "IFNg": "interferon gamma",
    "control": "control",
}
STUDIED = "Small airway cells GSE161664, whole blood GSE145647, both in the laboratory"
LOOKS = {"airway": ("blue", "o"), "blood": ("vermilion", "s")}


def folds(value: float) -> str:
    """A fold change as one would say it.

    >>> folds(760.05), folds(2.99), folds(0.29)
    ('760', '3.0', '0.29')
    """
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def log_scale(ax: Axes, low: float, high: float, label: str) -> None:
    ticks = [t for t in (0.1, 1, 10, 100, 1000, 10000) if low <= t <= high]
    ax.set_xscale("log")
    ax.set(xlim=(low, high), xlabel=label)
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.minorticks_off()
    ax.axvline(1, color=COLOURS["quiet"], linewidth=1.2)


def scores_by_tissue() -> Picture:
    """The same score in two tissues after several interferons, with the extreme replicates."""
    import pandas as pd

    from ..biology.signature import shipped_scores

    found = shipped_scores()
    found = found[found.system.isin(list(TISSUES))]
    rows = [
        (TISSUES[r["system"]], CONDITIONS[r["condition"]], r["score"], r["low"], r["high"], r["n"], r["detected_genes_score"])
        for r in found.to_dict("records")
    ]  # fmt: skip
    places = list(CONDITIONS.values())
    rows.sort(key=lambda row: (row[0], places.index(row[1])))
    table = pd.DataFrame(
        rows, columns=["tissue", "added", "score", "lowest", "highest", "n", "score of detected genes"]
    )

    def draw(ax: Axes) -> None:
        for place, (tissue, _, score, low, high, n, _) in enumerate(rows):
            colour, marker = LOOKS[tissue]
            ax.plot([low, high], [place, place], color=COLOURS[colour], linewidth=3, solid_capstyle="butt")
            ax.plot(score, place, marker, color=COLOURS[colour], markersize=7)
            ax.annotate(
                f"{folds(score)}  (n = {n})",
                (high, place),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
            )
        ax.set_yticks(range(len(rows)), [f"{tissue}, {added}" for tissue, added, *_ in rows])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        log_scale(ax, 0.4, 10000, "six-gene score: times the control of the same experiment (log scale)")

    said = "; ".join(f"{tissue}, {added} {folds(score)}" for tissue, added, score, *_ in rows)
    return picture(
        draw,
        alt=f"Six-gene scores, median with extreme replicates. {said}.",
        caption=f"{STUDIED}; n counts samples; lines join the lowest and highest [IFS024–IFS028, IFS034–IFS037]. Airway cells "
        "do not make SIGLEC1, so their sixth gene is a filler; the table has the score of the genes that were detected.",
        origin="derived",
        table=table.round(2),
        size=(7.4, 4.0),
    )  # fmt: skip


def genes_behind_a_score() -> Picture:
    """Six genes in airway cells after interferon alpha and in blood after interferon beta."""
    import pandas as pd

    from ..biology.signature import gene_fold_changes

    shown = {"airway": gene_fold_changes("airway", "alpha"), "blood": gene_fold_changes("blood", "beta")}
    kept = ["gene", "fold_change", "low", "high", "n_stimulated", "n_control", "detected"]
    table = pd.concat([frame[kept].assign(tissue=tissue) for tissue, frame in shown.items()])
    genes = list(shown["blood"].gene)

    def draw(ax: Axes) -> None:
        for shift, (tissue, frame) in zip((-0.17, 0.17), shown.items(), strict=True):
            colour, marker = LOOKS[tissue]
            seen = frame[frame.detected]
            rows = [genes.index(gene) + shift for gene in seen.gene]
            ax.hlines(rows, seen.low, seen.high, color=COLOURS[colour], linewidth=3)
            ax.plot(seen.fold_change, rows, marker, color=COLOURS[colour], markersize=7)
            for gene in frame.gene[~frame.detected]:
                ax.annotate(f"{gene} not detected in {tissue} cells", (1, genes.index(gene) + shift), xytext=(6, 0),
                            textcoords="offset points", va="center", style="italic")  # fmt: skip
            stimulus, place, side = (
                ("alpha", 1900, "center") if tissue == "airway" else ("beta", 1.15, "left")
            )
            ax.annotate(f"{tissue}, interferon {stimulus}", (place, rows[1]), xytext=(0, 9),
                        textcoords="offset points", ha=side, color=COLOURS["blue" if colour == "blue" else "ink"])  # fmt: skip
        ax.set_yticks(range(len(genes)), genes)
        ax.set_ylim(len(genes) - 0.4, -0.6)
        log_scale(ax, 0.6, 12000, "fold change against the control of the same experiment (log scale)")

    said = "; ".join(f"{tissue}: {spoken_folds(frame)}" for tissue, frame in shown.items())
    n = {tissue: (int(f.n_stimulated.iloc[0]), int(f.n_control.iloc[0])) for tissue, f in shown.items()}
    return picture(
        draw,
        alt=f"Fold changes of six genes, median with extreme replicates. {said}.",
        caption=f"{STUDIED}; stimulated and control samples: airway {n['airway'][0]} and {n['airway'][1]}, blood {n['blood'][0]} "
        f"and {n['blood'][1]} [IFS025, IFS034]. Computed from public counts.",
        origin="derived",
        table=table[["tissue", *kept]].round(2),
        size=(7.4, 3.8),
    )  # fmt: skip


def spoken_folds(frame: pd.DataFrame) -> str:
    values = zip(frame.gene, frame.fold_change, frame.detected, strict=True)
    return ", ".join(f"{gene} {folds(fold) if seen else 'not detected'}" for gene, fold, seen in values)


def score_and_control() -> Picture:
    """One stimulated blood, four controls: the score is a ratio to somebody's control."""
    import pandas as pd

    from ..biology.signature import gene_fold_changes, tissue_score

    scales = (1.0, 0.5, 0.25, 0.1)
    names = ("as it was", "half as active", "a quarter as active", "a tenth as active")
    scores = [float(tissue_score("blood", "beta", control_scale=scale).value) for scale in scales]
    table = pd.DataFrame({"control": names, "control levels times": scales, "score": scores}).round(2)
    n = int(gene_fold_changes("blood", "beta").n_stimulated.iloc[0])

    def draw(ax: Axes) -> None:
        bars = ax.barh(range(len(scores)), scores, height=0.6, color=COLOURS["sky"], edgecolor=COLOURS["ink"])
        ax.bar_label(bars, [folds(score) for score in scores], padding=5)
        ax.set_yticks(range(len(scores)), [f"control {name}" for name in names])
        ax.set(
            xlim=(0, 1.15 * max(scores)),
            ylim=(len(scores) - 0.4, -0.6),
            xlabel="six-gene score of the same stimulated blood",
        )

    said = ", ".join(f"{name} {folds(score)}" for name, score in zip(names, scores, strict=True))
    return picture(
        draw,
        alt=f"Bars: the score of the same stimulated blood with the control {said}.",
        caption=f"Whole blood after interferon beta, n = {n} samples, GSE145647 [IFS034]. Only the first bar uses the measured control; for "
        "the others its gene levels were multiplied by an assumed number.",
        origin="assumed",
        table=table,
        size=(7.2, 2.4),
    )  # fmt: skip


STILLS = {"03-scores": scores_by_tissue, "03-genes": genes_behind_a_score, "03-control": score_and_control}
