"""A published model that is a set of rules or a formula, not a system of differential equations.

It carries the same rows as a `model.Model`, so that the same card can show it.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoimmune.modelling.model import Derived, Quantity, Source, check_status, unknown


@dataclass(frozen=True, eq=False)
class Rules:
    """What a card shows of a model without equations in time.

    `latex` holds the rules as one LaTeX `aligned` block. There are no `states` and no `time_unit`; they are
    here because a card asks for them. The other fields are those of `model.Model`.
    """

    name: str
    title: str
    latex: str
    parameters: tuple[Quantity, ...]
    source: Source
    derived: tuple[Derived, ...] = ()
    says: str = ""
    silent_on: str = ""
    status: str = "published"
    states: tuple[Quantity, ...] = ()
    time_unit: str = ""

    def __post_init__(self):
        check_status(self.name, self.status)

    @property
    def defaults(self) -> dict[str, float]:
        """The published value of each parameter, by symbol."""
        return {row.symbol: row.value for row in self.parameters}

    def row(self, symbol: str) -> Quantity:
        """The row of a parameter; a ValueError names the closest one."""
        rows = {row.symbol: row for row in self.parameters}
        if symbol not in rows:
            raise ValueError(unknown(self, "parameter", symbol, rows))
        return rows[symbol]

    def check(self, **values: float) -> list[float]:
        """The values as floats, in the order given; a ValueError says what is allowed."""
        return [self.row(symbol).check(value) for symbol, value in values.items()]

    def _repr_html_(self) -> str:
        from autoimmune.modelling import card

        return card.html(self)

    def __repr__(self) -> str:
        return f"<Rules {self.name}: {self.title} ({len(self.parameters)} parameters)>"
