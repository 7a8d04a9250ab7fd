"""Many documents in one request, and again those that OpenSearch has no room for just now."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.search.cluster import OVERLOADED, Answer, Cluster, reason
from shared.domain.errors import Unavailable

_BULK_BYTES: Final = 5_000_000
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_DONE_BELOW: Final = 300


class MissingAlias(Exception):
    """There is no index behind the alias yet."""


class Bulk:
    """Every method raises Unavailable where something was not done; doing all again is harmless."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def write(self, alias: str, documents: Iterable[tuple[str, Mapping[str, Any]]], operation: str) -> None:
        """(Identifier, source) each: ``index`` replaces, ``create`` leaves what is there.

        Raises: MissingAlias: nothing was written.
        """
        lines = (
            f"{json.dumps({operation: {'_id': identifier}})}\n{json.dumps(source)}\n"
            for identifier, source in documents
        )
        self._send(alias, operation, lines, _CONFLICT)

    def append(self, alias: str, sources: Iterable[Mapping[str, Any]]) -> None:
        """Each under an identifier that OpenSearch makes. What is sent again may be there twice."""
        lines = (f'{{"index": {{}}}}\n{json.dumps(source)}\n' for source in sources)
        self._send(alias, "index", lines)

    def remove(self, alias: str, identifiers: Iterable[str]) -> None:
        """What is not there is no matter."""
        lines = (f"{json.dumps({'delete': {'_id': identifier}})}\n" for identifier in identifiers)
        self._send(alias, "delete", lines, _NOT_FOUND)

    def _send(self, alias: str, operation: str, lines: Iterable[str], settled: int | None = None) -> None:
        """``settled`` is the status of what needs no doing."""
        for batch in _batches(lines):
            self._send_batch(alias, operation, batch, settled)

    def _send_batch(self, alias: str, operation: str, batch: list[str], settled: int | None) -> None:
        for _ in attempts():
            answer = self._post(alias, "".join(batch), under_our_names=settled == _CONFLICT)
            items: list[Answer] = [item[operation] for item in answer["items"]]
            _raise_for_missing(items, alias)
            failed = [
                (entry, item)
                for entry, item in zip(batch, items, strict=True)
                if item["status"] >= _DONE_BELOW and item["status"] != settled
            ]
            lasting = [item for _, item in failed if item["status"] not in OVERLOADED]
            if lasting:
                raise Unavailable(f"OpenSearch refused a document: {reason(lasting[0]['error'])}.")
            batch = [entry for entry, _ in failed]
            if not batch:
                return
        raise Unavailable(f"OpenSearch has no room for {len(batch)} documents just now.")

    def _post(self, alias: str, lines: str, *, under_our_names: bool) -> Answer:
        """Serverless may not know ``require_alias``, and chooses the names by itself."""
        path = f"/{alias}/_bulk"
        answer: Answer
        if under_our_names:
            answer = self._cluster.request("POST", path, lines, require_alias="true")
        else:
            answer = self._cluster.request("POST", path, lines)
        return answer


def _raise_for_missing(items: Sequence[Answer], alias: str) -> None:
    if any(item.get("error", {}).get("type") == "index_not_found_exception" for item in items):
        raise MissingAlias(alias)


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for entry in lines:
        if batch and size + len(entry) > _BULK_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(entry)
    if batch:
        yield batch
