"""Tokens of downloads: bounded, for one export, and only until their time."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from shared.domain import base64url
from shared.domain.errors import NotPermitted
from shared.domain.exports.download_token import (
    MAX_TOKEN_CHARACTERS,
    DownloadPermit,
    make_token,
    open_token,
)

KEY: Final = b"k" * 32
NOW: Final = datetime(2026, 1, 2, tzinfo=UTC)
PERMIT: Final = DownloadPermit("anna", "exp_01J9Z3W6X5C8Q4V2T7R1M0N9KP")
TOKEN: Final = make_token(KEY, PERMIT, NOW + timedelta(minutes=15))


def test_token_has_the_form_that_clients_accept() -> None:
    assert re.fullmatch(r"v1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", TOKEN)
    assert 32 <= len(TOKEN) <= MAX_TOKEN_CHARACTERS
    longest = DownloadPermit("t" * 100, PERMIT.export_id)
    assert len(make_token(KEY, longest, NOW)) <= MAX_TOKEN_CHARACTERS


def test_token_permits_its_export_until_its_time() -> None:
    assert open_token(KEY, TOKEN, NOW) == PERMIT
    with pytest.raises(NotPermitted) as refused:
        open_token(KEY, TOKEN, NOW + timedelta(minutes=15))
    assert refused.value.code == "export_link_expired"


def _forged() -> str:
    version, payload, signature = TOKEN.split(".")
    content = json.loads(base64url.decode(payload)) | {"x": "exp_other"}
    return f"{version}.{base64url.encode(json.dumps(content).encode())}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "v1",
        "v1..",
        "v1.é.é",
        f"v2.{TOKEN[3:]}",
        TOKEN[:-3],
        f"{TOKEN}.x",
        _forged(),
        make_token(b"x" * 32, PERMIT, NOW + timedelta(days=1)),
        "v1." + "A" * MAX_TOKEN_CHARACTERS,
    ],
)
def test_token_that_the_server_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(NotPermitted) as refused:
        open_token(KEY, token, NOW)
    assert refused.value.code == "export_link_invalid"
