"""The six-gene interferon score: from fold changes to one number, and how far that number can be trusted.

Per gene, the fold change against the median of 29 healthy controls; the score is the median of six; above 2.466
(the controls' mean + 2 SD) it is called positive (10.1007/s10875-016-0359-1). The score is therefore a ratio to
somebody's controls: `gene_fold_changes(..., control_scale=...)` shows what another control does to it, and a gene
the tissue does not express (SIGLEC1 in airway epithelium) leaves a median of five genes, or of five and a filler.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from jdm_teach.biology.fold_changes import SIX_GENES, fold_change_table, gene_fold_changes, studied
from jdm_teach.biology.quantities import choose, number, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SIX_GENES",
    "SignatureScore",
    "cut_off",
    "fold_change_table",
    "gene_fold_changes",
    "score_definitions",
    "shipped_scores",
    "six_gene_score",
    "tissue_score",
]


@dataclass(frozen=True)
class SignatureScore:
    """One score with the genes it rests on. `positive` is None where the cut-off does not apply."""

    value: float
    genes: tuple[str, ...]
    missing: tuple[str, ...]
    undetected: tuple[str, ...]
    combine: str
    cut_off: float
    positive: bool | None
    origin: str
    context: str = ""

    def sentence(self) -> str:
        """The score as it should be read aloud, with what is wrong with it."""
        said = f"Score {self.value:.4g}: the {self.combine} of {len(self.genes)} genes"
        said += f" ({self.context}), {self.origin}." if self.context else f", {self.origin}."
        if self.missing:
            said += f" {_listed(self.missing)} left out, so this is not the six-gene score of the definition."
        if self.undetected:
            said += f" {_listed(self.undetected)} not detected: counted as unchanged, which is a filler."
        if self.positive is None:
            return (
                said
                + f" The cut-off {self.cut_off:g} belongs to blood with its own controls and is not applied."
            )
        side = "above" if self.positive else "not above"
        return said + f" It is {side} the cut-off of {self.cut_off:g}."

    def __str__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence())}</p>"


def six_gene_score(
    fold_changes: Mapping[str, float],
    undetected: Iterable[str] = (),
    *,
    leave_out_undetected: bool = False,
    definition: str = "rice-crow-6",
    apply_cut_off: bool = True,
    origin: str = "derived",
    context: str = "",
) -> SignatureScore:
    """The score of one sample from its fold changes (ratios to the control median, not logarithms).

    A gene that is absent from `fold_changes` or nan is missing: the median is then of the others, and the result
    says so. `undetected` names genes without reads in sample and control; they stay in as unchanged, as in the
    shipped scores, unless `leave_out_undetected`. `definition` is 'rice-crow-6' (median of fold changes) or
    'trieste-genoa-6' (geometric mean of absolute scores, cut-off 0.7: same genes, another number).
    Raises ValueError for unknown genes, values that are not positive, or no gene at all.

    >>> print(six_gene_score(dict(IFI27=2, IFI44L=3, IFIT1=4, ISG15=5, RSAD2=6, SIGLEC1=7)))
    Score 4.5: the median of 6 genes, derived. It is above the cut-off of 2.466.
    """
    rows = {row["id"]: row for row in _definition_rows() if row["cut_off"]}
    rule = rows[choose(definition, rows, "score definition")]
    silent = {choose(gene, SIX_GENES, "gene in the six-gene score") for gene in undetected}
    values = {choose(g, SIX_GENES, "gene in the six-gene score"): v for g, v in fold_changes.items()}
    known = {g: float(v) for g, v in values.items() if v is not None and not isnan(float(v))}
    for gene, value in known.items():
        number(value, f"The fold change of {gene}", above=True)
    if leave_out_undetected:
        known = {g: v for g, v in known.items() if g not in silent}
    if not known:
        raise ValueError("A score needs at least one measured gene of the six; none was given.")
    used = tuple(g for g in SIX_GENES if g in known)
    kept = np.array([known[g] for g in used])
    value = float(np.median(kept)) if rule["combine"] == "median" else float(np.exp(np.log(kept).mean()))
    cut_off = float(rule["cut_off"])
    return SignatureScore(
        value=value,
        genes=used,
        missing=tuple(g for g in SIX_GENES if g not in known),
        undetected=tuple(g for g in used if g in silent),
        combine=rule["combine"],
        cut_off=cut_off,
        positive=value > cut_off if apply_cut_off else None,
        origin=origin,
        context=context,
    )


def cut_off(definition: str = "rice-crow-6") -> float:
    """The published cut-off of a definition; above it a score is called positive.

    >>> cut_off()
    2.466
    """
    rows = {row["id"]: row for row in _definition_rows() if row["cut_off"]}
    return float(rows[choose(definition, rows, "score definition")]["cut_off"])


def tissue_score(system: str = "blood", stimulus: str = "beta", **choices: Any) -> SignatureScore:
    """The score of one system and stimulus from the shipped medians; keywords of `gene_fold_changes` and
    `leave_out_undetected` pass through. The cut-off is not applied: it belongs to blood compared with 29
    healthy controls, not to cells in a dish.

    >>> tissue_score("blood", "beta").sentence()[:34]
    'Score 2.988: the median of 6 genes'
    """
    leave = bool(choices.pop("leave_out_undetected", False))
    frame = gene_fold_changes(system, stimulus, **choices)
    return six_gene_score(
        dict(zip(frame.gene, frame.fold_change, strict=True)),
        frame.gene[~frame.detected],
        leave_out_undetected=leave,
        apply_cut_off=False,
        origin=frame.attrs["origin"],
        context=f"{system}, interferon {stimulus}",
    )


def shipped_scores() -> pd.DataFrame:
    """Six-gene scores per system and condition, two ways: over replicates (from the counts) and from the medians.

    `score`, `low`, `high`, `n`: median, smallest and largest replicate, computed where the counts are;
    `score_from_medians`: what this package computes from the shipped fold changes; `detected_genes_score`: the same
    without genes that were not detected. Where the first two differ, the replicates disagree about the gene order.
    """
    import pandas as pd

    rows = [row for row in _definition_rows() if row["kind"] == "computed"]
    columns = ["id", "population", "system", "condition", "n", "score", "low", "high", "origin", "source"]
    frame = pd.DataFrame([{**row, "score": row["value"]} for row in rows])[columns]
    for column in ("n", "score", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    for column, leave in (("score_from_medians", False), ("detected_genes_score", True)):
        frame[column] = [
            tissue_score(s, c, leave_out_undetected=leave).value if (s, c) in studied() else nan
            for s, c in zip(frame.system, frame.condition, strict=True)
        ]
    frame.attrs |= {"units": {"score": "fold"}, "origin": "derived", "seed": None}
    return frame


def score_definitions() -> pd.DataFrame:
    """The published definitions: genes, formula, reference group, cut-off, source. Blank means not read."""
    import pandas as pd

    frame = pd.DataFrame([row for row in _definition_rows() if row["kind"] == "definition"])
    unused = ["kind", "system", "condition", "value", "low", "high"]
    return frame.drop(columns=unused).assign(cut_off=pd.to_numeric(frame.cut_off))


@lru_cache(maxsize=1)
def _definition_rows() -> tuple[dict[str, str], ...]:
    return tuple(table_rows("score_definitions"))


def _listed(genes: Iterable[str]) -> str:
    return ", ".join(genes)
