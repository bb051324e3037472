"""The worked figures of the pathway model: made, readable, and equal to runs that know nothing of them.

`JDM_FIGURES=folder pytest tests/unit/test_protocol_figures.py` leaves the pictures in that folder, to be looked at.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

import jdm_teach as jdm
from jdm_teach import evidence, lessons
from jdm_teach.biology.dosing import pk_set
from jdm_teach.biology.gene_response import gene_response
from jdm_teach.biology.pathway import Knobs, bolus, constant, prestimulation, run, source_loop
from jdm_teach.biology.protocols import LOOP_SENTENCE
from jdm_teach.biology.signature import cut_off
from jdm_teach.biology.virtual_cohort import run_cohort
from jdm_teach.lessons.curve_marks import LINES

PAGE = Path(__file__).resolve().parents[2] / "docs/guides/pathway_worked.md"
ORIGINS = {
    "03-bolus": "simulated",
    "03-chronic": "simulated",
    "03-prestimulation": "simulated",
    "03-drug": "simulated",
    "03-loop": "assumed",
    "03-dose-to-score": "assumed",
}
# Names with a digit in them are not numbers.
NAMES = re.compile(r"STAT\d|ISGF3|USP18|IRF9|step \d")
NUMBER = re.compile(r"\d[\d,]*\.?\d*")
FINE, EXACT = 4001, 1e-7


@pytest.fixture(scope="module")
def figures():
    """Each figure made once; and written down where a person asked for them."""
    made = {identity: jdm.show(identity) for identity in ORIGINS}
    if folder := os.environ.get("JDM_FIGURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for identity, figure in made.items():
            (Path(folder) / f"{identity}.png").write_bytes(figure.png)
            (Path(folder) / f"{identity}.html").write_text(figure.to_html(), encoding="utf-8")
    return made


def numbers(text: str) -> set[float]:
    """The numbers of a text, thousands and the dots of sentences understood.

    >>> sorted(numbers("pSTAT1 53,900 at 0.2 hours."))
    [0.2, 53900.0]
    """
    return {float(found.replace(",", "").rstrip(".")) for found in NUMBER.findall(NAMES.sub(" ", text))}


def solved(protocol, readout, start, end, inhibition=0.0, knobs=None):
    """Hours and values on an even grid of our own, with a thousandth of the usual tolerance."""
    times = np.linspace(start, end, FINE)
    return times, run(protocol, inhibition, knobs, times, [readout], EXACT).value(readout)


def highest(protocol, readout, start, end, **how):
    times, values = solved(protocol, readout, start, end, **how)
    return values.max(), times[values.argmax()]


def close(value):
    """Three significant digits printed, a solver held to half a per cent."""
    return pytest.approx(value, rel=0.01)


@pytest.mark.parametrize("identity", ORIGINS)
def test_each_protocol_has_a_picture_that_decodes_and_is_not_blank(figures, identity):
    from PIL import Image

    with Image.open(io.BytesIO(figures[identity].png)) as image:
        image.load()
        assert image.format == "PNG"
        assert image.width >= 800
        grey = np.asarray(image.convert("L"))
    ink = (grey < 140).mean()
    assert 0.01 < ink < 0.3
    # Something is drawn in every quarter of the picture, not only in a corner.
    rows, columns = grey.shape[0] // 2, grey.shape[1] // 2
    for quarter in (
        grey[:rows, :columns],
        grey[:rows, columns:],
        grey[rows:, :columns],
        grey[rows:, columns:],
    ):
        assert (quarter < 140).mean() > 0.004


@pytest.mark.parametrize("identity", ORIGINS)
def test_each_figure_has_words_an_origin_and_a_table_small_enough_to_read(figures, identity):
    figure = figures[identity]
    assert figure.origin == ORIGINS[identity]
    assert 150 < len(figure.alt) < 900
    assert 3 <= len(figure.table) <= 12
    assert len(figure.table.columns) <= 7
    assert not figure.table.isna().any().any()
    assert "Kok 2020 [JS11]" in figure.caption or "adults with ulcerative colitis" in figure.caption
    assert "nan" not in f"{figure.alt} {figure.caption}".lower().split()
    for fact_id in re.findall(r"\b(?:JS\d\d|PKN\d{3})\b", figure.caption):
        assert evidence.fact(fact_id)


@pytest.mark.parametrize("identity", ORIGINS)
def test_every_number_of_the_alternative_text_stands_in_the_table(figures, identity):
    figure = figures[identity]
    cells = " ; ".join(f"{cell:.6g}" if isinstance(cell, float) else str(cell) for cell in figure.table.to_numpy().ravel())  # fmt: skip
    shown = numbers(f"{cells} ; {' ; '.join(figure.table.columns)}")
    said = numbers(figure.alt)
    assert len(said) >= 8
    assert said - shown <= ({cut_off()} if identity == "03-dose-to-score" else set())


def test_the_lines_can_be_told_apart_without_colour():
    assert len({str(look["linestyle"]) for look in LINES}) == len(LINES)


def test_the_peaks_after_one_dose_are_those_of_a_run_of_its_own(figures):
    for row in figures["03-bolus"].table.itertuples(index=False):
        for readout, (height, hour) in zip(
            ("pSTAT1_total", "ISGF3n", "FC_USP18mRNA"), (row[1:3], row[3:5], row[5:7]), strict=True
        ):
            # The signal after a large dose peaks within minutes.
            top, at = highest(bolus(row[0]), readout, 0, 2 if hour < 1 else 16)
            assert height == close(top)
            assert hour == pytest.approx(at, abs=0.1)


def test_the_signal_comes_before_the_complex_and_the_gene_and_the_cell_saturates(figures):
    table = figures["03-bolus"].table.set_index("interferon alpha once, pM")
    hours = table[["peak of pSTAT1, h", "peak of ISGF3, h", "peak of USP18 mRNA, h"]].to_numpy()
    assert (np.diff(hours, axis=1) > 0.9).all()
    # "Fifty times the dose gives three times the signal and twice the gene."
    ratios = table.loc[1400.0] / table.loc[28.0]
    assert ratios["highest pSTAT1, molecules/cell"] == pytest.approx(3, abs=0.2)
    assert ratios["highest USP18 mRNA, fold"] == pytest.approx(2, abs=0.2)


def test_four_weeks_of_interferon_are_those_of_the_other_integrator(figures):
    table = figures["03-chronic"].table
    levels = table["interferon alpha held, fM"].to_numpy() / 1000
    times = np.unique(np.concatenate([np.linspace(0, 48, 961), [672.0]]))
    cohort = run_cohort(constant(levels, 672), times_h=times, tolerance=1e-4)
    signal, gene = cohort.value("pSTAT1_total"), cohort.value("FC_IRF9mRNA")
    assert table["highest pSTAT1, molecules/cell"].to_numpy() == close(signal.max(axis=0))
    assert table["highest IRF9 mRNA, fold"].to_numpy() == close(gene.max(axis=0))
    assert table["pSTAT1 on day 28, molecules/cell"].to_numpy() == close(signal[-1])
    assert table["IRF9 mRNA on day 28, fold"].to_numpy() == close(gene[-1])
    assert table["peak of pSTAT1, h"].to_numpy() == pytest.approx(times[signal.argmax(axis=0)], abs=0.25)


def test_under_constant_interferon_the_signal_settles_the_more_the_stronger_it_was(figures):
    table = figures["03-chronic"].table
    settled = table["pSTAT1 on day 28, molecules/cell"] / table["highest pSTAT1, molecules/cell"]
    assert settled.is_monotonic_decreasing
    # Computed from the published model with libroadrunner.
    published = [1.26, 1.75, 3.2, 5.9, 10.8, 16.2, 22]
    assert table["IRF9 mRNA on day 28, fold"].to_numpy() == pytest.approx(published, rel=0.02)


def test_the_answers_to_a_second_dose_are_those_of_a_run_of_its_own(figures):
    for what, first, height, _ in figures["03-prestimulation"].table.itertuples(index=False):
        readout = "pSTAT1_cytoplasm" if "cytoplasm" in what else "ISGF3n"
        knobs = Knobs(usp18_gain=0.0) if "cannot rise" in what else None
        top, _ = highest(prestimulation(first, 1400.0), readout, 24, 48, knobs=knobs)
        assert height == close(top)


def test_a_low_first_dose_sensitises_and_a_high_one_desensitises_unless_the_brake_is_cut(figures):
    table = figures["03-prestimulation"].table
    share = {what: rows["% of fresh cells"].tolist() for what, rows in table.groupby("reading")}
    none, low, middle, high = share["nuclear ISGF3"]
    assert low > middle > none == 100 > high
    assert share["pSTAT1 in the cytoplasm"] == sorted(share["pSTAT1 in the cytoplasm"], reverse=True)
    assert min(share["nuclear ISGF3, USP18 cannot rise"]) == 100
    # "Still rises when the run ends": the cut cells are highest at the last hour.
    for first in (0.0, 1400.0):
        _, at = highest(prestimulation(first, 1400.0), "ISGF3n", 24, 48, knobs=Knobs(usp18_gain=0.0))
        assert at == 48


def test_the_areas_lost_to_half_the_activity_are_those_of_a_run_of_its_own(figures):
    table = figures["03-drug"].table.set_index("interferon alpha")
    protocols = {
        "28 pM once": bolus(28),
        "84 fM held": constant(0.084, hours=168, settled_h=672),
        "2.8, then 1400 pM": prestimulation(2.8, 1400),
    }
    assert set(protocols) == set(table.index)
    for what, protocol in protocols.items():
        start, end = (float(x) for x in table["hours read"][what].split(" to "))
        assert end - start == 24
        for readout, words in (("pSTAT1_total", "pSTAT1"), ("ISGF3n", "nuclear ISGF3"), ("FC_IRF9mRNA", "IRF9 mRNA")):  # fmt: skip
            # A trapezium by hand; a dose is given at the very start, so the grid is dense there.
            times = start + 24 * np.linspace(0, 1, FINE) ** 3
            full, half = (trapezoid(run(protocol, share, times_h=times, tolerance=1e-6).value(readout), times) for share in (0, 0.5))  # fmt: skip
            assert table[f"{words}: % lost"][what] == pytest.approx(100 * (1 - half / full), abs=0.8)


def test_half_the_kinase_activity_never_costs_half_of_the_signal(figures):
    table = figures["03-drug"].table
    lost = table[[name for name in table.columns if "% lost" in name]].to_numpy()
    assert (lost > 0).all() and (lost < 50).all()
    assert "ASSUMED share that belongs to no drug" in figures["03-drug"].caption


def test_the_page_says_rightly_why_half_the_activity_is_not_half_the_gene():
    # "After the largest dose nearly all STAT2 is in use, with half of the activity too."
    for share in (0.0, 0.5):
        cell = run(bolus(1400.0, hours=4), share, readouts=["pSTAT2_total", "STAT2c", "STAT2n"])
        in_use, *free = cell.fine_values[:, cell.fine_times_h.searchsorted(0.3)]
        assert in_use / (in_use + sum(free)) > 0.8
    # Of the gene, the resting part stays: the part that interferon added falls nearly as far as the occupancy.
    protocol = constant(0.084, hours=168, settled_h=672)
    full, half = (run(protocol, share, times_h=[168], tolerance=EXACT) for share in (0.0, 0.5))
    occupancy, gene = ([r.value(name)[0] for r in (full, half)] for name in ("OccGAS_ISREbs", "FC_IRF9mRNA"))
    added = 1 - (gene[1] - 1) / (gene[0] - 1)
    assert 1 - gene[1] / gene[0] < added - 0.05 < added < 1 - occupancy[1] / occupancy[0] < added + 0.03


def test_the_loop_says_that_it_is_ours_and_illustrative(figures):
    figure = figures["03-loop"]
    assert LOOP_SENTENCE in figure.caption
    assert "ours and illustrative" in LOOP_SENTENCE
    assert figure.caption_text().startswith("ASSUMED")


def test_the_loops_stand_where_long_runs_of_their_own_end(figures):
    table = figures["03-loop"].table
    removed = table["kinase activity removed, %"].to_numpy() / 100
    for what, constants in (("graded loop", {}), ("switch-like loop", {"trigger": 0.1, "amplification": 10, "half": 0.03, "steepness": 2})):  # fmt: skip
        for row in (0, 3, 5, 8):
            ends = run(source_loop(hours=672, settled_h=672, **constants), float(removed[row]), times_h=[100, 672], tolerance=EXACT)  # fmt: skip
            assert table[f"{what}: IRF9 mRNA, fold"][row] == close(ends.value("FC_IRF9mRNA")[-1])
            assert table[f"{what}: interferon, fM"][row] == close(1000 * ends.value("IFN_pM")[-1])
    level = table["graded loop: interferon, fM"][0] / 1000
    for row in (0, 5):
        held = run(constant(level, 672, 672), float(removed[row]), times_h=[672], tolerance=EXACT)
        assert table["no loop, interferon held: IRF9 mRNA, fold"][row] == close(held.value("FC_IRF9mRNA")[-1])


def test_a_loop_makes_the_drug_look_stronger_and_a_steep_one_collapses(figures):
    table = figures["03-loop"].table.set_index("kinase activity removed, %")
    left = {what: table[f"{what}: IRF9 mRNA, fold"] / table[f"{what}: IRF9 mRNA, fold"][0]
            for what in ("no loop, interferon held", "graded loop", "switch-like loop")}  # fmt: skip
    assert left["no loop, interferon held"][50] > left["graded loop"][50] > left["switch-like loop"][50]
    assert left["switch-like loop"][30] > 0.7
    assert left["switch-like loop"][40] < 0.2


def test_the_four_steps_from_dose_to_score_are_those_taken_one_by_one(figures):
    table = figures["03-dose-to-score"].table.set_index("step")
    without, low, mean, high = (table[f"{kind} drug"] for kind in ("mean without", "lowest with", "mean with", "highest with"))  # fmt: skip
    # 1: twice-daily doses added up with the textbook one-compartment formula, 60% unbound, 312.37 g/mol.
    clearance, volume, ka, lag = (evidence.value(f"PKN00{number}").number for number in (1, 2, 3, 4))
    assert pk_set().CL_F == clearance

    def removed(hours):
        since = np.asarray(hours, float)[..., None] - lag + 12 * np.arange(0, 60)
        since = np.maximum(since - 12 * 20, 0)
        one = (
            ka
            / (volume * (ka - clearance / volume))
            * (np.exp(-clearance / volume * since) - np.exp(-ka * since))
        )
        free = 5 * one.sum(axis=-1) / 312.37 * 1e6 * 0.60
        return free, free / (30 + free)

    day = np.linspace(0, 24, 2401)
    # Doses at -240, -228 … h: a steady state long since, and every dose of the day.
    free, share = removed(day)
    for step, course in (("1 free drug", free), ("2 kinase activity removed", 100 * share)):
        assert [low[step], mean[step], high[step]] == pytest.approx([course.min(), course.mean(), course.max()], rel=0.015)  # fmt: skip
    # 3: the same cell, driven by that course read modulo a day.
    times = np.linspace(144, 168, 1201)
    protocol = constant(0.084, hours=168, settled_h=672)
    treated = run(protocol, lambda t: np.interp(np.mod(t, 24), day, share), times_h=times)
    untreated = run(protocol, times_h=times)
    for step, readout in (("3 pSTAT1", "pSTAT1_total"), ("3 IRF9 mRNA", "FC_IRF9mRNA")):
        course = treated.value(readout)
        assert [without[step], low[step], mean[step], high[step]] == close(
            [untreated.value(readout).mean(), course.min(), course.mean(), course.max()]
        )
    # 4: the median of six genes, each 1 + E·O/(K + O).
    genes = gene_response()
    courses = [
        np.median([1 + largest * o / (0.121 + o) for largest in genes.largest], axis=0)
        for o in (untreated.value("OccGAS_ISREbs"), treated.value("OccGAS_ISREbs"))
    ]
    score = "4 six-gene score"
    assert [without[score], low[score], mean[score], high[score]] == close(
        [courses[0].mean(), courses[1].min(), courses[1].mean(), courses[1].max()]
    )


def test_the_constant_of_tofacitinib_is_said_to_be_assumed_under_its_figure(figures):
    caption = figures["03-dose-to-score"].caption
    assert "30 nM free (assumed" in caption
    assert "half-saturated at occupancy 0.121 (assumed)" in caption
    assert "not a dosing recommendation" in caption


def test_the_page_of_the_reading_edition_shows_every_figure_and_its_lines_run(figures):
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r'jdm\.show\("(.+?)"\)', page) == list(ORIGINS)
    assert set(ORIGINS) <= set(lessons.stills("03"))
    *lines, imports = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(lines) == len(ORIGINS)
    # The page's own lines are run, so that they cannot go stale.
    names: dict[str, object] = {}
    exec(imports, names)
    for line in lines:
        assert eval(line, names) is not None
