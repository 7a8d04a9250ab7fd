"""Documents that an issuer of bearer tokens publishes: its configuration and its keys."""

from typing import Any, Protocol


class IssuerDocuments(Protocol):
    def fetch(self, address: str) -> dict[str, Any]:
        """Fetch the JSON object at ``address``. Raises: shared.domain.errors.Unavailable."""
        ...
