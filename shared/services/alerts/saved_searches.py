"""Saved searches: create within a quota, list, read, change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shared.domain import clock, ids, keys
from shared.domain.alerts.definition import SavedSearchChanges, SavedSearchDefinition
from shared.domain.alerts.saved_search import Floor, SavedSearch, ScoredSpace, Threshold
from shared.domain.errors import NotFound
from shared.ports.records import ABSENT, Put
from shared.services.alerts.score_models import require_same_model, threshold_of
from shared.services.library.index_access import check_own_indexes
from shared.services.records.documents import Documents, put
from shared.services.records.quota import changed_guard, check_quota
from shared.services.records.transact import Decision

if TYPE_CHECKING:
    from shared.domain.access import Caller
    from shared.domain.query.embedding import EmbeddedWords
    from shared.ports.query_embedding import QueryEmbedder


class SavedSearches:
    """Saved searches of all tenants. Each creation expects the version of one guard record of the tenant, so
    that concurrent creations cannot exceed the quota together."""

    def __init__(
        self, documents: Documents, embedder: Callable[[], QueryEmbedder], *, max_saved_searches: int
    ) -> None:
        self._documents = documents
        self._embedder = embedder
        self._max_saved_searches = max_saved_searches

    def create(self, caller: Caller, definition: SavedSearchDefinition, *, seed: str) -> SavedSearch:
        """Create a saved search. ``seed`` is a ULID: creating twice with one seed creates one search.

        The query is embedded once, so that the threshold names the model of its scores.

        Raises:
            InvalidRequest: a field breaks a rule.
            NotFound: an index is unknown or another tenant's, or belongs to the default index.
            Conflict: the quota is used up (``resource_quota_exceeded``).
            Unavailable: the models do not answer.
        """
        key = keys.saved_search(caller.tenant_id, f"{ids.SAVED_SEARCH}_{seed}")
        existing = self._documents.get(SavedSearch, key)
        if existing is not None:
            return existing
        definition.check()
        check_own_indexes(self._documents, caller.tenant_id, definition.index_ids)
        moment = clock.timestamp()
        search = SavedSearch(
            **_stored_fields(definition),
            saved_search_id=key.sort,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            threshold=self._threshold(definition.query, definition.threshold),
            created_at=moment,
            updated_at=moment,
        )

        def decide() -> Decision[SavedSearch]:
            created = self._documents.get(SavedSearch, key)
            if created is not None:  # a concurrent request with the same seed
                return Decision(created)
            return Decision(search, [self._guarded(caller), put(key, search, expected_version=ABSENT)])

        return self._documents.transact(decide)

    def list(self, caller: Caller) -> Sequence[SavedSearch]:
        """List the tenant's saved searches, the oldest first."""
        return self._documents.every(SavedSearch, keys.saved_search(caller.tenant_id))

    def get(self, caller: Caller, saved_search_id: str) -> SavedSearch:
        """Read a saved search. Raises: NotFound: it is unknown or another tenant's."""
        key = keys.saved_search(caller.tenant_id, saved_search_id)
        found = self._documents.get(SavedSearch, key) if saved_search_id else None
        if found is None:
            raise NotFound("saved_search", saved_search_id)
        return found

    def update(self, caller: Caller, saved_search_id: str, changes: SavedSearchChanges) -> SavedSearch:
        """Change a saved search. A new floor gets the scale and the model of today.

        Raises:
            NotFound: the search or an index is unknown or another tenant's.
            InvalidRequest: a field breaks a rule.
            EmbeddingModelChanged: it is to be enabled with a threshold of another model.
            Unavailable: the models do not answer.
        """
        changes.check()
        planned = changes.applied(SavedSearchDefinition.of(self.get(caller, saved_search_id)))
        planned.check()
        check_own_indexes(self._documents, caller.tenant_id, changes.index_ids or ())
        embedded = self._embedded(planned.query, planned.threshold)

        def changed(search: SavedSearch) -> SavedSearch:
            definition = changes.applied(SavedSearchDefinition.of(search))
            definition.check()
            threshold = search.threshold
            if "threshold" in changes.model_fields_set:
                threshold = _stamped(changes.threshold, embedded)
            elif threshold is not None and embedded is not None and changes.status is not None:
                require_same_model(threshold, embedded)
            is_kept = definition.status is search.status and not search.is_enabled
            return search.model_copy(
                update={
                    **_stored_fields(definition),
                    "threshold": threshold,
                    "pause_reason": search.pause_reason if is_kept else None,
                    "updated_at": clock.timestamp(),
                }
            )

        key = keys.saved_search(caller.tenant_id, saved_search_id)
        updated = self._documents.update(SavedSearch, key, changed)
        if updated is None:
            raise NotFound("saved_search", saved_search_id)
        return updated

    def _threshold(self, query: str | None, floor: Floor | None) -> Threshold | None:
        return _stamped(floor, self._embedded(query, floor))

    def _embedded(self, query: str | None, floor: Floor | None) -> EmbeddedWords | None:
        if query is None or floor is None:
            return None
        return self._embedder().words(query.strip(), in_pictures=floor.space is ScoredSpace.PICTURE)

    def _guarded(self, caller: Caller) -> Put:
        """Build the write of the guard. Raises: Conflict: the quota is used up."""
        guard = changed_guard(self._documents, keys.saved_search_guard(caller.tenant_id))
        check_quota("saved_searches", len(self.list(caller)), self._max_saved_searches)
        return guard


def _stored_fields(definition: SavedSearchDefinition) -> dict[str, object]:
    """Return the fields of a definition that a saved search stores as they are."""
    names = set(SavedSearchDefinition.model_fields) - {"threshold"}
    return {name: getattr(definition, name) for name in names}


def _stamped(floor: Floor | None, embedded: EmbeddedWords | None) -> Threshold | None:
    return None if floor is None or embedded is None else threshold_of(floor, embedded)
