"""How much one submission may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from safegrade.pace import pace

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission: bytes, seconds, counts. Each has to be above 0.

    Seconds are those of a quick machine that has nothing else to do; `paced` gives those of this one.
    """

    cell_seconds: float = 60.0
    notebook_seconds: float = 600.0
    cpu_seconds: float = 300.0
    memory: int = 2048 * MB  # of all its processes together; also the address space of each
    processes: int = 64  # with their threads
    file_size: int = 64 * MB
    disk: int = 128 * MB
    output: int = 2 * MB  # of one cell
    output_in_all: int = 16 * MB
    answers: int = 128 * MB  # what a kernel may say to tests, in all
    read_seconds: float = 20.0  # of the processor, to read what was handed in
    read_memory: int = 1024 * MB
    page_seconds: float = 60.0  # of the processor, to make a page of a marked notebook
    page_memory: int = 2048 * MB
    import_seconds: float = 120.0  # what the assignment imports and gives, once, before anything is marked
    given_seconds: float = 10.0  # each cell that the assignment gives, beforehand
    start_seconds: float = 60.0  # until a kernel answers for the first time
    send_seconds: float = 60.0  # until a kernel has heard a request
    end_seconds: float = 2.0  # until it is known why a process has ended
    gradebook_seconds: float = 60.0  # waiting for a gradebook that another program holds
    scheduler_seconds: float = 20.0  # until a Dask scheduler answers

    def __post_init__(self):
        for name, value in asdict(self).items():
            if not (isinstance(value, (int, float)) and value > 0):
                raise ValueError(f"{name} = {value!r} is not allowed; it must be above 0")

    def paced(self) -> Limits:
        """The same limits on this machine: a slower one has more seconds for the same work."""
        return replace(self, **{name: value * pace() for name, value in asdict(self).items() if name.endswith("seconds")})

    def inside(self) -> dict:
        """What the warden and the kernel's own limits need."""
        known = {name: value for name, value in asdict(self).items() if not name.startswith(("cell", "output"))}
        return known | {"said": [self.answers, 2 * self.output_in_all, self.answers, self.answers, self.answers]}
