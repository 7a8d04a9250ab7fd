"""Tickets for the live stream: a credential for one request, which may stand in an address.

``EventSource`` of browsers sends no headers. An API key in an address would appear in logs and histories; a
ticket there is useless after its first use, or after a minute.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

from shared.domain import clock, keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated
from shared.ports.records import ABSENT, Delete
from shared.services.records.documents import Documents, put

TICKET_LIFE: Final = timedelta(seconds=60)

_PREFIX: Final = "tkt_"
_TICKET: Final = re.compile(r"tkt_[0-9a-f]{64}")


class StreamTickets:
    """Tickets of all tenants. A record holds the SHA-256 of a ticket and its caller, not the ticket."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def issue(self, caller: Caller) -> str:
        """Make a ticket with which ``caller`` may open one live stream. It grants the scope read only."""
        ticket = _PREFIX + secrets.token_hex(32)
        holder = caller.model_copy(update={"scopes": frozenset({Scope.READ})})
        expires_at = clock.now() + TICKET_LIFE
        self._documents.write(put(_key(ticket), holder, expected_version=ABSENT, expires_at=expires_at))
        return ticket

    def redeem(self, ticket: str) -> Caller:
        """Return the caller of a ticket, and delete the ticket.

        Raises:
            NotAuthenticated: the ticket is unknown, used or expired; the message is the same for each.
        """
        if not _TICKET.fullmatch(ticket):
            raise _refused()
        key = _key(ticket)
        batch = self._documents.batch([key])
        caller = batch.get(Caller, key)
        if caller is None:
            raise _refused()
        if not self._documents.write_if_unchanged(Delete(key, batch.version(key))):
            raise _refused()  # another request has used it
        return caller


def _key(ticket: str) -> keys.Key:
    return keys.stream_ticket(hashlib.sha256(ticket.encode()).hexdigest())


def _refused() -> NotAuthenticated:
    return NotAuthenticated(
        "The ticket is unknown, used or expired. Request another: it opens one stream, within a minute.",
        code="authentication_invalid_ticket",
    )
