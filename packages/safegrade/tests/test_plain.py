"""Values come back as they were, of the class of a library and never of a learner's; what is no plain data is refused."""

import json
import math
from collections import Counter, OrderedDict, namedtuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from safegrade.inside import plain

Point = namedtuple("Point", "x y")
Colour = IntEnum("Colour", "RED GREEN")
CATEGORIES = pd.Categorical(["low", "high", None], categories=["low", "high"], ordered=True)
LEVELS = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["letter", "number"])


def there_and_back(value):
    """A value through JSON, as it travels."""
    return plain.decode(json.loads(json.dumps(plain.encode(value))))


@pytest.mark.parametrize("value", [
    None, True, 3, -10**400, 0.1, float("inf"), 1e-320, 2 - 3j, "ä🐍\0", b"\xff\x00", [1, [2.5, None]], (1,), {"a"}, frozenset({2}), range(3, 9, 2),
    {"a": 1, (1, 2): [3]}, ..., NotImplemented, datetime(2024, 2, 29, 12, 30, 1, 5), date(1999, 1, 1), timedelta(days=2, seconds=0.5),
    Decimal("0.10"), Fraction(-2, 3), [], {}, "",
], ids=repr)
def test_a_value_of_pythons_own(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [
    np.arange(6, dtype="int16").reshape(2, 3), np.array([1.5, np.nan]), np.array(["a", "bcd"]), np.array([True]), np.array(7.0), np.zeros((0, 3)),
    np.array(["2020-01-01"], dtype="datetime64[D]"), np.asfortranarray(np.eye(3)), np.array([1 + 2j]), np.array([1, "a", None], dtype=object),
], ids=lambda value: str(value.dtype))
def test_an_array(value):
    back = there_and_back(value)
    np.testing.assert_array_equal(back, value)
    assert (back.dtype, back.shape, type(back)) == (value.dtype, value.shape, np.ndarray)
    back.flags.writeable or pytest.fail("a test may change what it got")


@pytest.mark.parametrize("value", [np.float32(1.5), np.int8(-3), np.bool_(True), np.datetime64("2020-01-01"), np.str_("x")], ids=repr)
def test_a_scalar_of_numpys(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("frame", [
    pd.DataFrame({"x": [1, 2, 3], "y": [0.5, np.nan, 1.5], "z": ["a", "b", None]}),
    pd.DataFrame({"level": CATEGORIES}, index=LEVELS),
    pd.DataFrame(np.arange(6).reshape(2, 3), columns=LEVELS),
    pd.DataFrame({"when": pd.to_datetime(["2020-01-01", None]), "took": pd.to_timedelta(["1 h", "2 d"])}),
    pd.DataFrame({"when": pd.date_range("2020-01-01", periods=2, tz="Europe/Vienna")}),
    pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "f": pd.array([True, None], dtype="boolean"), "s": pd.array(["a", None], dtype="string")}),
    pd.DataFrame([[1, 2]], columns=["same", "same"]),
    pd.DataFrame({"x": []}), pd.DataFrame(index=[3, 1]), pd.DataFrame(),
], ids=lambda frame: ", ".join(map(str, frame.columns)) or "empty")
def test_a_frame(frame):
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_freq=False)


@pytest.mark.parametrize("value", [
    pd.Series([1, 2], index=["a", "b"], name="n"), pd.Series(CATEGORIES), pd.Series(dtype=float), pd.Series([1, "a", None], dtype=object),
], ids=lambda value: str(value.dtype))
def test_a_series(value):
    pd.testing.assert_series_equal(there_and_back(value), value)


@pytest.mark.parametrize("index", [pd.Index([3, 1], name="n"), LEVELS, pd.RangeIndex(4), pd.DatetimeIndex(["2020-01-01"]), pd.CategoricalIndex(["a", "b"])],
                         ids=lambda index: type(index).__name__)
def test_an_index(index):
    pd.testing.assert_index_equal(there_and_back(index), index, exact="equiv")


@pytest.mark.parametrize("value", [pd.NA, pd.NaT, pd.Timestamp("2020-01-01 12:00", tz="UTC"), pd.Timedelta("1 h")], ids=repr)
def test_a_scalar_of_pandas(value):
    back = there_and_back(value)
    assert back is value if value is pd.NA or value is pd.NaT else back == value


def test_nan_stays_nan():
    assert math.isnan(there_and_back(float("nan")))


def trick(base):
    """A class derived from `base` that says yes to everything."""
    def yes(*_):
        return True

    return type(base.__name__, (base,), {"__eq__": yes, "__ne__": lambda *_: False, "__hash__": lambda _: 1, "equals": yes, "__contains__": yes})


@pytest.mark.parametrize("value, known", [
    (trick(int)(5), int), (trick(float)(0.5), float), (trick(str)("x"), str), (trick(list)([1]), list), (trick(dict)({"a": 1}), dict), (trick(tuple)((1,)), tuple),
    (np.zeros(3).view(trick(np.ndarray)), np.ndarray), (trick(pd.DataFrame)({"x": [1]}), pd.DataFrame), (trick(pd.Series)([1]), pd.Series),
    (Point(1, 2), tuple), (Colour.RED, int), (Counter("aab"), dict), (OrderedDict(a=1), dict),
    (np.ma.masked_array([1.0, 2.0], [False, True]), np.ndarray),
], ids=lambda value: type(value).__name__)
def test_a_derived_value_loses_its_class(value, known):
    back = there_and_back(value)
    assert type(back) is known
    assert not isinstance(there_and_back([value])[0] == object(), bool) or there_and_back([value])[0] != object()


@pytest.mark.parametrize("value", [object(), print, lambda: 1, iter([1]), type, json, np.sin, open], ids=lambda value: type(value).__name__)
def test_what_is_no_plain_data_is_kept_and_only_numbered(value):
    kept = []
    data = plain.encode([value], lambda each: kept.append(each) or len(kept) - 1)
    assert data["items"][0]["kind"] == "handle"
    assert kept == [value]
    with pytest.raises(plain.NotPlain):
        plain.encode(value)
    with pytest.raises(plain.NotPlain):
        plain.decode(data)


def test_what_holds_itself_is_refused():
    nest = []
    nest.append(nest)
    with pytest.raises(plain.NotPlain, match="nested"):
        plain.encode(nest)


def test_what_is_too_large_is_refused():
    with pytest.raises(plain.NotPlain, match="bytes"):
        plain.encode(np.zeros(plain.LONGEST // 8 + 1))
    with pytest.raises(plain.NotPlain, match="entries"):
        plain.encode(range(plain.MOST + 1) and [0] * (plain.MOST + 1))


def nested(depth):
    found = {"kind": "value", "value": 1}
    for _ in range(depth):
        found = {"kind": "list", "items": [found]}
    return found


@pytest.mark.parametrize("data", [
    None, 3, "x", [], {}, {"kind": "pickle", "value": "x"}, {"kind": ["list"]}, {"kind": "list"}, {"kind": "list", "items": 3}, nested(100),
    {"kind": "value", "value": 1.5}, {"kind": "value", "value": [1]}, {"kind": "int", "value": "x"}, {"kind": "float", "value": "x"},
    {"kind": "constant", "value": "exit"}, {"kind": "set", "items": [{"kind": "list", "items": []}]}, {"kind": "dict", "items": [[1]]},
    {"kind": "array", "dtype": "O", "shape": [1], "data": "AAAAAAAAAAA="}, {"kind": "array", "dtype": "f8", "shape": [-5], "data": "AA=="},
    {"kind": "array", "dtype": "f8", "shape": [10**9], "data": "AAAAAAAAAAA="}, {"kind": "objects", "shape": [3], "items": []},
    {"kind": "frame"}, {"kind": "frame", "index": {}, "columns": {}, "values": []}, {"kind": "timestamp", "value": "soon"},
    {"kind": "FigureData", "fields": {"__class__": {"kind": "value", "value": "x"}}}, {"kind": "decimal", "value": "x"}, {"kind": "fraction", "parts": ["1", "0"]},
], ids=lambda data: str(data)[:60])
def test_malformed_data_is_refused(data):
    with pytest.raises(plain.NotPlain):
        plain.decode(data)


class Odd(Exception):
    def __str__(self):
        raise SystemExit


@pytest.mark.parametrize("error, name, says", [
    (KeyError("a"), "KeyError", "'a'"), (Odd(), "Exception", ""), (ValueError("x" * 9999), "ValueError", "x" * 2000),
    (type("Mine", (ZeroDivisionError,), {})("no"), "Mine", "no"),
], ids=["KeyError", "odd", "long", "derived"])
def test_an_exception_is_its_name_and_its_words(error, name, says):
    said = plain.exception(error)
    assert (said["name"], said["says"]) == (name, says)
    assert said["bases"][-2:] == ["Exception", "BaseException"]
