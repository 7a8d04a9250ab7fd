"""Summaries of the newest runs of a medium, stored where lists find them with one read.

A ``MediumState`` holds the state of a medium in a run. Its summary is repeated in the run card of the
medium and in the entry of the medium in the list of its index.
``shared.services.library.media_records`` writes all three in one transaction, so they never differ.
"""

from collections.abc import Iterable
from typing import Final, Self

from pydantic import BaseModel, Field

from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, RunStatus, VideoLevelOutcome
from shared.domain.runs.statuses import VideoLevelStatus

MAX_SUMMARIES: Final = 50
"""Maximum number of runs with a summary in a run card."""

MAX_LISTED_SUMMARIES: Final = 10
"""Maximum number of summaries in the list of an index. A page of 100 media then stays below the 1 MB that
one DynamoDB query reads."""

MAX_RUN_IDS: Final = 200
"""Maximum number of run ids in a run card, including those of the summaries."""


class RunSummary(BaseModel):
    """The state of one medium in one run. ``recipe`` is empty until the medium is segmented."""

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
        """Number of segments that succeeded or failed."""
        return self.successful_segments + self.failed_segments

    @property
    def has_every_result(self) -> bool:
        """Whether each segment has a result, and at least one of them succeeded."""
        return self.successful_segments > 0 and self.ended_segments >= self.total_segments

    @property
    def is_segmented(self) -> bool:
        return bool(self.recipe) and self.total_segments > 0


def run_with_results(runs: Iterable[RunSummary]) -> RunSummary | None:
    """Return the run whose segments a medium shows, from ``runs``, newest first. None: no run has segments.

    It is the newest run with a result for every segment. A run that is queued or at work, or that ended
    without results, therefore never replaces an older run that has them. If no run has every result, it is
    the newest ended run with a successful segment, then any run with one, then an ended run with failed
    segments, then any run that has cut segments.
    """
    segmented = [run for run in runs if run.is_segmented]
    preferences = (
        [run for run in segmented if run.has_every_result],
        [run for run in segmented if run.successful_segments and run.status.is_terminal],
        [run for run in segmented if run.successful_segments],
        [run for run in segmented if run.failed_segments and run.status.is_terminal],
        segmented,
    )
    return next((preferred[0] for preferred in preferences if preferred), None)


class RunCard(BaseModel):
    """The newest runs of a medium, newest first: ``runs``, and after them ``older_run_ids``.

    ``earlier_results`` is the run with results if more than ``MAX_SUMMARIES`` newer runs have none.
    """

    runs: list[RunSummary] = Field(default_factory=list)
    older_run_ids: list[str] = Field(default_factory=list)
    earlier_results: RunSummary | None = None

    @property
    def known_runs(self) -> list[RunSummary]:
        """All runs with a summary, newest first."""
        return [*self.runs, self.earlier_results] if self.earlier_results else self.runs

    @property
    def run_ids(self) -> list[str]:
        return [run.run_id for run in self.runs] + self.older_run_ids

    def with_run(self, medium_state: MediumState) -> "RunCard":
        """Return the card with the current state of a run, if the run is one of the newest.

        Run ids sort by time.
        """
        by_id = {run.run_id: run for run in self.known_runs}
        by_id[medium_state.run_id] = RunSummary.of(medium_state)
        run_ids = sorted({*by_id, *self.older_run_ids}, reverse=True)[:MAX_RUN_IDS]
        summaries = [by_id[run_id] for run_id in run_ids[:MAX_SUMMARIES] if run_id in by_id]
        shown = run_with_results(by_id[run_id] for run_id in sorted(by_id, reverse=True))
        return RunCard(
            runs=summaries,
            older_run_ids=run_ids[len(summaries) :],
            earlier_results=None if shown in summaries else shown,
        )


class ListedMedia(BaseModel):
    """The entry of a medium in the list of its index, with its newest runs."""

    media: Media
    runs: list[RunSummary] = Field(default_factory=list)

    @classmethod
    def of(cls, media: Media, card: RunCard) -> Self:
        return cls(media=media, runs=card.runs[:MAX_LISTED_SUMMARIES])
