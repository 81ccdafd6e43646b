"""The one setting of how long a test waits before it says that something hangs.

No test asserts how long anything takes. What a test waits for is given `DEADLINE` seconds, which nothing that works
comes near, on a slow machine or a busy one; it grows with the pace of the machine (see `safegrade.pace`), which is
measured once at the start of a run and can be set by hand with SAFEGRADE_PACE.
"""

from safegrade.pace import pace

DEADLINE = round(240 * pace())  # whole seconds: nbclient takes no others
MILLISECONDS = 1000 * DEADLINE  # Playwright counts in these
