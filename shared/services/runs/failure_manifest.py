"""What failed in a run, by name as far as an answer can hold, and counted beyond."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus, SegmentResult
from shared.services.records.documents import Documents

MOST_CHARACTERS: Final = 5_000_000
"""Of an answer, as JSON in JSON: that is how it leaves a Lambda, which may answer with 6 MB."""

_A_MEDIUM: Final = 700
_A_SEGMENT: Final = 1000
"""Characters beside the messages; names of fields are most of them."""

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class FailedMedium:
    """``medium_state`` tells why a medium failed as a whole; ``segments`` are those that can be named.
    ``failed_segments`` and ``operations`` count all; where it is ``truncated``, at least so many."""

    medium_state: MediumState
    segments: Sequence[SegmentResult]
    failed_segments: int
    operations: Mapping[str, int]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """Where it is ``truncated``, ``media`` are the first, and the numbers are at least so large."""

    run: PromptRun
    media: Sequence[FailedMedium]
    media_with_failures: int
    failed_segments: int
    operations: Mapping[str, int]
    truncated: bool = False


class RunFailures:
    """Reads no more than it can name: there may be a hundred thousand failures."""

    def __init__(self, documents: Documents, run: PromptRun) -> None:
        self._documents = documents
        self._run = run
        self._left = MOST_CHARACTERS

    def read(self) -> Failures:
        """Media with a failure of any kind, in the run's order."""
        named: list[FailedMedium] = []
        of_run = keys.medium_state(self._run.tenant_id, self._run.run_id)
        for medium_state in self._documents.each(MediumState, of_run, limit=_AT_ONCE):
            if not _has_failures(medium_state):
                continue
            if self._left < 0:
                return self._summed(named, truncated=True)
            named.append(self._failed(medium_state))
        return self._summed(named, truncated=any(medium.truncated for medium in named))

    def _failed(self, medium_state: MediumState) -> FailedMedium:
        self._left -= _A_MEDIUM + length_in_answer(medium_state.error_message)
        segments: list[SegmentResult] = []
        for result in self._failed_segments(medium_state):
            self._left -= _A_SEGMENT + 2 * sum(map(length_in_answer, _messages(result)))
            if self._left < 0:
                failed, operations = _counted(medium_state)
                return FailedMedium(medium_state, segments, failed, operations, truncated=True)
            segments.append(result)
        operations = Counter(name for result in segments for name in result.failed_operations)
        return FailedMedium(medium_state, segments, len(segments), operations)

    def _failed_segments(self, medium_state: MediumState) -> Iterator[SegmentResult]:
        """A query for each hundred results, where the medium's state does not hold the failures."""
        if medium_state.failures is not None:
            yield from medium_state.failures
            return
        of_medium = keys.segment_result(self._run.tenant_id, self._run.run_id, medium_state.media_id)
        results = self._documents.each(SegmentResult, of_medium, limit=_AT_ONCE)
        yield from (result for result in results if result.failed_operations)

    def _summed(self, named: list[FailedMedium], *, truncated: bool) -> Failures:
        """The run's own counters know of those for which there is no room."""
        named.sort(key=lambda medium: medium.medium_state.ordinal)
        media, segments = len(named), sum(medium.failed_segments for medium in named)
        operations: Counter[str] = Counter()
        for medium in named:
            operations.update(medium.operations)
        if truncated:
            run = self._run
            known = {
                "field_extraction": run.field_extraction_failures,
                "transcription": run.transcription_failures,
                "image_embedding": run.image_embedding_failures,
            }
            operations |= Counter(known)
            segments = max(segments, *known.values())
            kinds = run.media_counts.values()
            media = max(media, sum(kind.get("failed", 0) + kind.get("partial", 0) for kind in kinds))
        return Failures(self._run, named, media, segments, operations, truncated)


def _counted(medium_state: MediumState) -> tuple[int, dict[str, int]]:
    """By the medium's own counters. A segment may have failed in several ways."""
    operations = {
        "field_extraction": medium_state.field_extraction_failures,
        "transcription": medium_state.transcription_failures,
        "image_embedding": medium_state.image_embedding_failures,
        "processing": max(0, medium_state.failed_segments - medium_state.field_extraction_failures),
    }
    return max(medium_state.failed_segments, *operations.values()), operations


def _messages(result: SegmentResult) -> Iterator[str | None]:
    for outcome in (result.field_extraction, result.transcription, result.image_embedding, result.processing):
        yield outcome.error


def length_in_answer(text: str | None) -> int:
    """As JSON in JSON, where quotes and letters beyond ASCII are several characters."""
    return len(json.dumps(json.dumps(text))) if text else 0


def _has_failures(medium_state: MediumState) -> bool:
    broken_off = medium_state.failure_code is not None and medium_state.status is not RunStatus.CANCELLED
    return bool(
        broken_off
        or medium_state.failed_segments
        or medium_state.transcription_failures
        or medium_state.image_embedding_failures
    )
