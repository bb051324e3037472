"""The drugs as data: molar mass, unbound fraction, and the constants of the inhibition step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jdm_teach.biology.quantities import Constant, choose, number, table_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Drug", "drug", "drug_table"]


@dataclass(frozen=True)
class Drug:
    """A JAK inhibitor as the course knows it; every constant carries its origin and source.

    `K_J1` is the free concentration (nM) that halves JAK1 activity for the named readout; TYK2 needs
    `K_T2_ratio` times as much; `tyk2_weight` is the share of the catalysis that TYK2 carries (0 to 1).
    """

    name: str
    readout: str
    molar_mass: Constant
    fraction_unbound: Constant
    K_J1: Constant
    K_T2_ratio: Constant
    tyk2_weight: Constant

    @property
    def K_T2_nM(self) -> float:  # noqa: N802 (nM is the unit)
        """Free concentration that halves TYK2 activity, nM."""
        return self.K_J1.value * self.K_T2_ratio.value

    @property
    def constants(self) -> tuple[Constant, ...]:
        return (self.molar_mass, self.fraction_unbound, self.K_J1, self.K_T2_ratio, self.tyk2_weight)

    def total_nM(self, mg_per_L: Any) -> Any:  # noqa: N802
        """Total concentration in nM from mg/L (1 mg is 1e6 ng, and ng over g/mol is nmol)."""
        return mg_per_L * 1e6 / self.molar_mass.value

    def free_nM(self, mg_per_L: Any) -> Any:  # noqa: N802
        """Unbound concentration in nM, the part that can reach a kinase."""
        return self.total_nM(mg_per_L) * self.fraction_unbound.value

    def assumptions(self) -> tuple[str, ...]:
        """What was assumed about the inhibition step, one sentence each; these go into every caption."""
        K = self.K_J1
        found = [
            f"{self.name} halves kinase activity at {K.text()}" + (f": {K.note}" if K.note else "") + "."
        ]
        if self.tyk2_weight.value > 0:
            found.append(
                f"TYK2 carries {self.tyk2_weight.value:.0%} of the catalysis (assumed) and is half inhibited "
                f"at {self.K_T2_nM:g} nM free ({self.K_T2_ratio.origin} ratio)."
            )
        return tuple(found)

    def warnings(self) -> tuple[str, ...]:
        """One sentence for each constant outside the range given with it."""
        return tuple(
            f"Outside the range considered: {c.name} of {self.name} is {c.value:g} {c.unit} "
            f"(range {c.low:g}–{c.high:g})."
            for c in self.constants
            if not c.in_range
        )

    def table(self) -> pd.DataFrame:
        """One row per constant: value, unit, range, origin, source, fact ids."""
        import pandas as pd

        return pd.DataFrame([vars(constant) for constant in self.constants])


def drug(
    name: str = "tofacitinib",
    readout: str = "interferon",
    *,
    K_J1_nM: float | None = None,
    K_T2_ratio: float | None = None,
    tyk2_weight: float | None = None,
) -> Drug:
    """A drug by name, for one readout, with any constant replaced by a chosen (hence `assumed`) one.

    Parameters: `readout` is 'interferon' (all drugs), 'IL-6' or 'IL-7' where a constant was read;
    `K_J1_nM` in nM free drug (above 0), `K_T2_ratio` without unit (above 0), `tyk2_weight` from 0 to 1.
    Source: `data/pathway/drugs.csv`. Raises ValueError for an unknown name (with the nearest one) or a value
    that cannot be. Cost: one small file.

    >>> drug("tofacitinib").K_J1.text()
    '30 nM free (assumed, range 10–300)'
    """
    rows = table_rows("drugs")
    name = choose(name, dict.fromkeys(row["drug"] for row in rows), "drug")
    own = [row for row in rows if row["drug"] == name]
    readout = choose(readout, [row["readout"] for row in own if row["readout"]], f"readout for {name}")
    read = {row["quantity"]: Constant.from_row(row["quantity"], row) for row in own if not row["readout"]}
    K = next(row for row in own if row["quantity"] == "K_J1" and row["readout"] == readout)
    found = Drug(
        name=name,
        readout=readout,
        molar_mass=read["molar_mass"],
        fraction_unbound=read["fraction_unbound"],
        K_J1=Constant.from_row("K_J1", K),
        K_T2_ratio=read["K_T2_ratio"],
        tyk2_weight=read["tyk2_weight"],
    )
    if K_J1_nM is not None:
        found = replace(found, K_J1=found.K_J1.chosen(number(K_J1_nM, "K_J1", "nM free", above=True)))
    if K_T2_ratio is not None:
        ratio = number(K_T2_ratio, "The TYK2 to JAK1 ratio", above=True)
        found = replace(found, K_T2_ratio=found.K_T2_ratio.chosen(ratio))
    if tyk2_weight is not None:
        weight = number(tyk2_weight, "The TYK2 weight")
        if weight > 1:
            raise ValueError(f"The TYK2 weight is a share between 0 and 1; got {weight:g}.")
        found = replace(found, tyk2_weight=found.tyk2_weight.chosen(weight))
    return found


def drug_table() -> pd.DataFrame:
    """Every drug constant the course ships, one row each, with unit, range, origin, source and fact ids."""
    import pandas as pd

    frame = pd.DataFrame(table_rows("drugs"))
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame
