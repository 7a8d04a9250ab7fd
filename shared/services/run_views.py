"""Results of a run as callers see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.prompt_run import MediaRun, ModelCall, PromptRun, RunStatus, SegmentResult, VideoResult
from shared.services.documents import Batch, Documents, Page
from shared.services.visible_media import VisibleMedia

_MAX_CALLS = 10_000
_MAX_CALL_CHARACTERS = 16 * 1024**2
"""Of prompts and answers in one list: each may have 50,000."""

_CALLS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class SegmentResultView:
    run: PromptRun
    media: Media
    result: SegmentResult


@dataclass(frozen=True, slots=True)
class VideoResultView:
    run: PromptRun
    media: Media
    result: VideoResult


@dataclass(frozen=True, slots=True)
class FailedMedium:
    """``media_run`` tells why a medium failed as a whole; ``segments`` are those that can be named."""

    media_run: MediaRun
    segments: Sequence[SegmentResult]


@dataclass(frozen=True, slots=True)
class Failures:
    run: PromptRun
    media: Sequence[FailedMedium]


class RunViews:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)

    def results(
        self, caller: Caller, run_id: str, media_id: str, *, limit: int, after: str | None = None
    ) -> Page[SegmentResultView]:
        """Results of one medium in order of time. Raises: NotFound: run or medium, or one that the
        run did not touch."""
        run, media, _ = self._run_of_medium(caller, run_id, media_id)
        page = self._documents.page(
            SegmentResult,
            keys.segment_result(caller.tenant_id, run_id, media_id),
            limit=limit,
            after=after,
        )
        return Page([SegmentResultView(run, media, result) for result in page.items], page.next_after)

    def video_result(self, caller: Caller, run_id: str, media_id: str) -> VideoResultView:
        """Raises: NotFound, also when the run made no media-wide result."""
        key = keys.video_result(caller.tenant_id, run_id, media_id)
        run, media, batch = self._run_of_medium(caller, run_id, media_id, key)
        result = batch.get(VideoResult, key)
        if result is None:
            raise NotFound("video_result", media_id)
        return VideoResultView(run, media, result)

    def model_calls(self, caller: Caller, run_id: str) -> list[ModelCall]:
        """The latest calls, oldest first: as many as may be held in memory. Raises: NotFound."""
        self._run(caller, run_id)
        latest: list[ModelCall] = []
        characters, after = 0, None
        while len(latest) < _MAX_CALLS and characters < _MAX_CALL_CHARACTERS:
            page = self._documents.page(
                ModelCall,
                keys.model_call(caller.tenant_id, run_id),
                limit=_CALLS_AT_ONCE,
                after=after,
                descending=True,
            )
            latest += page.items
            characters += sum(len(c.prompt_text or "") + len(c.response_text or "") for c in page.items)
            after = page.next_after
            if after is None:
                break
        return latest[::-1]

    def failures(self, caller: Caller, run_id: str) -> Failures:
        """Media with a failure of any kind, in the run's order. Raises: NotFound."""
        run = self._run(caller, run_id)
        media_runs = self._documents.every(MediaRun, keys.media_run(caller.tenant_id, run_id))
        failed = [m for m in media_runs if _has_failures(m)]
        failed.sort(key=lambda media_run: media_run.ordinal)
        return Failures(run, [FailedMedium(m, self._failed_segments(caller, m)) for m in failed])

    def _failed_segments(self, caller: Caller, media_run: MediaRun) -> list[SegmentResult]:
        """One query where the medium's state does not hold them."""
        if media_run.failures is not None:
            return media_run.failures
        results = self._documents.every(
            SegmentResult, keys.segment_result(caller.tenant_id, media_run.run_id, media_run.media_id)
        )
        return [result for result in results if result.failed_operations]

    def _run(self, caller: Caller, run_id: str) -> PromptRun:
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_id, run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def _run_of_medium(
        self, caller: Caller, run_id: str, media_id: str, *others: Key
    ) -> tuple[PromptRun, Media, Batch]:
        """A run, a medium that it touches, and ``others``: one read."""
        run_key = keys.prompt_run(caller.tenant_id, run_id)
        touched = keys.media_run(caller.tenant_id, run_id, media_id)
        media, batch = self._visible.find_with(caller.tenant_id, [media_id], [run_key, touched, *others])
        run = batch.get(PromptRun, run_key)
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not media or (run.planned and batch.get(MediaRun, touched) is None):
            raise NotFound("video", media_id)
        return run, media[0], batch


def _has_failures(media_run: MediaRun) -> bool:
    broken_off = media_run.failure_code is not None and media_run.status is not RunStatus.CANCELLED
    return bool(
        broken_off
        or media_run.failed_segments
        or media_run.transcription_failures
        or media_run.image_embedding_failures
    )
