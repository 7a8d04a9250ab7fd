"""Secrets the server makes for itself: keys that sign cursors and links.

Adapters pass ``tests/contract/test_secrets.py``.
"""

from typing import Protocol


class Secrets(Protocol):
    def get_or_create(self, name: str, length: int = 32) -> bytes:
        """The secret called ``name`` (letters, digits, ``-``), made of ``length`` random bytes at first use.

        All callers, in whatever process, get the same bytes for ever.

        Raises:
            ValueError: no such name can be, or the secret was made with another length.
        """
        ...
