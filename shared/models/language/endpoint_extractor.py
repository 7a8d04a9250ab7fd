"""Extraction with a language model behind an OpenAI-compatible endpoint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from shared.domain.runs.prompt_run import ModelCall
from shared.domain.schema.json_schema import resolved, validate
from shared.models.language.chat_endpoint import CONTEXT_EXCEEDED, ChatEndpoint
from shared.models.language.chat_messages import extraction_messages
from shared.models.language.json_answers import ask_for_json
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest

_SHARES: Final = (1.0, 0.5, 0.25)
_MIN_SHARE: Final = 0.125


class EndpointExtractor:
    def __init__(self, endpoint: ChatEndpoint, *, max_images: int = 4) -> None:
        self._endpoint = endpoint
        self._max_images = max_images

    @property
    def model(self) -> str:
        return self._endpoint.model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Extract with at most one repair request.

        Raises:
            ExtractionFailed: the endpoint failed, or the repaired answer is invalid too.
            any exception of the request's ``check_stop``.
        """
        images = _evenly_spaced(request.images, self._max_images)
        prepared = replace(request, schema=resolved(request.schema), images=images)
        calls: list[ModelCall] = []
        try:
            data, share = self._extract_within_context(prepared, calls)
        except ExtractionFailed as failure:
            failure.calls = _with_segment(calls, request)
            raise
        warnings = []
        if images and not self._endpoint.support.images:
            warnings.append("The model accepts no pictures: the result is based on text alone.")
        if share < 1:
            warnings.append("The material exceeds the model's context: parts were left out.")
        return Extraction(data, _with_segment(calls, request), " ".join(warnings) or None)

    def _extract_within_context(
        self, prepared: ExtractionRequest, calls: list[ModelCall]
    ) -> tuple[Any, float]:
        """Return the data and the share of the material used.

        The share is reduced until the request fits the model's context. Only the server can count tokens.
        """
        for share in _SHARES:
            try:
                return self._ask(prepared, share, calls), share
            except ExtractionFailed as failure:
                if failure.code != CONTEXT_EXCEEDED:
                    raise
        return self._ask(prepared, _MIN_SHARE, calls), _MIN_SHARE

    def _ask(self, prepared: ExtractionRequest, share: float, calls: list[ModelCall]) -> Any:
        return ask_for_json(
            self._endpoint,
            extraction_messages(prepared, share),
            prepared.schema,
            prepared.purpose,
            lambda answer: validate(prepared.schema, answer),
            calls,
            prepared.check_stop,
        )


def _evenly_spaced(images: Sequence[bytes], limit: int) -> list[bytes]:
    """Return at most ``limit`` images, evenly spaced over time."""
    if len(images) <= limit:
        return list(images)
    return [images[int((i + 0.5) * len(images) / limit)] for i in range(limit)]


def _with_segment(calls: list[ModelCall], request: ExtractionRequest) -> tuple[ModelCall, ...]:
    """Add the segment's start, end and duration to each call record."""
    evidence = request.evidence

    def with_times(call: ModelCall) -> ModelCall:
        timed = call.model_copy()
        timed.segment_start, timed.segment_end = evidence.start, evidence.end
        timed.video_seconds = max(0.0, evidence.end - evidence.start)
        return timed

    return tuple(with_times(call) for call in calls)
