"""Composition of the runtimes: no port is opened early, and every service can be built."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from shared.domain.lazy import lazy
from shared.runtime import Runtime
from shared.runtime.aws import AwsPorts, MissingSetting, aws_runtime
from shared.runtime.from_settings import configured_runtime
from shared.runtime.local import LocalPorts, local_runtime
from shared.runtime.ports import Ports
from shared.runtime.rooms.room import Room
from shared.settings import Settings
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import SmallPorts

GROUND_FLOOR: Final = {"documents", "idempotency"}

AWS: Final = Settings(
    records_table="records",
    media_bucket="media",
    search_endpoint="https://search.example.com",
    query_embedding_function="embed-queries",
    encryption_key_arn="arn:aws:kms:eu-central-1:123456789012:key/1",
    due_work_queue="https://sqs.eu-central-1.amazonaws.com/123456789012/due-work",
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def _services(runtime: Runtime) -> dict[str, Callable[[], object]]:
    """Return a function that builds it for each service, by ``room.service``."""
    rooms = {name: getattr(runtime, name) for name in _lazy_names(runtime) - GROUND_FLOOR}
    assert all(isinstance(room, Room) for room in rooms.values())
    return {
        f"{room_name}.{name}": partial(getattr, room, name)
        for room_name, room in rooms.items()
        for name in _lazy_names(room)
    }


def _lazy_names(owner: object) -> set[str]:
    classes = type(owner).__mro__
    return {name for each in classes for name, value in vars(each).items() if isinstance(value, lazy)}


def test_creating_local_runtime_touches_no_file(tmp_path: Path) -> None:
    local_runtime(Settings(data_folder=tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_every_local_service_is_built_without_network(tmp_path: Path, no_network: None) -> None:
    settings = Settings(data_folder=tmp_path, oidc_issuer="https://id.example.com", oidc_audience="api")
    services = _services(Runtime(SmallPorts(settings, SmallModels())))
    refused = services.pop("imports.dropped_files")
    assert None not in [build() for build in services.values()]
    with pytest.raises(LookupError, match="dropped"):
        refused()


def test_every_aws_service_is_built_without_network(no_network: None) -> None:
    services = _services(aws_runtime(AWS))
    not_configured = services.pop("access.bearer_tokens")
    assert None not in [build() for build in services.values()]
    assert not_configured() is None


@pytest.mark.parametrize(
    ("port", "setting"),
    [
        ("records", "RECORDS_TABLE"),
        ("blobs", "MEDIA_BUCKET"),
        ("upload_sessions", "MEDIA_BUCKET"),
        ("dropped_files", "MEDIA_BUCKET"),
        ("incoming_files", "MEDIA_BUCKET"),
    ],
)
def test_missing_setting_is_named_when_its_port_is_used(port: str, setting: str) -> None:
    ports = aws_runtime(Settings(), streaming=True).ports
    with pytest.raises(MissingSetting, match=f"^VIDEOVECTOR_SERVER_{setting} is not set$"):
        getattr(ports, port)


def test_records_table_chooses_aws(tmp_path: Path) -> None:
    assert isinstance(configured_runtime(AWS).ports, AwsPorts)
    local = configured_runtime(Settings(data_folder=tmp_path)).ports
    assert isinstance(local, LocalPorts)
    assert (local.sole_server, AwsPorts.sole_server) == (True, False)


def test_ports_are_frozen(tmp_path: Path) -> None:
    ports: Ports = LocalPorts(Settings(data_folder=tmp_path))
    with pytest.raises(FrozenInstanceError):
        ports.records = ports.records  # type: ignore[misc]


def test_copied_ports_build_their_own_adapters(tmp_path: Path) -> None:
    ports = LocalPorts(Settings(data_folder=tmp_path / "one"))
    one = ports.records
    other = replace(ports, settings=Settings(data_folder=tmp_path / "other"))
    assert other.records is not one
    assert ports.records is one


def test_replaced_port_reaches_adapters_that_are_built_from_it(tmp_path: Path) -> None:
    models = SmallModels()
    ports = SmallPorts(Settings(data_folder=tmp_path), models)
    query = ports.query_embedder.words("a cat", in_pictures=False)
    assert ports.models.text_embedder is models.text
    assert query.text.space == models.text.space


def test_creating_aws_runtime_imports_no_room_and_no_model() -> None:
    script = (
        "import sys; from shared.runtime.aws import aws_runtime; from shared.settings import Settings;"
        "aws_runtime(Settings()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = {name for name in done.stdout.split() if name.startswith("shared.")}
    assert "shared.runtime.aws" in imported
    unexpected = ("shared.runtime.rooms", "shared.models", "shared.media", "shared.adapters.local")
    assert [name for name in imported if name.startswith(unexpected)] == []
