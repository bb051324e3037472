"""A run sheet on paper: two pages to lead by, and answer cards A to D to hold up when there is no network."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

from ..exercises import bank
from .runsheet import ROUNDS, Block, RunSheet

__all__ = ["cards_html", "sheet_html", "sheet_pdf"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STYLE = """
@page { size: A4; margin: 12mm; }
body { font: 9pt/1.25 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 190mm; margin: 0 auto; }
h1 { font-size: 15pt; margin: 0 0 2mm; } h2 { font-size: 11pt; margin: 4mm 0 1mm; } p { margin: 1mm 0; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .8mm 1.6mm; border-bottom: .3mm solid #6b7780; }
td.minutes { white-space: nowrap; } ul { margin: 0; padding-left: 4mm; } dt { font-weight: 600; } dd { margin: 0 0 1mm; }
.second { break-before: page; } tr { break-inside: avoid; }
.card { break-after: page; height: 250mm; display: flex; align-items: center; justify-content: center; font-size: 150mm; font-weight: 700; }
.card:last-child { break-after: auto; }
"""
RULE = (
    "Vote in silence with confidence, sixty seconds, first histogram hidden. Below 35% right: give the hint, vote again. "
    "35 to 70%: discuss in pairs for two minutes, vote again. Above 70%: explain in a minute, move on. "
    "With fewer than ten people use counts: discuss when between a third and two thirds are right."
)
NOTICE = "For education only: not medical advice. Based on the public preview of one letter; simulated data unless a source is named."


def page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def sheet_html(sheet: RunSheet) -> str:
    """The sheet as a page that prints on two sides of A4: the blocks, then roles, questions and the debrief."""
    rows = "".join(block_row(block) for block in sheet.blocks)
    roles = " ".join(
        f"<strong>{escape(role.name)}</strong> {escape(role.does)}; not: {escape(role.avoids)}."
        for role in sheet.roles
    )
    before = escape("; ".join(sheet.prereading))
    debrief = "".join(f"<dt>{q.id}. {escape(q.ask)}</dt><dd>{escape(q.answer)}</dd>" for q in sheet.debrief)
    first = (
        f"<h1>{escape(sheet.title)}</h1><p><strong>{escape(sheet.question)}</strong></p>"
        "<table><caption>Minute by minute</caption><thead><tr><th scope='col'>Minutes</th><th scope='col'>What happens</th>"
        "<th scope='col'>Who</th><th scope='col'>Lesson</th><th scope='col'>Vote or product</th><th scope='col'>Without a network</th>"
        f"</tr></thead><tbody>{rows}</tbody></table>"
        f"<h2>Rule for every vote</h2><p>{RULE}</p>"
    )
    second = (
        f'<section class="second"><h2>Before the session</h2><p>{before}</p>'
        f"<h2>Roles</h2><p>{roles}</p><h2>Questions to discuss</h2>{prompts(sheet)}"
        f"<h2>Debrief, with answers to compare</h2><dl>{debrief}</dl><p>{NOTICE}</p></section>"
    )
    return page(sheet.title, first + second)


def block_row(block: Block) -> str:
    votes = ", ".join(f"{vote.item} ({ROUNDS[vote.round]})" for vote in block.votes)
    made = ". ".join(part for part in (votes, block.product) if part)
    return (
        f'<tr><td class="minutes">{block.start:02d}–{block.end:02d}</td><td>{escape(block.what)}</td><td>{escape(block.who)}</td>'
        f"<td>{block.lesson}</td><td>{escape(made)}</td><td>{escape(block.fallback)}</td></tr>"
    )


def prompts(sheet: RunSheet) -> str:
    """Every question once, with its right letter for the facilitator and the prompt."""
    rows = []
    for item_id, prompt in {vote.item: vote.discuss for _, vote in sheet.votes()}.items():
        item = bank.item(item_id)
        key = next(option.key for option in item.options if option.correct)
        rows.append(f"<tr><td>{item_id}</td><td>{key}</td><td>{escape(prompt)}</td></tr>")
    head = "<tr><th scope='col'>Question</th><th scope='col'>Right</th><th scope='col'>To discuss</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def cards_html() -> str:
    """Answer cards A to D, one letter a page."""
    return page(
        "Answer cards", "".join(f'<section class="card"><p>{letter}</p></section>' for letter in "ABCD")
    )


def sheet_pdf(html: str, target: Path) -> Path:
    """Print a page to PDF with a Chromium on this machine.

    Raises ValueError when there is none: open the HTML in any browser and print it there.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise ValueError(
            "There is no Chromium on this machine to make a PDF. Open the HTML page in a browser and print it from there."
        )
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "sheet.html"
        source.write_text(html, encoding="utf-8")
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
            f"--user-data-dir={place}/profile", "--no-pdf-header-footer", f"--print-to-pdf={target.absolute()}", source.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not target.is_file():
        raise ValueError(
            f"Chromium could not print the page ({done.stderr.strip()[-200:]}). Print the HTML from a browser instead."
        )
    return target
