"""The timer on AWS: an SQS queue for each kind of due work."""

from shared.domain.due import Due


class SqsTimer:
    """Implements ``shared.ports.timer.Timer``."""

    def announce(self, due: Due) -> None:
        raise NotImplementedError
