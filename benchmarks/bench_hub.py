"""A class on a hub: students open the lesson at staggered starts, answer two questions and move one simulator.

Beside it, in the same run by the same students on the same servers, the same visit to the same lesson made of plain
ipywidgets. The numbers of students are those in JDM_HUB_STUDENTS, such as "10,20,30"; a rehearsal is bounded in students
and in time, prints each class as it ends, and leaves no process behind. JDM_HUB_PLACE keeps the environment between runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from .__main__ import as_markdown
from .hub_lesson import lesson, plain_twin
from .hub_place import Cost, Hub, hub_place, running_hub

if TYPE_CHECKING:
    from .hub_student import Times

STUDENTS = "10,20,30"
MOST = 40
STAGGER = 1.5
LONGEST = 540
PEER = "the lesson in plain ipywidgets"


@dataclass
class Visits:
    """What a class met with one kind of lesson: what each waited for, what each cost, how many answers are on the disk."""

    times: list[Times]
    costs: list[Cost]
    kept: int

    def picked(self, pick: Callable[[Times], list[float]]) -> list[float]:
        return [value for one in self.times for value in pick(one)]

    @property
    def sent(self) -> int:
        return sum(len(one.sent) for one in self.times)

    @property
    def trouble(self) -> list[str]:
        return [one.trouble for one in self.times if one.trouble]


async def rehearse(hub: Hub, count: int, order: Sequence[bool]) -> dict[bool, Visits]:
    """One class of so many. All start their servers; then all visit our lesson (True) and its plain twin in this order."""
    from .hub_student import Student

    name, notebook = lesson()
    notebooks = {True: notebook, False: plain_twin(notebook)}
    students = [Student(hub, f"student{number:02d}") for number in range(count)]
    for student in students:
        (hub.homes / student.name).mkdir(parents=True)
        for ours, written in notebooks.items():
            file = hub.homes / student.name / f"{name}_{'ours' if ours else 'plain'}.ipynb"
            file.write_text(json.dumps(written), encoding="utf-8")
    await asyncio.gather(*(student.arrive() for student in students))
    seen = {}
    for ours in order:
        path = f"{name}_{'ours' if ours else 'plain'}.ipynb"
        await asyncio.gather(*(
            student.attend(notebooks[ours], path, STAGGER * number, ours=ours) for number, student in enumerate(students)
        ))  # fmt: skip
        costs = [hub.cost(student.name) for student in students if not student.times.trouble]
        kept = sum(answers_on_disk(hub.homes / one.name, one.times.sent, ours=ours) for one in students)
        seen[ours] = Visits([student.times for student in students], costs, kept)
        await asyncio.gather(*(student.leave() for student in students))
        for student in students:
            # A visit that failed says nothing about the next one, a server that never came does.
            if student.times.server:
                student.times.trouble = ""
    return seen


def answers_on_disk(home: Path, sent: list[str], *, ours: bool) -> int:
    """How many of the answers that were sent stand in the student's own file."""
    file = home / ("jdm_record.jsonl" if ours else "answers.jsonl")
    if not file.exists():
        return 0
    found = {json.loads(line).get("item") for line in file.read_text(encoding="utf-8").splitlines()}
    return len(found & set(sent)) if ours else len(found)


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that at least this share of all do not exceed.

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5), quantile([1.0, 2.0], 0.95), quantile([], 0.5)
    (2.0, 2.0, None)
    """
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


SHARES = (("median", 0.5), ("95th percentile", 0.95))
WAITS: tuple[tuple[str, str, float, str, Callable[[Times], list[float]]], ...] = (
    ("answer to reply", "ms", 1000, "≤ peer", lambda t: t.replies),
    ("simulator moved to picture", "ms", 1000, "≤ peer", lambda t: t.moves),
    ("first run after the prediction (the peer draws while it opens)", "ms", 1000, "", lambda t: t.first_run),
    ("lesson opened, all cells run", "s", 1, "", lambda t: [one for one in (t.lesson,) if one]),
)  # fmt: skip


def rows_of(count: int, seen: dict[bool, Visits]) -> list[dict]:
    """The table of one class size: ours beside the peer."""
    ours, peer = seen[True], seen[False]
    rows: list[dict] = []

    def add(
        job: str, unit: str, mine: float | None, others: float | None, goal: str = "", note: str = ""
    ) -> None:
        ratio = others / mine if mine and others else None
        rows.append({"job": f"{count} students: {job}", "ours": mine, "unit": unit, "goal": goal,
                     "peer": PEER if others is not None else None, "peer_value": others, "ratio": ratio, "note": note})  # fmt: skip

    failed = [*ours.trouble, *peer.trouble]
    note = f"{ours.sent} of {3 * count} sent, peer {peer.sent} of {2 * count}"
    note += f"; {len(failed)} visits failed, such as {failed[0]}" if failed else ""
    add("answers on the disk", "answers", ours.kept, peer.kept, "all sent", note)
    rows[-1]["ratio"] = None

    def both(found: Callable[[Visits], list[float]], share: float) -> tuple[float | None, float | None]:
        return quantile(found(ours), share), quantile(found(peer), share)

    for job, unit, scale, goal, pick in WAITS:
        n = f"n = {len(ours.picked(pick))} and {len(peer.picked(pick))}"
        for label, share in SHARES:
            mine, others = (quantile([scale * x for x in seen.picked(pick)], share) for seen in (ours, peer))
            add(f"{job}, {label}", unit, mine, others, goal, n)
    kernels = both(lambda seen: [one.kernel for one in seen.costs], 0.5)
    parts = "proportional set size; kernel alone " + " and ".join(f"{one or 0:.0f}" for one in kernels)
    for label, share in SHARES:
        mine, others = both(lambda seen: [one.server + one.kernel for one in seen.costs], share)
        add(f"memory per student, {label}", "MB", mine, others, "≤ peer", parts)
    mine, others = both(lambda seen: [one.seconds for one in seen.costs], 0.5)
    add(
        "processor of a student's kernel, median",
        "s",
        mine,
        others,
        "≤ peer",
        "start, lesson, answers, moves",
    )
    ups = [one.server for one in ours.times if one.server]
    for label, share in SHARES:
        add(f"own server up after the click, all at once, {label}", "s", quantile(ups, share), None)
    return rows


def class_sizes() -> list[int]:
    """The numbers of students asked for. Raises ValueError for anything but whole numbers."""
    wanted = os.environ.get("JDM_HUB_STUDENTS", STUDENTS)
    try:
        return [min(MOST, max(1, int(count))) for count in wanted.split(",")]
    except ValueError as error:
        raise ValueError(f'JDM_HUB_STUDENTS is {wanted!r}; write numbers such as "10,20,30"') from error


@contextlib.contextmanager
def ended_by_terminate() -> Iterator[None]:
    """Being terminated counts as being interrupted, so that the hub and its students end too."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def measure() -> list[dict]:
    rows: list[dict] = []
    ends = time.monotonic() + LONGEST

    def take(found: list[dict]) -> None:
        rows.extend(found)
        print(as_markdown(found), flush=True)

    try:
        if find_spec("tornado") is None:
            raise ValueError("tornado, which speaks for the students, comes with JupyterLab (`make lab`)")
        sizes = class_sizes()
        with ended_by_terminate(), hub_place() as place:
            for turn, count in enumerate(sizes):
                order = (True, False) if turn % 2 == 0 else (False, True)
                try:
                    with running_hub(place) as hub:
                        visits = asyncio.wait_for(
                            rehearse(hub, count, order), max(1.0, ends - time.monotonic())
                        )
                        take(rows_of(count, asyncio.run(visits)))
                except TimeoutError:
                    note = f"not measured: more than {LONGEST} s for all classes together"
                    take([{"job": f"{count} students", "ours": None, "note": note}])
    except (ValueError, OSError) as error:
        rows.append({"job": "a class on a hub", "ours": None, "note": f"not measured: {error}"})
    return rows
