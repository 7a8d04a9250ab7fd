"""Content of exports, in each format."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

from shared.domain.exports.content_scope import ContentScope
from shared.domain.exports.export_format import ExportFormat
from shared.services.exports.content.written import Written

CheckStop = Callable[[], object]
"""Called before each page of records. It raises what ends the write, such as ``Interrupted``."""


class ExportContent(Protocol):
    """Writes the content of an export. Reads its records page by page and holds one page at a time."""

    def write(
        self, scope: ContentScope, export_format: ExportFormat, out: BinaryIO, check_stop: CheckStop
    ) -> Written:
        """Write the file to ``out``, from its start to its end, without seeking.

        Writing one scope twice gives the same bytes, if what it covers is the same.

        Raises:
            ExportTooLarge: a JSON document would pass its limit. Its message names other ways.
            InvalidRequest: the format cannot hold the scope (SQLite holds one run).
            Unavailable: a store does not answer.
        """
        ...
