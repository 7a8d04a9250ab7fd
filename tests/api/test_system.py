"""The state of the server over HTTP, and the numbers of its operator."""

from pathlib import Path
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.domain.errors import Unavailable
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.system.archive_numbers import ArchiveCounts, CountLimits
from shared.settings import Settings
from tests.api.conftest import NewClient, client_over
from tests.api.imports import import_picture

TOKEN: Final = "operator-token-of-the-test"


@pytest.fixture(autouse=True)
def without_models(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the parts that load models fail, as on a machine without weights."""
    _without_models(runtime, monkeypatch)


def _without_models(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise Unavailable("no weights")

    monkeypatch.setattr(type(runtime.ports), "models", property(fail))


def test_tenant_sees_its_own_numbers_alone(
    client: TestClient, runtime: Runtime, new_client: NewClient, tmp_path: Path
) -> None:
    import_picture(client, runtime, tmp_path)
    state = client.get("/system").json()
    assert (state["version"], state["runtime"]) == ("0.1.0", "laptop")
    assert state["media"] == {
        "count": 1,
        "by_status": {"not_processed": 1},
        "segments": 0,
        "at_least": False,
    }
    assert state["imports"]["by_status"] == {"completed": 1}
    assert state["storage"]["media_bytes"] > 0
    assert [model["name"] for model in state["models"]["processing"]] == ["builtin"]
    other = new_client(tenant="other").get("/system").json()
    assert (other["media"]["count"], other["imports"]["by_status"]) == (0, {})


def test_only_local_tenant_sees_disk_and_start_of_server(new_client: NewClient) -> None:
    own = new_client(tenant="local").get("/system").json()
    assert 0 < own["storage"]["disk_free_bytes"] < own["storage"]["disk_total_bytes"]
    assert own["started_at"] is not None
    other = new_client(tenant="other").get("/system").json()
    assert (other["runtime"], other["started_at"]) == ("laptop", None)
    assert other["storage"]["disk_free_bytes"] is other["storage"]["disk_total_bytes"] is None


def test_broken_part_has_sentence_without_its_error(client: TestClient) -> None:
    health = client.get("/system").json()["health"]
    assert (health["records"], health["blobs"]) == ("ok", "ok")
    assert health["embedding"] == "The model that embeds queries does not answer."


def test_search_key_may_not_read_state(new_client: NewClient) -> None:
    assert new_client(Scope.SEARCH).get("/system").status_code == 403


def test_counts_beyond_limits_are_lower_bounds(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    for seed in (1, 2):
        import_picture(client, runtime, tmp_path, seed=seed)
    limits = CountLimits(media=1, jobs=1)
    numbers = ArchiveCounts(runtime.documents, limits).of_tenant("acme")
    assert (numbers.media.count, numbers.media.at_least) == (1, True)
    assert (sum(numbers.imports.by_status.values()), numbers.imports.at_least) == (1, True)


def test_metrics_are_absent_without_token(anonymous: TestClient) -> None:
    answer = anonymous.get("http://testserver/metrics")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")


def test_metrics_sum_over_tenants_and_name_none(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = local_runtime(settings.model_copy(update={"metrics_token": SecretStr(TOKEN)}))
    _without_models(runtime, monkeypatch)
    for tenant in ("acme", "other"):
        client = client_over(runtime, tenant=tenant)
        import_picture(client, runtime, tmp_path)
        client.get("/videos/vid_of_acme")
        client.get("/nowhere/acme")
    for header in ({}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        assert client.get("http://testserver/metrics", headers=header).status_code == 401
    text = client.get("http://testserver/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["videovector_media", "not_processed"] == 2
    assert found["videovector_imports", "completed"] == 2
    assert found["videovector_counts_complete",] == 1
    assert found["videovector_health", "embedding"] == 0
    assert found["videovector_requests_total", "/api/v2/videos/{video_id}", "404", "GET"] == 2
    assert found["videovector_jobs", "ingest", "waiting"] == 2  # no worker runs in this test
    assert "acme" not in text
    assert TOKEN not in text
