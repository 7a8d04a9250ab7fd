"""Targets of a prompt run: an index, named media, the media of an import, or the playground.

``type`` is the discriminator, in stored runs and on the wire.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from shared.domain.errors import InvalidRequest

MAX_NAMED_MEDIA: Final = 5000
"""Maximum number of media in a target. The record of the run holds their ids, and its size is limited."""

_Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Target(BaseModel):
    model_config = ConfigDict(frozen=True)


class IndexTarget(_Target):
    """Every medium of one index."""

    type: Literal["index"] = "index"
    index_id: _Identifier

    @classmethod
    def of(cls, index_id: str | None) -> Self:
        """Build a target from an id as a client sends it.

        Raises:
            InvalidRequest: ``index_id`` is missing or blank.
        """
        return cls(index_id=_identifier(index_id, "target.index_id"))


class MediaTarget(_Target):
    """Named media. With ``index_id``, all of them belong to that index."""

    type: Literal["videos"] = "videos"
    video_ids: Annotated[tuple[_Identifier, ...], Field(min_length=1)]
    index_id: _Identifier | None = None

    @classmethod
    def of(cls, video_ids: Sequence[str] | None, index_id: str | None = None) -> Self:
        """Build a target from ids as a client sends them. Repeated ids count once.

        Raises:
            InvalidRequest: there are no ids, or more than ``MAX_NAMED_MEDIA``, or an id is blank.
        """
        if not video_ids:
            raise InvalidRequest("target.video_ids", "must be a non-empty list", code="target_empty")
        if len(video_ids) > MAX_NAMED_MEDIA:
            raise InvalidRequest("target.video_ids", f"must name at most {MAX_NAMED_MEDIA} media")
        named = _distinct(_identifier(video_id, "target.video_ids") for video_id in video_ids)
        return cls(
            video_ids=named,
            index_id=None if index_id is None else _identifier(index_id, "target.index_id"),
        )

    def in_index(self, index_id: str | None) -> "MediaTarget":
        """Return the target with the index of its media. ``index_id`` is None if they share none."""
        return MediaTarget(video_ids=self.video_ids, index_id=index_id)

    @model_serializer(mode="wrap")
    def _without_absent_index(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Omit ``index_id`` if it is None, as stored runs do."""
        body: dict[str, Any] = dump(self)
        if self.index_id is None:
            body.pop("index_id", None)
        return body


class PlaygroundTarget(_Target):
    """Every medium that belongs to no index."""

    type: Literal["playground"] = "playground"


class ImportTarget(_Target):
    """The media that an import job has registered, in the attempts from ``first_attempt`` to
    ``last_attempt``, None: all later ones. Its retries are attempts. An automation starts such a run, a
    client cannot."""

    type: Literal["import_job"] = "import_job"
    import_job_id: _Identifier
    index_id: _Identifier | None = None
    first_attempt: int = 0
    last_attempt: int | None = None

    def has_attempt(self, attempt: int) -> bool:
        return self.first_attempt <= attempt and (self.last_attempt is None or attempt <= self.last_attempt)

    @model_serializer(mode="wrap")
    def _without_default_attempts(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Omit the attempts if they are all, as stored runs do."""
        body: dict[str, Any] = dump(self)
        if self.first_attempt == 0 and self.last_attempt is None:
            del body["first_attempt"], body["last_attempt"]
        return body


RunTarget = Annotated[
    IndexTarget | MediaTarget | PlaygroundTarget | ImportTarget, Field(discriminator="type")
]


def _identifier(value: str | None, field: str) -> str:
    if value is None or not value.strip():
        raise InvalidRequest(field, "must be a non-empty string")
    return value.strip()


def _distinct(identifiers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identifiers))
