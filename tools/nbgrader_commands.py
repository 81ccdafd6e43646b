"""nbgrader's own commands, run as they are typed, in any course's folder.

    at_home     a home of its own for everything that Jupyter and nbgrader keep about a person
    nbgrader    one command
    answered    a released notebook with answers filled in
"""

import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import nbformat
from nbformat import NotebookNode

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
