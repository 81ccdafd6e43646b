"""Every assignment is marked once by nbgrader, with all the answers that its proof lists."""

import pytest

from testing.proof import Proof
from tools.nbgrader_commands import at_home


@pytest.fixture
def home(tmp_path_factory):
    """A home for what Jupyter keeps about a person, for one test."""
    with at_home(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="session")
def marked(tmp_path_factory):
    """A function from an assignment's name to its marked proof."""
    done: dict[str, Proof] = {}

    def mark(assignment: str) -> Proof:
        if assignment not in done:
            done[assignment] = Proof(assignment)
            with at_home(tmp_path_factory.mktemp("home")):
                done[assignment].mark(tmp_path_factory.mktemp(assignment))
        return done[assignment]

    return mark
