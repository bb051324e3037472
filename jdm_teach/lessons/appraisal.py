"""Lesson 08: the preview appraised question by question, and tools held against each other."""

from __future__ import annotations

from ..figures import Sheet
from .certainty_domains import CERTAINTY
from .equal_totals import ONE_QUESTION, two_series
from .tool_items import TOOL_ITEMS, TOOLS

__all__ = ["EXPLORATIONS", "STILLS", "WOULD_SETTLE"]

# What to look for in the full letter, question by question: ours, and no claim about what stands there.
WOULD_SETTLE = (
    "a definition of refractory: which treatments, how long, judged how",
    "one schedule for lung scans and lung function, and one antibody assay, for everyone",
    "how each child met the criteria, and the name of the assay",
    "a sentence that entry was consecutive, with dates",
    "how many children were eligible, and why any were left out",
    "answered; what ± means would make it firmer",
    "lung, skin and muscle findings at the start",
    "outcomes, time of follow-up, losses and harms for all nine",
    "the service, and how children are referred to it",
    "the method, and every factor that was looked at",
)
JBI_COLUMNS = ["no.", "asks whether", "model answer", "why", "facts", "what would settle it"]


def model_appraisal() -> Sheet:
    """The ten questions with the model's answer, reason, facts, and what would settle them."""
    import pandas as pd

    from ..evidence import appraisal_counts, appraisal_items

    rows = [
        (item["number"], item["paraphrase"], given["answer"], given["reason"],
         ", ".join(given["extract_facts"]), settle)
        for item, settle in zip(appraisal_items("JBI"), WOULD_SETTLE, strict=True)
        if (given := item["model_appraisal"])
    ]  # fmt: skip
    counts = appraisal_counts("JBI")
    return Sheet(
        pd.DataFrame(rows, columns=JBI_COLUMNS),
        caption=f"Ten questions of the JBI checklist in our paraphrase, answered from the public extract [XUE23]: "
        f"{counts['yes']} yes, {counts['unclear']} unclear. The last column is what we would look for in the full letter. "
        "No total is meant.",
        origin="derived",
    )


def leaning_on(fact: str) -> Sheet:
    """Every question of every tool whose model answer rests on one line of the fact sheet."""
    import pandas as pd

    from ..evidence import appraisal_items

    rows = [
        (TOOLS[item["instrument"]].partition(":")[0], item["number"], item["paraphrase"], given["answer"], given["reason"])
        for item in appraisal_items()
        if (given := item["model_appraisal"]) and fact in given["extract_facts"]
    ]  # fmt: skip
    answers = dict.fromkeys(row[3] for row in rows)
    return Sheet(
        pd.DataFrame(rows, columns=["tool", "no.", "asks whether", "model answer", "why"]),
        caption=f"One line of the preview, {fact}, under {len(rows)} questions: answers {', '.join(answers)}. "
        "All in our paraphrase, from the public extract [XUE23].",
        origin="derived",
    )


EXPLORATIONS = {"08t": TOOL_ITEMS, "08s": ONE_QUESTION, "08g": CERTAINTY}
STILLS = {"08-jbi": model_appraisal, "08-one-line": lambda: leaning_on("E10"), "08-two-series": two_series}
