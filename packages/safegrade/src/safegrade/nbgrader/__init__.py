"""An nbgrader course read and written.

    session    one assignment marked
    proof      an assignment proven before it is released
    report     how its questions did
    collect    what learners handed in, fetched from the exchange
    course     the gradebook, the folders, executed notebooks
    pages      what learners wrote, shown harmlessly in feedback and Formgrader
"""
