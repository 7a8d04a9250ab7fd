"""Copy of an archive between two folders. ``tests/aws/test_move_to_aws.py`` tests the copy to AWS."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import default_index, keys
from shared.domain.clock import now
from shared.domain.errors import Conflict, Unavailable
from shared.domain.keys import Key
from shared.ports.records import Put, Write
from shared.ports.secrets import SecretVersion
from shared.services.maintenance.archive_copy.copy import ArchiveCopy
from shared.services.maintenance.archive_copy.results import CopyOptions, CopyOutcome, CopyResult
from tests.unit.services.maintenance.archive_folders import ArchiveFolder

PROMPT = keys.prompt("anna", "prm_1")
API_KEYS = [keys.api_key("hash"), keys.api_key_listing("anna", "key_1")]
NOT_COPIED = [
    keys.idempotency("anna", "f"),
    keys.search_snapshot("anna", "s"),
    keys.upload_session("anna", "u"),
    keys.sign_in_ticket("hash"),
    keys.stream_ticket("hash"),
    keys.dead_letter("webhooks", "evt_1"),
]
FILM = "media/anna/vid_1/film.mp4"


class Flaky(FolderBlobs):
    """A blob store that fails, or that damages what it stores."""

    broken = False
    damaging = False

    def write(self, key: str, content: bytes, content_type: str) -> None:
        if self.broken:
            raise Unavailable("gone")
        super().write(key, content[::-1] if self.damaging else content, content_type)


@pytest.fixture
def source(tmp_path: Path) -> ArchiveFolder:
    stores = ArchiveFolder(tmp_path / "source")
    for key in (PROMPT, *API_KEYS, *NOT_COPIED, keys.search_spaces()):
        stores.records.write(Put(key, {"of": key.partition}))
    stores.blobs.write(FILM, b"a film", "video/mp4")
    stores.blobs.write("imports/anna/imp_1/fil_1/source", b"sent", "video/mp4")
    return stores


@pytest.fixture
def target(tmp_path: Path) -> Iterator[ArchiveFolder]:
    stores = ArchiveFolder(tmp_path / "target")
    stores.blobs = Flaky(tmp_path / "target" / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)
    yield stores
    Flaky.broken = Flaky.damaging = False


def copy(source: ArchiveFolder, target: ArchiveFolder, options: CopyOptions | None = None) -> CopyResult:
    job = ArchiveCopy(source.opened(), target.opened(), options or CopyOptions())
    return job.run(lambda _: None)


def test_only_records_and_files_of_archive_are_copied(source: ArchiveFolder, target: ArchiveFolder) -> None:
    result = copy(source, target)
    assert target.found() == [PROMPT]
    assert list(target.blobs.keys("")) == [FILM]
    assert target.blobs.stat(FILM) == source.blobs.stat(FILM)
    assert (result.records, result.files) == ({CopyOutcome.COPIED: 1}, {CopyOutcome.COPIED: 1})


def test_default_index_and_its_job_stay_behind(source: ArchiveFolder, target: ArchiveFolder) -> None:
    tenant = default_index.TENANT
    source.records.write(Put(keys.index(tenant, default_index.INDEX_ID), {"of": "all"}))
    source.records.write(Put(keys.job("run_1"), {"arguments": {"tenant_id": tenant}}))
    for folder in ("media", "content"):
        source.blobs.write(f"{folder}/{tenant}/vid_1/film.mp4", b"a sample", "video/mp4")
    copy(source, target)
    assert target.found() == [PROMPT]
    assert list(target.blobs.keys("")) == [FILM]


class Noting(SqliteRecords):
    """Records that note the order in which they are written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.noted: list[Key] = []

    def write(self, *writes: Write) -> None:
        super().write(*writes)
        self.noted += [write.key for write in writes]


def test_events_follow_deliveries_and_due_work_is_last(source: ArchiveFolder, tmp_path: Path) -> None:
    """A consumer or a timer of the target finds all that an event or due work refers to."""
    order = [
        {keys.webhook("anna", "whk_1"), keys.webhook_delivery("anna", "whk_1", "dlv_1"), PROMPT},
        {keys.event("anna", "evt_1"), keys.event("bert", "evt_2")},
        {keys.due(shard, "2030") for shard in range(3)},
    ]
    source.records.write(*(Put(key, {"of": key.partition}) for group in order for key in group))
    target = ArchiveFolder(tmp_path / "target")
    target.records = noting = Noting(tmp_path / "noting.sqlite")
    copy(source, target)
    noted = iter(noting.noted)
    assert [set(islice(noted, len(group))) for group in order] == order
    assert list(noted) == []


def test_api_keys_are_copied_on_request(source: ArchiveFolder, target: ArchiveFolder) -> None:
    copy(source, target, CopyOptions(keys=True))
    assert set(target.found()) == {PROMPT, *API_KEYS}


def test_expiry_of_record_is_copied(source: ArchiveFolder, target: ArchiveFolder) -> None:
    soon = now() + timedelta(hours=1)
    source.records.write(Put(PROMPT, {}, expires_at=soon))
    copy(source, target)
    [write] = target.records.walk()
    assert write.expires_at is not None
    assert abs(write.expires_at - soon) < timedelta(milliseconds=1)


def test_interrupted_copy_continues_when_run_again(source: ArchiveFolder, target: ArchiveFolder) -> None:
    source.blobs.write("content/anna/hash/speech.json", b"{}", "application/json")
    target.blobs.write("content/anna/hash/speech.json", b"{}", "application/json")
    Flaky.broken = True
    with pytest.raises(Unavailable):
        copy(source, target)
    assert target.found() == []  # records are copied after files
    Flaky.broken = False
    assert copy(source, target).files == {CopyOutcome.IDENTICAL: 1, CopyOutcome.COPIED: 1}
    assert copy(source, target).records == {CopyOutcome.IDENTICAL: 1}


def test_damaged_copy_of_file_is_detected(source: ArchiveFolder, target: ArchiveFolder) -> None:
    Flaky.damaging = True
    with pytest.raises(Unavailable, match="did not arrive"):
        copy(source, target)
    Flaky.damaging = False
    assert copy(source, target).different == [FILM]  # same size, other content
    assert copy(source, target, CopyOptions(overwrite=True)).files == {CopyOutcome.COPIED: 1}


def test_secrets_keep_their_versions(source: ArchiveFolder, target: ArchiveFolder) -> None:
    versions = [source.secrets.put("anna", "con_1", value) for value in (b"old", b"new")]
    assert copy(source, target, CopyOptions(dry_run=True)).secrets == {CopyOutcome.COPIED: 2}
    assert list(target.secrets.walk()) == []
    assert copy(source, target).secrets == {CopyOutcome.COPIED: 2}
    assert [target.secrets.read("anna", "con_1", version) for version in versions] == [b"old", b"new"]
    assert copy(source, target).secrets == {CopyOutcome.IDENTICAL: 2}


def test_other_secret_in_target_is_kept_unless_overwritten(
    source: ArchiveFolder, target: ArchiveFolder
) -> None:
    version = source.secrets.put("anna", "con_1", b"planted-value")
    target.secrets.restore(SecretVersion("anna", "con_1", version), b"other")
    result = copy(source, target)
    assert result.different == ["secret con_1"]
    assert target.secrets.read("anna", "con_1", version) == b"other"
    copy(source, target, CopyOptions(overwrite=True))
    assert target.secrets.read("anna", "con_1", version) == b"planted-value"


def test_copy_is_refused_while_job_is_open(source: ArchiveFolder, target: ArchiveFolder) -> None:
    source.records.write(Put(keys.job("imp_1"), {}))
    with pytest.raises(Conflict):
        copy(source, target)
    assert target.found() == []
    assert not list(target.blobs.keys(""))


def test_walk_finds_every_record_once_in_order(tmp_path: Path) -> None:
    """The walk has more records than one page."""
    records = SqliteRecords(tmp_path / "records.sqlite")
    made = sorted(Key(f"p{number % 3}", f"{number:05d}") for number in range(1203))
    for start in range(0, len(made), 100):
        records.write(*(Put(key, {"n": key.sort}) for key in made[start : start + 100]))
    records.write(Put(Key("p0", "gone"), {}, expires_at=now() - timedelta(seconds=1)))
    assert [(write.key, write.body["n"]) for write in records.walk()] == [(key, key.sort) for key in made]
