"""A submission is read as hostile data: every limit holds, and what is wrong is said."""

import json
import os

import pytest

from safegrade.limits import MB
from safegrade.marking import ingest
from safegrade.marking.ingest import Unreadable


def write(folder, content):
    """A notebook of this content in `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "ps1.ipynb").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return folder


def notebook(*cells, **more):
    return {"nbformat": 4, "metadata": {}, "cells": list(cells), **more}


def nested(depth):
    return b'{"nbformat": 4, "cells": [], "metadata": ' + b"[" * depth + b"]" * depth + b"}"


ANSWER = {"cell_type": "code", "id": "a", "source": ["x = 1\n", "y = 2"], "metadata": {"nbgrader": {"grade_id": "q"}}}


def test_of_a_cell_only_its_name_its_kind_and_its_text_are_taken(tmp_path):
    cell = {**ANSWER, "outputs": [1], "execution_count": "x"}
    assert ingest.read(write(tmp_path / "s", notebook(cell)), "ps1") == [ingest.Cell("q", "a", "code", "x = 1\ny = 2")]


@pytest.mark.parametrize("cell", [
    {}, {"source": 3}, {"source": [3, None]}, {"metadata": []}, {"metadata": {"nbgrader": 3}}, {"metadata": {"nbgrader": {"grade_id": [1]}}}, {"id": {}, "cell_type": 4},
], ids=str)
def test_a_cell_of_odd_types_is_an_empty_one(tmp_path, cell):
    assert ingest.read(write(tmp_path / "s", notebook(cell, 3, None)), "ps1") == [ingest.Cell("", "", "", "")]


def test_half_a_character_becomes_a_question_mark(tmp_path):
    read = ingest.read(write(tmp_path / "s", b'{"nbformat": 4, "cells": [{"source": "\\ud800x"}]}'), "ps1")
    assert read[0].source == "?x"


def test_brackets_in_texts_do_not_count(tmp_path):
    cells = [{"source": ["[0, 1) \\\" [\n"] * 200}]
    assert len(ingest.read(write(tmp_path / "s", notebook(*cells)), "ps1")) == 1


@pytest.mark.parametrize("content, words", [
    (b"", "not JSON"), (b"{", "not JSON"), (b"\xff\xfe", "not JSON"), (b"9" * 10_000, "not JSON"),
    ([], "format 4"), ({"cells": []}, "format 4"), (notebook(nbformat=3), "format 4"), (notebook(nbformat="4"), "format 4"), ({"nbformat": 4, "cells": {}}, "format 4"),
    (nested(ingest.DEEPEST), "deep"), (b"[" * MB, "deep"), (b'"]]]]]]]]"' + nested(ingest.DEEPEST), "deep"), (b'"\\n]]]]]]]]"' + nested(ingest.DEEPEST), "deep"),
    (notebook(*[{}] * (ingest.MOST_CELLS + 1)), "cells; at most"), (notebook({"source": "x" * (ingest.LONGEST_CELL + 1)}), "characters; at most"),
], ids=range(15))
def test_a_notebook_that_cannot_be_read(tmp_path, content, words):
    with pytest.raises(Unreadable, match=words):
        ingest.read(write(tmp_path / "s", content), "ps1")


def test_what_is_just_within_the_limits_is_read(tmp_path):
    assert ingest.read(write(tmp_path / "s", nested(ingest.DEEPEST - 1)), "ps1") == []
    assert len(ingest.read(write(tmp_path / "s", notebook(*[{}] * ingest.MOST_CELLS)), "ps1")) == ingest.MOST_CELLS
    assert len(ingest.read(write(tmp_path / "s", notebook({"source": "x" * ingest.LONGEST_CELL})), "ps1")[0].source) == ingest.LONGEST_CELL


def a_link(path):
    path.symlink_to("/etc/hostname")


def a_link_to_nowhere(path):
    path.symlink_to("nowhere")


def a_device(path):
    path.symlink_to("/dev/zero")


def too_large(path):
    with open(path, "wb") as file:
        file.truncate(ingest.LARGEST + 1)


@pytest.mark.parametrize("make, words", [
    (a_link, "not a plain file"), (a_link_to_nowhere, "not a plain file"), (a_device, "not a plain file"), (os.mkfifo, "not a plain file"),
    (os.mkdir, "not a plain file"), (too_large, "MB; at most"), (lambda path: None, "there is no ps1.ipynb"),
], ids=lambda value: getattr(value, "__name__", value))
def test_what_is_no_plain_file(tmp_path, make, words):
    make(tmp_path / "ps1.ipynb")
    with pytest.raises(Unreadable, match=words):
        ingest.read(tmp_path, "ps1")


def test_a_folder_that_is_a_link(tmp_path):
    write(tmp_path / "s", notebook())
    (tmp_path / "link").symlink_to(tmp_path / "s")
    with pytest.raises(Unreadable, match="is a link"):
        ingest.read(tmp_path / "link", "ps1")


def test_a_file_for_a_folder(tmp_path):
    (tmp_path / "s").write_text("x")
    with pytest.raises(Unreadable, match="not a plain file"):
        ingest.read(tmp_path / "s", "ps1")


def test_very_many_files(tmp_path):
    write(tmp_path / "s", notebook())
    for number in range(ingest.MOST_FILES - 1):
        (tmp_path / "s" / str(number)).touch()
    assert ingest.read(tmp_path / "s", "ps1") == []
    (tmp_path / "s" / "folder").mkdir()
    with pytest.raises(Unreadable, match="more than 1000 files"):
        ingest.read(tmp_path / "s", "ps1")


def test_links_that_go_round_are_not_followed(tmp_path):
    write(tmp_path / "s", notebook())
    (tmp_path / "s" / "round").symlink_to(tmp_path / "s")
    assert ingest.read(tmp_path / "s", "ps1") == []
