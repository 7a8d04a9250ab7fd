"""A parser of server-sent events, written from the HTML standard, section 9.2.6."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """An event that a browser would dispatch. ``last_event_id`` is that of the block."""

    event: str
    data: str
    last_event_id: str

    def json(self) -> Any:
        return json.loads(self.data)


@dataclass
class EventSourceParser:
    """The state of an ``EventSource``: what it would send and wait when it reconnects."""

    last_event_id: str = ""
    retry: int | None = None
    comments: int = 0
    _event: str = ""
    _data: list[str] = field(default_factory=list)
    _id: str = ""

    def messages(self, lines: Iterable[str]) -> Iterator[Message]:
        for line in lines:
            name, colon, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line:
                yield from self._dispatch()
            elif colon and not name:
                self.comments += 1
            elif name == "event":
                self._event = value
            elif name == "data":
                self._data.append(value)
            elif name == "id" and "\0" not in value:
                self._id = value
            elif name == "retry" and value.isdigit():
                self.retry = int(value)
            else:
                raise AssertionError(f"no field of a server-sent event: {line!r}")

    def _dispatch(self) -> Iterator[Message]:
        self.last_event_id = self._id
        if self._data:
            yield Message(self._event or "message", "\n".join(self._data), self.last_event_id)
        self._event, self._data = "", []


def parsed(text: str) -> tuple[list[Message], EventSourceParser]:
    """Parse a whole answer. It must end with a complete block."""
    assert text.endswith("\n\n")
    parser = EventSourceParser()
    return list(parser.messages(text.split("\n")[:-1])), parser
