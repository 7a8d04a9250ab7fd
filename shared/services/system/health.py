"""The health of the parts that a server depends on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from shared.domain import keys
from shared.ports.search_index import SearchFilter

if TYPE_CHECKING:
    from shared.ports.blobs import Blobs
    from shared.ports.query_embedding import QueryEmbedder
    from shared.ports.records import Records
    from shared.ports.search_index import SearchIndex

OK: Final = "ok"
_KEPT_SECONDS: Final = 15.0
_ABSENT_BLOB: Final = "media/health"
_NOBODY: Final = "server.health"
"""A tenant that no key can name, because of the full stop. The probe of the search index finds nothing."""

_SENTENCES: Final = {
    "records": "The records do not answer.",
    "blobs": "The store of the media does not answer.",
    "search_index": "The search index does not answer.",
    "embedding": "The model that embeds queries does not answer.",
}

log = logging.getLogger(__name__)


class Health:
    """Asks each part one small question. The answers are kept for 15 seconds, for all callers."""

    def __init__(
        self,
        records: Callable[[], Records],
        blobs: Callable[[], Blobs],
        search_index: Callable[[], SearchIndex],
        embedder: Callable[[], QueryEmbedder],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        scope = SearchFilter(tenant_id=_NOBODY)
        self._probes: Mapping[str, Callable[[], object]] = {
            "records": lambda: records().get(keys.archive_format()),
            "blobs": lambda: blobs().stat(_ABSENT_BLOB),
            "search_index": lambda: search_index().match([], scope, after=None, limit=1),
            "embedding": lambda: embedder().words("health", in_pictures=False),
        }
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._known_until = 0.0

    def report(self) -> dict[str, str]:
        """Return ``ok`` or a sentence for each part. One caller asks; others wait for its answers."""
        with self._lock:
            if self._clock() >= self._known_until:
                self._known = {part: self._state(part) for part in self._probes}
                self._known_until = self._clock() + _KEPT_SECONDS
            return dict(self._known)

    def _state(self, part: str) -> str:
        try:
            self._probes[part]()
        except Exception:  # any error of a part is its state
            log.exception("The check of %s failed.", part)
            return _SENTENCES[part]
        return OK
