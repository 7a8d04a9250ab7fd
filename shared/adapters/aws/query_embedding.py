"""Embedding of queries by a Lambda function, so that the function that searches loads no models."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import ClientError, code_of, translated_errors
from shared.domain.errors import InvalidRequest, Unavailable
from shared.domain.query.embedding import (
    EmbeddedQuery,
    EmbeddedWords,
    EmbeddingAnswer,
    PictureQuery,
    WordsQuery,
)

if TYPE_CHECKING:
    from shared.domain.evidence import EmbeddingSpace

MAX_PICTURE_CHARACTERS: Final = 6_000_000
"""Of base64. A call's payload has at most 6 MiB, of which JSON takes a small part."""

_SERVICE: Final = "The function that embeds queries"
_RETRYABLE_CODES: Final = frozenset(
    {
        "TooManyRequestsException",
        "ResourceConflictException",
        "SnapStartNotReadyException",
        "SnapStartTimeoutException",
    }
)
"""The account's concurrency is exhausted, the function is being deployed, or Lambda is replacing or restoring
its snapshot, as it does after a version was idle for 14 days ("Troubleshooting SnapStart errors for Lambda
functions")."""
_RETRY_SECONDS: Final = 3.0
"""With more retries, a call of the longest duration would not fit into a request's 29 seconds."""
_REFRESH_SECONDS: Final = 60.0

logger = logging.getLogger(__name__)


class IndexedSpaces(Protocol):
    """The spaces that the archive is indexed in; see ``shared.services.search.spaces.Spaces``."""

    @property
    def text(self) -> EmbeddingSpace: ...

    @property
    def picture(self) -> EmbeddingSpace: ...


class LambdaQueryEmbedder:
    """Implements ``shared.ports.query_embedding.QueryEmbedder``.

    The function and the workers that index are deployed separately. So each answer is checked against the
    spaces that the workers recorded: a vector of another space would match arbitrary documents.
    """

    def __init__(
        self, function: str, client: Any, indexed_spaces: Callable[[], IndexedSpaces | None]
    ) -> None:
        """``function`` is a name, optionally with ``:`` and an alias; ``client`` is a botocore client for
        Lambda; ``indexed_spaces`` returns None while nothing is indexed."""
        self._function = function
        self._client = client
        self._indexed_spaces = indexed_spaces
        self._cached_spaces: IndexedSpaces | None = None
        self._next_refresh = 0.0

    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        answer = self._embed(WordsQuery(words=words, in_pictures=in_pictures)).words
        if answer is None:
            raise _failed("the answer is for another kind of query")
        known = self._current_spaces()
        if known is None:
            return answer
        _check_space(answer.text.space, known.text, "words")
        if answer.pictures is not None and answer.pictures.space != known.picture:
            return EmbeddedWords(text=answer.text)
        return answer

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        if len(picture) > MAX_PICTURE_CHARACTERS:
            max_bytes = MAX_PICTURE_CHARACTERS // 4 * 3
            raise InvalidRequest(field, f"must hold a picture of at most {max_bytes:,} bytes")
        answer = self._embed(PictureQuery(picture=picture, field=field)).picture
        if answer is None:
            raise _failed("the answer is for another kind of query")
        known = self._current_spaces()
        if known is not None:
            _check_space(answer.space, known.picture, "pictures")
        return answer

    def _embed(self, query: WordsQuery | PictureQuery) -> EmbeddingAnswer:
        answer = EmbeddingAnswer.model_validate_json(self._invoke(query.model_dump_json().encode()))
        if answer.refused is not None:
            raise InvalidRequest(answer.refused.field, answer.refused.rule)
        return answer

    def _invoke(self, payload: bytes) -> bytes:
        last = time.monotonic() + _RETRY_SECONDS
        for _ in attempts():
            try:
                with translated_errors(_SERVICE):
                    called = self._client.invoke(FunctionName=self._function, Payload=payload)
            except ClientError as error:
                if code_of(error) not in _RETRYABLE_CODES:
                    raise
                if time.monotonic() > last:
                    break
                continue
            content: bytes = called["Payload"].read()
            if "FunctionError" in called:
                raise _failed(_error_type(content))
            return content
        raise Unavailable(f"{_SERVICE} is overloaded or not ready.")

    def _current_spaces(self) -> IndexedSpaces | None:
        """Return the indexed spaces, refreshed once a minute: warm functions notice a model upgrade."""
        if self._cached_spaces is None or time.monotonic() >= self._next_refresh:
            self._cached_spaces = self._indexed_spaces()
            self._next_refresh = time.monotonic() + _REFRESH_SECONDS
        return self._cached_spaces


def _check_space(given: EmbeddingSpace, indexed: EmbeddingSpace, kind: str) -> None:
    if given != indexed:
        raise Unavailable(
            f"This archive cannot be searched by {kind} at the moment: it is indexed in {indexed.name}, and "
            f"queries are embedded in {given.name}.",
            code="search_space_unavailable",
        )


def _failed(kind: str) -> Unavailable:
    logger.error("embedding a query failed: %s", kind)
    return Unavailable(f"{_SERVICE} failed.")


def _error_type(content: bytes) -> str:
    """Return the error's type. The message is left out, because it may contain the query."""
    try:
        error = json.loads(content)
    except ValueError:
        return "no JSON"
    return str(error.get("errorType", "unnamed")) if isinstance(error, dict) else "unnamed"
