"""The timer of a laptop: threads that run due work."""

from shared.domain.due import Due


class LocalTimer:
    """Implements ``shared.ports.timer.Timer``."""

    def announce(self, due: Due) -> None:
        raise NotImplementedError
