from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotFound
from shared.domain.media import Index
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import NewClient, client_over

CALLER = Caller(tenant_id="acme", user_id="usr_acme", scopes=frozenset({Scope.ADMIN}))


def test_index_is_created_listed_and_read(client: TestClient) -> None:
    created = client.post("/indexes", json={"name": "Talks"})
    assert created.status_code == 201
    index = created.json()
    assert index["name"] == "Talks"
    assert index["user_id"] == "usr_acme"
    assert index["is_default"] is False
    assert client.get(f"/indexes/{index['index_id']}").json() == index
    assert client.get("/indexes", params={"include_defaults": "true"}).json() == [index]


def test_indexes_are_listed_in_order_of_creation(client: TestClient) -> None:
    made = [client.post("/indexes", json={"name": name}).json()["index_id"] for name in "cabd"]
    assert [index["index_id"] for index in client.get("/indexes").json()] == made


def test_names_need_not_be_unique(client: TestClient) -> None:
    ids = {client.post("/indexes", json={"name": "Same"}).json()["index_id"] for _ in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize("name", ["x", "n" * 255, "Zoë's 映像 🎬", " padded "])
def test_name_of_up_to_255_characters_is_stored_unchanged(client: TestClient, name: str) -> None:
    assert client.post("/indexes", json={"name": name}).json()["name"] == name


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "n" * 256}, {"name": 5}, [], None]
)
def test_invalid_name_is_refused_with_its_field(client: TestClient, body: object) -> None:
    answer = client.post("/indexes", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["field"] in ("name", "body")


def test_index_of_another_tenant_is_not_found(new_client: NewClient) -> None:
    theirs = new_client(tenant="theirs").post("/indexes", json={"name": "Secret"}).json()["index_id"]
    ours = new_client(tenant="ours")
    for index_id in (theirs, "idx_unknown", "%00", "x" * 2000):
        answer = ours.get(f"/indexes/{index_id}")
        assert answer.status_code in (404, 422)
    assert ours.get(f"/indexes/{theirs}").json()["error"]["code"] == "resource_index_not_found"
    assert ours.get("/indexes").json() == []


def test_index_under_deletion_is_hidden(client: TestClient, runtime: Runtime) -> None:
    index_id = client.post("/indexes", json={"name": "Going"}).json()["index_id"]
    runtime.documents.update(
        Index, keys.index("acme", index_id), lambda index: index.model_copy(update={"deleting": True})
    )
    assert client.get("/indexes").json() == []
    assert client.get(f"/indexes/{index_id}").status_code == 404


def test_index_quota_holds_for_concurrent_callers(settings: Settings) -> None:
    client = client_over(local_runtime(settings.model_copy(update={"max_indexes": 5})))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: client.post("/indexes", json={"name": f"{n}"}), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * 5 + [409] * 3
    refused = next(answer.json()["error"] for answer in answers if answer.status_code == 409)
    assert refused["code"] == "resource_quota_exceeded"
    assert refused["details"] == {"resource": "indexes", "limit": 5, "used": 5, "reserved": 0}


def test_concurrent_callers_resolve_name_to_one_index(runtime: Runtime) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: runtime.library.indexes.resolve_name(CALLER, "Shared")[0], range(8)))
    assert len({index.index_id for index in found}) == 1
    assert len(runtime.library.indexes.list(CALLER)) == 1


def test_name_resolves_to_first_index_with_it(client: TestClient, runtime: Runtime) -> None:
    first = client.post("/indexes", json={"name": "Talks"}).json()["index_id"]
    client.post("/indexes", json={"name": "Talks"})
    assert runtime.library.indexes.resolve_name(CALLER, "Talks")[0].index_id == first
    assert runtime.library.indexes.find_by_name(CALLER, "Talks").index_id == first


def test_name_resolves_to_next_index_after_deletion(client: TestClient, runtime: Runtime) -> None:
    first, second = (client.post("/indexes", json={"name": "Talks"}).json()["index_id"] for _ in range(2))
    runtime.documents.update(
        Index, keys.index("acme", first), lambda index: index.model_copy(update={"deleting": True})
    )
    assert runtime.library.indexes.resolve_name(CALLER, "Talks")[0].index_id == second
    runtime.documents.update(
        Index, keys.index("acme", second), lambda index: index.model_copy(update={"deleting": True})
    )
    with pytest.raises(NotFound, match="No index with the name 'Talks'"):
        runtime.library.indexes.find_by_name(CALLER, "Talks")
    third, _ = runtime.library.indexes.resolve_name(CALLER, "Talks")
    assert third.index_id not in (first, second)
    assert runtime.library.indexes.find_by_name(CALLER, "Talks") == third
