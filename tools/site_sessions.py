"""The run sheets as pages: the same plans that `jdm-teach runsheet` checks and prints."""

from __future__ import annotations

from pathlib import Path

from site_markdown import columns, plain

from jdm_teach.exercises import bank
from jdm_teach.session.handout import RULE
from jdm_teach.session.runsheet import ROUNDS, Block, RunSheet, sheet, sheet_names

__all__ = ["write_sessions"]


def write_sessions(folder: Path) -> None:
    """One page per run sheet."""
    for name in sheet_names():
        (folder / f"session_{name}.md").write_text(page(sheet(name)), encoding="utf-8")


def page(run: RunSheet) -> str:
    blocks = columns(
        ("Minutes", "What happens", "Who", "Lesson", "Vote or product", "Without a network"),
        map(row, run.blocks),
    )
    roles = columns(
        ("Role", "Does", "Does not"),
        ((f"**{plain(r.name)}**", plain(r.does), plain(r.avoids)) for r in run.roles),
    )
    debrief = "\n".join(f"**{plain(q.ask)}**\n: {plain(q.answer)}\n" for q in run.debrief)
    votes = columns(("Question", "Stem", "Right", "To discuss"), vote_rows(run))
    before = "\n".join(f"- {plain(text)}" for text in run.prereading)
    return (
        f"# {plain(run.title)}\n\n**{plain(run.question)}** Print it on two sides, with answer cards: "
        f"`jdm-teach runsheet {run.id} --print`\n\n"
        f"## Minute by minute\n\n{blocks}\n\n**Rule for every vote.** {plain(RULE)}\n\n"
        f"## Before the session\n\n{before}\n\n## Roles\n\n{roles}\n\n"
        f"## Questions to vote on\n\n{votes}\n\n## Debrief, with answers to compare\n\n{debrief}\n"
    )


def row(block: Block) -> tuple[str, ...]:
    votes = ", ".join(f"{vote.item} ({ROUNDS[vote.round]})" for vote in block.votes)
    made = ". ".join(part for part in (votes, block.product) if part)
    when = f"{block.start:02d}–{block.end:02d}"
    return when, plain(block.what), plain(block.who), block.lesson, plain(made), plain(block.fallback)


def vote_rows(run: RunSheet) -> list[tuple[str, ...]]:
    prompts = {vote.item: vote.discuss for _, vote in run.votes()}
    rows: list[tuple[str, ...]] = []
    for item_id, prompt in prompts.items():
        item = bank.item(item_id)
        key = next(option.key for option in item.options if option.correct)
        rows.append((item_id, plain(item.stem), key, plain(prompt)))
    return rows
