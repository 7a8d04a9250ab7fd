"""Contract of records with concurrent writers and with killed writers."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shared.domain.errors import VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Put, Records
from tests.contract.conftest import RecordStore
from tests.waiting import HANG_TIMEOUT

COUNTER = Key("p", "counter")

INCREMENT = """
from shared.domain.keys import Key
from shared.domain.errors import VersionConflict
from shared.ports.records import Put
records = {open}
done = 0
while done < {times}:
    record = records.get(Key("p", "counter"))
    try:
        records.write(Put(record.key, {{"n": record.body["n"] + 1}}, record.version))
        done += 1
    except VersionConflict:
        pass
records.close()
"""

WRITE_FOR_EVER = """
import itertools
from shared.domain.keys import Key
from shared.ports.records import Put
records = {open}
for n in itertools.count():
    records.write(Put(Key("p", f"a{{n:08d}}"), {{"n": n}}), Put(Key("p", f"b{{n:08d}}"), {{"n": n}}))
    print(n, flush=True)
"""

OPEN_AND_WRITE = """
import sys
from shared.domain.keys import Key
from shared.ports.records import Put
sys.stdin.readline()
records = {open}
records.write(Put(Key("p", sys.argv[1]), {{}}))
records.close()
"""


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def increment(records: Records, times: int) -> None:
    done = 0
    while done < times:
        record = records.get(COUNTER)
        assert record is not None
        try:
            records.write(Put(COUNTER, {"n": record.body["n"] + 1}, record.version))
        except VersionConflict:
            continue
        done += 1


def in_threads(count: int, work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(work, number) for number in range(count)]:
            future.result(timeout=HANG_TIMEOUT)


def test_no_increment_is_lost_between_threads(records: Records) -> None:
    records.write(Put(COUNTER, {"n": 0}))
    in_threads(8, lambda _: increment(records, 25))
    found = records.get(COUNTER)
    assert found is not None
    assert (found.body["n"], found.version) == (200, 201)


def test_no_increment_is_lost_between_processes(record_store: RecordStore, records: Records) -> None:
    records.write(Put(COUNTER, {"n": 0}))
    others = [python(INCREMENT.format(open=record_store.open_code, times=50)) for _ in range(2)]
    in_threads(4, lambda _: increment(records, 25))
    for other in others:
        other.communicate(timeout=HANG_TIMEOUT)
        assert other.returncode == 0
    found = records.get(COUNTER)
    assert found is not None
    assert found.body["n"] == 200


def test_only_one_of_many_writers_creates_record(records: Records) -> None:
    barrier = threading.Barrier(8)
    winners: list[int] = []

    def claim(number: int) -> None:
        barrier.wait()
        try:
            records.write(Put(Key("p", "claim"), {"by": number}, expected_version=ABSENT))
        except VersionConflict:
            return
        winners.append(number)

    in_threads(8, claim)
    found = records.get(Key("p", "claim"))
    assert found is not None
    assert winners == [found.body["by"]]


def test_reader_of_one_write_then_sees_whole_transaction(records: Records) -> None:
    left, right = Key("p", "left"), Key("p", "right")
    records.write(*(Put(key, {"n": 0}) for key in (left, right)))
    finished = threading.Event()

    def number(key: Key) -> int:
        found = records.get(key)
        assert found is not None
        return int(found.body["n"])

    def read() -> None:
        while not finished.is_set():
            seen = number(left)
            assert number(right) >= seen
            seen = number(right)
            assert number(left) >= seen

    def write() -> None:
        try:
            for n in range(50):
                records.write(*(Put(key, {"n": n}) for key in (left, right)))
        finally:
            finished.set()

    in_threads(3, lambda number: write() if number == 0 else read())


def test_many_processes_may_create_store_concurrently(record_store: RecordStore) -> None:
    code = OPEN_AND_WRITE.format(open=record_store.open_code)
    processes = [python(code, f"from-{number}") for number in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=HANG_TIMEOUT)
        assert process.returncode == 0
    records = record_store.open()
    assert [record.key.sort for record in records.query("p").records] == [f"from-{n}" for n in range(4)]
    records.close()


def test_acknowledged_writes_survive_kill_9(record_store: RecordStore) -> None:
    with python(WRITE_FOR_EVER.format(open=record_store.open_code)) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(150)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.readlines()]

    records = record_store.open()
    try:
        lefts = records.query("p", prefix="a", limit=100_000).records
        rights = records.query("p", prefix="b", limit=100_000).records
        assert acknowledged == list(range(len(acknowledged)))
        assert [record.body["n"] for record in lefts][: len(acknowledged)] == acknowledged
        assert [json.dumps(r.body) for r in lefts] == [json.dumps(r.body) for r in rights]
        assert len(lefts) - len(acknowledged) <= 1
    finally:
        records.close()
