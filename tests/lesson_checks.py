"""What the tests of several lessons ask of a simulator's view: the view itself, its marks of origin, its numbers in words."""

from __future__ import annotations

import re
from functools import cache

from jdm_teach import lessons
from jdm_teach.exercises.exploration import View
from jdm_teach.figures import Picture


@cache
def view(identity: str, **settings) -> View:
    """What the simulator shows at these settings; the others stay at their start."""
    return lessons.exploration(identity).view(settings)


def unmarked(shown: View) -> list[str]:
    """Where a simulated view does not say that it is simulated, or with which seed."""
    picture = shown.picture
    assert picture is not None
    seed = re.search(r"seed (\d+)", picture.caption)
    marks = {
        "origin": picture.origin == "simulated",
        "alternative text": "SIMULATED" in picture.alt,
        "sentence": "SIMULATED" in shown.sentence,
        "seed in the caption": seed is not None,
        "seed in the sentence": seed is not None and seed[0] in shown.sentence,
        "seed in the table": seed is not None and set(picture.table["seed"]) == {int(seed[1])},
    }
    return [place for place, marked in marks.items() if not marked]


def numbers_told(picture: Picture) -> set[str]:
    """The numbers of the alternative text that stand in the table too, as they are written or rounded; no seed."""
    table = picture.table.drop(columns="seed", errors="ignore")
    listed = set(re.findall(r"\d+(?:\.\d+)?", table.to_string()))
    listed |= {f"{abs(round(float(number)))}" for number in table.select_dtypes("number").to_numpy().ravel()}
    return set(re.findall(r"\d+(?:\.\d+)?", picture.alt)) & listed
