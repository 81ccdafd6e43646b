"""The language in which models are written: what it reads, and what it refuses and how it says so."""

import pytest
import sympy

from autoimmune.modelling.model import Derived, Model, Quantity, Source


def small(equations="dA/dt = -k*A", states=("A",), parameters=("k", "tau"), **fields) -> Model:
    """A model whose every start value is 1 and whose every parameter is 2."""
    fields = {"name": "small", "title": "Small", "time_unit": "d", "source": Source("Nobody. Nothing. 2000.")} | fields
    return Model(equations=equations, states=tuple(Quantity(name, 1.0, "mg", "what is there") for name in states),
                 parameters=tuple(Quantity(name, 2.0, "1/d", "how fast") for name in parameters), **fields)


def test_shorthands_functions_and_powers_become_rates():
    model = small("""
        g(x)  = x^2/(1 + A)
        s     = g(k) + g(2)
        dA/dt = s - A
    """)
    k, A = model.symbols["k"], model.symbols["A"]
    assert sympy.simplify(model.rates["A"] - ((k**2 + 4) / (1 + A) - A)) == 0


def test_jacobian_is_the_derivative_of_the_rates():
    model = small("dA/dt = -k*A*B \n dB/dt = exp(-t)*A", states=("A", "B"))
    A, B, k, t = (model.symbols[name] for name in ("A", "B", "k", "t"))
    assert model.jacobian == sympy.Matrix([[-k * B, -k * A], [sympy.exp(-t), 0]])


@pytest.mark.parametrize("name", ["E", "I", "S", "N", "beta", "gamma", "zeta", "Q"])
def test_names_that_sympy_uses_itself_are_ordinary_symbols_here(name):
    assert small(f"dA/dt = -{name}*A", parameters=(name,)).simulate(1, points=2)["A"].iloc[-1] == pytest.approx(0.1353, rel=1e-3)
    with pytest.raises(ValueError, match=f"{name} in '-{name}\\*A' has no row"):
        _ = small(f"dA/dt = -{name}*A").rates


@pytest.mark.parametrize("formula, reason", [
    ("unknown*A", "unknown in 'unknown\\*A' has no row"),
    ("h(A)", r"h\(A\) in 'h\(A\)' has no row"),
    ("2 A", "cannot read '2 A': invalid syntax; write every"),
    ("(A", "cannot read '\\(A'"),
    ("A*", "cannot read 'A\\*'"),
    ("k(A)", "cannot read 'k\\(A\\)'"),
    ("A < 2", "is not a formula for a number"),
    ("A, k", "cannot read|is not a formula for a number"),
    ("Piecewise((1, t < 3), (2, t < 5))", "the last step of Piecewise in .* must be \\(value, True\\)"),
])
def test_a_formula_that_cannot_be_read_is_quoted(formula, reason):
    with pytest.raises(ValueError, match=reason):
        _ = small(f"dA/dt = {formula}").rates


@pytest.mark.parametrize("line", ["A = ", "A' = 2", "just words"])
def test_a_line_that_is_no_equation_is_quoted(line):
    with pytest.raises(ValueError, match="cannot read the equation"):
        _ = small(f"dA/dt = A\n{line}").rates


def test_a_function_with_the_wrong_number_of_arguments_is_refused():
    with pytest.raises(ValueError, match="takes exactly 1 argument"):
        _ = small("g(x) = x\ndA/dt = g(A, k)").rates


@pytest.mark.parametrize("fields, name", [
    ({"parameters": ("k", "k")}, "k"),
    ({"parameters": ("k", "A")}, "A"),
    ({"parameters": ("k", "t")}, "t"),
    ({"derived": (Derived("k", "2", "1", "again"),)}, "k"),
    ({"equations": "k = 3\ndA/dt = -k*A"}, "k"),
    ({"equations": "t = 3\ndA/dt = -k*A"}, "t"),
    ({"equations": "s = 3\ns = 4\ndA/dt = -s*A"}, "s"),
    ({"equations": "dA/dt = -k*A\ndA/dt = -A"}, "dA/dt"),
])
def test_a_name_has_one_meaning(fields, name):
    with pytest.raises(ValueError, match=f"small: {name} defined more than once"):
        small(**fields)


@pytest.mark.parametrize("equations, given", [("s = k", "none"), ("dA/dt = A\ndB/dt = A", "A, B")])
def test_each_state_has_one_rate(equations, given):
    with pytest.raises(ValueError, match=f"needs one dX/dt for each of A, not {given}"):
        _ = small(equations).rates


@pytest.mark.parametrize("inflow, breaks", [
    ("Piecewise((1, t < 3), (2, And(t >= 3, t < tau + 5)), (0, True))", ["3", "tau + 5"]),
    ("Heaviside(t - tau)", ["tau"]),
    ("Max(0, t - 3)", ["3"]),
    ("exp(-t)*Max(A, k)", []),
    ("Piecewise((1, t < A), (0, True))", []),
])
def test_jumps_and_bends_of_a_timed_input_are_found(inflow, breaks):
    assert [str(time) for time in small(f"dA/dt = {inflow}").breaks] == breaks


# -- rows ---------------------------------------------------------------------------------------------------------

ROW = Quantity("k", 0.5, "1/d", "growth rate", lower=0.1, upper=2)


@pytest.mark.parametrize("value, reason", [
    (0.01, "k = 0.01 is not allowed"), (3, "k = 3 is not allowed"), (float("nan"), "k = nan is not allowed"),
    (float("inf"), "k = inf is not allowed"), ("fast", "k = 'fast' is not a number"), (None, "k = None is not a number"),
    ([1, 2], r"k = \[1, 2\] is not a number"),
])
def test_a_value_that_is_not_allowed_is_named_with_what_is(value, reason):
    with pytest.raises(ValueError, match=reason + ".*growth rate.* at least 0.1 and at most 2 1/d"):
        ROW.check(value)


def test_allowed_values_come_back_as_numbers():
    assert ROW.check("0.5") == 0.5
    assert ROW.check_all([0.1, 2]) == [0.1, 2.0]
    with pytest.raises(ValueError, match="k = 9"):
        ROW.check_all([0.1, 9])


@pytest.mark.parametrize("make", [
    lambda: Quantity("k", 1.0, "1", "x", status="guessed"), lambda: Derived("k", "1", "1", "x", status="guessed"),
    lambda: small(status="guessed"),
])
def test_a_status_is_one_of_three(make):
    with pytest.raises(ValueError, match="status 'guessed' of .* is not one of published, extension, unverified"):
        make()


@pytest.mark.parametrize("call, reason", [
    (lambda model: model.simulate(1, kk=1), "Small has no parameter 'kk'. Did you mean 'k'\\? Allowed: k, tau."),
    (lambda model: model.simulate(1, initial={"B": 1}), "Small has no state 'B'. .*Allowed: A."),
    (lambda model: model.simulate(1, initial={"k": 1}), "Small has no state 'k'"),
    (lambda model: model.simulate(1, k=-1), "k = -1 is not allowed"),
    (lambda model: model.evaluate("q"), "Small has no closed form 'q'. Allowed: none."),
    (lambda model: model.row("q"), "Small has no symbol 'q'"),
])
def test_an_unknown_or_impossible_name_is_answered_with_the_known_ones(call, reason):
    with pytest.raises(ValueError, match=reason):
        call(small())


def test_closed_forms_build_on_each_other_and_follow_the_parameters():
    model = small(derived=(Derived("r", "k/tau", "1", "ratio"), Derived("twice", "2*r", "1", "twice the ratio")))
    assert model.evaluate("twice", k=3) == pytest.approx(3)
    assert model.row("r").formula == "k/tau"


@pytest.mark.parametrize("parameters", [{"tau": 0}, {"k": 0, "tau": 0}])
def test_a_closed_form_without_a_value_is_refused(parameters):
    model = small(derived=(Derived("r", "k/tau", "1", "ratio"),))
    with pytest.raises(ValueError, match="r = k/tau has no value at"):
        model.evaluate("r", **parameters)


def test_a_closed_form_is_read_without_those_below_it():
    model = small(derived=(Derived("r", "k/tau", "1", "ratio"), Derived("s", "k +", "1", "broken")))
    assert model.evaluate("r", k=3, tau=6) == 0.5
    with pytest.raises(ValueError, match="cannot read"):
        model.evaluate("s")


def test_times_of_one_run_can_be_changed_without_those_of_the_next():
    model = small()
    model.simulate(1)["t"].to_numpy(copy=False)[:] = 7
    assert model.simulate(1)["t"].tolist()[:2] == [0, 0.0025]


def test_published_values_are_read_by_symbol():
    model = small()
    assert (model.defaults, model.initial) == ({"k": 2.0, "tau": 2.0}, {"A": 1.0})
    assert model.simulate(1, points=2, k=0).attrs == {
        "model": "small", "units": {"t": "d", "A": "mg"}, "parameters": {"k": 0.0, "tau": 2.0}}
    assert repr(model) == "<Model small: Small (1 states, 2 parameters)>"


def test_closed_forms_may_use_the_shorthands_that_hold_only_parameters():
    equations = "half = k/2\nload = half*A\ng(x) = x*tau\ndA/dt = -g(load)"
    model = small(equations, derived=(Derived("r", "g(half) + tau", "1", "sum"),))
    assert model.evaluate("r", k=3, tau=5) == pytest.approx(12.5)
    for name in ("load", "A", "t"):
        with pytest.raises(ValueError, match=f"{name} in '{name}' has no row"):
            _ = small(equations, derived=(Derived("r", name, "1", "varies"),)).closed_forms
