"""The archive of format 1 that is kept here, unpacked and opened by what is there today."""

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.access import Scope
from shared.domain.keys import Key
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.settings import Settings
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

PACKED: Final = Path(__file__).with_name("format-1.tar.gz")
TENANT: Final = "local"


@dataclass(frozen=True)
class OldArchive:
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def records_file(self) -> Path:
        return self.data / "records.sqlite"

    def questions(self) -> list[dict[str, Any]]:
        """With the answers of the server that made it."""
        found: list[dict[str, Any]] = json.loads((self.folder / "answers.json").read_text(encoding="utf-8"))
        return found

    def runtime(self) -> Runtime:
        settings = Settings(data_folder=self.data, public_base_url="http://testserver")
        return small_runtime(settings, SmallModels())


def unpacked(folder: Path) -> OldArchive:
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    return OldArchive(folder)


def client_of(runtime: Runtime) -> TestClient:
    _, secret = runtime.access.api_keys.create(TENANT, "usr_local", "test", [Scope.ADMIN])
    client = TestClient(
        create_application(runtime), base_url=f"http://testserver{API_PREFIX}", raise_server_exceptions=False
    )
    client.headers["X-API-Key"] = secret
    return client


def records_in(path: Path) -> dict[Key, Any]:
    records = SqliteRecords(path)
    try:
        return {record.key: record.body for record in records.walk()}
    finally:
        records.close()
