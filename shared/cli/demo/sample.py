"""The sample video, and the expected results of searches in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

SAMPLE: Final = Path(__file__).parents[3] / "tests" / "media" / "sample-reel.mp4"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One of the first ``within`` hits must show the scene [start, end), in seconds."""

    query: str
    start: float
    end: float
    within: int

    def is_met_by(self, start: float, end: float) -> bool:
        """Return whether a hit shows this scene: the overlap is more than half of the hit or of the scene."""
        overlap = min(end, self.end) - max(start, self.start)
        return overlap > 0.5 * min(end - start, self.end - self.start)


EXPECTATIONS: Final = (
    Expectation("boarding at gate B12", 32.4, 37.4, within=1),
    Expectation("rainfall in Lisbon", 12.91, 17.91, within=1),
    Expectation("cold hearted and rather selfish", 26.5, 32.4, within=1),
    Expectation("an amiable woman", 37.4, 44.15, within=1),
    Expectation("a cat", 5.21, 12.91, within=3),
    Expectation("a cup of coffee", 17.91, 21.5, within=3),
    Expectation("a motorcycle", 26.5, 32.4, within=3),
    Expectation("a rocket", 21.5, 26.5, within=3),
)
