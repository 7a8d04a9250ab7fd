"""Backoff between attempts, for requests that botocore does not retry."""

import random
import time
from collections.abc import Iterator
from typing import Final

_ATTEMPTS: Final = 10
_FIRST_SECONDS: Final = 0.025
_MAX_SECONDS: Final = 1.0


def attempts() -> Iterator[int]:
    """Yield ten attempt numbers from 0, with exponential backoff between them: about 3 s in total.

    Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    for attempt in range(_ATTEMPTS):
        if attempt:
            ceiling = min(_MAX_SECONDS, _FIRST_SECONDS * 2**attempt)
            time.sleep(random.uniform(0, ceiling))  # noqa: S311 - spreads load, protects nothing
        yield attempt
