"""The group's numbers as a page: charts with their small-group sentence, tables a screen reader can follow, no names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .aggregate import Aggregate, ItemCount
from .group_charts import HIDDEN, calibration_picture, questions_picture, words
from .overview import advice, overview, small_group_sentence, title
from .report import NOTICE, STYLE, escape, lesson_link, table

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["group_body", "group_page"]

PRIVACY = (
    "Numbers of fewer than five people are hidden, and so is whatever would give them away. Nothing here is about one "
    "person. Do not merge again with one record more or less and compare: the difference would be about that person."
)


def group_page(found: Aggregate, conclusion: str = "") -> str:
    """The whole page: one file, no JavaScript, nothing loaded from elsewhere."""
    kept = f"<h2>Our conclusion</h2><blockquote>{escape(conclusion)}</blockquote>" if conclusion else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What the group answered</title><style>{STYLE} img {{ max-width: 100%; height: auto; }}</style></head><body><main>"
        f"<h1>What the group answered</h1>{group_body(found)}{kept}<p>{escape(NOTICE)}</p></main></body></html>\n"
    )


def group_body(found: Aggregate) -> str:
    """Everything below the title, with headings from the second level."""
    parts = [f"<p>{escape(counts_sentence(found))}</p>"]
    if found.people is None:
        parts.append(
            "<p>Fewer than five people have answered, so nothing is shown. Add records and read them again.</p>"
        )
        return "".join([*parts, skipped(found)])
    parts += [
        f"<p>{escape(PRIVACY)}</p>",
        "<h2>In two minutes</h2>",
        *(f"<h3>{escape(do)}</h3>{bullets(what)}" for do, what in overview(found).parts()),
        "<h2>Question by question</h2>",
        chart(found.people, questions_picture(found)),
        questions_table(found),
        revotes_table(found),
        "<h2>How sure, how often right</h2>",
        calibration(found, found.people),
        gain(found),
        "<h2>Every answer by how sure it was</h2>",
        *(answers_table(item) for item in found.items if item.options),
        "<h2>For those who write questions</h2>",
        statistics_table(found),
        skipped(found),
    ]
    return "".join(parts)


def counts_sentence(found: Aggregate) -> str:
    files = "file" if found.files == 1 else "files"
    people = "fewer than five" if found.people is None else str(found.people)
    return f"{found.files} {files} used, {people} people, {len(found.items)} questions. First answers count."


def chart(people: int, picture: Picture | None) -> str:
    return "" if picture is None else f"<p>{escape(small_group_sentence(people))}</p>{picture.to_html()}"


def bullets(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def questions_table(found: Aggregate) -> str:
    head = ("question", "right", "certain and not right", "what to do")
    rows = [(title(i), words(i.difficulty), words(i.confident_errors), advice(i)) for i in found.items]
    return table(
        "Certain errors first. Hidden: fewer than five people, or needed to protect them.", head, rows
    )


def revotes_table(found: Aggregate) -> str:
    """First vote beside the second, for the questions on which people voted twice."""
    twice = [(item, item.revote) for item in found.items if item.revote]
    if not twice:
        return ""
    rows = [
        (title(item), vote.n, words(vote.first), words(vote.second), cell(vote.to_right), cell(vote.to_wrong))
        for item, vote in twice
    ]
    head = (
        "question",
        "people",
        "right at first",
        "right at the latest vote",
        "moved to right",
        "moved away from it",
    )
    return "<h2>First vote and second vote</h2>" + table(
        "Only people who voted twice on a question.", head, rows
    )


def statistics_table(found: Aggregate) -> str:
    """Difficulty and discrimination with their standard errors, marked while they are provisional."""
    rows = []
    for item in found.items:
        difficulty, goes_with = item.difficulty, item.discrimination
        hard = HIDDEN if difficulty is None else f"{difficulty.value:.2f} ({difficulty.error:.2f})"
        with_rest = "not shown" if goes_with is None else f"{goes_with.value:.2f} ({goes_with.error:.2f})"
        state = "provisional" if item.provisional else "40 or more answers"
        rows.append((title(item), cell(item.n), hard, with_rest.replace("-", "−"), state))
    note = (
        "Difficulty: share right. Discrimination: correlation with the share right of the other questions. Standard errors in brackets. "
        "Below 40 answers both are provisional: good for talking, not for judging a question."
    )
    return table(note, ("question", "answers", "difficulty (SE)", "discrimination (SE)", "state"), rows)


def calibration(found: Aggregate, people: int) -> str:
    note = f"<p>{escape(found.calibration_note)}</p>" if found.calibration_note else ""
    shown = chart(people, calibration_picture(found))
    return note + shown or "<p>Nobody said how sure they were.</p>"


def gain(found: Aggregate) -> str:
    """Before and after as numbers; a gain of so few is words and limits, not a chart."""
    g = found.gain
    if g is None:
        return ""
    rows = [("class mean before", f"{100 * g.before:.0f}%"), ("class mean after", f"{100 * g.after:.0f}%")]
    rows.append(("normalised gain on class means", "not defined" if g.gain is None else f"{g.gain:.2f}"))
    if g.difference:
        d = g.difference
        size = (
            "" if d.standardised is None else f"; {d.standardised:.2f} standard deviations of the differences"
        )
        rows.append(("mean paired difference", f"{100 * d.mean:.0f} points (95% CI {100 * d.low:.0f} to {100 * d.high:.0f}){size}"))  # fmt: skip
    for name, half in (("A", g.first_a), ("B", g.first_b)):
        if half:
            rows.append(
                (f"before, those who began with form {name}", f"{100 * half[1]:.0f}% ({half[0]} people)")
            )
    if g.delayed:
        n, after, late = g.delayed
        rows.append(("weeks later", f"{100 * late:.0f}%, after {100 * after:.0f}% at the end of the course ({n} people)"))  # fmt: skip
    caption = (
        f"{g.n} people answered both forms in full. Compare the two halves first: where they differ before the course, one form is harder. "
        "Gain depends on where a group starts and leaves out who dropped out."
    )
    told = [(what, value.replace("-", "−")) for what, value in rows]
    return f"<h2>Before and after</h2><p>{escape(small_group_sentence(g.n))}</p>" + table(caption, ("measure", "value"), told)  # fmt: skip


def answers_table(item: ItemCount) -> str:
    head = ("answer", "people", "certain", "fairly sure", "guessing", "not said", "belief behind it")
    rows = [
        (
            (f"{option.label}. " if len(option.label) == 1 else "") + option.text + (" (right)" if option.right and option.text != "right" else ""),
            cell(option.count),
            *map(cell, option.by_confidence),
            option.belief,
        )
        for option in item.options
    ]  # fmt: skip
    stem = escape(f"{item.item}. {item.stem}")
    inside = table(f"{item.n} first answers to {item.item}", head, rows)
    return f"<details><summary>{stem}</summary><p>{lesson_link(item.lesson)}</p>{inside}</details>"


def cell(count: int | None) -> str:
    return HIDDEN if count is None else str(count)


def skipped(found: Aggregate) -> str:
    notes = list(found.problems)
    if found.unknown_items:
        notes.append(f"This version does not know these questions: {', '.join(found.unknown_items)}.")
    if not notes:
        return ""
    return "<h2>Left out</h2><ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>"
