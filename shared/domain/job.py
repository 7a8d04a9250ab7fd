"""Background jobs. A job request is a record. It is written in the same transaction as the record
that it works on, so neither exists without the other."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from shared.domain import correlation
from shared.domain.clock import now


class Workflow(StrEnum):
    INGEST = "ingest"
    IMPORT_LISTING = "import_listing"
    PROMPT_RUN = "prompt_run"
    SEGMENT_RETRY = "segment_retry"
    DELETION = "deletion"
    EXPORT = "export"
    CLIP = "clip"


class JobRequest(BaseModel):
    """A request to run a workflow.

    ``job_id`` is unique for the work, so a repeated request has no effect. ``arguments`` are ids, never
    content. ``attempts`` counts the tries that ended with an exception. ``starts`` counts the tries
    since then that did not end, because the process died. ``request_id`` is the id of the API request
    that asked for the work, or "" if there is none. ``submitted_at`` is when a sweep last submitted the job
    again. ``held_until`` is when the worker that took the job from a queue is presumed dead, "" without one.
    """

    job_id: str
    workflow: Workflow
    arguments: dict[str, str] = Field(default_factory=dict)
    attempts: int = 0
    starts: int = 0
    last_error: str | None = None
    requested_at: str
    request_id: str = Field(default_factory=correlation.request_id)
    submitted_at: str = ""
    held_until: str = ""

    @property
    def is_held(self) -> bool:
        """Whether a worker that took the job from a queue is at work."""
        return bool(self.held_until) and now() < datetime.fromisoformat(self.held_until)
