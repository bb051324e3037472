"""Lesson 02: two ways to classify one constructed child, from the same ticks.

The criteria are read from the evidence (`evidence.criteria()`); every child here is constructed for teaching.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..figures import Sheet

if TYPE_CHECKING:
    from ..exercises.exploration import Settings

__all__ = ["FIRST_CHILD", "SKIN", "Verdicts", "classify", "constructed_children"]

SKIN = {"heliotrope": "heliotrope rash", "gottron_papules": "Gottron papules", "gottron_sign": "Gottron sign"}
# Each step of weakness holds the one before it, as it would at the bedside.
WEAKNESS = {
    "none": (),
    "limbs": ("weak_prox_upper", "weak_prox_lower"),
    "neck": ("weak_prox_upper", "weak_prox_lower", "neck_flexor"),
    "legs": ("weak_prox_upper", "weak_prox_lower", "neck_flexor", "leg_prox_distal"),
}
BIOPSY = {
    "none": None,
    "normal": (),
    "perimysial": ("bx_perimysial",),
    "both": ("bx_perimysial", "bx_perifascicular"),
}
FIRST_CHILD = {
    "heliotrope": True, "gottron_papules": True, "gottron_sign": False, "weakness": "none", "enzymes": False,
    "dysphagia": False, "emg": False, "biopsy": "none", "jo1": False, "mda5": True, "ild": True,
}  # fmt: skip


@dataclass(frozen=True)
class Verdicts:
    """What both definitions say of one set of findings.

    `items` are the Bohan and Peter items present; `points` the EULAR/ACR points by finding; `score` their sum;
    `biopsied` chooses the scale with biopsy, `probable` and `definite` are its cut-offs.
    """

    items: tuple[str, ...]
    bohan_peter: str
    points: tuple[tuple[str, float], ...]
    score: float
    eular_acr: str
    biopsied: bool
    probable: float
    definite: float
    probability: float

    @property
    def met(self) -> tuple[bool, bool]:
        """Whether each definition gives at least a probable disease."""
        return tuple(v.startswith(("probable", "definite")) for v in (self.bohan_peter, self.eular_acr))  # type: ignore[return-value]


@lru_cache(maxsize=1)
def _criteria() -> Any:
    from ..evidence import criteria

    return criteria()


def _bohan_peter(items: tuple[str, ...]) -> str:
    rules = _criteria()["bohan_peter_1975"]
    rash = "rash" in items
    name = "dermatomyositis" if rash else "polymyositis"
    others = len(items) - rash
    for grade in ("definite", "probable", "possible"):
        if others >= rules[name][grade]["min_other_items"]:
            return f"{grade} {name}"
    return "not classified"


def classify(settings: Settings) -> Verdicts:
    """Both classifications of one set of ticks, for a person under 18 (age adds no points there).

    A weak muscle group of either list counts as the Bohan and Peter weakness item, any biopsy finding as its
    biopsy item. Sources: BP75 (read in reproductions), EULARACR17 (item scores read in a reproduction).

    >>> classify(FIRST_CHILD).bohan_peter, classify(FIRST_CHILD).score
    ('not classified', 5.2)
    """
    from math import exp

    document = _criteria()["eular_acr_2017_iim"]
    taken = BIOPSY[settings["biopsy"]]
    column = "no_biopsy" if taken is None else "biopsy"
    weak = WEAKNESS[settings["weakness"]]
    ticked = [key for key in SKIN if settings[key]]
    found = [*ticked, *weak, *(k for k in ("enzymes", "dysphagia", "jo1") if settings[k]), *(taken or ())]
    scored = {item["id"]: item for item in document["items"]}
    points = tuple((key, float(scored[key][column])) for key in found)
    score = round(sum(value for _, value in points), 1)
    cut = document["cutoffs"]
    probable, definite = (cut[grade][f"score_{column}"] for grade in ("probable", "definite"))
    verdict = (
        "definite" if score >= definite
        else "probable" if score >= probable
        else "possible" if score >= cut["possible"][f"score_{column}_from"]
        else "not classified"
    )  # fmt: skip
    anchor = document["score_to_probability"][f"a_{column}"]["value"]
    present = {
        "rash": bool(ticked), "weakness": bool(weak), "enzymes": settings["enzymes"],
        "emg": settings["emg"], "biopsy": bool(taken),
    }  # fmt: skip
    items = tuple(key for key, there in present.items() if there)
    probability = 1 / (1 + exp(anchor - score))
    return Verdicts(
        items, _bohan_peter(items), points, score, verdict, taken is not None, probable, definite, probability
    )


CHILDREN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("A", "all three rashes, weak arms and thighs, enzymes raised, EMG myopathic", {
        "gottron_sign": True, "weakness": "limbs", "enzymes": True, "emg": True}),
    ("B", "heliotrope and papules, full strength, normal enzymes", {}),
    ("C", "heliotrope and Gottron sign, full strength, normal enzymes", {
        "gottron_papules": False, "gottron_sign": True}),
    ("D", "as B, with one raised enzyme", {"enzymes": True}),
    ("E", "as B, with a normal biopsy", {"biopsy": "normal"}),
)  # fmt: skip


def constructed_children() -> Sheet:
    """Five constructed children, all with anti-MDA5 and ILD, under both definitions."""
    import pandas as pd

    rows = []
    for name, findings, changes in CHILDREN:
        verdicts = classify({**FIRST_CHILD, **changes})
        rows.append(
            (
                name,
                findings,
                verdicts.bohan_peter,
                f"{verdicts.score:g}",
                f"{verdicts.probable:g}",
                verdicts.eular_acr,
            )
        )
    frame = pd.DataFrame(
        rows,
        columns=[
            "constructed child",
            "findings",
            "Bohan and Peter",
            "points",
            "needed for probable",
            "EULAR/ACR 2017",
        ],
    )
    return Sheet(
        frame,
        caption="Five constructed children under 18, none of the nine. All have anti-MDA5 and ILD, which neither definition counts "
        "[Bohan and Peter 1975; EULAR/ACR 2017].",
        origin="assumed",
    )
