"""Resolution of a run's target to its media."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportOutput, OutputStatus
from shared.domain.media import Media, MediaType
from shared.domain.runs.card import ListedMedia
from shared.domain.runs.targets import (
    ImportTarget,
    IndexTarget,
    MediaTarget,
    PlaygroundTarget,
    RunTarget,
)
from shared.services.library.index_access import visible_index
from shared.services.library.visible_media import VisibleMedia, indexes_under_deletion
from shared.services.records.documents import Documents

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """A target and its media. ``index_id`` is the index of all media, or None if they are in several.
    ``media`` are in the order of processing."""

    target: RunTarget
    index_id: str | None
    media: Sequence[Media]

    @property
    def index_ids(self) -> list[str | None]:
        """The indexes of the media. None is the playground."""
        return list(dict.fromkeys(medium.index_id for medium in self.media))


class RunTargets:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def resolve(self, tenant: str, target: RunTarget) -> ResolvedTarget:
        """Resolve a target to its media.

        Raises:
            InvalidRequest: there are no media, a medium is not in the named index, or a medium has no
                measured duration.
            NotFound: the index or a medium does not exist.
        """
        resolved = self._resolve(tenant, target)
        if not resolved.media:
            raise InvalidRequest("target", "holds no media to process", code="target_empty")
        _require_durations(resolved.media)
        return resolved

    def media_of(self, tenant: str, target: RunTarget) -> Iterator[Media]:
        """Yield the media of a target that was resolved before, without the media deleted since."""
        match target:
            case IndexTarget():
                yield from self.of_index(tenant, target.index_id)
            case MediaTarget():
                yield from self._existing(tenant, target.video_ids)
            case PlaygroundTarget():
                yield from self.of_index(tenant, None)
            case ImportTarget():
                yield from self._of_import(tenant, target)
            case _:
                assert_never(target)

    def of_index(self, tenant: str, index_id: str | None) -> Iterator[Media]:
        """Yield the media of an index, oldest first. None is the playground."""
        for lines in self._documents.pages(ListedMedia, keys.index_media(tenant, index_id), limit=_BATCH):
            batch = self._documents.batch([keys.deleting_indexes(tenant)])
            if index_id in indexes_under_deletion(batch, tenant):
                return
            yield from (line.media for line in lines if not line.media.deleting)

    def _existing(self, tenant: str, media_ids: Sequence[str]) -> Iterator[Media]:
        for start in range(0, len(media_ids), _BATCH):
            batch = media_ids[start : start + _BATCH]
            yield from self._visible.find_many(tenant, batch)

    def _of_import(self, tenant: str, target: ImportTarget) -> Iterator[Media]:
        partition = keys.import_output(tenant, target.import_job_id)
        for page in self._documents.pages(ImportOutput, partition, limit=_BATCH):
            completed = [output for output in page if output.status is OutputStatus.COMPLETED]
            ready = [output.media_id for output in completed if target.has_attempt(output.attempt)]
            yield from self._existing(tenant, ready)

    def _resolve(self, tenant: str, target: RunTarget) -> ResolvedTarget:
        match target:
            case IndexTarget():
                visible_index(self._documents, tenant, target.index_id)
                return ResolvedTarget(target, target.index_id, list(self.of_index(tenant, target.index_id)))
            case MediaTarget():
                return self._resolve_named(tenant, target)
            case PlaygroundTarget():
                return ResolvedTarget(target, None, list(self.of_index(tenant, None)))
            case ImportTarget():
                media = list(self._of_import(tenant, target))
                return ResolvedTarget(target, target.index_id, media)
            case _:
                assert_never(target)

    def _resolve_named(self, tenant: str, target: MediaTarget) -> ResolvedTarget:
        found = {medium.media_id: medium for medium in self._existing(tenant, target.video_ids)}
        for media_id in target.video_ids:
            if media_id not in found:
                raise NotFound("video", media_id)
        media = [found[media_id] for media_id in target.video_ids]
        index_id = target.index_id
        if index_id is not None:
            visible_index(self._documents, tenant, index_id)
            _require_members(media, index_id)
        elif len(indexes := {medium.index_id for medium in media}) == 1:
            index_id = indexes.pop()
        return ResolvedTarget(target.in_index(index_id), index_id, media)


def require_own_target(caller: Caller, target: RunTarget) -> None:
    """Refuse a target in the default index, where a run would store results. Raises: NotPermitted."""
    match target:
        case IndexTarget():
            caller.require_own(target.index_id)
        case MediaTarget():
            caller.require_own(target.index_id, *target.video_ids)
        case ImportTarget():
            caller.require_own(target.index_id, target.import_job_id)
        case PlaygroundTarget():
            return
        case _:
            assert_never(target)


def _require_members(media: Sequence[Media], index_id: str) -> None:
    for medium in media:
        if medium.index_id != index_id:
            raise InvalidRequest("target.video_ids", f"{medium.media_id} is not in index {index_id}")


def _require_durations(media: Sequence[Media]) -> None:
    for medium in media:
        if medium.media_type is not MediaType.IMAGE and not medium.duration_seconds:
            raise InvalidRequest(
                "target", f"{medium.media_id} has no measured duration", code="media_duration_missing"
            )
