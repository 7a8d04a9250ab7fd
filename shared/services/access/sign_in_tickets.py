"""Tickets that sign a browser in to the console: each is exchanged once for an API key of some hours.

A ticket stands in the fragment of a link. Browsers send no fragment to servers, so that no log has it.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from shared.domain import clock, keys
from shared.domain.access import ApiKey, Scope
from shared.domain.errors import NotAuthenticated
from shared.ports.records import ABSENT, Delete
from shared.services.access.api_keys import new_key
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

TICKET_LIFE: Final = timedelta(minutes=10)
KEY_LIFE: Final = timedelta(hours=12)
KEY_NAME: Final = "console"

_PREFIX: Final = "sgn_"
_TICKET: Final = re.compile(r"sgn_[0-9a-f]{64}")


class _Holder(BaseModel):
    """The tenant and user that a ticket is for."""

    tenant_id: str
    user_id: str


class SignInTickets:
    """Tickets of all tenants. A record holds the SHA-256 of a ticket, not the ticket."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def issue(self, tenant_id: str, user_id: str) -> str:
        """Make a ticket for a key of the tenant with every scope. It is valid once, for ten minutes."""
        ticket = _PREFIX + secrets.token_hex(32)
        holder = _Holder(tenant_id=tenant_id, user_id=user_id)
        expires_at = clock.now() + TICKET_LIFE
        self._documents.write(put(_key(ticket), holder, expected_version=ABSENT, expires_at=expires_at))
        return ticket

    def redeem(self, ticket: str) -> tuple[ApiKey, str]:
        """Exchange a ticket for a new key. Return the key with its secret.

        One transaction deletes the ticket and creates the key, so that two exchanges make one key.

        Raises:
            NotAuthenticated: the ticket is unknown, used or expired; the message is the same for each.
        """
        if not _TICKET.fullmatch(ticket):
            raise _refused()
        return self._documents.transact(lambda: self._exchange(_key(ticket)))

    def _exchange(self, ticket: keys.Key) -> Decision[tuple[ApiKey, str]]:
        """Decide an exchange. After a conflict the ticket is gone, because another exchange has used it."""
        batch = self._documents.batch([ticket])
        holder = batch.get(_Holder, ticket)
        if holder is None:
            raise _refused()
        key, secret, writes = new_key(
            holder.tenant_id, holder.user_id, KEY_NAME, [Scope.ADMIN], KEY_LIFE, from_sign_in=True
        )
        return Decision((key, secret), [*writes, Delete(ticket, batch.version(ticket))])


def _key(ticket: str) -> keys.Key:
    return keys.sign_in_ticket(hashlib.sha256(ticket.encode()).hexdigest())


def _refused() -> NotAuthenticated:
    return NotAuthenticated(
        "The sign-in link is unknown, used or expired. It is valid once, for ten minutes.",
        code="authentication_invalid_ticket",
    )
