"""The end of a clip that cannot be made. It needs no decoder, so that functions without decoders can give up
a clip."""

from shared.domain import blob_keys, clock, keys
from shared.domain.editing.clip import Clip, ClipFailure, ClipStatus, named_by
from shared.domain.errors import UnsupportedMedia
from shared.domain.job import JobRequest
from shared.ports.blobs import Blobs
from shared.services.exports.clips.records import change_clip
from shared.services.records.documents import Documents


class ClipFailures:
    """Records the failures of clips."""

    def __init__(self, documents: Documents, blobs: Blobs) -> None:
        self._documents = documents
        self._blobs = blobs

    def give_up(self, request: JobRequest, error: BaseException) -> None:
        """Record the failure of a job that is not retried any more, and delete what it has stored."""
        tenant_id, media_id, clip_id = named_by(request.arguments)
        clip = self._documents.get(Clip, keys.clip(tenant_id, media_id, clip_id))
        if clip is not None and clip.job_id == request.job_id and clip.status is ClipStatus.READY:
            return
        self._blobs.delete_prefix(blob_keys.clip_file(tenant_id, media_id, request.job_id))
        if clip is not None and clip.job_id == request.job_id:
            self.record(clip, failure_of(error))

    def record(self, clip: Clip, failure: ClipFailure) -> None:
        """Mark a clip as failed."""

        def failed(found: Clip) -> Clip:
            ended = {
                "status": ClipStatus.FAILED,
                "failure": failure,
                "completed_at": found.completed_at or clock.timestamp(),
            }
            return found.model_copy(update=ended)

        change_clip(self._documents, clip, failed)


def failure_of(error: BaseException) -> ClipFailure:
    """Describe an error to the owner of the medium, who is told nothing about the server."""
    if isinstance(error, UnsupportedMedia):
        return ClipFailure(code=error.code, message=error.message)
    return ClipFailure(code="clip_failed", message="The clip could not be made.")
