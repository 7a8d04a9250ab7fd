"""Indexes: create within a quota, list, find by name."""

from collections.abc import Sequence

from ulid import ULID

from shared.domain import clock, default_index, ids, keys
from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest, NotFound
from shared.domain.media import Index
from shared.ports.records import ABSENT, Put, Record, Write
from shared.services.library.index_access import visible_index
from shared.services.records.documents import Documents, put
from shared.services.records.quota import changed_guard, check_quota
from shared.services.records.transact import Decision


class Indexes:
    """Indexes of all tenants. Each creation expects the version of one guard record of the tenant, so
    that concurrent creations cannot exceed the quota together."""

    def __init__(self, documents: Documents, *, max_indexes: int) -> None:
        self._documents = documents
        self._max_indexes = max_indexes

    def create(
        self, caller: Caller, name: str, *, seed: str | None = None, description: str | None = None
    ) -> Index:
        """Create an index. Names need not be unique: a name means the first index that has it.

        ``seed`` is a ULID. A second request with the same seed returns the same index.

        Raises:
            InvalidRequest: the name is blank or longer than 255 characters.
            Conflict: the quota is used up (``resource_quota_exceeded``).
        """
        _check_name(name)
        index_id = f"{ids.INDEX}_{seed or ULID()}"

        def decide() -> Decision[Index]:
            existing = self._find(caller, index_id)
            if existing is not None:
                return Decision(existing)
            return self._creation(caller, index_id, name, description)

        return self._documents.transact(decide)

    def list(self, caller: Caller) -> Sequence[Index]:
        """List indexes in the order of their creation, without those that are being deleted."""
        found = self._documents.every(Index, keys.index(caller.tenant_id))
        return [index for index in found if not index.deleting]

    def list_with_default(self, caller: Caller) -> Sequence[Index]:
        """List the caller's indexes, then the default index, if the caller may read it."""
        if not caller.may_read(default_index.TENANT):
            return self.list(caller)
        return [*self.list(caller), self.get(caller, default_index.INDEX_ID)]

    def get(self, caller: Caller, index_id: str) -> Index:
        """Read an index. Raises: NotFound: it is unknown, another tenant's, or being deleted."""
        return visible_index(self._documents, caller.tenant_of(index_id), index_id)

    def find_by_name(self, caller: Caller, name: str) -> Index:
        """Return the index that ``name`` means. Raises: NotFound."""
        found = self._named(caller, self._claim(caller, name), name)
        if found is None:
            raise NotFound("index", name, by="name")
        return found

    def resolve_name(self, caller: Caller, name: str) -> tuple[Index, bool]:
        """Return the index that ``name`` means, and whether this call created it.

        Concurrent calls with the same name return the same index.

        Raises:
            InvalidRequest, Conflict: as ``create``.
        """
        _check_name(name, "index_name")

        def decide() -> Decision[tuple[Index, bool]]:
            claim = self._claim(caller, name)
            found = self._named(caller, claim, name)
            if found is not None:
                return Decision((found, False))
            expected = ABSENT if claim is None else claim.version
            created = self._creation(caller, ids.new_id(ids.INDEX), name, None, claim_version=expected)
            return Decision((created.result, True), created.writes)

        return self._documents.transact(decide)

    def _creation(
        self,
        caller: Caller,
        index_id: str,
        name: str,
        description: str | None,
        claim_version: int | None = None,
    ) -> Decision[Index]:
        """Decide the writes of a new index.

        ``claim_version`` is the expected version of the record that maps the name to an index. With None
        the new index claims its name only if no index has claimed it.

        Raises: Conflict: the quota is used up (``resource_quota_exceeded``).
        """
        guard = changed_guard(self._documents, keys.index_guard(caller.tenant_id))
        check_quota("indexes", len(self.list(caller)), self._max_indexes)
        index = Index(
            index_id=index_id,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            name=name,
            description=description,
            created_at=clock.timestamp(),
        )
        writes: list[Write] = [
            guard,
            put(keys.index(caller.tenant_id, index_id), index, expected_version=ABSENT),
        ]
        if claim_version is None and self._claim(caller, name) is None:
            claim_version = ABSENT
        if claim_version is not None:
            name_key = keys.index_name(caller.tenant_id, name)
            writes.append(Put(name_key, {"index_id": index_id}, claim_version))
        return Decision(index, writes)

    def _find(self, caller: Caller, index_id: str) -> Index | None:
        return self._documents.get(Index, keys.index(caller.tenant_id, index_id)) if index_id else None

    def _claim(self, caller: Caller, name: str) -> Record | None:
        return self._documents.records.get(keys.index_name(caller.tenant_id, name))

    def _named(self, caller: Caller, claim: Record | None, name: str) -> Index | None:
        """Return the index that claimed the name; if it is deleted, the oldest index with the name."""
        found = None if claim is None else self._find(caller, str(claim.body["index_id"]))
        if found is not None and not found.deleting:
            return found
        return next((index for index in self.list(caller) if index.name == name), None)


def _check_name(name: str, field: str = "name") -> None:
    if not 1 <= len(name) <= 255 or not name.strip():
        raise InvalidRequest(field, "must have 1 to 255 characters, not only spaces")
