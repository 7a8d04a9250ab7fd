"""Moves of archives between a laptop and two accounts of the emulator, in every direction."""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.domain import keys
from shared.domain.keys import Key
from shared.ports.records import Delete, Put, Records
from shared.runtime.local import LocalPorts, local_runtime
from shared.runtime.local_reindexing import reindex
from shared.runtime.ports import Ports
from shared.services.maintenance.archive_copy.progress import MoveRecord
from shared.services.maintenance.archive_copy.verification import Finding
from shared.services.maintenance.archive_format import current_format
from shared.settings import Settings
from tests.aws.accounts import NEW_ACCOUNT, OLD_ACCOUNT, DeployedStores, deploy, operator_shell
from tests.aws.emulator import Emulator
from tests.aws.sample_archive import (
    PLANTED,
    Archive,
    assert_same_answers,
    client_of,
    filled_archive,
    post,
)
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

FILES = 150
RECORDS = 250
WHILE_FILES_ARE_COPIED = [("file", 31), ("position", 2), ("file", 70), ("position", 3)]
STAMP = Put(keys.archive_format(), {"format": current_format()})


@pytest.fixture(scope="module", autouse=True)
def shell(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with operator_shell(emulator, tmp_path_factory.mktemp("aws")) as variables:
        yield variables


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return filled_archive(tmp_path_factory.mktemp("laptop"))


@pytest.fixture
def old(tmp_path: Path) -> DeployedStores:
    return deploy(OLD_ACCOUNT, tmp_path)


@pytest.fixture
def new(tmp_path: Path) -> DeployedStores:
    return deploy(NEW_ACCOUNT, tmp_path)


def move(source: Path, target: Path, *options: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, ["move", "--from", str(source), "--to", str(target), *options])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def plant(ports: Ports, files: int = FILES, records: int = RECORDS) -> None:
    """Store an archive of small files and records, with one secret."""
    ports.records.write(STAMP)
    for number in range(files):
        ports.blobs.write(f"media/anna/vid_{number:03d}/film.mp4", f"film {number}".encode(), "video/mp4")
    made = [Put(keys.prompt("anna", f"prm_{number:04d}"), {"number": number}) for number in range(records)]
    for start in range(0, records, 100):
        ports.records.write(*made[start : start + 100])
    ports.tenant_secrets.put("anna", "con_1", PLANTED)


def position(records: Records) -> MoveRecord:
    found = records.get(keys.archive_move())
    assert found is not None
    return MoveRecord.model_validate(found.body)


def local_ports(folder: Path) -> LocalPorts:
    return LocalPorts(Settings(data_folder=folder))


def test_archive_gives_same_answers_after_move_to_aws_on_and_back(
    archive: Archive,
    old: DeployedStores,
    new: DeployedStores,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    back = tmp_path / "back"
    places = [archive.folder, old.file, new.file, back]
    said = [move(*pair, "--keys") for pair in itertools.pairwise(places)]
    assert all("are identical" in each and "Not moved" in each for each in said)
    assert len({each.split("Verified by SHA-256: ")[1].split(" are identical")[0] for each in said}) == 1

    first = client_of(local_runtime(Settings(data_folder=archive.folder)), archive.key)
    moved = local_runtime(Settings(data_folder=back))
    assert_same_answers(archive, first, client_of(new.runtime(), archive.key))
    assert_same_answers(archive, first, client_of(moved, archive.key))

    assert reindex(moved.settings, None, lambda *_: None) >= 3
    query = {"query": "somebody speaks", "top_k": 5}
    clients = [
        client_of(local_runtime(Settings(data_folder=folder)), archive.key)
        for folder in (archive.folder, back)
    ]
    hits = [post(client, f"/indexes/{archive.index_id}/search", query) for client in clients]
    assert hits[0]
    assert [hit["segment_id"] for hit in hits[0]] == [hit["segment_id"] for hit in hits[1]]

    for ports in (old.ports, new.ports, local_ports(back)):
        assert ports.tenant_secrets.read(*archive.secret) == PLANTED
    items = [json.dumps(deployed.items(), default=repr) for deployed in (old, new)]
    for text in (*items, *said, caplog.text):
        assert PLANTED.decode() not in text
    holders = [path for path in back.rglob("*") if path.is_file() and PLANTED in path.read_bytes()]
    assert [path.relative_to(back).parts[0] for path in holders] == ["tenant-secrets"]


def test_secret_is_sealed_again_by_key_of_target(old: DeployedStores, new: DeployedStores) -> None:
    plant(old.ports, files=1, records=1)
    move(old.file, new.file)
    [identity] = new.ports.tenant_secret_source.walk()
    key = keys.tenant_secret(*identity)
    sealed = [deployed.ports.records.get(key) for deployed in (old, new)]
    assert sealed[0] is not None
    assert sealed[1] is not None
    assert sealed[0].body != sealed[1].body
    assert new.ports.tenant_secrets.read(*identity) == PLANTED


def test_damaged_object_is_named_and_replaced_on_request(old: DeployedStores, new: DeployedStores) -> None:
    plant(old.ports, files=3, records=3)
    move(old.file, new.file)
    film = "media/anna/vid_001/film.mp4"
    new.ports.blobs.write(film, b"film X", "video/mp4")  # the same size
    new.ports.records.write(Put(keys.prompt("anna", "prm_0002"), {"number": 7}))
    said = move(old.file, new.file, code=1)
    assert f"2 different:\n  {film}\n  tenant#anna#prompts/prm_0002\n" in said
    assert "are identical" in move(old.file, new.file, "--overwrite")
    assert new.ports.blobs.read(film) == b"film 1"


def test_copied_events_of_deployment_are_not_dispatched_again(
    old: DeployedStores, new: DeployedStores, tmp_path: Path
) -> None:
    old.ports.records.write(STAMP, Put(keys.event("anna", "evt_1"), {"event_type": "run.completed"}))
    move(old.file, tmp_path / "laptop")
    move(old.file, new.file)
    [event] = [item for item in new.items() if item["partition"]["S"].endswith("#events")]
    assert "copied" in event
    feed = local_ports(tmp_path / "laptop").records.event_feed
    assert feed.read(0, 1) == []


def test_deployment_with_events_in_a_queue_is_not_moved(old: DeployedStores, tmp_path: Path) -> None:
    plant(old.ports, files=1, records=1)
    sqs = old.account.clients().get("sqs")
    name = f"{old.table.partition('-data-')[0]}-finished-runs"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    refusal = " ".join(move(old.file, tmp_path / "laptop", code=1).split())
    assert f"still to be taken from {name}." in refusal
    sqs.purge_queue(QueueUrl=url)
    assert "are identical" in move(old.file, tmp_path / "laptop")


@pytest.mark.parametrize("to_laptop", [True, False], ids=["to laptop", "to account"])
def test_move_is_refused(old: DeployedStores, new: DeployedStores, tmp_path: Path, to_laptop: bool) -> None:
    target: Path = tmp_path / "laptop" if to_laptop else new.file
    ports = local_ports(target) if to_laptop else new.ports
    plant(old.ports, files=1, records=1)

    job = keys.job("imp_1")
    old.ports.records.write(Put(job, {"arguments": {"tenant_id": "anna"}}))
    assert "still to be done" in move(old.file, target, code=1)
    old.ports.records.write(Delete(job))

    other = keys.prompt("bert", "prm_1")
    ports.records.write(Put(other, {}))
    assert "not empty" in move(old.file, target, code=1)
    ports.records.write(Delete(other), Put(STAMP.key, {"format": current_format() + 1}))
    assert "this release knows" in move(old.file, target, code=1)
    ports.records.write(STAMP)
    old.ports.records.write(Put(STAMP.key, {"format": current_format() + 1}))
    assert "this release knows" in move(old.file, target, code=1)
    assert list(ports.blobs.keys("")) == []

    old.ports.records.write(STAMP)
    assert "are identical" in move(old.file, target)


def killed(shell: dict[str, str], point: str, number: int, source: Path, target: Path) -> bool:
    """Run a move that is killed at a point. Return whether it was: a move with fewer points ends."""
    arguments = ["move", "--from", str(source), "--to", str(target)]
    command = [sys.executable, "-m", "tests.aws.killed_move", point, str(number), *arguments]
    done = subprocess.run(
        command, env=os.environ | shell, capture_output=True, text=True, check=False, timeout=HANG_TIMEOUT
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
    assert PLANTED.decode() not in done.stdout + done.stderr
    return done.returncode != 0


def check_complete(source: Ports, target: Ports) -> None:
    """Check that the target has each file and record of the source once, as the move reports."""
    moved = position(target.records)
    assert moved.completed_at is not None
    assert moved.verified.is_identical
    files = list(source.blobs.keys("media/"))
    assert list(target.blobs.keys("media/")) == files
    assert moved.copied.files.total() == moved.verified.files[Finding.IDENTICAL] == len(files)
    assert moved.verified.records[Finding.IDENTICAL] == moved.copied.records.total()
    for number in range(moved.verified.records[Finding.IDENTICAL] - 1):
        key = Key("tenant#anna#prompts", f"prm_{number:04d}")
        found = target.records.get(key)
        assert found is not None
        assert found.body == {"number": number}


@pytest.mark.parametrize("to_laptop", [True, False], ids=["to laptop", "to account"])
def test_killed_move_continues(
    shell: dict[str, str], old: DeployedStores, new: DeployedStores, tmp_path: Path, to_laptop: bool
) -> None:
    target = tmp_path / "laptop" if to_laptop else new.file
    plant(old.ports)
    assert killed(shell, "file", 70, old.file, target)
    assert killed(shell, "position", 6, old.file, target)
    ports = local_ports(target) if to_laptop else new.ports
    assert position(ports.records).phase == "records"
    assert "are identical" in move(old.file, target)
    check_complete(old.ports, ports)


@pytest.mark.long
@pytest.mark.parametrize("direction", ["to laptop", "to account", "from laptop"])
def test_move_killed_after_every_batch_continues(
    shell: dict[str, str], old: DeployedStores, new: DeployedStores, tmp_path: Path, direction: str
) -> None:
    """Each process handles one batch and is killed, before or after it stores its position."""
    laptop = tmp_path / "laptop"
    source, target = {
        "to laptop": (old.file, laptop),
        "to account": (old.file, new.file),
        "from laptop": (laptop, new.file),
    }[direction]
    ports: dict[Path, Ports] = {old.file: old.ports, new.file: new.ports, laptop: local_ports(laptop)}
    plant(ports[source], files=400, records=700)
    points = itertools.chain(WHILE_FILES_ARE_COPIED, itertools.cycle([("position", 3), ("position", 4)]))
    kills = sum(1 for _ in itertools.takewhile(lambda point: killed(shell, *point, source, target), points))
    assert kills > 10
    check_complete(ports[source], ports[target])
