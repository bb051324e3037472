"""A class on a hub: students open the lesson at staggered starts, answer two questions and move one simulator.

Beside it, in the same run on the same hub, the same visit to the same lesson made of plain ipywidgets. The numbers of
students are those in JDM_HUB_STUDENTS, such as "10,20,30"; a rehearsal is bounded in students and in time.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import textwrap
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .hub_place import ROOT, Hub, hub_place, running_hub

if TYPE_CHECKING:
    from .hub_student import Times

STUDENTS = "10,20,30"
MOST = 40
STAGGER = 2.0
LESSONS = ("04_nine_children", "05_did_the_drug_do_it")
PEER = "the lesson in plain ipywidgets"
# What a teacher would write by hand: radio buttons, a button, a line for the reply; a slider with a figure of as many
# bars, words and pixels as ours; answers kept on the disk as ours are.
PLAIN = textwrap.dedent("""
    import json, os
    import ipywidgets as widgets
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    import seaborn as sns
    from IPython.display import display
    from scipy import stats

    sns.set_theme()

    def keep(item, response):
        with open("answers.jsonl", "a") as file:
            file.write(json.dumps({"item": item, "response": response}) + "\\n")
            file.flush()
            os.fsync(file.fileno())

    def question(item, stem, options, reply):
        choice = widgets.RadioButtons(options=options, value=None)
        button, line = widgets.Button(description="Submit"), widgets.HTML()
        def submit(_):
            keep(item, choice.value)
            line.value = reply
        button.on_click(submit)
        return widgets.VBox([widgets.Label(stem), choice, button, line])

    def seven(x, n):
        test, z, share = stats.binomtest(x, n), stats.norm.ppf(0.975), x / n
        found = {m: tuple(test.proportion_ci(method=m)) for m in ("exact", "wilson", "wilsoncc")}
        found["Jeffreys"] = tuple(stats.beta.ppf([0.025, 0.975], x + 0.5, n - x + 0.5))
        found["uniform prior"] = tuple(stats.beta.ppf([0.025, 0.975], x + 1, n - x + 1))
        half = z * np.sqrt(share * (1 - share) / n)
        found["Wald"] = (max(0, share - half), min(1, share + half))
        middle = (x + z * z / 2) / (n + z * z)
        half = z * np.sqrt(middle * (1 - middle) / (n + z * z))
        found["Agresti-Coull"] = (max(0, middle - half), min(1, middle + half))
        return pd.DataFrame([(m, 100 * a, 100 * b) for m, (a, b) in found.items()], columns=["method", "lower", "upper"])

    def intervals(count, n=9):
        frame = seven(count, n)
        figure, axes = plt.subplots(figsize=(7.2, 3.2), dpi=110, layout="constrained")
        for step, (method, low, high) in enumerate(frame.itertuples(index=False)):
            axes.plot([low, high], [-step, -step], linewidth=2.5)
            axes.text(101.5, -step, f"{low:.0f} to {high:.0f}%", va="center", fontsize=9.5)
            axes.text(-1.5, -step, method, va="center", ha="right", fontsize=9.5)
        axes.axvline(100 * count / n, linestyle="--")
        axes.set(xlim=(0, 100), ylim=(-6.6, 0.6), yticks=[], xlabel="percent, with 95% intervals")
        plt.show()
        display(frame.round(1))

    def simulator():
        count = widgets.IntSlider(min=0, max=9, value=3, description="count")
        return widgets.VBox([count, widgets.interactive_output(intervals, {"count": count})])
""")


def lesson() -> tuple[str, dict[str, Any]]:
    """The lesson of the rehearsal: its name and its notebook."""
    for name in LESSONS:
        file = ROOT / "notebooks" / f"{name}.ipynb"
        if file.exists():
            return name, json.loads(file.read_text(encoding="utf-8"))
    raise ValueError("neither lesson 04 nor lesson 05 is built")


def plain_twin(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook with every question, simulator and figure of ours replaced by one of plain ipywidgets."""
    from jdm_teach.exercises import bank

    cells = [{"cell_type": "code", "source": PLAIN}]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            cells.append(cell)
        elif asked := re.search(r'jdm\.ask\("([^"]+)"', source):
            item = bank.item(asked[1])
            options = [option.text for option in item.options] or ["yes", "no"]
            parts = (item.id, item.stem, options, item.explanation or "Kept.")
            cells.append({"cell_type": "code", "source": f"question{parts!r}"})
        elif "jdm.explore(" in source:
            cells.append({"cell_type": "code", "source": "simulator()"})
        elif "jdm.show(" in source:
            cells.append({"cell_type": "code", "source": "intervals(3)"})
    return {
        **notebook,
        "cells": [{"metadata": {}, "outputs": [], "execution_count": None, **cell} for cell in cells],
    }


async def rehearse(hub: Hub, count: int, *, ours: bool) -> tuple[list[Times], list[tuple[float, float]], int]:
    """One class of so many: what each waited for, what each costs in MB, and how many answers are on the disk."""
    from .hub_student import PATIENCE, Student

    name, notebook = lesson()
    notebook = notebook if ours else plain_twin(notebook)
    students = []
    for number in range(count):
        who = f"{'ours' if ours else 'plain'}{count}-{number:02d}"
        home = hub.homes / who
        home.mkdir(parents=True)
        (home / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        students.append(Student(hub, who, notebook, f"{name}.ipynb", ours=ours))
    visits = [student.attend(STAGGER * number) for number, student in enumerate(students)]
    await asyncio.wait_for(asyncio.gather(*visits), PATIENCE + STAGGER * count + 60)
    memory = [hub.memory(student.name) for student in students if not student.times.trouble]
    kept = sum(answers_on_disk(hub.homes / student.name, student.times.sent) for student in students)
    for student in students:
        await student.ask("DELETE", f"hub/api/users/{student.name}/server")
    return [student.times for student in students], memory, kept


def answers_on_disk(home: Path, sent: list[str]) -> int:
    """How many of the answers that were sent stand in the student's own file."""
    found = set()
    for file in (home / "jdm_record.jsonl", home / "answers.jsonl"):
        if file.exists():
            found |= {json.loads(line)["item"] for line in file.read_text(encoding="utf-8").splitlines()}
    return len(found & set(sent)) if "jdm_record.jsonl" in os.listdir(home) else len(found)


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))] if ordered else None


def rows_of(count: int, seen: dict[bool, tuple[list[Times], list[tuple[float, float]], int]]) -> list[dict]:
    """The table of one class size: ours beside the peer."""
    rows: list[dict] = []

    def add(
        job: str, unit: str, ours: float | None, peer: float | None, goal: str = "", note: str = ""
    ) -> None:
        ratio = peer / ours if ours and peer else None
        rows.append({"job": f"{count} students: {job}", "ours": ours, "unit": unit, "goal": goal, "peer": PEER,
                     "peer_value": peer, "ratio": ratio, "note": note})  # fmt: skip

    def both(values: dict[bool, list[float]], share: float, scale: float) -> list[float | None]:
        found = [quantile(values[ours], share) for ours in (True, False)]
        return [None if value is None else value * scale for value in found]

    kept = {ours: result[2] for ours, result in seen.items()}
    sent = {ours: sum(len(times.sent) for times in result[0]) for ours, result in seen.items()}
    trouble = [times.trouble for result in seen.values() for times in result[0] if times.trouble]
    note = f"{sent[True]} sent, peer {sent[False]} sent" + (f"; {len(trouble)} visits failed, such as {trouble[0]}" if trouble else "")  # fmt: skip
    add("answers on the disk", "answers", kept[True], kept[False], "all", note)
    rows[-1]["ratio"] = None
    for job, unit, scale, pick in (
        ("answer to reply", "ms", 1000, lambda t: t.replies),
        ("simulator run for the first time, with what it imports", "ms", 1000, lambda t: t.moves[:1]),
        ("simulator moved to picture", "ms", 1000, lambda t: t.moves[1:]),
        ("lesson opened, all cells run", "s", 1, lambda t: [t.lesson] if t.lesson else []),
        ("own server up", "s", 1, lambda t: [t.server] if t.server else []),
    ):
        values = {ours: [x for times in result[0] for x in pick(times)] for ours, result in seen.items()}
        goal = "≤ peer" if unit == "ms" and "first" not in job else ""
        for label, share in (("median", 0.5), ("95th percentile", 0.95)):
            ours, peer = both(values, share, scale)
            add(
                f"{job}, {label}", unit, ours, peer, goal, f"n = {len(values[True])} and {len(values[False])}"
            )
    totals = {ours: [sum(one) for one in result[1]] for ours, result in seen.items()}
    parts = [statistics.median(column) for column in zip(*seen[True][1], strict=True)] or [0.0, 0.0]
    ours, peer = both(totals, 0.5, 1)
    add("memory per student, median", "MB", ours, peer, "≤ peer", f"proportional set size; ours: server {parts[0]:.0f}, kernel {parts[1]:.0f}")  # fmt: skip
    return rows


def measure() -> list[dict]:
    counts = [
        min(MOST, max(1, int(count))) for count in os.environ.get("JDM_HUB_STUDENTS", STUDENTS).split(",")
    ]
    rows: list[dict] = []
    try:
        if find_spec("tornado") is None:
            raise ValueError("tornado, which speaks for the students, comes with JupyterLab (`make lab`)")
        with hub_place() as place:
            for turn, count in enumerate(counts):
                order = (True, False) if turn % 2 == 0 else (False, True)
                with running_hub(place) as hub:
                    seen = {ours: asyncio.run(rehearse(hub, count, ours=ours)) for ours in order}
                rows += rows_of(count, seen)
    except (ValueError, OSError, TimeoutError) as error:
        rows.append({"job": "a class on a hub", "ours": None, "note": f"not measured: {error}"})
    return rows
