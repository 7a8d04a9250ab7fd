"""Extraction by a language model behind an OpenAI-compatible endpoint."""

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
        self._max_pictures = max_images

    @property
    def model(self) -> str:
        return self._endpoint.model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Raises: ExtractionFailed: the endpoint failed, or its answer did not fit twice; what the
        request's ``check_stop`` raises."""
        pictures = _evenly_spaced(request.pictures, self._max_pictures)
        prepared = replace(request, schema=resolved(request.schema), pictures=pictures)
        calls: list[ModelCall] = []
        try:
            data, share = self._extract_within_context(prepared, calls)
        except ExtractionFailed as failure:
            failure.calls = _with_segment(calls, request)
            raise
        warnings = []
        if pictures and not self._endpoint.support.images:
            warnings.append("The model takes no pictures: the result rests on text alone.")
        if share < 1:
            warnings.append("There was more than the model can take at once: parts were left out.")
        return Extraction(data, _with_segment(calls, request), " ".join(warnings) or None)

    def _extract_within_context(
        self, prepared: ExtractionRequest, calls: list[ModelCall]
    ) -> tuple[Any, float]:
        """The data, and how much of the material it rests on: less and less, until the model takes it.
        How many tokens a text has only its server knows."""
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


def _evenly_spaced(pictures: Sequence[bytes], limit: int) -> list[bytes]:
    """At limit ``limit``, evenly over time."""
    if len(pictures) <= limit:
        return list(pictures)
    return [pictures[int((i + 0.5) * len(pictures) / limit)] for i in range(limit)]


def _with_segment(calls: list[ModelCall], request: ExtractionRequest) -> tuple[ModelCall, ...]:
    """Calls that say which stretch of the medium they were about."""
    evidence = request.evidence
    position = {"segment_start": evidence.start, "segment_end": evidence.end}
    seconds = {"video_seconds": max(0.0, evidence.end - evidence.start)}
    return tuple(call.model_copy(update=position | seconds) for call in calls)
