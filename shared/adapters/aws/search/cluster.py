"""Requests to OpenSearch, with its errors translated into domain errors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

from shared.adapters.aws.backoff import attempts
from shared.domain.errors import Unavailable

Answer = dict[str, Any]

_REQUEST_SECONDS: Final = 30
_SHORT_REQUEST_SECONDS: Final = 2
LONG_REQUEST_SECONDS: Final = 600
"""For requests that work on all of an index."""

SEARCH_SECONDS: Final = 25
"""Below the 29 seconds of an API function, so that the function itself reports the timeout."""

_READ_PARTS: Final = ",".join(
    f"responses.{part}"
    for part in (
        "error",
        "timed_out",
        "_shards",
        "aggregations",
        "hits.total",
        "hits.hits._id",
        "hits.hits._score",
        "hits.hits.fields",
        "hits.hits.inner_hits.*.hits.hits._score",
        "hits.hits.inner_hits.*.hits.hits._nested.offset",
    )
)

_SEGMENT_BYTES: Final = 1_000_000_000
"""About 115,000 segments of media. A merge keeps the graph of its result in memory, so a small node could not
merge segments without limit."""

OVERLOADED: Final = (429, 502, 503, 504)


class Cluster:
    """Sends requests. Bodies are ASCII: a lone surrogate has no UTF-8, but OpenSearch accepts ``\\ud800``."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | str | None = None,
        *,
        seconds: float = _REQUEST_SECONDS,
        **parameters: str,
    ) -> Any:
        """Send a request and return the decoded answer.

        ``NotFoundError``, ``RequestError`` and ``ConflictError`` pass unchanged.

        Raises: Unavailable: OpenSearch does not answer, or is overloaded.
        """
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        with _translated_errors():
            return self._client.transport.perform_request(
                method, path, params={**parameters, "request_timeout": seconds}, body=text
            )

    def search(self, index: str, body: Mapping[str, Any]) -> Answer:
        """Search; a missing index has no hits. Raises: Unavailable: also if a shard did not answer."""
        answer: Answer = self.request(
            "POST", f"/{index}/_search", body, seconds=SEARCH_SECONDS, ignore_unavailable="true"
        )
        _raise_for_partial_answer(answer)
        return answer

    def search_all(self, index: str, bodies: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Send several searches in one request; the answers are in the same order.

        They contain what ``hits`` and ``queries`` read, and no names of indexes.
        """
        header = json.dumps({"index": index, "ignore_unavailable": True})
        lines = "".join(f"{header}\n{json.dumps(body)}\n" for body in bodies)
        answers: list[Answer] = self.request(
            "POST", "/_msearch", lines, seconds=SEARCH_SECONDS, filter_path=_READ_PARTS
        )["responses"]
        for answer in answers:
            if "error" in answer:
                raise Unavailable(f"OpenSearch could not search: {reason(answer['error'])}.")
            _raise_for_partial_answer(answer)
        return answers

    def indexes(self, alias: str) -> list[str]:
        """Return the names of the indexes that ``alias`` points to."""
        try:
            return sorted(self.request("GET", f"/_alias/{alias}"))
        except NotFoundError:
            return []

    def delete_matching(self, index: str, query: Mapping[str, Any]) -> int:
        """Delete all matching documents, also those that change concurrently. Returns the number deleted."""
        deleted = 0
        for _ in attempts():
            answer = self.request(
                "POST",
                f"/{index}/_delete_by_query",
                {"query": query},
                seconds=LONG_REQUEST_SECONDS,
                conflicts="proceed",
                refresh="true",
                ignore_unavailable="true",
            )
            deleted += int(answer["deleted"])
            if not answer["version_conflicts"] and not answer["failures"] and not answer["timed_out"]:
                return deleted
        raise Unavailable("OpenSearch could not delete all documents; the deletion can be repeated.")

    def refresh(self, index: str, *, seconds: float = _REQUEST_SECONDS) -> None:
        """Make earlier writes visible to searches."""
        _raise_for_partial_answer(
            self.request("POST", f"/{index}/_refresh", seconds=seconds, ignore_unavailable="true")
        )

    def lucene_segments(self, index: str) -> list[int] | None:
        """Return the number of documents, nested ones included, of each Lucene segment of each shard.

        Of several copies of a shard, the one with most segments counts. None: OpenSearch does not tell, or
        the caller may not ask.
        """
        try:
            answer = self.request("GET", f"/{index}/_segments", seconds=_SHORT_REQUEST_SECONDS)
            _raise_for_partial_answer(answer)
        except (OpenSearchException, Unavailable):
            return None
        shards = [copies for each in answer["indices"].values() for copies in each["shards"].values()]
        return [size for copies in shards for size in max(map(_searched_sizes, copies), key=len)]

    def start_merge(self, index: str) -> None:
        """Start to merge each shard into segments of about ``_SEGMENT_BYTES``, and do not wait.

        The flush before lets the merge drop the copies of the documents that only a recovery would read.
        """
        self.request("POST", f"/{index}/_flush", seconds=LONG_REQUEST_SECONDS)
        shards = self.request("GET", f"/{index}/_stats/store", level="shards")["indices"].values()
        copies = [copy for each in shards for copies in each["shards"].values() for copy in copies]
        largest = max((copy["store"]["size_in_bytes"] for copy in copies), default=0)
        segments = 1 + largest // _SEGMENT_BYTES
        self.request(
            "POST", f"/{index}/_forcemerge", max_num_segments=f"{segments}", wait_for_completion="false"
        )


def _searched_sizes(copy: Mapping[str, Any]) -> list[int]:
    """Return the number of documents of each segment of a shard's copy."""
    return [segment["num_docs"] for segment in copy["segments"].values() if segment["search"]]


def hits_of(answer: Mapping[str, Any]) -> list[Answer]:
    """Return the hits of an answer of ``search_all``, which leaves out empty lists."""
    hits: list[Answer] = answer.get("hits", {}).get("hits", [])
    return hits


def reason(error: Mapping[str, Any]) -> str:
    """Return OpenSearch's description of an error."""
    root = (error.get("root_cause") or [error])[0]
    return f"{root.get('type')}: {root.get('reason')}"


def _raise_for_partial_answer(answer: Mapping[str, Any]) -> None:
    """Raise Unavailable for a partial answer, which OpenSearch gives if a shard fails or time runs out."""
    shards = answer.get("_shards", {})
    if shards.get("failed"):
        failures = shards.get("failures") or [{"reason": {"type": "shard", "reason": "no answer"}}]
        raise Unavailable(f"A part of OpenSearch did not answer: {reason(failures[0]['reason'])}.")
    if answer.get("timed_out"):
        raise Unavailable("OpenSearch did not complete the search in time.")


def _error_text(error: TransportError) -> str:
    """Return the error's text. The answer is JSON, unless it comes from a proxy before OpenSearch."""
    if isinstance(error.info, Mapping) and isinstance(error.info.get("error"), Mapping):
        return reason(error.info["error"])
    return str(error.error)


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OpenSearchConnectionError as error:
        raise Unavailable("OpenSearch does not answer.") from error
    except TransportError as error:
        if error.status_code in OVERLOADED or error.status_code == 500:
            raise Unavailable(f"OpenSearch could not answer: {_error_text(error)}.") from error
        raise
