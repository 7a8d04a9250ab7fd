"""Validity of callers whose requests last, over real records."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import clock
from shared.domain.access import Caller, Scope
from shared.domain.errors import NotAuthenticated
from shared.services.access.api_keys import ApiKeys
from shared.services.access.caller_validity import CallerValidity
from shared.services.records.documents import Documents

USER = Caller(tenant_id="acme", user_id="usr_1", scopes=frozenset(Scope))


@pytest.fixture
def api_keys(tmp_path: Path) -> ApiKeys:
    return ApiKeys(Documents(SqliteRecords(tmp_path / "records.sqlite")))


@pytest.fixture
def validity(api_keys: ApiKeys) -> CallerValidity:
    return CallerValidity(api_keys)


def test_revoked_key_is_refused_without_delay(api_keys: ApiKeys, validity: CallerValidity) -> None:
    key, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ])
    caller = api_keys.authenticate(secret)
    validity.check(caller)
    api_keys.revoke("acme", key.key_id)
    with pytest.raises(NotAuthenticated):
        validity.check(caller)


def test_expired_key_is_refused(
    api_keys: ApiKeys, validity: CallerValidity, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = api_keys.create("acme", "usr_1", "ci", [Scope.READ], timedelta(days=1))
    caller = api_keys.authenticate(secret)
    monkeypatch.setattr(clock, "timestamp", lambda: "2999-01-01T00:00:00.000Z")
    with pytest.raises(NotAuthenticated):
        validity.check(caller)


def test_unknown_key_is_refused(validity: CallerValidity) -> None:
    with pytest.raises(NotAuthenticated):
        validity.check(USER.model_copy(update={"key_id": "key_1"}))


def test_token_is_refused_after_its_end(validity: CallerValidity) -> None:
    later, earlier = (clock.isoformat(clock.now() + timedelta(hours=hours)) for hours in (1, -1))
    validity.check(USER)
    validity.check(USER.model_copy(update={"expires_at": later}))
    with pytest.raises(NotAuthenticated, match="expired"):
        validity.check(USER.model_copy(update={"expires_at": earlier}))
