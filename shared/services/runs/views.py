"""Results of a run as callers see them."""

from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, ModelCall, PromptRun, SegmentResult, VideoResult
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents
from shared.services.records.pages import Page
from shared.services.runs.failure_manifest import Failures, RunFailures, length_in_answer

_MAX_CALL_CHARACTERS = 5_000_000
"""Of one list, as JSON in JSON: that is how it leaves a Lambda, which may answer with 6 MB. Each prompt
and answer may have 50,000."""

_A_CALL = 1200
"""Characters beside the texts."""

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
        """List the latest calls, oldest first: as many as an answer can hold. Raises: NotFound."""
        self._run(caller, run_id)
        latest: list[ModelCall] = []
        left = _MAX_CALL_CHARACTERS
        calls = keys.model_call(caller.tenant_id, run_id)
        for call in self._documents.each(ModelCall, calls, limit=_CALLS_AT_ONCE, descending=True):
            left -= _length(call)
            if left < 0:
                break
            latest.append(call)
        return latest[::-1]

    def failures(self, caller: Caller, run_id: str) -> Failures:
        """Raises: NotFound."""
        return RunFailures(self._documents, self._run(caller, run_id)).read()

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
        touched = keys.medium_state(caller.tenant_id, run_id, media_id)
        media, batch = self._visible.find_with(caller.tenant_id, [media_id], [run_key, touched, *others])
        run = batch.get(PromptRun, run_key)
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not media or (run.planned and batch.get(MediumState, touched) is None):
            raise NotFound("video", media_id)
        return run, media[0], batch


def _length(call: ModelCall) -> int:
    texts = (call.prompt_text, call.response_text, call.schema_used, call.error_message)
    return _A_CALL + sum(length_in_answer(text) for text in texts)
