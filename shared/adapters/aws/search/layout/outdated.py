"""Indexes that an earlier release made: their documents lack fields that searches read."""

from shared.domain.errors import Unavailable


class OutdatedLayout(Unavailable):
    """The live index has the layout of an earlier release."""

    def __init__(self) -> None:
        super().__init__("The search index was made by an earlier release: rebuild it with reindex.")
