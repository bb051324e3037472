"""The rate equations of the interferon network: how fast each of the 37 slow variables changes.

One set of formulas serves a single cell (plain floats: several times faster than small arrays) and a whole virtual
cohort (each state a row with one column per patient). The four fast variables of the published model (active
receptor, GAS occupancy, SOCS3, the nuclear share of IRF9; relaxation within seconds) are quasi-steady.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .network import STATES

__all__ = ["FastVariables", "InterferonSupply", "fast_variables", "rate_law"]


class InterferonSupply(NamedTuple):
    """What changes interferon besides dosing. Levels in model units, time in hours.

    consumed: 1 when receptors use interferon up, 0 when it is held.
    trigger, amplification, half, steepness, clearance: the illustrative source loop (ours, not published):
        trigger + amplification·O^n/(half^n + O^n) − clearance·IFN, with O the promoter occupancy.
    """

    consumed: float = 1.0
    trigger: Any = 0.0
    amplification: Any = 0.0
    half: Any = 1.0
    steepness: Any = 1.0
    clearance: Any = 0.0


class FastVariables(NamedTuple):
    """The four variables that follow the slow ones within seconds."""

    active_receptor: Any
    socs3: Any
    gas_occupancy: Any
    irf9_cytoplasm: Any


def fast_variables(y: Sequence[Any], k: Mapping[str, Any]) -> FastVariables:
    """Active receptor, SOCS3, GAS occupancy and cytoplasmic IRF9 from the slow states, per cell.

    First-order slow manifold: each equals its balance value minus (its own drift)/(its relaxation rate). The second
    term matters for seconds after a large dose; it keeps every curve within 0.5 % of the unreduced model.
    """
    state = dict(zip(STATES, y, strict=True))
    dn, dc, mrna = state["pSTAT1dimn"], state["pSTAT1dimc"], state["SOCS3mRNA"]
    drift = k["homodimer_import"] * dc - k["homodimer_decay"] * dn
    gas = k["gas_on"] / k["gas_off"] * (dn - drift / k["gas_off"])
    drift = k["socs3_mrna_basal"] + k["socs3_mrna_induced"] * gas - k["socs3_mrna_loss"] * mrna
    socs3 = k["socs3_per_mrna"] * (mrna - drift / k["socs3_loss"])
    socs1, usp18 = state["SOCS1"], state["USP18"]
    hold = (1 + k["socs1_block"] * socs1) * (1 + k["usp18_block"] * usp18) * socs3
    loss = k["active_loss"] + k["active_loss_socs1"] * socs1
    loss = loss + (k["active_loss_usp18"] + k["active_loss_both"] * socs1) * usp18
    away = 1 - k["irf9_share_c"]
    fed = away * k["irf9_chain"] * state["IRF9_LC_2"] - k["irf9_share_c"] * k["isgf3_decay"] * state["ISGF3n"]
    used = away * (k["isgf3_formation"] * state["pSTAT1pSTAT2c"] + k["irf9_loss"])
    irf9 = (k["irf9_export"] * state["IRF9"] + fed) / (k["irf9_export"] + k["irf9_import"] + used)
    return FastVariables(k["binding"] * state["IFN"] * state["Rec"] / hold / loss, socs3, gas, irf9)


def _constants(k: Mapping[str, Any], names: str) -> tuple[Any, ...]:
    return tuple(k[name] for name in names.split())


def rate_law(
    k: Mapping[str, Any], supply: InterferonSupply | None = None
) -> Callable[[Sequence[Any], Any], list[Any]]:
    """A function (states, kinase activity) -> 37 rates per hour, in the order of `STATES`.

    k: rate constants from `with_knobs`; states: 37 floats, or 37 rows of shape (N,); kinase activity: 1 minus the
    inhibited fraction, a float or (N,). Costs about 6 µs for floats.

    >>> from jdm_teach.biology.network import basal_state, with_knobs
    >>> resting = rate_law(with_knobs())(basal_state(), 1.0)
    >>> max(abs(rate) for rate in resting) < 1e-6
    True
    """
    v_rec, d_rec, d_rec_s, bind, hold_s, hold_u, a_loss, a_loss_s, a_loss_u, a_loss_su = _constants(
        k,
        "receptor_production receptor_loss receptor_loss_socs1 binding socs1_block usp18_block active_loss "
        "active_loss_socs1 active_loss_usp18 active_loss_both",
    )
    make_h, in_h, off_h, make_g, in_g, off_g, make_d, in_d, off_d = _constants(
        k,
        "heterodimer_formation heterodimer_import heterodimer_decay isgf3_formation isgf3_import isgf3_decay "
        "homodimer_formation homodimer_import homodimer_decay",
    )
    occ_g, occ_h, occ_off, d_s1, out_s1, in_s1, d_s2, out_s2, in_s2, d_i9, share = _constants(
        k,
        "occupancy_isgf3 occupancy_heterodimer occupancy_loss stat1_loss stat1_export stat1_import stat2_loss "
        "stat2_export stat2_import irf9_loss irf9_share_c",
    )
    m1, m1_v, m1_half, m1_d, m2, m2_v, m2_d, m9, m9_v, m9_half, m9_d, mi, mi_v, mi_d = _constants(
        k,
        "stat1_mrna_basal stat1_mrna_induced stat1_mrna_half stat1_mrna_loss stat2_mrna_basal stat2_mrna_induced "
        "stat2_mrna_loss irf9_mrna_basal irf9_mrna_induced irf9_mrna_half irf9_mrna_loss irf2_mrna_basal "
        "irf2_mrna_induced irf2_mrna_loss",
    )
    mu, mu_v, mu_d, ms, ms_v, ms_d, m3, m3_v, m3_d, d_irf2, d_usp, d_socs = _constants(
        k,
        "usp18_mrna_basal usp18_mrna_induced usp18_mrna_loss socs1_mrna_basal socs1_mrna_induced socs1_mrna_loss "
        "socs3_mrna_basal socs3_mrna_induced socs3_mrna_loss irf2_loss usp18_loss socs1_loss",
    )
    t1, t1_half, t1_rest, c1, t2, t2_rest, c2, t9, c9, tu, tu_rest, cu, ts, ts_rest, cs = _constants(
        k,
        "stat1_translation stat1_translation_half stat1_resting_translation stat1_chain stat2_translation "
        "stat2_resting_translation stat2_chain irf9_translation irf9_chain usp18_translation "
        "usp18_resting_translation usp18_chain socs1_translation socs1_resting_translation socs1_chain",
    )
    gas, gas_lag = k["gas_on"] / k["gas_off"], 1 / k["gas_off"]
    hold_3, lag_3 = k["socs3_per_mrna"], 1 / k["socs3_loss"]
    out_i9, swap_i9, away = (
        k["irf9_export"],
        k["irf9_export"] + k["irf9_import"] + (1 - share) * d_i9,
        1 - share,
    )
    used_i9 = away * make_g
    consumed, *loop = supply or InterferonSupply()
    has_loop = any(np.any(value) for value in (loop[0], loop[1], loop[4]))

    def derivative(y: Sequence[Any], kinase: Any) -> list[Any]:
        rec, ifn, socs, usp, s1c, s1n, s2c, s2n, hc, hn, gc, gn, i9, dc, dn, occ = y[:16]
        n1, n2, n9, ni, nu, ns, n3, irf2, l11, l12, l13, l21, l22, l23, l24, l25, l91, l92, lu1, lu2, ls = y[
            16:
        ]
        apart_h = off_h * hn
        apart_g = off_g * gn
        apart_d = off_d * dn
        to_n3 = m3 + m3_v * gas * (dn - gas_lag * (in_d * dc - apart_d)) - m3_d * n3
        bound = (
            bind * ifn * rec / ((1 + hold_s * socs) * (1 + hold_u * usp) * (hold_3 * (n3 - lag_3 * to_n3)))
        )
        push = kinase * bound / (a_loss + a_loss_s * socs + (a_loss_u + a_loss_su * socs) * usp) * s1c
        to_h = make_h * push * s2c
        to_d = make_d * push * s1c
        grown_9 = c9 * l92
        i9c = (out_i9 * i9 + away * grown_9 - share * apart_g) / (swap_i9 + used_i9 * hc)
        to_g = make_g * hc * i9c
        return [
            v_rec - (d_rec + d_rec_s * socs) * rec - bound,
            source(ifn, occ, bound) if has_loop else -consumed * bound,
            cs * ls - d_socs * socs,
            cu * lu2 - d_usp * usp,
            c1 * l13 + out_s1 * s1n - (d_s1 + in_s1) * s1c - to_h - 2 * to_d,
            in_s1 * s1c - out_s1 * s1n + apart_h + apart_g + 2 * apart_d,
            c2 * l25 + out_s2 * s2n - (d_s2 + in_s2) * s2c - to_h,
            in_s2 * s2c - out_s2 * s2n + apart_h + apart_g,
            to_h - in_h * hc - to_g,
            in_h * hc - apart_h,
            to_g - in_g * gc,
            in_g * gc - apart_g,
            grown_9 + apart_g - to_g - d_i9 * i9c,
            to_d - in_d * dc,
            in_d * dc - apart_d,
            occ_g * gn + occ_h * hn - occ_off * occ,
            m1 + m1_v * occ / (m1_half + occ) - m1_d * n1,
            m2 + m2_v * occ - m2_d * n2,
            m9 + m9_v * occ / (m9_half + occ) - m9_d * n9,
            mi + mi_v * occ - mi_d * ni,
            mu + mu_v * occ - mu_d * nu,
            ms + ms_v * occ - ms_d * (1 + irf2) * ns,
            to_n3,
            mi_d * ni - d_irf2 * irf2,
            t1 * n1 / (t1_half + n1) + t1_rest - c1 * l11,
            c1 * (l11 - l12),
            c1 * (l12 - l13),
            t2 * n2 + t2_rest - c2 * l21,
            c2 * (l21 - l22),
            c2 * (l22 - l23),
            c2 * (l23 - l24),
            c2 * (l24 - l25),
            t9 * n9 - c9 * l91,
            c9 * (l91 - l92),
            tu * nu + tu_rest - cu * lu1,
            cu * (lu1 - lu2),
            ts * ns + ts_rest - cs * ls,
        ]

    def source(ifn: Any, occ: Any, bound: Any) -> Any:
        trigger, amplification, half, steepness, clearance = loop
        # A step may undershoot zero by rounding; a fractional power of that would be undefined.
        driven = np.maximum(occ, 0.0) ** steepness
        return (
            trigger + amplification * driven / (half**steepness + driven) - clearance * ifn - consumed * bound
        )

    return derivative
