"""Fetched sources: a small one of many is not stored, a large one is."""

from pathlib import Path

import pytest

from shared.services.imports.ingest import transfer
from shared.services.imports.ingest.part_maker import PartMaker
from tests.unit.services.imports.bucket_world import BucketWorld


@pytest.mark.parametrize(("limit", "is_stored"), [(10_000_000, False), (10, True)])
def test_large_source_is_stored_until_its_parts_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, is_stored: bool
) -> None:
    monkeypatch.setattr(transfer, "_MAX_UNSTORED_BYTES", limit)
    world = BucketWorld(tmp_path)
    world.fill(2)
    stored: list[str] = []
    make = PartMaker.make

    def observed(*given: object) -> object:
        stored.extend(key for key in world.storage.blobs.keys("imports/"))
        return make(*given)  # type: ignore[arg-type]  # the arguments of the method

    monkeypatch.setattr(PartMaker, "make", observed)
    job = world.run(world.start())
    assert (job.progress.imported, bool(stored)) == (2, is_stored)
    assert list(world.storage.blobs.keys("imports/")) == []
