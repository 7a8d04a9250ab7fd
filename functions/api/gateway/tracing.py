"""X-Ray traces: a Powertools tracing provider for the daemon that Lambda runs beside a function.

It replaces the X-Ray SDK for Python, which adds 140 ms to a cold start and whose support ends in February
2027. It sends one subsegment for each request by UDP, in the format of
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html. A subsegment contains the
ids of a request, but no body, no header and no error message.
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

_DATAGRAM_HEADER: Final = b'{"format": "json", "version": 1}\n'


def tracer(service: str) -> Tracer | None:
    """Return a tracer, or None if there is no daemon, as outside Lambda, or if tracing is disabled."""
    address = os.environ.get(DAEMON)
    if not address or os.environ.get(DISABLED, "").lower() in ("1", "true", "yes", "on"):
        return None
    return Tracer(service=service, disabled=False, auto_patch=False, provider=DaemonProvider(address))


class Subsegment(BaseSegment):
    """A span of time within the segment that Lambda records."""

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
        """Ignore metadata: it would contain responses and errors."""

    def add_subsegment(self, subsegment: Any) -> None:
        """Do nothing: each subsegment is sent separately and names its parent."""

    def remove_subsegment(self, subsegment: Any) -> None:
        """Do nothing: see ``add_subsegment``."""

    def add_exception(self, exception: BaseException, stack: Any, remote: bool = False) -> None:  # noqa: ARG002
        """Add the type of an exception. Its message and stack may contain data of the request."""
        kind = {"id": secrets.token_hex(8), "type": type(exception).__name__, "remote": remote}
        self._document |= {"fault": True, "cause": {"exceptions": [kind]}}

    def close(self, end_time: float | None = None) -> None:
        self._document["end_time"] = time.time() if end_time is None else end_time

    def datagram(self) -> bytes:
        return _DATAGRAM_HEADER + json.dumps(self._document).encode()


class DaemonProvider(BaseProvider):
    """A tracing provider for the daemon at ``address`` (host and port).

    It handles one request at a time, as a Lambda function does.
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._daemon = (host, int(port))
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
        raise NotImplementedError("asynchronous handlers are not supported")

    def put_annotation(self, key: str, value: Any) -> None:
        if self._open is not None:
            self._open.put_annotation(key, value)

    def put_metadata(self, key: str, value: Any, namespace: str = "default") -> None:
        """Ignore metadata: see ``Subsegment``."""

    def patch(self, modules: Sequence[str]) -> None:
        """Do nothing: libraries are not patched."""

    def patch_all(self) -> None:
        """Do nothing: libraries are not patched."""

    def _send(self, subsegment: Subsegment) -> None:
        try:
            self._socket.sendto(subsegment.datagram(), self._daemon)
        except OSError:
            return  # a lost trace must not fail the request


def _trace() -> Mapping[str, str]:
    """Parse the trace header of the invocation: ``Root=1-...;Parent=...;Sampled=1``.

    Without a header, the invocation is not sampled.
    """
    parts = (part.partition("=") for part in os.environ.get(TRACE, "").split(";"))
    return {"Root": "", "Parent": "", "Sampled": "0"} | {name: value for name, _, value in parts if name}
