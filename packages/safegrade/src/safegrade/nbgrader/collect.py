"""`safegrade collect`: what learners handed in, fetched from nbgrader's exchange, and nothing of it believed.

    collect    fetch the latest submission of each learner
    Fetched    what became of each folder in the exchange

In the exchange anybody can make a folder of any name. A folder counts as a learner's own if that learner owns it; its
time is the one in its name, if that is a time; only plain files come over, and a link is never followed, because it
could lead to a solution, or to somebody else's work. nbgrader's own command does none of that.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader import utils
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import Exchange, ExchangeCollect

from safegrade.limits import MB
from safegrade.marking import ingest
from safegrade.nbgrader.course import CourseError, timestamp

MOST_BYTES, MOST_FILES, DEEPEST = 64 * MB, ingest.MOST_FILES, 20  # of one submission
AHEAD = timedelta(minutes=10)  # a clock may be wrong by so much
PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FOLDER = PLAIN | os.O_DIRECTORY


@dataclass(frozen=True)
class Found:
    """A folder in the exchange: whose it says it is, and when it says it came."""

    learner: str
    when: datetime
    name: str


@dataclass
class Fetched:
    """Learners whose work was fetched, those whose work was there already, and what was left where it is, and why."""

    new: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([f"{len(self.new)} collected, {len(self.kept)} collected before, {len(self.left)} left where they are", *self.left])


def collect(coursedir: CourseDirectory, assignment: str, update: bool = False, check_owner: bool | None = None) -> Fetched:
    """Fetch what was handed in; with `update` also what was handed in again. CourseError where there is no exchange."""
    parent = coursedir.parent or coursedir
    root = Path(Exchange(parent=parent, coursedir=coursedir).root or "", coursedir.course_id, "inbound")
    owners = ExchangeCollect(parent=parent, coursedir=coursedir).check_owner if check_owner is None else check_owner
    fetched = Fetched()
    with opened(root) as inbound:
        latest: dict[str, Found] = {}
        for found in folders(inbound, assignment, owners, fetched):
            if found.learner not in latest or found.when > latest[found.learner].when:
                latest[found.learner] = found
        for learner in sorted(latest):
            place = Path(coursedir.format_path(coursedir.submitted_directory, learner, assignment))
            fetch(inbound, latest[learner], place, update, owners, fetched)
    return fetched


@contextmanager
def opened(inbound: Path) -> Iterator[int]:
    """The exchange's folder of what was handed in, as a descriptor."""
    try:
        descriptor = os.open(inbound, FOLDER)
    except OSError as error:
        raise CourseError(f"{inbound}: {error.strerror}. Set c.Exchange.root and c.CourseDirectory.course_id in nbgrader_config.py, and release "
                          "the assignment first: nbgrader release_assignment NAME") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def folders(inbound: int, assignment: str, owners: bool, fetched: Fetched) -> Iterator[Found]:
    """The folders that can be what they say they are; all others are told."""
    for name in sorted(os.listdir(inbound)):
        parts = name.rsplit("+", 3)  # learner+assignment+time+random, of which only the learner's may hold a plus
        if len(parts) < 3 or parts[1] != assignment:
            continue
        try:
            yield believed(inbound, name, parts, owners)
        except (ValueError, OSError) as error:
            fetched.left.append(f"{name!r}: {error}")


def believed(inbound: int, name: str, parts: list[str], owners: bool) -> Found:
    """A folder as far as it can be believed; ValueError says why it cannot."""
    learner, status = parts[0], os.stat(name, dir_fd=inbound, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode):
        raise ValueError("it is a link or a file, not a folder")
    if not learner or learner.startswith(".") or "/" in learner or "\0" in learner:
        raise ValueError(f"{learner!r} is no learner's id")
    if owners and owner(status.st_uid) != learner:
        raise ValueError(f"it says that it is {learner}'s, and {owner(status.st_uid)} owns it")
    return Found(learner, moment(parts[2]), name)


def owner(number: int) -> str:
    """The name of a user, or the number where it has none."""
    with suppress(KeyError):
        return pwd.getpwuid(number).pw_name
    return f"user {number}"


def moment(words: str) -> datetime:
    """The time in a folder's name; ValueError where it is none, or has not come yet."""
    found = None
    with suppress(Exception):  # whatever somebody wrote there, it is a time or it is none
        found = utils.parse_utc(words[:100])
    if found is None:
        raise ValueError(f"{words[:100]!r} is no time")
    if found > datetime.now(UTC).replace(tzinfo=None) + AHEAD:
        raise ValueError(f"{words[:100]!r} has not come yet")
    return found


def fetch(inbound: int, found: Found, place: Path, update: bool, owners: bool, fetched: Fetched) -> None:
    """Copy a submission beside its place, then put it there; what was there before is kept until then."""
    old = timestamp(place)
    if os.path.lexists(place) and not (update and (old is None or found.when > old)):
        return fetched.kept.append(found.learner)
    beside = place.with_name(f".{place.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        copy(inbound, found.name, beside, os.stat(found.name, dir_fd=inbound, follow_symlinks=False).st_uid if owners else None)
    except (ValueError, OSError) as error:
        shutil.rmtree(beside, ignore_errors=True)
        return fetched.left.append(f"{found.name!r}: {error}")
    (beside / "timestamp.txt").write_text(f"{found.when:%Y-%m-%d %H:%M:%S.%f} UTC", encoding="utf-8")
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        utils.rmtree(str(place))
    beside.rename(place)
    fetched.new.append(found.learner)


def copy(parent: int, name: str, place: Path, user: int | None, room: list[int] | None = None, depth: int = 0) -> None:
    """Copy plain files and folders of one user; links and all else are left out. ValueError where there is too much."""
    room = [MOST_BYTES, MOST_FILES] if room is None else room
    if depth > DEEPEST:
        raise ValueError(f"its folders are more than {DEEPEST} deep")
    folder = os.open(name, FOLDER, dir_fd=parent)
    try:
        for each in sorted(os.listdir(folder)):
            room[1] -= 1
            if room[1] < 0:
                raise ValueError(f"it holds more than {MOST_FILES} files")
            status = os.stat(each, dir_fd=folder, follow_symlinks=False)
            if user is not None and status.st_uid != user:
                continue
            if stat.S_ISDIR(status.st_mode):
                (place / each).mkdir()
                copy(folder, each, place / each, user, room, depth + 1)
            elif stat.S_ISREG(status.st_mode):
                copy_file(folder, each, place / each, room)
    finally:
        os.close(folder)


def copy_file(folder: int, name: str, place: Path, room: list[int]) -> None:
    """Copy one plain file that has no second name elsewhere: a hard link could be somebody else's work."""
    descriptor = os.open(name, PLAIN, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            return
        with open(place, "xb") as file:
            while piece := os.read(descriptor, MB):
                room[0] -= len(piece)
                if room[0] < 0:
                    raise ValueError(f"it holds more than {MOST_BYTES // MB} MB")
                file.write(piece)
    finally:
        os.close(descriptor)
