"""Marking for nbgrader that cannot be cheated, cannot be stopped, and is fast. Arrows only point down:

    app, converters    the command `safegrade`; nbgrader's own commands and Formgrader's buttons
    nbgrader           an nbgrader course read and written, marked, proven, reported
    marking            one submission marked
    sandbox            bubblewrap, and the warm processes of which kernels and examiners are forked
    limits, pace       how much one submission may use, and how quick this machine is
    inside             what runs in the sandbox
"""
