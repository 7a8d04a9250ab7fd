"""Wire models of deletions."""

from typing import Literal, Self

from pydantic import BaseModel, Field

from shared.domain.media import Deletion, DeletionStatus

_POLL_SECONDS = 2


class _DeletionResponse(BaseModel):
    deletion_id: str
    status: Literal["draining", "deleting", "deleted"]
    retry_after_seconds: int | None = Field(
        ge=1, description="Seconds to wait before the next poll. Null after the deletion."
    )
    created_at: str
    completed_at: str | None
    message: str


class VideoDeletionResponse(_DeletionResponse):
    """The deletion of a medium. ``draining``: work on the medium is ending; then its data is deleted."""

    video_id: str

    @classmethod
    def of(cls, deletion: Deletion) -> Self:
        return cls(video_id=deletion.target_id, **_common(deletion))


class IndexDeletionResponse(_DeletionResponse):
    """The deletion of an index. ``draining``: work on its media is ending; then its data is deleted."""

    index_id: str

    @classmethod
    def of(cls, deletion: Deletion) -> Self:
        return cls(index_id=deletion.target_id, **_common(deletion))


_MESSAGES = {
    DeletionStatus.DRAINING: "Waiting for running work to end.",
    DeletionStatus.DELETING: "Being deleted.",
    DeletionStatus.DELETED: "Deleted.",
}


def _common(deletion: Deletion) -> dict[str, str | int | None]:
    ended = deletion.status is DeletionStatus.DELETED
    return {
        "deletion_id": deletion.deletion_id,
        "status": deletion.status.value,
        "retry_after_seconds": None if ended else _POLL_SECONDS,
        "created_at": deletion.created_at,
        "completed_at": deletion.completed_at,
        "message": _MESSAGES[deletion.status],
    }
