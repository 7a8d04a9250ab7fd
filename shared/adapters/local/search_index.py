"""The embedded search index: SQLite for what must last, arrays for what must be fast.

Writers commit to SQLite first and then publish a new snapshot of the arrays; readers take the
snapshot of the moment and never wait. Opening rebuilds the arrays, so a crash at any moment leaves
nothing to repair. One process at a time, with any number of threads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.adapters.local.search_answers import PassageScores, passage_scores, picture_hits, text_hits
from shared.adapters.local.search_conditions import match_conditions
from shared.adapters.local.search_lexical import WordMatches, match_words
from shared.adapters.local.search_memory import SearchMemory, Snapshot
from shared.adapters.local.search_rows import unit
from shared.adapters.local.search_store import SearchStore
from shared.adapters.local.search_vectors import Mask, nearest
from shared.adapters.local.search_words import query_words
from shared.domain.conditions import Condition
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import (
    ConditionPage,
    Counts,
    PictureHit,
    SearchDocument,
    SearchFilter,
    TextHit,
    TextQuery,
)

if TYPE_CHECKING:
    from shared.ports.search_index import Vector

_FILE: Final = "search.sqlite"
_MOST_DEAD: Final = 5_000
_DEAD_SHARE: Final = 0.3
_ATTEMPTS: Final = 5


class EmbeddedSearchIndex:
    """Implements ``shared.ports.search_index.SearchIndex`` in ``folder``.

    Documents put under other spaces than the two given are kept and found by words and conditions;
    their vectors are not searched. ``counts().spaces`` tells how many vectors each space has.
    """

    def __init__(self, folder: Path, text_space: EmbeddingSpace, picture_space: EmbeddingSpace) -> None:
        """Open or create. Raises: Unavailable: the files cannot be read."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._text_space, self._picture_space = folder, text_space, picture_space
        self._lock = threading.Lock()
        self._store = SearchStore(folder / _FILE)
        self._memory = self._loaded()

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Raises: ValueError: a vector is not of its space. Unavailable: the disk is full."""
        if not documents:
            return
        latest = {(document.tenant_id, document.result_id): document for document in documents}
        with self._lock:
            rows, replaced = self._store.put(list(latest.values()), self._text_space, self._picture_space)
            self._memory.append(rows)
            self._memory.publish(removed=replaced)
            self._compact_when_due()

    def delete(self, scope: SearchFilter) -> int:
        with self._lock:
            rows = self._store.delete(scope)
            self._memory.publish(removed=rows)
            self._memory.erase(rows)
            self._compact_when_due()
        return len(rows)

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Raises: ValueError: the query's vector is not of the text space."""
        vector = unit(query.vector, self._text_space)
        for _ in range(_ATTEMPTS):
            snapshot = self._memory.snapshot
            found, words = _find(snapshot, query, vector, scope)
            rows = snapshot.rows[np.unique(found.documents)].tolist()
            stored = self._store.passages(rows)
            if len(stored) == len(rows):
                break  # else a document went meanwhile: the newest snapshot knows
        return text_hits(snapshot, found, words, stored)

    def search_picture(self, vector: Vector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Raises: ValueError: the vector is not of the picture space."""
        query = unit(vector, self._picture_space)
        for _ in range(_ATTEMPTS):
            snapshot = self._memory.snapshot
            mask = snapshot.pictures_in(snapshot.documents_in(scope))
            documents, _scores = nearest(snapshot.pictures, query, mask, limit)
            stored = self._store.pictures(snapshot.rows[documents].tolist())
            if len(stored) == len(documents):
                break
        return picture_hits(snapshot, documents.tolist(), query, stored)

    def match(
        self, conditions: Sequence[Condition], scope: SearchFilter, *, after: str | None, limit: int
    ) -> ConditionPage:
        """Raises: InvalidCursor: ``after`` is not from here."""
        snapshot = self._memory.snapshot
        documents = snapshot.documents_in(scope)
        with self._store.reading() as connection:
            return match_conditions(
                connection, snapshot, documents, scope.tenant_id, conditions, after, limit
            )

    def counts(self, tenant_id: str | None = None) -> Counts:
        return self._store.counts(tenant_id)

    def close(self) -> None:
        with self._lock:
            self._store.close()
            self._memory.close()

    def _loaded(self) -> SearchMemory:
        memory = SearchMemory(self._folder, self._text_space, self._picture_space)
        for batch in self._store.load():
            memory.append(batch)
        memory.publish()
        return memory

    def _compact_when_due(self) -> None:
        """Drop the rows of documents that have gone, by building the arrays anew."""
        dead = self._memory.dead
        if dead > max(_MOST_DEAD, _DEAD_SHARE * len(self._memory.snapshot.rows)):
            previous, self._memory = self._memory, self._loaded()
            previous.close()


def _find(
    snapshot: Snapshot, query: TextQuery, vector: Vector, scope: SearchFilter
) -> tuple[PassageScores, WordMatches]:
    """The best documents by meaning and the best by words, with all their passages."""
    documents = snapshot.documents_in(scope)
    passages = snapshot.passages_in(documents, query.fields)
    searched = passages if snapshot.searched_texts is None else passages & snapshot.searched_texts
    by_meaning, _ = nearest(snapshot.texts, vector, searched, query.limit)
    words = _match_words(snapshot, query.words, passages, documents)
    union = np.union1d(by_meaning, words.best(query.limit)).astype(np.int32)
    return passage_scores(snapshot, union, passages, vector, words), words


def _match_words(snapshot: Snapshot, text: str, passages: Mask, documents: Mask) -> WordMatches:
    return match_words(
        snapshot.postings,
        query_words(text),
        snapshot.texts.documents,
        passages,
        len(snapshot.rows),
        int(np.count_nonzero(documents)),
    )
