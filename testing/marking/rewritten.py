"""Ways to rewrite what was handed in: `change(folder, course)` for an attack, on the notebook's JSON or on the folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from pathlib import Path

Change = Callable[[Path, Path], None]


def notebook(edit: Callable[[dict], None]) -> Change:
    """A change to the notebook's JSON."""
    @wraps(edit)
    def change(folder: Path, course: Path) -> None:
        path = folder / "ps1.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        edit(content)
        path.write_text(json.dumps(content), encoding="utf-8")

    return change


def named(content: dict, name: str) -> dict:
    """A cell by its grade id."""
    return next(cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def tests(content: dict) -> list[dict]:
    return [cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade") and cell["cell_type"] == "code"]


def behind(content: dict, name: str, new: dict) -> None:
    content["cells"].insert(content["cells"].index(named(content, name)) + 1, new)


@notebook
def points_of_a_hundred(content):
    for cell in tests(content):
        cell["metadata"]["nbgrader"]["points"] = 100


@notebook
def empty_tests(content):
    for cell in tests(content):
        cell["source"] = "pass"


@notebook
def copied_tests_that_pass(content):
    for cell in tests(content):
        behind(content, cell["metadata"]["nbgrader"]["grade_id"], {**deepcopy(cell), "source": "3", "id": "copy" + cell["id"]})


@notebook
def saved_results(content):
    for cell in tests(content):
        cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "3"}}]


@notebook
def flipped_flags(content):
    for cell in content["cells"]:
        if data := cell["metadata"].get("nbgrader"):
            data.update(solution=not data["solution"], grade=not data["grade"], locked=not data["locked"], task=True)


@notebook
def flipped_kinds(content):
    for cell in content["cells"]:
        cell["cell_type"] = {"code": "markdown", "markdown": "code"}[cell["cell_type"]]


@notebook
def test_copied(content):
    behind(content, "double-check", deepcopy(named(content, "double-check")))


@notebook
def answer_copied(content):
    behind(content, "double", deepcopy(named(content, "double")))


@notebook
def answer_split(content):
    first = deepcopy(named(content, "table"))
    named(content, "table")["source"] = "table = pd.DataFrame(rows)"
    first["source"] = "rows = {'n': numbers, 'double': [2 * n for n in numbers]}"
    content["cells"].insert(content["cells"].index(named(content, "table")), first)


@notebook
def test_deleted(content):
    content["cells"].remove(named(content, "double-hidden"))


@notebook
def answer_deleted(content):
    content["cells"].remove(named(content, "total"))


@notebook
def all_tests_deleted(content):
    content["cells"] = [cell for cell in content["cells"] if cell not in tests(content)]


@notebook
def retyped_as_markdown(content):
    named(content, "double")["cell_type"] = "markdown"


@notebook
def retyped_as_raw(content):
    named(content, "total")["cell_type"] = "raw"


@notebook
def one_grade_id_for_all(content):
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in ("intro", "setup", "words"):
            cell["metadata"]["nbgrader"]["grade_id"] = "double-check"


@notebook
def metadata_of_odd_types(content):
    for cell in content["cells"]:
        cell.update(outputs="x", execution_count=[], id=cell["id"] * 99, attachments=3)
        cell["metadata"].update(tags=3, jupyter=None, collapsed="x")
        cell["metadata"].get("nbgrader", {}).update(points="NaN", schema_version="x", cell_type=[], checksum={})
    content["cells"] += [None, 3, [], {}, {"metadata": None}, {"metadata": {"nbgrader": [1]}, "source": {"a": 1}}]
    content["metadata"] = {"kernelspec": "x", "language_info": [], "celltoolbar": {"a": None}}


@notebook
def another_language(content):
    content["metadata"] = {"kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"}}


@notebook
def half_open_intervals(content):
    line = "# [0, 1) and \\[ and [\n"
    named(content, "double")["source"] = [line] * 120 + ["def double(x):\n", "    return x + x"]


@notebook
def deep_json(content):
    nested: list = []
    for _ in range(900):
        nested = [nested]
    content["metadata"]["deep"] = nested


@notebook
def format_three(content):
    content.update(nbformat=3, worksheets=[{"cells": content.pop("cells")}])


@notebook
def cells_by_the_thousand(content):
    content["cells"] += [{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}] * 3000


def file(name: str, content: str | bytes) -> Change:
    """A file beside the notebook, or in its place."""
    def change(folder: Path, course: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def very_deep_json(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").write_bytes(b"[" * 2_000_000)


def huge_json(folder: Path, course: Path) -> None:
    with open(folder / "ps1.ipynb", "ab") as sparse:
        sparse.truncate(500_000_000)


def huge_cell(folder: Path, course: Path) -> None:
    notebook(lambda content: named(content, "double").update(source="#" * 3_000_000))(folder, course)


def link_to_a_classmate(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").unlink()
    (folder / "ps1.ipynb").symlink_to(course / "submitted" / "bystander-1" / "ps1" / "ps1.ipynb")


def folder_is_a_link(folder: Path, course: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(course / "submitted" / "bystander-1" / "ps1")


def learner_is_a_link(folder: Path, course: Path) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to(course / "submitted" / "bystander-1")


def fifo(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").unlink()
    os.mkfifo(folder / "ps1.ipynb")


def link_to_a_device(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").unlink()
    (folder / "ps1.ipynb").symlink_to("/dev/zero")


def folder_in_its_place(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").unlink()
    (folder / "ps1.ipynb").mkdir()


def file_for_a_folder(folder: Path, course: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def nothing_handed_in(folder: Path, course: Path) -> None:
    (folder / "ps1.ipynb").unlink()


def thousands_of_files(folder: Path, course: Path) -> None:
    for number in range(1500):
        (folder / f"{number}.txt").touch()


def odd_time(folder: Path, course: Path) -> None:
    (folder / "timestamp.txt").write_text("-9999999999-99-99 " * 100_000)


def odd_names(folder: Path, course: Path) -> None:
    for name in ("\u202eexe.täst 🐍", "a\nb", "-rf", "*", "$(reboot)"):
        (folder / name).write_text("x")
    with open(os.fsencode(folder) + b"/\xff\xfe", "w") as file_:
        file_.write("x")


def linked_extras(folder: Path, course: Path) -> None:
    (folder / "gradebook.db").symlink_to(course / "gradebook.db")
    (folder / "up").symlink_to("../../..")
    os.mkfifo(folder / "timestamp.txt")
