"""Colours stay apart for people with a colour-vision deficiency, and where they come close, dashes tell curves apart."""

import warnings
from itertools import combinations

import pytest
from matplotlib.colors import to_rgb

from autoimmune.showing.figures import ROLES

with warnings.catch_warnings():  # its docstrings hold escapes that Python warns of when it compiles them
    warnings.simplefilter("ignore")
    from colorspacious import cspace_converter, deltaE

CLEAR, JUST = 20.0, 5.0  # distances in CAM02-UCS: clearly another colour; another one when side by side


def seen(colour, deficiency):
    """A colour as sRGB, as somebody with the complete deficiency sees it."""
    rgb = to_rgb(colour)
    return rgb if deficiency == "none" else cspace_converter({"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}, "sRGB1")(rgb)


def distance(one, other, page, deficiency):
    return float(deltaE(*(seen(getattr(role, page), deficiency) for role in (one, other)), input_space="sRGB1"))


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("deficiency", ["none", "deuteranomaly", "protanomaly", "tritanomaly"])
def test_roles_can_be_told_apart(page, deficiency):
    for (name, one), (other_name, other) in combinations(ROLES.items(), 2):
        apart = distance(one, other, page, deficiency)
        assert apart > (CLEAR if one.dash == other.dash else JUST), (name, other_name, apart)


@pytest.mark.parametrize("page", ["light", "dark"])
@pytest.mark.parametrize("deficiency", ["none", "deuteranomaly", "protanomaly", "tritanomaly"])
def test_attack_and_regulation_are_clearly_different(page, deficiency):
    assert distance(ROLES["attack"], ROLES["regulation"], page, deficiency) > CLEAR


def test_no_two_roles_share_a_dash():
    assert len({role.dash for role in ROLES.values()}) == len(ROLES)
