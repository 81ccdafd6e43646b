"""A cohort of Alexander–Wahl patients by three roads, at one tolerance and with the same points kept.

    scipy_loop     scipy.integrate.solve_ivp(LSODA) once a patient, equations written by hand
    roadrunner     libroadrunner (CVODE, compiled) once a patient, from the model's own SBML
    together       model.simulate(patients=…), without a loop over patients

Patients differ in b_1, log-normal around the threshold 0.15 /d.
"""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pandas as pd

from autoimmune.modelling import sbml
from autoimmune.models.alexander_wahl_2011 import model

DAYS, POINTS, TOLERANCE = 365.0, 12, 1e-6


def patients(count: int, seed: int = 0) -> pd.DataFrame:
    """The same `count` patients for the same seed."""
    return pd.DataFrame({"b_1": 0.15 * np.exp(np.random.default_rng(seed).normal(0, 0.5, count))})


def seconds(run) -> float:
    """The processor time of `run()`, which other work on the machine disturbs less than the clock."""
    started = time.process_time()
    run()
    return time.process_time() - started


def scipy_loop(cohort: pd.DataFrame) -> np.ndarray:
    """Effector T cells at the end, one solve_ivp call a patient; the equations as someone would write them by hand."""
    from scipy.integrate import solve_ivp

    p = model.defaults
    f, v, gamma, beta, pi_1, lambda_E = (p[name] for name in ("f", "v", "gamma", "beta", "pi_1", "lambda_E"))
    mu_A, mu_R, mu_E, mu_G, sigma_1 = (p[name] for name in ("mu_A", "mu_R", "mu_E", "mu_G", "sigma_1"))

    def rates(t, y, b_1):
        A, R, E, G = y
        return (f * v * G - (mu_A + b_1 + sigma_1 * R) * A, (beta + pi_1 * E) * A - mu_R * R,
                lambda_E * A - mu_E * E, gamma * E - (v + mu_G) * G)

    start, times = list(model.initial.values()), np.linspace(0, DAYS, POINTS)
    runs = (solve_ivp(rates, (0, DAYS), start, "LSODA", times, args=(b_1,), rtol=TOLERANCE, atol=1e-10) for b_1 in cohort["b_1"])
    return np.array([run.y[2, -1] for run in runs])


def roadrunner_loop(cohort: pd.DataFrame) -> np.ndarray:
    """Effector T cells at the end, one libroadrunner run a patient; the model is compiled once, before."""
    import roadrunner

    runner = roadrunner.RoadRunner(sbml.text(model))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = TOLERANCE, 1e-10
    runner.timeCourseSelections = ["time", *model.initial]
    last = []
    for b_1 in cohort["b_1"]:
        runner.reset()
        runner["b_1"] = b_1
        last.append(runner.simulate(0, DAYS, POINTS)[-1, 3])
    return np.array(last)


def together(cohort: pd.DataFrame) -> np.ndarray:
    """Effector T cells at the end, all patients at once."""
    result = model.simulate(DAYS, points=POINTS, patients=cohort)
    return result["E"].to_numpy().reshape(len(cohort), POINTS)[:, -1]


def apart(cohort: pd.DataFrame) -> float:
    """How far the three roads end from one another, relative to the cohort's largest value."""
    ends = np.array([road(cohort) for road in (scipy_loop, roadrunner_loop, together)])
    return float(np.ptp(ends, axis=0).max() / np.abs(ends).max())


def rows(count: int = 10_000, sample: int = 300) -> list[tuple[str, str, str]]:
    """What was run, how long it took, and how that compares; `sample` patients stand for all in the SciPy loop."""
    cohort = patients(count)
    together(cohort.head(2)), scipy_loop(cohort.head(2)), roadrunner_loop(cohort.head(2))  # each warm
    ours = min(seconds(lambda: together(cohort)) for _ in range(3))
    scipy = seconds(lambda: scipy_loop(cohort.head(sample))) * count / sample
    runner = seconds(lambda: roadrunner_loop(cohort))
    return [
        (f"{count:,} patients, all at once (model.simulate)", f"{ours:.2f} s", "1"),
        (f"{count:,} patients, a loop over solve_ivp(LSODA), scaled from {sample}", f"{scipy:.1f} s", f"{scipy / ours:.1f} x as long"),
        (f"{count:,} patients, a loop over libroadrunner", f"{runner:.2f} s", f"{runner / ours:.1f} x as long"),
        ("largest difference between the three at the end, of 100 patients", f"{apart(cohort.head(100)):.1e}", "of the largest value"),
    ]


def memory_rows(count: int = 2000, kept: tuple[int, ...] = (2, 26, 101, 401)) -> list[tuple[str, str, str]]:
    """Peak memory of a cohort against the points kept, beside the size of the table that comes back."""
    cohort = patients(count)
    together(cohort.head(2))
    found = []
    for points in kept:
        tracemalloc.start()
        table = model.simulate(DAYS, points=points, patients=cohort)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        size = table.memory_usage().sum() / 1e6
        found.append((f"{count:,} patients, {points} points kept", f"{peak:.1f} MB", f"{peak / size:.1f} x the table"))
    return found
