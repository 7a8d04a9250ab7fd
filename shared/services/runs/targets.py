"""What a run is to work on: an index, named media, or the playground."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.domain import keys
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.media import Media, MediaType
from shared.domain.runs.card import ListedMedia
from shared.services.library.index_access import visible_index
from shared.services.library.visible_media import VisibleMedia, indexes_under_deletion
from shared.services.records.documents import Documents

MAX_NAMED_MEDIA: Final = 5000
"""Ids that a target may name: they are kept in the run's record, whose size is bounded."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """``index_id`` is the one index that all media belong to, if there is one; ``media`` are in
    the order in which they are processed."""

    target: dict[str, Any]
    index_id: str | None
    media: Sequence[Media]

    @property
    def index_ids(self) -> list[str | None]:
        """Every index touched; None is the playground."""
        return list(dict.fromkeys(medium.index_id for medium in self.media))


class RunTargets:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def resolve(self, tenant: str, target: Mapping[str, Any]) -> ResolvedTarget:
        """
        Raises:
            InvalidRequest: malformed, empty, media outside the named index, or media whose
                duration was never measured.
            NotFound: no such index, or no such medium.
        """
        kind = target.get("type")
        if kind == "index":
            index_id = _identifier(target.get("index_id"), "target.index_id")
            visible_index(self._documents, tenant, index_id)
            media = list(self.of_index(tenant, index_id))
            resolved = ResolvedTarget({"type": kind, "index_id": index_id}, index_id, media)
        elif kind == "videos":
            resolved = self._named(tenant, target)
        elif kind == "playground":
            resolved = ResolvedTarget({"type": kind}, None, list(self.of_index(tenant, None)))
        else:
            raise InvalidRequest("target.type", "must be index, videos or playground")
        if not resolved.media:
            raise InvalidRequest("target", "holds no media to process", code="target_empty")
        _require_durations(resolved.media)
        return resolved

    def media_of(self, tenant: str, target: Mapping[str, Any]) -> Iterator[Media]:
        """The media of a target that was resolved before; what is gone since is left out."""
        if target["type"] == "videos":
            yield from self._existing(tenant, target["video_ids"])
        else:
            yield from self.of_index(tenant, target.get("index_id"))

    def of_index(self, tenant: str, index_id: str | None) -> Iterator[Media]:
        """Walk over the media of an index, oldest first; ``index_id`` None is the playground."""
        for lines in self._documents.pages(ListedMedia, keys.index_media(tenant, index_id), limit=_BATCH):
            batch = self._documents.batch([keys.deleting_indexes(tenant)])
            if index_id in indexes_under_deletion(batch, tenant):
                return
            yield from (line.media for line in lines if not line.media.deleting)

    def _existing(self, tenant: str, media_ids: Sequence[str]) -> Iterator[Media]:
        for start in range(0, len(media_ids), _BATCH):
            batch = media_ids[start : start + _BATCH]
            yield from self._visible.find_many(tenant, batch)

    def _named(self, tenant: str, target: Mapping[str, Any]) -> ResolvedTarget:
        media_ids = _identifiers(target.get("video_ids"))
        found = {medium.media_id: medium for medium in self._existing(tenant, media_ids)}
        for media_id in media_ids:
            if media_id not in found:
                raise NotFound("video", media_id)
        media = [found[media_id] for media_id in media_ids]
        index_id = target.get("index_id")
        if index_id is not None:
            index_id = _identifier(index_id, "target.index_id")
            visible_index(self._documents, tenant, index_id)
            _require_members(media, index_id)
        elif len(indexes := {medium.index_id for medium in media}) == 1:
            index_id = indexes.pop()
        cleaned = {"type": "videos", "video_ids": media_ids}
        return ResolvedTarget(cleaned | ({"index_id": index_id} if index_id else {}), index_id, media)


def _identifier(value: Any, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequest(field, "must be a non-empty string")
    return value.strip()


def _identifiers(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not value:
        raise InvalidRequest("target.video_ids", "must be a non-empty list", code="target_empty")
    if len(value) > MAX_NAMED_MEDIA:
        raise InvalidRequest("target.video_ids", f"must name at most {MAX_NAMED_MEDIA} media")
    return list(dict.fromkeys(_identifier(item, "target.video_ids") for item in value))


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
