"""Contract of ``shared.ports.secrets.Secrets``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.ports.secrets import Secrets

OpenSecrets = Callable[[], Secrets]


def test_secret_is_stable(open_secrets: OpenSecrets) -> None:
    secret = open_secrets().get_or_create("cursor-signing", 32)
    assert len(secret) == 32
    assert open_secrets().get_or_create("cursor-signing", 32) == secret


def test_secrets_differ_by_name(open_secrets: OpenSecrets) -> None:
    secrets = open_secrets()
    assert secrets.get_or_create("one") != secrets.get_or_create("two")


def test_other_length_is_refused(open_secrets: OpenSecrets) -> None:
    secrets = open_secrets()
    secrets.get_or_create("name", 32)
    with pytest.raises(ValueError, match="32 bytes, not 64"):
        secrets.get_or_create("name", 64)


@pytest.mark.parametrize("name", ["", ".", "..", "../name", "a/b", "-a", "a.b", "a\x00", "a\n", "x" * 101])
def test_invalid_names_are_refused(open_secrets: OpenSecrets, name: str) -> None:
    with pytest.raises(ValueError, match="not a valid name for a secret"):
        open_secrets().get_or_create(name)


def test_concurrent_callers_get_same_secret(open_secrets: OpenSecrets) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: open_secrets().get_or_create("raced"), range(16)))
    assert len(found) == 1
