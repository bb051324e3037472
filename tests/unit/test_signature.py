"""The six-gene score, held to hand medians, to the published scores and to its own stated limits."""

import csv
from statistics import geometric_mean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jdm_teach.biology.gene_response import gene_response
from jdm_teach.biology.signature import (
    SIX_GENES,
    cut_off,
    fold_change_table,
    gene_fold_changes,
    score_definitions,
    shipped_scores,
    six_gene_score,
    tissue_score,
)
from jdm_teach.place import data_folder

fold = st.floats(1e-3, 1e5)
six = st.lists(fold, min_size=6, max_size=6)


def named(values):
    return dict(zip(SIX_GENES, values, strict=True))


@given(six)
def test_the_score_is_the_plain_median_and_the_variant_the_geometric_mean(values):
    assert six_gene_score(named(values)).value == pytest.approx(median(values))
    other = six_gene_score(named(values), definition="trieste-genoa-6")
    assert other.value == pytest.approx(geometric_mean(values))
    assert other.cut_off == 0.7


@given(six, st.floats(0.1, 10))
def test_the_control_sets_the_scale(values, k):
    """Twice the control level, half the score: nothing about the patient has changed."""
    scaled = six_gene_score(named([v / k for v in values])).value
    assert scaled == pytest.approx(six_gene_score(named(values)).value / k)


@given(six, st.integers(0, 5))
def test_a_missing_gene_leaves_a_median_of_five_and_says_so(values, i):
    given_five = {g: v for g, v in named(values).items() if g != SIX_GENES[i]}
    score = six_gene_score(given_five)
    assert score.value == pytest.approx(median(given_five.values()))
    assert score.missing == (SIX_GENES[i],) and "not the six-gene score" in score.sentence()


def test_positive_means_above_2_466():
    assert cut_off() == 2.466
    assert not six_gene_score(named([2.466] * 6)).positive
    assert six_gene_score(named([2.467] * 6)).positive


@pytest.mark.parametrize(
    "system, stimulus, published, within",
    [
        ("airway", "alpha", 760, 0.02),
        ("airway", "beta", 680, 0.02),
        ("airway", "lambda", 530, 0.02),
        ("airway", "gamma", 8, 0.25),  # three replicates that disagree about the order of the genes
        ("kidney", "alpha", 54.05, 0.02),
        ("blood", "beta", 3.0, 0.02),
        ("blood", "gamma", 0.86, 0.10),
        ("blood", "lambda", 1.0, 0.10),
    ],
)
def test_scores_from_the_shipped_medians_match_those_computed_from_the_counts(
    system, stimulus, published, within
):
    assert tissue_score(system, stimulus).value == pytest.approx(published, rel=within)


def test_each_score_from_the_medians_lies_near_the_range_of_the_replicates():
    frame = shipped_scores().dropna(subset=["score_from_medians"])
    assert len(frame) == 11
    assert (frame.score_from_medians >= frame.low * 0.95).all()
    assert (frame.score_from_medians <= frame.high * 1.05).all()


def test_airway_cells_lack_siglec1_so_a_filler_nearly_halves_their_score():
    filled, five = (tissue_score("airway", "alpha", leave_out_undetected=leave) for leave in (False, True))
    assert filled.undetected == ("SIGLEC1",) and len(filled.genes) == 6
    assert five.missing == ("SIGLEC1",) and len(five.genes) == 5
    assert five.value / filled.value == pytest.approx(1.9, abs=0.1)
    assert filled.positive is None and "not applied" in filled.sentence()
    assert tissue_score("blood", "beta").undetected == ()


def test_a_stimulated_control_lowers_the_score_and_a_quiet_one_raises_it():
    usual, stimulated, quiet = (
        tissue_score("blood", "beta", control_scale=k, pseudocount=1.0).value for k in (1, 3, 0.3)
    )
    assert stimulated < usual < quiet
    assert tissue_score("blood", "beta", control_scale=3).origin == "assumed"


def test_a_larger_pseudocount_shrinks_fold_changes_of_genes_the_control_hardly_has():
    small, large = (gene_fold_changes("airway", "alpha", pseudocount=p).fold_change for p in (0.1, 5.0))
    detected = gene_fold_changes("airway", "alpha").detected
    assert (small[detected] > large[detected]).all()


def test_fold_changes_follow_from_the_medians_shipped_beside_them():
    frame = fold_change_table()
    assert len(frame) == 715 and set(frame.origin) == {"derived"}
    again = np.log2(
        (frame.stimulated_median + frame.pseudocount) / (frame.control_median + frame.pseudocount)
    )
    gap = np.abs(again - frame.log2fc_median)
    # Of three samples the median is one of them, so the logarithm commutes with it; of four it is a mean of two.
    assert gap[frame.n_stimulated == 3].max() < 0.011
    assert gap[frame.n_stimulated == 4].max() < 0.2


def test_the_table_names_its_samples_units_and_source():
    frame = gene_fold_changes("blood", "beta")
    assert (
        set(frame.n_stimulated) == {4} and frame.attrs["units"]["control_median"] == "DESeq2 normalised count"
    )
    assert "GSE145647" in frame.attrs["source"]
    assert (frame.low <= frame.fold_change).all() and (frame.fold_change <= frame.high).all()


def test_definitions_keep_their_cut_offs_and_leave_what_was_not_read_blank():
    frame = score_definitions().set_index("id")
    assert frame.cut_off["rice-crow-6"] == 2.466 and frame.n["rice-crow-6"] == "29"
    assert np.isnan(frame.cut_off["nih-28"]) and frame.genes["nih-28"] == ""


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_occupancy_never_lowers_the_score_and_rest_is_one(a, b):
    response = gene_response()
    low, high = response.score(sorted([a, b]))
    assert 1 - 1e-12 <= low <= high + 1e-12 <= response.ceiling + 2e-12
    assert response.score(0.0) == 1


def test_blood_saturated_with_interferon_beta_scores_three():
    """Held in: the constants were chosen so."""
    response = gene_response()
    assert float(response.score(1e9)) == pytest.approx(3.0, rel=0.02)
    half = response.fold_changes(0.121)
    assert half == pytest.approx((1 + response.fold_changes(1e12)) / 2, rel=1e-6)


def test_blood_after_interferon_gamma_stays_below_one():
    assert float(gene_response("blood", "gamma").score(1e9)) < 1


def test_an_airway_response_has_five_genes_and_says_so():
    response = gene_response("airway", "alpha")
    assert response.left_out == ("SIGLEC1",) and len(response.genes) == 5
    assert "SIGLEC1" in " ".join(response.assumptions)


def test_the_course_table_has_genes_score_origin_and_assumptions():
    frame = gene_response().table([0, 1, 2], [0, 0.1, 2.0])
    assert frame.score.to_numpy() == pytest.approx(np.median(frame[list(SIX_GENES)], axis=1))
    assert set(frame.origin) == {"simulated"} and frame.positive.tolist() == [False, False, True]
    assert "half-saturated at occupancy 0.121 (assumed)" in frame.attrs["caption"]


@pytest.mark.parametrize(
    "attempt, words",
    [
        (lambda: six_gene_score({"IFI27": -1.0}), "above 0"),
        (lambda: six_gene_score({"IFI27": float("inf")}), "finite"),
        (lambda: six_gene_score({"IFI72": 2.0}), "Did you mean “IFI27”"),
        (lambda: six_gene_score({}), "at least one measured gene"),
        (lambda: six_gene_score(named([1] * 6), definition="nih-28"), "score definition"),
        (lambda: gene_fold_changes("airways", "alpha"), "Did you mean “airway”"),
        (lambda: gene_fold_changes("blood", "alpha"), "stimulus studied in blood"),
        (lambda: gene_fold_changes("blood", "beta", control_scale=0), "above 0"),
        (lambda: gene_fold_changes("blood", "beta", pseudocount=-1), "0 or more"),
        (lambda: gene_response(half_occupancy=0), "above 0"),
        (lambda: gene_response().score(-0.1), "0 or more"),
        (lambda: gene_response().table([0, 1], [0.1]), "One occupancy belongs to each time"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, words):
    with pytest.raises(ValueError) as error:
        attempt()
    assert words in str(error.value)


def test_every_score_row_leads_back_to_its_evidence_row():
    with open(data_folder() / "evidence" / "ifn_scores.csv", encoding="utf-8") as file:
        evidence = {row["fact_id"]: row for row in csv.DictReader(file)}
    with open(data_folder() / "pathway" / "score_definitions.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            fact = evidence[row["fact_ids"]]
            shown = row["value"] if row["kind"] == "computed" else row["cut_off"]
            assert fact["value"].startswith(shown), row
