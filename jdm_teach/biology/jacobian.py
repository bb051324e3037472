"""The analytic Jacobian of the interferon network: which rate depends on which variable, and how strongly.

A stiff solver needs it; written out it costs as much as one right-hand side instead of 37 of them, and its pattern
(about one place in ten) is what lets a whole virtual cohort be solved at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .kinetics import InterferonSupply
from .network import STATES

__all__ = ["PATTERN", "jacobian_law"]

# Places in the Jacobian whose value depends on the state, in the order `jacobian` computes them.
_FLUX_INPUTS = ("Rec", "IFN", "SOCS1", "USP18", "SOCS3mRNA")
_VARYING = (
    *(("Rec", x) for x in _FLUX_INPUTS),
    *(("IFN", x) for x in _FLUX_INPUTS),
    *(("STAT1c", x) for x in (*_FLUX_INPUTS, "STAT1c", "STAT2c")),
    *(("STAT2c", x) for x in (*_FLUX_INPUTS, "STAT1c", "STAT2c")),
    *(("pSTAT1pSTAT2c", x) for x in (*_FLUX_INPUTS, "STAT1c", "STAT2c", "pSTAT1pSTAT2c", "IRF9")),
    *(("pSTAT1dimc", x) for x in (*_FLUX_INPUTS, "STAT1c")),
    *(("ISGF3c", "pSTAT1pSTAT2c"), ("ISGF3c", "IRF9"), ("IRF9", "pSTAT1pSTAT2c"), ("IRF9", "IRF9")),
    *(("STAT1mRNA", "OccGAS_ISREbs"), ("IRF9mRNA", "OccGAS_ISREbs"), ("IFN", "OccGAS_ISREbs")),
    *(("SOCS1mRNA", "SOCS1mRNA"), ("SOCS1mRNA", "IRF2"), ("STAT1_LC_1", "STAT1mRNA")),
)


def _constant_places(k: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    by_gas = k["socs3_mrna_induced"] * k["gas_on"] / k["gas_off"]
    places: dict[tuple[str, str], Any] = {
        ("SOCS1", "SOCS1"): -k["socs1_loss"],
        ("SOCS1", "SOCS1_LC_1"): k["socs1_chain"],
        ("USP18", "USP18"): -k["usp18_loss"],
        ("USP18", "USP18_LC_2"): k["usp18_chain"],
        ("STAT1c", "STAT1n"): k["stat1_export"],
        ("STAT1c", "STAT1_LC_3"): k["stat1_chain"],
        ("STAT1n", "STAT1c"): k["stat1_import"],
        ("STAT1n", "STAT1n"): -k["stat1_export"],
        ("STAT1n", "pSTAT1pSTAT2n"): k["heterodimer_decay"],
        ("STAT1n", "ISGF3n"): k["isgf3_decay"],
        ("STAT1n", "pSTAT1dimn"): 2 * k["homodimer_decay"],
        ("STAT2c", "STAT2n"): k["stat2_export"],
        ("STAT2c", "STAT2_LC_5"): k["stat2_chain"],
        ("STAT2n", "STAT2c"): k["stat2_import"],
        ("STAT2n", "STAT2n"): -k["stat2_export"],
        ("STAT2n", "pSTAT1pSTAT2n"): k["heterodimer_decay"],
        ("STAT2n", "ISGF3n"): k["isgf3_decay"],
        ("pSTAT1pSTAT2n", "pSTAT1pSTAT2c"): k["heterodimer_import"],
        ("pSTAT1pSTAT2n", "pSTAT1pSTAT2n"): -k["heterodimer_decay"],
        ("ISGF3c", "ISGF3c"): -k["isgf3_import"],
        ("ISGF3n", "ISGF3c"): k["isgf3_import"],
        ("ISGF3n", "ISGF3n"): -k["isgf3_decay"],
        ("IRF9", "ISGF3n"): k["isgf3_decay"],
        ("IRF9", "IRF9_LC_2"): k["irf9_chain"],
        ("pSTAT1dimc", "pSTAT1dimc"): -k["homodimer_import"],
        ("pSTAT1dimn", "pSTAT1dimc"): k["homodimer_import"],
        ("pSTAT1dimn", "pSTAT1dimn"): -k["homodimer_decay"],
        ("OccGAS_ISREbs", "ISGF3n"): k["occupancy_isgf3"],
        ("OccGAS_ISREbs", "pSTAT1pSTAT2n"): k["occupancy_heterodimer"],
        ("OccGAS_ISREbs", "OccGAS_ISREbs"): -k["occupancy_loss"],
        ("SOCS3mRNA", "pSTAT1dimn"): by_gas * (1 + k["homodimer_decay"] / k["gas_off"]),
        ("SOCS3mRNA", "pSTAT1dimc"): -by_gas * k["homodimer_import"] / k["gas_off"],
        ("IRF2", "IRF2mRNA"): k["irf2_mrna_loss"],
        ("IRF2", "IRF2"): -k["irf2_loss"],
        ("STAT2_LC_1", "STAT2mRNA"): k["stat2_translation"],
        ("IRF9_LC_1", "IRF9mRNA"): k["irf9_translation"],
        ("USP18_LC_1", "USP18mRNA"): k["usp18_translation"],
        ("SOCS1_LC_1", "SOCS1mRNA"): k["socs1_translation"],
    }
    for gene in ("STAT1", "STAT2", "IRF9", "IRF2", "USP18", "SOCS3"):
        places[f"{gene}mRNA", f"{gene}mRNA"] = -k[f"{gene.lower()}_mrna_loss"]
    for gene in ("STAT2", "IRF2", "USP18", "SOCS1"):
        places[f"{gene}mRNA", "OccGAS_ISREbs"] = k[f"{gene.lower()}_mrna_induced"]
    for state in STATES:
        if "_LC_" in state:
            protein, _, step = state.split("_")
            places[state, state] = -k[f"{protein.lower()}_chain"]
            if int(step) > 1:
                places[state, f"{protein}_LC_{int(step) - 1}"] = k[f"{protein.lower()}_chain"]
    return places


_CONSTANT = tuple(_constant_places(defaultdict(lambda: 1.0)))
PATTERN: tuple[tuple[int, int], ...] = tuple(
    (STATES.index(row), STATES.index(column)) for row, column in (*_CONSTANT, *_VARYING)
)
"""(row, column) of every place that can differ from zero: constant places first, then the varying ones."""


def jacobian_law(
    k: Mapping[str, Any], supply: InterferonSupply | None = None
) -> tuple[list[Any], Callable[[Sequence[Any], Any], list[Any]]]:
    """The constant values, and a function (states, kinase activity) -> the varying values, in `PATTERN` order.

    Shapes as in `kinetics.rate_law`: floats for one cell, (N,) arrays for a cohort. The seconds-long lags of the fast
    variables enter only where they are felt; a solver that iterates, or tolerates an inexact Jacobian, loses nothing.
    """
    supply = supply or InterferonSupply()
    hold_s, hold_u, hold_3 = k["socs1_block"], k["usp18_block"], k["socs3_per_mrna"]
    loss_s, loss_u, loss_su = k["active_loss_socs1"], k["active_loss_usp18"], k["active_loss_both"]
    gas_rate = k["socs3_mrna_induced"] * k["gas_on"] / k["gas_off"]
    lag_3 = 1 / k["socs3_loss"]
    share = k["irf9_share_c"]
    away = 1 - share
    swap_9 = k["irf9_export"] + k["irf9_import"] + away * k["irf9_loss"]
    consumed = supply.consumed
    has_loop = any(np.any(value) for value in (supply.trigger, supply.amplification, supply.clearance))

    def varying(y: Sequence[Any], kinase: Any) -> list[Any]:
        rec, ifn, socs, usp, s1c, s2c, hc, i9 = y[0], y[1], y[2], y[3], y[4], y[6], y[8], y[12]
        occ, n1, ns, n3, irf2 = y[15], y[16], y[21], y[22], y[23]
        free_s, free_u = 1 + hold_s * socs, 1 + hold_u * usp
        to_n3 = k["socs3_mrna_basal"] + gas_rate * y[14] - k["socs3_mrna_loss"] * n3
        socs3 = hold_3 * (n3 - lag_3 * to_n3)
        per = k["binding"] / (free_s * free_u * socs3)
        bound = per * ifn * rec
        b = (
            per * ifn,
            per * rec,
            -bound * hold_s / free_s,
            -bound * hold_u / free_u,
            -bound * hold_3 / socs3,
        )
        loss = k["active_loss"] + loss_s * socs + (loss_u + loss_su * socs) * usp
        turn = kinase / loss
        active = turn * bound
        a = (
            turn * b[0],
            turn * b[1],
            turn * b[2] - active * (loss_s + loss_su * usp) / loss,
            turn * b[3] - active * (loss_u + loss_su * socs) / loss,
            turn * b[4],
        )
        make_h, make_d = k["heterodimer_formation"] * s1c, k["homodimer_formation"] * s1c
        pair, twin = make_h * s2c, make_d * s1c
        h = [pair * x for x in a]
        d = [twin * x for x in a]
        h_s1, h_s2 = k["heterodimer_formation"] * active * s2c, make_h * active
        d_s1 = 2 * make_d * active
        swap = swap_9 + away * k["isgf3_formation"] * hc
        i9c_9 = k["irf9_export"] / swap
        i9c = (
            k["irf9_export"] * i9 + away * k["irf9_chain"] * y[33] - share * k["isgf3_decay"] * y[11]
        ) / swap
        g_h, g_9 = k["isgf3_formation"] * i9c * swap_9 / swap, k["isgf3_formation"] * hc * i9c_9
        drain_1, drain_2 = k["stat1_loss"] + k["stat1_import"], k["stat2_loss"] + k["stat2_import"]
        grow_1, grow_9 = k["stat1_mrna_half"] + occ, k["irf9_mrna_half"] + occ
        full_1 = k["stat1_translation_half"] + n1
        by_ifn, by_occ = -consumed * b[1], 0.0 * occ
        if has_loop:
            driven = np.maximum(occ, 1e-12)
            power, level = driven**supply.steepness, supply.half**supply.steepness
            by_occ = supply.amplification * supply.steepness * power / driven * level / (level + power) ** 2
            by_ifn = by_ifn - supply.clearance
        return [
            -(k["receptor_loss"] + k["receptor_loss_socs1"] * socs) - b[0],
            -b[1],
            -k["receptor_loss_socs1"] * rec - b[2],
            -b[3],
            -b[4],
            -consumed * b[0],
            by_ifn,
            -consumed * b[2],
            -consumed * b[3],
            -consumed * b[4],
            *(-x - 2 * z for x, z in zip(h, d, strict=True)),
            -drain_1 - h_s1 - 2 * d_s1,
            -h_s2,
            *(-x for x in h),
            -h_s1,
            -drain_2 - h_s2,
            *h,
            h_s1,
            h_s2,
            -k["heterodimer_import"] - g_h,
            -g_9,
            *d,
            d_s1,
            g_h,
            g_9,
            -g_h,
            -g_9 - k["irf9_loss"] * i9c_9,
            k["stat1_mrna_induced"] * k["stat1_mrna_half"] / (grow_1 * grow_1),
            k["irf9_mrna_induced"] * k["irf9_mrna_half"] / (grow_9 * grow_9),
            by_occ,
            -k["socs1_mrna_loss"] * (1 + irf2),
            -k["socs1_mrna_loss"] * ns,
            k["stat1_translation"] * k["stat1_translation_half"] / (full_1 * full_1),
        ]

    return list(_constant_places(k).values()), varying
