"""The position of a reader in the event log, from which it resumes without a hole.

Events are not in the order of commits: the transaction of a lower id may commit later. A position therefore
has two parts. All events up to ``settled`` have been read. Of the events after it, which are at most about
``OVERLAP`` old, the position lists those that have been read.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from ulid import ULID

from shared.domain.errors import InvalidCursor
from shared.domain.events.event import moment_of
from shared.domain.ids import EVENT

OVERLAP: Final = timedelta(seconds=30)
"""The longest time from the id of an event to the end of its transaction.

A write to DynamoDB has 4 attempts of at most 5 s each and pauses of at most 7 s between them
(``shared.adapters.aws.clients``). Each attempt of a transaction makes a new event.
"""

PASS_LIFE: Final = timedelta(seconds=5)
"""The longest time in which a reader does not read the overlap again."""

REPEATED_BEFORE_EVENT: Final = OVERLAP + 2 * PASS_LIFE
"""The time before an event in which events may not have been read when it was returned.

An event is returned at most one ``PASS_LIFE`` after the start of a pass, which starts at most one
``PASS_LIFE`` after the last pass over the overlap.
"""

MAX_DIGESTS: Final = 512
"""Digests in the text of a position, which is sent as a header of at most 4.2 KB.

API Gateway permits 10 KB for all headers, and nginx 8 KB for one.
"""

MAX_POSITION_CHARACTERS: Final = 4200

_DIGEST_CHARACTERS: Final = 8
_CLOCK_SKEW: Final = timedelta(minutes=1)
_POSITION: Final = re.compile(
    rf"(?P<event_id>{EVENT}_[0-7][0-9A-HJKMNP-TV-Z]{{25}})"
    rf"(?P<read>\.(?:[\w-]{{{_DIGEST_CHARACTERS}}}){{0,{MAX_DIGESTS}}})?",
    re.ASCII,
)


def digest(event_id: str) -> str:
    """Return the first 48 bits of the SHA-256 of an event id, in base64url.

    A new event has one of the digests of a position with a probability of at most 2 in 10^12.
    """
    return urlsafe_b64encode(hashlib.sha256(event_id.encode()).digest()[:6]).decode()


def first_id(moment: datetime) -> str:
    """Return the lowest event id of a millisecond. Times before 1970 are 1970."""
    milliseconds = max(0, int(moment.timestamp() * 1000))
    return f"{EVENT}_{ULID(milliseconds.to_bytes(6) + bytes(10))}"


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """A position in the event log of a tenant. ``read`` holds digests of events after ``settled``."""

    settled: str
    read: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str, now: datetime) -> Self:
        """Read the text of a position, or the plain id of an event.

        After a plain id, the events of the last ``REPEATED_BEFORE_EVENT`` before it come again, because it
        does not tell which of them were read.

        Raises: InvalidCursor: the text is neither, or its time is more than a minute after ``now``.
        """
        found = _POSITION.fullmatch(text)
        if found is None:
            raise InvalidCursor(
                "Last-Event-ID must be an id that the stream sent, or the event_id of an event."
            )
        event_id, read = found["event_id"], found["read"]
        if event_id > first_id(now + _CLOCK_SKEW):
            raise InvalidCursor("Last-Event-ID must not have a time in the future.")
        if read is None:
            settled = first_id(moment_of(event_id) - REPEATED_BEFORE_EVENT)
            return cls(settled, frozenset({digest(event_id)}))
        starts = range(1, len(read), _DIGEST_CHARACTERS)
        return cls(event_id, frozenset(read[start : start + _DIGEST_CHARACTERS] for start in starts))


def position_text(settled: str, digests: Sequence[str]) -> str:
    """Return the text of a position.

    It has the last ``MAX_DIGESTS`` digests. The other events come again after a resume: the text prefers
    repeats to holes.
    """
    return f"{settled}.{''.join(digests[-MAX_DIGESTS:])}"
