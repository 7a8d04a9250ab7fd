"""A test client that calls a Lambda handler with events of an API Gateway HTTP API."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

Handler = Callable[[Any, Any], dict[str, Any]]

GATEWAY_ID: Final = "JKJaXmPLvHcESHA="


@dataclass(frozen=True)
class Context:
    """The context object that Lambda passes to a function."""

    aws_request_id: str = "4f1a2b3c-0000-4000-8000-000000000000"
    function_name: str = "api"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:000000000000:function:api"


@dataclass(frozen=True)
class Answer:
    raw: dict[str, Any]

    @property
    def status_code(self) -> int:
        return int(self.raw["statusCode"])

    @property
    def headers(self) -> Mapping[str, str]:
        return dict(self.raw.get("headers", {}))

    @property
    def content(self) -> bytes:
        body: str = self.raw.get("body", "")
        return base64.b64decode(body) if self.raw.get("isBase64Encoded") else body.encode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Gateway:
    handler: Handler
    headers: dict[str, str] = field(default_factory=dict)
    stage: str = "$default"

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        event = self.event(method, path, json_body=json_body, body=body, query=query, headers=headers)
        raw = self.handler(event, Context())
        json.dumps(raw)  # raises if Lambda could not serialise the response
        return Answer(raw)

    def event(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Build an event in payload format 2.0. JSON is text; every other body is base64."""
        sent = {"host": "abc.execute-api.eu-central-1.amazonaws.com", "x-forwarded-proto": "https"}
        sent |= {"x-forwarded-port": "443", **self.headers, **(headers or {})}
        full_path = path if self.stage == "$default" else f"/{self.stage}{path}"
        http = {"method": method, "path": full_path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "ANY /api/v2/{proxy+}",
            "rawPath": full_path,
            "rawQueryString": urlencode(query or {}),
            "headers": sent,
            "requestContext": {"stage": self.stage, "requestId": GATEWAY_ID, "http": http},
            "isBase64Encoded": body is not None,
        }
        if json_body is not None:
            sent["content-type"] = "application/json"
            event["body"] = json.dumps(json_body)
        elif body is not None:
            event["body"] = base64.b64encode(body).decode()
        return event


def form(fields: Mapping[str, str], file_name: str, content: bytes) -> tuple[bytes, dict[str, str]]:
    """Return the body of a multipart form with one file, and its headers."""
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n'
    parts += [head.encode(), content, b"\r\n--limit--\r\n"]
    return b"".join(parts), {"content-type": "multipart/form-data; boundary=limit"}
