"""Work that outlives a request. A job request is a record, written in the same transaction as
what it works on, so neither can exist without the other."""

from enum import StrEnum

from pydantic import BaseModel, Field

from shared.domain import correlation


class Workflow(StrEnum):
    INGEST = "ingest"
    PROMPT_RUN = "prompt_run"
    SEGMENT_RETRY = "segment_retry"
    DELETION = "deletion"


class JobRequest(BaseModel):
    """``job_id`` is unique for the work it names: asking twice is asking once.

    ``arguments`` are ids only, never content. ``attempts`` counts the tries that ended in an
    exception; ``starts`` those begun since that did not end at all, because the process died.
    ``request_id`` is that of the request that asked for the work, "" where none did.
    """

    job_id: str
    workflow: Workflow
    arguments: dict[str, str] = Field(default_factory=dict)
    attempts: int = 0
    starts: int = 0
    last_error: str | None = None
    requested_at: str
    request_id: str = Field(default_factory=correlation.request_id)
