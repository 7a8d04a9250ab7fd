"""Fixtures over the AWS emulator. A test that uses one of them starts the emulator, and so is slow."""

from pathlib import Path
from typing import Any

import pytest

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.aws.upload_sessions import S3UploadSessions
from tests.aws import stores
from tests.aws.emulator import Emulator, running_emulator


@pytest.fixture(scope="session")
def emulator() -> Emulator:
    return running_emulator()


@pytest.fixture
def dynamodb(emulator: Emulator) -> Any:
    return stores.client_of("dynamodb")


@pytest.fixture
def s3(emulator: Emulator) -> Any:
    return stores.client_of("s3")


@pytest.fixture
def table(dynamodb: Any) -> str:
    return stores.create_table()


@pytest.fixture
def records(table: str) -> DynamoRecords:
    return stores.open_records(table)


@pytest.fixture
def bucket(s3: Any) -> str:
    return stores.create_bucket()


@pytest.fixture
def blobs(bucket: str, tmp_path: Path) -> S3Blobs:
    return stores.open_blobs(bucket, tmp_path / "scratch")


@pytest.fixture
def upload_sessions(bucket: str, s3: Any) -> S3UploadSessions:
    return S3UploadSessions(bucket, s3)
