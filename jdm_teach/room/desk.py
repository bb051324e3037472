"""The facilitator's page: the run sheet with the block that is on, the vote, and what to do next."""

from __future__ import annotations

from ..exercises import bank
from ..session.runsheet import LESSONS, ROUNDS, Vote
from .charts import certainty_table, votes_table
from .pages import answers, hidden, page, status, text
from .room import Scene
from .vote import Round, Tally, advice

__all__ = ["close_page", "desk_page", "unlock_page"]

LABELS = {
    "close": "Close the vote",
    "discuss": "Discuss in pairs",
    "open": "Vote again",
    "reveal": "Show the answers",
    "reopen": "Open this vote again",
}


def unlock_page(sentence: str = "") -> str:
    """The door: the script takes the secret from the part of the link after #, which no server ever sees in an address."""
    body = (
        '<main><h1>Facilitator</h1><form method="post" action="/lead/unlock" id="unlock">'
        '<p><label for="secret">Secret of this room</label><input id="secret" name="secret" type="password" autocomplete="off"'
        ' maxlength="100" required></p><p><button>Open</button></p>'
        "<p>It is the last part of the facilitator's link, after the sign #.</p></form>"
        f"{status(sentence)}</main>"
    )
    return page("Facilitator", body)


def desk_page(scene: Scene, token: str, listening: int, sentence: str = "") -> str:
    """The whole facilitator's page."""
    code = scene.state.code
    where = "" if scene.for_phones else (
        "<p>Only this computer can vote: the room was opened without <code>--lan</code>.</p>"
    )  # fmt: skip
    body = (
        f'<main data-events="/lead/events"><h1>{text(scene.sheet.title)}</h1>'
        f'<p>Room <b class="code">{code}</b> at {text(scene.address)} · <span data-listening>{listening}</span> pages connected · '
        f'<a href="/wall/{code}" target="_blank" rel="noopener">Open the projector view</a> (a new tab)</p>{where}'
        f'{status(sentence)}<section id="stage" aria-label="Now" data-key="{scene.state.version}">{desk_stage(scene, token)}</section>'
        "</main>"
    )
    return page(f"Facilitator, room {code}", body, "desk")


def desk_stage(scene: Scene, token: str) -> str:
    return f'<div class="columns"><div>{now_part(scene, token)}{block_part(scene, token)}</div><div>{sheet_part(scene, token)}</div></div>'


def button(
    scene: Scene, token: str, action: str, label: str, *, primary: bool = False, **fields: object
) -> str:
    kind = ' class="primary"' if primary else ""
    sent = hidden(token=token, version=scene.state.version, action=action, **fields)
    return f'<form method="post" action="/lead/act">{sent}<button{kind}>{text(label)}</button></form>'


def now_part(scene: Scene, token: str) -> str:
    """The vote on now, and the steps that may follow; the one that the rule suggests stands first."""
    now, item = scene.state.round, scene.item
    if now is None or item is None:
        return '<h2 tabindex="-1">No vote yet</h2><p>Open one from the block below.</p>'
    head = f'<h2 tabindex="-1">{now.title}: {item.id}</h2><p>{text(item.stem)}</p>'
    if now.state == "open":
        closing = button(scene, token, "close", LABELS["close"], primary=True)
        return (
            f'{head}<p class="count"><b data-received>{scene.received}</b> votes in. The result stays hidden.</p>'
            f'<div class="buttons">{closing}</div>{for_your_eyes(scene)}'
        )
    tally = scene.tallies[-1][1]
    if now.state == "revealed":
        return f"{head}{votes_table(scene.tallies)}{certainty_table(tally)}{for_your_eyes(scene)}"
    return f"{head}{suggestion(scene, token, now, tally)}{hidden_result(scene, tally)}{for_your_eyes(scene)}"


def suggestion(scene: Scene, token: str, now: Round, tally: Tally) -> str:
    told = advice(tally.right, tally.voters)
    possible = [
        name for name in LABELS if name != "close" and not (name == "discuss" and now.state == "discussing")
    ]
    suggested = "open" if (told.action, now.state) == ("discuss", "discussing") else told.action
    possible.sort(key=lambda name: name != suggested)
    buttons = "".join(
        button(scene, token, name, LABELS[name], primary=name == suggested, item=now.item)
        for name in possible
    )
    prompt = f'<p class="prompt">{text(scene.vote.discuss)}</p>' if scene.vote else ""
    if told.action == "open":
        prompt = f"<p>For a hint, show lesson {now_lesson(scene)} again.</p>{prompt}"
    later = later_revote(scene)
    if later:
        prompt = f"{prompt}<p>{text(later)}</p>"
    doing = "<p>The room is talking in pairs.</p>" if now.state == "discussing" else ""
    return f'<p><strong>{text(told.sentence)}</strong></p>{doing}{prompt}<div class="buttons">{buttons}</div>'


def later_revote(scene: Scene) -> str:
    """What the sheet plans for a question whose first vote is closed: some are taken up again in a later block."""
    now = scene.state.round
    for block in scene.sheet.blocks[scene.state.block + 1 :]:
        if now and any(vote.item == now.item and vote.round == "revote" for vote in block.votes):
            return f"The sheet comes back to it in minutes {block.start} to {block.end}: you may leave it closed until then and go on."
    return ""


def now_lesson(scene: Scene) -> str:
    lesson = scene.item.lesson if scene.item else scene.block.lesson
    return f"{lesson}, {text(LESSONS[lesson][1])}," if lesson in LESSONS else lesson


def hidden_result(scene: Scene, tally: Tally) -> str:
    return (
        "<details><summary>Look at the result yourself (not if this screen is on the wall)</summary>"
        f"{votes_table(scene.tallies)}{certainty_table(tally)}</details>"
    )


def for_your_eyes(scene: Scene) -> str:
    item = scene.item
    if item is None:
        return ""
    return (
        "<details><summary>The right answer and the replies (not if this screen is on the wall)</summary>"
        f"{answers(scene, item, counts=False)}</details>"
    )


def block_part(scene: Scene, token: str) -> str:
    """The block of the run sheet that is on, with its votes."""
    block, place = scene.block, scene.state.block
    back = button(scene, token, "turn", "Back", by=-1) if place > 0 else ""
    last = len(scene.sheet.blocks) - 1
    on = button(scene, token, "turn", "Next block", by=1, primary=not block.votes) if place < last else ""
    votes = "".join(vote_row(scene, token, vote) for vote in block.votes)
    product = f"<dt>Product</dt><dd>{text(block.product)}</dd>" if block.product else ""
    listed = f'<ul class="ballots">{votes}</ul>' if votes else "<p>No vote in this block.</p>"
    return (
        f"<h2>Minutes {block.start} to {block.end}: {text(block.what)}</h2><dl><dt>Who</dt><dd>{text(block.who)}</dd>"
        f"<dt>Lesson</dt><dd>{block.lesson} {text(block.lesson_title)}</dd>{product}"
        f'<dt>Without a network</dt><dd>{text(block.fallback)}</dd></dl>{listed}<div class="buttons">{on}{back}</div>'
    )


def vote_row(scene: Scene, token: str, vote: Vote) -> str:
    """A vote of the block: a button while it may be opened, else what became of it."""
    past = [one for one in scene.state.rounds if one.item == vote.item]
    now = scene.state.round
    label = f"{vote.item}, {ROUNDS[vote.round]}"
    if any(one.state == "revealed" for one in past):
        return f"<li>{label}: answers shown</li>"
    if now is not None and now.state == "open":
        return f"<li>{label}: {'open now' if now.item == vote.item else 'waits until the open vote is closed'}</li>"
    done = f" ({len(past)} so far)" if past else ""
    return f'<li>{button(scene, token, "open", f"Open the vote on {label}", item=vote.item)}{done}<p class="hint">{text(bank.item(vote.item).stem)}</p></li>'


def sheet_part(scene: Scene, token: str) -> str:
    """The whole sheet, the block that is on marked; and the way out."""
    rows = "".join(
        f"<li{' aria-current=step' if place == scene.state.block else ''}>{block.start}–{block.end} {text(block.what)}"
        + (f" [{', '.join(vote.item for vote in block.votes)}]" if block.votes else "")
        + "</li>"
        for place, block in enumerate(scene.sheet.blocks)
    )
    closing = button(scene, token, "ask_close", "Close the room")
    return f'<h2>Run sheet</h2><ol class="sheet">{rows}</ol><h2>At the end</h2><div class="buttons">{closing}</div>'


def close_page(scene: Scene, token: str, keep: bool) -> str:
    """The question before the last step."""
    fate = "are written to a file first and then deleted" if keep else "are deleted; nothing is kept"
    yes = button(scene, token, "close_room", "Close the room now", primary=True)
    body = (
        f"<main><h1>Close the room?</h1><p>All pages are let go. The votes {fate}.</p>"
        f'<div class="buttons">{yes}</div><p><a href="/lead">Back to the room</a></p></main>'
    )
    return page("Close the room?", body, "desk")
