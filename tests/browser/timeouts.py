"""The timeout of every wait in a browser."""

import os
from typing import Final

from tests.waiting import HANG_TIMEOUT

BROWSER_TIMEOUT: Final = float(os.environ.get("BROWSER_TIMEOUT", HANG_TIMEOUT))
"""Seconds after which a wait for a page counts as hung. A few seconds suit the writing of a test."""
