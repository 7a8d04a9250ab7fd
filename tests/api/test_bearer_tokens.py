"""Tests of bearer tokens with the real application and a real issuer on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.http.app import API_PREFIX
from shared.runtime.local import local_runtime
from shared.settings import Settings

KEY: Final = rsa.generate_private_key(65537, 2048)


class _Issuer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        origin = f"http://{self.headers['Host']}"
        documents: dict[str, Any] = {
            "/.well-known/openid-configuration": {"issuer": origin, "jwks_uri": f"{origin}/keys"},
            "/keys": {
                "keys": [{**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "k", "alg": "RS256"}]
            },
        }
        content = json.dumps(documents[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Issuer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _client(tmp_path: Path, issuer: str | None) -> TestClient:
    settings = Settings(
        data_folder=tmp_path / "data",
        public_base_url="http://testserver",
        oidc_issuer=issuer,
        oidc_audience="archive" if issuer else None,
    )
    application = create_application(local_runtime(settings))
    return TestClient(application, base_url=f"http://testserver{API_PREFIX}", raise_server_exceptions=False)


def _headers(issuer: str, subject: str, **changes: Any) -> dict[str, str]:
    claims = {"iss": issuer, "sub": subject, "aud": "archive", "exp": int(time.time()) + 60, **changes}
    return {"Authorization": f"Bearer {jwt.encode(claims, KEY, 'RS256', headers={'kid': 'k'})}"}


def test_each_token_subject_has_own_tenant(tmp_path: Path, issuer: str) -> None:
    client = _client(tmp_path, issuer)
    ada, bob = _headers(issuer, "ada"), _headers(issuer, "bob")
    made = client.post("/indexes", json={"name": "films"}, headers=ada)
    assert made.status_code == 201
    address = f"/indexes/{made.json()['index_id']}"
    assert client.get(address, headers=ada).json()["name"] == "films"
    assert client.get(address, headers=bob).status_code == 404
    assert client.delete(address, headers=ada).status_code < 300


def test_token_for_other_audience_gets_401(tmp_path: Path, issuer: str) -> None:
    answer = _client(tmp_path, issuer).get("/indexes", headers=_headers(issuer, "ada", aud="other"))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_invalid_token"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_api_key_takes_precedence_over_token(tmp_path: Path, issuer: str) -> None:
    headers = {**_headers(issuer, "ada"), "X-API-Key": "sk_live_" + "0" * 48}
    answer = _client(tmp_path, issuer).get("/indexes", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_invalid_api_key"


def test_token_is_refused_without_configured_issuer(tmp_path: Path, issuer: str) -> None:
    answer = _client(tmp_path, None).get("/indexes", headers=_headers(issuer, "ada"))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_unsupported_credentials"


def test_unreachable_issuer_gets_503(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    answer = _client(tmp_path, nowhere).get("/indexes", headers=_headers(nowhere, "ada"))
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "issuer_unavailable"
    assert nowhere not in answer.text


def test_issuer_without_audience_is_invalid_configuration(tmp_path: Path, issuer: str) -> None:
    settings = Settings(data_folder=tmp_path, oidc_issuer=issuer)
    with pytest.raises(ValueError, match="oidc_audience"):
        _ = local_runtime(settings).access.bearer_tokens
