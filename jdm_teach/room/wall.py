"""The projector view: big text, how to join, the question, and nothing that should still be hidden."""

from __future__ import annotations

from .pages import answers, page, plain_options, stage, text
from .room import Scene

__all__ = ["wall_page", "wall_stage"]


def wall_page(scene: Scene) -> str:
    """The whole projector view."""
    code = scene.state.code
    body = (
        f'<main data-events="/wall/{code}/events"><header class="join"><div><h1>{text(scene.sheet.title)}</h1>'
        f"{how_to_join(scene)}</div>{qr_image(scene)}</header>"
        f'{stage(scene, wall_stage(scene))}<p role="status" id="status"></p></main>'
    )
    return page(f"Room {code}", body, "wall")


def how_to_join(scene: Scene) -> str:
    return f'<p>Vote at <b>{text(scene.address)}</b> with the code <b class="code">{scene.state.code}</b></p>'


def qr_image(scene: Scene) -> str:
    code = scene.state.code
    return f'<img class="qr" src="/qr/{code}.svg" alt="QR code of {text(scene.address)}/v/{code}" width="220" height="220">'


def wall_stage(scene: Scene) -> str:
    """What the wall shows now: until the answers are revealed, how many voted and never what."""
    now, item = scene.state.round, scene.item
    if now is None or item is None:
        return f'<h2 tabindex="-1">{text(scene.sheet.question)}</h2><p>Open the page on your phone. The first vote comes soon.</p>'
    if now.state == "revealed":
        return f'<h2 tabindex="-1">The answers</h2>{answers(scene, item)}'
    if now.state == "discussing" and scene.vote is not None:
        return (
            f'<h2 tabindex="-1">Talk in pairs, two minutes</h2><p class="prompt">{text(scene.vote.discuss)}</p>'
            f"<p>{text(item.stem)}</p>{plain_options(item)}"
        )
    title = f"{now.title}: alone, in silence" if now.state == "open" else "The vote is closed"
    return (
        f'<h2 tabindex="-1">{title}</h2><p class="stem">{text(item.stem)}</p>{plain_options(item)}'
        f'<p class="count"><b data-received>{scene.received}</b> votes in</p>'
    )
