"""Published facts as values: number, unit, n, interval, origin and source, looked up by id.

>>> print(value("E09"))
3 of 9 (33%, 95% CI 7–70%, exact) [Xue 2023, E09]
>>> print(fact("E06"))
Diagnosis and classification by the Bohan and Peter criteria. [Xue 2023, E06]
>>> print(derived("gap_onset_to_start").number)
3.2

Every function takes an optional `folder` (a data folder with `datapackage.json` and `evidence/`) in place of the
course's own. Files are read with the standard library; pandas loads in `table` and nothing else heavy
anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jdm_teach.evidence.facts import Fact
from jdm_teach.evidence.library import Library
from jdm_teach.evidence.sources import Source
from jdm_teach.evidence.values import ORIGINS, Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ORIGINS",
    "Fact",
    "Library",
    "Source",
    "Value",
    "appraisal_counts",
    "appraisal_items",
    "appraisal_tools",
    "check_evidence",
    "citation",
    "criteria",
    "derived",
    "extract_facts",
    "fact",
    "formula_names",
    "measures",
    "one_per_overlap_group",
    "said",
    "source",
    "sources_used",
    "table",
    "table_names",
    "value",
]


@lru_cache(maxsize=8)
def _library(folder: Path) -> Library:
    return Library(folder)


def _shelf(folder: Path | str | None) -> Library:
    from jdm_teach.place import data_folder

    return _library(Path(folder) if folder is not None else data_folder())


def value(
    fact_id: str,
    measure: str | None = None,
    *,
    include_unread: bool = False,
    folder: Path | str | None = None,
) -> Value:
    """One number of the evidence, with everything that belongs to it. Costs a few milliseconds.

    `measure` names one of several numbers in a row (`measures("COH001")` lists them); the default is the first.
    Raises ValueError when the id is unknown (with the nearest one), when the row holds words only, or when no
    lesson may rest on it and `include_unread` is false.

    >>> print(value("COH001"))
    4 of 21 (19%, 95% CI 5–42%, exact) [Tansley 2014, COH001]
    """
    from jdm_teach.evidence.quantities import value_of

    return value_of(_shelf(folder).fact(fact_id, include_unread), measure)


def measures(fact_id: str, *, include_unread: bool = False, folder: Path | str | None = None) -> list[str]:
    """The numbers a row can give, the default first.

    >>> measures("COH001")
    ['ild', 'rp_ild', 'share_of_cohort']
    """
    from jdm_teach.evidence.quantities import measure_names

    return measure_names(_shelf(folder).fact(fact_id, include_unread))


def fact(fact_id: str, *, include_unread: bool = False, folder: Path | str | None = None) -> Fact:
    """One row as it was read, with source, place and the second reader's verdict. Raises as `value` does."""
    return _shelf(folder).fact(fact_id, include_unread)


def said(fact_id: str, *, folder: Path | str | None = None) -> str:
    """A fact as prose can carry it: its value where it is one number, its statement where it is words.

    >>> said("E07")
    'Treatment window: July 2017 to November 2022. [Xue 2023, E07]'
    """
    found = fact(fact_id, folder=folder)
    return str(value(fact_id, folder=folder) if measures(fact_id, folder=folder) else found)


def source(source_id: str, *, folder: Path | str | None = None) -> Source:
    """One source by id. Raises ValueError, with the nearest id, when there is none.

    >>> source("XUE23").short_name
    'Xue 2023'
    """
    return _shelf(folder).source(source_id)


def table(name: str, *, include_unread: bool = False, folder: Path | str | None = None) -> pd.DataFrame:
    """An evidence table as a DataFrame with declared nullable dtypes. Loads pandas.

    Rows on which no lesson may rest are left out unless `include_unread` is true.
    """
    from jdm_teach.evidence.tables import frame_of

    return frame_of(_shelf(folder), name, include_unread)


def table_names(folder: Path | str | None = None) -> list[str]:
    """The names `table` knows."""
    return list(_shelf(folder).schemas)


def derived(name: str, *inputs: str, folder: Path | str | None = None) -> Value:
    """A number computed by a named formula; `inputs` are fact ids in place of the usual ones.

    >>> print(derived("male"))
    6 of 9 (67%, 95% CI 30–93%, exact) [derived: 9 − 3 from E09; Xue 2023]
    """
    from jdm_teach.evidence.formulas import compute

    return compute(_shelf(folder), name, *inputs)


def formula_names() -> dict[str, str]:
    """The formulas `derived` knows, and what each answers."""
    from jdm_teach.evidence.formulas import formulas

    return {name: formula.answers for name, formula in formulas().items()}


def extract_facts(folder: Path | str | None = None) -> dict[str, str]:
    """E01 to E21, all that the public extract of the letter states, in our own words."""
    return {fact_id: found.statement for fact_id, found in _shelf(folder).facts("extract_facts").items()}


def citation(any_id: str, *, folder: Path | str | None = None) -> str:
    """A Markdown link for a fact or a source.

    >>> citation("E09")
    '[Xue 2023, E09](https://ard.bmj.com/content/82/11/1499)'
    """
    from jdm_teach.evidence.overlap import citation_text

    return citation_text(_shelf(folder), any_id)


def sources_used(ids: Iterable[str], *, folder: Path | str | None = None) -> list[str]:
    """The sources behind facts (or source ids), each study once, as lines of Markdown in order of first use."""
    from jdm_teach.evidence.overlap import source_lines

    return source_lines(_shelf(folder), ids)


def one_per_overlap_group(fact_ids: Iterable[str], *, folder: Path | str | None = None) -> list[str]:
    """The facts that may be counted side by side: of cohorts that may share patients only the largest.

    >>> one_per_overlap_group(["COH040", "COH039", "COH001"])
    ['COH039', 'COH001']
    """
    from jdm_teach.evidence.overlap import one_fact_per_group

    return one_fact_per_group(_shelf(folder), fact_ids)


def appraisal_items(
    instrument: str | None = None, *, folder: Path | str | None = None
) -> list[dict[str, Any]]:
    """The items of an appraisal tool (JBI, MURAD, …) in our paraphrase, with the model appraisal of the extract."""
    from jdm_teach.evidence.appraisal import items_of

    return items_of(_shelf(folder).folder, instrument)


def appraisal_counts(instrument: str, *, folder: Path | str | None = None) -> dict[str, int]:
    """How often the model appraisal answers yes, no or unclear. Not a score.

    >>> appraisal_counts("JBI")
    {'unclear': 9, 'yes': 1}
    """
    from jdm_teach.evidence.appraisal import answer_counts

    return answer_counts(_shelf(folder).folder, instrument)


def appraisal_tools(folder: Path | str | None = None) -> list[dict[str, Any]]:
    """The appraisal tools: name, what each judges, licence, reference."""
    from jdm_teach.evidence.appraisal import read_document

    return list(read_document(_shelf(folder).folder, "appraisal_items")["instruments"])


def criteria(folder: Path | str | None = None) -> Mapping[str, Any]:
    """Classification and outcome criteria as data (Bohan and Peter, EULAR/ACR, PRINTO, …), with how far each was read."""
    from jdm_teach.evidence.appraisal import read_document

    return read_document(_shelf(folder).folder, "criteria")


def check_evidence(folder: Path | str | None = None) -> int:
    """Open and check every table. The number of facts; raises ValueError at the first fault."""
    return _shelf(folder).check()
