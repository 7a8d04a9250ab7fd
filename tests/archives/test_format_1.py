"""An archive that a release of format 1 left opens, and is whole."""

import json
import logging
import shutil
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.ports.records import Write
from shared.runtime import Runtime
from shared.runtime.local_archive import make_current
from shared.services.maintenance.archive_upgrade import UpgradeFrom1
from shared.services.records.documents import Documents
from tests.archives.asking import ask
from tests.archives.documented import Documented
from tests.archives.old_archive import OldArchive, client_of, records_in, unpacked
from tests.robustness.tenant_archive import work


class Cut(Exception):
    """The end of a process."""


class MortalRecords(SqliteRecords):
    """Dies before the write of which it is told, or after it: nothing is between the two."""

    writes = 0
    last: int | None = None

    def write(self, *writes: Write) -> None:
        if self.writes == self.last:
            raise Cut
        self.writes += 1
        super().write(*writes)


@pytest.fixture
def old(tmp_path: Path) -> OldArchive:
    return unpacked(tmp_path)


@pytest.fixture
def upgraded(old: OldArchive) -> Runtime:
    runtime = old.runtime()
    make_current(runtime)
    return runtime


@pytest.fixture
def client(upgraded: Runtime) -> TestClient:
    return client_of(upgraded)


def test_every_answer_is_as_it_was_but_for_what_is_documented(old: OldArchive, client: TestClient) -> None:
    questions = old.questions()
    documented = Documented(questions)
    assert len(questions) > 250
    for question in questions:
        now = ask(client, question["method"], question["path"], question["body"])
        assert now["status"] == question["status"], question["path"]
        assert now["answer"] == documented.answer(question), question["path"]


def test_without_the_upgrade_there_would_be_other_answers(old: OldArchive) -> None:
    client = client_of(old.runtime())
    statuses = {
        ask(client, q["method"], q["path"])["status"] for q in old.questions() if q["method"] == "GET"
    }
    assert 500 in statuses


def test_what_was_left_to_do_is_done_and_names_nothing_that_was_deleted(
    old: OldArchive, upgraded: Runtime, client: TestClient
) -> None:
    deleted = {
        str(question["path"].split("/")[2])
        for question in old.questions()
        if question["path"].startswith("/videos") and question["path"].endswith("/deletion")
        if question["status"] == 200
    }
    assert len(deleted) == 3
    work(upgraded)
    assert not upgraded.ports.records.query(keys.job().partition).records
    runs = client.get("/prompt-runs").json()
    assert {run["status"] for run in runs} == {"completed", "completed_with_failures"}
    assert len(client.get("/playground/videos").json()["data"]) == 2
    for media_id in deleted:
        assert client.get(f"/videos/{media_id}").status_code == 404
        naming = [key for key, body in _records(upgraded).items() if media_id in f"{key}{json.dumps(body)}"]
        assert {key.partition.split("#")[2] for key in naming} <= {"deletions", "runs"}, naming


def test_a_run_counts_on_what_was_deleted(old: OldArchive, upgraded: Runtime, client: TestClient) -> None:
    """Also after all its sums were made anew."""
    before = {run["run_id"]: run for run in client.get("/prompt-runs").json() if run["status"] == "completed"}
    assert any(
        upgraded.ports.records.get(keys.removed_media("local", run_id)) is not None for run_id in before
    ), "no run of the archive has lost a medium"
    work(upgraded)
    after = {run["run_id"]: run for run in client.get("/prompt-runs").json()}
    assert {run_id: after[run_id] for run_id in before} == before


@pytest.mark.slow
def test_wherever_it_is_cut_off_it_goes_on_to_the_same_end(old: OldArchive, tmp_path: Path) -> None:
    whole = _upgraded_copy(old, tmp_path / "whole.sqlite", None)
    writes = 0
    while True:
        path = tmp_path / f"cut-{writes}.sqlite"
        cut = _upgraded_copy(old, path, writes)
        if cut == whole:
            break
        assert _upgraded_again(path) == whole, f"cut off before write {writes}"
        path.unlink()
        writes += 1
    assert writes > 30


def test_done_again_it_changes_nothing(old: OldArchive, upgraded: Runtime) -> None:
    before = _versions(old)
    records = upgraded.ports.records
    assert isinstance(records, SqliteRecords)
    UpgradeFrom1(upgraded.documents, records)(lambda _done, _all: None)
    assert _versions(old) == before


def test_it_says_how_far_it_is(old: OldArchive, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make_current(old.runtime())
    assert "Upgrading the archive to format 2: 22 of 22 done." in caplog.text
    caplog.clear()
    make_current(old.runtime())
    assert not caplog.text


def _upgraded_copy(old: OldArchive, path: Path, cut_before: int | None) -> dict[keys.Key, object]:
    shutil.copy(old.records_file, path)
    records = MortalRecords(path)
    records.last = cut_before
    try:
        UpgradeFrom1(Documents(records), records)(lambda _done, _all: None)
    except Cut:
        pass
    finally:
        records.close()
    return records_in(path)


def _upgraded_again(path: Path) -> dict[keys.Key, object]:
    records = SqliteRecords(path)
    UpgradeFrom1(Documents(records), records)(lambda _done, _all: None)
    records.close()
    return records_in(path)


def _records(runtime: Runtime) -> dict[keys.Key, object]:
    records = runtime.ports.records
    assert isinstance(records, SqliteRecords)
    return {record.key: record.body for record in records.walk()}


def _versions(old: OldArchive) -> list[tuple[str, str, int]]:
    with sqlite3.connect(old.records_file) as connection:
        return connection.execute("SELECT partition, sort, version FROM record ORDER BY 1, 2").fetchall()
