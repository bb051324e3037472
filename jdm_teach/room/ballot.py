"""A lesson's vote in a room: sent only when the learner types the address and code of the room, and nowhere else.

Uses the standard library only, so that a lesson needs none of the room's packages.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import urllib.error
import urllib.request
from functools import cache
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urlsplit

from .codes import read_join_code

__all__ = ["Ballot", "send"]

SECONDS = 5
LONGEST_REPLY = 20_000
NOT_SENT = "Your vote was not sent"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Ballot:
    """One kernel's seat in one room: it may change its vote until the vote closes.

    Raises ValueError when the address is not one of this computer or its local network, or the code cannot be one.
    """

    def __init__(self, address: str, code: str) -> None:
        self.base = local_address(address)
        self.code = read_join_code(code)
        if not self.code:
            raise ValueError(f"{NOT_SENT}: a room's code has five letters and digits. Look at the wall.")
        # No proxy: the vote goes to the room and to nobody in between.
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPCookieProcessor(CookieJar())
        ).open

    def send(self, item: str, option: str, confidence: int | None = None) -> str:
        """Send a vote on a question; returns the room's sentence once the vote is kept.

        Raises ValueError, with a sentence, when the vote was not kept.
        """
        ticket = self._ask("ticket")
        if not ticket.get("open"):
            raise ValueError(f"{NOT_SENT}: no vote is open in the room now.")
        if ticket.get("item") != item:
            raise ValueError(
                f"{NOT_SENT}: the room is voting on another question now ({str(ticket.get('item'))[:20]})."
            )
        form = {
            "round": ticket.get("round"),
            "token": ticket.get("token"),
            "option": option,
            "confidence": confidence or "",
        }
        return str(self._ask("vote", urlencode(form).encode()).get("sentence", ""))

    def _ask(self, what: str, form: bytes | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.base}/v/{self.code}/{what}", data=form, headers={"Accept": "application/json"}
        )
        try:
            with self._open(request, timeout=SECONDS) as reply:
                return read_reply(reply.read(LONGEST_REPLY + 1))
        except urllib.error.HTTPError as error:
            with error:
                said = read_reply(error.read(LONGEST_REPLY + 1)).get("sentence", "the room refused it.")
            raise ValueError(f"{NOT_SENT}: {said}") from error
        except (OSError, HTTPException) as error:
            raise ValueError(
                f"{NOT_SENT}: the room at {self.base} did not answer. Check the address, and that you are in its network."
            ) from error


def send(address: str, code: str, item: str, option: str, confidence: int | None = None) -> str:
    """Send one vote to the room at this address; returns the room's sentence.

    Parameters
    ----------
    address : what stands on the wall, such as `192.168.1.20:8060`; this computer or its local network only.
    code : the room's code, as typed.
    item, option : ids of the question and of the answer ("idk" for "I do not know").
    confidence : 1 (guessing), 2 (fairly sure) or 3 (certain); None with "idk".

    A second vote from the same kernel replaces the first. Raises ValueError, with a sentence, when it was not kept.
    """
    return seat(address.strip(), read_join_code(code) or code).send(item, option, confidence)


@cache
def seat(address: str, code: str) -> Ballot:
    return Ballot(address, code)


def local_address(typed: str) -> str:
    """The address as scheme, host and port. Raises ValueError for one outside this computer and its local network.

    >>> local_address("127.0.0.1:8060")
    'http://127.0.0.1:8060'
    """
    typed = typed.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"http://{typed}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if (
        parts.scheme not in {"http", "https"}
        or parts.username
        or not re.fullmatch(r"[0-9a-zA-Z.:_-]{1,253}", host)
    ):
        raise ValueError(f"{NOT_SENT}: this is not the address of a room. It looks like 192.168.1.20:8060.")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port or 80, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise ValueError(f"{NOT_SENT}: there is no computer called {host} in this network.") from error
    if not all(near(str(place)) for place in found):
        raise ValueError(f"{NOT_SENT}: {host} is outside your local network, and votes never leave it.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def near(place: str) -> bool:
    address = ipaddress.ip_address(place.partition("%")[0])
    return (address.is_private or address.is_loopback or address.is_link_local) and not address.is_unspecified


def read_reply(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if len(body) <= LONGEST_REPLY else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{NOT_SENT}: what answered at this address is not a room.")
    return found
