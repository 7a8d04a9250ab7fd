"""Extraction by a language model behind an OpenAI-compatible endpoint."""

from collections.abc import Sequence

from shared.domain.json_schema import resolved, validate
from shared.domain.prompt_run import ModelCall
from shared.models.chat_endpoint import ChatEndpoint
from shared.models.chat_messages import extraction_messages
from shared.models.json_answers import ask
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest


class EndpointExtractor:
    def __init__(self, endpoint: ChatEndpoint, *, max_pictures: int = 4) -> None:
        self._endpoint = endpoint
        self._max_pictures = max_pictures

    @property
    def model(self) -> str:
        return self._endpoint.model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Raises: ExtractionFailed: the endpoint failed, or its answer did not fit twice."""
        schema = resolved(request.schema)
        asked = ExtractionRequest(
            instructions=request.instructions,
            schema=schema,
            evidence=request.evidence,
            pictures=_spread(request.pictures, self._max_pictures),
            purpose=request.purpose,
            segment_results=request.segment_results,
        )
        calls: list[ModelCall] = []
        try:
            data = ask(
                self._endpoint,
                extraction_messages(asked),
                schema,
                request.purpose,
                lambda answer: validate(schema, answer),
                calls,
            )
        except ExtractionFailed as failure:
            failure.calls = _placed(calls, request)
            raise
        blind = asked.pictures and not self._endpoint.accepted.pictures
        warning = "The model takes no pictures: the result rests on text alone." if blind else None
        return Extraction(data, _placed(calls, request), warning)


def _spread(pictures: Sequence[bytes], most: int) -> list[bytes]:
    """At most ``most``, evenly over time."""
    if len(pictures) <= most:
        return list(pictures)
    return [pictures[int((i + 0.5) * len(pictures) / most)] for i in range(most)]


def _placed(calls: list[ModelCall], request: ExtractionRequest) -> tuple[ModelCall, ...]:
    """Calls that say which stretch of the medium they were about."""
    evidence = request.evidence
    placed = {"segment_start": evidence.start, "segment_end": evidence.end}
    seconds = {"video_seconds": max(0.0, evidence.end - evidence.start)}
    return tuple(call.model_copy(update=placed | seconds) for call in calls)
