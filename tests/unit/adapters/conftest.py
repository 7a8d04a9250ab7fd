"""Fixtures: records on disk, and a job runner over them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.ports.records import Records
from tests.unit.adapters.runners import Runner


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = SqliteRecords(tmp_path / "records.db")
    yield opened
    opened.close()


@pytest.fixture
def runner(records: Records) -> Iterator[Runner]:
    runner = Runner(records)
    yield runner
    runner.stop()
