"""What runs inside the sandbox. Nothing here may import what the marking side knows: hidden tests, marks, a gradebook.

    zygote        the warm process: it has imported what an assignment imports, and forks
    namespaces    a fork's own world: namespaces, an empty home, limits, no rights
    wire          messages over the sandbox's sockets
    warden        watches one fork, and ends all of it when a limit is passed
    relay         counts what a kernel says over Jupyter's channels, before anybody outside hears it
    line          the marking side's own line to a kernel
    kernel        the learner's cells, as an ipykernel that answers over that line
    plain         values as plain data, both ways
    examiner      an instructor's tests, with the learner's names as plain data and proxies
    remote        those proxies
"""
