"""The explorer: a simulator behind a prediction, redrawn as its controls move.

It holds no science. An `Exploration` says which controls there are and which pure function answers them;
this module locks it until a prediction is kept, runs it, and puts prediction and result side by side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import traitlets

from . import bank, grading, reading
from .exploration import Exploration, View
from .foresight import Foresight
from .forms import CSS, Form, module_source, read_only_edition, sendable
from .record import Record, current_record

__all__ = ["Explorer"]

APOLOGY = "This setting could not be calculated. Your prediction is kept. Press Reset, or try a setting nearer the start."


class Explorer(Form):
    """One exploration as a form. `view` is what it offers, `predicted` and `shown` what has happened so far."""

    _esm = module_source("explorer.js")
    _css = CSS
    view = traitlets.Dict().tag(sync=True)
    predicted = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, exploration: Exploration, record: Record | None = None) -> None:
        self.exploration = exploration
        self.record = record if record is not None else current_record()
        self.item = bank.item(exploration.prediction) if exploration.prediction else None
        self.prediction: Any = None
        self.compared = False
        self.turn = 0
        self.running: asyncio.Task[None] | None = None
        self.foresight = Foresight(exploration)
        super().__init__(view=self.offer())
        self.recall()

    def offer(self) -> dict[str, Any]:
        """What the browser part needs to build the form."""
        controls = [
            {"name": c.name, "label": c.label, "kind": c.kind, "start": c.start, "low": c.low, "high": c.high,
             "step": c.step, "unit": c.unit, "options": [list(pair) for pair in c.options]}
            for c in self.exploration.controls
        ]  # fmt: skip
        offer: dict[str, Any] = {
            "id": self.exploration.id,
            "title": self.exploration.title,
            "task": self.exploration.task,
            "controls": controls,
            "run_label": self.exploration.run_label,
        }
        if self.item is not None:
            offer["prediction"] = {**bank.public_view(self.item), "dont_know": grading.DONT_KNOW}
        return offer

    def recall(self) -> None:
        """Open the run when the record already holds a prediction."""
        if self.item is None:
            return
        event = self.record.latest(self.item.id)
        if event is not None:
            self.prediction = event.response
            self.compared = any(e.item == self.item.id and e.kind == "result" for e in self.record.events())
            self.predicted = {"text": reading.prediction_sentence(self.item, event.response)}

    def heard(self, content: dict[str, Any]) -> None:
        kind = content.get("type")
        if kind == "predict":
            self.predict(content.get("response"))
        elif kind == "run":
            self.run(content.get("values"))
        elif kind == "stop" and self.running is not None:
            self.running.cancel()
        elif kind == "refresh":
            self.recall()

    def predict(self, response: Any) -> None:
        """Keep a prediction in the record, then open the run."""
        if self.item is None:
            return
        outcome = grading.grade(self.item, response)
        if not outcome.records:
            self.send({"type": "said", "said": outcome.message})
            return
        event = self.record.answer(self.item, response, outcome)
        self.prediction, self.compared = response, False
        self.predicted = {"text": reading.prediction_sentence(self.item, response), "line": event.line()}
        self.foresight.expect_start()

    def run(self, values: dict[str, Any] | None = None) -> None:
        """Run with these settings (mended where needed) and show the view; refuses before a prediction."""
        if self.item is not None and self.prediction is None:
            self.apologise("First your prediction, then the run.")
            return
        if self.running is not None:
            self.running.cancel()
        settings = self.exploration.settings(values)
        made = self.foresight.made(settings)
        if isinstance(made, View):
            self.display(settings, made)
            self.foresight.look_ahead(settings)
        else:
            self.follow(settings, made)

    def follow(self, settings: dict[str, Any], steps: Iterator[float]) -> None:
        """Advance a long run between the kernel's other messages, so that Stop is heard."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.display(settings, self.exploration.view(settings))
            return
        self.running = loop.create_task(self.advance(settings, steps))

    async def advance(self, settings: dict[str, Any], steps: Iterator[float]) -> None:
        try:
            while True:
                self.send({"type": "progress", "done": float(next(steps))})
                await asyncio.sleep(0)
        except StopIteration as finished:
            self.foresight.keep(settings, finished.value)
            self.display(settings, finished.value)
        except asyncio.CancelledError:
            self.apologise("Stopped. Change a setting or press the button to run again.")
        except Exception:
            self.stumble("run")

    def display(self, settings: dict[str, Any], view: View) -> None:
        self.turn += 1
        comparison = self.comparison(view)
        self.keep_result(comparison)
        self.shown = {"turn": self.turn, "values": settings, **view_parts(view), "comparison": comparison}

    def keep_result(self, comparison: str) -> None:
        """Write the first result after a prediction beside it into the record."""
        if self.item is not None and comparison and not self.compared:
            self.record.append("result", item=self.item.id, lesson=self.item.lesson, response=comparison)
            self.compared = True

    def comparison(self, view: View) -> str:
        """Prediction and result side by side, in one sentence."""
        if self.item is None or self.exploration.compare is None:
            return ""
        if self.prediction == grading.DONT_KNOW:
            return "You left the prediction open; here is the result."
        return self.exploration.compare(self.prediction, view)

    def apologise(self, sentence: str = APOLOGY) -> None:
        self.turn += 1
        self.shown = {"turn": self.turn, "values": self.shown.get("values", {}), "apology": sentence}

    def rehearse(self) -> None:
        """Predict, then run at the start and at both ends of every control; raises where a learner would be let down."""
        trial = Explorer(self.exploration, Record.in_memory())
        trial.run()
        if self.item is not None:
            if not trial.shown.get("apology"):
                raise RuntimeError(f"Explorer {self.exploration.id} ran before a prediction was given.")
            for response in sendable(grading.rehearsal_responses(self.item)):
                trial._heard(trial, {"type": "predict", "response": response}, [])
        for settings in self.rehearsal_settings():
            trial.display(settings, self.exploration.view(settings))
            if not trial.shown.get("sentence"):
                raise RuntimeError(f"Explorer {self.exploration.id} said nothing at {settings}.")

    def rehearsal_settings(self) -> Iterator[dict[str, Any]]:
        start = self.exploration.settings()
        yield start
        for control in self.exploration.controls:
            ends = (
                [key for key, _ in control.options]
                if control.kind == "choice"
                else [control.low, control.high]
            )
            for end in ends:
                if control.kind != "step":
                    yield self.exploration.settings({**start, control.name: end})

    def still_html(self) -> str:
        view = self.exploration.view() if read_only_edition() else None
        return reading.still_exploration(self.exploration, self.item, view)

    def __repr__(self) -> str:
        return f"Explorer {self.exploration.id}: {self.exploration.title}"


def view_parts(view: View) -> dict[str, Any]:
    """A view as what the browser shows: picture, alternative text, caption, table, sentence."""
    parts: dict[str, Any] = {"sentence": view.sentence}
    table = view.table
    if view.picture is not None:
        picture = view.picture
        parts |= {
            "image": picture.data_url(),
            "alt": picture.alt,
            "caption": picture.caption_text(),
            "width": picture.width,
        }
        table = picture.table if table is None else table
    if table is not None:
        from ..figures import table_html

        parts["table"] = table_html(table, caption="The numbers of this run")
    return parts
