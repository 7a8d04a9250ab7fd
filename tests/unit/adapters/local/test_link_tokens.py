"""Media links that the server signs."""

import base64
import json
import time
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.link_tokens import LinkTokens
from shared.domain.errors import NotPermitted

KEY = b"k" * 32


def test_token_returns_key_and_file_name() -> None:
    tokens = LinkTokens(KEY)
    assert tokens.open(tokens.make("t/a.mp4", "Größe.mp4", 60)) == ("t/a.mp4", "Größe.mp4")


def test_token_is_url_safe_and_minimal() -> None:
    before = int(time.time())
    token = LinkTokens(KEY).make("t/a.mp4", "a.mp4", 60)
    after = time.time()
    version, payload, _signature = token.split(".")
    assert version == "v1"
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert content.keys() == {"k", "e", "f"}
    assert before + 60 <= content["e"] <= after + 61


def test_token_with_any_changed_character_is_refused() -> None:
    tokens = LinkTokens(KEY)
    token = tokens.make("t/a.mp4", "a.mp4", 60)
    for position in range(len(token) - 1):  # two bits of the last character are not decoded
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        with pytest.raises(NotPermitted) as refusal:
            tokens.open(changed)
        assert refusal.value.code == "media_link_invalid"


@pytest.mark.parametrize(
    "token",
    ["", ".", "...", "v1", "v1..", "v1.e30.", "v2.e30.e30", "v1.ü.ü", "v1.\ud800.x", "v1.e30.!!!"],
)
def test_malformed_token_is_refused(token: str) -> None:
    with pytest.raises(NotPermitted) as refusal:
        LinkTokens(KEY).open(token)
    assert refusal.value.code == "media_link_invalid"


def test_token_of_another_key_is_refused() -> None:
    with pytest.raises(NotPermitted):
        LinkTokens(b"other" * 8).open(LinkTokens(KEY).make("a", "a", 60))


def test_old_token_is_refused_as_expired() -> None:
    tokens = LinkTokens(KEY)
    with pytest.raises(NotPermitted) as refusal:
        tokens.open(tokens.make("a", "a", 0))
    assert refusal.value.code == "media_link_expired"


def test_short_signing_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        LinkTokens(b"short")


@pytest.mark.parametrize(
    ("file_name", "segment"),
    [(None, "b.mp4"), ("My film é.mp4", "My film é.mp4"), ("a/b", "a_b"), ("..", "media"), ("#?", "#?")],
)
def test_link_returns_key_and_file_name(tmp_path: Path, file_name: str | None, segment: str) -> None:
    blobs = FolderBlobs(tmp_path, link_base_url=lambda: "http://localhost:8000/", signing_key=KEY)
    link = urlsplit(blobs.signed_link("a/b.mp4", expires_in=60, file_name=file_name))
    assert link.netloc == "localhost:8000"
    assert link.path.startswith("/media/")
    assert unquote(link.path.removeprefix("/media/")) == segment
    assert blobs.open_link(parse_qs(link.query)["token"][0]) == ("a/b.mp4", file_name or "b.mp4")
