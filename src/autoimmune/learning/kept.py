"""What is kept of a learner: plain files on their own machine, one line of JSON a record.

    PREDICTIONS, ANSWERS    what was predicted, and what was answered in quizzes
    folder()                where both files lie
    forget()                delete both

The files are `predictions.jsonl` and `answers.jsonl` in the learner's own data folder: on Linux
`~/.local/share/self-and-non-self/`. Lines are only ever added. Nothing is sent anywhere. The environment
variable SELF_AND_NON_SELF_FOLDER names another folder. Where it cannot be written, records last as long as
the kernel.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FOLDER_VARIABLE = "SELF_AND_NON_SELF_FOLDER"


def folder() -> Path:
    """Where the files are."""
    import platformdirs

    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("self-and-non-self", appauthor=False)


@dataclass
class Kept:
    """A file of records about a `kind` of thing. `needed` says what each kind of record must hold to be read;
    `waiting` is what could not be written yet."""

    kind: str
    needed: dict[str, set[str]]
    waiting: list[dict] = field(default_factory=list)

    def path(self) -> Path:
        """The file."""
        return folder() / f"{self.kind}s.jsonl"

    def remember(self, record: dict) -> str:
        """Add a record to the file, with the time. Returns nothing, or a sentence when it could not be
        written; it is then kept in memory and written with the next one that can be."""
        self.waiting.append(record | {"when": datetime.now(UTC).isoformat(timespec="seconds")})
        try:
            self.append("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in self.waiting))
        except OSError as error:
            why = f"It could not be saved in {folder()} ({error.strerror or error})"
            return f"{why}, so it is kept only until this kernel stops."
        self.waiting.clear()
        return ""

    def append(self, lines: str) -> None:
        """Write lines at the end of the file, on a line of their own; OSError where that is not possible."""
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path().open("a+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                lines = lines if file.read() == b"\n" else "\n" + lines
            file.write(lines.encode())

    def records(self) -> list[dict]:
        """Everything that was remembered, oldest first. A line that cannot be read is left out with a
        warning."""
        try:
            lines = self.path().read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        numbered = [(line, k) for k, line in enumerate(lines, 1) if line.strip()]
        return [record for line, k in numbered for record in self.read(line, k)] + self.waiting

    def read(self, line: str, number_of: int) -> Iterator[dict]:
        """The record of one line, or a warning."""
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict) and self.needed.get(record.get("kind"), {""}) <= set(record):
            yield record
        else:
            told = f"line {number_of} of {self.path()} holds no {self.kind} and was left out"
            warnings.warn(told, stacklevel=2)

    def delete(self) -> int:
        """Delete the file, and return how many of its kind it held; OSError where that is not possible."""
        with warnings.catch_warnings(action="ignore"):  # a line that cannot be read goes with the others
            count = sum(record["kind"] == self.kind for record in self.records())
        self.path().unlink(missing_ok=True)
        self.waiting.clear()
        return count


PREDICTIONS = Kept("prediction", {
    "prediction": {"id", "question", "answer", "axes", "sure", "when"}, "outcome": {"id", "answer", "when"}})
ANSWERS = Kept("answer", {"answer": {"question", "right", "try", "when"}})


def forget() -> str:
    """Delete every prediction and every answer, and say how many there were."""
    return " ".join(map(deleted, (PREDICTIONS, ANSWERS)))


def deleted(kept: Kept) -> str:
    """Delete a file, and say what came of it."""
    try:
        count = kept.delete()
    except OSError as error:
        return f"The {kept.kind}s in {folder()} could not be deleted ({error.strerror or error})."
    return f"{count} {kept.kind}{'' if count == 1 else 's'} deleted."
