"""Whatever a browser, or something that is none, sends to the room: an answer in words, no error, and votes only from forms."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jdm_teach.room.limits import Allowance, Limits
from jdm_teach.room.store import sqlite_address
from tests.hostile_words import ATTACKS, bones, hostile
from tests.room_server import Lead, Phone, Served, served_room

PLENTY = Allowance(1_000_000, 1.0)
PLACES = ["/", "/join", "/v/{code}", "/v/{code}/vote", "/v/{code}/ticket", "/wall/{code}", "/qr/{code}.svg", "/lead", "/lead/act",
          "/lead/unlock", "/static/room.css"]  # fmt: skip
FORM = {"content-type": "application/x-www-form-urlencoded"}
names = st.sampled_from(
    ["round", "token", "option", "confidence", "action", "item", "version", "secret", "code"]
) | st.text(max_size=9)
values = (
    st.sampled_from(
        ["1", "A", "ST01", "open", "close", "turn", "discuss", "reveal", "", "9" * 400, "-1", "1e9", *ATTACKS]
    )
    | hostile
)
fields = st.dictionaries(names, values, max_size=6)
paths = st.sampled_from(PLACES) | st.builds(
    "{}/{}".format, st.sampled_from(PLACES), values.map(lambda text: quote(text, safe=""))
)
heads = st.dictionaries(
    st.sampled_from(
        ["cookie", "origin", "host", "referer", "accept", "sec-fetch-site", "x-forwarded-for", "content-type"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip),
    max_size=3,
)


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Iterator[tuple[Served, Lead, Phone]]:
    limits = Limits(
        **{name: PLENTY for name, value in vars(Limits()).items() if isinstance(value, Allowance)}
    )
    with served_room(
        sqlite_address(tmp_path_factory.mktemp("room") / "room.sqlite3"), limits=limits
    ) as served:
        lead, phone = served.lead().unlock(), served.phone()
        lead.act("open", item="ST01")
        phone.vote("B", 3)
        yield served, lead, phone


def votes(served: Served) -> list[object]:
    assert served.room is not None and served.room.scene.state.round is not None
    return sorted(served.room.store.counted(served.room.scene.state.round.id), key=str)


def answered(answer: httpx.Response) -> None:
    assert 200 <= answer.status_code < 500, (
        answer.request.method,
        answer.request.url,
        answer.request.headers,
    )
    if answer.headers.get("content-type", "").startswith("text/html"):
        tags = {tag for tag, _ in bones(answer.text)}
        assert not tags & {"iframe", "base", "style"}
        assert not any(name.startswith("on") for _, attributes in bones(answer.text) for name in attributes)
        assert "alert(1)</script>" not in answer.text


@settings(max_examples=60)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    paths,
    heads,
    fields | st.binary(max_size=300),
)
def test_a_stranger_gets_words_and_changes_nothing(room, method, path, heads, fields):
    served, *_ = room
    before = votes(served)
    place = path.replace("{code}", served.code)
    body = {"data": fields} if isinstance(fields, dict) else {"content": fields}
    with httpx.Client(base_url=served.url, trust_env=False, timeout=15) as stranger:
        answered(stranger.request(method, place, headers={**FORM, **heads}, **body))
    assert votes(served) == before


@settings(max_examples=25)
@given(fields)
def test_a_phone_with_a_true_form_votes_an_option_or_gets_words(room, fields):
    served, _, phone = room
    answered(
        phone.post(
            **{
                **phone.form(),
                **{name: value for name, value in fields.items() if name not in {"round", "token"}},
            }
        )
    )
    assert len(votes(served)) == 1


@settings(max_examples=25)
@given(fields.filter(lambda sent: sent.get("action") not in {"end", "shut"}))
def test_a_facilitators_tab_gets_words_for_any_step(room, fields):
    _, lead, _ = room
    html = lead.look()
    answered(
        lead.act(
            fields.get("action", ""), html, **{n: v for n, v in fields.items() if n not in {"action", "html"}}
        )
    )
    assert lead.web.get("/lead").status_code == 200
