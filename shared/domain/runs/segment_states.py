"""States of a medium's segments in its newest run, in one small record.

The record stores the states in columns, and times as milliseconds since the run was requested. The states
of a run with thousands of segments would still exceed the limits of a record and of a response, so only
the first ``MAX_STATES`` are stored. The API lists all results and segments page by page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from pydantic import BaseModel, Field

from shared.domain.clock import isoformat
from shared.domain.ids import segment_id
from shared.domain.media import Segment
from shared.domain.runs.prompt_run import SegmentResult
from shared.domain.runs.statuses import SegmentStage, SegmentStatus

MAX_STATES: Final = 2000
"""Maximum number of states. Each takes about 40 bytes; the message of a failure takes 300 more."""

_MAX_MESSAGES: Final = 200
_MAX_MESSAGE_CHARACTERS: Final = 300

_PENDING: Final = "p"
_COMPLETED: Final = "c"
_FAILED: Final = "f"
_STATUSES: Final = {
    _PENDING: SegmentStatus.PENDING,
    _COMPLETED: SegmentStatus.COMPLETED,
    _FAILED: SegmentStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class SegmentState:
    """The state of one segment. ``start`` and ``end`` are seconds from the start of the medium."""

    segment_id: str
    start: float
    end: float
    status: SegmentStatus
    started_at: str | None
    completed_at: str | None
    error_message: str | None
    failure_stage: SegmentStage | None
    attempt_id: str | None


class SegmentFailure(BaseModel):
    message: str | None = None
    stage: SegmentStage | None = None


class SegmentStates(BaseModel):
    """The states of segments in columns.

    ``ordinals``, ``spans``, ``statuses`` (one letter each), ``started`` and ``completed`` have one element
    for each segment, in order of the ordinals. ``failures`` and ``attempts`` map an ordinal to the few
    values that exist. ``since`` is the time at which the run was requested.
    """

    run_id: str
    recipe: str
    since: str
    ordinals: list[int] = Field(default_factory=list)
    spans: list[tuple[float, float]] = Field(default_factory=list)
    statuses: str = ""
    started: list[int | None] = Field(default_factory=list)
    completed: list[int | None] = Field(default_factory=list)
    failures: dict[int, SegmentFailure] = Field(default_factory=dict)
    attempts: dict[int, str] = Field(default_factory=dict)

    @classmethod
    def of(
        cls,
        run_id: str,
        recipe: str,
        since: str,
        results: Iterable[SegmentResult],
        segments: Sequence[Segment] = (),
    ) -> Self:
        """Collect the states of ``results``, and of those ``segments`` that have no result yet."""
        states = cls(run_id=run_id, recipe=recipe, since=since)
        result_at = {result.ordinal: result for result in results}
        segment_at = {segment.ordinal: segment for segment in segments}
        for ordinal in sorted({*result_at, *segment_at})[:MAX_STATES]:
            states.ordinals.append(ordinal)
            if ordinal in result_at:
                states._add_ended(result_at[ordinal])
            else:
                states._add_pending(segment_at[ordinal])
        return states

    def states(self, media_id: str, *, pending: bool) -> list[SegmentState]:
        """Return the states in order of the ordinals.

        ``pending`` False leaves out pending segments: a run that has ended processes no more of them.
        """
        states = [self._state(media_id, index) for index in range(len(self.ordinals))]
        return [state for state in states if pending or state.status is not SegmentStatus.PENDING]

    def _add_pending(self, segment: Segment) -> None:
        self.spans.append((segment.start, segment.end))
        self.statuses += _PENDING
        self.started.append(None)
        self.completed.append(None)

    def _add_ended(self, result: SegmentResult) -> None:
        self.spans.append((result.start, result.end))
        self.statuses += _FAILED if result.failed else _COMPLETED
        self.started.append(self._offset(result.started_at))
        self.completed.append(self._offset(result.completed_at))
        if result.failed or result.failure_stage:
            self.failures[result.ordinal] = self._failure(result)
        if result.attempt_id:
            self.attempts[result.ordinal] = result.attempt_id

    def _failure(self, result: SegmentResult) -> SegmentFailure:
        message = result.error_message
        if len(self.failures) >= _MAX_MESSAGES or message is None:
            return SegmentFailure(stage=result.failure_stage)
        return SegmentFailure(message=message[:_MAX_MESSAGE_CHARACTERS], stage=result.failure_stage)

    def _state(self, media_id: str, index: int) -> SegmentState:
        ordinal, (start, end) = self.ordinals[index], self.spans[index]
        failure = self.failures.get(ordinal, SegmentFailure())
        return SegmentState(
            segment_id=segment_id(media_id, self.recipe, ordinal),
            start=start,
            end=end,
            status=_STATUSES[self.statuses[index]],
            started_at=self._moment(self.started[index]),
            completed_at=self._moment(self.completed[index]),
            error_message=failure.message,
            failure_stage=failure.stage,
            attempt_id=self.attempts.get(ordinal),
        )

    def _offset(self, moment: str | None) -> int | None:
        if moment is None:
            return None
        elapsed = datetime.fromisoformat(moment) - datetime.fromisoformat(self.since)
        return round(elapsed / timedelta(milliseconds=1))

    def _moment(self, offset: int | None) -> str | None:
        if offset is None:
            return None
        return isoformat(datetime.fromisoformat(self.since) + timedelta(milliseconds=offset))
