"""One compartment, first-order absorption: parameter sets as data, and the closed form of every course.

The amount absorbed and not yet cleared after a dose D is a difference of two exponentials. Doses add up, so
any number of equal doses is two geometric sums: the cost of a time point does not depend on how many tablets
came before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import exp, floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jdm_teach.biology.quantities import Constant, choose, number, numbers, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PKSet", "Regimen", "concentration", "pk_set", "pk_table", "point_concentration"]

Array = NDArray[np.float64]
PARAMETERS = ("CL_F", "V_F", "ka", "lag")


@dataclass(frozen=True)
class Regimen:
    """Equal oral doses at equal times, the first at 0 h.

    `doses` is how many were taken: 1 is a single dose, None means "for ever", the periodic steady state.
    `missed` lists doses that were not taken (0 is the one at time 0). Teaching only, not a dosing decision.
    """

    dose_mg: float
    interval_h: float = 12.0
    doses: int | None = None
    missed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        number(self.dose_mg, "The dose", "mg")
        number(self.interval_h, "The dosing interval", "hours", above=True)
        if self.doses is not None and (self.doses != int(self.doses) or self.doses < 1):
            raise ValueError(f"The number of doses must be a whole number of 1 or more; got {self.doses}.")
        if any(i != int(i) or i < 0 for i in self.missed) or len(set(self.missed)) < len(self.missed):
            raise ValueError("Missed doses are whole numbers, each named once; 0 is the dose at time 0.")
        if self.doses is not None and any(i >= self.doses for i in self.missed):
            raise ValueError(f"Only doses 0 to {self.doses - 1} exist, so a later one cannot be missed.")

    def text(self) -> str:
        """The regimen in words."""
        if self.doses == 1:
            return f"{self.dose_mg:g} mg once"
        count = "steady state" if self.doses is None else f"{self.doses} doses"
        skipped = f", {len(self.missed)} missed" if self.missed else ""
        return f"{self.dose_mg:g} mg every {self.interval_h:g} h, {count}{skipped}"


@dataclass(frozen=True, eq=False)
class PKSet:
    """CL/F (L/h), V/F (L), ka (1/h) and lag (h) of one typical person, or arrays for N virtual patients.

    `constants` holds each parameter with its origin, source and fact ids; `cv` the between-patient
    coefficients of variation that were seen; `observed` the published exposures to compare with.
    """

    name: str
    drug: str
    population: str
    n: int | None
    CL_F: Any
    V_F: Any
    ka: Any
    lag: Any
    constants: tuple[Constant, ...] = ()
    cv: Mapping[str, float] = field(default_factory=dict)
    observed: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None
    note: str = ""

    @property
    def patients(self) -> int | None:
        """How many virtual patients, or None for the typical person."""
        sizes = [np.size(getattr(self, p)) for p in PARAMETERS if np.ndim(getattr(self, p))]
        return max(sizes) if sizes else None

    @property
    def ke(self) -> Any:
        """Elimination rate CL/V, 1/h."""
        return self.CL_F / self.V_F

    @property
    def half_life_h(self) -> Any:
        """ln 2 / ke, hours."""
        return np.log(2) / self.ke

    @property
    def origin(self) -> str:
        """`simulated` for virtual patients; otherwise the weakest origin among the four parameters."""
        if self.patients is not None:
            return "simulated"
        found = {constant.origin for constant in self.constants if constant.name in PARAMETERS}
        return next((o for o in ("assumed", "derived") if o in found), "published")

    def assumptions(self) -> tuple[str, ...]:
        """Which parameters were assumed or borrowed, and how virtual patients were drawn."""
        borrowed = [
            f"{c.name} {c.value:g} {c.unit} ({c.formula or c.note})"
            for c in self.constants
            if c.origin == "assumed" and c.name in PARAMETERS
        ]
        found = [f"Assumed in {self.name}: {'; '.join(borrowed)}."] if borrowed else []
        return (*found, self.note) if self.note else tuple(found)

    def virtual_patients(self, n: int, seed: int, cv: Mapping[str, float] | None = None) -> PKSet:
        """N simulated people around this typical one, log-normal, parameters independent.

        The typical value is the median and sigma is sqrt(ln(1 + CV²)). Parameters whose variability was not
        seen stay at the typical value. `cv` (fractions, as in {"CL_F": 0.22}) replaces what was seen and is
        recorded as assumed. Needed where no variability was seen. These are not real people.

        >>> pk_set().virtual_patients(3, seed=1).patients
        3
        """
        if n != int(n) or not 1 <= n <= 100_000:
            raise ValueError(
                f"The number of virtual patients must be a whole number from 1 to 100,000; got {n}."
            )
        if self.patients is not None:
            raise ValueError("These are virtual patients already; draw them from the typical person instead.")
        spread = dict(self.cv if cv is None else cv)
        if not spread:
            raise ValueError(
                f"No between-patient variability was seen for {self.name}. Give one you assume, for example "
                'cv={"CL_F": 0.22}; it will be labelled as assumed.'
            )
        rng = np.random.default_rng(seed)
        drawn: dict[str, Array] = {}
        for parameter, fraction in spread.items():
            name = choose(parameter, PARAMETERS, "parameter")
            sigma = np.sqrt(np.log1p(number(fraction, f"The variability of {name}") ** 2))
            drawn[name] = getattr(self, name) * np.exp(sigma * rng.standard_normal(int(n)))
        words = ", ".join(f"{p} {100 * v:g}%" for p, v in spread.items())
        origin = "published" if cv is None else "assumed"
        note = (
            f"{n} virtual patients, log-normal, variability {words} ({origin}), others fixed, seed {seed}; "
            "they are not real people."
        )
        return replace(self, **drawn, seed=seed, note=note)  # type: ignore[arg-type]


def pk_set(name: str = "tofacitinib-adult-uc") -> PKSet:
    """A shipped parameter set by name (`pk_table()` lists them), with source and origin on each number.

    Source: `data/pathway/pk_sets.csv`. Raises ValueError for an unknown name, with the nearest one.

    >>> round(float(pk_set().half_life_h), 2)
    3.05
    """
    rows = table_rows("pk_sets")
    name = choose(name, dict.fromkeys(row["set"] for row in rows), "parameter set")
    own = [row for row in rows if row["set"] == name]
    value = {row["parameter"]: float(row["value"]) for row in own}
    return PKSet(
        name=name,
        drug=own[0]["drug"],
        population=own[0]["population"],
        n=int(own[0]["n"]) if own[0]["n"] else None,
        CL_F=value["CL_F"],
        V_F=value["V_F"],
        ka=value["ka"],
        lag=value["lag"],
        constants=tuple(Constant.from_row(row["parameter"], row) for row in own),
        cv={row["parameter"]: float(row["cv_percent"]) / 100 for row in own if row["cv_percent"]},
        observed={p: v for p, v in value.items() if p not in PARAMETERS},
    )


def pk_table() -> pd.DataFrame:
    """Every shipped parameter, one row each: set, value, unit, variability, origin, source, fact ids."""
    import pandas as pd

    frame = pd.DataFrame(table_rows("pk_sets"))
    for column in ("n", "value", "cv_percent", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def rates(pk: PKSet) -> tuple[Array, Array, Array, Array]:
    """ke, ka, the lag, and ka / (V/F (ka - ke)), as arrays with a last axis for time.

    Equal rates make the closed form 0/0. It depends on the square of their difference, so rates closer than
    2e-5 are set that far apart around their mean: an error below 1e-9 while there is drug to speak of.
    """
    ke, ka, lag, volume = (np.asarray(x, dtype=float)[..., None] for x in (pk.ke, pk.ka, pk.lag, pk.V_F))
    middle = (ke + ka) / 2
    close = np.abs(ka - ke) < 2e-5 * middle
    slow, fast = (np.where(close, middle * (1 + side * 1e-5), rate) for side, rate in ((-1, ke), (1, ka)))
    return slow, fast, lag, ka / (volume * (fast - slow))


def geometric(rate: Any, interval_h: float, doses: Any) -> Any:
    """Sum of exp(-rate x interval x j) over the doses taken so far; `doses` may be infinite."""
    return np.expm1(-rate * interval_h * doses) / np.expm1(-rate * interval_h)


def concentration(times_h: Any, pk: PKSet, regimen: Regimen) -> Array:
    """Total plasma concentration, mg/L, at the given times (hours from the first dose shown).

    Shape (T,) for the typical person, (N, T) for N virtual patients. Assumes one compartment, first-order
    absorption after a lag, linear kinetics. Before time 0 there is nothing unless the regimen is a steady
    state, which has been going on for ever. Source: any PK textbook; superposition of equal doses.
    Raises ValueError for times that are not finite or are negative. About 20 µs plus 50 ns per point.

    >>> float(concentration([12.0], pk_set(), Regimen(5)).round(4)[0])
    0.0033
    """
    times = numbers(np.atleast_1d(times_h), "Times", "hours")
    ke, ka, lag, gain = rates(pk)
    since = times - lag
    latest = np.floor(since / regimen.interval_h)
    if regimen.doses is None:
        taken: Any = np.inf
    else:
        latest = np.clip(latest, -1, regimen.doses - 1)
        taken = latest + 1
    phase = np.where(taken > 0, since - latest * regimen.interval_h, 0.0)
    total = np.exp(-ke * phase) * geometric(ke, regimen.interval_h, taken)
    total = total - np.exp(-ka * phase) * geometric(ka, regimen.interval_h, taken)
    for dose in regimen.missed:
        after = np.maximum(since - dose * regimen.interval_h, 0.0)
        total = total - (np.exp(-ke * after) - np.exp(-ka * after))
    return np.maximum(regimen.dose_mg * gain * total, 0.0)


def point_concentration(pk: PKSet, regimen: Regimen) -> Callable[[float], float]:
    """The same closed form for the typical person at one time, without arrays: about 1 µs a call.

    An ODE solver asks thousands of times for one point; `concentration` would cost more than the model.
    """
    if pk.patients is not None:
        raise ValueError("A single-point course needs one typical person, not virtual patients.")
    ke, ka, lag, gain = (float(x[0]) for x in rates(pk))
    tau, doses, scale = regimen.interval_h, regimen.doses, regimen.dose_mg * gain
    full_e, full_a = 1 / (1 - exp(-ke * tau)), 1 / (1 - exp(-ka * tau))

    def at(t: float) -> float:
        since = t - lag
        latest = floor(since / tau)
        e, a = full_e, full_a
        if doses is not None:
            if latest < 0:
                return 0.0
            latest = min(latest, doses - 1)
            e *= 1 - exp(-ke * tau * (latest + 1))
            a *= 1 - exp(-ka * tau * (latest + 1))
        phase = since - latest * tau
        total = exp(-ke * phase) * e - exp(-ka * phase) * a
        for dose in regimen.missed:
            after = since - dose * tau
            if after > 0:
                total -= exp(-ke * after) - exp(-ka * after)
        return max(scale * total, 0.0)

    return at
