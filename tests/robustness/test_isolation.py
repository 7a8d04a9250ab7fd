"""Tenant isolation: no route gives access to a resource of another tenant, wherever its id is named."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, Final

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from shared.domain import clock
from shared.domain.access import Caller, Scope
from shared.domain.errors import InvalidRequest
from shared.http import cursors
from shared.http.app import API_PREFIX
from shared.http.call import Call
from tests.api.imports import picture
from tests.robustness.conftest import Tenants
from tests.robustness.resource import (
    PARAMETER,
    REQUIRED_QUERIES,
    Attempt,
    exempt_routes,
    isolation_cases,
)
from tests.robustness.routes import all_routes
from tests.robustness.tenant_archive import TenantArchive

pytestmark = pytest.mark.slow

CASES: Final = isolation_cases()
EXEMPT: Final = {
    "GET /health",  # public, and returns no data
    "GET /media/{file_name}",  # the token is the credential and is bound to one file; a test below covers it
    f"GET {API_PREFIX}/webhooks/events",  # public, and the same for everybody
    f"POST {API_PREFIX}/console/sign-in",  # the ticket is the credential and names its tenant
    "PUT /upload-parts",  # the token is the credential and is bound to one part of one upload
    *(route.replace(" ", f" {API_PREFIX}") for route in exempt_routes()),
}
ROUTES: Final = [route for route in all_routes() if route not in EXEMPT]


def _path_combinations(
    route: str, attempt: Attempt, theirs: TenantArchive, mine: TenantArchive
) -> Iterator[dict[str, str]]:
    """Yield ids for the open path parameters, at least one of them theirs if there are any."""
    names = [name for name in PARAMETER.findall(route) if name not in attempt.path]
    for owners in itertools.product((theirs, mine), repeat=len(names)):
        if not names or theirs in owners:
            yield attempt.path | {name: owner[name] for name, owner in zip(names, owners, strict=True)}


def attempts_of(
    route: str, theirs: TenantArchive, mine: TenantArchive
) -> Iterator[tuple[Attempt, dict[str, str]]]:
    """Yield every attempt with the ids of its path; ``route`` has no API prefix."""
    for attempt in CASES[route](theirs, mine):
        for path in _path_combinations(route, attempt, theirs, mine):
            yield attempt, path


def _send(client: TestClient, route: str, path: dict[str, str], attempt: Attempt, tenants: Tenants) -> Any:
    method, template = route.split(" ")
    url = template.removeprefix(API_PREFIX).format(**path)
    if attempt.form is None:
        return client.request(method, url, params=attempt.query, json=attempt.body)
    file = picture(tenants.runtime.settings.data_folder, "sent.png", seed=99)
    with file.open("rb") as content:
        return client.request(method, url, data=attempt.form, files={"file": (file.name, content)})


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_reaches_another_tenant(tenants: Tenants, route: str) -> None:
    theirs, mine = tenants.alpha, tenants.beta
    short = route.replace(API_PREFIX, "", 1)
    assert short in CASES, f"{route} has no isolation case"
    for attempt, path in attempts_of(short, theirs, mine):
        before = _state(tenants, theirs)
        answer = _send(mine.client, route, path, attempt, tenants)
        asked = f"{path} {attempt}"
        assert answer.status_code in attempt.statuses, f"{asked}: {answer.text}"
        shown = [secret for secret in theirs.secrets if secret in answer.text and secret not in asked]
        assert not shown, asked
        assert _state(tenants, theirs) == before, asked


def _state(tenants: Tenants, archive: TenantArchive) -> list[Any]:
    """Return all records of a tenant, with their versions."""
    with closing(sqlite3.connect(tenants.runtime.settings.data_folder / "records.sqlite")) as connection:
        rows = connection.execute(
            "SELECT * FROM record WHERE partition GLOB ? ORDER BY partition, sort",
            [f"tenant#{archive.name}#*"],
        )
        return rows.fetchall()


def test_every_isolation_case_has_existing_route() -> None:
    assert {f"{method} {API_PREFIX}{path}" for method, path in (r.split(" ") for r in CASES)} == set(ROUTES)


def test_ids_are_valid_for_their_owner(tenants: Tenants) -> None:
    """Otherwise a 404 proves nothing."""
    for archive in (tenants.alpha, tenants.beta):
        for route in ROUTES:
            method, path = route.replace(API_PREFIX, "", 1).split(" ")
            if method == "GET" and PARAMETER.search(path) and not path.endswith(("/deletion", "/results")):
                query = REQUIRED_QUERIES.get(path, {})
                answer = archive.client.get(path.format(**archive.ids), params=query)
                assert answer.status_code == 200, (path, answer.text)
        for deleted in (f"/indexes/{archive.deleted_index_id}", f"/videos/{archive.deleted_video_id}"):
            assert archive.client.get(f"{deleted}/deletion").json()["status"] == "deleted"
        for uri in archive.uris:
            assert archive.client.post("/videos/signed-url", json={"gcs_uri": uri}).status_code == 200
        for path, (cursor, query) in archive.cursors.items():
            answer = archive.client.get(path.format(**archive.ids), params=query | {"cursor": cursor})
            assert answer.status_code == 200
        body = {"query": "red", "index_ids": [archive["index_id"]], "run_ids": [archive["run_id"]]}
        assert archive.client.post(f"/indexes/{archive['index_id']}/search", json=body).json()


def test_lists_contain_own_resources_only(tenants: Tenants) -> None:
    for mine, theirs in itertools.permutations((tenants.alpha, tenants.beta)):
        for path, owned in (
            ("/indexes", "index_id"),
            ("/prompts", "prompt_id"),
            ("/prompt-runs", "run_id"),
            ("/import-jobs", "job_id"),
            ("/webhooks", "webhook_id"),
            ("/connectors", "connector_id"),
            ("/saved-searches", "saved_search_id"),
        ):
            text = mine.client.get(path).text
            assert mine[owned] in text
            assert not [secret for secret in theirs.ids.values() if secret in text]


def test_idempotency_key_is_bound_to_its_tenant(tenants: Tenants) -> None:
    sent = {"json": {"name": "Once"}, "headers": {"Idempotency-Key": "index-create:shared"}}
    first, second = (a.client.post("/indexes", **sent) for a in (tenants.alpha, tenants.beta))  # type: ignore[arg-type]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["index_id"] != second.json()["index_id"]
    assert "Idempotency-Replayed" not in second.headers


def test_webhooks_of_two_tenants_with_one_idempotency_key_differ(tenants: Tenants) -> None:
    body = {"name": "Once", "url": "https://1.1.1.1/hook", "events": ["export.ready"]}
    first, second = (
        archive.client.post("/webhooks", json=body, headers={"Idempotency-Key": "webhook-create:shared"})
        for archive in (tenants.alpha, tenants.beta)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in second.headers
    for field in ("webhook_id", "secret"):
        assert first.json()[field] != second.json()[field]


def test_cursor_of_replay_is_bound_to_tenant_and_webhook(tenants: Tenants) -> None:
    times = {"from": "2026-01-01T00:00:00Z", "to": clock.timestamp()}

    def replayed(archive: TenantArchive, webhook_id: str, cursor: str) -> int:
        answer = archive.client.post(f"/webhooks/{webhook_id}/replay", json=times | {"cursor": cursor})
        return int(answer.status_code)

    alpha, beta = tenants.alpha, tenants.beta
    cursor = _replay_cursor(tenants, alpha, times)
    assert replayed(alpha, alpha["webhook_id"], cursor) == 202
    assert replayed(beta, alpha["webhook_id"], cursor) == 400
    assert replayed(beta, beta["webhook_id"], cursor) == 400
    assert replayed(alpha, alpha["webhook_id"], _replay_cursor(tenants, beta, times)) == 400


def _replay_cursor(tenants: Tenants, archive: TenantArchive, times: dict[str, str]) -> str:
    """Make the cursor that a tenant gets after a first page. It would need 5,000 events."""
    caller = Caller(tenant_id=archive.name, user_id="usr_1", scopes=frozenset({Scope.ADMIN}))
    query = {"replay": archive["webhook_id"]} | {
        name: datetime.fromisoformat(moment).isoformat() for name, moment in times.items()
    }
    query["to"] = times["to"]
    call = Call(Request({"type": "http"}), caller, tenants.runtime)
    return cursors.encode(call, query, "evt_" + "0" * 26)


def test_ticket_opens_stream_of_its_tenant_only(tenants: Tenants) -> None:
    anonymous = TestClient(tenants.application, base_url=f"http://testserver{API_PREFIX}")
    for mine, theirs in itertools.permutations((tenants.alpha, tenants.beta)):
        ticket = mine.client.post("/processing/events/ticket").json()["ticket"]
        query = {"ticket": ticket, "last_event_id": "evt_" + "0" * 26}
        text = anonymous.get("/processing/events/stream", params=query).text
        assert mine["video_id"] in text
        assert not [secret for secret in theirs.secrets if secret in text]


def test_media_token_opens_its_own_file_only(tenants: Tenants) -> None:
    """A token with any changed character is refused, so it cannot name a file of another tenant."""
    uri = tenants.alpha.uris[0]
    link = tenants.alpha.client.post("/videos/signed-url", json={"gcs_uri": uri}).json()["signed_url"]
    anonymous = TestClient(tenants.application)
    assert anonymous.get(link).status_code == 200
    head, _, token = link.partition("token=")
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        changed = f"{token[:position]}{other}{token[position + 1 :]}"
        assert anonymous.get(f"{head}token={changed}").status_code == 403
    assert anonymous.get(head + "token=").status_code == 403


@pytest.mark.parametrize("tenant", ["", "alpha#media", "alpha/vid_1", "..", "a\0", "alpha*", "x" * 65, "ä"])
def test_unsafe_tenant_id_is_refused(tenants: Tenants, tenant: str) -> None:
    """A tenant id is part of record keys and of paths."""
    with pytest.raises(InvalidRequest, match="tenant"):
        tenants.runtime.access.api_keys.create(tenant, "usr_1", "test", [Scope.READ])
