"""Sentences that say why segments, media and runs failed: the commonest reason, with its count."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shared.domain.runs.prompt_run import MediumState, RunStatus, SegmentResult

_MAX_REASONS: Final = 5
"""Maximum number of reasons that the record of a medium stores."""

_MAX_REASON_CHARACTERS: Final = 300
_UNKNOWN: Final = "The reason is not known."
_WITH_FAILURES: Final = (RunStatus.FAILED, RunStatus.COMPLETED_WITH_FAILURES)


def failure_reasons(results: Iterable[SegmentResult]) -> dict[str, int]:
    """Count failed segments by their error message: the five commonest messages, commonest first."""
    messages = Counter(result.error_message or _UNKNOWN for result in results if result.failed)
    return {message[:_MAX_REASON_CHARACTERS]: count for message, count in messages.most_common(_MAX_REASONS)}


def medium_error(medium_state: MediumState) -> str | None:
    """Return why a medium failed whose segments all failed. None: not all of them failed."""
    failed = medium_state.failed_segments
    if not failed or failed < medium_state.total_segments:
        return None
    return _segments_error(failed, medium_state.total_segments, medium_state.failure_reasons)


def run_error(medium_states: Sequence[MediumState]) -> str | None:
    """Return why media and segments of a run failed, from the states of all its media. None: none failed."""
    with_failures = [state for state in medium_states if state.status in _WITH_FAILURES]
    reasons: Counter[str] = Counter()
    for state in with_failures:
        reasons.update(state.failure_reasons)
    failed = sum(state.failed_segments for state in with_failures)
    total = sum(state.total_segments for state in medium_states)
    whole = Counter(state.error_message for state in with_failures if _failed_as_a_whole(state))
    sentences = [
        _media_error(whole, len(medium_states)) if whole else None,
        _segments_error(failed, total, reasons) if failed else None,
    ]
    return " ".join(sentence for sentence in sentences if sentence) or None


def _failed_as_a_whole(state: MediumState) -> bool:
    """Return whether processing failed outside any segment."""
    return state.error_message is not None and state.error_message != medium_error(state)


def _media_error(messages: Counter[str | None], total: int) -> str:
    if total == 1:
        return next(iter(messages)) or _UNKNOWN
    failed = messages.total()
    subject = f"{failed} of {total} media {'was' if failed == 1 else 'were'} not completed"
    if failed == total:
        subject = f"None of the {total} media was completed"
    return _sentence(subject, failed, {message or _UNKNOWN: count for message, count in messages.items()})


def _segments_error(failed: int, total: int, reasons: Mapping[str, int]) -> str:
    subject = f"{failed} of {total} segments failed"
    if failed >= total:
        subject = "The only segment failed" if failed == 1 else f"All {failed} segments failed"
    return _sentence(subject, failed, reasons)


def _sentence(subject: str, failed: int, reasons: Mapping[str, int]) -> str:
    if not reasons:
        return f"{subject}."
    reason, count = Counter(reasons).most_common(1)[0]
    end = "" if reason.endswith((".", "!", "?")) else "."
    if count == failed:
        return f"{subject}: {reason}{end}"
    return f"{subject}, {count} of them for this reason: {reason}{end}"
