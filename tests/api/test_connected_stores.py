"""Connectors over HTTP with the stores of every provider: test, browse, rotate, import."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.imports import picture, run_imports
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.requests import creation, sent
from tests.stores.s3 import running_s3

pytestmark = pytest.mark.slow

KEY: Final = "clips/50% off #1?/映像+a b.png"
SCHEMES: Final = {"s3": "s3", "gcs": "gs", "azure": "az"}


@dataclass(frozen=True)
class World:
    """A client of a server whose operator permits the provider's address, and a bucket with three objects."""

    provider: Provider
    client: TestClient
    runtime: Runtime

    @property
    def name(self) -> str:
        return self.provider.address.provider.value

    def create(self, credentials: Any = None, *, bucket: str | None = None, **fields: Any) -> str:
        """Create a connector, and return its id."""
        path, request = creation(self.provider, credentials, bucket=bucket, **fields)
        answer = self.client.post(path, **request)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["connector_id"])

    def test(self, connector_id: str) -> tuple[bool, str | None]:
        answer = self.client.post(f"/connectors/{connector_id}/test")
        assert answer.status_code == 200, answer.text
        return answer.json()["success"], answer.json()["error_message"]

    def browse(self, connector_id: str, **query: Any) -> Any:
        return self.client.post(f"/connectors/{connector_id}/browse", json=query)


@pytest.fixture(scope="module", params=NAMES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = provider(request.param)
    made.put(KEY, picture(tmp_path_factory.mktemp("clips")).read_bytes())
    made.put("clips/b.MOV", b"not a film")
    made.put("readme", b"text")
    yield made
    made.close()


@pytest.fixture
def world(filled: Provider, tmp_path: Path) -> World:
    given = filled.settings.model_dump(exclude_unset=True)
    settings = Settings(data_folder=tmp_path / "data", public_base_url="http://testserver", **given)
    runtime = local_runtime(settings)
    return World(filled, client_over(runtime), runtime)


def test_connection_with_all_permissions_succeeds(world: World) -> None:
    connector_id = world.create(scopes=["import", "export"], export_base_path="out")
    assert world.test(connector_id) == (True, None)
    connector = world.client.get(f"/connectors/{connector_id}").json()
    assert connector["status"] == "active"
    assert connector["last_test_result"] == "Listing and reading work. Writing works."
    assert [each["path"] for each in world.browse(connector_id, prefix="out").json()] == []


def test_wrong_secret_is_told_in_one_sentence(world: World) -> None:
    connector_id = world.create(world.provider.wrong)
    success, message = world.test(connector_id)
    assert not success
    assert message
    assert message.count(".") == 1
    browsed = world.browse(connector_id)
    assert (browsed.status_code, browsed.json()["error"]["code"]) == (409, "connector_wrong_credentials")
    assert browsed.json()["error"]["message"] == message
    connector = world.client.get(f"/connectors/{connector_id}").json()
    assert (connector["status"], connector["last_test_error"]) == ("failed", message)


@pytest.mark.parametrize(
    ("scope", "granted", "words"),
    [
        ("import", "read", "list objects"),
        ("import", "list", "read objects"),
        ("export", "read", "write objects"),
    ],
)
def test_missing_permission_is_told_in_one_sentence(
    world: World, scope: str, granted: str, words: str
) -> None:
    if world.provider.limited is None:
        return  # Azurite checks no permissions
    connector_id = world.create(world.provider.limited(granted), scopes=[scope])
    success, message = world.test(connector_id)
    assert not success
    assert f"not permitted to {words}" in str(message)


def test_permission_to_write_alone_is_enough_to_export(world: World) -> None:
    if world.provider.limited is None:
        return  # Azurite checks no permissions
    assert world.test(world.create(world.provider.limited("write"), scopes=["export"])) == (True, None)


def test_missing_bucket_is_told_in_one_sentence(world: World) -> None:
    if world.name == "s3":
        return  # the policy of the key names the bucket: the store answers that it is not permitted
    success, message = world.test(world.create(bucket="no-such-place"))
    assert not success
    assert str(message).startswith("There is no ")


def test_files_have_every_field(world: World) -> None:
    found = world.browse(world.create()).json()
    assert [each["path"] for each in found] == [KEY, "clips/b.MOV", "readme"]
    assert [each["name"] for each in found] == ["映像+a b.png", "b.MOV", "readme"]
    assert [each["extension"] for each in found] == [".png", ".mov", ""]
    assert found[1]["size_bytes"] == len(b"not a film")
    assert all(each["last_modified"].endswith("Z") for each in found)


def test_prefix_pattern_level_and_limit_select_files(world: World) -> None:
    connector_id = world.create()

    def paths(**query: Any) -> list[str]:
        return [each["path"] for each in world.browse(connector_id, **query).json()]

    assert paths(pattern="*.{png,MOV}") == [KEY, "clips/b.MOV"]
    assert paths(pattern="clips/*") == ["clips/b.MOV"]
    assert paths(pattern="clips/**/*.png") == [KEY]
    assert paths(prefix="clips/", recursive=False) == ["clips/b.MOV"]
    assert paths(recursive=False) == ["readme"]
    assert paths(limit=1) == [KEY]
    assert paths(prefix="none") == []


def test_key_with_an_empty_part_is_listed_with_its_problem(world: World) -> None:
    bucket = world.provider.address.container_name
    if world.name != "s3":
        return  # the adapter is the same for every provider
    running_s3().put(bucket, "odd//name.png", b"x")
    connector_id = world.create()
    try:
        assert world.test(connector_id) == (True, None)
        browsed = world.browse(connector_id)
        found = {each["path"]: each["problem"] for each in browsed.json()}
        assert found == {KEY: None, "clips/b.MOV": None, "odd//name.png": "invalid_name", "readme": None}
        assert len(world.browse(connector_id, prefix="clips/").json()) == 2
    finally:
        running_s3().client().delete_object(Bucket=bucket, Key="odd//name.png")
    assert world.browse(connector_id, prefix="odd//").status_code == 422


def test_object_is_imported_through_its_connector(world: World) -> None:
    connector_id = world.create()
    uri = f"{SCHEMES[world.name]}://{world.provider.address.container_name}/{KEY}"
    body = {"title": "A clip", "video_uri": uri, "source_connector_id": connector_id}
    answer = world.client.post("/videos", json=body)
    assert answer.status_code == 202, answer.text
    assert (answer.json()["source_kind"], answer.json()["connector_id"]) == ("connector", connector_id)
    run_imports(world.runtime)
    job = world.client.get(f"/import-jobs/{answer.json()['job_id']}").json()
    assert job["status"] == "completed", job
    [video_id] = job["video_ids"]
    video = world.client.get(f"/videos/{video_id}").json()
    assert (video["title"], video["file_name"], video["media_type"]) == ("A clip", "映像+a b.png", "image")


def test_missing_object_fails_the_import_in_one_sentence(world: World) -> None:
    uri = f"{SCHEMES[world.name]}://{world.provider.address.container_name}/none.png"
    body = {"title": "A clip", "video_uri": uri, "source_connector_id": world.create()}
    job_id = world.client.post("/videos", json=body).json()["job_id"]
    run_imports(world.runtime)
    job = world.client.get(f"/import-jobs/{job_id}").json()
    [failed] = job["failed_files"]
    assert (job["status"], failed["failure"]["code"]) == ("failed", "connector_no_such_object")
    assert "There is no object 'none.png'" in failed["error"]


def test_rotated_credentials_work_without_a_new_connector(world: World) -> None:
    connector_id = world.create(world.provider.wrong)
    assert not world.test(connector_id)[0]
    changed = world.client.patch(f"/connectors/{connector_id}", json=sent(world.provider.credentials))
    assert changed.status_code == 200, changed.text
    assert world.test(connector_id) == (True, None)
    assert len(world.browse(connector_id).json()) == 3


def test_repeated_key_answers_with_the_first_outcome_of_a_test(world: World) -> None:
    connector_id = world.create()
    key = {"Idempotency-Key": "connector-test:1"}
    first, again = (world.client.post(f"/connectors/{connector_id}/test", headers=key) for _ in range(2))
    assert first.json() == again.json() == {"success": True, "error_message": None}
    assert again.headers["Idempotency-Replayed"] == "true"


def test_no_answer_holds_a_credential(world: World) -> None:
    secrets = [
        value.get_secret_value()
        for credentials in (world.provider.credentials, world.provider.wrong)
        for value in credentials.model_dump().values()
        if isinstance(value, SecretStr)
    ]
    connector_id = world.create(world.provider.wrong)
    answers = [
        world.client.post(f"/connectors/{connector_id}/test"),
        world.browse(connector_id),
        world.client.patch(f"/connectors/{connector_id}", json=sent(world.provider.credentials)),
        world.client.get("/connectors"),
    ]
    for answer in answers:
        assert not any(secret in answer.text for secret in secrets)
