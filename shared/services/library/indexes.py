"""Indexes: made within a quota, listed, and found by name."""

from collections.abc import Sequence

from ulid import ULID

from shared.domain import clock, ids, keys
from shared.domain.access import Caller
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.keys import Key
from shared.domain.media import Index
from shared.ports.records import ABSENT, Put, Record, Write
from shared.services.library.index_access import visible_index
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision


class Indexes:
    """Creations of one tenant are serialised by a record whose version each of them expects, so that
    two of them cannot both take the last place of the quota."""

    def __init__(self, documents: Documents, *, max_indexes: int) -> None:
        self._documents = documents
        self._max_indexes = max_indexes

    def create(
        self, caller: Caller, name: str, *, seed: str | None = None, description: str | None = None
    ) -> Index:
        """Create an index. Names need not be unique: a name means the first index that has it.

        ``seed`` is a ULID. A second request with the same seed returns the same index.

        Raises:
            InvalidRequest: the name has not 1 to 255 characters, or only spaces.
            Conflict: resource_quota_exceeded.
        """
        _check_name(name)
        index_id = f"{ids.INDEX}_{seed or ULID()}"

        def decide() -> Decision[Index]:
            made = self._find(caller, index_id)
            if made is not None:
                return Decision(made)
            return self._creation(caller, index_id, name, description)

        return self._documents.transact(decide)

    def list(self, caller: Caller) -> Sequence[Index]:
        """In the order of their creation, without those that are being deleted."""
        found = self._documents.every(Index, keys.index(caller.tenant_id))
        return [index for index in found if not index.deleting]

    def get(self, caller: Caller, index_id: str) -> Index:
        """Raises NotFound for an unknown one, another tenant's, and one that is being deleted."""
        return visible_index(self._documents, caller.tenant_id, index_id)

    def find_by_name(self, caller: Caller, name: str) -> Index:
        """The index that ``name`` means. Raises: NotFound."""
        found = self._named(caller, self._claim(caller, name), name)
        if found is None:
            raise NotFound("index", name)
        return found

    def resolve_name(self, caller: Caller, name: str) -> tuple[Index, bool]:
        """Return the index that ``name`` means, and whether this call created it because there was none.
        Callers at the same moment get the same index.

        Raises:
            InvalidRequest, Conflict: as ``create``.
        """
        _check_name(name)

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
        """Decide on a new index. With ``claim_version`` None it takes its name only where no index has it.

        Raises: Conflict: resource_quota_exceeded.
        """
        guard = self._documents.records.get(_guard(caller))
        self._check_quota(caller)
        index = Index(
            index_id=index_id,
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            name=name,
            description=description,
            created_at=clock.timestamp(),
        )
        writes: list[Write] = [
            Put(_guard(caller), {}, ABSENT if guard is None else guard.version),
            put(keys.index(caller.tenant_id, index_id), index, expected_version=ABSENT),
        ]
        if claim_version is None and self._claim(caller, name) is None:
            claim_version = ABSENT
        if claim_version is not None:
            name_key = keys.index_name(caller.tenant_id, name)
            writes.append(Put(name_key, {"index_id": index_id}, claim_version))
        return Decision(index, writes)

    def _check_quota(self, caller: Caller) -> None:
        used = len(self.list(caller))
        if used >= self._max_indexes:
            raise Conflict(
                f"There are {used} indexes, and {self._max_indexes} is the most.",
                code="resource_quota_exceeded",
                details={"resource": "indexes", "limit": self._max_indexes, "used": used, "reserved": 0},
            )

    def _find(self, caller: Caller, index_id: str) -> Index | None:
        return self._documents.get(Index, keys.index(caller.tenant_id, index_id)) if index_id else None

    def _claim(self, caller: Caller, name: str) -> Record | None:
        return self._documents.records.get(keys.index_name(caller.tenant_id, name))

    def _named(self, caller: Caller, claim: Record | None, name: str) -> Index | None:
        """The claimed index; where that is gone, the oldest that is left with the name."""
        found = None if claim is None else self._find(caller, str(claim.body["index_id"]))
        if found is not None and not found.deleting:
            return found
        return next((index for index in self.list(caller) if index.name == name), None)


def _guard(caller: Caller) -> Key:
    return keys.index_guard(caller.tenant_id)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= 255 or not name.strip():
        raise InvalidRequest("name", "must have 1 to 255 characters, not only spaces")
