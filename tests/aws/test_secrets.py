"""Secrets in Secrets Manager, beyond the contract of the port: requests, lost answers, encryption."""

from typing import Any

import pytest

from shared.adapters.aws.secrets import SecretsManagerSecrets
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.lost_answers import LostAnswers
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow


@pytest.fixture
def client(emulator: Emulator) -> Any:
    return stores.client_of("secretsmanager")


def test_secret_is_fetched_once_per_process(client: Any) -> None:
    prefix = f"{stores.new_name()}/"
    stores.open_secrets(prefix).get_or_create("signing")
    secrets = stores.open_secrets(prefix)
    with RequestCounts(client) as counts:
        assert len({secrets.get_or_create("signing") for _ in range(5)}) == 1
    assert counts.calls == {"GetSecretValue": 1}


def test_secret_is_found_after_lost_answer_to_creation(client: Any) -> None:
    prefix = f"{stores.new_name()}/"
    secrets = stores.open_secrets(prefix)
    with LostAnswers(client, 2):
        made = secrets.get_or_create("signing")
    assert stores.open_secrets(prefix).get_or_create("signing") == made


def test_deployments_do_not_share_secrets(client: Any) -> None:
    first, second = stores.open_secrets("one/"), stores.open_secrets("two/")
    assert first.get_or_create("signing") != second.get_or_create("signing")


def test_secret_is_encrypted_with_given_key(client: Any) -> None:
    key = stores.client_of("kms").create_key()["KeyMetadata"]["KeyId"]
    prefix = f"{stores.new_name()}/"
    SecretsManagerSecrets(client, prefix=prefix, encryption_key=key).get_or_create("signing")
    assert client.describe_secret(SecretId=f"{prefix}signing")["KmsKeyId"] == key
