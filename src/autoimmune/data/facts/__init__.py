"""Published figures, each with its source and with what was checked.

    tables()       the names of the tables, each with one sentence
    load(name)     one table; only verified cells unless asked otherwise
    value(fact)    one number, such as value("environment/ms-ebv-seroconversion")
    cite(fact)     the line that a lesson prints beside that number
    sources()      every source once, for a page of sources
    read_in(doi)   where the figures of a source were read: mostly an abstract, seldom the paper itself
    overdue()      criteria, guidelines and approvals that nobody has looked at for two years
    glossary()     the words of the course in plain language

A fact is named "table/id". A row is `verified` (every cell was read in its source), `partly` (the column
`unverified` names the cells that were not) or `recalled` (none was). The README beside this file explains
the columns; `dictionary.csv` holds their units.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

STATUSES = ("verified", "partly", "recalled")
SEPARATOR = "|"
LIMITS = ("_low", "_high")


def tables() -> dict[str, str]:
    """The name of every table with one sentence that says what it holds."""
    return {row["table"]: row["meaning"] for row in dictionary() if not row["column"]}


def load(name: str, unverified: bool = False) -> pd.DataFrame:
    """A table of facts, one row a fact, indexed by `id`.

    Without `unverified`, rows that are only recalled are left out, and cells (and DOIs) that were not read
    in a source are missing. Numbers are numeric; `attrs["units"]` maps columns to units, where "see unit"
    points to the row's own column `unit`; `attrs["table"]` is the name, `attrs["meaning"]` its sentence.
    Raises ValueError for an unknown name.
    """
    table = raw(name).copy() if unverified else checked(raw(name))
    table = table.where(table != "")
    for column in numeric_columns(name):
        table[column] = table[column].astype(float)
    table.attrs = {"table": name, "meaning": tables()[name], "units": units(name)}
    return table


def value(fact: str, column: str | None = None) -> float:
    """One verified number.

    `column` may be left out where the table has a column `value` or a single column of numbers. Raises
    ValueError for an unknown fact or column, and for a cell that is empty or was not verified.
    """
    name, row = find(fact)
    column = column or only_number(name)
    if column not in numeric_columns(name):
        raise ValueError(unknown(f"column of numbers in {name}", column, numeric_columns(name)))
    if row["status"] == "recalled" or column in split(row["unverified"], ";"):
        raise ValueError(f"{column} of {fact} was not verified; load({name!r}, unverified=True) shows it")
    if not row[column]:
        raise ValueError(f"{column} of {fact} is not given in its source")
    return float(row[column])


def cite(fact: str) -> str:
    """The source of a fact in one line, with a link for each DOI that was read next to the paper's title.

    Raises ValueError for an unknown fact, and for one that is only recalled.
    """
    _, row = find(fact)
    if row["status"] == "recalled":
        raise ValueError(f"{fact} is only recalled; check it in its source before citing it")
    return "; ".join(f"{source}, https://doi.org/{doi}" if doi else source for source, doi in row_sources(row))


def sources(unverified: bool = False) -> pd.DataFrame:
    """Every source once, in alphabetical order.

    Columns: `source`, `doi` (missing where it was not read), `facts` (how many rows rest on it) and
    `tables` (their names, separated by ", "). Sources of recalled rows are left out without `unverified`.
    """
    import pandas as pd

    found: dict[str, dict] = {}
    for name in tables():
        rows = raw(name) if unverified else raw(name).query("status != 'recalled'")
        for source, doi in (pair for _, row in rows.iterrows() for pair in row_sources(row)):
            entry = found.setdefault(source, {"source": source, "doi": None, "facts": 0, "tables": []})
            entry["doi"] = entry["doi"] or doi or None
            entry["facts"] += 1
            entry["tables"] += [name] if name not in entry["tables"] else []
    ordered = sorted(found.values(), key=lambda entry: entry["source"].casefold())
    return pd.DataFrame([entry | {"tables": ", ".join(entry["tables"])} for entry in ordered])


def read_in(name: str) -> str:
    """Where the figures of a source were read, each place once; `name` is its DOI, or the source itself where it has none.

    An empty text for a source on which no checked fact rests.
    """
    checked_rows = (row for table in tables() for _, row in raw(table).query("status != 'recalled'").iterrows())
    places = [row["read_in"] for row in checked_rows if any(name in pair for pair in row_sources(row))]
    return "; ".join(dict.fromkeys(part for place in places if place for part in place.split("; ")))


def overdue(today: date | None = None, months: int = 24) -> list[str]:
    """What the lessons call current and nobody has looked at for more than `months`, one sentence each, the oldest first."""
    today = today or date.today()
    rows = raw("current").sort_values("read_on")
    old = rows[[age(date.fromisoformat(day), today) > months for day in rows["read_on"]]]
    return [f"{row['what']} was last read on {row['read_on']}: look whether it still holds, mend lessons {row['lessons']} if not, "
            f"and write the day into current/{fact}" for fact, row in old.iterrows()]


def age(day: date, today: date) -> float:
    """Months from `day` to `today`, of a twelfth of 365.25 days each."""
    return (today - day).days / (365.25 / 12)


def glossary() -> pd.DataFrame:
    """The words of the course, indexed by `term`: a plain `definition` and the `lesson` that explains it first."""
    return read_csv("glossary.csv").set_index("term").sort_index(key=lambda terms: terms.str.casefold())


# -- reading the files --------------------------------------------------------------------------------


def read_csv(*path: str) -> pd.DataFrame:
    """A CSV file of this package with every cell as text; an empty cell is an empty string."""
    import pandas as pd

    with resources.files(__name__).joinpath(*path).open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


@cache
def dictionary() -> tuple[dict[str, str], ...]:
    """The rows of dictionary.csv; a row without a column describes its table."""
    with resources.files(__name__).joinpath("dictionary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def raw(name: str) -> pd.DataFrame:
    """A table as it stands in its file, as text. It is shared: copy it before changing it."""
    if name not in tables():
        raise ValueError(unknown("table", name, tables()))
    return read_csv("tables", f"{name}.csv").set_index("id")


@cache
def ids(name: str) -> tuple[str, ...]:
    """The ids of a table's rows, without pandas."""
    with resources.files(__name__).joinpath("tables", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["id"] for row in csv.DictReader(file))


def units(name: str) -> dict[str, str]:
    """The unit of each column of a table that has one."""
    return {row["column"]: row["unit"] for row in dictionary() if row["table"] == name and row["unit"]}


def numeric_columns(name: str) -> list[str]:
    """The columns of a table that hold numbers."""
    return [row["column"] for row in dictionary() if row["table"] == name and row["kind"] == "number"]


# -- what was checked ---------------------------------------------------------------------------------


def checked(table: pd.DataFrame) -> pd.DataFrame:
    """A copy without recalled rows, and with nothing in the cells and DOIs that were not read."""
    kept = table[table["status"] != "recalled"].copy()
    for fact, columns in kept.loc[kept["unverified"] != "", "unverified"].items():
        kept.loc[fact, split(columns, ";")] = ""
    kept["doi"] = [read_dois(doi, status) for doi, status in zip(kept["doi"], kept["doi_status"], strict=True)]
    return kept


def read_dois(doi: str, status: str) -> str:
    """The DOIs of a row with those left out that are only recalled; the places of the others stay."""
    dois = [one if how == "read" else "" for one, how in zip(split(doi), split(status), strict=True)]
    return f" {SEPARATOR} ".join(dois).strip() if any(dois) else ""


def row_sources(row: pd.Series) -> list[tuple[str, str]]:
    """Each source of a row with its DOI, or with "" where none was read."""
    names = split(row["source"])
    dois = split(read_dois(row["doi"], row["doi_status"])) or [""] * len(names)
    return list(zip(names, dois, strict=True))


def split(text: str, separator: str = SEPARATOR) -> list[str]:
    """The parts of a cell that holds several; nothing for an empty cell."""
    return [part.strip() for part in text.split(separator)] if text else []


# -- names --------------------------------------------------------------------------------------------


def find(fact: str) -> tuple[str, pd.Series]:
    """The table's name and the row, as text, of "table/id"."""
    name, slash, key = fact.partition("/")
    if not slash:
        raise ValueError(f"a fact is named 'table/id', such as 'ana_titre/healthy-80'; {fact!r} has no '/'")
    rows = raw(name)
    if key not in rows.index:
        raise ValueError(unknown(f"fact in {name}", key, rows.index))
    return name, rows.loc[key]


def only_number(name: str) -> str:
    """The column that `value` reads when none is named."""
    columns = numeric_columns(name)
    if "value" in columns:
        return "value"
    main = [column for column in columns if not column.endswith(LIMITS)]
    if len(main) != 1:
        raise ValueError(f"{name} has several columns of numbers; name one of {', '.join(columns)}")
    return main[0]


def unknown(kind: str, given: str, allowed) -> str:
    """A message that names the unknown `given`, the closest allowed name, and all of them."""
    from difflib import get_close_matches

    close = get_close_matches(str(given), list(allowed), n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"there is no {kind} named {given!r}.{hint} Allowed: {', '.join(allowed) or 'none'}."
