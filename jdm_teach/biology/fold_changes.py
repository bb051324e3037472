"""Fold changes of interferon-stimulated genes in airway, kidney and blood, computed from public counts.

The shipped table keeps the two medians each fold change came from, so that another control or another pseudocount
can be tried: the control sets the scale. The whole-blood buffer control is itself interferon-driven, one reason why
interferon beta raises blood only threefold and airway epithelium seven hundredfold.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import nan
from typing import TYPE_CHECKING

from jdm_teach.biology.quantities import choose, number, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SIX_GENES", "fold_change_table", "gene_fold_changes", "studied"]

SIX_GENES = ("IFI27", "IFI44L", "IFIT1", "ISG15", "RSAD2", "SIGLEC1")
SYSTEMS = {"airway": "SAEC", "kidney": "HPPT", "blood": "WB"}
STIMULI = {"alpha": "IFNa", "beta": "IFNb", "gamma": "IFNg", "lambda": "IFNl", "IL-1 beta": "IL1b"}


def gene_fold_changes(
    system: str = "blood",
    stimulus: str = "beta",
    *,
    control_scale: float = 1.0,
    pseudocount: float | None = None,
    genes: Iterable[str] = SIX_GENES,
) -> pd.DataFrame:
    """Fold changes of chosen genes in one system after one interferon, from the shipped medians.

    Columns: gene, control_median, stimulated_median (unit in `attrs`), fold_change, low, high (smallest and
    largest replicate), n_stimulated, n_control, detected, origin. `control_scale` multiplies every control level:
    below 1 a quieter control, above 1 a control that is itself stimulated. `pseudocount` replaces the count added
    to both sides; either choice recomputes the fold change from the two medians and drops the replicate range.
    Systems: airway, kidney, blood; stimuli: alpha, beta, gamma, lambda, IL-1 beta, as far as each was studied.

    >>> gene_fold_changes("airway", "alpha").set_index("gene").detected["SIGLEC1"].item()
    False
    """
    import pandas as pd

    scale = number(control_scale, "The control scale", above=True)
    where, what = _place(system, stimulus)
    rows = {r["gene"]: r for r in _fold_rows() if (r["system"], r["condition"]) == (where, what)}
    data = []
    for gene in genes:
        row = rows[choose(gene, rows, f"gene with data in {system}")]
        control, stimulated = float(row["control_median"]) * scale, float(row["stimulated_median"])
        added = float(row["pseudocount"]) if pseudocount is None else pseudocount
        added = number(added, "The pseudocount", above=control == 0 or stimulated == 0)
        fold, low, high = (2 ** float(row[f"log2fc_{part}"]) for part in ("median", "min", "max"))
        if scale != 1 or pseudocount is not None:
            fold, low, high = (stimulated + added) / (control + added), nan, nan
        seen = control > 0 or stimulated > 0
        counts = (int(row["n_stimulated"]), int(row["n_control"]))
        data.append((gene, control, stimulated, fold, low, high, *counts, seen, "derived"))
    columns = (
        "gene control_median stimulated_median fold_change low high n_stimulated n_control detected origin"
    )
    frame = pd.DataFrame(data, columns=columns.split())
    chosen = []
    if scale != 1:
        chosen.append(f"control levels multiplied by {scale:g} (assumed)")
    if pseudocount is not None:
        chosen.append(f"pseudocount {pseudocount:g} (assumed)")
    row = next(iter(rows.values()))
    frame.attrs |= {
        "units": {"control_median": row["unit"], "stimulated_median": row["unit"], "fold_change": "fold"},
        "origin": "assumed" if chosen else "derived",
        "seed": None,
        "source": f"{row['geo_series']}; {row['source']}",
        "assumptions": tuple(chosen),
        "warnings": (),
        "caption": (
            f"Fold changes in {system}, interferon {stimulus}, {row['n_stimulated']} stimulated and "
            f"{row['n_control']} control samples ({row['geo_series']}), computed from public counts; "
            f"low and high are the extreme replicates{'; ' + ', '.join(chosen) if chosen else ''}."
        ),
    }
    if chosen:
        frame["origin"] = "assumed"
    return frame


def fold_change_table() -> pd.DataFrame:
    """The whole shipped table, 715 rows: log2 fold changes (median, smallest, largest replicate) with n and source."""
    import pandas as pd

    frame = pd.DataFrame(_fold_rows())
    texts = {"system", "geo_series", "unit", "gene", "condition", "origin", "source", "where", "verified"}
    for column in frame.columns.difference(list(texts)):
        frame[column] = pd.to_numeric(frame[column])
    return frame


@lru_cache(maxsize=1)
def _fold_rows() -> tuple[dict[str, str], ...]:
    return tuple(table_rows("isg_fold_changes"))


def _place(system: str, stimulus: str) -> tuple[str, str]:
    """Codes of the shipped table for a system and a stimulus, both given in words or as codes."""
    names = {**SYSTEMS, **{code: code for code in SYSTEMS.values()}}
    where = names[choose(system, names, "system")]
    present = dict.fromkeys(row["condition"] for row in _fold_rows() if row["system"] == where)
    codes = {word: code for word, start in STIMULI.items() for code in present if code.startswith(start)}
    codes |= {code: code for code in present}
    return where, codes[choose(stimulus, codes, f"stimulus studied in {system}")]


def studied() -> set[tuple[str, str]]:
    """The (system, condition) codes of the shipped table."""
    return {(row["system"], row["condition"]) for row in _fold_rows()}
