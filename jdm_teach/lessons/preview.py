"""Lesson 01: the fact sheet of the preview, and what it lets a checklist answer."""

from __future__ import annotations

from ..figures import Sheet

__all__ = ["EXPLORATIONS", "STILLS"]

EXPLORATIONS: dict = {}


def fact_sheet() -> Sheet:
    """Every extract fact with its id, in our own words."""
    import pandas as pd

    from ..evidence import extract_facts

    rows = [
        (fact_id, text.replace("+/-", "±").replace(" ... ", " … "))
        for fact_id, text in extract_facts().items()
    ]
    return Sheet(
        pd.DataFrame(rows, columns=["fact", "what the public text says, in our words"]),
        caption="The public extract of the letter [XUE23], line by line.",
        origin="published",
    )


def jbi_answers() -> Sheet:
    """The ten items of the case-series checklist, paraphrased, with the answer the preview allows."""
    import pandas as pd

    from ..evidence import appraisal_items

    rows = [
        (item["number"], item["paraphrase"], item["model_appraisal"]["answer"], item["model_appraisal"]["reason"],
         ", ".join(item["model_appraisal"]["extract_facts"]))
        for item in appraisal_items("JBI")
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["item", "asks whether", "from the preview", "why", "facts"])
    answered = int((frame["from the preview"] != "unclear").sum())
    return Sheet(
        frame,
        caption=f"Ten checklist items in our paraphrase: {answered} can be answered from the preview, "
        f"{len(frame) - answered} cannot. No total score is meant.",
        origin="derived",
    )


STILLS = {"01-facts": fact_sheet, "01-jbi": jbi_answers}
