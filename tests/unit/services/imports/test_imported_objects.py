"""Versions of imported objects: what is the same object, and when its version is remembered."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.connectors.connector import ConnectorProvider, StoreAddress
from shared.domain.imports.import_job import ImportFile, ImportJob
from shared.domain.keys import Key
from shared.domain.media import Index
from shared.services.imports.imported_objects import (
    already_imported,
    imported_object_writes,
    object_fingerprint,
    remember_object,
)
from shared.services.records.documents import put
from tests.unit.services.imports.bucket_world import BucketWorld
from tests.unit.services.storage import ANNA

S3 = StoreAddress(provider=ConnectorProvider.S3, bucket="films", region="eu-central-1")


@pytest.fixture
def world(tmp_path: Path) -> BucketWorld:
    return BucketWorld(tmp_path)


def _file(job: ImportJob, version: str = "1") -> ImportFile:
    return ImportFile(
        file_id="f",
        job_id=job.job_id,
        ordinal=0,
        file_name="a.mp4",
        version=version,
        fingerprint=object_fingerprint(S3, "a.mp4"),
    )


def _key(job: ImportJob) -> Key:
    return keys.import_file(job.tenant_id, job.job_id, 0)


def test_connectors_to_one_bucket_share_their_objects() -> None:
    same, other = S3.model_copy(), S3.model_copy(update={"endpoint_url": "https://s3.example.com"})
    assert object_fingerprint(same, "a") == object_fingerprint(S3, "a")
    assert len({object_fingerprint(*each) for each in ((S3, "a"), (S3, "b"), (other, "a"))}) == 3


def test_remembered_version_is_already_imported(world: BucketWorld) -> None:
    job = world.start()
    file = _file(job)
    remember_object(world.documents, job, file, put(_key(job), file))
    assert already_imported(world.documents, job, [file]) == {0}
    assert already_imported(world.documents, job, [_file(job, "2")]) == set()


def test_version_is_not_remembered_for_a_deleted_index(world: BucketWorld) -> None:
    job = world.start()
    key = keys.index(ANNA.tenant_id, world.index_id)
    index = world.documents.get(Index, key)
    assert index is not None
    index.deleting = True
    world.documents.write(put(key, index))
    file = _file(job)
    remember_object(world.documents, job, file, put(_key(job), file))
    assert already_imported(world.documents, job, [file]) == set()


def test_uploaded_file_has_no_version_to_remember(world: BucketWorld) -> None:
    job = world.start()
    assert imported_object_writes(job, _file(job).model_copy(update={"fingerprint": None})) == []
