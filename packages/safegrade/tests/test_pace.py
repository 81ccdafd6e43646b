"""How slow a machine is: what is measured is bounded, and what is set by hand counts."""

import pytest

from safegrade import pace


@pytest.fixture(autouse=True)
def forgotten():
    pace.pace.cache_clear()
    yield
    pace.pace.cache_clear()


def test_a_quick_machine_has_pace_one(monkeypatch):
    monkeypatch.setattr(pace, "QUICK", 1e9)
    assert pace.measured() == 1


def test_a_slow_machine_has_the_ratio(monkeypatch):
    clock = iter([0.0, pace.LOOKS * 0.4])
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(pace, "SUMMED", 1)
    assert pace.measured() == pytest.approx(0.4 / pace.QUICK)


def test_what_is_set_by_hand_counts(monkeypatch):
    monkeypatch.setenv(pace.VARIABLE, "2.5")
    assert pace.pace() == 2.5


@pytest.mark.parametrize("wrong", ["fast", "0", "-1", "nan", "inf"])
def test_what_is_no_pace_is_refused_by_its_value(monkeypatch, wrong):
    monkeypatch.setenv(pace.VARIABLE, wrong)
    with pytest.raises(ValueError, match=f"SAFEGRADE_PACE = '{wrong}'.*such as 4"):
        pace.pace()
