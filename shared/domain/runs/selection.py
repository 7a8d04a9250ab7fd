"""The results of one medium in a run that satisfy the selection filter of the run's prompt."""

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field

from shared.domain.prompts.selection_filter import SelectionFilter
from shared.domain.runs.prompt_run import SegmentResult, VideoResult
from shared.domain.runs.statuses import VideoLevelStatus

_ORDINAL_DIGITS = 6


class MediumSelection(BaseModel):
    """The selected results of a medium.

    ``ordinals`` are those of the selected segments, ascending. All segments of a medium in a run have one
    recipe, so that their ids differ in the ordinal alone; ``id_prefix`` is the rest of the id.
    ``selects_video``: the media-wide result satisfies the filter itself.
    """

    media_id: str
    id_prefix: str = ""
    ordinals: list[int] = Field(default_factory=list)
    selects_video: bool = False

    @classmethod
    def of(
        cls,
        media_id: str,
        selection_filter: SelectionFilter,
        results: Iterable[SegmentResult],
        video_result: VideoResult | None,
    ) -> Self:
        """Evaluate a filter. A failed result has no fields and is not selected."""
        selected = [
            result
            for result in results
            if not result.failed and selection_filter.selects_segment(result.metadata)
        ]
        return cls(
            media_id=media_id,
            id_prefix=selected[0].segment_id[:-_ORDINAL_DIGITS] if selected else "",
            ordinals=sorted(result.ordinal for result in selected),
            selects_video=video_result is not None
            and video_result.status is not VideoLevelStatus.FAILED
            and selection_filter.selects_video(video_result.metadata),
        )

    @property
    def is_empty(self) -> bool:
        """Whether the medium has no selected result."""
        return not self.ordinals and not self.selects_video

    @property
    def segment_ids(self) -> list[str]:
        """The ids of the selected segments, in order."""
        return [self.segment_id(ordinal) for ordinal in self.ordinals]

    def segment_id(self, ordinal: int) -> str:
        return f"{self.id_prefix}{ordinal:0{_ORDINAL_DIGITS}d}"
