"""From free drug to the kinase activity that is left.

The receptor's catalysis needs JAK1 and, for a share w, TYK2. A free concentration Cu leaves

    remaining = 1 / (1 + Cu/K_J1) x [(1 - w) + w / (1 + Cu/K_T2)]        inhibited = 1 - remaining

so that nothing is inhibited without drug, more drug never inhibits less, more weight on TYK2 never inhibits
less, and w = 0 is the familiar Cu / (K + Cu). The constant for the interferon pathway is an assumption for
tofacitinib; every course and table made here says so in its caption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jdm_teach.biology.drugs import Drug, drug, drug_table
from jdm_teach.biology.pharmacokinetics import (
    Array,
    PKSet,
    Regimen,
    concentration,
    pk_set,
    point_concentration,
)
from jdm_teach.biology.quantities import number, numbers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Drug", "InhibitionCourse", "drug", "drug_table", "fraction_inhibited", "inhibition_course"]


def fraction_inhibited(
    free_nM: Any, K_J1_nM: float, K_T2_nM: float | None = None, tyk2_weight: float = 0.0
) -> Array:
    """The share of kinase activity a free concentration removes, 0 to 1; same shape as `free_nM`.

    `free_nM` and both constants in nM unbound drug; `K_T2_nM` is needed only with a weight above 0. Assumes
    simple one-site inhibition (no cooperativity), kinases inhibited independently, drug in instant equilibrium
    with plasma. Apparent potency in a cell is another matter: it depends on the stimulus and the readout.
    Raises ValueError for negative or missing concentrations and for a weight outside 0 to 1.

    >>> fraction_inhibited([0, 30, 270], 30).round(2).tolist()
    [0.0, 0.5, 0.9]
    """
    free = numbers(free_nM, "The free concentration", "nM")
    K_J1 = number(K_J1_nM, "K_J1", "nM free", above=True)
    weight = number(tyk2_weight, "The TYK2 weight")
    if weight > 1:
        raise ValueError(f"The TYK2 weight is a share between 0 and 1; got {weight:g}.")
    if weight and K_T2_nM is None:
        raise ValueError("A TYK2 weight above 0 needs K_T2_nM, the free concentration that halves TYK2.")
    K_T2 = number(K_T2_nM, "K_T2", "nM free", above=True) if weight else 1.0
    return np.asarray(1 - remaining(free, K_J1, K_T2, weight))


def remaining(free: Any, K_J1: float, K_T2: float, weight: float) -> Any:
    """Kinase activity left, as a share; floats and arrays alike, inputs already checked."""
    return (1 - weight + weight / (1 + free / K_T2)) / (1 + free / K_J1)


@dataclass(frozen=True, eq=False)
class InhibitionCourse:
    """The inhibited share of kinase activity over time; call it with hours from the first dose shown.

    One typical person: a number for a number, shape (T,) for T times. N virtual patients: (N,) for one time,
    (N, T) for T times. This is what a pathway run takes as `inhibition`. Times are not checked (a solver calls
    this thousands of times); before 0 h a finite regimen gives 0.
    """

    pk: PKSet
    regimen: Regimen
    drug: Drug
    point: Callable[[float], float] | None = None

    def __call__(self, t_hours: Any) -> Any:
        if self.point is not None and np.ndim(t_hours) == 0:
            return self.point(t_hours)
        compound = self.drug
        to_free = float(compound.free_nM(1.0))
        K, T2, w = compound.K_J1.value, compound.K_T2_nM, compound.tyk2_weight.value
        if np.ndim(t_hours) == 0:
            at = concentration([float(t_hours)], self.pk, self.regimen)[..., 0]
            return 1.0 - remaining(to_free * at, K, T2, w)
        return 1.0 - remaining(to_free * concentration(t_hours, self.pk, self.regimen), K, T2, w)

    def breaks(self, hours: float) -> Array:
        """Times at which absorption starts, up to `hours`: there the course has a corner a solver must meet."""
        last = int(number(hours, "The horizon", "hours") / self.regimen.interval_h) + 1
        last = last if self.regimen.doses is None else min(last, self.regimen.doses)
        lags = np.unique(self.pk.lag)
        times = np.unique(np.add.outer(np.arange(last) * self.regimen.interval_h, lags))
        return times[(times >= 0) & (times <= hours)]

    def mean(self, hours: float | None = None) -> Any:
        """The time-average of the inhibited share; one number, or (N,) for virtual patients.

        Without `hours` it is over one dosing interval of the steady state; with them, from 0 to `hours`.
        Gauss-Legendre between the corners, split again where absorption ends: error below 1e-5 (0.5% over some
        hours when the lag itself varies between patients).
        """
        pk, span = self.pk, self.regimen.interval_h
        if hours is not None:
            span = number(hours, "The horizon", "hours", above=True)
        elif self.regimen.doses is not None or self.regimen.missed:
            raise ValueError("Only a steady state without missed doses has one mean; please give the hours.")
        else:
            pk = replace(pk, lag=0.0)  # a whole interval has the same mean wherever it starts
        lag, quick = float(np.max(pk.lag)), 5.0 / float(np.min(pk.ka))
        starts = np.arange(-1, int(span / self.regimen.interval_h) + 1) * self.regimen.interval_h + lag
        after = np.array([0.0, 0.2 * quick, quick, self.regimen.interval_h / 2])
        cuts = np.unique(np.append(np.add.outer(starts, after), [0.0, span]))
        cuts = cuts[(cuts >= 0) & (cuts <= span)]
        nodes, weights = np.polynomial.legendre.leggauss(10)
        half = np.diff(cuts)[:, None] / 2
        times = (half * nodes + (cuts[:-1, None] + half)).ravel()
        mean = replace(self, pk=pk, point=None)(times) @ (half * weights).ravel() / span
        return float(mean) if self.pk.patients is None else np.broadcast_to(mean, self.pk.patients)

    @property
    def assumptions(self) -> tuple[str, ...]:
        return (*self.drug.assumptions(), *self.pk.assumptions())

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.drug.warnings()

    @property
    def caption(self) -> str:
        """The sentences that must stand under every figure and table made with this course."""
        origin = "Simulated" if self.pk.patients is not None else "Model calculation"
        seed = f", seed {self.pk.seed}" if self.pk.seed is not None else ""
        return " ".join(
            [
                f"{origin}: {self.drug.name} {self.regimen.text()}, {self.pk.population}{seed}.",
                *(f"Warning: {text}" for text in self.warnings),
                *(f"Assumption: {text}" for text in self.assumptions),
                "Teaching model, not a dosing recommendation.",
            ]
        )

    def table(self, hours: float = 24.0, step_h: float = 0.05) -> pd.DataFrame:
        """The course as a tidy table: time, free drug, share inhibited and share remaining, with its caption."""
        from jdm_teach.biology.dosing import profile

        frame = profile(self.pk, self.regimen, hours, step_h)
        kept = [c for c in ("patient", "time_h", "free_nM") if c in frame.columns]
        attrs = frame.attrs
        frame = frame[kept].copy()
        inhibited = 1 - remaining(
            frame.free_nM.to_numpy(), self.drug.K_J1.value, self.drug.K_T2_nM, self.drug.tyk2_weight.value
        )
        frame["inhibited"], frame["remaining"] = inhibited, 1 - inhibited
        frame["origin"] = "simulated" if self.pk.patients is not None else self.drug.K_J1.origin
        frame.attrs = attrs | {
            "units": {"time_h": "h", "free_nM": "nM free", "inhibited": "share", "remaining": "share"},
            "origin": frame["origin"].iloc[0],
            "assumptions": self.assumptions,
            "warnings": self.warnings,
            "caption": self.caption,
        }
        return frame


def inhibition_course(
    pk: PKSet | str = "tofacitinib-adult-uc",
    regimen: Regimen | None = None,
    compound: Drug | None = None,
    **chosen: float,
) -> InhibitionCourse:
    """The course of inhibition for a parameter set and a regimen (default 5 mg every 12 h, steady state).

    `compound` replaces the drug of the parameter set; or pass K_J1_nM, K_T2_ratio or tyk2_weight to choose a
    constant. Raises ValueError when the drug and the parameter set do not belong together.

    >>> course = inhibition_course()
    >>> round(course.mean(), 2), "assumed" in course.caption
    (0.44, True)
    """
    pk = pk_set(pk) if isinstance(pk, str) else pk
    compound = drug(pk.drug, **chosen) if compound is None else compound  # type: ignore[arg-type]
    if compound.name != pk.drug:
        raise ValueError(
            f"The parameter set {pk.name} describes {pk.drug}, not {compound.name}; please choose a pair that fits."
        )
    point: Callable[[float], float] | None = None
    regimen = Regimen(5.0, 12.0) if regimen is None else regimen
    if pk.patients is None:
        total, to_free = point_concentration(pk, regimen), float(compound.free_nM(1.0))
        K, T2, w = compound.K_J1.value, compound.K_T2_nM, compound.tyk2_weight.value

        def point(t: float) -> float:
            return 1.0 - remaining(to_free * total(t), K, T2, w)

    return InhibitionCourse(pk, regimen, compound, point)
