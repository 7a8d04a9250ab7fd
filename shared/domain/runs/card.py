"""What lists show of a medium, kept where one read finds it.

A run's state of a medium is a ``MediumState``. What callers see of the newest runs is repeated on the
medium's card, and with the medium in its index's list. All of them are written together
(``shared.services.library.media_records``), so none of them is ever behind.
"""

from typing import Final, Self

from pydantic import BaseModel, Field

from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, RunStatus, VideoLevelOutcome
from shared.domain.runs.statuses import VideoLevelStatus

MOST_SUMMARIES: Final = 50
"""Newest runs of a medium that are described."""

MOST_LISTED: Final = 10
"""Newest runs of a medium that the list of its index describes: a page of 100 media is then less than
the megabyte that a query of DynamoDB reads at once."""

MOST_NAMED: Final = 200
"""Newest runs of a medium that are named, those that are described among them."""


class RunSummary(BaseModel):
    """One medium in one run. ``recipe`` is empty until the medium is cut."""

    run_id: str
    prompt_id: str
    status: RunStatus = RunStatus.COMPLETED
    recipe: str = ""
    total_segments: int = 0
    processing_segments: int = 0
    successful_segments: int = 0
    failed_segments: int = 0
    video_level_status: VideoLevelStatus | None = None
    video_level: VideoLevelOutcome | None = None
    attempt_id: str | None = None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, medium_state: MediumState) -> Self:
        return cls.model_validate(medium_state.model_dump(include=set(cls.model_fields)))

    @property
    def ended_segments(self) -> int:
        return self.successful_segments + self.failed_segments


class RunCard(BaseModel):
    """The newest runs of a medium, newest first: ``runs``, and after them ``older_run_ids``."""

    runs: list[RunSummary] = Field(default_factory=list)
    older_run_ids: list[str] = Field(default_factory=list)

    @property
    def run_ids(self) -> list[str]:
        return [run.run_id for run in self.runs] + self.older_run_ids

    def with_run(self, medium_state: MediumState) -> "RunCard":
        """With this run as it is now, if it is among the newest. Run ids sort by time."""
        by_id = {run.run_id: run for run in self.runs} | {medium_state.run_id: RunSummary.of(medium_state)}
        run_ids = sorted({*by_id, *self.older_run_ids}, reverse=True)[:MOST_NAMED]
        described = [by_id[run_id] for run_id in run_ids[:MOST_SUMMARIES] if run_id in by_id]
        return RunCard(runs=described, older_run_ids=run_ids[len(described) :])


class ListedMedia(BaseModel):
    """A medium in the list of its index, with its newest runs."""

    media: Media
    runs: list[RunSummary] = Field(default_factory=list)

    @classmethod
    def of(cls, media: Media, card: RunCard) -> Self:
        return cls(media=media, runs=card.runs[:MOST_LISTED])
