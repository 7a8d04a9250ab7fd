"""Move of an archive between two folders. ``tests/aws/test_move.py`` moves archives to and from AWS."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict
from shared.ports.records import Put
from shared.ports.secrets import SecretVersion
from shared.services.maintenance.archive_copy.move import ArchiveMove
from shared.services.maintenance.archive_copy.progress import ForeignArchive, MoveProgress, MoveRecord
from shared.services.maintenance.archive_copy.results import CopyOptions, CopyOutcome
from shared.services.maintenance.archive_copy.verification import Finding
from shared.services.records.documents import Documents
from tests.unit.services.maintenance.archive_folders import ArchiveFolder

OPTIONS = CopyOptions(sizes_only=True, read_back=False)
OVERWRITE = CopyOptions(overwrite=True, read_back=False)
FILM = "media/anna/vid_1/film.mp4"
SPEECH = "content/anna/hash/speech.json"
PROMPTS = [keys.prompt("anna", f"prm_{number:03d}") for number in range(205)]
LATER = [keys.event("anna", "evt_1"), keys.due(1, "2030")]
STAMP = Put(keys.archive_format(), {"format": 2})


class Killed(BaseException):
    """The process ends at this call."""


@pytest.fixture
def source(tmp_path: Path) -> ArchiveFolder:
    folder = ArchiveFolder(tmp_path / "source")
    for start in range(0, len(PROMPTS), 100):
        folder.records.write(*(Put(key, {"of": key.sort}) for key in PROMPTS[start : start + 100]))
    folder.records.write(*(Put(key, {"of": key.sort}) for key in LATER), STAMP)
    folder.blobs.write(FILM, b"a film", "video/mp4")
    folder.blobs.write(SPEECH, b"{}", "application/json")
    folder.secrets.put("anna", "con_1", b"planted-value")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path / "target")


def move(
    source: ArchiveFolder,
    target: ArchiveFolder,
    options: CopyOptions = OPTIONS,
    *,
    name: str = "laptop:1",
    writes_per_transaction: int = 100,
    **more: Any,
) -> MoveRecord:
    job = ArchiveMove(source.opened(), target.opened(writes_per_transaction), name)
    return job.run(options, lambda _: None, **more)


def kill_at(operation: int, monkeypatch: pytest.MonkeyPatch, target: ArchiveFolder) -> Counter[str]:
    """End the process at the given operation on the target, before or after it took effect."""
    calls: Counter[str] = Counter()

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            calls["all"] += 1
            if calls["all"] == operation:
                if operation % 2:
                    call(*arguments)
                raise Killed
            return call(*arguments)

        return run

    for store, name in ((target.records, "write"), (target.blobs, "write"), (target.secrets, "restore")):
        monkeypatch.setattr(store, name, counted(getattr(store, name)))
    return calls


def differences(moved: MoveRecord) -> list[tuple[Finding, str]]:
    return moved.verified.differences


def test_moved_archive_is_counted_and_verified(source: ArchiveFolder, target: ArchiveFolder) -> None:
    moved = move(source, target)
    assert moved.copied.records == {CopyOutcome.COPIED: 208}
    assert moved.verified.records == {Finding.IDENTICAL: 208}
    assert moved.verified.files == {Finding.IDENTICAL: 2}
    assert moved.verified.secrets == {Finding.IDENTICAL: 1}
    assert moved.verified.bytes_compared == 8
    assert moved.verified.is_identical
    assert moved.completed_at is not None


@pytest.mark.slow
def test_move_killed_at_any_write_continues(
    source: ArchiveFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for operation in count(1):
        target = ArchiveFolder(tmp_path / f"target-{operation}")
        with monkeypatch.context() as patch:
            kill_at(operation, patch, target)
            try:
                moved = move(source, target)
            except Killed:
                moved = None
        if moved is not None:
            break
        assert move(source, target).verified.records == {Finding.IDENTICAL: 208}
        assert set(target.found()) == {*PROMPTS, *LATER, STAMP.key, keys.archive_move()}
    assert operation > 10


def test_continued_move_starts_where_it_was(
    source: ArchiveFolder, target: ArchiveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_at(9, patch, target)
        with pytest.raises(Killed):
            move(source, target)
    walked: list[Any] = []
    walk = source.records.walk

    def noted(after: Any = None) -> Any:
        walked.append(after)
        return walk(after)

    monkeypatch.setattr(source.records, "walk", noted)
    monkeypatch.setattr(target.blobs, "write", None)
    assert move(source, target).copied.files == {CopyOutcome.COPIED: 2}
    assert walked[0] == PROMPTS[98]  # the first batch begins with the stamp


def test_target_that_is_not_empty_is_refused(source: ArchiveFolder, target: ArchiveFolder) -> None:
    target.records.write(Put(keys.prompt("bert", "prm_1"), {}))
    with pytest.raises(ForeignArchive):
        move(source, target)
    assert target.found() == [keys.prompt("bert", "prm_1")]


def test_target_with_files_only_is_refused(source: ArchiveFolder, target: ArchiveFolder) -> None:
    target.blobs.write(FILM, b"another", "video/mp4")
    with pytest.raises(ForeignArchive):
        move(source, target)
    assert target.blobs.read(FILM) == b"another"


def test_target_of_new_deployment_counts_as_empty(source: ArchiveFolder, target: ArchiveFolder) -> None:
    target.records.write(STAMP, Put(keys.search_spaces(), {}), Put(keys.api_key("hash"), {}))
    assert move(source, target).verified.is_identical


def test_target_of_other_move_is_refused(source: ArchiveFolder, target: ArchiveFolder) -> None:
    move(source, target)
    with pytest.raises(ForeignArchive, match="another source"):
        move(source, target, name="s3://other")


def test_move_is_refused_while_job_is_open(source: ArchiveFolder, target: ArchiveFolder) -> None:
    source.records.write(Put(keys.job("imp_1"), {}))
    with pytest.raises(Conflict, match="still to be done"):
        move(source, target)
    assert target.found() == []


def test_second_process_is_detected(source: ArchiveFolder, target: ArchiveFolder) -> None:
    first = MoveProgress(Documents(target.records))
    stored = first.stored()
    assert stored is None
    moved = move(source, target)
    with pytest.raises(Conflict, match="Another process"):
        first.store(moved)


def test_dry_run_counts_and_writes_nothing(source: ArchiveFolder, target: ArchiveFolder) -> None:
    moved = move(source, target, CopyOptions(dry_run=True))
    assert moved.copied.files == {CopyOutcome.COPIED: 2}
    assert moved.copied.records == {CopyOutcome.COPIED: 208}
    assert target.found() == []
    assert list(target.blobs.keys("")) == []


def test_damaged_file_is_named_and_replaced_on_request(source: ArchiveFolder, target: ArchiveFolder) -> None:
    move(source, target)
    target.blobs.write(FILM, b"A film", "video/mp4")
    assert differences(move(source, target)) == [(Finding.DIFFERENT, FILM)]
    assert target.blobs.read(FILM) == b"A film"
    assert differences(move(source, target, OVERWRITE)) == []


def test_file_damaged_on_the_way_is_named(
    source: ArchiveFolder, target: ArchiveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = target.blobs.write
    monkeypatch.setattr(target.blobs, "write", lambda key, content, kind: write(key, content[::-1], kind))
    assert differences(move(source, target)) == [(Finding.DIFFERENT, SPEECH), (Finding.DIFFERENT, FILM)]


def test_record_and_secret_of_other_content_are_named(source: ArchiveFolder, target: ArchiveFolder) -> None:
    move(source, target)
    target.records.write(Put(PROMPTS[7], {"of": 1}))
    [identity] = source.secrets.walk()
    target.secrets.restore(identity, b"other-value")
    moved = move(source, target)
    assert differences(moved) == [
        (Finding.DIFFERENT, "secret con_1"),
        (Finding.DIFFERENT, "/".join(PROMPTS[7])),
    ]
    assert "value" not in moved.model_dump_json()


def test_lost_write_is_named(
    source: ArchiveFolder, target: ArchiveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target.blobs, "write", lambda *_: None)
    assert differences(move(source, target)) == [(Finding.MISSING, SPEECH), (Finding.MISSING, FILM)]


def test_what_target_has_in_addition_is_named(source: ArchiveFolder, target: ArchiveFolder) -> None:
    move(source, target)
    target.records.write(Put(keys.prompt("anna", "prm_new"), {}))
    target.blobs.write("media/anna/vid_2/film.mp4", b"new", "video/mp4")
    target.secrets.restore(SecretVersion("anna", "con_9", "01J00000000000000000000000"), b"new")
    assert differences(move(source, target)) == [
        (Finding.ADDITIONAL, "media/anna/vid_2/film.mp4"),
        (Finding.ADDITIONAL, "secret con_9"),
        (Finding.ADDITIONAL, "tenant#anna#prompts/prm_new"),
    ]


def test_api_keys_are_moved_on_request(source: ArchiveFolder, target: ArchiveFolder) -> None:
    source.records.write(Put(keys.api_key("hash"), {}))
    assert keys.api_key("hash") not in (move(source, target), target.found())[1]
    moved = move(source, target, CopyOptions(keys=True, sizes_only=True))
    assert keys.api_key("hash") in target.found()
    assert moved.verified.is_identical


def test_progress_of_earlier_move_stays_behind(source: ArchiveFolder, target: ArchiveFolder) -> None:
    source.records.write(Put(keys.archive_move(), {"source": "another"}))
    moved = move(source, target)
    assert moved.verified.is_identical
    assert moved.source == "laptop:1"
