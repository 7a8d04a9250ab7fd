"""Extraction by a language model behind an OpenAI-compatible endpoint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from shared.domain.runs.prompt_run import ModelCall
from shared.domain.schema.json_schema import resolved, validate
from shared.models.language.chat_endpoint import CONTEXT_EXCEEDED, ChatEndpoint
from shared.models.language.chat_messages import extraction_messages
from shared.models.language.json_answers import ask
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest

_SHARES: Final = (1.0, 0.5, 0.25)
_LEAST: Final = 0.125


class EndpointExtractor:
    def __init__(self, endpoint: ChatEndpoint, *, max_pictures: int = 4) -> None:
        self._endpoint = endpoint
        self._max_pictures = max_pictures

    @property
    def model(self) -> str:
        return self._endpoint.model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Raises: ExtractionFailed: the endpoint failed, or its answer did not fit twice; what the
        request's ``check_stop`` raises."""
        pictures = _spread(request.pictures, self._max_pictures)
        asked = replace(request, schema=resolved(request.schema), pictures=pictures)
        calls: list[ModelCall] = []
        try:
            data, share = self._fitting(asked, calls)
        except ExtractionFailed as failure:
            failure.calls = _placed(calls, request)
            raise
        warnings = []
        if pictures and not self._endpoint.accepted.pictures:
            warnings.append("The model takes no pictures: the result rests on text alone.")
        if share < 1:
            warnings.append("There was more than the model can take at once: parts were left out.")
        return Extraction(data, _placed(calls, request), " ".join(warnings) or None)

    def _fitting(self, asked: ExtractionRequest, calls: list[ModelCall]) -> tuple[Any, float]:
        """The data, and how much of the material it rests on: less and less, until the model takes it.
        How many tokens a text has only its server knows."""
        for share in _SHARES:
            try:
                return self._asked(asked, share, calls), share
            except ExtractionFailed as failure:
                if failure.code != CONTEXT_EXCEEDED:
                    raise
        return self._asked(asked, _LEAST, calls), _LEAST

    def _asked(self, asked: ExtractionRequest, share: float, calls: list[ModelCall]) -> Any:
        return ask(
            self._endpoint,
            extraction_messages(asked, share),
            asked.schema,
            asked.purpose,
            lambda answer: validate(asked.schema, answer),
            calls,
            asked.check_stop,
        )


def _spread(pictures: Sequence[bytes], most: int) -> list[bytes]:
    """At most ``most``, evenly over time."""
    if len(pictures) <= most:
        return list(pictures)
    return [pictures[int((i + 0.5) * len(pictures) / most)] for i in range(most)]


def _placed(calls: list[ModelCall], request: ExtractionRequest) -> tuple[ModelCall, ...]:
    """Calls that say which stretch of the medium they were about."""
    evidence = request.evidence

    def placed(call: ModelCall) -> ModelCall:
        made = call.model_copy()
        made.segment_start, made.segment_end = evidence.start, evidence.end
        made.video_seconds = max(0.0, evidence.end - evidence.start)
        return made

    return tuple(placed(call) for call in calls)
