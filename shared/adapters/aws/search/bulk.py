"""Bulk requests to OpenSearch, with retries of the documents that it rejects when overloaded."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.search.cluster import OVERLOADED, Answer, Cluster, reason
from shared.adapters.aws.search.layout.outdated import OutdatedLayout
from shared.domain.errors import Unavailable

_BULK_BYTES: Final = 5_000_000
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_UNKNOWN_FIELD: Final = "strict_dynamic_mapping_exception"
_FIRST_FAILURE_STATUS: Final = 300


class MissingAlias(Exception):
    """The alias does not exist yet."""


class Bulk:
    """Sends bulk requests. Every method raises Unavailable if a document failed, and can be repeated.

    The error is OutdatedLayout if the index lacks a field of the document.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def write(self, alias: str, documents: Iterable[tuple[str, Mapping[str, Any]]], operation: str) -> None:
        """Write (identifier, source) pairs. ``index`` replaces a stored document, ``create`` keeps it.

        Raises: MissingAlias: nothing was written.
        """
        lines = (
            f"{json.dumps({operation: {'_id': identifier}})}\n{json.dumps(source)}\n"
            for identifier, source in documents
        )
        self._send(alias, operation, lines, _CONFLICT)

    def append(self, alias: str, sources: Iterable[Mapping[str, Any]]) -> None:
        """Append documents with identifiers that OpenSearch generates. A retry may store a document twice."""
        lines = (f'{{"index": {{}}}}\n{json.dumps(source)}\n' for source in sources)
        self._send(alias, "index", lines)

    def remove(self, alias: str, identifiers: Iterable[str]) -> None:
        """Delete documents; a missing document is no error."""
        lines = (f"{json.dumps({'delete': {'_id': identifier}})}\n" for identifier in identifiers)
        self._send(alias, "delete", lines, _NOT_FOUND)

    def _send(
        self, alias: str, operation: str, lines: Iterable[str], ignored_status: int | None = None
    ) -> None:
        """Send the lines in batches; items with ``ignored_status`` count as successful."""
        for batch in _batches(lines):
            self._send_batch(alias, operation, batch, ignored_status)

    def _send_batch(self, alias: str, operation: str, batch: list[str], ignored_status: int | None) -> None:
        for _ in attempts():
            answer = self._post(alias, "".join(batch), chosen_identifiers=ignored_status == _CONFLICT)
            items: list[Answer] = [item[operation] for item in answer["items"]]
            _raise_for_missing_alias(items, alias)
            failed = [
                (entry, item)
                for entry, item in zip(batch, items, strict=True)
                if item["status"] >= _FIRST_FAILURE_STATUS and item["status"] != ignored_status
            ]
            lasting = [item for _, item in failed if item["status"] not in OVERLOADED]
            if any(item["error"]["type"] == _UNKNOWN_FIELD for item in lasting):
                raise OutdatedLayout
            if lasting:
                raise Unavailable(f"OpenSearch refused a document: {reason(lasting[0]['error'])}.")
            batch = [entry for entry, _ in failed]
            if not batch:
                return
        raise Unavailable(f"OpenSearch is overloaded and rejected {len(batch)} documents.")

    def _post(self, alias: str, lines: str, *, chosen_identifiers: bool) -> Answer:
        """Post one batch. OpenSearch Serverless may not support ``require_alias``, and generates the
        identifiers, so the parameter is only sent with chosen identifiers."""
        path = f"/{alias}/_bulk"
        answer: Answer
        if chosen_identifiers:
            answer = self._cluster.request("POST", path, lines, require_alias="true")
        else:
            answer = self._cluster.request("POST", path, lines)
        return answer


def _raise_for_missing_alias(items: Sequence[Answer], alias: str) -> None:
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
