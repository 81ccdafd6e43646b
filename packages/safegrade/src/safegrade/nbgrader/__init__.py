"""An nbgrader course read and written.

    session    one assignment marked
    batch      many submissions at once: here, or on a Dask cluster
    proof      an assignment proven before it is released
    report     how its questions did
    collect    what learners handed in, fetched from the exchange
    course     the gradebook, the folders, executed notebooks
    pages      what learners wrote, shown harmlessly in feedback and Formgrader
    layout     a marked notebook as a page, made in a process with limits
"""
