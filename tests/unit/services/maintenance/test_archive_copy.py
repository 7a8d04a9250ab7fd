"""Copying an archive between folders; ``tests/aws/test_move_to_aws.py`` covers the AWS stores."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import now
from shared.domain.errors import Conflict, Unavailable
from shared.domain.keys import Key
from shared.ports.records import Put
from shared.services.maintenance.archive_copy import ArchiveCopy, Choices, CopyOutcome, Moved

PROMPT = keys.prompt("anna", "prm_1")
API_KEYS = [keys.api_key("hash"), keys.api_key_listing("anna", "key_1")]
LEFT = [keys.idempotency("anna", "f"), keys.search_snapshot("anna", "s"), keys.upload_session("anna", "u")]
FILM = "media/anna/vid_1/film.mp4"


class Stores:
    def __init__(self, folder: Path) -> None:
        self.records = SqliteRecords(folder / "records.sqlite")
        self.blobs = FolderBlobs(folder / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)

    def found(self) -> list[Key]:
        return [write.key for write in self.records.walk()]


class Flaky(FolderBlobs):
    """Breaks off, or damages what it takes."""

    broken = False
    damaging = False

    def write(self, key: str, content: bytes, content_type: str) -> None:
        if self.broken:
            raise Unavailable("gone")
        super().write(key, content[::-1] if self.damaging else content, content_type)


@pytest.fixture
def here(tmp_path: Path) -> Stores:
    stores = Stores(tmp_path / "here")
    for key in (PROMPT, *API_KEYS, *LEFT, keys.search_spaces()):
        stores.records.write(Put(key, {"of": key.partition}))
    stores.blobs.write(FILM, b"a film", "video/mp4")
    stores.blobs.write("imports/anna/imp_1/fil_1/source", b"sent", "video/mp4")
    return stores


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Stores]:
    stores = Stores(tmp_path / "there")
    stores.blobs = Flaky(tmp_path / "there" / "blobs", link_base_url=lambda: "", signing_key=b"k" * 32)
    yield stores
    Flaky.broken = Flaky.damaging = False


def move(here: Stores, there: Stores, choices: Choices | None = None) -> Moved:
    job = ArchiveCopy(here.records, here.blobs, there.records, there.blobs, choices or Choices())
    return job.run(lambda _: None)


def test_what_belongs_to_the_archive_is_copied_and_nothing_else(here: Stores, there: Stores) -> None:
    moved = move(here, there)
    assert there.found() == [PROMPT]
    assert list(there.blobs.keys("")) == [FILM]
    assert there.blobs.stat(FILM) == here.blobs.stat(FILM)
    assert (moved.records, moved.files) == ({CopyOutcome.COPIED: 1}, {CopyOutcome.COPIED: 1})


def test_keys_come_along_when_they_are_wanted(here: Stores, there: Stores) -> None:
    move(here, there, Choices(keys=True))
    assert set(there.found()) == {PROMPT, *API_KEYS}


def test_what_expires_does_so_on_the_other_side_too(here: Stores, there: Stores) -> None:
    soon = now() + timedelta(hours=1)
    here.records.write(Put(PROMPT, {}, expires_at=soon))
    move(here, there)
    [write] = there.records.walk()
    assert write.expires_at is not None
    assert abs(write.expires_at - soon) < timedelta(milliseconds=1)


def test_a_move_that_was_cut_off_goes_on_where_it_was(here: Stores, there: Stores) -> None:
    here.blobs.write("content/anna/hash/speech.json", b"{}", "application/json")
    there.blobs.write("content/anna/hash/speech.json", b"{}", "application/json")
    Flaky.broken = True
    with pytest.raises(Unavailable):
        move(here, there)
    assert there.found() == []  # no record before its files
    Flaky.broken = False
    assert move(here, there).files == {CopyOutcome.ALIKE: 1, CopyOutcome.COPIED: 1}
    assert move(here, there).records == {CopyOutcome.ALIKE: 1}


def test_a_file_that_arrives_damaged_is_noticed(here: Stores, there: Stores) -> None:
    Flaky.damaging = True
    with pytest.raises(Unavailable, match="did not arrive"):
        move(here, there)
    Flaky.damaging = False
    assert move(here, there).different == [FILM]  # of the same size, and yet not the same
    assert move(here, there, Choices(overwrite=True)).files == {CopyOutcome.COPIED: 1}


def test_nothing_is_copied_while_something_is_to_be_done(here: Stores, there: Stores) -> None:
    here.records.write(Put(keys.job("imp_1"), {}))
    with pytest.raises(Conflict):
        move(here, there)
    assert there.found() == []
    assert not list(there.blobs.keys(""))


def test_a_walk_finds_every_record_once_in_order(tmp_path: Path) -> None:
    """More than are read at a time."""
    records = SqliteRecords(tmp_path / "records.sqlite")
    made = sorted(Key(f"p{number % 3}", f"{number:05d}") for number in range(1203))
    for start in range(0, len(made), 100):
        records.write(*(Put(key, {"n": key.sort}) for key in made[start : start + 100]))
    records.write(Put(Key("p0", "gone"), {}, expires_at=now() - timedelta(seconds=1)))
    assert [(write.key, write.body["n"]) for write in records.walk()] == [(key, key.sort) for key in made]
