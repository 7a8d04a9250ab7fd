"""Waiting between attempts where botocore does not try again by itself."""

import random
import time
from collections.abc import Iterator
from typing import Final

_ATTEMPTS: Final = 10
_FIRST_SECONDS: Final = 0.025
_MOST_SECONDS: Final = 1.0


def attempts() -> Iterator[int]:
    """Ten numbers, from 0, with growing waits of random length between them: about 3 s in all.

    "Full jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    for attempt in range(_ATTEMPTS):
        if attempt:
            ceiling = min(_MOST_SECONDS, _FIRST_SECONDS * 2**attempt)
            time.sleep(random.uniform(0, ceiling))  # noqa: S311 - spreads load, protects nothing
        yield attempt
