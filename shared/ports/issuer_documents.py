"""The documents that an issuer of bearer tokens publishes."""

from typing import Any, Protocol


class IssuerDocuments(Protocol):
    def fetch(self, address: str) -> dict[str, Any]:
        """The JSON object at ``address``. Raises: shared.domain.errors.Unavailable."""
        ...
