"""The full 41-species Kok 2020 model in an independent engine (libroadrunner), built from our reaction table.

Development only: nothing here is needed at run time. The model text is written from
`data/pathway/reactions.csv` and `data/pathway/species.csv`; every species keeps its own differential equation, so
both our quasi-steady reduction and our integrators are checked against it.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jdm_teach.place import data_folder

__all__ = ["Engine", "sbml_text"]

KINASE_STEPS = ("10", "16")
PHOSPHO = {
    "pSTAT1_total": {
        "pSTAT1pSTAT2c": 1,
        "pSTAT1pSTAT2n": 1,
        "ISGF3c": 1,
        "ISGF3n": 1,
        "pSTAT1dimc": 2,
        "pSTAT1dimn": 2,
    },
    "pSTAT2_total": {"pSTAT1pSTAT2c": 1, "pSTAT1pSTAT2n": 1, "ISGF3c": 1, "ISGF3n": 1},
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _math(node: ast.expr, suffix: str, local: set[str]) -> str:
    """One rate law as content MathML; a name that is local to its reaction gets the reaction's number."""
    if isinstance(node, ast.BinOp):
        sign = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide"}[type(node.op)]
        return f"<apply><{sign}/>{_math(node.left, suffix, local)}{_math(node.right, suffix, local)}</apply>"
    if isinstance(node, ast.Name):
        return f"<ci>{node.id}_{suffix}</ci>" if node.id in local else f"<ci>{node.id}</ci>"
    if isinstance(node, ast.Constant):
        return f"<cn>{node.value!r}</cn>"
    raise ValueError(f"Reaction {suffix} has a rate this reader does not know: {ast.dump(node)}")


def _members(text: str) -> list[tuple[str, str]]:
    """'2 STAT1c + X' as [('STAT1c', '2'), ('X', '1')]."""
    pairs = [part.split() for part in text.split("+") if part.strip()]
    return [(pair[-1], pair[0] if len(pair) == 2 else "1") for pair in pairs]


def sbml_text(hold_interferon: bool = False, folder: Path | None = None) -> str:
    """The reaction table as an SBML model; the parameter `kinase` scales both phosphorylation steps."""
    folder = folder or data_folder() / "pathway"
    species, parameters, reactions = [], ['<parameter id="kinase" value="1" constant="false"/>'], []
    for row in _rows(folder / "species.csv"):
        fixed = str(hold_interferon and row["id"] == "IFN").lower()
        species.append(
            f'<species id="{row["id"]}" compartment="cell" initialConcentration="{row["initial_value"]}" '
            f'hasOnlySubstanceUnits="false" boundaryCondition="{fixed}" constant="false"/>'
        )
    for row in _rows(folder / "reactions.csv"):
        n, local = row["n"], set()
        for item in row["parameters"].split("; "):
            name, value = item.split("=")
            local.add(name)
            parameters.append(f'<parameter id="{name}_{n}" value="{value}" constant="false"/>')
        law = f"kinase * {row['rate']}" if n in KINASE_STEPS else row["rate"]
        sides = [
            "".join(
                f'<speciesReference species="{name}" stoichiometry="{count}" constant="true"/>'
                for name, count in _members(row[side])
            )
            for side in ("reactants", "products")
        ]
        modifiers = "".join(
            f'<modifierSpeciesReference species="{name}"/>' for name in row["modifiers"].split()
        )
        reactions.append(
            f'<reaction id="R{n}" reversible="false" fast="false"><listOfReactants>{sides[0]}</listOfReactants>'
            f"<listOfProducts>{sides[1]}</listOfProducts><listOfModifiers>{modifiers}</listOfModifiers>"
            f'<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">'
            f"{_math(ast.parse(law, mode='eval').body, n, local)}</math></kineticLaw></reaction>"
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" '
        'level="3" version="1"><model id="kok2020"><listOfCompartments><compartment id="cell" '
        'spatialDimensions="3" size="1" constant="true"/></listOfCompartments>'
        f"<listOfSpecies>{''.join(species)}</listOfSpecies><listOfParameters>{''.join(parameters)}"
        f"</listOfParameters><listOfReactions>{''.join(reactions)}</listOfReactions></model></sbml>"
    )
    for kind in ("Reactants", "Products", "Modifiers"):
        text = text.replace(f"<listOf{kind}></listOf{kind}>", "")
    return text


class Engine:
    """One loaded model; `run` gives times and the named columns. Raises ImportError where libroadrunner is absent."""

    def __init__(self, hold_interferon: bool = False, relative: float = 1e-8, folder: Path | None = None):
        import roadrunner

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)

        self.species = [row["id"] for row in _rows((folder or data_folder() / "pathway") / "species.csv")]
        self.model = roadrunner.RoadRunner(sbml_text(hold_interferon, folder))
        self.model.integrator.relative_tolerance = relative
        self.model.integrator.absolute_tolerance = 1e-9
        self.model.integrator.maximum_num_steps = 200_000

    def run(
        self,
        doses: Sequence[tuple[float, float]],
        end_h: float,
        times: np.ndarray,
        kinase: float = 1.0,
        values: dict[str, float] | None = None,
        add: bool = False,
    ) -> dict[str, np.ndarray]:
        """`doses`: (hour, interferon in model units), the level set (or added) at that hour; `times` in hours."""
        model = self.model
        model.resetAll()
        model.setValue("kinase", kinase)
        for name, value in (values or {}).items():
            model.setValue(name, value)
        columns = ["time", *(f"[{s}]" for s in self.species)]
        starts = [hour for hour, _ in doses]
        pieces = []
        for (start, level), stop in zip(doses, [*starts[1:], end_h], strict=True):
            level_now = level + (model.getValue("[IFN]") if add and start > 0 else 0.0)
            model.setValue("[IFN]", level_now)
            last = stop == end_h
            inside = times[(times >= start) & ((times <= stop) if last else (times < stop))]
            grid = np.unique(np.concatenate([[start], inside, [stop]]))
            out = np.array(model.simulate(times=list(grid), selections=columns))
            pieces.append(out[np.isin(grid, inside)])
        table = np.vstack(pieces)
        result = {name: table[:, i + 1] for i, name in enumerate(self.species)}
        result["time_h"] = table[:, 0]
        for name, parts in PHOSPHO.items():
            result[name] = np.sum([weight * result[part] for part, weight in parts.items()], axis=0)
        return result
