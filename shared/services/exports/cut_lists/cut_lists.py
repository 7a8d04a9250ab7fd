"""Cut lists as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.domain.access import Caller
from shared.domain.editing.cut_list import CutList, CutListFormat, CutListOptions, cut_list
from shared.domain.file_names import title_stem
from shared.services.exports.cut_lists.edl import edl
from shared.services.exports.cut_lists.fcpxml import fcpxml
from shared.services.exports.cut_lists.otio import otio
from shared.services.exports.cut_lists.sources import CutSource, CutSources
from shared.services.exports.cut_lists.spreadsheet import spreadsheet

_WRITERS: Final[Mapping[CutListFormat, Callable[[CutList], str]]] = {
    CutListFormat.EDL: edl,
    CutListFormat.FCPXML: fcpxml,
    CutListFormat.OTIO: otio,
    CutListFormat.CSV: spreadsheet,
}


@dataclass(frozen=True, slots=True)
class CutListFile:
    """A cut list as a text file in UTF-8. ``file_name`` comes from the title."""

    content: str
    file_name: str


class CutLists:
    """Writes cut lists of media that a caller may read."""

    def __init__(self, sources: CutSources) -> None:
        self._sources = sources

    def write(
        self, caller: Caller, source: CutSource, form: CutListFormat, options: CutListOptions
    ) -> CutListFile:
        """Write a cut list.

        Raises:
            NotFound: a medium, a segment or the run does not exist.
            InvalidRequest: the source or an option does not fit.
        """
        chosen = self._sources.read(caller, source)
        content = _WRITERS[form](cut_list(chosen.cuts, chosen.media, options))
        return CutListFile(content, f"{title_stem(options.title)}.{form.value}")
