"""The version of this release."""

from typing import Final

VERSION: Final = "0.1.0"
"""As in ``pyproject.toml``. The project is no installed package whose metadata could be read."""
