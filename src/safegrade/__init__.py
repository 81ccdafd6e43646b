"""Marking for nbgrader that cannot be cheated, cannot be stopped, and is fast. Arrows only point down:

    app, converters       the command `safegrade`; nbgrader's own commands and Formgrader's buttons
    session, proof, report    one assignment marked; an assignment proven beforehand; how its questions did
    rehearsal             a room is opened only where the instructor's own answers get full marks
    batch                 many submissions at once: here, or on a Dask cluster
    collect               what learners handed in, fetched from the exchange
    course                an nbgrader course read and written: gradebook, folders, executed notebooks
    mark, trial           one submission: its cells in a sandbox, its tests apart; how each test is run is tried beforehand
    found                 what such a trial finds out, kept for the next session
    apart, beside         whether a test keeps its meaning apart from the learner's code; tests that run beside it
    learner, line         the marking side of a learner's kernel, and of the line to it
    provisioner, warm     kernels and examiners forked from a warm process, `ahead` of their need; sandbox: bubblewrap
    paper, ingest         a release with a learner's answers written into it; a submission read as hostile data, with `attached` files
    limits                how much one submission may use

    inside                what runs in the sandbox
"""
