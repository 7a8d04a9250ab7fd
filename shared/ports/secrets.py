"""Secrets that the server creates for itself: keys that sign cursors and links.

Adapters pass ``tests/contract/test_secrets.py``.
"""

from typing import Protocol


class Secrets(Protocol):
    def get_or_create(self, name: str, length: int = 32) -> bytes:
        """Return the secret ``name`` (letters, digits, ``-``), ``length`` random bytes created at first use.

        All callers, in every process, get the same bytes.

        Raises:
            ValueError: the name is invalid, or the secret has another length.
        """
        ...
