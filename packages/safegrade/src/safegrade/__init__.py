"""Marking for nbgrader that cannot be cheated, cannot be stopped, and is fast. Arrows only point down:

    app           the command of that name
    converters    nbgrader's own commands and Formgrader's buttons
    nbgrader      an nbgrader course read and written, marked, proven, reported
    marking       one submission marked
    sandbox       bubblewrap, and warm processes from which others are forked
    limits        how much one submission may use
    pace          how quick this machine is
    inside        what runs in the sandbox
"""
