"""At most one effect for an Idempotency-Key.

A record claims a key before the work begins, and stores the answer when the work is done. The owner of
a claim renews its lease. When the lease expires, another request takes over the claim with the same seed,
so that ids built from the seed are the same in both attempts.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic_core import to_jsonable_python
from ulid import ULID

from shared.domain import clock, keys
from shared.domain.errors import Conflict, IdempotencyMismatch, VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put, Record, Records
from shared.services.records.documents import Documents, put
from shared.services.records.lease import Lease, LeasedRecord
from shared.services.records.transact import Decision

LEASE: Final = timedelta(seconds=60)

_BODY_CHARACTERS: Final = 90_000
"""Characters of an answer in one record. An answer is JSON inside JSON; escaped, it stays below the size
limit of a record."""

_LEASE_ENDED: Final = "1970-01-01T00:00:00.000Z"


class _Stored(LeasedRecord):
    """The record of a key. ``status`` and ``body`` are set once the answer is known; ``more_bodies``
    counts the records that continue ``body``."""

    content_hash: str
    seed: str
    leased_until: str
    status: int | None = None
    body: str = ""
    more_bodies: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one request to do the work. ``seed`` is a ULID."""

    key: Key
    stored: _Stored
    expires_at: datetime

    @property
    def seed(self) -> str:
        return self.stored.seed


@dataclass(frozen=True, slots=True)
class Replay:
    """The stored answer to the first request."""

    status: int
    body: Any


class InProgress(Conflict):
    """Another request with the same key is in progress."""

    code = "idempotency_request_in_progress"

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is in progress.",
            details={"retryable": True, "retry_after": 1},
        )


class Idempotency:
    """Claims of idempotency keys, and the answers stored under them.

    ``sole_server``: no other process answers requests from these records. A claim of another process
    is then abandoned and is taken over at once, before its lease expires.
    """

    def __init__(self, records: Records, *, keep_hours: int, sole_server: bool = False) -> None:
        self._documents = Documents(records)
        self._keep = timedelta(hours=keep_hours)
        self._sole_server = sole_server
        self._process = secrets.token_hex(8)

    def claim(self, tenant_id: str, operation: str, key: str, content: Any) -> Claim | Replay:
        """Claim ``key``, or return the stored answer.

        ``operation`` is the method and path of the request; ``content`` must be serialisable as JSON.

        Raises:
            IdempotencyMismatch: the key was used with other content.
            InProgress: the first request is in progress, or each of 20 attempts met a version conflict.
        """
        record_key = keys.idempotency(tenant_id, _digest(f"{operation}\n{key}"))
        content_hash = _digest(canonical(content))

        def decide() -> Decision[Claim | Replay]:
            record = self._documents.records.get(record_key)
            stored = None if record is None else self._check_stored(record, content_hash)
            if isinstance(stored, Replay):
                return Decision(stored)
            claim = self._new_claim(record_key, stored, content_hash)
            version = ABSENT if record is None else record.version
            return Decision(
                claim, [put(claim.key, claim.stored, expected_version=version, expires_at=claim.expires_at)]
            )

        try:
            return self._documents.transact(decide)
        except VersionConflict as error:
            raise InProgress from error

    def renew(self, claim: Claim) -> None:
        """Extend the lease. A lost claim is not an error, as both owners work with the same seed."""
        self._change(claim, {"leased_until": _lease_end()})

    def complete(self, claim: Claim, status: int, body: Any) -> None:
        """Store the answer."""
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        first, *rest = [text[at : at + _BODY_CHARACTERS] for at in range(0, len(text), _BODY_CHARACTERS)]
        for number, piece in enumerate(rest, 1):
            content = {"body": piece}
            self._documents.write(Put(_body_key(claim.key, number), content, expires_at=claim.expires_at))
        answer = {"status": status, "body": first, "more_bodies": len(rest), "leased_until": _LEASE_ENDED}
        self._change(claim, answer)

    def abandon(self, claim: Claim) -> None:
        """End the lease after a partial failure. The next request resumes with the same seed and content."""
        self._change(claim, {"leased_until": _LEASE_ENDED})

    def forget(self, claim: Claim) -> None:
        """Delete the claim of a request that was rejected and had no effect."""
        self._lease(claim).release()

    def _check_stored(self, record: Record, content_hash: str) -> "_Stored | Replay":
        """Return the stored answer, or an expired claim. Raises: IdempotencyMismatch, InProgress."""
        stored = _Stored.model_validate(record.body)
        if stored.content_hash != content_hash:
            raise IdempotencyMismatch("This Idempotency-Key was used before with other content.")
        if stored.status is not None:
            return Replay(stored.status, self._stored_body(record.key, stored))
        owner_is_gone = self._sole_server and not stored.owner.startswith(self._process)
        lease_is_over = stored.leased_until <= clock.timestamp()
        if not owner_is_gone and not lease_is_over:
            raise InProgress
        return stored

    def _stored_body(self, key: Key, stored: _Stored) -> Any:
        """Read an answer that may span several records. Raises: InProgress: one of them has expired."""
        wanted = [_body_key(key, number) for number in range(1, stored.more_bodies + 1)]
        pieces = self._documents.records.get_many(wanted) if wanted else []
        if len(pieces) != len(wanted):
            raise InProgress
        return json.loads(stored.body + "".join(piece.body["body"] for piece in pieces))

    def _new_claim(self, key: Key, expired: _Stored | None, content_hash: str) -> Claim:
        """Build a claim of this process. It takes the seed of ``expired``, if there is such a claim."""
        stored = _Stored(
            content_hash=content_hash,
            seed=str(ULID()) if expired is None else expired.seed,
            owner=f"{self._process}:{secrets.token_hex(8)}",
            leased_until=_lease_end(),
        )
        return Claim(key, stored, clock.now() + self._keep)

    def _lease(self, claim: Claim) -> Lease[_Stored]:
        return Lease(self._documents, _Stored, claim.key, claim.stored.owner)

    def _change(self, claim: Claim, update: dict[str, Any]) -> None:
        """Update a claim that its owner still holds and that has no answer yet."""

        def change(stored: _Stored) -> _Stored:
            return stored.model_copy(update=update) if stored.status is None else stored

        self._lease(claim).change(change, claim.expires_at)


def _body_key(key: Key, number: int) -> Key:
    return Key(key.partition, f"{key.sort}#{number:04d}")


def canonical(content: Any) -> str:
    """Serialise ``content`` as JSON with sorted names and without spaces."""
    return json.dumps(to_jsonable_python(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lease_end() -> str:
    return clock.isoformat(clock.now() + LEASE)
