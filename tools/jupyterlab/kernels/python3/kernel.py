"""The kernel of a learner's desk: ipykernel, begun anew once what lessons import has arrived.

Anew, because Python looks for installed packages once, when it begins.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT))

from tools.desk import wait_for_arrival

wait_for_arrival()
told = f"import sys; sys.path.append({str(ROOT)!r}); from tools.desk import Absent; sys.meta_path.append(Absent()); sys.path.pop(); del Absent, sys"
os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", f"--IPKernelApp.exec_lines={told}", *sys.argv[1:]])
