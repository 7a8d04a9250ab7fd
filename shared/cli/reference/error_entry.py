"""An entry of the page of errors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """A code, the HTTP statuses with which it is answered, its cause and its cure.

    ``statuses`` is empty if no request is answered with the code: an import job, a run or a segment has it.
    ``code`` may hold ``<name>`` for a part that varies.
    """

    code: str
    statuses: tuple[int, ...]
    cause: str
    cure: str
