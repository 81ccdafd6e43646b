"""The command `safegrade`.

    safegrade collect ps1      fetch what was handed in, and believe nothing of it
    safegrade mark ps1         mark what was handed in
    safegrade check ps1        can every test be run so, and does the instructor's own answer pass?
    safegrade report ps1       how hard each question was, and what went wrong most
    safegrade doctor           what protects this machine from learners' code
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory

from safegrade.limits import MB, Limits
from safegrade.nbgrader.batch import EVERY
from safegrade.nbgrader.course import CourseError
from safegrade.nbgrader.session import Session, limits_of
from safegrade.sandbox import Refused


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="safegrade", description="Mark an nbgrader course: sandboxed, many at once.",
                                   epilog="Run it in the folder that holds nbgrader_config.py. `safegrade mark --help` tells the options of mark.")
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    collect = commands.add_parser("collect", help="fetch what was handed in from the exchange: no links, no other owner's folder")
    collect.add_argument("assignment", help="its name, as its folder in source/ has it")
    collect.add_argument("--update", action="store_true", help="also what was handed in again")
    mark = commands.add_parser("mark", help="mark what was handed in for an assignment")
    mark.add_argument("assignment", help="its name, as its folder in source/ has it")
    mark.add_argument("--student", default="*", metavar="ID", help="only this learner's submission")
    mark.add_argument("--force", action="store_true", help="also what was marked before")
    mark.add_argument("--workers", type=at_least_one, metavar="N", help="how many at a time (as nbgrader_config.py says, or as many as there are cores)")
    mark.add_argument("--scheduler", metavar="ADDRESS", help="mark on the Dask cluster with this scheduler: on loopback, or tls://")
    mark.add_argument("--no-extra-cells", dest="extras", action="store_const", const=False, help="leave out cells that learners added")
    mark.add_argument("--cell-seconds", type=float, metavar="S", help=f"how long a cell may run ({Limits.cell_seconds:g})")
    mark.add_argument("--memory", type=int, metavar="MB", help=f"memory of a submission ({Limits.memory // MB})")
    mark.add_argument("--accept", action="append", metavar="CELL", help="mark although this test fails its rehearsal, and flag it for a person")
    mark.add_argument("--every", type=at_least_one, metavar="N", help=f"look at the instructor's own answers, and record, after so many ({EVERY})")
    mark.add_argument("--trust-submissions", action="store_true", help="no sandbox: for your own work only; the record says so")
    mark.add_argument("--no-beside", dest="beside", action="store_const", const=False, help="refuse tests that would have to run beside learners' code")
    check = commands.add_parser("check", help="prove an assignment before it goes out")
    check.add_argument("assignment", help="its name, as its folder in source/ has it")
    commands.add_parser("doctor", help="what protects this machine from learners' code, and what is missing")
    report = commands.add_parser("report", help="how the questions of a marked assignment did")
    report.add_argument("assignment", help="its name, as its folder in source/ has it")
    report.add_argument("--csv", type=Path, metavar="FILE", help="write points per learner and question")
    report.add_argument("--picture", type=Path, metavar="FILE", help="draw the table (.png, .svg or .pdf)")
    return made


def at_least_one(word: str) -> int:
    """A count on the command line."""
    if not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is not allowed; it must be at least 1")
    return int(word)


def course() -> CourseDirectory:
    """The course in the folder that we stand in, with its nbgrader_config.py; CourseError where there is none."""
    app = NbGrader()
    app.log_level = "ERROR"
    app.initialize([])
    database = app.coursedir.db_url.removeprefix("sqlite:///")
    if database != app.coursedir.db_url and not Path(database).is_file():  # nbgrader would make an empty one
        raise CourseError(f"there is no gradebook {database}. Go to the folder that holds nbgrader_config.py; in a new course, first "
                          "make an assignment with: nbgrader generate_assignment NAME")
    return app.coursedir


def collect(given: argparse.Namespace) -> int:
    """Fetch what was handed in; 1 where something was left in the exchange."""
    from safegrade.nbgrader.collect import collect as fetch

    fetched = fetch(course(), given.assignment, given.update)
    print(f"{given.assignment}: {fetched}")
    return 1 if fetched.left else 0


def mark(given: argparse.Namespace) -> int:
    """Mark an assignment, with a progress bar and a table at the end."""
    from tqdm import tqdm

    typed = {"cell_seconds": given.cell_seconds, "memory": given.memory and given.memory * MB}
    here = course()
    limits = limits_of(here.parent, **{name: value for name, value in typed.items() if value is not None})
    session = Session(here, given.assignment, given.student, given.force, given.workers, given.scheduler, limits,
                      given.trust_submissions, given.extras, given.accept, given.every, given.beside)
    with tqdm(desc=given.assignment, unit="submission", disable=None) as bar:
        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        outcome = session.run(progress)
    print(outcome)
    return 1 if outcome.unreadable else 0


def check(given: argparse.Namespace) -> int:
    """Prove an assignment."""
    from safegrade.nbgrader.proof import proven

    found, notes = proven(course(), given.assignment)
    print(*notes, sep="\n", end="\n" if notes else "")
    print("\n".join(found) if found else f"{given.assignment}: every test can be run, and the instructor's own answers pass them all.")
    return 1 if found else 0


def doctor(given: argparse.Namespace) -> int:
    """Say what protects this machine; 1 where nothing can be marked on it."""
    from safegrade.sandbox.doctor import told

    lines, fine = told()
    print(*lines, sep="\n")
    return 0 if fine else 1


def report(given: argparse.Namespace) -> int:
    """Print, and where asked write and draw, how the questions did."""
    from safegrade.nbgrader import report as reports

    marks = reports.marks(course(), given.assignment)
    table = reports.questions(marks)
    print(reports.told(table))
    if given.csv:
        reports.by_question(marks).to_csv(given.csv)
    if given.picture:
        reports.figure(table, given.assignment).savefig(given.picture, dpi=150)
    return 0


def main(words: list[str] | None = None) -> None:
    """Run the command; exit 1 when something is wrong, with one line that says what."""
    given = parser().parse_args(words)
    try:
        sys.exit({"collect": collect, "mark": mark, "check": check, "doctor": doctor, "report": report}[given.command](given))
    except (CourseError, Refused, ValueError, OSError) as error:
        sys.exit(f"safegrade: {error}")
    except KeyboardInterrupt:
        sys.exit("safegrade: stopped. What was recorded is kept; run the same command again to go on.")


if __name__ == "__main__":
    main()
