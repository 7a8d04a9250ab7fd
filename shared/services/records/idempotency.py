"""At most one effect for an Idempotency-Key.

A key is claimed by a record before the work begins, and the answer is stored in that record when
it is done. A claim holds a lease: it is live while its owner renews it. A claim whose owner died is
taken over with the same seed, so that ids built from the seed are the same in both tries.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from ulid import ULID

from shared.domain import clock, keys
from shared.domain.errors import Conflict, IdempotencyMismatch, VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete, Put, Record, Records
from shared.services.records.documents import put

LEASE: Final = timedelta(seconds=60)

_CLAIM_ATTEMPTS: Final = 20
_PIECE: Final = 90_000
"""Characters of an answer in one record: JSON in JSON stays under the limit of a record."""

_NEVER: Final = "1970-01-01T00:00:00.000Z"


class _Stored(BaseModel):
    content_hash: str
    seed: str
    owner: str
    leased_until: str
    status: int | None = None
    body: str = ""
    more_bodies: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work. ``seed`` is a ULID."""

    key: Key
    stored: _Stored
    expires_at: datetime

    @property
    def seed(self) -> str:
        return self.stored.seed


@dataclass(frozen=True, slots=True)
class Replay:
    """What the first request was answered."""

    status: int
    body: Any


class InProgress(Conflict):
    """Another request with this key is being worked on now."""

    code = "idempotency_request_in_progress"

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is in progress.",
            details={"retryable": True, "retry_after": 1},
        )


class Idempotency:
    """``sole_server``: no other process answers from these records, so a claim that another
    process left behind is dead at once, not only when its lease ends."""

    def __init__(self, records: Records, *, keep_hours: int, sole_server: bool = False) -> None:
        self._records = records
        self._keep = timedelta(hours=keep_hours)
        self._sole_server = sole_server
        self._process = secrets.token_hex(8)

    def claim(self, tenant_id: str, operation: str, key: str, content: Any) -> Claim | Replay:
        """``operation`` is the method and path the key belongs to; ``content`` is JSON-able.

        Raises:
            IdempotencyMismatch: the key was used with other content.
            InProgress: its first request is still being answered.
        """
        record_key = keys.idempotency(tenant_id, _digest(f"{operation}\n{key}"))
        content_hash = _digest(canonical(content))
        for _ in range(_CLAIM_ATTEMPTS):
            record = self._records.get(record_key)
            found = None if record is None else self._judge(record, content_hash)
            if isinstance(found, Replay):
                return found
            try:
                return self._take(record_key, record, found, content_hash)
            except VersionConflict:
                continue
        raise InProgress

    def renew(self, claim: Claim) -> None:
        """Say that the owner lives. Losing the claim is no error: the seed makes both tries one."""
        self._write_if_ours(claim, {"leased_until": _lease_end()})

    def complete(self, claim: Claim, status: int, body: Any) -> None:
        """Store the answer."""
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        first, *rest = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
        for number, piece in enumerate(rest, 1):
            content = {"body": piece}
            self._records.write(Put(_piece_key(claim.key, number), content, expires_at=claim.expires_at))
        answer = {"status": status, "body": first, "more_bodies": len(rest), "leased_until": _NEVER}
        self._write_if_ours(claim, answer)

    def abandon(self, claim: Claim) -> None:
        """The work failed midway: the next try goes on with the same seed and the same content."""
        self._write_if_ours(claim, {"leased_until": _NEVER})

    def forget(self, claim: Claim) -> None:
        """The request was refused and had no effect: the key is free again."""
        record = self._records.get(claim.key)
        if record is None or _Stored.model_validate(record.body).owner != claim.stored.owner:
            return
        try:
            self._records.write(Delete(claim.key, record.version))
        except VersionConflict:
            return

    def _judge(self, record: Record, content_hash: str) -> "_Stored | Replay":
        stored = _Stored.model_validate(record.body)
        if stored.content_hash != content_hash:
            raise IdempotencyMismatch("This Idempotency-Key was used before with other content.")
        if stored.status is not None:
            return Replay(stored.status, self._body(record.key, stored))
        owner_is_gone = self._sole_server and not stored.owner.startswith(self._process)
        lease_is_over = stored.leased_until <= clock.timestamp()
        if not owner_is_gone and not lease_is_over:
            raise InProgress
        return stored

    def _body(self, key: Key, stored: _Stored) -> Any:
        """Raises InProgress when a piece is gone, which only the record's end of life can cause."""
        wanted = [_piece_key(key, number) for number in range(1, stored.more_bodies + 1)]
        pieces = self._records.get_many(wanted) if wanted else []
        if len(pieces) != len(wanted):
            raise InProgress
        return json.loads(stored.body + "".join(piece.body["body"] for piece in pieces))

    def _take(self, key: Key, record: Record | None, left: _Stored | None, content_hash: str) -> Claim:
        stored = _Stored(
            content_hash=content_hash,
            seed=str(ULID()) if left is None else left.seed,
            owner=f"{self._process}:{secrets.token_hex(8)}",
            leased_until=_lease_end(),
        )
        expires_at = clock.now() + self._keep
        expected = ABSENT if record is None else record.version
        self._records.write(put(key, stored, expected_version=expected, expires_at=expires_at))
        return Claim(key, stored, expires_at)

    def _write_if_ours(self, claim: Claim, change: dict[str, Any]) -> None:
        for _ in range(_CLAIM_ATTEMPTS):
            record = self._records.get(claim.key)
            if record is None:
                return
            stored = _Stored.model_validate(record.body)
            if stored.owner != claim.stored.owner or stored.status is not None:
                return
            changed = put(
                claim.key,
                stored.model_copy(update=change),
                expected_version=record.version,
                expires_at=claim.expires_at,
            )
            try:
                self._records.write(changed)
            except VersionConflict:
                continue
            return


def _piece_key(key: Key, number: int) -> Key:
    return Key(key.partition, f"{key.sort}#{number:04d}")


def canonical(content: Any) -> str:
    """JSON with sorted names and no spaces: equal for equal content."""
    return json.dumps(to_jsonable_python(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lease_end() -> str:
    return clock.isoformat(clock.now() + LEASE)
