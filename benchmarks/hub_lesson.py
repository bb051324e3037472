"""The lesson of the rehearsal, and its twin in plain ipywidgets: as many questions, simulators, figures, words and pixels."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from .hub_place import ROOT

LESSONS = ("04_nine_children", "05_did_the_drug_do_it")
# What a teacher would write by hand: radio buttons, a button, a line for the reply; a slider with a figure of as many
# bars, words and pixels as ours; answers kept on the disk as ours are.
PLAIN = textwrap.dedent("""
    import json, os
    import ipywidgets as widgets
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    from IPython.display import display
    from scipy import stats

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
