"""Results, model calls and failures of a run, as clients read them."""

from dataclasses import dataclass

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.errors import NotFound
from shared.domain.keys import Key
from shared.domain.markers.marker import TargetMarkers
from shared.domain.media import Media
from shared.domain.runs.prompt_run import MediumState, ModelCall, PromptRun, SegmentResult, VideoResult
from shared.services.library.markers.shown_markers import ShownMarkers
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Batch, Documents
from shared.services.records.pages import Page
from shared.services.runs.failure_manifest import Failures, RunFailures, encoded_length

_MAX_CALL_CHARACTERS = 5_000_000
"""Maximum length of a list of calls. A Lambda function returns it as JSON within JSON, and may return 6 MB.
Each prompt and each answer may have 50,000 characters."""

_CALL_CHARACTERS = 1200
"""Characters of a call in addition to its texts."""

_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class SegmentResultView:
    """A segment's result with the markers that it shows."""

    run: PromptRun
    media: Media
    result: SegmentResult
    markers: TargetMarkers


@dataclass(frozen=True, slots=True)
class VideoResultView:
    """A media-wide result with the markers that it shows."""

    run: PromptRun
    media: Media
    result: VideoResult
    markers: TargetMarkers


class RunViews:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)
        self._markers = ShownMarkers(documents)

    def results(
        self, caller: Caller, run_id: str, media_id: str, *, limit: int, after: str | None = None
    ) -> Page[SegmentResultView]:
        """Return segment results of one medium in order of time.

        Raises: NotFound: there is no such run or medium, or the run does not include the medium.
        """
        run, media, _ = self._run_of_medium(caller, run_id, media_id)
        page = self._documents.page(
            SegmentResult,
            keys.segment_result(caller.tenant_of(run_id), run_id, media_id),
            limit=limit,
            after=after,
        )
        markers = self._markers.of_medium(media)
        views = [
            SegmentResultView(run, media, result, markers.of_segment_result(result.segment_id, run_id))
            for result in page.items
        ]
        return Page(views, page.next_after)

    def video_result(self, caller: Caller, run_id: str, media_id: str) -> VideoResultView:
        """Return the media-wide result of a medium.

        Raises: NotFound: also if the run has no media-wide result.
        """
        key = keys.video_result(caller.tenant_of(run_id), run_id, media_id)
        run, media, batch = self._run_of_medium(caller, run_id, media_id, key)
        result = batch.get(VideoResult, key)
        if result is None:
            raise NotFound("video_result", media_id)
        markers = self._markers.of_medium(media).of_video_result(run_id)
        return VideoResultView(run, media, result, markers)

    def model_calls(self, caller: Caller, run_id: str) -> list[ModelCall]:
        """Return the latest calls, oldest first, as many as an answer can hold.

        Raises: NotFound.
        """
        self._run(caller, run_id)
        latest: list[ModelCall] = []
        remaining = _MAX_CALL_CHARACTERS
        calls = keys.model_call(caller.tenant_of(run_id), run_id)
        for call in self._documents.each(ModelCall, calls, limit=_PAGE_SIZE, descending=True):
            remaining -= _length(call)
            if remaining < 0:
                break
            latest.append(call)
        return latest[::-1]

    def failures(self, caller: Caller, run_id: str) -> Failures:
        """Return the failures of a run.

        Raises: NotFound.
        """
        return RunFailures(self._documents, self._run(caller, run_id)).read()

    def _run(self, caller: Caller, run_id: str) -> PromptRun:
        run = self._documents.get(PromptRun, keys.prompt_run(caller.tenant_of(run_id), run_id))
        if run is None:
            raise NotFound("prompt_run", run_id)
        return run

    def _run_of_medium(
        self, caller: Caller, run_id: str, media_id: str, *others: Key
    ) -> tuple[PromptRun, Media, Batch]:
        """Read a run, one of its media and the records with the keys ``others``, in one request.

        Raises: NotFound.
        """
        tenant_id = caller.tenant_of(run_id)
        run_key = keys.prompt_run(tenant_id, run_id)
        state_key = keys.medium_state(tenant_id, run_id, media_id)
        media, batch = self._visible.find_with(tenant_id, [media_id], [run_key, state_key, *others])
        run = batch.get(PromptRun, run_key)
        if run is None:
            raise NotFound("prompt_run", run_id)
        if not media or (run.planned and batch.get(MediumState, state_key) is None):
            raise NotFound("video", media_id)
        return run, media[0], batch


def _length(call: ModelCall) -> int:
    texts = (call.prompt_text, call.response_text, call.schema_used, call.error_message)
    return _CALL_CHARACTERS + sum(encoded_length(text) for text in texts)
