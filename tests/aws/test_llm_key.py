"""The API key of a language model endpoint, stored in Secrets Manager by an operator."""

from typing import Any

import pytest

from shared.adapters.aws.llm_key import StoredKey
from shared.ports.models import ExtractionFailed
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow


@pytest.fixture
def client(emulator: Emulator) -> Any:
    return stores.client_of("secretsmanager")


def test_key_is_cached_and_renewed_within_five_minutes(client: Any) -> None:
    name, moment = stores.new_name(), [0.0]
    client.create_secret(Name=name, SecretString="first\n")
    key = StoredKey(client, name, clock=lambda: moment[0])
    with RequestCounts(client) as counts:
        assert key().get_secret_value() == "first"
        client.put_secret_value(SecretId=name, SecretString="second")
        moment[0] = 299.0
        assert key().get_secret_value() == "first"
        assert counts.calls["GetSecretValue"] == 1
    moment[0] = 301.0
    assert key().get_secret_value() == "second"


@pytest.mark.parametrize("content", [None, " \n"], ids=["no secret", "an empty one"])
def test_missing_key_fails_by_code_until_it_is_stored(client: Any, content: str | None) -> None:
    name = stores.new_name()
    if content is not None:
        client.create_secret(Name=name, SecretString=content)
    key = StoredKey(client, name)
    with pytest.raises(ExtractionFailed) as refused:
        key()
    assert (refused.value.code, refused.value.retryable) == ("model_key_missing", True)
    write = client.create_secret if content is None else client.update_secret
    write(**{"Name" if content is None else "SecretId": name}, SecretString="at last")
    assert key().get_secret_value() == "at last"


def test_key_is_not_shown_in_text(client: Any) -> None:
    name = stores.new_name()
    client.create_secret(Name=name, SecretString="sk-secret")
    key = StoredKey(client, name)
    assert "sk-secret" not in f"{key()!r} {key()} {vars(key)}"
