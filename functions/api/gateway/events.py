"""What API Gateway's HTTP API sends (payload format 2.0), as the application wants to see it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.domain.errors import DomainError, PayloadTooLarge
from shared.domain.ids import REQUEST, new_id
from shared.http.errors import answer_to
from shared.http.request_ids import HEADER, is_valid

Event = Mapping[str, Any]
Response = dict[str, Any]

MAX_BINARY_BODY_BYTES: Final = 4_600_000
"""Of a form or file. An event has at most 6 MiB, in which such a body stands as base64, after the headers.

The gateway itself refuses what is larger than an event can be, with a text that nobody can change.
"""

MAX_ANSWER_BYTES: Final = 5_900_000
"""A function's answer may have 6 MiB, as JSON: what is longer would become an error without a name."""

_REQUEST_ID: Final = HEADER.lower()
_SAFE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-")


def request_id(event: Event) -> str:
    """Of a normalised event: the client's own where it sent a sane one, else the gateway's."""
    return str(event["headers"][_REQUEST_ID])


def gateway_request_id(event: Event) -> str:
    """In characters that a request id may have: the gateway's own end in ``=``."""
    return "".join(c for c in str(event["requestContext"].get("requestId", "")) if c in _SAFE)


def normalised(event: Event) -> Event:
    """Without the stage's name in the path, with the body's length, and with a request id."""
    context = event["requestContext"]
    http, stage = context["http"], context.get("stage", "$default")
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    if not is_valid(headers.get(_REQUEST_ID, "").encode()):
        headers[_REQUEST_ID] = gateway_request_id(event) or new_id(REQUEST)
    headers["content-length"] = str(body_length(event))
    path: str = http["path"]
    if stage != "$default" and (path + "/").startswith(f"/{stage}/"):
        path = path[len(stage) + 1 :] or "/"
    return {
        **event,
        "rawPath": path,
        "headers": headers,
        "requestContext": {**context, "http": {**http, "path": path}},
    }


def body_length(event: Event) -> int:
    """In bytes, without decoding it."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return len(body) if body.isascii() else len(body.encode())
    return len(body) // 4 * 3 - body[-2:].count("=")


def check_size(event: Event, streaming_origin: str | None = None) -> None:
    """``streaming_origin`` takes forms of any size, where there is one.

    Raises PayloadTooLarge, which names the doors that larger files go through.
    """
    if not event.get("isBase64Encoded") or body_length(event) <= MAX_BINARY_BODY_BYTES:
        return
    doors = ["POST /api/v2/uploads", "POST /api/v2/videos"]
    others = "through an upload session (POST /api/v2/uploads), or name its address (POST /api/v2/videos)."
    if streaming_origin is not None:
        path = event["requestContext"]["http"]["path"]
        doors.insert(0, f"POST {streaming_origin}{path}")
        others = f"the same way to {streaming_origin}, {others}"
    raise PayloadTooLarge(
        f"A body sent this way may have at most {MAX_BINARY_BODY_BYTES:,} bytes. Send a larger file {others}",
        details={"rule": "function_payload", "limit": MAX_BINARY_BODY_BYTES, "doors": doors},
    )


def refusal(error: DomainError, for_request: str) -> Response:
    """``error`` as the gateway wants an answer."""
    answer = answer_to(error, for_request)
    return {
        "statusCode": answer.status_code,
        "headers": dict(answer.headers),
        "body": bytes(answer.body).decode(),
        "isBase64Encoded": False,
    }


def is_too_long(response: Response) -> bool:
    """Whether an answer cannot leave a function. As JSON, text may double in length; Lambda's runtimes from
    Python 3.12 on escape none of it for not being ASCII (``lambda_runtime_marshaller`` of awslambdaric)."""
    body: str = response.get("body", "")
    if len(body) <= MAX_ANSWER_BYTES // 6:
        return False
    if not response.get("isBase64Encoded"):
        return len(json.dumps(body, ensure_ascii=False).encode()) > MAX_ANSWER_BYTES
    return len(body) > MAX_ANSWER_BYTES
