"""JupyterLab for this course: it opens at the first lesson and asks nothing of the network."""

import os

c = get_config()  # noqa: F821  (given by Jupyter)

c.LabApp.default_url = "/lab/tree/course/00_start_here.ipynb"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# Containers and Codespaces run as root; there Jupyter would refuse to start.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
