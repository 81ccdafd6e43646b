"""nbgrader courses in a folder, driven by nbgrader's own commands.

    at_home     a home of its own for everything that Jupyter and nbgrader keep about a person
    nbgrader    one command, run as it is typed
    Course      this repository's course with one assignment, and its gradebook
    answered    a released notebook with answers filled in
"""

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).parent.parent
ASSIGNMENTS = sorted(folder.name for folder in (ROOT / "source").iterdir() if folder.is_dir())


# nbgrader 0.9.6 hands SQLAlchemy a submission before it is in the session, leaves time stamps open, and puts a deleted
# test cell back without an id. None of it harms.
NBGRADER_WARNS = ("Object of type <Submitted", "unclosed file", "Cell is missing an id field")


@cache
def once(act: Callable[[], str]) -> Callable[[], str]:
    """A function that is asked once and then remembers."""
    return cache(act)


class CommandFailed(RuntimeError):
    """An nbgrader command that ended with an error; the message is what it printed."""


@contextmanager
def at_home(folder: Path) -> Iterator[Path]:
    """Keep what Jupyter, IPython and nbgrader store about a person inside `folder`; put the environment back."""
    places = {"HOME": "", "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
              "JUPYTER_RUNTIME_DIR": "runtime"}
    folder.mkdir(parents=True, exist_ok=True)
    with patch.dict(os.environ, {name: str(folder / place) for name, place in places.items()}):
        yield folder


def nbgrader(*words: str | Path, folder: Path) -> str:
    """Run `nbgrader <words>` in `folder` and return what it printed; CommandFailed if it ends with an error.

    It runs in this process, as nbgrader's own tests do: starting a Python for each command takes seconds.
    """
    from jupyter_core.application import NoStart
    from nbgrader import api
    from nbgrader.apps import NbGraderApp
    from nbgrader.validator import Validator

    printed, status = StringIO(), None
    to_here = redirect_stdout(printed), redirect_stderr(printed), patch.object(Validator, "stream", printed)
    known = patch.object(api, "get_alembic_version", once(api.get_alembic_version))  # it starts a Python for each new gradebook
    with chdir(folder), to_here[0], to_here[1], to_here[2], known, warnings.catch_warnings():
        for message in NBGRADER_WARNS:
            warnings.filterwarnings("ignore", message)
        app = NbGraderApp()
        try:
            app.initialize([str(word) for word in words])
            app.start()
        except NoStart:  # jupyter_core's way to say that the subcommand has run
            pass
        except SystemExit as end:
            status = end.code
        finally:
            app.reset()
    if status:
        raise CommandFailed(printed.getvalue())
    return printed.getvalue()


@dataclass
class Course:
    """This repository's course in `folder`, as an instructor has it, with one assignment."""

    folder: Path
    assignment: str

    def __post_init__(self):
        configure(self.folder)
        shutil.copytree(ROOT / "source" / self.assignment, self.folder / "source" / self.assignment)

    def run(self, command: str, *words: str | Path) -> str:
        """Run an nbgrader command on the assignment and return what it printed."""
        return nbgrader(command, self.assignment, *words, folder=self.folder)

    def path(self, step: str, learner: str = "") -> Path:
        """The assignment's notebook at a step: source, release, submitted or autograded."""
        return self.folder / step / learner / self.assignment / f"{self.assignment}.ipynb"

    def read(self, step: str, learner: str = "") -> NotebookNode:
        """The assignment's notebook at a step."""
        return nbformat.read(self.path(step, learner), as_version=4)

    def reference(self) -> dict[str, str]:
        """The instructor's own answer to each question, by grade id."""
        cells = by_grade_id(self.read("source"))
        return {name: cell.source for name, cell in cells.items() if cell.metadata.nbgrader.solution}

    def hand_in(self, learner: str, answers: Mapping[str, str]) -> None:
        """Put a submission where `nbgrader collect` would put it."""
        write(answered(self.read("release"), answers), self.path("submitted", learner))

    @contextmanager
    def gradebook(self):
        """The course's gradebook, closed afterwards."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}", "autoimmune") as book:
            yield book

    def grades(self, learner: str) -> dict[str, dict]:
        """nbgrader's record of each graded cell of a submission, with its score, by grade id."""
        with self.gradebook() as book:
            submission = book.find_submission_notebook(self.assignment, self.assignment, learner)
            return {grade.name: {**grade.to_dict(), "score": grade.score} for grade in submission.grades}


def configure(folder: Path, *settings: str) -> None:
    """Put this repository's nbgrader_config.py into `folder`, with further settings below it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    proven = 'c.Safegrade.options["prove"] = False  # the proofs in tests/assignments go further'
    (folder / "nbgrader_config.py").write_text("\n".join([config, proven, *settings, ""]), encoding="utf-8")


def answered(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """A copy of `notebook` with the source of cells replaced by grade id; KeyError for an unknown one."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    cells = by_grade_id(copy)
    for grade_id, source in answers.items():
        cells[grade_id].source = source
    return copy


def by_grade_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The notebook's nbgrader cells, in their order."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
