"""A learner's record as xAPI 1.0.3 statements: the actor is the random code, never a name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from ...exercises import bank
from ...exercises.event import Event
from ...exercises.item import Item
from ...exercises.outcome import DONT_KNOW
from ..runsheet import LESSONS
from .parcel import Parcel, clean

__all__ = ["HOME", "xapi_statements"]

# No server of the course exists: an address under .example belongs to nobody and leads nowhere (RFC 2606).
HOME = "https://jdm-teach.example"
NAMESPACE = UUID("6f0e3a52-0b0c-5c1e-9b56-2d9d3f6a7c11")
ANSWERED = {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}}
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
LESSON = "http://adlnet.gov/expapi/activities/lesson"
TYPES = {"single": "choice", "many": "choice", "number": "numeric", "order": "sequencing", "sort": "matching", "text": "long-fill-in", "interval": "other"}  # fmt: skip
SUCCESS = {"right": True, "partly": False, "wrong": False, "dont_know": False}


def xapi_statements(events: Sequence[Event]) -> Parcel:
    """One statement for each answer and prediction, in their order, as a JSON list a record store accepts."""
    items: dict[str, Item | None] = {}
    left: dict[str, int] = {}
    statements, strange = [], []
    for event in events:
        if event.kind not in {"answer", "prediction"} or event.item is None:
            left[event.kind] = left.get(event.kind, 0) + 1
            continue
        if event.item not in items:
            items[event.item] = known(event.item)
            strange += [event.item] if items[event.item] is None else []
        statements.append(statement(event, items[event.item]))
    notes = [
        f"entries of the kind “{kind}” are not answers: {count} left out." for kind, count in left.items()
    ]
    if strange:
        notes.append(
            f"this version does not know these questions, so they go without their text: {', '.join(strange)}."
        )
    if any(item is not None and item.kind == "interval" for item in items.values()):
        notes.append("an interval has no type of its own in xAPI: it goes as “other”.")
    if any(event.verdict == "partly" for event in events):
        notes.append("“partly right” counts as no success in xAPI: the verdict goes as an extension.")
    content = json.dumps(statements, ensure_ascii=True, indent=1, allow_nan=False).encode()
    return Parcel("jdm_xapi.json", content, len(statements), tuple(notes))


def known(name: str) -> Item | None:
    try:
        return bank.item(name)
    except ValueError:
        return None


def statement(event: Event, item: Item | None) -> dict[str, Any]:
    extensions = {"verdict": event.verdict, "confidence": event.confidence, "attempt": event.attempt,
        "item-version": event.version, "misconception": clean(event.misconception) if event.misconception else None}  # fmt: skip
    result: dict[str, Any] = {
        "completion": True,
        "response": response_text(event.response, item),
        "extensions": {
            f"{HOME}/xapi/{name}": value for name, value in extensions.items() if value is not None
        },
    }
    if event.kind == "answer" and event.verdict in SUCCESS:
        result["success"] = SUCCESS[event.verdict]
    context: dict[str, Any] = {"platform": f"jdm_teach {event.package}".strip(), "language": "en"}
    if event.lesson:
        title = LESSONS.get(event.lesson, ("", f"Lesson {event.lesson}"))[1]
        parent = {"id": f"{HOME}/lessons/{event.lesson}", "objectType": "Activity", "definition": {"type": LESSON, "name": {"en": title}}}  # fmt: skip
        context["contextActivities"] = {"parent": [parent]}
    if event.form:
        context["extensions"] = {f"{HOME}/xapi/form": event.form}
    return {
        "id": str(uuid5(NAMESPACE, event.id)),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": event.code}},
        "verb": ANSWERED,
        "object": activity(str(event.item), item),
        "result": result,
        "context": context,
        "timestamp": event.time,
        "version": "1.0.3",
    }


def activity(name: str, item: Item | None) -> dict[str, Any]:
    made: dict[str, Any] = {"objectType": "Activity", "id": f"{HOME}/items/{name}"}
    if item is None:
        return made
    definition: dict[str, Any] = {
        "type": INTERACTION,
        "name": {"en": item.id},
        "description": {"en": item.stem},
        "interactionType": TYPES[item.kind],
    }
    options = [component(option.key, option.text) for option in item.options]
    if item.kind in {"single", "many", "order"}:
        definition["choices"] = options
    if item.kind == "sort":
        definition["source"] = [component(card.key, card.text) for card in item.cards]
        definition["target"] = [component(key, text) for key, text in item.categories]
    if (pattern := pattern_of(item)) is not None:
        definition["correctResponsesPattern"] = [pattern]
    return {**made, "definition": definition}


def component(key: str, text: str) -> dict[str, Any]:
    return {"id": key, "description": {"en": text}}


def pattern_of(item: Item) -> str | None:
    """The key as xAPI writes it; None for a prediction or a text."""
    if item.prediction or item.kind in {"text", "interval"}:
        return None
    if item.kind == "number":
        low, high = item.key[0] - item.tolerance, item.key[0] + item.tolerance
        return f"{low:.10g}[:]{high:.10g}"
    if item.kind == "sort":
        return "[,]".join(f"{card.key}[.]{card.category}" for card in item.cards)
    keys = item.order if item.kind == "order" else [option.key for option in item.options if option.correct]
    return "[,]".join(keys)


def response_text(response: Any, item: Item | None) -> str:
    """A response as xAPI writes it; whatever has another shape goes as the JSON it is."""
    if isinstance(response, str):
        return clean(response)
    if response == DONT_KNOW or response is None:
        return ""
    if isinstance(response, list) and all(isinstance(part, (str, int, float)) for part in response):
        return clean("[,]".join(map(str, response)))
    if isinstance(response, dict) and item is not None and item.kind in {"sort", "order"}:
        if item.kind == "order" and all(isinstance(place, (int, float, str)) for place in response.values()):
            return clean("[,]".join(sorted(response, key=lambda key: str(response[key]).zfill(4))))
        if all(isinstance(place, str) for place in response.values()):
            return clean("[,]".join(f"{card}[.]{pile}" for card, pile in response.items()))
    return clean(json.dumps(response, ensure_ascii=False))
