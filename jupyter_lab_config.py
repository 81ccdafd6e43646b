"""JupyterLab for this course: it opens at the first lesson, shows what its user needs, and asks nothing of the network.

A learner's desk shows the lessons and the assignments. An instructor's (`make teach`, which sets SELF_AND_NON_SELF_DESK
to "teach") shows every folder, and nbgrader's tools for instructors.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (given by Jupyter)

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from tools import desk

c.LabApp.app_settings_dir = str(HERE / "tools" / "jupyterlab")
c.LabApp.extra_labextensions_path = [str(HERE / "tools" / "jupyterlab" / "extensions")]
if os.environ.get("SELF_AND_NON_SELF_DESK") == "teach":
    c.LabApp.default_url = "/lab/tree/README.md"
    c.ServerApp.root_dir = str(HERE)
else:
    c.ServerApp.root_dir, c.LabApp.default_url = desk.laid_out(HERE)
    c.ContentsManager.hide_globs = desk.HIDDEN
    c.ServerApp.tornado_settings = {"page_config_hook": desk.without_instructors_tools}
# Containers and Codespaces run as root; there Jupyter would refuse to start.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
