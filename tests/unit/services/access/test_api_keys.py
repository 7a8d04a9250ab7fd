"""API keys over real records: scopes, expiry, revocation and the cache."""

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import clock
from shared.domain.access import Scope
from shared.domain.errors import InvalidRequest, NotAuthenticated, NotFound
from shared.services.access.api_keys import ApiKeys
from shared.services.records.documents import Documents


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def api_keys(database: Path) -> ApiKeys:
    return ApiKeys(Documents(SqliteRecords(database)))


def test_key_allows_actions_of_its_scopes(api_keys: ApiKeys) -> None:
    key, secret = api_keys.create("acme", "usr_1", "ci", [Scope.WRITE])
    caller = api_keys.authenticate(secret)
    assert (caller.tenant_id, caller.user_id, caller.key_id) == ("acme", "usr_1", key.key_id)
    assert [caller.may(scope) for scope in Scope] == [True, True, True, False]
    assert re.fullmatch("sk_live_[0-9a-f]{48}", secret)
    assert secret.startswith(key.key_prefix)


def test_secret_is_not_stored(api_keys: ApiKeys, database: Path) -> None:
    _, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    stored = b"".join(path.read_bytes() for path in database.parent.iterdir())
    assert secret.removeprefix("sk_live_").encode() not in stored


def test_expired_key_is_refused(api_keys: ApiKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ], timedelta(days=1))
    assert api_keys.authenticate(secret)
    monkeypatch.setattr(clock, "timestamp", lambda: "2999-01-01T00:00:00.000Z")
    assert api_keys.cached_caller(secret) is None
    with pytest.raises(NotAuthenticated):
        api_keys.authenticate(secret)


def test_key_of_hours_is_removed_once_it_expired(api_keys: ApiKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        earlier = clock.now() - timedelta(hours=12)
        patched.setattr(clock, "now", lambda: earlier)
        key, secret = api_keys.create("acme", "usr_1", "console", [Scope.ADMIN], timedelta(hours=12))
    api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    with pytest.raises(NotAuthenticated):
        api_keys.authenticate(secret)
    assert [each.name for each in api_keys.list("acme")] == ["ci"]
    assert api_keys.find("acme", key.key_id) is None


def test_use_of_key_of_hours_keeps_its_removal(api_keys: ApiKeys, database: Path) -> None:
    key, secret = api_keys.create("acme", "usr_1", "console", [Scope.ADMIN], timedelta(hours=12))
    api_keys.authenticate(secret)
    with closing(sqlite3.connect(database)) as records:
        expiries = [row[0] for row in records.execute("SELECT expires_at FROM record")]
    assert key.expires_at is not None
    assert expiries == [datetime.fromisoformat(key.expires_at).timestamp()] * 2


def test_keys_are_listed_with_last_use(api_keys: ApiKeys) -> None:
    names = [f"key {number}" for number in range(120)]
    secrets = [api_keys.create("acme", "usr_1", name, [Scope.READ])[1] for name in names]
    api_keys.create("other", "usr_2", "not yours", [Scope.READ])
    api_keys.authenticate(secrets[7])
    listed = api_keys.list("acme")
    assert [key.name for key in listed] == names
    assert [key.name for key in listed if key.last_used_at] == ["key 7"]


def test_key_of_another_tenant_cannot_be_revoked(api_keys: ApiKeys) -> None:
    key, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    for tenant, key_id in (("other", key.key_id), ("acme", "key_unknown"), ("acme", "")):
        with pytest.raises(NotFound):
            api_keys.revoke(tenant, key_id)
    first = api_keys.revoke("acme", key.key_id)
    assert api_keys.revoke("acme", key.key_id).revoked_at == first.revoked_at
    with pytest.raises(NotAuthenticated):
        api_keys.authenticate(secret)


def test_cached_key_expires_within_five_seconds(database: Path) -> None:
    now = [0.0]
    api_keys = ApiKeys(Documents(SqliteRecords(database)), lambda: now[0])
    _, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    assert api_keys.cached_caller(secret) is None
    api_keys.authenticate(secret)
    assert api_keys.cached_caller(secret) is not None
    now[0] += 4.9
    assert api_keys.cached_caller(secret) is None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", [Scope.READ], 1), ("n" * 101, [Scope.READ], 1), ("n", [], 1), ("n", [Scope.READ], 0)],
)
def test_key_without_name_scope_or_valid_expiry_is_refused(
    api_keys: ApiKeys, name: str, scopes: list[Scope], days: int
) -> None:
    with pytest.raises(InvalidRequest):
        api_keys.create("acme", "usr_1", name, scopes, timedelta(days=days))


def test_key_is_accepted_when_records_cannot_be_written(
    database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = SqliteRecords(database)
    api_keys = ApiKeys(Documents(records))
    key, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    records._connections._writer.execute("PRAGMA query_only = ON")  # rejects writes, as a full disk does
    assert api_keys.authenticate(secret).key_id == key.key_id
    assert secret not in caplog.text
    assert "could not be recorded" in caplog.text
