"""The tables give the known answers, by the methods of lifelines, statsmodels and SciPy.

The answers were computed once from the same data by independent code.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test
from scipy import stats
from statsmodels import api as sm
from statsmodels.stats.contingency_tables import Table2x2, mcnemar
from statsmodels.stats.inter_rater import cohens_kappa

from autoimmune.data import cohorts

DAYS_PER_YEAR = 365.25


def hazard_ratio(table, **columns):
    """Cox hazard ratio of the one covariate, with its 95 % interval."""
    fitted = CoxPHFitter().fit(table, **columns).summary.iloc[0]
    return fitted["exp(coef)"], fitted["exp(coef) lower 95%"], fitted["exp(coef) upper 95%"]


# -- rheumatoid arthritis --------------------------------------------------------------------------


def two_by_two(table):
    """Improved and not improved under treatment and placebo."""
    improved = (table["improved"] > "none").map({True: "improved", False: "not"})
    counts = pd.crosstab(table["treatment"], improved)
    return Table2x2(counts.loc[["treated", "placebo"], ["improved", "not"]].to_numpy())


def test_arthritis_treatment_effect():
    table = two_by_two(cohorts.arthritis_trial())
    (treated, other_treated), (placebo, other_placebo) = table.table
    assert (treated, treated + other_treated, placebo, placebo + other_placebo) == (28, 41, 14, 43)
    difference = treated / 41 - placebo / 43
    assert difference == pytest.approx(0.357, abs=5e-4)
    assert 1 / difference == pytest.approx(2.80, abs=5e-3)
    assert table.riskratio == pytest.approx(2.10, abs=5e-3)
    assert table.oddsratio == pytest.approx(4.46, abs=5e-3)
    assert stats.fisher_exact(table.table).pvalue == pytest.approx(0.00206, abs=5e-6)


def test_arthritis_chi_squared_over_three_levels():
    table = cohorts.arthritis_trial()
    test = stats.chi2_contingency(pd.crosstab(table["treatment"], table["improved"]))
    assert (test.dof, test.statistic, test.pvalue) == (
        2, pytest.approx(13.055, abs=5e-4), pytest.approx(0.00146, abs=5e-6))


@pytest.mark.parametrize("sex, treated, placebo", [("female", 77.8, 40.6), ("male", 50.0, 9.1)])
def test_arthritis_improvement_by_sex(sex, treated, placebo):
    table = cohorts.arthritis_trial().query("sex == @sex")
    share = 100 * (table["improved"] > "none").groupby(table["treatment"], observed=True).mean()
    assert share.to_dict() == pytest.approx({"treated": treated, "placebo": placebo}, abs=0.05)


# -- primary biliary cholangitis -------------------------------------------------------------------


@pytest.fixture(scope="module")
def pbc():
    table = cohorts.primary_biliary_cholangitis()
    return table.assign(years=table["days"] / DAYS_PER_YEAR, died=table["status"] == "died")


def test_pbc_is_a_disease_of_women_in_middle_age(pbc):
    assert pbc["sex"].value_counts().to_dict() == {"female": 374, "male": 44}
    assert pbc["age"].median() == pytest.approx(51.0, abs=0.05)


@pytest.fixture(scope="module")
def trial(pbc):
    """Only those who were randomised."""
    return pbc.dropna(subset="treatment")


def test_penicillamine_made_no_difference(trial):
    assert (len(trial), trial["died"].sum()) == (312, 125)
    columns = trial[["years", "died"]].assign(placebo=(trial["treatment"] == "placebo").astype(int))
    ratio = hazard_ratio(columns, duration_col="years", event_col="died")  # of placebo against the drug
    assert ratio == pytest.approx((0.944, 0.665, 1.342), abs=1e-3)
    arms = [trial[trial["treatment"] == arm] for arm in ("placebo", "D-penicillamine")]
    test = logrank_test(arms[0]["years"], arms[1]["years"], arms[0]["died"], arms[1]["died"])
    assert test.p_value == pytest.approx(0.75, abs=5e-3)


def survival(table, at):
    """Kaplan–Meier survival at the times `at`."""
    return KaplanMeierFitter().fit(table["years"], table["died"]).survival_function_at_times(at).to_numpy()


@pytest.mark.parametrize("followed, low, high", [("trial", 0.902, 0.406), ("pbc", 0.893, 0.391)])
def test_pbc_five_year_survival_by_bilirubin(followed, low, high, request):
    table = request.getfixturevalue(followed)
    above = table["bilirubin"] > 2
    assert survival(table[~above], 5)[0] == pytest.approx(low, abs=5e-4)
    assert survival(table[above], 5)[0] == pytest.approx(high, abs=5e-4)


def test_pbc_five_year_survival_by_stage(pbc):
    by_stage = [survival(group, 5)[0] for _, group in pbc.groupby("stage")]
    assert by_stage == pytest.approx([0.952, 0.870, 0.779, 0.469], abs=5e-4)


def test_pbc_death_rate_rises_with_bilirubin(trial):
    bands = pd.cut(trial["bilirubin"], [0, 1, 2, 4, np.inf])
    sums = trial.groupby(bands, observed=True)[["died", "years"]].sum()
    assert list(100 * sums["died"] / sums["years"]) == pytest.approx([2.14, 5.37, 12.74, 24.45], abs=5e-3)


def test_pbc_mayo_score_can_be_fitted_again(pbc):
    table = pbc.dropna(subset="prothrombin_time")[["years", "died", "age", "oedema"]].copy()
    assert len(table) == 416
    for name in ("bilirubin", "albumin", "prothrombin_time"):
        table[f"log_{name}"] = np.log(pbc[name])
    fitted = CoxPHFitter().fit(table, "years", "died")
    assert fitted.params_.to_dict() == pytest.approx(
        {"age": 0.0396, "oedema": 0.896, "log_bilirubin": 0.864, "log_albumin": -2.507,
         "log_prothrombin_time": 2.387}, abs=1e-3)
    assert fitted.concordance_index_ == pytest.approx(0.835, abs=1e-3)


def test_ursodeoxycholic_acid_halves_the_events():
    table = cohorts.ursodeoxycholic_acid_trial()
    drug = table["treatment"] == "ursodeoxycholic acid"
    on_drug, on_placebo = table[drug], table[~drug]
    assert (on_placebo["event"].sum(), len(on_placebo)) == (45, 84)
    assert (on_drug["event"].sum(), len(on_drug)) == (27, 86)
    columns = table[["days", "event"]].assign(drug=drug.astype(int))
    assert hazard_ratio(columns, duration_col="days", event_col="event") == pytest.approx(
        (0.422, 0.262, 0.681), abs=1e-3)
    test = logrank_test(on_drug["days"], on_placebo["days"], on_drug["event"], on_placebo["event"])
    assert test.test_statistic == pytest.approx(13.23, abs=5e-3)
    assert test.p_value == pytest.approx(0.00028, abs=5e-6)


# -- Crohn disease ---------------------------------------------------------------------------------


def test_crohn_counts_are_more_spread_than_poisson():
    table = cohorts.crohn_adverse_events()
    means = table.groupby("treatment", observed=True)["adverse_events"].mean()
    assert means.to_dict() == pytest.approx({"placebo": 2.41, "drug 1": 1.56, "drug 2": 2.13}, abs=5e-3)
    counts = table["adverse_events"]
    assert counts.var() / counts.mean() == pytest.approx(3.66, abs=5e-3)
    assert (counts == 0).mean() == pytest.approx(0.427, abs=5e-4)
    assert stats.poisson.pmf(0, counts.mean()) == pytest.approx(0.131, abs=5e-4)


def test_crohn_discovery_disappears_when_the_spread_is_allowed_for():
    table = cohorts.crohn_adverse_events()
    model = smf.glm("adverse_events ~ treatment", table, family=sm.families.Poisson())
    drug_1 = "treatment[T.drug 1]"
    assert model.fit().pvalues[drug_1] == pytest.approx(0.0085, abs=5e-5)
    assert model.fit(scale="X2").pvalues[drug_1] == pytest.approx(0.167, abs=5e-4)
    negative_binomial = smf.negativebinomial("adverse_events ~ treatment", table).fit(disp=0)
    assert negative_binomial.pvalues[drug_1] == pytest.approx(0.194, abs=1e-3)
    groups = [group["adverse_events"] for _, group in table.groupby("treatment", observed=True)]
    assert stats.kruskal(*groups).pvalue == pytest.approx(0.30, abs=5e-3)


def transmissions(trios):
    """By locus, how often a parent with both alleles passed on the lower-numbered one and the higher one."""
    typed = trios.dropna()
    low = typed.groupby("locus")[["father_1", "father_2", "mother_1", "mother_2"]].min().min(axis=1)
    is_low = typed.filter(regex="_[12]$").eq(typed["locus"].map(low), axis=0)
    parents = is_low[["father_1", "father_2", "mother_1", "mother_2"]].to_numpy().reshape(-1, 2, 2)
    mixed = parents.sum(axis=2) == 1
    homozygous_low = (parents.sum(axis=2) == 2).sum(axis=1)
    passed_low = is_low[["child_1", "child_2"]].sum(axis=1).to_numpy() - homozygous_low
    counts = pd.DataFrame({"low": passed_low, "high": mixed.sum(axis=1) - passed_low}, index=typed["locus"])
    return counts.groupby("locus").sum()


def test_crohn_transmission_disequilibrium():
    counts = transmissions(cohorts.crohn_trios())
    tests = {locus: mcnemar([[0, row["low"]], [row["high"], 0]], exact=False, correction=False)
             for locus, row in counts.iterrows()}
    p = pd.Series({locus: test.pvalue for locus, test in tests.items()})
    assert p.idxmin() == 28
    assert counts.loc[28].to_dict() == {"low": 37, "high": 87}
    assert tests[28].statistic == pytest.approx(20.16, abs=5e-3)
    assert tests[28].pvalue == pytest.approx(7.1e-6, abs=5e-8)
    assert ((p < 0.05).sum(), (p < 0.05 / 103).sum()) == (68, 11)


# -- lupus, multiple sclerosis, chronic granulomatous disease --------------------------------------


def test_lupus_survival_around_1950():
    table = cohorts.lupus_survival()
    assert table["sex"].value_counts().to_dict() == {"female": 86, "male": 13}
    assert table["died"].sum() == 31
    assert (table["died"] & (table["years"] <= 0.25)).sum() == 13
    fitted = KaplanMeierFitter().fit(table["years"], table["died"])
    at = fitted.survival_function_at_times([0.25, 1, 4]).to_numpy()
    assert at == pytest.approx([0.867, 0.743, 0.535], abs=5e-4)
    assert fitted.median_survival_time_ == pytest.approx(4.50, abs=5e-3)


@pytest.mark.parametrize("patients, n, agreement, kappa, weighted", [
    ("Winnipeg", 149, 0.4295, 0.208, 0.380), ("New Orleans", 69, 0.478, 0.297, 0.477)])
def test_two_neurologists_agree_a_little(patients, n, agreement, kappa, weighted):
    table = cohorts.ms_two_neurologists().query("patients_from == @patients")
    counts = pd.crosstab(table["winnipeg_neurologist"], table["new_orleans_neurologist"], dropna=False)
    counts = counts.to_numpy()
    assert counts.sum() == n
    assert np.trace(counts) / n == pytest.approx(agreement, abs=5e-4)
    assert cohens_kappa(counts).kappa == pytest.approx(kappa, abs=5e-4)
    assert cohens_kappa(counts, wt="linear").kappa == pytest.approx(weighted, abs=5e-4)


def test_serious_infections_when_a_part_of_immunity_is_missing():
    table = cohorts.chronic_granulomatous_disease()
    assert table["id"].nunique() == 128
    table["years"] = (table["stop"] - table["start"]) / DAYS_PER_YEAR
    sums = table.groupby("treatment", observed=True)[["infection", "years"]].sum()
    assert sums["infection"].to_dict() == {"placebo": 56, "interferon-gamma": 20}
    assert sums["years"].to_dict() == pytest.approx({"placebo": 50.7, "interferon-gamma": 51.9}, abs=0.05)
    rate = sums["infection"] / sums["years"]
    assert rate.to_dict() == pytest.approx({"placebo": 1.104, "interferon-gamma": 0.385}, abs=5e-4)
    assert rate["interferon-gamma"] / rate["placebo"] == pytest.approx(0.349, abs=5e-4)
