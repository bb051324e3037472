"""What every form of the course shares: a calm boundary, a readable still form, the browser part's source.

What a learner reads is always a sentence; an author, who sets `JDM_TEACH_REHEARSE=1`, always gets the traceback.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anywidget

__all__ = ["CSS", "Form", "module_source", "read_only_edition", "rehearsing", "sendable"]

STATIC = Path(__file__).parent / "static"
CSS = STATIC / "form.css"


def module_source(name: str) -> str:
    """The browser part of one form: the shared pieces and its own file as one module.

    anywidget loads a module from a string, where an import of a neighbouring file has no address to start from.
    """
    return "\n".join((STATIC / part).read_text(encoding="utf-8") for part in ("shared.js", name))


log = logging.getLogger("jdm_teach")


def rehearsing() -> bool:
    """Whether an author or a test asked every form to answer itself once when it is shown."""
    return os.environ.get("JDM_TEACH_REHEARSE") == "1"


def read_only_edition() -> bool:
    """Whether the page is being made for reading without Python."""
    return os.environ.get("JDM_TEACH_EDITION") == "reading"


def sendable(responses: Iterable[Any]) -> Iterator[Any]:
    """Those responses that a browser could send: whatever survives a trip through JSON."""
    for response in responses:
        with suppress(TypeError, ValueError):
            yield json.loads(json.dumps(response))


class Form(anywidget.AnyWidget):
    """What the question form and the record panel share: a calm boundary and a readable still form."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        try:
            self.heard(content)
        except Exception:
            self.stumble(content.get("type") if isinstance(content, dict) else content)

    def stumble(self, doing: Any) -> None:
        """Called while an exception is handled: the author gets it, the learner a sentence."""
        if rehearsing():
            raise  # noqa: PLE0704
        log.exception("A form could not handle %r", doing)
        self.apologise()

    def heard(self, content: dict[str, Any]) -> None:
        """Act on one message of the browser part."""
        raise NotImplementedError

    def apologise(self) -> None:
        """Say one calm sentence where the learner is looking."""
        raise NotImplementedError

    def still_html(self) -> str:
        """The form as HTML that needs neither Python nor JavaScript."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        data = {**data, "text/plain": repr(self), "text/html": self.still_html()}
        if read_only_edition():
            data = {key: data[key] for key in ("text/plain", "text/html")}
        return data, metadata
