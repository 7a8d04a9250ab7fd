"""The built-in extractor: it fills any schema from evidence, without a language model.

It is deterministic. Each value is quoted from, counted in or derived from speech, text on screen, tags and
times. Required fields without evidence get an empty value and are named in the warning.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from shared.domain import ids
from shared.domain.clock import timestamp
from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallStatus
from shared.domain.schema.json_schema import is_valid, resolved
from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.findings import findings_of
from shared.models.builtin.extraction.schema_filler import Filler, TooManyAlternatives
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest

if TYPE_CHECKING:
    from shared.ports.models import TextEmbedder

MODEL: Final = "builtin-extractor@1"
_MAX_NAMED_FIELDS: Final = 20


class BuiltinExtractor:
    """Extracts without a language model. ``text_embedder`` helps to choose an enum member by meaning."""

    def __init__(self, text_embedder: TextEmbedder | None = None) -> None:
        self._text_embedder = text_embedder

    @property
    def model(self) -> str:
        return MODEL

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Fill the request's schema.

        Raises:
            ExtractionFailed: ``schema_unsatisfiable``: a required value has no evidence and cannot be empty.
        """
        started_at, invoked_at = time.monotonic(), timestamp()
        schema = resolved(request.schema)
        filler = Filler(request.instructions, self._text_embedder)
        try:
            data = filler.fill(schema, findings_of(request))
        except TooManyAlternatives:
            data = NO_VALUE
        is_filled = data is not NO_VALUE and is_valid(schema, data)
        call = _model_call(request, data if is_filled else None, invoked_at, started_at)
        if not is_filled:
            raise ExtractionFailed(
                _failure_message(filler), code="schema_unsatisfiable", retryable=False, calls=(call,)
            )
        return Extraction(data, (call,), _warning(filler))


def _model_call(request: ExtractionRequest, data: Any, invoked_at: str, started_at: float) -> ModelCall:
    evidence = request.evidence
    return ModelCall(
        call_id=ids.new_id(ids.MODEL_CALL),
        model=MODEL,
        purpose=request.purpose,
        status=CallStatus.FAILED if data is None else CallStatus.SUCCESS,
        video_seconds=max(0.0, evidence.end - evidence.start),
        segment_start=evidence.start,
        segment_end=evidence.end,
        prompt_text=request.instructions,
        response_text=None if data is None else json.dumps(data, ensure_ascii=False),
        schema_used=json.dumps(request.schema, ensure_ascii=False),
        invoked_at=invoked_at,
        completed_at=timestamp(),
        duration_ms=round(1000 * (time.monotonic() - started_at)),
        error_message="schema_unsatisfiable" if data is None else None,
    )


def _failure_message(filler: Filler) -> str:
    if filler.unfillable:
        names = ", ".join(dict.fromkeys(filler.unfillable))
        return f"No evidence for {names}, which must not be empty: allow null, or do not require it."
    return "No valid object could be built from the evidence; simplify the schema or require less."


def _warning(filler: Filler) -> str | None:
    names = list(dict.fromkeys(filler.missing))
    if not names:
        return None
    more = f" and {len(names) - _MAX_NAMED_FIELDS} more" if len(names) > _MAX_NAMED_FIELDS else ""
    return f"No evidence for {', '.join(names[:_MAX_NAMED_FIELDS])}{more}: given the emptiest allowed value."
