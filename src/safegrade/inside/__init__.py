"""What runs inside the sandbox. Nothing here may import what the marking side knows: hidden tests, marks, a gradebook.

    zygote        the warm process: it has imported what an assignment imports, and forks
    namespaces    a fork's own world: namespaces, an empty home, limits, no rights
    warden        watches one fork, and ends all of it when a limit is passed
    relay         counts what a kernel says, before the marking side hears it
    kernel        the learner's cells, as an ipykernel with one more message
    plain         values as plain data, both ways
    examiner      an instructor's tests, with the learner's names as plain data and proxies
    remote        those proxies
"""
