"""Values as plain data that JSON can hold, both ways. Never pickle, never a live object.

    encode(value, keep)    {"kind": …} for numbers, text, containers, NumPy arrays and scalars, pandas objects, dates,
                           figures; for anything else a handle that `keep` numbers
    decode(data, handle)   the value again; `handle` makes something of a handle
    exception(error)       the name of an exception and what it says
    derived                names of classes whose values were decoded as what they are derived from, since this was emptied

A decoded value is of a class of the library that made it (a `float`, an `ndarray`, a `DataFrame`), never of a class
that the other side defined, so a learner's `__eq__` does not travel.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

DEEPEST, MOST, LONGEST = 60, 2_000_000, 32_000_000
SCALARS = (bool, int, str)


derived: list[str] = []


class NotPlain(TypeError):
    """A value, or a message, that is not plain data."""


def encode(value: Any, keep: Callable[[Any], int] | None = None, depth: int = 0) -> dict:
    """`value` as plain data. Without `keep`, NotPlain for what is none."""
    if depth > DEEPEST:
        raise NotPlain(f"nested more than {DEEPEST} deep")
    kind = type(value)
    if kind in (str, bytes) and len(value) > LONGEST:
        raise NotPlain(f"{len(value):,} characters; at most {LONGEST:,} are looked at")
    if value is None or kind in (bool, str):
        return {"kind": "value", "value": value}
    if value is ... or value is NotImplemented:
        return {"kind": "constant", "value": repr(value)}
    if kind is int:
        return {"kind": "int", "value": hex(value)}
    if kind is float:
        return {"kind": "float", "value": value.hex()}
    for known, write in WRITERS.items():
        if kind is known:
            return write(value, lambda each: encode(each, keep, depth + 1))
    for library, write in LIBRARIES.items():
        if library in sys.modules:
            found = write(value, lambda each: encode(each, keep, depth + 1))
            if found is not None:
                return found
    if isinstance(value, SCALARS + (float, list, tuple, dict)) and (base := standard(value)) is not None:
        return flattened(value, encode(base, keep, depth + 1))
    return handle(value, keep)


def standard(value: Any) -> Any:
    """A value of a class derived from a plain one (an Enum, a namedtuple, a Counter) as that plain one."""
    for base in (bool, int, float, str, list, tuple, dict):
        if isinstance(value, base):
            return base.__new__(base, value) if base in (int, float, str) else base(value)
    return None


def flattened(value: Any, data: dict) -> dict:
    """Plain data of what a value is derived from, with a word of it: `type(x) is dict` is not so on the other side."""
    return {"kind": "derived", "type": str(getattr(type(value), "__name__", "object"))[:100], "value": data}


def handle(value: Any, keep: Callable[[Any], int] | None) -> dict:
    """A handle to an object that is not plain data."""
    name = getattr(type(value), "__name__", "object")
    if keep is None:
        raise NotPlain(f"a {name} is not plain data")
    words = {"kind": "handle", "type": str(name), "callable": callable(value), "number": keep(value)}
    return words | {attribute: said_of(value, attribute) for attribute in ("__name__", "__doc__")}


def said_of(value: Any, attribute: str) -> str | None:
    """A text that an object has, where it can be had."""
    try:
        said = getattr(value, attribute, None)
    except Exception:  # noqa: BLE001 (a learner's class may fail in any way)
        return None
    return said if type(said) is str else None


def items(name: str) -> Callable:
    return lambda value, inner: {"kind": name, "items": [inner(each) for each in bounded(value)]}


def bounded(value: Any) -> Any:
    if len(value) > MOST:
        raise NotPlain(f"{len(value):,} entries; at most {MOST:,} are looked at")
    return value


WRITERS: dict[type, Callable] = {
    complex: lambda value, inner: {"kind": "complex", "parts": [value.real.hex(), value.imag.hex()]},
    bytes: lambda value, inner: {"kind": "bytes", "value": base64.b64encode(value).decode()},
    list: items("list"), tuple: items("tuple"), set: items("set"), frozenset: items("frozenset"),
    range: lambda value, inner: {"kind": "range", "items": [value.start, value.stop, value.step]},
    dict: lambda value, inner: {"kind": "dict", "items": [[inner(k), inner(v)] for k, v in bounded(value).items()]},
    datetime: lambda value, inner: {"kind": "datetime", "value": value.isoformat()},
    date: lambda value, inner: {"kind": "date", "value": value.isoformat()},
    timedelta: lambda value, inner: {"kind": "timedelta", "value": value.total_seconds().hex()},
    Decimal: lambda value, inner: {"kind": "decimal", "value": str(value)},
    Fraction: lambda value, inner: {"kind": "fraction", "parts": [hex(value.numerator), hex(value.denominator)]},
}


def from_numpy(value: Any, inner: Callable) -> dict | None:
    """An array or a NumPy scalar."""
    import numpy as np

    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return array(np.asarray(value), "scalar")
    if isinstance(value, np.ndarray):  # and whatever a learner has derived from it: only the numbers go
        plain_array = np.ma.filled(value.astype(float), np.nan) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
        if type(value) is not np.ndarray:
            return flattened(value, inner(plain_array))
        if not plain_array.dtype.hasobject and plain_array.dtype.fields is None:
            return array(plain_array, "array")
        if plain_array.dtype.fields is None:
            return {"kind": "objects", "shape": list(plain_array.shape), "items": [inner(each) for each in bounded(plain_array.ravel())]}
    return None


def array(value: Any, kind: str) -> dict:
    import numpy as np

    if value.nbytes > LONGEST:
        raise NotPlain(f"an array of {value.nbytes:,} bytes; at most {LONGEST:,} are looked at")
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"kind": kind, "dtype": value.dtype.str, "shape": list(value.shape), "data": data}


def from_pandas(value: Any, inner: Callable) -> dict | None:
    """A DataFrame, Series, Index or one of pandas' own scalars."""
    import pandas as pd

    if value is pd.NA or value is pd.NaT:
        return {"kind": "constant", "value": str(value)}
    if isinstance(value, pd.Timestamp):
        return {"kind": "timestamp", "value": value.isoformat()}
    if isinstance(value, pd.Timedelta):
        return {"kind": "pandas-timedelta", "value": value.isoformat()}
    if isinstance(value, (pd.DataFrame, pd.Series)) and type(value) not in (pd.DataFrame, pd.Series):
        return flattened(value, inner((pd.DataFrame if isinstance(value, pd.DataFrame) else pd.Series)(value)))
    if isinstance(value, pd.DataFrame):
        columns = [column(value.iloc[:, place], inner) for place in range(value.shape[1])]
        return {"kind": "frame", "index": labels(value.index, inner), "columns": labels(value.columns, inner), "values": columns}
    if isinstance(value, pd.Series):
        return {"kind": "series", "index": labels(value.index, inner), "values": column(value, inner), "name": inner(value.name)}
    if isinstance(value, pd.Index):
        return {"kind": "index", "labels": labels(value, inner)}
    return None


def column(values: Any, inner: Callable) -> dict:
    """The values of a Series with the name of their dtype."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        return {"dtype": "category", "ordered": bool(values.cat.ordered), "codes": inner(values.cat.codes.to_numpy()),
                "categories": inner(values.cat.categories.tolist())}
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return {"dtype": str(values.dtype), "utc": inner(values.dt.tz_convert(None).to_numpy())}
    if hasattr(values.dtype, "numpy_dtype") or values.dtype.kind in "OSU" or not hasattr(values.dtype, "str"):
        return {"dtype": str(values.dtype), "items": inner(values.tolist())}
    return {"dtype": str(values.dtype), "array": inner(values.to_numpy())}


def labels(index: Any, inner: Callable) -> dict:
    """An index: its labels, its names and, for several levels, its tuples."""
    import pandas as pd

    many = isinstance(index, pd.MultiIndex)
    return {"many": many, "names": inner(list(index.names)), "values": inner(index.tolist()) if many else column(index.to_series(), inner)}


def from_matplotlib(value: Any, inner: Callable) -> dict | None:
    """A figure or axes, as the data of `safegrade.inside.drawn`."""
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if not isinstance(value, (Axes, Figure)):
        return None
    from safegrade.inside import drawn

    seen = drawn.figure(value) if isinstance(value, Figure) else drawn.axes(value)
    return {"kind": type(seen).__name__, "fields": {name: inner(each) for name, each in vars(seen).items()}}


def from_drawn(value: Any, inner: Callable) -> dict | None:
    """What was drawn, as data already."""
    from safegrade.inside import drawn

    if type(value) not in drawn.KINDS.values():
        return None
    return {"kind": type(value).__name__, "fields": {name: inner(each) for name, each in vars(value).items()}}


LIBRARIES = {"numpy": from_numpy, "pandas": from_pandas, "matplotlib.figure": from_matplotlib, "safegrade.inside.drawn": from_drawn}


# -- and back ----------------------------------------------------------------------------------------------------------


def decode(data: Any, make: Callable[[dict], Any] | None = None, depth: int = 0) -> Any:
    """The value of plain data. `make` turns a handle into something; NotPlain for what is no plain data."""
    if depth > DEEPEST:
        raise NotPlain(f"nested more than {DEEPEST} deep")
    try:
        kind = data["kind"]
        if kind == "handle":
            if make is None:
                raise NotPlain("a handle where plain data is wanted")
            return make(data)
        return READERS[kind](data, lambda each: decode(each, make, depth + 1))
    except NotPlain:
        raise
    except Exception as error:  # noqa: BLE001 (what is no plain data can fail in any way)
        raise NotPlain(f"not plain data: {type(error).__name__}") from None


def read_array(data: dict, inner: Callable) -> Any:
    import numpy as np

    dtype = np.dtype(data["dtype"])
    if dtype.hasobject:
        raise NotPlain("an array of objects")
    return np.frombuffer(base64.b64decode(data["data"]), dtype).reshape([int(size) for size in data["shape"]]).copy()


def read_objects(data: dict, inner: Callable) -> Any:
    import numpy as np

    found = np.empty(len(data["items"]), dtype=object)
    for place, each in enumerate(data["items"]):
        found[place] = inner(each)
    return found.reshape(data["shape"])


def read_column(data: dict, inner: Callable) -> Any:
    import pandas as pd

    if data["dtype"] == "category":
        return pd.Categorical.from_codes(inner(data["codes"]), inner(data["categories"]), ordered=data["ordered"])
    if "utc" in data:
        return pd.DatetimeIndex(inner(data["utc"])).tz_localize("UTC").astype(data["dtype"])
    if "array" in data:
        return inner(data["array"])
    return pd.array(inner(data["items"]), dtype=data["dtype"])


def read_labels(data: dict, inner: Callable) -> Any:
    import pandas as pd

    names = inner(data["names"])
    if data["many"]:
        return pd.MultiIndex.from_tuples(inner(data["values"]), names=names)
    return pd.Index(read_column(data["values"], inner), name=names[0])


def read_frame(data: dict, inner: Callable) -> Any:
    import pandas as pd

    index = read_labels(data["index"], inner)
    columns = {place: pd.Series(read_column(each, inner), index=index) for place, each in enumerate(data["values"])}
    frame = pd.DataFrame(columns, index=index)
    frame.columns = read_labels(data["columns"], inner)
    return frame


def read_series(data: dict, inner: Callable) -> Any:
    import pandas as pd

    return pd.Series(read_column(data["values"], inner), index=read_labels(data["index"], inner), name=inner(data["name"]))


def read_constant(data: dict, inner: Callable) -> Any:
    import pandas as pd

    return {"Ellipsis": ..., "NotImplemented": NotImplemented, "<NA>": pd.NA, "NaT": pd.NaT}[data["value"]]


def read_value(data: dict, inner: Callable) -> Any:
    if data["value"] is None or type(data["value"]) in (bool, str):
        return data["value"]
    raise NotPlain("not a truth value, text or nothing")


def read_dict(data: dict, inner: Callable) -> dict:
    return {inner(key): inner(value) for key, value in data["items"]}


def read_pandas(name: str) -> Callable:
    def read(data: dict, inner: Callable) -> Any:
        import pandas as pd

        return getattr(pd, name)(data["value"])

    return read


def read_drawn(data: dict, inner: Callable) -> Any:
    from safegrade.inside import drawn

    return drawn.KINDS[data["kind"]](**{name: inner(each) for name, each in data["fields"].items()})


def read_derived(data: dict, inner: Callable) -> Any:
    derived.append(str(data["type"])[:100])
    return inner(data["value"])


READERS: dict[str, Callable] = {
    "derived": read_derived,
    "value": read_value,
    "constant": read_constant,
    "int": lambda data, inner: int(data["value"], 16),
    "float": lambda data, inner: float.fromhex(data["value"]),
    "complex": lambda data, inner: complex(*map(float.fromhex, data["parts"])),
    "bytes": lambda data, inner: base64.b64decode(data["value"]),
    "list": lambda data, inner: [inner(each) for each in data["items"]],
    "tuple": lambda data, inner: tuple(inner(each) for each in data["items"]),
    "set": lambda data, inner: {inner(each) for each in data["items"]},
    "frozenset": lambda data, inner: frozenset(inner(each) for each in data["items"]),
    "range": lambda data, inner: range(*map(int, data["items"])),
    "dict": read_dict,
    "datetime": lambda data, inner: datetime.fromisoformat(data["value"]),
    "date": lambda data, inner: date.fromisoformat(data["value"]),
    "timedelta": lambda data, inner: timedelta(seconds=float.fromhex(data["value"])),
    "scalar": lambda data, inner: read_array(data, inner)[()],
    "decimal": lambda data, inner: Decimal(data["value"]),
    "fraction": lambda data, inner: Fraction(*(int(part, 16) for part in data["parts"])),
    "array": read_array,
    "objects": read_objects,
    "timestamp": read_pandas("Timestamp"),
    "pandas-timedelta": read_pandas("Timedelta"),
    "frame": read_frame,
    "series": read_series,
    "index": lambda data, inner: read_labels(data["labels"], inner),
    "FigureData": read_drawn, "AxesData": read_drawn, "LineData": read_drawn,
}


def exception(error: BaseException) -> dict[str, str]:
    """An exception as its name, the names of its bases, and what it says."""
    bases = [type.__dict__["__name__"].__get__(base) for base in type.mro(type(error)) if issubclass(base, BaseException)]
    try:
        name, said = type.__dict__["__name__"].__get__(type(error)), str(error)[:2000]
    except BaseException:  # noqa: BLE001
        name, said = "Exception", ""
    return {"name": name, "bases": bases, "says": said if type(said) is str else ""}


