"""Consumers follow the event feed: each event reaches each consumer, whatever fails."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from shared.adapters.local.event_feed.feed import LocalEventFeed
from shared.adapters.local.event_feed.follower import FeedPolicy
from shared.adapters.local.event_feed.signal import LocalEventSignal
from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event
from shared.domain.keys import Key
from shared.ports.records import Delete, Put
from shared.services.records.dead_letters import DeadLetters
from shared.services.records.documents import Documents
from tests.unit.adapters.local.event_feed.consumers import TENANT, Consumer, append
from tests.unit.adapters.local.full_store import LARGE, full_store
from tests.waiting import HANG_TIMEOUT, wait_until

_POLICY = FeedPolicy(pauses=(0.01, 0.02), batch_size=10, poll_seconds=0.005)
_NEVER_POLLS = FeedPolicy(pauses=(), poll_seconds=HANG_TIMEOUT)


class Laptop:
    """Records with a feed. ``follow`` starts the feed, again after ``stop``."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "records.db"
        self.signal = LocalEventSignal()
        self.records = SqliteRecords(self.path, on_events=self.signal.notify)
        self.documents = Documents(self.records)
        self._feeds: list[LocalEventFeed] = []

    def follow(self, *consumers: Consumer, policy: FeedPolicy = _POLICY) -> None:
        self._feeds.append(LocalEventFeed(self.records, self.signal, consumers, policy))
        self._feeds[-1].start()

    def stop(self) -> None:
        while self._feeds:
            assert self._feeds.pop().stop(HANG_TIMEOUT)

    def rows(self) -> list[str]:
        return [row.key.sort for row in self.records.event_feed.read(0, 1000)]

    def dead_letters(self, consumer: str) -> list[str]:
        return [letter.event_id for letter in DeadLetters(self.documents).each(consumer)]


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    opened = Laptop(tmp_path)
    yield opened
    opened.stop()
    opened.records.close()


def fail_on(events: list[str], error: Exception | None = None) -> Callable[[Event], None]:
    def fails(event: Event) -> None:
        if event.event_id in events:
            raise error or RuntimeError("planted")

    return fails


def test_each_consumer_takes_each_event_in_order(laptop: Laptop) -> None:
    earlier = append(laptop.documents, 25)
    first, second = Consumer("first"), Consumer("second")
    laptop.follow(first, second)
    later = append(laptop.documents, 25)
    wait_until(lambda: len(first.taken) == len(second.taken) == 50)
    assert first.taken == second.taken == earlier + later
    assert all(len(call) <= 10 for call in first.calls)


def test_commit_wakes_consumers_without_poll(laptop: Laptop) -> None:
    consumer = Consumer("only")
    laptop.follow(consumer, policy=_NEVER_POLLS)
    for count in (1, 2, 3):
        append(laptop.documents)
        wait_until(partial(_has_taken, consumer, count))


def test_events_of_other_processes_are_found(laptop: Laptop) -> None:
    consumer = Consumer("only")
    laptop.follow(consumer)
    other = SqliteRecords(laptop.path)
    written = append(Documents(other), 3)
    wait_until(lambda: consumer.taken == written)
    other.close()


def test_restart_continues_after_the_last_batch(laptop: Laptop) -> None:
    first = Consumer("only")
    laptop.follow(first)
    taken = append(laptop.documents, 3)
    wait_until(lambda: laptop.records.event_feed.position("only") == 3)
    laptop.stop()
    missed = append(laptop.documents, 3)
    second = Consumer("only")
    laptop.follow(second)
    wait_until(lambda: len(second.taken) == 3)
    assert (first.taken, second.taken) == (taken, missed)


def test_new_consumer_starts_at_the_oldest_row(laptop: Laptop) -> None:
    written = append(laptop.documents, 3)
    new = Consumer("new")
    laptop.follow(new)
    wait_until(lambda: new.taken == written)


def test_erased_events_are_skipped(laptop: Laptop) -> None:
    kept, erased = append(laptop.documents), append(laptop.documents)
    last = append(laptop.documents)
    laptop.records.write(*(deletion(event_id) for event_id in erased))
    consumer = Consumer("only")
    laptop.follow(consumer)
    wait_until(lambda: len(consumer.taken) == 2)
    assert consumer.taken == kept + last


def test_failing_consumer_does_not_delay_another(laptop: Laptop) -> None:
    broken, sound = Consumer("broken", fails=_always), Consumer("sound")
    laptop.follow(broken, sound, policy=FeedPolicy(pauses=(HANG_TIMEOUT,), poll_seconds=0.02))
    written = append(laptop.documents, 30)
    wait_until(lambda: sound.taken == written)
    assert broken.taken == []
    assert laptop.rows() == written


def test_event_that_fails_repeatedly_becomes_a_dead_letter(
    laptop: Laptop, caplog: pytest.LogCaptureFixture
) -> None:
    written = append(laptop.documents, 9)
    poison = [written[2], written[5]]
    consumer = Consumer("only", fails=fail_on(poison))
    with caplog.at_level(logging.ERROR):
        laptop.follow(consumer)
        wait_until(lambda: laptop.dead_letters("only") == poison)
    wait_until(lambda: laptop.records.event_feed.position("only") == 9)
    assert consumer.taken == [event for event in written if event not in poison]
    assert [consumer.calls.count([event]) for event in poison] == [3, 3]
    assert f"The event {poison[0]} (deletion.started) is a dead letter of only." in caplog.text


def test_event_that_fails_once_is_taken_later(laptop: Laptop) -> None:
    failures = [RuntimeError("planted"), RuntimeError("planted")]

    def fails(_: Event) -> None:
        if failures:
            raise failures.pop()

    consumer = Consumer("only", fails=fails)
    laptop.follow(consumer)
    written = append(laptop.documents)
    wait_until(lambda: consumer.taken == written)
    assert laptop.dead_letters("only") == []


def test_unavailable_store_makes_no_dead_letter(laptop: Laptop) -> None:
    outage = [Unavailable("planted")]
    consumer = Consumer("only")

    def fails(_: Event) -> None:
        if outage:
            raise outage[0]

    consumer.fails = fails
    laptop.follow(consumer)
    written = append(laptop.documents)
    wait_until(lambda: len(consumer.calls) > len(_POLICY.pauses) + 2)
    outage.clear()
    wait_until(lambda: consumer.taken == written)
    assert laptop.dead_letters("only") == []


def test_full_disk_delays_effects_and_makes_no_dead_letter(laptop: Laptop) -> None:
    consumer = Consumer("only")

    def store(event: Event) -> None:
        laptop.records.write(Put(Key("effects", event.event_id), LARGE))

    consumer.fails = store
    written = append(laptop.documents, 3)
    with full_store(laptop.records):
        laptop.follow(consumer)
        wait_until(lambda: len(consumer.calls) > len(_POLICY.pauses) + 2)
        assert consumer.taken == []
    wait_until(lambda: laptop.records.event_feed.position("only") == 3)
    assert [record.key.sort for record in laptop.records.query("effects").records] == written
    assert laptop.dead_letters("only") == []


def test_position_that_cannot_be_stored_loses_nothing(laptop: Laptop) -> None:
    connections = laptop.records._connections
    written = append(laptop.documents, 3)
    with connections.writing() as connection:
        connection.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON event_feed_position"
            " BEGIN SELECT raise(ABORT, 'database or disk is full'); END"
        )
    consumer = Consumer("only")
    laptop.follow(consumer)
    wait_until(lambda: len(consumer.calls) >= 2)
    with connections.writing() as connection:
        connection.execute("DROP TRIGGER full")
    wait_until(lambda: laptop.records.event_feed.position("only") == 3)
    assert set(consumer.taken) == set(written)


def test_locked_file_delays_consumers_and_loses_nothing(laptop: Laptop) -> None:
    consumer = Consumer("only")
    laptop.follow(consumer)
    written = append(laptop.documents, 2)
    other = sqlite3.connect(laptop.path, isolation_level=None, timeout=HANG_TIMEOUT)
    other.execute("BEGIN IMMEDIATE")
    wait_until(lambda: consumer.taken)
    other.execute("COMMIT")
    other.close()
    written += append(laptop.documents, 2)
    wait_until(lambda: set(consumer.taken) == set(written))


def test_retried_dead_letter_reaches_its_consumer(laptop: Laptop) -> None:
    (poison,) = append(laptop.documents)
    consumer, other = Consumer("only", fails=fail_on([poison])), Consumer("other")
    laptop.follow(consumer, other)
    wait_until(lambda: laptop.dead_letters("only") == [poison])
    consumer.fails = fail_on([])
    letters = DeadLetters(laptop.documents)
    (letter,) = letters.each("only")
    assert (letter.error, letter.attempts, letter.tenant_id) == ("RuntimeError", 3, TENANT)
    assert letters.retry(letter)
    wait_until(lambda: consumer.taken == [poison])
    assert laptop.dead_letters("only") == []


def test_dead_letter_of_erased_event_is_deleted_by_retry(laptop: Laptop) -> None:
    (poison,) = append(laptop.documents)
    laptop.follow(Consumer("only", fails=_always))
    wait_until(lambda: laptop.dead_letters("only") == [poison])
    laptop.records.write(deletion(poison))
    letters = DeadLetters(laptop.documents)
    assert not letters.retry(next(letters.each("only")))
    assert laptop.dead_letters("only") == []


def test_feed_stops_while_an_event_fails(laptop: Laptop) -> None:
    written = append(laptop.documents)
    broken = Consumer("only", fails=_always)
    laptop.follow(broken, policy=FeedPolicy(pauses=(HANG_TIMEOUT,), poll_seconds=0.02))
    wait_until(lambda: len(broken.calls) >= 2)
    laptop.stop()
    sound = Consumer("only")
    laptop.follow(sound)
    wait_until(lambda: sound.taken == written)


def _has_taken(consumer: Consumer, count: int) -> bool:
    return len(consumer.taken) == count


def _always(_: Event) -> None:
    raise RuntimeError("planted")


def deletion(event_id: str) -> Delete:
    return Delete(keys.event(TENANT, event_id))
