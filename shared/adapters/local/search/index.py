"""The embedded search index: SQLite for durability, arrays for speed.

A writer commits to SQLite and publishes a new snapshot of the arrays in one step. A reader takes the state
of both at its start, and later writes do not affect it. The arrays are in files that are a cache of SQLite:
opening the index uses them if they fit, and otherwise rebuilds them from the rows, so a crash at any moment
leaves nothing to repair. One process may open the index, with any number of threads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.adapters.local.search.arrays.snapshot import Snapshot
from shared.adapters.local.search.conditions import documents_named, match_conditions
from shared.adapters.local.search.documents import Row, unit
from shared.adapters.local.search.frequent_values import frequent_values
from shared.adapters.local.search.hits import PassageScores, passage_scores, picture_hits, text_hits
from shared.adapters.local.search.lexical import WordMatches, match_words
from shared.adapters.local.search.maintenance import MaintainedMemory
from shared.adapters.local.search.nearest import nearest
from shared.adapters.local.search.shown_texts import ShownTexts
from shared.adapters.local.search.store import SearchStore, stored_passages, stored_pictures
from shared.adapters.local.search.traces import TraceRemoval
from shared.adapters.local.search.vocabulary import query_words
from shared.domain.errors import Unavailable
from shared.domain.evidence import EmbeddingSpace
from shared.domain.query.conditions import Condition
from shared.ports.search_index import (
    ConditionPage,
    Counts,
    FrequentValues,
    PictureHit,
    SearchDocument,
    SearchFilter,
    TextHit,
    TextQuery,
    ValueQuery,
)

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector, Vector

FILE: Final = "search.sqlite"


class EmbeddedSearchIndex:
    """Implements ``shared.ports.search_index.SearchIndex`` in ``folder``.

    Documents in other spaces than the two given are stored and found by words and conditions; their vectors
    are not searched. ``counts().spaces`` is the number of vectors per space.
    """

    def __init__(
        self,
        folder: Path,
        text_space: EmbeddingSpace,
        picture_space: EmbeddingSpace,
        make_room: Callable[[], bool] = lambda: False,
        trace_removal: Callable[[SearchStore], TraceRemoval] = TraceRemoval,
    ) -> None:
        """Open or create the index. ``make_room`` as in ``SqliteConnections``.

        Raises: Unavailable: the files cannot be read.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._text_space, self._picture_space = text_space, picture_space
        self._write_lock = threading.Lock()
        self._snapshot_lock = threading.Lock()
        self._texts = ShownTexts(stored_passages)
        self._store = SearchStore(folder / FILE, make_room)
        self._traces = trace_removal(self._store)
        try:
            self._memory = MaintainedMemory(folder, self._store, text_space, picture_space, make_room)
        except BaseException:
            self._store.close()
            raise

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Write documents.

        Raises: ValueError: a vector is not of its space. Unavailable: the disk is full.
        """
        if not documents:
            return
        latest = {(document.tenant_id, document.result_id): document for document in documents}
        with self._writing():
            self._traces.note_write()
            with self._committing() as block_readers:

                def prepare(rows: Sequence[Row]) -> None:
                    self._memory.append(rows)
                    block_readers()

                _, replaced = self._store.put(
                    list(latest.values()), self._text_space, self._picture_space, prepare
                )
                self._memory.publish(replaced=replaced)
                self._texts.forget(replaced)
            with suppress(Unavailable):  # The documents are stored. The next write repeats the erasure.
                self._memory.erase()
            self._memory.tidy()

    def delete(self, scope: SearchFilter) -> int:
        """Delete documents and overwrite their content.

        Raises: Unavailable: also if they are deleted, but their content may still be on disk, for example
            because a search takes very long. The next call overwrites it.
        """
        with self._writing():
            with self._committing() as block_readers:
                rows = self._store.delete(scope, block_readers)
                self._memory.publish(deleted=rows)
                self._texts.forget(rows)
            if rows:
                self._traces.note_write()
            # After this, no reader uses the deleted documents.
            self._store.empty_log()
            self._memory.erase()
            self._memory.tidy()
        return len(rows)

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        """Search by meaning and words. Raises: ValueError: the query's vector is not of the text space."""
        vector = unit(query.vector, self._text_space)
        with self._reading() as (connection, snapshot):
            found, words = _find(snapshot, query, vector, scope)
            rows = snapshot.rows[np.unique(found.documents)]
            stored = self._texts.of(connection, rows.tolist())
        return text_hits(snapshot, found, words, stored)

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        """Search pictures. Raises: ValueError: the vector is not of the picture space."""
        query = unit(vector, self._picture_space)
        with self._reading() as (connection, snapshot):
            documents, _ = nearest(snapshot.pictures_in(snapshot.documents_in(scope)), query, limit)
            stored = stored_pictures(connection, snapshot.rows[documents].tolist())
            return picture_hits(snapshot, documents.tolist(), query, stored)

    def match(
        self,
        conditions: Sequence[Condition],
        scope: SearchFilter,
        *,
        among: frozenset[str] | None = None,
        after: str | None,
        limit: int,
    ) -> ConditionPage:
        """Return a page of matches. Raises: InvalidCursor: ``after`` is not a page token of this index."""
        with self._reading() as (connection, snapshot):
            documents = snapshot.documents_in(scope)
            if among is not None:
                documents &= documents_named(connection, snapshot, scope.readable_tenant_ids, among)
            return match_conditions(
                connection, snapshot, documents, scope.readable_tenant_ids, conditions, after, limit
            )

    def frequent_values(self, query: ValueQuery, scope: SearchFilter) -> FrequentValues:
        """Return the most frequent values, exactly unless the field has very many leaves."""
        with self._reading() as (connection, snapshot):
            return frequent_values(connection, snapshot, snapshot.documents_in(scope), query)

    def counts(self, tenant_id: str | None = None) -> Counts:
        return self._store.counts(tenant_id)

    def remove_traces(self) -> bool:
        """Remove traces of deleted documents from the file if that is due; see ``traces``. Writers wait.

        Returns whether it did. Raises: Unavailable.
        """
        if not self._traces.is_due:
            return False
        with self._write_lock:
            return self._traces.run()

    def end_rewrites(self) -> None:
        """Let ``remove_traces`` in another thread fail soon, and every later call at once."""
        self._store.end_rewrites()

    def close(self) -> None:
        self.end_rewrites()
        with self._write_lock:
            self._memory.close()
            self._store.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let one writer at a time in, with arrays that are those of the store. Raises: Unavailable."""
        with self._write_lock:
            self._memory.refresh()
            yield

    @contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, Snapshot]]:
        """Provide SQLite and the arrays in the same state for the length of the block.

        Raises: Unavailable: they cannot be read.
        """
        if self._memory.is_behind:
            with self._writing():
                pass
        with ExitStack() as stack:
            with self._snapshot_lock:
                if self._memory.is_behind:
                    raise Unavailable("The search index could not read its last change.")
                connection = stack.enter_context(self._store.reading())
                snapshot = self._memory.snapshot
            yield connection, snapshot

    @contextmanager
    def _committing(self) -> Iterator[Callable[[], object]]:
        """Provide a function that blocks new readers until the end of the block.

        The writer calls it before the commit, so readers wait only for the commit, and not for the work
        before it or the clean-up after it. Readers that have started keep the state of their start. If the
        block fails, the arrays keep their documents, and after the commit may have happened they are read
        again.
        """
        with ExitStack() as stack:
            is_committed = threading.Event()

            def block_readers() -> None:
                stack.enter_context(self._snapshot_lock)
                is_committed.set()

            try:
                yield block_readers
            except BaseException:
                self._memory.discard()
                self._memory.is_behind |= is_committed.is_set()
                raise


def _find(
    snapshot: Snapshot, query: TextQuery, vector: Vector, scope: SearchFilter
) -> tuple[PassageScores, WordMatches]:
    """Find the best documents by meaning and the best by words, with all their passages."""
    passages = snapshot.passages_in(snapshot.documents_in(scope), query.fields)
    searched = passages if snapshot.all_have_text_space else passages.among(snapshot.has_text_space)
    by_meaning, _ = nearest(searched, vector, query.limit)
    words = match_words(snapshot.postings, query_words(query.words), passages)
    union = np.union1d(by_meaning, words.best(query.limit)).astype(np.int32)
    return passage_scores(snapshot, union, passages, vector, words), words
