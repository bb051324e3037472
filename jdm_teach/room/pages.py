"""The pages of a room as HTML: for a phone, and the frame around all of them. Every text is escaped.

A page works without JavaScript as plain forms; the script only replaces the stage and sends forms in the background.
"""

from __future__ import annotations

import json
from html import escape

from .. import __version__
from ..exercises.grading import belief
from ..exercises.item import Item
from ..exercises.outcome import CONFIDENCE, DONT_KNOW
from .charts import votes_table
from .room import Scene
from .vote import Choice, Round

__all__ = ["join_page", "ledger", "page", "phone_page", "phone_stage", "refusal_page", "stage", "text"]

NOTICE = "For education only: not medical advice. Your vote is kept without a name, and only until the room closes."


def text(words: str) -> str:
    """Words for a page, without markup of their own."""
    return escape(words, quote=True)


def page(title: str, body: str, kind: str = "phone") -> str:
    """A whole page. Style and script are files of this server; nothing is loaded from elsewhere."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{text(title)}</title><link rel="icon" href="/static/icon.svg">'
        f'<link rel="stylesheet" href="/static/room.css?v={__version__}">'
        f'<script src="/static/room.js?v={__version__}" defer></script></head>'
        f'<body class="{kind}">{body}</body></html>\n'
    )


def hidden(**fields: object) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{text(str(value))}">' for name, value in fields.items()
    )


def status(sentence: str) -> str:
    """The line that is read out when it changes; it stands in the page from the start."""
    return f'<p role="status" id="status">{text(sentence)}</p>'


def ledger(mine: Choice | None, now: Round | None) -> str:
    """What this browser voted, for the script: the shared stage that is pushed to all phones cannot hold it."""
    if mine is None or now is None:
        return "{}"
    return json.dumps(
        {"round": now.id, "option": mine.option, "confidence": mine.confidence, "words": mine.sentence}
    )


def join_page(sentence: str = "") -> str:
    """Where the code from the wall is typed."""
    body = (
        '<main><h1>Join the room</h1><form method="post" action="/join">'
        '<p><label for="code">Code on the wall</label><input id="code" name="code" autocomplete="off" autocapitalize="characters"'
        ' spellcheck="false" maxlength="20" required></p><p><button>Join</button></p></form>'
        f"{status(sentence)}</main><footer><p>{NOTICE}</p></footer>"
    )
    return page("Join the room", body)


def refusal_page(sentence: str, back: str = "") -> str:
    """A plain no, with the way back."""
    link = (
        f'<p><a href="{text(back)}">Back to the room</a></p>'
        if back
        else '<p><a href="/">Type the code</a></p>'
    )
    return page("Not done", f'<main><h1>Not done</h1><p role="status">{text(sentence)}</p>{link}</main>')


def phone_page(
    scene: Scene, token: str, mine: Choice | None, sentence: str = "", draft: Choice | None = None
) -> str:
    """The voting page of one browser, with what it voted or, after a refusal, what it had chosen."""
    code = scene.state.code
    body = (
        f'<main data-events="/v/{code}/events" data-token="{token}" data-mine=\'{text(ledger(mine, scene.state.round))}\'>'
        f"<h1>Room {code}</h1>{stage(scene, phone_stage(scene, token, mine, draft))}{status(sentence)}"
        '<noscript><p><a href="">Look again</a> to see what the room does now.</p></noscript>'
        f"</main><footer><p>{NOTICE}</p></footer>"
    )
    return page(f"Vote, room {code}", body)


def stage(scene: Scene, inner: str) -> str:
    """The part of a page that changes with the room."""
    return f'<section id="stage" aria-label="Now" data-key="{scene.key}">{inner}</section>'


def phone_stage(
    scene: Scene, token: str = "", mine: Choice | None = None, draft: Choice | None = None
) -> str:
    """What a phone shows now. Without a browser's own parts it is the same for all, and is pushed to all."""
    now, item = scene.state.round, scene.item
    if now is None or item is None:
        return '<h2 tabindex="-1">No vote is open yet</h2><p>This page changes by itself when one opens.</p>'
    yours = f'<p class="mine">{"Your vote: " + text(mine.sentence) + "." if mine else ""}</p>'
    if now.state == "open":
        return (
            f'<h2 tabindex="-1">{now.title}</h2>{ballot_form(scene, now, item, token, draft or mine)}{yours}'
        )
    if now.state == "revealed":
        return f'<h2 tabindex="-1">The answers</h2>{yours}{answers(scene, item, mine)}'
    talk = ""
    if now.state == "discussing" and scene.vote is not None:
        talk = f'<p>Talk about it in pairs:</p><p class="prompt">{text(scene.vote.discuss)}</p>'
    return (
        f'<h2 tabindex="-1">{"Talk in pairs" if talk else "The vote is closed"}</h2>'
        f"{talk}<p>{text(item.stem)}</p>{plain_options(item)}{yours}"
    )


def ballot_form(scene: Scene, now: Round, item: Item, token: str, chosen: Choice | None) -> str:
    """The question with native controls; nothing is chosen beforehand but what this browser chose itself."""

    def radio(name: str, value: str, label: str, on: bool) -> str:
        mark = " checked" if on else ""
        return (
            f'<p class="choice"><input type="radio" name="{name}" value="{value}" id="{name}-{value}"{mark}>'
            f'<label for="{name}-{value}">{label}</label></p>'
        )

    options = "".join(
        radio(
            "option",
            one.key,
            f"<b>{one.key}</b> {text(one.text)}",
            chosen is not None and chosen.option == one.key,
        )
        for one in item.options
    ) + radio("option", DONT_KNOW, "I do not know", chosen is not None and chosen.option == DONT_KNOW)
    levels = "".join(
        radio("confidence", str(level), words, chosen is not None and chosen.confidence == level)
        for level, words in CONFIDENCE.items()
    )
    note = f'<p class="hint">{text(item.note)}</p>' if item.note else ""
    return (
        f'<form method="post" action="/v/{scene.state.code}/vote" class="ballot">{hidden(round=now.id, token=token)}'
        f"<fieldset><legend>{text(item.stem)}</legend>{note}{options}</fieldset>"
        f'<fieldset class="levels"><legend>How sure are you?</legend>{levels}</fieldset>'
        '<p><button>Send my vote</button></p><p class="hint">You can change it until the vote closes.</p></form>'
    )


def plain_options(item: Item) -> str:
    """The options to read, without a way to choose."""
    rows = "".join(f"<li><b>{one.key}</b> {text(one.text)}</li>" for one in item.options)
    return f'<ul class="options">{rows}</ul>'


def answers(scene: Scene, item: Item, mine: Choice | None = None, *, counts: bool = True) -> str:
    """The question with the reply to every option, the counts, and the explanation."""
    rows = []
    for one in item.options:
        own = (
            '<span class="own"> (your vote)</span>'
            if mine and mine.option == one.key
            else '<span class="own"></span>'
        )
        mark = "✓ Right" if one.correct else "Not right"
        reply = one.feedback if one.correct else belief(one.misconception, one.feedback)
        rows.append(
            f'<li data-option="{one.key}" class="{"right" if one.correct else "other"}"><p><b>{one.key}</b> {text(one.text)}</p>'
            f"<p><strong>{mark}</strong>{own}. {text(reply)}</p></li>"
        )
    return (
        f'<p class="stem">{text(item.stem)}</p><div class="answers"><ul class="replies">{"".join(rows)}</ul>'
        f"<div><p>{text(item.explanation)}</p>{votes_table(scene.tallies) if counts else ''}</div></div>"
    )
