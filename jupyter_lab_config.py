"""JupyterLab for this course: it opens at the first lesson and asks nothing of the network."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (given by Jupyter)

c.LabApp.default_url = "/lab/tree/course/00_start_here.ipynb"
OURS = Path(__file__).with_name("tools") / "jupyterlab"
c.LabApp.app_settings_dir = str(OURS)
c.LabApp.extra_labextensions_path = [str(OURS / "extensions")]
# Containers and Codespaces run as root; there Jupyter would refuse to start.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
