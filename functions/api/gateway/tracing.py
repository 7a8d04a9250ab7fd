"""Traces, in Powertools' words, sent to the daemon that Lambda runs beside a function.

The X-Ray SDK for Python is left out: importing it and what it makes takes 140 ms of a cold start, and its
support ends in February 2027. What remains of it here is one subsegment a request, in the format of
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html, sent by UDP as the
daemon takes it. Nothing of a request goes along but its ids; no body, no header, no message of an error.
"""

import json
import os
import secrets
import socket
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Final

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.tracing.base import BaseProvider, BaseSegment

DAEMON: Final = "AWS_XRAY_DAEMON_ADDRESS"
TRACE: Final = "_X_AMZN_TRACE_ID"
DISABLED: Final = "POWERTOOLS_TRACE_DISABLED"

_HEAD: Final = b'{"format": "json", "version": 1}\n'


def tracer(service: str) -> Tracer | None:
    """None where there is no daemon, as outside Lambda, or where traces are turned off."""
    address = os.environ.get(DAEMON)
    if not address or os.environ.get(DISABLED, "").lower() in ("1", "true", "yes", "on"):
        return None
    return Tracer(service=service, disabled=False, auto_patch=False, provider=DaemonProvider(address))


class Subsegment(BaseSegment):
    """A stretch of time inside the segment that Lambda itself records."""

    def __init__(self, name: str, trace: Mapping[str, str]) -> None:
        self._document: dict[str, Any] = {
            "type": "subsegment",
            "id": secrets.token_hex(8),
            "trace_id": trace["Root"],
            "parent_id": trace["Parent"],
            "name": name[:200],
            "start_time": time.time(),
        }

    def put_annotation(self, key: str, value: Any) -> None:
        self._document.setdefault("annotations", {})[key] = value

    def put_metadata(self, key: str, value: Any, namespace: str = "default") -> None:
        """Not kept: it is where answers and errors would go."""

    def add_subsegment(self, subsegment: Any) -> None:
        """Each is sent by itself, and names its parent."""

    def remove_subsegment(self, subsegment: Any) -> None:
        """As above."""

    def add_exception(self, exception: BaseException, stack: Any, remote: bool = False) -> None:  # noqa: ARG002
        """Its kind alone: a message may say what was asked."""
        kind = {"id": secrets.token_hex(8), "type": type(exception).__name__, "remote": remote}
        self._document |= {"fault": True, "cause": {"exceptions": [kind]}}

    def close(self, end_time: float | None = None) -> None:
        self._document["end_time"] = time.time() if end_time is None else end_time

    def datagram(self) -> bytes:
        return _HEAD + json.dumps(self._document).encode()


class DaemonProvider(BaseProvider):
    """``address`` is host and port. One request at a time, as a function has them."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._to = (host, int(port))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        weakref.finalize(self, self._socket.close)
        self._open: Subsegment | None = None

    @contextmanager
    def in_subsegment(self, name: str = "handler", **_: Any) -> Iterator[BaseSegment]:
        trace = _trace()
        subsegment = Subsegment(name, trace)
        self._open = subsegment
        try:
            yield subsegment
        except BaseException as error:
            subsegment.add_exception(error, [])
            raise
        finally:
            self._open = None
            subsegment.close()
            if trace["Sampled"] == "1":
                self._send(subsegment)

    def in_subsegment_async(self, name: str = "", **_: Any) -> AbstractAsyncContextManager[BaseSegment]:
        raise NotImplementedError("a handler is called, not awaited")

    def put_annotation(self, key: str, value: Any) -> None:
        if self._open is not None:
            self._open.put_annotation(key, value)

    def put_metadata(self, key: str, value: Any, namespace: str = "default") -> None:
        """Not kept: see ``Subsegment``."""

    def patch(self, modules: Sequence[str]) -> None:
        """Libraries are left as they are."""

    def patch_all(self) -> None:
        """As above."""

    def _send(self, subsegment: Subsegment) -> None:
        try:
            self._socket.sendto(subsegment.datagram(), self._to)
        except OSError:
            return  # a trace is never worth an answer


def _trace() -> Mapping[str, str]:
    """Of the invocation: ``Root=1-...;Parent=...;Sampled=1``. Not sampled where Lambda says nothing."""
    parts = (part.partition("=") for part in os.environ.get(TRACE, "").split(";"))
    return {"Root": "", "Parent": "", "Sampled": "0"} | {name: value for name, _, value in parts if name}
