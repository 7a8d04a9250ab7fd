"""The results of a whole run as two streams, page by page: all results, and the selected ones.

The media of a run are ordered by their ids, so by the time of their import, and the segments of a medium by
time. A page follows from the records of media and of selections; the results are then read in batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple, assert_never

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import InvalidCursor, NotFound
from shared.domain.ids import segment_id
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, PromptRun, SegmentResult, VideoResult
from shared.domain.runs.selection import MediumSelection
from shared.domain.runs.targets import MediaTarget
from shared.ports.search_index import Level
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents
from shared.services.records.pages import Page
from shared.services.runs.selection import SelectionStatus, selection_status
from shared.services.runs.views import SegmentResultView, VideoResultView

_BATCH: Final = 100
_MEDIA_PER_READ: Final = 100

ResultView = SegmentResultView | VideoResultView


class ResultStream(StrEnum):
    UNFILTERED = "unfiltered"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """The page to read of a stream. ``level`` selects results of segments or media-wide results.

    ``media_id`` restricts the stream to one medium. ``after`` is the position that the previous page ended
    with.
    """

    stream: ResultStream
    level: Level
    limit: int
    media_id: str | None = None
    after: str | None = None


class _Place(NamedTuple):
    """A place in a stream, where a result may be: the results of an interrupted run have gaps."""

    media_id: str
    ordinal: int
    key: Key

    @property
    def position(self) -> str:
        return f"{self.media_id}/{self.ordinal}"


class ResultStreams:
    """Reads pages of the streams of a run."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def run(self, caller: Caller, run_id: str, media_id: str | None) -> PromptRun:
        """Read the run whose streams are asked for.

        Raises: NotFound: there is no such run, or the run does not include the medium ``media_id``.
        """
        tenant_id = caller.tenant_of(run_id)
        key = keys.prompt_run(tenant_id, run_id)
        state_key = keys.medium_state(tenant_id, run_id, media_id or "none")
        batch = self._documents.batch([key, state_key] if media_id else [key])
        run = batch.get(PromptRun, key)
        if run is None:
            raise NotFound("prompt_run", run_id)
        if media_id is not None and batch.get(MediumState, state_key) is None and not _awaits(run, media_id):
            raise NotFound("video", media_id)
        return run

    def page(self, run: PromptRun, query: StreamQuery) -> Page[ResultView] | None:
        """Read a page of a stream. None: the stream is not available, as the run has not ended, or as it has
        no selection.

        Raises: InvalidCursor: ``query.after`` is no position.
        """
        if not _is_available(run, query.stream):
            return None
        places = self._places(run, query)
        found: list[tuple[_Place, ResultView]] = []
        while len(found) <= query.limit and (batch := list(islice(places, _BATCH))):
            found += self._read(run, query.level, batch)
        views = [view for _, view in found[: query.limit]]
        is_last = len(found) <= query.limit
        return Page(views, None if is_last else found[query.limit - 1][0].position)

    def _places(self, run: PromptRun, query: StreamQuery) -> Iterator[_Place]:
        after = None if query.after is None else _parse(query.after)
        for medium in self._media(run, query, after[0] if after else None):
            for place in _places_of(run, medium, query.level):
                if after is None or (place.media_id, place.ordinal) > after:
                    yield place

    def _media(
        self, run: PromptRun, query: StreamQuery, first: str | None
    ) -> Iterator[MediumState | MediumSelection]:
        """Walk over the media of a stream, from the medium ``first``."""
        tenant_id, run_id = run.tenant_id, run.run_id
        model: type[MediumState] | type[MediumSelection]
        match query.stream:
            case ResultStream.UNFILTERED:
                model, key_of = MediumState, keys.medium_state
            case ResultStream.FILTERED:
                model, key_of = MediumSelection, keys.medium_selection
            case _:
                assert_never(query.stream)
        start = query.media_id or first
        if start is not None:
            found = self._documents.get(model, key_of(tenant_id, run_id, start))
            yield from [found] if found else []
        if query.media_id is None:
            partition = key_of(tenant_id, run_id)
            yield from self._documents.each(model, partition, limit=_MEDIA_PER_READ, after=start)

    def _read(
        self, run: PromptRun, level: Level, places: list[_Place]
    ) -> Iterator[tuple[_Place, ResultView]]:
        """Read the results at ``places`` and their media. Results of media under deletion are left out."""
        media_ids = dict.fromkeys(place.media_id for place in places)
        media, batch = self._visible.find_with(run.tenant_id, media_ids, [place.key for place in places])
        by_id = {medium.media_id: medium for medium in media}
        for place in places:
            medium = by_id.get(place.media_id)
            view = _view(run, medium, level, batch, place.key) if medium else None
            if view is not None:
                yield place, view


def _awaits(run: PromptRun, media_id: str) -> bool:
    """Return whether a run waits for the import of its media, one of which is ``media_id``."""
    return run.is_waiting and isinstance(run.target, MediaTarget) and media_id in run.target.video_ids


def _is_available(run: PromptRun, stream: ResultStream) -> bool:
    match stream:
        case ResultStream.UNFILTERED:
            return run.status.is_terminal
        case ResultStream.FILTERED:
            return selection_status(run) is SelectionStatus.COMPLETED
        case _:
            assert_never(stream)


def _places_of(run: PromptRun, medium: MediumState | MediumSelection, level: Level) -> Iterator[_Place]:
    """Yield the places of the results of one medium, in order."""
    media_id = medium.media_id
    if level is Level.VIDEO:
        if isinstance(medium, MediumState) or not medium.is_empty:
            yield _Place(media_id, 0, keys.video_result(run.tenant_id, run.run_id, media_id))
        return
    for ordinal in _ordinals(medium):
        segment = (
            segment_id(media_id, medium.recipe, ordinal)
            if isinstance(medium, MediumState)
            else medium.segment_id(ordinal)
        )
        yield _Place(media_id, ordinal, keys.segment_result(run.tenant_id, run.run_id, media_id, segment))


def _ordinals(medium: MediumState | MediumSelection) -> range | list[int]:
    if isinstance(medium, MediumSelection):
        return medium.ordinals
    return range(medium.total_segments if medium.recipe else 0)


def _view(run: PromptRun, medium: Media, level: Level, batch: Batch, key: Key) -> ResultView | None:
    match level:
        case Level.SEGMENT:
            segment = batch.get(SegmentResult, key)
            return None if segment is None else SegmentResultView(run, medium, segment)
        case Level.VIDEO:
            video = batch.get(VideoResult, key)
            return None if video is None else VideoResultView(run, medium, video)
        case _:
            assert_never(level)


def _parse(position: str) -> tuple[str, int]:
    media_id, _, ordinal = position.partition("/")
    if not media_id or not ordinal.isdecimal():
        raise InvalidCursor
    return media_id, int(ordinal)
