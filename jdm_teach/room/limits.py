"""How much one browser and one address may ask for, in what time. Generous for a class behind one address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = [
    "LONGEST_BODY",
    "LONGEST_PATH",
    "MOST_LISTENERS",
    "MOST_TABS",
    "MOST_VOTERS",
    "Allowance",
    "Limits",
]

LONGEST_BODY = 2048
LONGEST_PATH = 512
BODY_SECONDS = 10
MOST_VOTERS = 5000
MOST_LISTENERS = 3000
MOST_TABS = 6
MOST_REMEMBERED = 20_000


@dataclass
class Allowance:
    """So many at once, and so many a second after that, for each key."""

    at_once: float
    a_second: float
    clock: Callable[[], float] = time.monotonic
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def peek(self, key: str) -> bool:
        """Whether this key may go on, without counting it."""
        held, since = self.left.get(key, (self.at_once, 0.0))
        return min(self.at_once, held + (self.clock() - since) * self.a_second) >= 1

    def take(self, key: str) -> bool:
        """Whether this key may go on; counts it when so.

        >>> once = Allowance(at_once=1, a_second=0)
        >>> once.take("a"), once.take("a"), once.take("b")
        (True, False, True)
        """
        now = self.clock()
        held, since = self.left.pop(key, (self.at_once, now))
        held = min(self.at_once, held + (now - since) * self.a_second)
        allowed = held >= 1
        self.left[key] = (held - allowed, now)
        while len(self.left) > MOST_REMEMBERED:
            self.left.popitem(last=False)
        return allowed


@dataclass
class Limits:
    """The allowances of a room. `newcomers` are browsers without a code; `strays` are wrong codes and secrets."""

    requests: Allowance = field(default_factory=lambda: Allowance(6000, 600))
    newcomers: Allowance = field(default_factory=lambda: Allowance(400, 20))
    votes: Allowance = field(default_factory=lambda: Allowance(20, 1))
    strays: Allowance = field(default_factory=lambda: Allowance(40, 0.5))
