"""One submission marked. Arrows only point down:

    rehearsal         a room is opened only where the instructor's own answers get full marks
    mark, trial       one submission: its cells in a sandbox, its tests apart; how each test is run is tried beforehand
    apart, beside     whether a test keeps its meaning apart from the learner's code; tests that run beside it
    learner, line     the marking side of a learner's kernel, and of the line to it
    paper, match      a release with a learner's answers written into it, found by id, place or likeness
    found             what that trial found, and where it is kept
    reading           what was handed in, read in a process with limits
    ingest, attached  a submission read as hostile data, with the files beside it
"""
