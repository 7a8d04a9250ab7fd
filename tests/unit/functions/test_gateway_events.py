"""Tests of the normalisation of events and of the size limits of requests and responses."""

import base64
from typing import Any

import pytest

from functions.api.gateway import events
from shared.domain.errors import PayloadTooLarge
from tests.unit.functions.gateway import Gateway


def _event(path: str = "/api/v2/indexes", stage: str = "$default", **parts: Any) -> dict[str, Any]:
    return Gateway(lambda _event, _context: {}, stage=stage).event("POST", path, **parts)


def _path(event: dict[str, Any]) -> str:
    path: str = events.normalised(event)["requestContext"]["http"]["path"]
    return path


@pytest.mark.parametrize("stage", ["$default", "prod", "api"])
def test_stage_is_removed_from_path(stage: str) -> None:
    assert _path(_event("/api/v2/indexes", stage)) == "/api/v2/indexes"
    assert _path(_event("/", stage)) == "/"


def test_path_with_stage_as_mere_prefix_is_kept() -> None:
    event = _event("/x")
    event["requestContext"] |= {"stage": "api"}
    event["requestContext"]["http"]["path"] = "/apiary/v2"
    assert _path(event) == "/apiary/v2"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("n8n-42", "n8n-42"), ("", "JKJaXmPLvHcESHA"), ("a b", "JKJaXmPLvHcESHA"), ("é", "JKJaXmPLvHcESHA")],
)
def test_valid_client_id_is_kept_else_gateway_id_is_used(sent: str, kept: str) -> None:
    event = events.normalised(_event(headers={"X-Request-ID": sent}))
    assert events.request_id(event) == kept


def test_request_without_id_gets_new_id() -> None:
    event = _event()
    del event["requestContext"]["requestId"]
    assert events.request_id(events.normalised(event)).startswith("req_")


@pytest.mark.parametrize("body", [b"", b"a", b"ab", b"abc", bytes(1000)])
def test_body_length_is_exact_for_base64(body: bytes) -> None:
    event = _event(body=body)
    assert events.body_length(event) == len(body)
    assert events.normalised(event)["headers"]["content-length"] == str(len(body))


def test_text_length_is_counted_in_bytes() -> None:
    event = _event()
    event["body"] = "é€"
    assert events.body_length(event) == 5


def test_body_above_limit_is_refused_with_alternative_routes() -> None:
    limit = events.MAX_BINARY_BODY_BYTES
    events.check_size(_event(body=bytes(limit)))
    with pytest.raises(PayloadTooLarge) as refused:
        events.check_size(_event(body=bytes(limit + 1)))
    assert refused.value.details["doors"] == ["POST /api/v2/uploads", "POST /api/v2/videos"]
    assert "/api/v2/uploads" in refused.value.message


def test_refusal_names_streaming_origin_first() -> None:
    event = _event("/api/v2/videos/upload", body=bytes(events.MAX_BINARY_BODY_BYTES + 1))
    with pytest.raises(PayloadTooLarge) as refused:
        events.check_size(event, "https://archive.example")
    assert refused.value.details["doors"] == [
        "POST https://archive.example/api/v2/videos/upload",
        "POST /api/v2/uploads",
        "POST /api/v2/videos",
    ]
    assert "https://archive.example" in refused.value.message


def test_largest_body_and_headers_fit_into_event() -> None:
    encoded = (events.MAX_BINARY_BODY_BYTES + 2) // 3 * 4
    assert encoded + 64 * 1024 < 6 * 1024**2


@pytest.mark.parametrize(
    ("body", "too_long"),
    [
        ("x" * 5_800_000, False),
        ("x" * 6_000_000, True),
        ('"' * 3_100_000, True),
        ("\x00" * 1_100_000, True),
        ("д" * 2_900_000, False),
        ("д" * 3_000_000, True),
    ],
)
def test_response_is_measured_as_json(body: str, too_long: bool) -> None:
    assert events.is_too_long({"statusCode": 200, "body": body}) is too_long


def test_base64_response_is_measured_by_its_text() -> None:
    body = base64.b64encode(bytes(4_000_000)).decode()
    assert not events.is_too_long({"statusCode": 200, "body": body, "isBase64Encoded": True})


@pytest.mark.parametrize("character", ['"', "\x00", "д", "\x7f"])
def test_file_of_any_text_up_to_the_limit_fits_into_response(character: str) -> None:
    body = character * (events.MAX_FILE_BYTES // len(character.encode()))
    response = events.as_short_as_possible({"statusCode": 200, "body": body})
    assert not events.is_too_long(response)
    sent = (
        base64.b64decode(response["body"]) if response.get("isBase64Encoded") else response["body"].encode()
    )
    assert sent == body.encode()
