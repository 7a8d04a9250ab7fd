"""Queries embedded by a Lambda function of its own, so that who searches needs no models."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import ClientError, answering, code_of
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
"""Of base64. A call may bring 6 MiB, of which JSON takes a little."""

_SERVICE: Final = "The function that embeds queries"
_TRY_AGAIN: Final = frozenset({"TooManyRequestsException", "ResourceConflictException"})
"""All of the account's concurrency is in use; or the function is being deployed."""
_TRY_AGAIN_SECONDS: Final = 3.0
"""Longer, and a call that takes all of its time would no longer fit into a request's 29 seconds."""
_LOOK_EVERY_SECONDS: Final = 60.0

log = logging.getLogger(__name__)


class IndexedIn(Protocol):
    """Read-only: see ``shared.services.search.spaces.Spaces``."""

    @property
    def text(self) -> EmbeddingSpace: ...

    @property
    def picture(self) -> EmbeddingSpace: ...


class LambdaQueryEmbedder:
    """Implements ``shared.ports.query_embedding.QueryEmbedder``.

    The function and the workers that index are deployed apart, so an answer is held against the
    spaces that the workers wrote down: a vector of another space would find anything at all.
    """

    def __init__(self, function: str, client: Any, indexed_in: Callable[[], IndexedIn | None]) -> None:
        """``function`` is a name, which may end in ``:`` and an alias; ``client`` botocore's for Lambda.
        ``indexed_in`` None: nothing is indexed yet."""
        self._function = function
        self._client = client
        self._indexed_in = indexed_in
        self._known: IndexedIn | None = None
        self._next_look = 0.0

    def words(self, words: str, *, in_pictures: bool) -> EmbeddedWords:
        answer = self._ask(WordsQuery(words=words, in_pictures=in_pictures)).words
        if answer is None:
            raise _failed("an answer to something else")
        known = self._spaces()
        if known is None:
            return answer
        _check(answer.text.space, known.text, "words")
        if answer.pictures is not None and answer.pictures.space != known.picture:
            return EmbeddedWords(text=answer.text)
        return answer

    def picture(self, picture: str, *, field: str) -> EmbeddedQuery:
        if len(picture) > MAX_PICTURE_CHARACTERS:
            most = MAX_PICTURE_CHARACTERS // 4 * 3
            raise InvalidRequest(field, f"must hold a picture of at most {most:,} bytes")
        answer = self._ask(PictureQuery(picture=picture, field=field)).picture
        if answer is None:
            raise _failed("an answer to something else")
        known = self._spaces()
        if known is not None:
            _check(answer.space, known.picture, "pictures")
        return answer

    def _ask(self, query: WordsQuery | PictureQuery) -> EmbeddingAnswer:
        answer = EmbeddingAnswer.model_validate_json(self._invoked(query.model_dump_json().encode()))
        if answer.refused is not None:
            raise InvalidRequest(answer.refused.field, answer.refused.rule)
        return answer

    def _invoked(self, payload: bytes) -> bytes:
        last = time.monotonic() + _TRY_AGAIN_SECONDS
        for _ in attempts():
            try:
                with answering(_SERVICE):
                    called = self._client.invoke(FunctionName=self._function, Payload=payload)
            except ClientError as error:
                if code_of(error) not in _TRY_AGAIN:
                    raise
                if time.monotonic() > last:
                    break
                continue
            content: bytes = called["Payload"].read()
            if "FunctionError" in called:
                raise _failed(_kind_of_failure(content))
            return content
        raise Unavailable(f"{_SERVICE} has too much to do just now.")

    def _spaces(self) -> IndexedIn | None:
        """Looked up once a minute: an upgrade of the models must reach functions that stay warm."""
        if self._known is None or time.monotonic() >= self._next_look:
            self._known = self._indexed_in()
            self._next_look = time.monotonic() + _LOOK_EVERY_SECONDS
        return self._known


def _check(given: EmbeddingSpace, indexed: EmbeddingSpace, what: str) -> None:
    if given != indexed:
        raise Unavailable(
            f"This archive cannot be searched by {what} just now: it is indexed in {indexed.name}, and "
            f"queries are embedded in {given.name}.",
            code="search_space_unavailable",
        )


def _failed(kind: str) -> Unavailable:
    log.error("embedding a query failed: %s", kind)
    return Unavailable(f"{_SERVICE} failed.")


def _kind_of_failure(content: bytes) -> str:
    """Without the message, which may hold what was asked."""
    try:
        told = json.loads(content)
    except ValueError:
        return "no JSON"
    return str(told.get("errorType", "unnamed")) if isinstance(told, dict) else "unnamed"
