"""The ``move`` command between two data folders, and files of deployments."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.adapters.local.data_folder_lock import DataFolderLock
from shared.cli.__main__ import application
from shared.cli.moves.deployment_file import read_deployment
from shared.domain import keys
from shared.ports.records import Put
from shared.runtime.archive_copy.stores import check_no_events
from shared.runtime.local import LocalPorts, local_runtime
from shared.services.maintenance.archive_format import current_format
from shared.settings import Settings

PLANTED = b"planted-credential-51c7"
FILM = "media/anna/vid_1/film.mp4"
VALUES = {
    "VIDEOVECTOR_SERVER_RECORDS_TABLE": "records",
    "VIDEOVECTOR_SERVER_MEDIA_BUCKET": "media",
    "VIDEOVECTOR_SERVER_ENCRYPTION_KEY_ARN": "arn:aws:kms:eu-central-1:1:key/1",
    "AWS_REGION": "eu-central-1",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    ports = LocalPorts(Settings(data_folder=folder))
    ports.records.write(
        Put(keys.archive_format(), {"format": current_format()}),
        Put(keys.prompt("anna", "prm_1"), {"prompt_id": "prm_1"}),
    )
    ports.blobs.write(FILM, b"a film", "video/mp4")
    ports.tenant_secrets.put("anna", "con_1", PLANTED)
    return folder


def move(source: Path, target: Path, *options: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, ["move", "--from", str(source), "--to", str(target), *options])
    assert result.exit_code == code, result.output
    return result.output


def test_archive_is_moved_and_what_stays_is_said(source: Path, tmp_path: Path) -> None:
    said = move(source, tmp_path / "target")
    assert "1 files copied, 0 there already; 1 records copied, 1 there already" in said
    assert "Verified by SHA-256: 1 files, 2 records, 1 secrets are identical" in said
    assert "Not moved: signed links" in said
    assert "reindex" in said
    assert PLANTED.decode() not in said


def test_secrets_stay_in_files_of_their_own(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    move(source, target)
    with_secret = [path for path in target.rglob("*") if path.is_file() and PLANTED in path.read_bytes()]
    assert [path.relative_to(target).parts[:3] for path in with_secret] == [
        ("tenant-secrets", "anna", "con_1")
    ]
    assert with_secret[0].stat().st_mode & 0o777 == 0o600
    old, new = (folder / "secrets" / "link-signing-key" for folder in (source, target))
    assert old.read_text() != new.read_text()


def test_differences_are_named_and_end_command_with_error(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    move(source, target)
    LocalPorts(Settings(data_folder=target)).blobs.write(FILM, b"A film", "video/mp4")
    said = move(source, target, code=1)
    assert f"1 different:\n  {FILM}\n" in said
    assert "are identical" in move(source, target, "--overwrite")


def test_moved_events_are_not_dispatched_again(source: Path, tmp_path: Path) -> None:
    feed = LocalPorts(Settings(data_folder=source)).records
    feed.write(Put(keys.event("anna", "evt_1"), {}))
    assert "Events are still to be taken" in move(source, tmp_path / "target", code=1)
    [row] = feed.event_feed.read(0, 10)
    consumers = ["webhooks", "automations", "saved-searches"]
    for consumer in consumers[:-1]:
        feed.event_feed.advance(consumer, row.seq, consumers)
        assert "Events are still to be taken" in move(source, tmp_path / "target", code=1)
    feed.event_feed.advance(consumers[-1], row.seq - 1, consumers)
    assert "Events are still to be taken" in move(source, tmp_path / "target", code=1)
    feed.event_feed.advance(consumers[-1], row.seq, consumers)
    move(source, tmp_path / "target")
    target = LocalPorts(Settings(data_folder=tmp_path / "target"))
    assert target.records.get(keys.event("anna", "evt_1")) is not None
    check_no_events(target)


def test_archive_of_newer_release_is_refused_on_both_sides(source: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    stamp = Put(keys.archive_format(), {"format": current_format() + 1})
    local_runtime(Settings(data_folder=newer)).documents.write(stamp)
    assert "this release knows" in move(newer, tmp_path / "target", code=1)
    assert "this release knows" in move(source, newer, code=1)
    assert LocalPorts(Settings(data_folder=newer)).records.get(keys.prompt("anna", "prm_1")) is None


def test_folder_in_use_is_refused(source: Path, tmp_path: Path) -> None:
    with DataFolderLock(source):
        assert "in use" in move(source, tmp_path / "target", code=1)


def test_missing_or_same_folder_is_refused(source: Path, tmp_path: Path) -> None:
    refusal = move(tmp_path / "mistyped", tmp_path / "target", code=1)
    assert "There are no records" in refusal
    assert "Name the data folder of the server with --from." in " ".join(refusal.split())
    assert not (tmp_path / "mistyped").exists()
    assert "the same place" in move(source, source / ".." / source.name, code=1)


def test_deployment_is_read_from_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "target.env"
    lines = [f"export {name}='{value}'  # output of the stack" for name, value in VALUES.items()]
    path.write_text("\n".join(["# account b", *lines, "AWS_PROFILE=b"]))
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", "table-of-the-shell")
    found = read_deployment(path, Settings())
    assert (found.settings.records_table, found.settings.media_bucket) == ("records", "media")
    assert (found.region, found.profile) == ("eu-central-1", "b")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AWS_REGION": ""}, "does not set AWS_REGION."),
        ({"AWS_SECRET_ACCESS_KEY": PLANTED.decode()}, "sets AWS_SECRET_ACCESS_KEY, which has no effect"),
        ({"AWS_PROFILE": "'"}, "is not a file of NAME=value lines."),
        ({"just words": ""}, "is not a file of NAME=value lines."),
    ],
)
def test_invalid_file_of_deployment_ends_command(
    source: Path, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    path = tmp_path / "target.env"
    path.write_text("\n".join(f"{name}={value}" for name, value in (VALUES | change).items()))
    output = move(source, path, code=1)
    assert said in output
    assert PLANTED.decode() not in output


def test_missing_file_of_deployment_ends_command(source: Path, tmp_path: Path) -> None:
    assert "cannot be read" in move(source, tmp_path / "mistyped.env", code=1)
