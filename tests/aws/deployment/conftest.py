"""Fixtures over the whole product, deployed once for all tests of this folder."""

from collections.abc import Iterator

import pytest
from videovector import VideoVector

from tests.aws.deployment.deployed import Deployed, deployed


@pytest.fixture(scope="session")
def product() -> Deployed:
    return deployed()


@pytest.fixture(scope="session")
def client(product: Deployed) -> Iterator[VideoVector]:
    with VideoVector(api_key=product.api_key, base_url=product.base_url) as made:
        yield made
