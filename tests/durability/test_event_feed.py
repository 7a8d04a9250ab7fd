"""A process that is killed repeatedly gives each event to each consumer, with one effect."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.keys import Key
from shared.services.records.dead_letters import DeadLetters
from shared.services.records.documents import Documents
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

KILLS = 12


@contextmanager
def process(path: Path, output: Path, mode: str) -> Iterator[None]:
    """Run the consumers' process, and kill it at the end of the block."""
    command = [sys.executable, "-m", "tests.durability.event_consumers", str(path), mode]
    with output.open("ab") as stdout:
        running = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()


def committed(output: Path) -> dict[str, str]:
    """Return the events that the process has reported, with their targets. A killed process may leave half a
    line."""
    lines = [line.split() for line in output.read_text().splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[1] in ("poison", "sound")}


def log_pages(records: SqliteRecords) -> Iterator[list[str]]:
    return Documents(records).sort_key_pages(keys.event("tenant_a"), limit=500)


def effects(records: SqliteRecords, consumer: str) -> set[str]:
    pages = Documents(records).record_pages(Key(f"effects#{consumer}", ""), limit=500)
    return {record.key.sort for page in pages for record in page}


def count(records: SqliteRecords, consumer: str) -> int:
    found = records.get(Key("counts", consumer))
    return 0 if found is None else int(found.body["count"])


def _has_more(records: SqliteRecords, most: int) -> bool:
    return count(records, "sound") > most


def test_no_event_is_missed_or_repeated_after_kills(tmp_path: Path) -> None:
    path, output = tmp_path / "records.sqlite", tmp_path / "output"
    output.touch()
    records = SqliteRecords(path)
    points = []
    for kill in range(KILLS):
        before = count(records, "sound")
        with process(path, output, "write"):
            wait_until(partial(_has_more, records, before + 2 * kill), pause=0)
        points.append((count(records, "sound"), len(effects(records, "failing"))))
    assert len(set(points)) == KILLS, f"the kills met the same state: {points}"

    letters = DeadLetters(Documents(records))
    logged = {event_id for page in log_pages(records) for event_id in page}
    reported = committed(output)
    assert set(reported) <= logged
    with process(path, output, "read"):
        wait_until(lambda: effects(records, "sound") == logged)
        wait_until(
            lambda: len(effects(records, "failing")) + sum(1 for _ in letters.each("failing")) >= len(logged)
        )
        wait_until(lambda: len(records.event_feed.read(0, 10)) <= 1)  # rows that both have passed are removed
    buried = {letter.event_id for letter in letters.each("failing")}
    assert effects(records, "failing") | buried == logged
    assert {event for event, target in reported.items() if target == "poison"} <= buried
    assert not buried & {event for event, target in reported.items() if target == "sound"}
    for consumer in ("sound", "failing"):
        assert count(records, consumer) == len(effects(records, consumer))
    assert list(letters.each("sound")) == []
    records.close()
