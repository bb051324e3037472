"""What the room voted, as a table in which every row is also a bar: readable by eye, by ear and in print."""

from __future__ import annotations

from html import escape

from ..exercises.outcome import CONFIDENCE, DONT_KNOW
from .vote import Round, Tally

__all__ = ["certainty_table", "votes_table"]

CAPTION = "Votes for each answer: counts of this group today. They say little about the question itself."


def votes_table(tallies: tuple[tuple[Round, Tally], ...]) -> str:
    """Votes per option, one column for each round: first vote, then votes again."""
    if not tallies:
        return ""
    item = tallies[0][1].item
    most = max([1, *(tally.count(key) for _, tally in tallies for key in tally.answers())])
    head = "".join(f'<th scope="col">{round_name(now)} (n = {tally.voters})</th>' for now, tally in tallies)
    rows = []
    for key in tallies[0][1].answers():
        right = key != DONT_KNOW and item.option(key).correct
        name = "I do not know" if key == DONT_KNOW else f"{key}{' ✓ right' if right else ''}"
        cells = "".join(f"<td>{bar(tally.count(key), most, right)}</td>" for _, tally in tallies)
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Votes"><table class="votes"><caption>{CAPTION}</caption>'
        f'<thead><tr><th scope="col">Answer</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def round_name(now: Round) -> str:
    return now.title if now.number < 3 else f"{now.title} ({now.number})"


def bar(n: int, most: int, right: bool) -> str:
    """A number with its bar. The bar is a picture for the eye only; the right answer also has a mark in words."""
    width = round(100 * n / most, 1)
    kind = "right" if right else "other"
    return (
        f'<span class="n">{n}</span> <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="{kind}" width="{width}" height="10"/></svg>'
    )


def certainty_table(tally: Tally) -> str:
    """For the facilitator: how sure people were, where that says nothing about a single person."""
    rows = []
    for key in tally.answers()[:-1]:
        levels = tally.certainty(key)
        cells = (
            "".join(f"<td>{levels[level]}</td>" for level in CONFIDENCE)
            if levels is not None
            else f'<td colspan="{len(CONFIDENCE)}">fewer than five in a cell: not shown</td>'
        )
        rows.append(f'<tr><th scope="row">{key}</th><td>{tally.count(key)}</td>{cells}</tr>')
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in CONFIDENCE.values())
    sure = tally.certain_and_wrong()
    line = f"<p><strong>Certain and not right: {sure} of {tally.voters}.</strong></p>" if sure else ""
    return (
        f'{line}<div class="scroll" tabindex="0" role="region" aria-label="How sure"><table><caption>How sure, by answer.</caption><thead><tr><th scope="col">Answer</th><th scope="col">Votes</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
