"""Where the parts of a cut list come from: chosen parts, a run, or markers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.editing.cut_list import MAX_EVENTS, Cut
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import parse_segment_id
from shared.domain.markers.marker import Marker
from shared.domain.media import Media, Segment
from shared.domain.runs.prompt_run import PromptRun
from shared.services.library.index_access import visible_index
from shared.services.library.markers.located_target import located_marker
from shared.services.library.markers.markers import MarkerFilter, Markers
from shared.services.library.segments import Segments
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.batches import batches
from shared.services.records.documents import Documents

_PAGE: Final = 500
_PLACES_PER_READ: Final = 500


@dataclass(frozen=True, slots=True)
class ChosenPart:
    """A part of a medium: a segment, or a span in seconds."""

    media_id: str
    segment_id: str | None = None
    start: float | None = None
    end: float | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ChosenParts:
    """Parts in their order, such as the hits of a search."""

    parts: Sequence[ChosenPart]


@dataclass(frozen=True, slots=True)
class SegmentsOfRun:
    """All segments of a run in the order of media and time, or those of some of its media."""

    run_id: str
    media_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class MarkedParts:
    """Marked segments, and marked media from start to end. ``color`` None restricts nothing."""

    index_id: str | None = None
    color: str | None = None


CutSource = ChosenParts | SegmentsOfRun | MarkedParts


@dataclass(frozen=True, slots=True)
class ChosenCuts:
    """The cuts of a list, and their media by id."""

    cuts: Sequence[Cut]
    media: dict[str, Media]


class CutSources:
    """Reads the parts of cut lists."""

    def __init__(self, documents: Documents, segments: Segments, markers: Markers) -> None:
        self._markers = markers
        self._documents = documents
        self._segments = segments
        self._visible = VisibleMedia(documents)

    def read(self, caller: Caller, source: CutSource) -> ChosenCuts:
        """Read the parts of a source.

        Raises:
            NotFound: a medium, a segment, the run or the index does not exist.
            InvalidRequest: a part does not fit into its medium, or there are more than 5,000 parts.
        """
        match source:
            case ChosenParts():
                return self._chosen(caller, source.parts)
            case SegmentsOfRun():
                return self._of_run(caller, source)
            case MarkedParts():
                return self._marked(caller, source)
            case _:
                assert_never(source)

    def _chosen(self, caller: Caller, parts: Sequence[ChosenPart]) -> ChosenCuts:
        located = {
            part.segment_id: keys.segment(caller.tenant_of(part.media_id), *found)
            for part in parts
            if part.segment_id and (found := parse_segment_id(part.segment_id)) and found[0] == part.media_id
        }
        media_ids = list(dict.fromkeys(part.media_id for part in parts))
        found_media, batch = self._visible.readable_with(caller, media_ids, located.values())
        media = {each.media_id: each for each in found_media}
        segments = {name: segment for name, key in located.items() if (segment := batch.get(Segment, key))}
        cuts = [_cut(number, part, media, segments) for number, part in enumerate(parts)]
        return ChosenCuts(cuts, media)

    def _of_run(self, caller: Caller, source: SegmentsOfRun) -> ChosenCuts:
        tenant_id = caller.tenant_of(source.run_id)
        if self._documents.get(PromptRun, keys.prompt_run(tenant_id, source.run_id)) is None:
            raise NotFound("prompt_run", source.run_id)
        media: dict[str, Media] = {}
        cuts: list[Cut] = []
        for medium in self._media_of_run(caller, tenant_id, source):
            media[medium.media_id] = medium
            cuts += self._segments_of(caller, medium, source.run_id)
            if len(cuts) > MAX_EVENTS:
                raise InvalidRequest(
                    "source", f"has more than {MAX_EVENTS:,} parts: name some of its media in video_ids"
                )
        return ChosenCuts(cuts, media)

    def _marked(self, caller: Caller, source: MarkedParts) -> ChosenCuts:
        """Read what is marked, in the order of media and time. A part with several markers is one part."""
        if source.index_id is not None:
            visible_index(self._documents, caller.tenant_id, source.index_id)
        names: dict[tuple[str, str], str | None] = {}
        for marker in self._every_marker(caller, source.color):
            located = located_marker(marker)
            if located.media_id is not None:
                place = (located.media_id, located.segment_id)
                names[place] = names.get(place) or marker.note
        read = [
            self._read_marked(caller, source, places) for places in batches(sorted(names), _PLACES_PER_READ)
        ]
        media = {key: value for batch, _ in read for key, value in batch.items()}
        cuts = [
            Cut(each.media_id, each.start, each.end, _name(names, each), each.segment_id)
            for _, batch in read
            for each in batch
        ]
        if len(cuts) > MAX_EVENTS:
            raise InvalidRequest("source", f"has more than {MAX_EVENTS:,} parts: name an index or a color")
        return ChosenCuts(sorted(cuts, key=lambda cut: (cut.media_id, cut.start)), media)

    def _every_marker(self, caller: Caller, color: str | None) -> Iterator[Marker]:
        after: str | None = None
        while True:
            page = self._markers.page(caller, MarkerFilter(color=color), limit=_PAGE, after=after)
            yield from page.items
            after = page.next_after
            if after is None:
                return

    def _read_marked(
        self, caller: Caller, source: MarkedParts, places: Sequence[tuple[str, str]]
    ) -> tuple[dict[str, Media], list[Cut]]:
        """Read marked places: media, and segments as cuts. A segment that is gone is left out."""
        located = {name: parse_segment_id(name) for _, name in places if name}
        segment_keys = {name: keys.segment(caller.tenant_id, *at) for name, at in located.items() if at}
        found, batch = self._visible.readable_with(
            caller, [each for each, _ in places], segment_keys.values()
        )
        media = {each.media_id: each for each in found if source.index_id in (None, each.index_id)}
        cuts = []
        for media_id, name in places:
            segment = batch.get(Segment, segment_keys[name]) if name in segment_keys else None
            if media_id in media and segment is not None:
                cuts.append(Cut(media_id, segment.start, segment.end, segment_id=name))
            elif media_id in media and not name:
                cuts.append(Cut(media_id, 0.0, media[media_id].duration_seconds or 0.0))
        return media, cuts

    def _media_of_run(self, caller: Caller, tenant_id: str, source: SegmentsOfRun) -> Iterator[Media]:
        """Yield the media that are visible. Raises: NotFound: a named medium is not, or is not in the run."""
        partition = keys.medium_state(tenant_id, source.run_id)
        if source.media_ids is None:
            for media_ids in self._documents.sort_key_pages(partition, limit=_PAGE):
                yield from self._visible.find_many(tenant_id, media_ids)
            return
        states = {keys.medium_state(tenant_id, source.run_id, each): each for each in source.media_ids}
        batch = self._documents.batch(states)
        for key, media_id in states.items():
            if not batch.version(key):
                raise NotFound("video", media_id)
        found = {each.media_id: each for each in self._visible.readable_with(caller, states.values())[0]}
        for media_id in states.values():
            if media_id not in found:
                raise NotFound("video", media_id)
            yield found[media_id]

    def _segments_of(self, caller: Caller, media: Media, run_id: str) -> list[Cut]:
        views = self._segments.every(caller, media.media_id, run_id=run_id).views.items
        return [
            Cut(media.media_id, each.segment.start, each.segment.end, segment_id=each.segment.segment_id)
            for each in views
        ]


def _name(names: Mapping[tuple[str, str], str | None], cut: Cut) -> str | None:
    return names[cut.media_id, cut.segment_id or ""]


def _cut(number: int, part: ChosenPart, media: dict[str, Media], segments: dict[str, Segment]) -> Cut:
    """Return a part inside its medium. Raises: NotFound, InvalidRequest."""
    medium = media.get(part.media_id)
    if medium is None:
        raise NotFound("video", part.media_id)
    if part.segment_id is not None:
        segment = segments.get(part.segment_id)
        if segment is None:
            raise NotFound("segment", part.segment_id)
        return Cut(part.media_id, segment.start, segment.end, part.name, part.segment_id)
    start, end = part.start or 0.0, part.end or 0.0
    if medium.duration_seconds is not None and start >= medium.duration_seconds:
        field = f"source.segments.{number}.start_seconds"
        raise InvalidRequest(field, f"must be before the medium's end ({medium.duration_seconds})")
    return Cut(part.media_id, start, end, part.name)
