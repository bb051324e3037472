"""Where a number was read: one record per source, and which sources are really one study or share patients."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from jdm_teach.evidence.schema import Row

__all__ = ["Source", "source_from"]


@dataclass(frozen=True)
class Source:
    """One source: how it is shown, where it is, how far it was read, what it overlaps with. Blank = not seen."""

    source_id: str
    short_name: str
    citation: str = ""
    doi: str = ""
    url: str = ""
    read_level: str = ""
    read_in: str = ""
    same_study_as: str = ""
    overlap_group: str = ""
    licence: str = ""
    read_with_care: str = ""

    @property
    def link(self) -> str:
        """The address a reader can follow, or an empty text when none was seen."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def study(self) -> str:
        """The id under which this study counts once."""
        return self.same_study_as or self.source_id

    def __str__(self) -> str:
        said = self.citation or self.short_name
        where = (
            f" doi:{self.doi}" if self.doi and self.doi not in said else f" {self.link}" if self.link else ""
        )
        return f"{said}.{where} [{self.source_id}]"

    def _repr_html_(self) -> str:
        name = escape(self.citation or self.short_name)
        linked = f'<a href="{escape(self.link)}">{name}</a>' if self.link else name
        return f"<p>{linked} [{escape(self.source_id)}]</p>"


def source_from(row: Row) -> Source:
    """The source a row of `sources.csv` describes."""
    return Source(**{name: str(row[name] or "") for name in Source.__dataclass_fields__})
