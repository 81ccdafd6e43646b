"""The benchmark compares roads that lead to the same place; how fast they are is no test."""

import pytest

from benchmarks import bench_cohort, bench_models, bench_setup


def test_the_three_roads_agree():
    assert bench_cohort.apart(bench_cohort.patients(5)) < 1e-4


def test_each_part_prints_lines_of_three_words(monkeypatch):
    monkeypatch.setattr(bench_models, "models", lambda: [bench_cohort.model])
    parts = (bench_cohort.rows(count=6, sample=2), bench_cohort.memory_rows(count=3, kept=(2, 5)), bench_models.rows())
    assert [len(part) for part in parts] == [4, 2, 1]
    assert all(len(line) == 3 and all(isinstance(word, str) for word in line) for part in parts for line in part)


def test_every_model_is_measured():
    names = [model.name for model in bench_models.models()]
    assert len(names) == len(set(names)) and {"alexander_wahl_2011", "pan_2026", "tradeoff_2011_2006"} <= set(names)


def test_the_same_seed_gives_the_same_patients():
    assert bench_cohort.patients(4).equals(bench_cohort.patients(4))
    assert bench_cohort.patients(1000)["b_1"].median() == pytest.approx(0.15, rel=0.1)


def test_a_figure_that_rises_by_more_than_a_fifth_is_told():
    kept = {"packages": 100.0, "ratio": 1.0, "ours, seconds": 1.0}
    assert bench_setup.risen({"packages": 119.0, "ratio": 1.2, "ours, seconds": 9.0}, kept) == []
    assert bench_setup.risen({"packages": 121.0, "ratio": 1.3, "ours, seconds": 9.0}, kept) == ["packages: 121.00, and 100.00 before", "ratio: 1.30, and 1.00 before"]


def test_no_package_of_a_learner_is_built_from_source():
    lock = bench_setup.ROOT / "uv.lock"
    built = [line.partition("==")[0] for line in bench_setup.packages() if not wheels(lock, line.partition("==")[0])]
    assert built == []


def wheels(lock, name):
    """The wheels of a package in the lock."""
    import tomllib

    package = next(each for each in tomllib.loads(lock.read_text())["package"] if each["name"] == name)
    return package.get("wheels", [])
