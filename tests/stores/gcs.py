"""Google Cloud Storage: ``gcp-storage-emulator`` behind the XML API, with keys that are checked."""

import atexit
import functools
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.connectors.credentials import GcsServiceAccount
from tests.stores.gcs_xml_api import Account, Permission, XmlApi, XmlApiHandler
from tests.waiting import HANG_TIMEOUT

_PROJECT = "archive-project"


class GcsFailed(AssertionError):
    """The emulator does not start. Tests then fail: a skipped test would hide the fault."""


@dataclass(frozen=True)
class GcsStore:
    """A running store. ``url`` is the base address that the server's operator must set."""

    url: str
    api: XmlApi = field(repr=False)

    def new_bucket(self) -> str:
        """Create an empty bucket, and return its name."""
        name = f"archive-{secrets.token_hex(6)}"
        body = json.dumps({"name": name}).encode()
        self.api.request("POST", f"/storage/v1/b?project={_PROJECT}", body, "application/json")
        return name

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self.api.put(bucket, key, content, "")

    def new_account(self, permissions: Permission = Permission.all()) -> GcsServiceAccount:  # noqa: B008 - a constant
        """Create a service account with some permissions, and return its key."""
        private = rsa.generate_private_key(65537, 2048)
        key_id, email = secrets.token_hex(20), f"reader@{_PROJECT}.iam.gserviceaccount.com"
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.api.accounts[key_id] = Account(email, public, permissions)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return GcsServiceAccount(
            project_id=_PROJECT,
            private_key_id=key_id,
            private_key=SecretStr(pem.decode()),
            client_email=email,
            token_uri="https://oauth2.googleapis.com/token",
        )

    def address(self, bucket: str) -> StoreAddress:
        return StoreAddress(provider=ConnectorProvider.GCS, bucket=bucket, gcp_project_id=_PROJECT)


@functools.cache
def running_gcs() -> GcsStore:
    """Return the store that all tests of this process share; it ends with the process."""
    port = _free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--in-memory", "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gcp_storage_emulator", "start", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(process.kill)
    api = XmlApi(f"http://127.0.0.1:{port}")
    _await_answer(api, process)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(XmlApiHandler, api))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return GcsStore(f"http://127.0.0.1:{server.server_port}", api)


def _await_answer(api: XmlApi, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + HANG_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            api.request("GET", "/")
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise GcsFailed("gcp-storage-emulator did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
