"""Events of an API Gateway HTTP API (payload format 2.0): normalisation, size limits and error responses."""

import base64
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
"""Maximum size of a form or file. An event has at most 6 MiB, which hold the body as base64 and the headers.

API Gateway itself refuses requests that exceed an event, with a message that cannot be configured.
"""

MAX_ANSWER_BYTES: Final = 5_900_000
"""Maximum size of a response as JSON. Lambda replaces a response above 6 MiB by a generic error."""

MAX_FILE_BYTES: Final = MAX_ANSWER_BYTES // 4 * 3
"""Size up to which any file fits into a response, as base64."""

_REQUEST_ID: Final = HEADER.lower()
_REQUEST_ID_CHARACTERS: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"
)


def request_id(event: Event) -> str:
    """Return the request id of a normalised event: a valid id of the client, else the id of the gateway."""
    return str(event["headers"][_REQUEST_ID])


def gateway_request_id(event: Event) -> str:
    """Return the request id of the gateway without characters, such as a final ``=``, that ids exclude."""
    gateway_id = str(event["requestContext"].get("requestId", ""))
    return "".join(c for c in gateway_id if c in _REQUEST_ID_CHARACTERS)


def normalised(event: Event) -> Event:
    """Return the event without the stage in its path, and with a content length and a request id."""
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
    """Return the length of the body in bytes, without decoding it."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return len(body) if body.isascii() else len(body.encode())
    return len(body) // 4 * 3 - body[-2:].count("=")


def check_size(event: Event, streaming_origin: str | None = None) -> None:
    """Check the size of a binary body.

    Raises:
        PayloadTooLarge: the body is too large. The error names the routes that accept larger files,
            including ``streaming_origin`` if it is given.
    """
    if not event.get("isBase64Encoded") or body_length(event) <= MAX_BINARY_BODY_BYTES:
        return
    routes = ["POST /api/v2/uploads", "POST /api/v2/videos"]
    alternatives = "in an upload session (POST /api/v2/uploads), or import it by URL (POST /api/v2/videos)."
    if streaming_origin is not None:
        path = event["requestContext"]["http"]["path"]
        routes.insert(0, f"POST {streaming_origin}{path}")
        alternatives = f"with the same request to {streaming_origin}, {alternatives}"
    raise PayloadTooLarge(
        f"The body of this request may have at most {MAX_BINARY_BODY_BYTES:,} bytes."
        f" Send a larger file {alternatives}",
        details={"rule": "function_payload", "limit": MAX_BINARY_BODY_BYTES, "doors": routes},
    )


def error_response(error: DomainError, request_id: str) -> Response:
    """Return ``error`` as a response in the format of the gateway."""
    answer = answer_to(error, request_id)
    return {
        "statusCode": answer.status_code,
        "headers": dict(answer.headers),
        "body": bytes(answer.body).decode(),
        "isBase64Encoded": False,
    }


def as_short_as_possible(response: Response) -> Response:
    """Encode a text as base64 if that is shorter than its JSON form.

    API Gateway decodes it, so that the client gets the same bytes.
    """
    body: str = response.get("body", "")
    if response.get("isBase64Encoded") or not is_too_long(response):
        return response
    return {**response, "body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}


def is_too_long(response: Response) -> bool:
    """Return whether a response exceeds the limit of Lambda.

    The limit applies to the JSON form, which may be longer than the text. Lambda runtimes from Python 3.12
    on do not escape non-ASCII characters (``lambda_runtime_marshaller`` of awslambdaric).
    """
    body: str = response.get("body", "")
    if len(body) <= MAX_ANSWER_BYTES // 6:
        return False
    if not response.get("isBase64Encoded"):
        return len(json.dumps(body, ensure_ascii=False).encode()) > MAX_ANSWER_BYTES
    return len(body) > MAX_ANSWER_BYTES
