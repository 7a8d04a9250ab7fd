"""The failures of a run: listed until the answer is full, and only counted beyond that."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain import keys
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus, SegmentResult
from shared.services.records.documents import Documents

MAX_CHARACTERS: Final = 5_000_000
"""Maximum length of an answer. A Lambda function returns it as JSON within JSON, and may return 6 MB."""

_MEDIUM_CHARACTERS: Final = 700
_SEGMENT_CHARACTERS: Final = 1000
"""Characters in addition to the messages; most of them are field names."""

_PAGE_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class FailedMedium:
    """A medium with failures.

    ``medium_state`` contains the failure of the medium as a whole, and ``segments`` are the listed failed
    segments. ``failed_segments`` and ``operations`` count all failures. If ``truncated``, they are lower
    bounds.
    """

    medium_state: MediumState
    segments: Sequence[SegmentResult]
    failed_segments: int
    operations: Mapping[str, int]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """The failures of a run. If ``truncated``, ``media`` are the first ones, and the counts are lower
    bounds."""

    run: PromptRun
    media: Sequence[FailedMedium]
    media_with_failures: int
    failed_segments: int
    operations: Mapping[str, int]
    truncated: bool = False


class RunFailures:
    """Reads the failures of a run, but no more than fit into an answer: there may be a hundred thousand."""

    def __init__(self, documents: Documents, run: PromptRun) -> None:
        self._documents = documents
        self._run = run
        self._remaining_characters = MAX_CHARACTERS

    def read(self) -> Failures:
        """Return the media with a failure of any kind, in the run's order."""
        listed: list[FailedMedium] = []
        states = keys.medium_state(self._run.tenant_id, self._run.run_id)
        for medium_state in self._documents.each(MediumState, states, limit=_PAGE_SIZE):
            if not _has_failures(medium_state):
                continue
            if self._remaining_characters < 0:
                return self._summary(listed, truncated=True)
            listed.append(self._failed_medium(medium_state))
        return self._summary(listed, truncated=any(medium.truncated for medium in listed))

    def _failed_medium(self, medium_state: MediumState) -> FailedMedium:
        self._remaining_characters -= _MEDIUM_CHARACTERS + encoded_length(medium_state.error_message)
        segments: list[SegmentResult] = []
        for result in self._failed_segments(medium_state):
            self._remaining_characters -= _SEGMENT_CHARACTERS + 2 * sum(
                map(encoded_length, _messages(result))
            )
            if self._remaining_characters < 0:
                failed, operations = _counters(medium_state)
                return FailedMedium(medium_state, segments, failed, operations, truncated=True)
            segments.append(result)
        operations = Counter(name for result in segments for name in result.failed_operations)
        return FailedMedium(medium_state, segments, len(segments), operations)

    def _failed_segments(self, medium_state: MediumState) -> Iterator[SegmentResult]:
        """Return the failed segments. If the medium's state does not contain them, each 100 results cost a
        query."""
        if medium_state.failures is not None:
            yield from medium_state.failures
            return
        of_medium = keys.segment_result(self._run.tenant_id, self._run.run_id, medium_state.media_id)
        results = self._documents.each(SegmentResult, of_medium, limit=_PAGE_SIZE)
        yield from (result for result in results if result.failed_operations)

    def _summary(self, listed: list[FailedMedium], *, truncated: bool) -> Failures:
        """Summarise the listed media. If truncated, the counters of the run raise the counts."""
        listed.sort(key=lambda medium: medium.medium_state.ordinal)
        media, segments = len(listed), sum(medium.failed_segments for medium in listed)
        operations: Counter[str] = Counter()
        for medium in listed:
            operations.update(medium.operations)
        if truncated:
            run = self._run
            run_counters = {
                "field_extraction": run.field_extraction_failures,
                "transcription": run.transcription_failures,
                "image_embedding": run.image_embedding_failures,
            }
            operations |= Counter(run_counters)
            segments = max(segments, *run_counters.values())
            kinds = run.media_counts.values()
            media = max(media, sum(kind.get("failed", 0) + kind.get("partial", 0) for kind in kinds))
        return Failures(self._run, listed, media, segments, operations, truncated)


def _counters(medium_state: MediumState) -> tuple[int, dict[str, int]]:
    """Return the medium's own counters. Each segment may have failed in several operations."""
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


def encoded_length(text: str | None) -> int:
    """Return the length of a text as JSON within JSON, where quotes and non-ASCII characters take several
    characters."""
    return len(json.dumps(json.dumps(text))) if text else 0


def _has_failures(medium_state: MediumState) -> bool:
    medium_failed = medium_state.failure_code is not None and medium_state.status is not RunStatus.CANCELLED
    return bool(
        medium_failed
        or medium_state.failed_segments
        or medium_state.transcription_failures
        or medium_state.image_embedding_failures
    )
