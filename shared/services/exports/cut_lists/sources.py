"""Where the parts of a cut list come from: chosen parts, a run, or markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.editing.cut_list import MAX_EVENTS, Cut
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.ids import parse_segment_id
from shared.domain.media import Media, Segment
from shared.domain.runs.prompt_run import PromptRun
from shared.services.library.segments import Segments
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

_PAGE: Final = 500


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


CutSource = ChosenParts | SegmentsOfRun


@dataclass(frozen=True, slots=True)
class ChosenCuts:
    """The cuts of a list, and their media by id."""

    cuts: Sequence[Cut]
    media: dict[str, Media]


class CutSources:
    """Reads the parts of cut lists."""

    def __init__(self, documents: Documents, segments: Segments) -> None:
        self._documents = documents
        self._segments = segments
        self._visible = VisibleMedia(documents)

    def read(self, caller: Caller, source: CutSource) -> ChosenCuts:
        """Read the parts of a source.

        Raises:
            NotFound: a medium, a segment or the run does not exist.
            InvalidRequest: a part does not fit into its medium, or there are more than 5,000 parts.
        """
        match source:
            case ChosenParts():
                return self._chosen(caller, source.parts)
            case SegmentsOfRun():
                return self._of_run(caller, source)
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
