"""Messages between the server and the process of a store: lines of JSON.

The module needs the standard library alone, so that the process starts in less than 0.1 s.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class PermittedHost:
    """A host and port that a store may connect to.

    ``host`` is in lower case, without brackets. ``must_be_public`` is False for hosts of the operator's list.
    """

    host: str
    port: int
    must_be_public: bool = True


@dataclass(frozen=True, slots=True)
class StoreSpecification:
    """Everything that obstore gets. ``config`` holds the credentials, in obstore's names.

    ``authorities`` are certificates in PEM to trust beside those of the system.
    """

    provider: str
    bucket: str
    config: dict[str, str]
    permitted: list[PermittedHost]
    allow_http: bool = False
    authorities: str | None = None

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def of(line: bytes) -> "StoreSpecification":
        fields = json.loads(line)
        fields["permitted"] = [PermittedHost(**each) for each in fields["permitted"]]
        return StoreSpecification(**fields)


class Operation(StrEnum):
    LIST = "list"
    NEXT = "next"
    END = "end"
    STAT = "stat"
    FETCH = "fetch"
    WRITE = "write"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Request:
    """An operation.

    ``path`` is a key, or the prefix of LIST, which begins behind the key ``start_after``. ``file`` is
    the file that FETCH writes and WRITE reads. ``listing`` is the number of the listing that NEXT continues
    and END ends.
    """

    operation: Operation
    path: str = ""
    recursive: bool = True
    start_after: str = ""
    file: str = ""
    limit: int = 0
    content_type: str = ""
    listing: int = 0

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def of(line: bytes) -> "Request":
        fields = json.loads(line)
        return Request(**{**fields, "operation": Operation(fields["operation"])})


@dataclass(frozen=True, slots=True)
class ObjectEntry:
    """An object. ``modified`` is in seconds since 1970 in UTC, ``size`` in bytes."""

    path: str
    size: int
    modified: float
    etag: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. ``progress`` precedes the final answer of FETCH and WRITE any number of times.

    A failure has ``message`` and ``problem``; a file of this machine that cannot be read or written has
    ``error_number`` (errno). ``is_last`` ends a listing.
    """

    progress: int | None = None
    objects: list[ObjectEntry] = field(default_factory=list)
    is_last: bool = False
    size: int = 0
    message: str = ""
    problem: str = ""
    retryable: bool = False
    error_number: int = 0

    def line(self) -> bytes:
        fields: dict[str, Any] = {name: value for name, value in _fields(self).items() if value}
        if self.progress is not None:
            fields["progress"] = self.progress
        return json.dumps(fields).encode() + b"\n"

    @staticmethod
    def of(line: bytes) -> "Answer":
        fields = json.loads(line)
        fields["objects"] = [ObjectEntry(*each) for each in fields.get("objects", [])]
        return Answer(**fields)


def _fields(answer: Answer) -> dict[str, Any]:
    entries = [(each.path, each.size, each.modified, each.etag, each.content_type) for each in answer.objects]
    return {
        "objects": entries,
        "is_last": answer.is_last,
        "size": answer.size,
        "message": answer.message,
        "problem": answer.problem,
        "retryable": answer.retryable,
        "error_number": answer.error_number,
    }
