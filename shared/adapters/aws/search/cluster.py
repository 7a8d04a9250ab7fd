"""Requests to OpenSearch, in the product's terms."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import NotFoundError, TransportError

from shared.adapters.aws.backoff import attempts
from shared.domain.errors import Unavailable

Answer = dict[str, Any]

_SECONDS: Final = 30
_LONG_SECONDS: Final = 600
SEARCH_SECONDS: Final = 25
"""A function of the API ends after 29: before, it shall say itself that nothing answered."""

OVERLOADED: Final = (429, 502, 503, 504)


class Cluster:
    """Bodies are ASCII: half a surrogate pair has no UTF-8, but OpenSearch takes it as ``\\ud800``."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | str | None = None,
        *,
        seconds: float = _SECONDS,
        **parameters: str,
    ) -> Any:
        """The decoded answer. ``NotFoundError``, ``RequestError`` and ``ConflictError`` pass as they are.

        Raises: Unavailable: OpenSearch does not answer, or has too much to do.
        """
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        with _answering():
            return self._client.transport.perform_request(
                method, path, params={**parameters, "request_timeout": seconds}, body=text
            )

    def search(self, index: str, body: Mapping[str, Any]) -> Answer:
        """A missing index has no hits. Raises: Unavailable: also where a part of it did not answer."""
        answer: Answer = self.request(
            "POST", f"/{index}/_search", body, seconds=SEARCH_SECONDS, ignore_unavailable="true"
        )
        _raise_for_missing_parts(answer)
        return answer

    def search_all(self, index: str, bodies: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """Several searches in one request, answered in their order."""
        header = json.dumps({"index": index, "ignore_unavailable": True})
        lines = "".join(f"{header}\n{json.dumps(body)}\n" for body in bodies)
        answers: list[Answer] = self.request("POST", "/_msearch", lines, seconds=SEARCH_SECONDS)["responses"]
        for answer in answers:
            if "error" in answer:
                raise Unavailable(f"OpenSearch could not search: {reason(answer['error'])}.")
            _raise_for_missing_parts(answer)
        return answers

    def indexes(self, alias: str) -> list[str]:
        """Those behind ``alias``."""
        try:
            return sorted(self.request("GET", f"/_alias/{alias}"))
        except NotFoundError:
            return []

    def delete_matching(self, index: str, query: Mapping[str, Any]) -> int:
        """Delete until none is left, also of those that change meanwhile. Returns how many went."""
        deleted = 0
        for _ in attempts():
            answer = self.request(
                "POST",
                f"/{index}/_delete_by_query",
                {"query": query},
                seconds=_LONG_SECONDS,
                conflicts="proceed",
                refresh="true",
                ignore_unavailable="true",
            )
            deleted += int(answer["deleted"])
            if not answer["version_conflicts"] and not answer["failures"] and not answer["timed_out"]:
                return deleted
        raise Unavailable("OpenSearch could not delete everything; what is left can be deleted again.")

    def refresh(self, index: str) -> None:
        """Make what was written visible to searches."""
        _raise_for_missing_parts(self.request("POST", f"/{index}/_refresh", ignore_unavailable="true"))


def reason(error: Mapping[str, Any]) -> str:
    """What OpenSearch says was wrong."""
    root = (error.get("root_cause") or [error])[0]
    return f"{root.get('type')}: {root.get('reason')}"


def _raise_for_missing_parts(answer: Mapping[str, Any]) -> None:
    """OpenSearch answers with what it has where a shard fails or time is up, and says so in passing."""
    shards = answer.get("_shards", {})
    if shards.get("failed"):
        failures = shards.get("failures") or [{"reason": {"type": "shard", "reason": "no answer"}}]
        raise Unavailable(f"A part of OpenSearch did not answer: {reason(failures[0]['reason'])}.")
    if answer.get("timed_out"):
        raise Unavailable("OpenSearch did not answer completely in time.")


def _told(error: TransportError) -> str:
    """What OpenSearch says, which is JSON unless something before it answered."""
    if isinstance(error.info, Mapping) and isinstance(error.info.get("error"), Mapping):
        return reason(error.info["error"])
    return str(error.error)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NoConnection as error:
        raise Unavailable("OpenSearch does not answer.") from error
    except TransportError as error:
        if error.status_code in OVERLOADED or error.status_code == 500:
            raise Unavailable(f"OpenSearch could not answer: {_told(error)}.") from error
        raise
