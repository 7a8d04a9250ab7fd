"""The reader returns each event once, whatever the order of the commits, also after a resume."""

from pathlib import Path
from random import Random

import pytest

from shared.domain.errors import Unavailable
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import MAX_DIGESTS
from shared.services.notifications.event_reader import PAGE_SIZE
from tests.measures import calls_at_most
from tests.unit.services.notifications.event_world import EventWorld, ids_of, read_all


@pytest.fixture
def world(tmp_path: Path) -> EventWorld:
    return EventWorld(tmp_path)


def test_events_come_in_order_from_now_on(world: EventWorld) -> None:
    world.commit(*(world.event(-seconds) for seconds in range(20)))
    reader = world.reader()
    assert read_all(reader) == []
    world.pass_time(0.1)
    committed = world.commit(*(world.event() for _ in range(250)))
    assert read_all(reader) == committed
    assert read_all(reader) == []


def test_overtaken_event_comes_once(world: EventWorld) -> None:
    """Two transactions commit in the reverse order of their ids."""
    reader = world.reader()
    late, early = world.event(0), world.event(4)
    world.pass_time(4)
    world.commit(early)
    assert read_all(reader) == [early.event_id]
    world.pass_time(24)
    world.commit(late)
    assert read_all(reader) == [late.event_id]
    for _ in range(10):
        world.pass_time(10)
        assert read_all(reader) == []


def test_event_overtaken_by_milliseconds_comes_without_deep_pass(world: EventWorld) -> None:
    reader = world.reader()
    late, early = world.event(0), world.event(0.003)
    world.commit(early)
    assert read_all(reader) == [early.event_id]
    world.commit(late)
    assert read_all(reader) == [late.event_id]


def test_event_overtaken_at_start_comes(world: EventWorld) -> None:
    late = world.event(-20)
    world.commit(world.event())
    reader = world.reader()
    world.commit(late)
    world.pass_time(6)
    assert read_all(reader) == [late.event_id]


def test_resumed_reader_finds_event_committed_meanwhile(world: EventWorld) -> None:
    reader = world.reader()
    late = world.event(0)
    before = world.commit(*(world.event(0.1 + number / 100) for number in range(50)))
    world.pass_time(1)
    assert read_all(reader) == before
    world.commit(late)
    after = world.commit(world.event())
    world.pass_time(8)
    assert read_all(world.reader(reader.position)) == [late.event_id, *after]


def test_position_within_batch_resumes_after_it(world: EventWorld) -> None:
    start = world.reader().position
    committed = world.commit(*(world.event(number) for number in range(230)))
    world.pass_time(3600)
    position, found = start, list[str]()
    while len(found) < 230:
        reader = world.reader(position)
        found += ids_of(reader.read(9).events)
        position = reader.position
        assert len(position) < 50, "settled events are not listed"
    assert found == committed


def test_plain_event_id_repeats_last_events_only(world: EventWorld) -> None:
    committed = world.commit(*(world.event(number) for number in range(100)))
    world.pass_time(3600)
    assert read_all(world.reader(committed[60])) == [*committed[20:60], *committed[61:]]


def test_plain_event_id_of_slow_reader_misses_nothing(world: EventWorld) -> None:
    """The client needs a minute for a page. An event is committed behind its place in the log."""
    reader = world.reader()
    committed = world.commit(*(world.event() for _ in range(150)))
    found = ids_of(reader.read(1).events)
    world.pass_time(50)
    late = world.event()
    world.pass_time(10)
    committed += world.commit(*(world.event() for _ in range(100)))
    while len(found) < 160:
        found += ids_of(reader.read(1).events)
    world.pass_time(19)
    committed += world.commit(late)
    world.pass_time(20)
    (newest,) = world.commit(world.event())
    while newest not in found:
        found += ids_of(reader.read(1).events)
    assert set(found) | set(read_all(world.reader(newest))) == {*committed, newest}


def test_overflowing_position_repeats_and_misses_nothing(world: EventWorld) -> None:
    reader = world.reader()
    committed = world.commit(*(world.event(number / 1000) for number in range(600)))
    world.pass_time(1)
    assert read_all(reader) == committed
    late = world.commit(world.event())
    assert read_all(world.reader(reader.position)) == [*committed[: 600 - MAX_DIGESTS], *late]


def test_full_reader_waits_for_settled_events(world: EventWorld) -> None:
    reader = world.reader(max_unsettled=50)
    committed = world.commit(*(world.event(number / 100) for number in range(120)))
    world.pass_time(1.2)
    assert read_all(reader) == committed[:50]
    assert read_all(reader) == []
    found = committed[:50]
    for _ in range(100):
        world.pass_time(1)
        found += read_all(reader)
    assert found == committed


def test_start_among_more_events_than_are_remembered(world: EventWorld) -> None:
    world.commit(*(world.event(-number / 100) for number in range(300)))
    reader = world.reader(max_unsettled=50)
    world.pass_time(1)
    committed = world.commit(world.event())
    world.pass_time(30)
    assert read_all(reader) == committed


def test_filtered_events_take_no_memory(world: EventWorld) -> None:
    reader = world.reader(wanted=EventFilter(run_id="run_1"), max_unsettled=3)
    world.commit(*(world.event() for _ in range(300)))
    wanted = world.commit(*(world.event(run_id="run_1") for _ in range(2)))
    assert read_all(reader) == wanted


def test_one_read_of_long_log_is_bounded(world: EventWorld) -> None:
    """A filter that nothing passes must not hold a thread for the whole log."""
    start = world.reader().position
    world.commit(*(world.event(number / 10) for number in range(21 * PAGE_SIZE)))
    world.pass_time(3600)
    reader = world.reader(start, wanted=EventFilter(run_id="run_1"))
    batch = reader.read(1)
    assert (list(batch.events), batch.has_more) == ([], True)
    assert reader.position > start
    assert not reader.read(1).has_more


def test_near_pass_does_not_read_whole_overlap(world: EventWorld) -> None:
    reader = world.reader()
    world.commit(*(world.event(number / 100) for number in range(2500)))
    world.pass_time(25)
    assert len(read_all(reader, 100)) == 2500
    committed = world.commit(world.event())
    with calls_at_most(4000):
        assert read_all(reader) == committed


def test_failing_page_loses_no_event(world: EventWorld) -> None:
    """The second page of a read fails. The events of the first page are returned all the same."""
    reader = world.reader()
    committed = world.commit(*(world.event() for _ in range(150)))
    world.fail_query_after(1)
    first = reader.read(150)
    assert (ids_of(first.events), first.has_more) == (committed[:100], True)
    with pytest.raises(Unavailable):
        reader.read(150)
    world.fail_query_after(None)
    assert read_all(reader) == committed[100:]


def test_other_tenant_is_not_read(world: EventWorld) -> None:
    mine, theirs = world.reader(), world.reader(tenant="beta")
    committed = world.commit(world.event())
    assert read_all(theirs) == []
    assert read_all(mine) == committed
    assert read_all(world.reader(mine.position, tenant="beta")) == []


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_commits_and_resumes_gives_each_event_once(world: EventWorld, seed: int) -> None:
    """Transactions end up to 29 s after their ids. The reader is replaced at random moments."""
    random = Random(seed)
    reader = world.reader(max_unsettled=random.choice([40, 10_000]))
    pending = [(seconds, random.uniform(0, 29)) for seconds in (random.uniform(0, 60) for _ in range(200))]
    events = [(at, at + delay, world.event(at)) for at, delay in pending]
    passed, found, committed = 0.0, list[str](), list[str]()
    while len(found) < len(events):
        step = random.choice([0.01, 0.3, 2.0])
        ready = [event for _, commit, event in events if passed <= commit < passed + step]
        passed += step
        world.pass_time(step)
        committed += world.commit(*ready)
        if random.random() < 0.3:
            reader = world.reader(reader.position)
        found += ids_of(reader.read(random.randint(1, 30)).events)
        assert passed < 1000, "an event is missing"
    assert sorted(found) == sorted(committed)
    assert len(set(found)) == len(found)
