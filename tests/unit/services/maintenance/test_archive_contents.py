"""What of the stores belongs to an archive."""

import inspect
from pathlib import Path

import pytest

from shared.domain import blob_keys, default_index, keys
from shared.domain.errors import Conflict
from shared.domain.keys import Key
from shared.ports.records import Put
from shared.services.maintenance.archive_copy.contents import ArchiveContents, RecordStage
from tests.unit.services.maintenance.archive_folders import ArchiveFolder

PROMPT = keys.prompt("anna", "prm_1")
EVENT = keys.event("anna", "evt_1")
DUE = keys.due(1, "2030")
LEFT_BEHIND = [
    keys.archive_upgrade(),
    keys.archive_move(),
    keys.job("imp_1"),
    keys.run_table_writer("anna", "run_1", "token"),
    keys.search_spaces(),
    keys.tenant_secret("anna", "con_1", "01J00000000000000000000000"),
    keys.idempotency("anna", "f"),
    keys.search_snapshot("anna", "s"),
    keys.upload_session("anna", "u"),
    keys.sign_in_ticket("hash"),
    keys.stream_ticket("hash"),
    keys.dead_letter("webhooks", "evt_1"),
    keys.prompt(default_index.TENANT, "prm_1"),
]


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path)


def found(contents: ArchiveContents, stage: RecordStage | None = None) -> set[Key]:
    return {write.key for write in contents.records(stage=stage)}


def test_records_of_server_and_deployment_stay_behind(folder: ArchiveFolder) -> None:
    folder.records.write(*(Put(key, {}) for key in (*LEFT_BEHIND, PROMPT, keys.archive_format())))
    assert found(ArchiveContents(folder.opened())) == {PROMPT, keys.archive_format()}


def test_stages_divide_records(folder: ArchiveFolder) -> None:
    folder.records.write(*(Put(key, {}) for key in (PROMPT, EVENT, DUE)))
    contents = ArchiveContents(folder.opened())
    assert [found(contents, stage) for stage in RecordStage] == [{PROMPT}, {EVENT}, {DUE}]


def test_every_kind_of_file_is_copied_or_left_on_purpose() -> None:
    """A new kind of file fails here until it is decided whether a move takes it along."""
    functions = inspect.getmembers(blob_keys, inspect.isfunction)
    makers = [function for _, function in functions if inspect.signature(function).return_annotation is str]
    made = {maker(*["x"] * len(inspect.signature(maker).parameters)).split("/")[0] for maker in makers}
    assert made == {"content", "exports", "media"} | {"imports", "run-tables"}


def test_files_and_secrets_continue_after_position(folder: ArchiveFolder) -> None:
    for name in ("content/anna/h/a", "media/anna/v/a", "media/anna/v/b"):
        folder.blobs.write(name, b"x", "video/mp4")
    contents = ArchiveContents(folder.opened())
    assert list(contents.files("media/anna/v/a")) == ["media/anna/v/b"]
    for _ in range(2):
        folder.secrets.put("anna", "con_1", b"value")
    first, second = contents.secrets()
    assert contents.secrets(tuple(first)) == [second]


def test_open_job_of_user_is_refused_and_of_default_index_is_not(folder: ArchiveFolder) -> None:
    contents = ArchiveContents(folder.opened())
    folder.records.write(Put(keys.job("a"), {"arguments": {"tenant_id": default_index.TENANT}}))
    contents.check_no_jobs()
    folder.records.write(Put(keys.job("b"), {"arguments": {"tenant_id": "anna"}}))
    with pytest.raises(Conflict):
        contents.check_no_jobs()


def test_archive_with_keys_and_format_only_is_empty(folder: ArchiveFolder) -> None:
    folder.records.write(Put(keys.archive_format(), {"format": 2}), Put(keys.api_key("hash"), {}))
    contents = ArchiveContents(folder.opened())
    assert contents.is_empty()
    folder.blobs.write("media/anna/v/a", b"x", "video/mp4")
    assert not contents.is_empty()
