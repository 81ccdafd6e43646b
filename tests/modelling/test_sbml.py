"""A model as SBML: libroadrunner draws the curve that SciPy draws, and what SBML cannot say is refused."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import roadrunner

from autoimmune.modelling import sbml
from autoimmune.modelling.model import Dose, Model, Quantity, Source

model = Model(
    name="written", title="A <model> & its title", time_unit="d", equations="dA/dt = -k*A",
    states=(Quantity("A", 1.5, "mg", "amount <in> the & tank"),),
    parameters=(Quantity("k", 0.5, "1/d", "rate"), Quantity("tau", 2.0, "d", "moment"), Quantity("dose", 3.0, "mg", "dose")),
    source=Source("Somebody & others. A <paper>. 2000.", doi="10.1000/182"),
)


def roadrunner_curve(text: str, until: float, points: int) -> np.ndarray:
    runner = roadrunner.RoadRunner(text)
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-9, 1e-12
    runner.integrator.maximum_time_step = 0.01
    runner.timeCourseSelections = ["A"]
    return np.asarray(runner.simulate(0, until, points))[:, 0]


def assert_same_curve(written: Model, doses: tuple[Dose, ...] = (), until: float = 5.2, points: int = 14):
    ours = written.simulate(until, points=points, doses=doses)["A"].to_numpy()
    theirs = roadrunner_curve(sbml.text(written, doses), until, points)
    assert theirs == pytest.approx(ours, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("term", [
    "-k*A*log(A/tau)", "exp(-k*t)*A^2/(k^2 + A^2)", "sqrt(A) - A^(1/3)", "sin(2*pi*t)*tanh(A) - exp(1)*A", "Abs(A - tau) - A",
    "Piecewise((1, t < tau), (k, And(t >= tau, t < 4)), (0, True))", "Piecewise((1, Or(t < 1, t > tau)), (0, True)) - k*A",
    "Piecewise((1, Not(t < tau)), (0, True))", "Heaviside(t - tau)", "Max(0, t - tau) - Min(A, dose)", "2*A/3 - A",
])
def test_every_word_of_a_formula_means_the_same_in_sbml(term):
    assert_same_curve(replace(model, equations=f"dA/dt = {term}"))


@pytest.mark.parametrize("doses", [
    (Dose("A", 2, start=1, every=0.5, count=3),),
    (Dose("A", "dose*k", start=1.1),),
    (Dose("A", "Min(dose, 2)", start=0.3, every=1, count=4, duration=0.25),),
    (Dose("A", 1, every=0.1, count=30, duration=0.1),),
    (Dose("A", 1, start=1, duration=2), Dose("A", 4, start=1.5, duration=1), Dose("A", 0.5, start=2)),
], ids=["boluses", "by formula", "infusions", "a drip without gaps", "all at once"])
def test_doses_are_given_in_sbml(doses):
    assert_same_curve(model, doses, until=5.3)


def test_a_dose_at_the_start_is_given_when_the_run_starts():
    assert roadrunner_curve(sbml.text(model, (Dose("A", 2),)), 1, 3)[1:] == pytest.approx(3.5 * np.exp([-0.25, -0.5]), rel=1e-6)


def test_a_models_own_doses_are_written_unless_others_are():
    dosed = replace(model, doses=(Dose("A", 2, start=1),))
    assert sbml.text(dosed).count("<event ") == 1
    assert sbml.text(dosed, ()).count("<event ") == 0


def test_units_and_meanings_are_in_the_notes_and_an_unresolved_doi_is_not():
    text = sbml.text(model)
    assert "amount &lt;in&gt; the &amp; tank [mg], published" in text
    assert "A &lt;paper&gt;" in text
    assert "10.1000" not in text


@pytest.mark.parametrize("changed, reason", [
    ({"name": "1 bad name"}, "'1 bad name' is not an SBML id"),
    ({"states": (Quantity("Ä", 1.0, "mg", "amount"),), "equations": "dÄ/dt = -k*Ä"}, "'Ä' is not an SBML id"),
])
def test_a_name_that_sbml_does_not_allow_is_refused(changed, reason):
    with pytest.raises(sbml.SBMLError, match=reason):
        sbml.text(replace(model, **changed))


def test_what_libsbml_cannot_read_is_refused_in_its_own_words():
    with pytest.raises(sbml.SBMLError, match="syntax error.* in 'A \\+'"):
        sbml.math("A +")
    with pytest.raises(sbml.SBMLError, match="variable 'B' does not refer to an existing"):
        sbml.text(model, (Dose("B", 2),))


def test_without_its_library_the_error_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(ModuleNotFoundError, match="--extra sbml"):
        sbml.text(model)
