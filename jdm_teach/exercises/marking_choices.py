"""Marking what is chosen, ticked, ranked or sorted: each part gets its own reply."""

from __future__ import annotations

from collections.abc import Mapping

from .item import Item
from .outcome import DONT_KNOW, Outcome, belief

__all__ = ["many", "ranked", "single", "sorted_cards"]


def single(item: Item, response: object) -> Outcome:
    """One option of several."""
    key = _key(item, response[0] if isinstance(response, (list, tuple)) and len(response) == 1 else response)
    if key is None:
        return Outcome("unreadable", f"Choose one of the options {_listed(o.key for o in item.options)}.")
    option = item.option(key)
    if item.prediction:
        return Outcome("noted", f"{option.feedback} {item.look_at}", value=key)
    verdict = "right" if option.correct else "wrong"
    message = option.feedback if option.correct else belief(option.misconception, option.feedback)
    return Outcome(verdict, message, misconception=option.misconception, value=key)


def many(item: Item, response: object) -> Outcome:
    """Any number of options: every box counts, ticked or not, and ticking all of them earns nothing."""
    given = [response] if isinstance(response, str) else response
    if not isinstance(given, (list, tuple)):
        return Outcome("unreadable", "Tick the boxes that apply.")
    keys = [_key(item, one) for one in given]
    if None in keys:
        return Outcome(
            "unreadable", "One of these boxes does not belong to this question; please tick again."
        )
    ticked = set(keys)
    value = tuple(option.key for option in item.options if option.key in ticked)
    if item.prediction:
        details = tuple((o.text, o.feedback) for o in item.options if o.key in ticked)
        return Outcome("noted", item.look_at, details, value=value)
    details = tuple(
        (f"{option.text} ({_mark(option.key in ticked, option.correct)})", option.feedback)
        for option in item.options
    )
    missed = [option for option in item.options if (option.key in ticked) != option.correct]
    if not missed:
        return Outcome(
            "right", "Every box agrees, the ticked ones and those left open.", details, value=value
        )
    # The belief behind a wrong tick says more than the one behind a box left open.
    first = min(missed, key=lambda option: option.key not in ticked)
    agree = len(item.options) - len(missed)
    hits = sum(option.correct for option in item.options if option.key in ticked)
    if len(ticked) == len(item.options):
        verdict, count = "wrong", "Every box is ticked, so nothing has been told apart yet."
    else:
        verdict = "partly" if hits > len(ticked) - hits else "wrong"
        count = f"{agree} of {len(item.options)} boxes agree."
    return Outcome(
        verdict,
        f"{count} {belief(first.misconception, first.feedback)}",
        details,
        first.misconception,
        value=value,
    )


def ranked(item: Item, response: object) -> Outcome:
    """A rank list, given as keys from first to last or as a place for each key."""
    keys = _ranking(item, response)
    if isinstance(keys, Outcome):
        return keys
    if item.prediction:
        return Outcome(
            "noted",
            item.look_at,
            tuple((item.option(k).text, item.option(k).feedback) for k in keys),
            value=keys,
        )
    misplaced = [key for key, home in zip(keys, item.order, strict=True) if key != home]
    details = tuple(
        (f"{place}. {item.option(key).text}", item.option(key).feedback)
        for place, key in enumerate(keys, start=1)
    )
    if not misplaced:
        return Outcome("right", "The whole order agrees.", details, value=keys)
    worst = max(misplaced, key=lambda key: abs(keys.index(key) - item.order.index(key)))
    size = len(keys)
    discordant = sum(
        item.order.index(keys[i]) > item.order.index(keys[j]) for i in range(size) for j in range(i + 1, size)
    )
    verdict = "partly" if 2 * discordant < size * (size - 1) / 2 else "wrong"
    option = item.option(worst)
    move = "further up" if item.order.index(worst) < keys.index(worst) else "further down"
    count = (
        f"{size - len(misplaced)} of {size} are in their place; “{option.text.rstrip('.')}” belongs {move}."
    )
    return Outcome(
        verdict,
        f"{count} {belief(option.misconception, option.feedback)}",
        details,
        option.misconception,
        value=keys,
    )


def sorted_cards(item: Item, response: object) -> Outcome:
    """Every card in one category; a single card may be answered with "I do not know"."""
    if not isinstance(response, Mapping):
        return Outcome("unreadable", "Give each card a place.")
    piles = {key for key, _ in item.categories} | {DONT_KNOW}
    cards = {card.key for card in item.cards}
    placed = (
        {key: pile for key, pile in response.items() if pile not in (None, "")} if _plain(response) else None
    )
    if placed is None or not set(placed) <= cards or not set(placed.values()) <= piles:
        return Outcome("unreadable", f"Sort each card into {_listed(text for _, text in item.categories)}.")
    waiting = [card.text for card in item.cards if card.key not in placed]
    if waiting:
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        cards_text = "; ".join(f"“{text.rstrip('.')}”" for text in waiting[:3])
        return Outcome(
            "no_answer",
            f"{len(waiting)} of {len(item.cards)} cards still wait for a place: {cards_text}{more}. "
            "A card may also be left as “I do not know”.",
        )
    value = {card.key: placed[card.key] for card in item.cards}
    if item.prediction:
        return Outcome("noted", item.look_at, value=value)
    names = dict(item.categories)
    details, beliefs, agree, open_cards = [], [], 0, 0
    for card in item.cards:
        pile = value[card.key]
        home = card.reply(card.category)
        if pile == card.category:
            agree += 1
            details.append((f"{card.text} ({names[pile]}: agrees)", home.feedback))
        elif pile == DONT_KNOW:
            open_cards += 1
            details.append((f"{card.text} (left open; it belongs to {names[card.category]})", home.feedback))
        else:
            reply = card.reply(pile)
            beliefs.append(reply.misconception)
            details.append((f"{card.text} (you: {names[pile]})", belief(reply.misconception, reply.feedback)))
    total = len(item.cards)
    if agree == total:
        return Outcome(
            "right", f"All {total} cards agree. {item.feedback_right}".strip(), tuple(details), value=value
        )
    # The belief met most often tells the learner, and the facilitator, where to look first.
    common = max(beliefs, key=beliefs.count) if beliefs else None
    message = f"{agree} of {total} cards agree" + (f", {open_cards} left open." if open_cards else ".")
    if common:
        message += (
            f" The belief met most often: “{common}”. The replies card by card say why it does not hold here."
        )
    else:
        message += " Nothing is in a wrong place; the replies show where the open cards belong."
    return Outcome("partly" if 2 * agree >= total else "wrong", message, tuple(details), common, value=value)


def _ranking(item: Item, response: object) -> tuple[str, ...] | Outcome:
    keys = [option.key for option in item.options]
    if isinstance(response, Mapping) and _plain(response):
        places = {str(key): str(place).strip() for key, place in response.items() if place not in (None, "")}
        if not set(places) <= set(keys) or any(
            p not in map(str, range(1, len(keys) + 1)) for p in places.values()
        ):
            return Outcome("unreadable", f"Give each line a place from 1 to {len(keys)}.")
        if len(places) < len(keys):
            return Outcome("no_answer", f"{len(keys) - len(places)} lines still wait for a place.")
        if len(set(places.values())) < len(keys):
            return Outcome("unreadable", "Two lines share a place; give each its own.")
        return tuple(sorted(keys, key=lambda key: int(places[key])))
    if isinstance(response, (list, tuple)) and all(isinstance(key, str) for key in response):
        given = list(response)
        if sorted(given) == sorted(keys):
            return tuple(given)
    return Outcome("unreadable", f"Give each line a place from 1 to {len(keys)}, each place once.")


def _key(item: Item, response: object) -> str | None:
    """The option key a person meant; letters are accepted in either case."""
    if not isinstance(response, str):
        return None
    known = {option.key: option.key for option in item.options}
    folded = {option.key.lower(): option.key for option in item.options}
    return known.get(response.strip()) or folded.get(response.strip().lower())


def _plain(response: Mapping[object, object]) -> bool:
    return all(isinstance(part, (str, int, type(None))) for pair in response.items() for part in pair)


def _mark(ticked: bool, correct: bool) -> str:
    if ticked:
        return "ticked: agrees" if correct else "ticked: better left open"
    return "left open: belongs here too" if correct else "left open: agrees"


def _listed(names: object) -> str:
    parts = [str(name) for name in names]  # type: ignore[attr-defined]
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
