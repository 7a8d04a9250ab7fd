"""A goal of a benchmark, and whether a measurement meets it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal that a measurement meets if it is at least, or else at most, ``bound``."""

    name: str
    measured: float
    bound: float
    at_least: bool
    unit: str

    @property
    def met(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound
