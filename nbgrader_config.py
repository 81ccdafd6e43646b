"""This folder is an nbgrader course: source/ release/ submitted/ autograded/ feedback/ and gradebook.db.

The exchange, a folder that instructors and learners share, is each site's own: set `c.Exchange.root` at the end of this
file, or in a site-wide nbgrader_config.py.
"""

import os
import sys
from pathlib import Path

# nbgrader runs the command `alembic` when it makes its database. It stands beside this Python, which is not on
# the PATH when the environment is not activated (`uv run`, `make`, a JupyterLab started by its full path).
scripts = str(Path(sys.executable).parent)
path = os.environ.get("PATH", os.defpath).split(os.pathsep)
if scripts not in path:
    os.environ["PATH"] = os.pathsep.join([scripts, *path])

from safegrade.converters import install

c = get_config()  # noqa: F821 (nbgrader puts it here)

# Marking: learners' code runs in a sandbox, tests apart from it, many at once (see packages/safegrade/).
install(c)

c.CourseDirectory.course_id = "autoimmune"

# A blank answer runs without an error; the check under it says that it is not attempted yet.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}

# A learner hears at once that a notebook is missing or renamed, instead of getting 0 for it later.
c.ExchangeSubmit.strict = True

# A late submission is marked like any other. The export shows when it came and when it was due; people decide.
c.LateSubmissionPlugin.penalty_method = "none"
