"""The embedded search index: SQLite for what must last, arrays for what must be fast.

A writer commits to SQLite and publishes a new snapshot of the arrays in one step; a reader takes both
sides as they are at its start and is not disturbed by what comes later. Opening rebuilds the arrays,
so a crash at any moment leaves nothing to repair. One process at a time, with any number of threads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.adapters.local.search.conditions import match_conditions
from shared.adapters.local.search.documents import unit
from shared.adapters.local.search.hits import PassageScores, passage_scores, picture_hits, text_hits
from shared.adapters.local.search.lexical import WordMatches, match_words
from shared.adapters.local.search.memory import SearchMemory, Snapshot
from shared.adapters.local.search.store import SearchStore, stored_passages, stored_pictures
from shared.adapters.local.search.vectors import Mask, nearest
from shared.adapters.local.search.vocabulary import query_words
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Condition
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
    from shared.ports.search_index import QueryVector, Vector

FILE: Final = "search.sqlite"
_MOST_DEAD: Final = 5_000
_DEAD_SHARE: Final = 0.3


class EmbeddedSearchIndex:
    """Implements ``shared.ports.search_index.SearchIndex`` in ``folder``.

    Documents put under other spaces than the two given are kept and found by words and conditions;
    their vectors are not searched. ``counts().spaces`` tells how many vectors each space has.
    """

    def __init__(self, folder: Path, text_space: EmbeddingSpace, picture_space: EmbeddingSpace) -> None:
        """Open or create. Raises: Unavailable: the files cannot be read."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._text_space, self._picture_space = folder, text_space, picture_space
        self._writing = threading.Lock()
        self._pairing = threading.Lock()
        self._store = SearchStore(folder / FILE)
        self._memory = self._loaded()

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Raises: ValueError: a vector is not of its space. Unavailable: the disk is full."""
        if not documents:
            return
        latest = {(document.tenant_id, document.result_id): document for document in documents}
        with self._writing:
            with self._changing() as begin:
                rows, replaced = self._store.put(
                    list(latest.values()), self._text_space, self._picture_space, begin
                )
                self._memory.append(rows)
                self._memory.publish(removed=replaced)
            self._tidy()

    def delete(self, scope: SearchFilter) -> int:
        with self._writing:
            with self._changing() as begin:
                rows = self._store.delete(scope, begin)
                self._memory.publish(removed=rows)
                if rows:
                    self._store.empty_log()
            self._memory.erase(rows)
            self._tidy()
        return len(rows)

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Raises: ValueError: the query's vector is not of the text space."""
        vector = unit(query.vector, self._text_space)
        with self._reading() as (connection, snapshot):
            found, words = _find(snapshot, query, vector, scope)
            rows = snapshot.rows[np.unique(found.documents)]
            stored = stored_passages(connection, rows.tolist())
        return text_hits(snapshot, found, words, stored)

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Raises: ValueError: the vector is not of the picture space."""
        query = unit(vector, self._picture_space)
        with self._reading() as (connection, snapshot):
            mask = snapshot.pictures_in(snapshot.documents_in(scope))
            documents, _ = nearest(snapshot.pictures, query, mask, limit)
            stored = stored_pictures(connection, snapshot.rows[documents].tolist())
        return picture_hits(snapshot, documents.tolist(), query, stored)

    def match(
        self, conditions: Sequence[Condition], scope: SearchFilter, *, after: str | None, limit: int
    ) -> ConditionPage:
        """Raises: InvalidCursor: ``after`` is not from here."""
        with self._reading() as (connection, snapshot):
            documents = snapshot.documents_in(scope)
            return match_conditions(
                connection, snapshot, documents, scope.tenant_id, conditions, after, limit
            )

    def counts(self, tenant_id: str | None = None) -> Counts:
        return self._store.counts(tenant_id)

    def close(self) -> None:
        with self._writing:
            self._store.close()
            self._memory.close()

    @contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, Snapshot]]:
        """Both sides of the index in the same state, for the length of the block."""
        with ExitStack() as stack:
            with self._pairing:
                connection = stack.enter_context(self._store.reading())
                snapshot = self._memory.snapshot
            yield connection, snapshot

    @contextmanager
    def _changing(self) -> Iterator[Callable[[], object]]:
        """From the call of what is given until the end of the block no reader takes its two sides.

        That is for the length of a commit: the work before it and the tidying after it keep nobody
        waiting, and a reader that has begun goes on in the state that it began with.
        """
        with ExitStack() as stack:
            yield lambda: stack.enter_context(self._pairing)

    def _loaded(self) -> SearchMemory:
        memory = SearchMemory(self._folder, self._text_space, self._picture_space)
        for batch in self._store.load():
            memory.append(batch)
        memory.publish()
        memory.tidy()
        return memory

    def _tidy(self) -> None:
        """Merge word lists; drop the rows of documents that have gone by building the arrays anew."""
        self._memory.tidy()
        if self._memory.dead > max(_MOST_DEAD, _DEAD_SHARE * len(self._memory.snapshot.rows)):
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
