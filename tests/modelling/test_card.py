"""The model card and the LaTeX of a model: the paper's order, nothing unescaped, no address that was not resolved."""

from dataclasses import replace

import pytest

from autoimmune.modelling import card
from autoimmune.modelling.model import Derived, Model, Quantity, Source

NASTY = "<script>alert('x')</script> & \"more\""

model = Model(
    name="written", title="Order matters", time_unit="d",
    equations="""
        h     = Piecewise((k, t < 60), (0, True))
        g(x)  = x/(1 + (B/k)^2)
        T     = B + A
        dB/dt = k*B*(1 - B/T) - h*A
        dA/dt = g(A)^6/(k^6 + g(A)^6) - mu_A*A
    """,
    states=(Quantity("A", 1.0, "cells", "first"), Quantity("B", 2.0, "cells", "second", status="unverified")),
    parameters=(Quantity("k", 0.5, "1/d", "growth", note="Table 1"), Quantity("mu_A", 0.1, "1/d", "death", status="extension")),
    derived=(Derived("ratio", "k/mu_A", "1", "growth over death"),),
    source=Source("Somebody. A paper. 2000.", doi="10.1000/182", doi_resolved=True, biomodels="BIOMD0000000001"),
    says="What it is for.", silent_on="What it is not for.",
)


def test_latex_keeps_the_papers_lines_and_the_order_within_them():
    lines = [line.split("&=") for line in model.latex.splitlines()[1:-1]]
    assert [left.strip() for left, _ in lines] == [
        "h", r"g{\left(x \right)}", "T", r"\frac{dB}{dt}", r"\frac{dA}{dt}"]
    assert lines[2][1].replace(r"\\", "").strip() == "B + A"
    assert lines[3][1].replace(r"\\", "").strip() == r"k B \left(1 - \frac{B}{T}\right) - h A"


def test_latex_leaves_functions_and_shorthands_as_they_are_written():
    assert r"\frac{B}{k}" in model.latex
    assert r"g^{6}{\left(A \right)}" in model.latex
    assert r"\begin{cases} k & \text{for}\: t < 60" in model.latex


def test_latex_does_not_need_equations_that_can_be_solved():
    assert "unknown" in replace(model, equations="dA/dt = unknown*A").latex


def test_a_card_has_every_row_with_its_value_unit_and_status():
    text = card.html(model)
    for words in ("cells", "0.5", "growth (Table 1)", "k/mu_A", "What it is for.", "What it is not for.", "time in d"):
        assert words in text
    assert text.count("extension: ours, not the paper&#x27;s") == 1
    assert text.count("unverified: not yet checked against its source") == 1
    assert model._repr_html_() == text


@pytest.mark.parametrize("changed", [
    {"title": NASTY}, {"time_unit": NASTY}, {"says": NASTY}, {"silent_on": NASTY},
    {"source": Source(NASTY)}, {"source": Source("A", doi=NASTY, doi_resolved=True)}, {"source": Source("A", biomodels=NASTY)},
    {"states": (Quantity("A", 1.0, NASTY, "first"), Quantity("B", 2.0, "1", NASTY, note=NASTY))},
    {"derived": (Derived("ratio", "k/mu_A", NASTY, NASTY),)},
])
def test_a_card_escapes_what_it_is_given(changed):
    text = card.html(replace(model, **changed))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert 'href="https://doi.org/<' not in text


def test_equations_are_escaped_for_the_page():
    equations = card.html(model).split("$$")[1]
    assert "<" not in equations
    assert "&amp;=" in equations
    assert "t &lt; 60" in equations


def test_a_resolved_doi_is_a_link():
    assert '<a href="https://doi.org/10.1000/182">doi:10.1000/182</a>' in card.html(model)


def test_a_doi_that_was_not_resolved_is_printed_nowhere():
    unresolved = replace(model, source=replace(model.source, doi_resolved=False))
    assert "10.1000" not in card.html(unresolved)
    assert "10.1000" not in card.html(replace(model, source=Source("A", doi="", doi_resolved=True)))


def test_parts_without_content_are_left_out():
    bare = card.html(replace(model, says="", silent_on="", derived=()))
    for heading in ("What it says", "What it cannot say", "What follows from them"):
        assert heading not in bare
