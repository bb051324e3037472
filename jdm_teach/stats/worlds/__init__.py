"""Worlds in which the truth is known because it was chosen, and what a study of nine would see there.

Every simulator takes a seed and returns a frozen result: a sentence with seed and assumptions, a small table,
and (`frame()`) the simulated children, labelled `simulated`. Exact values stand beside the simulated ones.
Power and priors are exact and need no seed.
"""

from jdm_teach.stats.worlds.borrowing import PowerPrior, RobustMixture, power_prior, robust_mixture
from jdm_teach.stats.worlds.control import ControlWorld, control_world
from jdm_teach.stats.worlds.entry_rule import EntryRuleWorld, entry_rule_world
from jdm_teach.stats.worlds.immortal_time import ImmortalTimeWorld, immortal_time_world
from jdm_teach.stats.worlds.indication import IndicationWorld, severity_world
from jdm_teach.stats.worlds.marker_hunt import MarkerHunt, marker_hunt
from jdm_teach.stats.worlds.no_effect import NoEffectWorld, improving_share, no_effect_world
from jdm_teach.stats.worlds.power import RankPower, TablePower, rank_power, table_power
from jdm_teach.stats.worlds.priors import BetaBinomial, GroupComparison, beta_binomial, compare_groups
from jdm_teach.stats.worlds.simulation import Simulated

__all__ = [
    "BetaBinomial",
    "ControlWorld",
    "EntryRuleWorld",
    "GroupComparison",
    "ImmortalTimeWorld",
    "IndicationWorld",
    "MarkerHunt",
    "NoEffectWorld",
    "PowerPrior",
    "RankPower",
    "RobustMixture",
    "Simulated",
    "TablePower",
    "beta_binomial",
    "compare_groups",
    "control_world",
    "entry_rule_world",
    "immortal_time_world",
    "improving_share",
    "marker_hunt",
    "no_effect_world",
    "power_prior",
    "rank_power",
    "robust_mixture",
    "severity_world",
    "table_power",
]
