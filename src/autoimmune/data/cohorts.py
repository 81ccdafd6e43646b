"""Patient-level data from trials and cohorts, one function a data set.

    arthritis_trial                 rheumatoid arthritis: a treatment against placebo
    primary_biliary_cholangitis     natural history, and a trial of a drug that did not help
    ursodeoxycholic_acid_trial      the same disease, a drug that did
    crohn_adverse_events            Crohn disease: counts that are more spread than a Poisson law allows
    crohn_trios                     Crohn disease: genotypes of a child and both parents
    lupus_survival                  systemic lupus erythematosus in 1949 to 1953
    ms_two_neurologists             multiple sclerosis: one set of patients, two diagnoses
    chronic_granulomatous_disease   the opposite trouble: a part of immunity is missing
    catalogue                       all of them in a table

The tables lie in `cohort_tables/` as others have published them, each under the licence of its package (see the
README there), and are read when a function is called. Each function mends what its docstring names and nothing
else: columns get plain names, codes become words, and an absent value is NaN. Every table carries in its `attrs`
the name, disease, source, provenance and licence of its row in the catalogue, and the units of its columns.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SEXES = {"f": "female", "m": "male", "female": "female", "male": "male"}


@dataclass(frozen=True)
class Cohort:
    """One row of the catalogue. `name` is the function that reads it; `rows` is the length of its table."""

    name: str
    disease: str
    rows: int
    row_is: str
    source: str
    provenance: str
    licence: str


COHORTS = (
    Cohort("arthritis_trial", "rheumatoid arthritis", 84, "a patient", "R package vcd: Arthritis",
           "Koch G, Edwards S. In: Peace KE (ed.) Biopharmaceutical Statistics for Drug Development. "
           "Marcel Dekker 1988, 403–451", "GPL-2"),
    Cohort("primary_biliary_cholangitis", "primary biliary cholangitis", 418, "a patient",
           "R package survival: pbc", "Mayo Clinic trial of D-penicillamine, 1974–1984; Therneau T, "
           "Grambsch P. Modeling Survival Data. Springer 2000",
           "LGPL-2 or later"),
    Cohort("ursodeoxycholic_acid_trial", "primary biliary cholangitis", 170, "a patient",
           "R package survival: udca1", "Lindor KD et al. Gastroenterology 1994;106:1284–1290",
           "LGPL-2 or later"),
    Cohort("crohn_adverse_events", "Crohn disease", 117, "a patient", "R package robustbase: CrohnD",
           "Lô SN, Ronchetti E. Technical report, University of Geneva 2006",
           "GPL-2 or later"),
    Cohort("crohn_trios", "Crohn disease", 129 * 103, "a genetic marker of one family",
           "R package gap: crohn", "Daly MJ et al. Nat Genet 2001;29:229–232, as updated by its authors",
           "GPL-2 or later"),
    Cohort("lupus_survival", "systemic lupus erythematosus", 99, "a patient", "Python package lifelines: load_lupus",
           "Merrell M, Shulman LE. J Chronic Dis 1955;1:12–32", "MIT"),
    Cohort("ms_two_neurologists", "multiple sclerosis", 218, "a patient", "R package vcd: MSPatients",
           "Westlund KB, Kurland LT. Am J Hyg 1953;57:380–396", "GPL-2"),
    Cohort("chronic_granulomatous_disease", "chronic granulomatous disease", 203,
           "an interval of one patient", "R package survival: cgd",
           "Fleming TR, Harrington DP. Counting Processes and Survival Analysis. Wiley 1991, appendix D.2",
           "LGPL-2 or later"),
)


def catalogue() -> pd.DataFrame:
    """All cohorts: name of the function, disease, rows, what a row is, source, provenance, licence."""
    import pandas as pd

    return pd.DataFrame([asdict(cohort) for cohort in COHORTS])


def arthritis_trial() -> pd.DataFrame:
    """A double-blind trial of a new treatment for rheumatoid arthritis, shape (84, 5).

    Columns: `id`; `treatment` (placebo, treated); `sex`; `age` (years); `improved` (none < some < marked).

    Mended: the level "None" of `improved` is read as missing in 42 of 84 rows, though nobody is missing; it
    is "none" here, and the levels are ordered.
    """
    raw = published("vcd_Arthritis")
    table = renamed(raw, ID="id", Treatment="treatment", Sex="sex", Age="age", Improved="improved")
    table["treatment"] = categories(table["treatment"].str.lower(), "placebo", "treated")
    improved = table["improved"].fillna("None").str.lower()
    table["improved"] = categories(improved, "none", "some", "marked", ordered=True)
    return labelled("arthritis_trial", table, age="years")


def primary_biliary_cholangitis() -> pd.DataFrame:
    """Patients with primary biliary cholangitis at the Mayo Clinic, shape (418, 20).

    The first 312 were randomised to D-penicillamine or placebo, 1974 to 1984; the others agreed to be
    followed.

    Columns: `id`; `days` from registration to death, transplant or July 1986; `status` (censored, transplant,
    died); `treatment` (placebo, D-penicillamine, or NaN); `age` (years); `sex`; `ascites`, `hepatomegaly`,
    `spiders` (vessel marks on the skin), each 0 or 1; `oedema` (0 none, 0.5 without or settled by diuretics,
    1 in spite of them); `bilirubin`, `cholesterol`, `triglycerides` (mg/dl); `albumin` (g/dl); `copper` in
    urine (µg/d); `alkaline_phosphatase` (U/l); `ast` (U/ml); `platelets` (the help page gives no unit);
    `prothrombin_time` (standardised, no unit given); `stage` (1 to 4).

    Mended: codes are words. Status 1 is a transplant, not a death. The 106 patients who were not randomised
    have `treatment` NaN; eight more of their columns were never recorded.
    """
    raw = published("survival_pbc")
    table = renamed(raw, id="id", time="days", status="status", trt="treatment", age="age", sex="sex",
                    ascites="ascites", hepato="hepatomegaly", spiders="spiders", edema="oedema",
                    bili="bilirubin", chol="cholesterol", albumin="albumin", copper="copper", ast="ast",
                    trig="triglycerides", platelet="platelets", protime="prothrombin_time", stage="stage",
                    **{"alk.phos": "alkaline_phosphatase"})
    table["status"] = coded(table["status"], {0: "censored", 1: "transplant", 2: "died"})
    table["treatment"] = coded(table["treatment"], {2: "placebo", 1: "D-penicillamine"})
    return labelled("primary_biliary_cholangitis", table, days="d", age="years", bilirubin="mg/dl",
                    cholesterol="mg/dl", triglycerides="mg/dl", albumin="g/dl", copper="µg/d",
                    alkaline_phosphatase="U/l", ast="U/ml")


def ursodeoxycholic_acid_trial() -> pd.DataFrame:
    """A trial of ursodeoxycholic acid in primary biliary cholangitis, shape (170, 7).

    Columns: `id`; `treatment` (placebo, ursodeoxycholic acid); `stage` (0 or 1; the help page does not say
    which stages these are); `bilirubin` at entry (the help page gives no unit); `risk_score` (Mayo score at
    entry, one missing); `days` to the first event or the end; `event`: True if there was one.

    An event is the first of eight: death, transplant, histologic progression, varices, ascites,
    encephalopathy, a doubled bilirubin, worse symptoms. It is not a death.

    Mended: codes are words.
    """
    raw = published("survival_udca1")
    table = renamed(raw, id="id", trt="treatment", stage="stage", bili="bilirubin", riskscore="risk_score",
                    futime="days", status="event")
    table["treatment"] = coded(table["treatment"], {0: "placebo", 1: "ursodeoxycholic acid"})
    table["event"] = table["event"].astype(bool)
    return labelled("ursodeoxycholic_acid_trial", table, days="d")


def crohn_adverse_events() -> pd.DataFrame:
    """How many adverse events each of 117 patients with Crohn disease had under two drugs and placebo.

    Columns: `id`; `adverse_events` (count); `bmi` (kg/m²); `height` (cm); `country` (c1, c2); `sex`; `age`
    (years); `weight` (kg); `treatment` (placebo, drug 1, drug 2). The drugs and the countries are not named.
    Shape (117, 9).

    Mended: the help page codes treatment 0, 1, 2 and country 0, 1; the data say placebo, d1, d2 and c1, c2.
    """
    raw = published("robustbase_CrohnD")
    table = renamed(raw, ID="id", nrAdvE="adverse_events", BMI="bmi", height="height", country="country",
                    sex="sex", age="age", weight="weight", treat="treatment")
    table["treatment"] = coded(table["treatment"], {"placebo": "placebo", "d1": "drug 1", "d2": "drug 2"})
    return labelled("crohn_adverse_events", table, bmi="kg/m²", height="cm", age="years", weight="kg")


def crohn_trios() -> pd.DataFrame:
    """Genotypes of 129 children with Crohn disease and of both parents at 103 markers of 5q31.

    A row is one marker of one family, shape (13287, 13).

    Columns: `family`; `child`, `father`, `mother` (numbers of the persons); `locus` (1 to 103, along the
    chromosome); `marker`; `position` (bases, in the numbering of the data set's help page); `child_1`,
    `child_2`, `father_1`, `father_2`, `mother_1`, `mother_2`: the two alleles (1 to 4; their order means
    nothing), or NaN.

    Neighbouring markers are inherited together, so 103 tests are far fewer than 103 independent ones.

    Mended: allele 0 means missing and is NaN. Fifteen parents are affected as well, so the child is the
    person with parents in the table, not the affected one. Positions and names come from the help page.
    """
    raw, markers = published("gap_crohn"), published("gap_crohn_markers")
    markers["locus"] = range(1, len(markers) + 1)
    children = raw[raw["fid"] > 0].set_index("pid")[["id", "fid", "mid"]]
    children = children.rename(columns={"id": "child", "fid": "father", "mid": "mother"})
    table = markers.merge(children.rename_axis("family").reset_index(), how="cross")
    alleles = long_alleles(raw)
    for role in ("child", "father", "mother"):
        both = alleles.add_prefix(f"{role}_")
        table = table.merge(both, left_on=[role, "locus"], right_index=True, validate="one_to_one")
    order = ["family", "child", "father", "mother", "locus", "marker", "position"]
    table = table[order + [name for name in table.columns if name not in order]]
    table = table.sort_values(["family", "locus"], ignore_index=True)
    return labelled("crohn_trios", table, position="bases")


def lupus_survival() -> pd.DataFrame:
    """Patients with systemic lupus erythematosus seen at Johns Hopkins from 1949 to 1953, shape (99, 8).

    Columns: `died`; `sex`; `white`; `age` at diagnosis (years, one missing); `months_to_diagnosis` from the
    estimated onset; `diagnosed` and `last_seen` (month); `years` from diagnosis to last observation (four are
    0).

    The author of lifelines typed the table in from the paper and warns of differences: the numbers teach how
    survival was then, they do not document it.

    Mended: the names of the columns, which ran to 59 letters.
    """
    raw = published("lifelines_lupus").replace({"is_male": {True: "male", False: "female"}})
    table = renamed(raw, **{
        "dead": "died", "is_male": "sex", "is_white": "white", "age_at_diagnosis": "age",
        "time_elapsed_between_estimated_onset_and_diagnosis_(months)": "months_to_diagnosis",
        "year_month_of_diagnosis": "diagnosed", "year_month_of_last_observation": "last_seen",
        "time_between_diagnosis_and_last_observation_(years)": "years"})
    return labelled("lupus_survival", table, age="years", months_to_diagnosis="months", years="years")


def ms_two_neurologists() -> pd.DataFrame:
    """How sure two neurologists were, each by himself, that each of 218 patients has multiple sclerosis.

    Columns: `patients_from` (Winnipeg: 149, New Orleans: 69); `winnipeg_neurologist` and
    `new_orleans_neurologist` (certain > probable > possible > doubtful, ordered from doubtful to certain).
    Shape (218, 3).

    Mended: the package flattens the three-way table of counts to 4 x 8; here a row is a patient again.
    """
    degrees = ("doubtful", "possible", "probable", "certain")
    raw = published("vcd_MSPatients").set_index("rownames")
    counts = raw.rename_axis("new_orleans_neurologist").reset_index().melt("new_orleans_neurologist")
    counts[["winnipeg_neurologist", "patients_from"]] = counts["variable"].str.split(".", expand=True)
    columns = ["patients_from", "winnipeg_neurologist", "new_orleans_neurologist"]
    table = counts.loc[counts.index.repeat(counts["value"]), columns].reset_index(drop=True)
    for neurologist in columns[1:]:
        table[neurologist] = categories(table[neurologist].str.lower(), *degrees, ordered=True)
    return labelled("ms_two_neurologists", table)


def chronic_granulomatous_disease() -> pd.DataFrame:
    """Serious infections of 128 people with chronic granulomatous disease, on interferon-gamma or placebo.

    A person has one row for each interval that ends with an infection and one for the rest of the follow-up,
    shape (203, 16).

    Columns: `id`; `centre`; `randomised` (date); `treatment` (placebo, interferon-gamma); `sex`; `age`
    (years), `height` (cm), `weight` (kg) at entry; `inheritance` (X-linked, autosomal); `steroids` and
    `prophylactic_antibiotics` at entry; `centre_group`; `start` and `stop` of the interval (days); `interval`
    (1, 2, … within a person); `infection`: True if it ends with one.

    Mended: codes are words. Rows are not people: sum the days before dividing by them.
    """
    import pandas as pd

    raw = published("survival_cgd")
    table = renamed(raw, id="id", center="centre", random="randomised", treat="treatment", sex="sex",
                    age="age", height="height", weight="weight", inherit="inheritance", steroids="steroids",
                    propylac="prophylactic_antibiotics", tstart="start", tstop="stop", enum="interval",
                    status="infection", **{"hos.cat": "centre_group"})
    table["randomised"] = pd.to_datetime(table["randomised"])
    table["treatment"] = coded(table["treatment"], {"placebo": "placebo", "rIFN-g": "interferon-gamma"})
    for name in ("steroids", "prophylactic_antibiotics", "infection"):
        table[name] = table[name].astype(bool)
    return labelled("chronic_granulomatous_disease", table, age="years", height="cm", weight="kg", start="d",
                    stop="d")


# -- as published ----------------------------------------------------------------------------------


def published(name: str) -> pd.DataFrame:
    """A table of `cohort_tables/` as its package has it; LookupError names the ones that there are."""
    from importlib import resources

    import pandas as pd

    folder = resources.files(__package__) / "cohort_tables"
    known = sorted(path.name.removesuffix(".csv") for path in folder.iterdir() if path.name.endswith(".csv"))
    if name not in known:
        raise LookupError(f"there is no table {name!r}. Allowed: {', '.join(known)}")
    with (folder / f"{name}.csv").open(encoding="utf-8") as table:
        return pd.read_csv(table)


def long_alleles(raw: pd.DataFrame) -> pd.DataFrame:
    """The columns loc1.a1, loc1.a2, … as columns 1 and 2, indexed by person and locus; 0 becomes NaN."""
    import pandas as pd

    wide = raw.set_index("id").filter(like="loc")
    names = wide.columns.str.extract(r"loc(?P<locus>\d+)\.a(?P<allele>\d)").astype(int)
    wide.columns = pd.MultiIndex.from_frame(names)
    return wide.stack("locus", future_stack=True).replace(0, float("nan"))


# -- mending ---------------------------------------------------------------------------------------


def renamed(raw: pd.DataFrame, **names: str) -> pd.DataFrame:
    """The columns of `raw` that are named (old=new), in that order, with a plain row number as index."""
    table = raw[list(names)].rename(columns=names).reset_index(drop=True)
    if "sex" in table:
        table["sex"] = coded(table["sex"].str.lower(), SEXES)
    return table


def coded(column: pd.Series, words: dict) -> pd.Series:
    """A column of codes as categories, in the order of `words`; a missing code stays NaN.

    Raises ValueError for a code without a word.
    """
    strange = set(column.dropna()) - set(words)
    if strange:
        has, known = (", ".join(sorted(map(str, codes))) for codes in (strange, words))
        raise ValueError(f"{column.name} has the codes {has}; known are {known}")
    return categories(column.map(words), *dict.fromkeys(words.values()))


def categories(column: pd.Series, *words: str, ordered: bool = False) -> pd.Series:
    """A column of `words` as a categorical in their order."""
    import pandas as pd

    return column.astype(pd.CategoricalDtype(list(words), ordered))


def labelled(name: str, table: pd.DataFrame, **units: str) -> pd.DataFrame:
    """The table with its row of the catalogue and the units of its columns in `attrs`."""
    cohort = next(cohort for cohort in COHORTS if cohort.name == name)
    table.attrs = {**asdict(cohort), "units": units}
    return table
