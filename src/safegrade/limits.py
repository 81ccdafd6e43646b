"""How much one submission may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission: bytes, seconds, counts. Each has to be above 0."""

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

    def __post_init__(self):
        for name, value in asdict(self).items():
            if not (isinstance(value, (int, float)) and value > 0):
                raise ValueError(f"{name} = {value!r} is not allowed; it must be above 0")

    def inside(self) -> dict:
        """What the warden and the kernel's own limits need."""
        known = {name: value for name, value in asdict(self).items() if not name.startswith(("cell", "output"))}
        return known | {"said": [self.answers, 2 * self.output_in_all, self.answers, self.answers, self.answers]}
