"""What opens which door: the short join code, the facilitator's secret, a browser's random code, a form's token.

The join code stands on the wall. The secret is known to the facilitator only and is kept as a digest. A browser's
code is signed, so that it cannot be made up; a form's token belongs to one browser, so that no other page can send it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

__all__ = [
    "browser_of",
    "digest",
    "form_token",
    "new_browser",
    "new_join_code",
    "new_secret",
    "read_join_code",
    "same",
]

# No vowels (no words), no characters that look alike.
LETTERS = "23456789BCDFGHJKMNPQRTVWX"
LENGTH = 5
BROWSER = re.compile(r"([A-Za-z0-9_-]{16})\.([0-9a-f]{32})")


def new_join_code() -> str:
    """A code of five characters, one of ten million."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_join_code(typed: str) -> str:
    """The code as it was meant: without spaces and dashes, in capitals; empty when it cannot be one.

    >>> read_join_code(" kq7-3m ")
    'KQ73M'
    """
    code = re.sub(r"[\s-]", "", typed[:20]).upper()
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else ""


def new_secret() -> str:
    """A secret for the facilitator's door or for signing: 192 random bits as text."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def sealed(signing: str, purpose: str, text: str) -> str:
    return hmac.new(signing.encode(), f"{purpose}:{text}".encode(), sha256).hexdigest()[:32]


def new_browser(signing: str) -> str:
    """A signed random code for a browser that has none."""
    code = secrets.token_urlsafe(12)
    return f"{code}.{sealed(signing, 'browser', code)}"


def browser_of(signing: str, cookie: str) -> str:
    """The browser code inside a cookie; empty when this room did not give it out."""
    match = BROWSER.fullmatch(cookie)
    return match[1] if match and same(sealed(signing, "browser", match[1]), match[2]) else ""


def form_token(signing: str, owner: str) -> str:
    """What a form must send back to show that it came from this owner's own page."""
    return sealed(signing, "form", owner)
