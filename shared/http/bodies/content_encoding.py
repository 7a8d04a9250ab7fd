"""Refusal of compressed bodies."""

from fastapi import Request

from shared.domain.errors import InvalidRequest


def check_content_encoding(request: Request) -> None:
    """Refuse a compressed body, before it is read. Raises: InvalidRequest."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise InvalidRequest("Content-Encoding", "is not supported: send the body uncompressed")
