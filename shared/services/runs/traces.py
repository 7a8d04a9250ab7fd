"""The records of one medium in a run, and their deletion: results, model calls, retries."""

from collections.abc import Iterator
from typing import Final

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.runs.segment_retry import RetriesOfSegment, SegmentRetry
from shared.ports.records import MAX_WRITES, Delete
from shared.services.records.documents import Documents

_MAX_POINTERS: Final = MAX_WRITES // 2
"""Pointers per transaction. Each is deleted together with its target."""


class RunTraces:
    """Records of one medium in one run. Each deletion can be interrupted and repeated."""

    def __init__(self, documents: Documents, tenant_id: str, run_id: str, media_id: str) -> None:
        self._documents = documents
        self._tenant_id = tenant_id
        self._run_id = run_id
        self._media_id = media_id

    def erase_results(self) -> None:
        """Delete the results, their selection, and their model calls, whose prompts contain transcript and
        on-screen text."""
        self._erase_calls()
        self._delete_all(keys.segment_result(self._tenant_id, self._run_id, self._media_id))
        self._documents.write(
            Delete(keys.video_result(self._tenant_id, self._run_id, self._media_id)),
            Delete(keys.medium_selection(self._tenant_id, self._run_id, self._media_id)),
        )

    def erase(self) -> None:
        """Delete the results, the model calls and the retries."""
        self.erase_results()
        for retry_id in self._retry_ids():
            self._documents.write(Delete(keys.segment_retry(self._tenant_id, self._run_id, retry_id)))
        self._delete_all(self._retries_key)

    def open_retries(self) -> list[SegmentRetry]:
        """Return the pending and running retries. Only the last retry of a segment can be one of them."""
        last_retries = [
            keys.segment_retry(self._tenant_id, self._run_id, claim.retry_ids[-1])
            for claim in self._documents.every(RetriesOfSegment, self._retries_key)
        ]
        return (
            [retry for retry in self._documents.get_many(SegmentRetry, last_retries) if not retry.is_finished]
            if last_retries
            else []
        )

    @property
    def _retries_key(self) -> Key:
        return keys.retries_of_segment(self._tenant_id, self._run_id, self._media_id)

    def _retry_ids(self) -> Iterator[str]:
        for claim in self._documents.every(RetriesOfSegment, self._retries_key):
            yield from claim.retry_ids

    def _erase_calls(self) -> None:
        pointers = keys.call_of_medium(self._tenant_id, self._run_id, self._media_id)
        while found := self._documents.sort_keys(pointers, limit=_MAX_POINTERS).items:
            calls = [sort.removeprefix(pointers.sort) for sort in found]
            self._documents.write(
                *(Delete(keys.model_call(self._tenant_id, self._run_id, call)) for call in calls),
                *(Delete(Key(pointers.partition, sort)) for sort in found),
            )

    def _delete_all(self, prefix: Key) -> None:
        while found := self._documents.sort_keys(prefix, limit=MAX_WRITES).items:
            self._documents.write(*(Delete(Key(prefix.partition, sort)) for sort in found))
