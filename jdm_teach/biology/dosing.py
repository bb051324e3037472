"""Oral dosing: what a regimen does to the concentration in plasma, total and free.

>>> from jdm_teach.biology.dosing import Regimen, exposure, pk_set
>>> round(float(exposure(pk_set(), Regimen(5)).average_free_nM.iloc[0]))
30

Closed form throughout (see `pharmacokinetics`); drug constants come from `data/pathway/drugs.csv`, parameter
sets from `data/pathway/pk_sets.csv`. Teaching only: nothing here supports a dosing decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from jdm_teach.biology.drugs import Drug, drug
from jdm_teach.biology.pharmacokinetics import (
    Array,
    PKSet,
    Regimen,
    concentration,
    geometric,
    pk_set,
    pk_table,
    point_concentration,
    rates,
)
from jdm_teach.biology.quantities import choose, number, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PKSet",
    "Regimen",
    "concentration",
    "exposure",
    "hours_above",
    "pk_set",
    "pk_table",
    "point_concentration",
    "profile",
    "weight_bands",
]

NOT_ADVICE = "Teaching model, not a dosing recommendation."
# What each way of writing a concentration is called, and what it needs to get there from mg/L.
SCALES = ("total_mg_per_L", "total_ng_per_mL", "total_nM", "free_nM")


def in_unit(mg_per_L: Any, scale: str, compound: Drug) -> Any:
    """A concentration in mg/L on one of the four scales of `SCALES`."""
    if scale == "total_mg_per_L":
        return mg_per_L
    if scale == "total_ng_per_mL":
        return mg_per_L * 1000
    return compound.total_nM(mg_per_L) if scale == "total_nM" else compound.free_nM(mg_per_L)


def profile(pk: PKSet, regimen: Regimen, hours: float = 24.0, step_h: float = 0.05) -> pd.DataFrame:
    """The course of the concentration on every scale, as a tidy table.

    Columns: `patient` (virtual patients only), `time_h`, `total_mg_per_L`, `total_ng_per_mL`, `total_nM`,
    `free_nM`, `origin`. `attrs` carry units, origin, seed, source, assumptions and a caption.
    Raises ValueError for a grid that is not positive or has more than two million rows.

    >>> profile(pk_set(), Regimen(5, doses=1), hours=2, step_h=1).total_ng_per_mL.round(1).tolist()
    [0.0, 37.1, 29.6]
    """
    import pandas as pd

    hours, step_h = number(hours, "The horizon", "hours"), number(step_h, "The step", "hours", above=True)
    count = int(np.floor(hours / step_h + 1e-9)) + 1
    people = pk.patients or 1
    if count * people > 2_000_000:
        raise ValueError(
            f"That would be {count * people:,} rows; choose a longer step, a shorter horizon or fewer patients."
        )
    times = np.arange(count) * step_h
    compound = drug(pk.drug)
    total = concentration(times, pk, regimen)
    data: dict[str, Any] = {}
    if pk.patients is not None:
        data["patient"] = np.repeat(np.arange(1, people + 1), count)
    data["time_h"] = np.tile(times, people)
    data |= {scale: np.ravel(in_unit(total, scale, compound)) for scale in SCALES}
    frame = pd.DataFrame(data)
    frame["origin"] = "simulated" if pk.patients is not None else "derived"
    return described(frame, pk, regimen, "Plasma concentration")


def exposure(pk: PKSet, regimen: Regimen) -> pd.DataFrame:
    """Half-life, peak, trough, average and area over one dosing interval, exactly.

    One row per person. For a regimen with a number of doses it is the interval after the last one (a single
    dose: the first interval); for the steady state, any. The trough is the value just before the next
    absorption begins, the average is area / interval, `time_of_peak_h` counts from taking the dose.
    Columns in hours, ng/mL, ng·h/mL and nM. Missed doses are refused: there is then no typical interval.

    >>> row = exposure(pk_set(), Regimen(5)).iloc[0]
    >>> print(f"{row.half_life_h:.2f} h, {row.peak_ng_per_mL:.1f} ng/mL, {row.AUC_tau_ng_h_per_mL:.0f} ng·h/mL")
    3.05 h, 42.3 ng/mL, 190 ng·h/mL
    """
    import pandas as pd

    after = interval(pk, regimen)
    compound = drug(pk.drug)
    average = after["area"] / regimen.interval_h
    data = {
        "half_life_h": np.ravel(np.broadcast_to(np.asarray(pk.half_life_h)[..., None], np.shape(average))),
        "time_of_peak_h": np.ravel(after["peak_time"] + after["lag"]),
        "peak_ng_per_mL": np.ravel(after["peak"] * 1000),
        "trough_ng_per_mL": np.ravel(after["trough"] * 1000),
        "average_ng_per_mL": np.ravel(average * 1000),
        "AUC_tau_ng_h_per_mL": np.ravel(after["area"] * 1000),
        "peak_nM": np.ravel(compound.total_nM(after["peak"])),
        "trough_nM": np.ravel(compound.total_nM(after["trough"])),
        "average_nM": np.ravel(compound.total_nM(average)),
        "average_free_nM": np.ravel(compound.free_nM(average)),
    }
    frame = pd.DataFrame(data)
    if pk.patients is not None:
        frame.insert(0, "patient", np.arange(1, pk.patients + 1))
    frame["origin"] = "simulated" if pk.patients is not None else "derived"
    return described(frame, pk, regimen, "Exposure over one dosing interval")


def hours_above(threshold: float, pk: PKSet, regimen: Regimen, scale: str = "free_nM") -> Array:
    """Hours per dosing interval with the concentration above a threshold; shape (1,) or (N,).

    `scale` is one of total_mg_per_L, total_ng_per_mL, total_nM, free_nM. Between one absorption and the next
    the course rises once and falls once, so two bisections (to about 1e-9 h) give the answer exactly.
    Multiply by 24 / interval for hours per day.

    >>> float(hours_above(30, pk_set(), Regimen(5)).round(2)[0])
    4.84
    """
    limit = number(threshold, "The threshold", scale)
    limit = limit / in_unit(1.0, choose(scale, SCALES, "scale"), drug(pk.drug))
    after = interval(pk, regimen)
    course, end = after["course"], np.full_like(after["peak_time"], regimen.interval_h)

    def crossing(low: Array, high: Array, rising: bool) -> Array:
        for _ in range(45):
            middle = (low + high) / 2
            beyond = (course(middle) > limit) == rising
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        return (low + high) / 2

    start = np.where(after["start"] > limit, 0.0, crossing(np.zeros_like(end), after["peak_time"], True))
    stop = np.where(after["trough"] > limit, end, crossing(after["peak_time"], end, False))
    return np.ravel(np.where(after["peak"] > limit, stop - start, 0.0))


def interval(pk: PKSet, regimen: Regimen) -> dict[str, Any]:
    """The interval after the last dose, from the start of absorption: course, peak, trough, area (mg, L, h).

    Every array has shape (N, 1), or (1,) for the typical person.
    """
    if regimen.missed:
        raise ValueError("With missed doses no interval is typical; look at the profile instead.")
    ke, ka, lag, gain = rates(pk)
    tau = regimen.interval_h
    taken = np.inf if regimen.doses is None else regimen.doses
    scale = regimen.dose_mg * gain
    sum_e, sum_a = geometric(ke, tau, taken), geometric(ka, tau, taken)

    def course(phase: Array) -> Array:
        return scale * (np.exp(-ke * phase) * sum_e - np.exp(-ka * phase) * sum_a)

    peak_time = np.clip(np.log(ka * sum_a / (ke * sum_e)) / (ka - ke), 0.0, tau)
    area = scale * (sum_e * -np.expm1(-ke * tau) / ke - sum_a * -np.expm1(-ka * tau) / ka)
    shape = np.broadcast_shapes(peak_time.shape, scale.shape, lag.shape)
    peak_time = np.broadcast_to(peak_time, shape)
    return {
        "course": course,
        "peak_time": peak_time,
        "peak": course(peak_time),
        "start": course(np.zeros(shape)),
        "trough": course(np.full(shape, tau)),
        "area": np.broadcast_to(area, shape),
        "lag": np.broadcast_to(lag, shape),
    }


def described(frame: pd.DataFrame, pk: PKSet, regimen: Regimen, title: str) -> pd.DataFrame:
    """The same table with units, origin, seed, source, assumptions and caption attached to it."""
    sources = dict.fromkeys(c.source for c in pk.constants if c.source)
    who = f"{pk.population}" + (f" (n = {pk.n})" if pk.n else "")
    if pk.patients is not None:
        who = f"{pk.patients} virtual patients around {who}"
    units = {"total_mg_per_L": "mg/L", "total_ng_per_mL": "ng/mL", "total_nM": "nM", "free_nM": "nM free"}
    for column in frame.columns:
        if column.endswith(("_h", "_ng_per_mL", "_nM")):
            units.setdefault(column, {"h": "h", "L": "ng/mL", "M": "nM"}[column[-1]])
    units = {c: u for c, u in units.items() if c in frame.columns} | {
        c: "ng·h/mL" for c in frame.columns if c.startswith("AUC")
    }
    kind = "Simulated" if pk.patients is not None else "Derived from published summaries"
    frame.attrs |= {
        "units": units,
        "origin": "simulated" if pk.patients is not None else "derived",
        "seed": pk.seed,
        "source": "; ".join(sources),
        "assumptions": pk.assumptions(),
        "warnings": (),
        "caption": " ".join(
            [
                f"{title}: {pk.drug} {regimen.text()}, {who}. {kind} with a one-compartment oral model.",
                *pk.assumptions(),
                f"Source: {'; '.join(sources)}. {NOT_ADVICE}",
            ]
        ),
    }
    return frame


def weight_bands(name: str | None = None) -> pd.DataFrame:
    """Doses by weight band as labels, trials and studies printed them: facts to read, not advice.

    Columns: drug, kind (label, trial or study), population, weight_from_kg, weight_below_kg (blank: no upper
    limit), dose_mg, times_per_day, origin, source, where, verified, fact_ids. There is deliberately no
    function from a child's weight to a dose. Source: `data/pathway/weight_bands.csv`.

    >>> weight_bands("tofacitinib").query("kind == 'label'").dose_mg.tolist()
    [3.2, 4.0, 5.0]
    """
    import pandas as pd

    frame = pd.DataFrame(table_rows("weight_bands"))
    for column in ("weight_from_kg", "weight_below_kg", "dose_mg", "times_per_day"):
        frame[column] = pd.to_numeric(frame[column])
    if name is not None:
        frame = frame[frame.drug == choose(name, frame.drug.unique(), "drug with weight bands")]
        frame = frame.reset_index(drop=True)
    frame.attrs |= {
        "units": {
            "weight_from_kg": "kg",
            "weight_below_kg": "kg",
            "dose_mg": "mg",
            "times_per_day": "per day",
        },
        "origin": "published",
        "seed": None,
        "caption": "Weight bands as printed in a label, a trial or a study. Facts to read, never advice.",
    }
    return frame
