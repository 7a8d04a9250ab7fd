"""The queue in front of a scarce resource."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import pytest

from shared.domain.errors import TooManyRequests
from shared.http.admission.fair_queue import CODE, RETRY_AFTER_SECONDS, FairQueue, QueueLimits

LIMITS: Final = QueueLimits(per_tenant=4, total=6, seconds=600.0)


class Visitors:
    """Requests that hold a slot until they are told to leave."""

    def __init__(self, queue: FairQueue) -> None:
        self._queue = queue
        self._doors: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.served: list[str] = []

    async def come(self, *names: str) -> None:
        """Let each request come; the first letter of its name is its tenant."""
        for name in names:
            self._doors[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._visit(name))
        await settle()

    async def leave(self, *names: str) -> None:
        for name in names:
            self._doors[name].set()
            await settle()

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        await settle()

    async def _visit(self, name: str) -> None:
        async with self._queue.slot(name[0]):
            self.served.append(name)
            await self._doors[name].wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


def test_tenant_holds_no_more_than_its_slots() -> None:
    async def scenario() -> None:
        visitors = Visitors(FairQueue("listings", 3, LIMITS, tenant_slots=2))
        await visitors.come("a1", "a2", "a3", "a4", "b1", "b2", "c1")
        assert visitors.served == ["a1", "a2", "b1"]
        await visitors.leave("b1")
        assert visitors.served[3:] == ["b2"]
        await visitors.leave("b2")
        assert visitors.served[4:] == ["c1"]
        await visitors.leave("c1")
        assert visitors.served[5:] == []
        await visitors.leave("a1")
        assert visitors.served[5:] == ["a3"]
        await visitors.leave("a2", "a3", "a4")
        assert visitors.served[6:] == ["a4"]

    run(scenario())


def test_cancelled_request_beside_a_free_slot_takes_none() -> None:
    async def scenario() -> None:
        queue = FairQueue("listings", 2, LIMITS, tenant_slots=1)
        visitors = Visitors(queue)
        await visitors.come("a1", "a2", "a3")
        await visitors.cancel("a2")
        assert (visitors.served, queue.waiting) == (["a1"], 1)
        await visitors.leave("a1")
        assert visitors.served == ["a1", "a3"]
        await visitors.leave("a3")
        assert queue.waiting == 0

    run(scenario())


def test_tenants_take_turns_whatever_each_has_waiting() -> None:
    async def scenario() -> None:
        visitors = Visitors(FairQueue("searches", 1, LIMITS))
        await visitors.come("a1", "a2", "a3", "a4", "b1", "c1")
        await visitors.leave("a1", "a2", "b1", "c1", "a3", "a4")
        assert visitors.served == ["a1", "a2", "b1", "c1", "a3", "a4"]

    run(scenario())


def test_tenant_without_slot_precedes_tenant_with_slots() -> None:
    async def scenario() -> None:
        visitors = Visitors(FairQueue("searches", 2, LIMITS))
        await visitors.come("a1", "a2", "a3", "a4", "b1")
        await visitors.leave("a1")
        assert visitors.served == ["a1", "a2", "b1"]
        await visitors.leave("b1")
        assert visitors.served == ["a1", "a2", "b1", "a3"]
        await visitors.leave("a2", "a3", "a4")

    run(scenario())


@pytest.mark.parametrize(
    ("waiting", "refused"), [(["a1", "a2", "a3", "a4"], "a9"), (["a1", "a2", "a3", "b1", "b2", "b3"], "b9")]
)
def test_request_beyond_limit_is_refused_at_once(waiting: list[str], refused: str) -> None:
    async def scenario() -> None:
        queue = FairQueue("searches", 1, LIMITS)
        visitors = Visitors(queue)
        await visitors.come("a0", *waiting, refused)
        error = visitors.tasks[refused].exception()
        assert isinstance(error, TooManyRequests)
        assert (error.code, error.retry_after_seconds) == (CODE, RETRY_AFTER_SECONDS)
        assert queue.waiting == len(waiting)
        for _ in range(len(waiting) + 1):
            await visitors.leave(visitors.served[-1])
        assert queue.waiting == 0

    run(scenario())


def test_full_queue_admits_tenant_that_has_nothing_waiting() -> None:
    async def scenario() -> None:
        visitors = Visitors(FairQueue("searches", 1, LIMITS))
        await visitors.come("a0", "a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2")
        assert isinstance(visitors.tasks["c2"].exception(), TooManyRequests)
        await visitors.leave("a0", "a1", "b1", "c1")
        assert visitors.served == ["a0", "a1", "b1", "c1", "a2"]
        await visitors.leave("a2", "b2", "a3", "b3")

    run(scenario())


def test_request_that_waits_too_long_is_refused() -> None:
    async def scenario() -> None:
        queue = FairQueue("searches", 1, QueueLimits(per_tenant=4, total=6, seconds=0.0))
        visitors = Visitors(queue)
        await visitors.come("a1")
        with pytest.raises(TooManyRequests):
            async with queue.slot("b"):
                raise AssertionError("there is no second slot")
        await visitors.leave("a1")
        await visitors.come("b1")
        assert visitors.served == ["a1", "b1"]
        await visitors.leave("b1")

    run(scenario())


def test_cancelled_request_leaves_queue() -> None:
    async def scenario() -> None:
        queue = FairQueue("searches", 1, LIMITS)
        visitors = Visitors(queue)
        await visitors.come("a1", "b1", "c1")
        await visitors.cancel("b1")
        assert queue.waiting == 1
        await visitors.leave("a1")
        assert visitors.served == ["a1", "c1"]
        await visitors.leave("c1")

    run(scenario())


@pytest.mark.parametrize("release_first", [False, True])
def test_slot_of_cancelled_request_goes_to_next(release_first: bool) -> None:
    """The release and the cancellation fall into the same turn of the event loop, in either order."""

    async def scenario() -> None:
        visitors = Visitors(FairQueue("searches", 1, LIMITS))
        await visitors.come("a1", "b1", "c1")
        if release_first:
            visitors._doors["a1"].set()
            await asyncio.sleep(0)
            await visitors.cancel("b1")
        else:
            visitors.tasks["b1"].cancel()
            await visitors.leave("a1")
        assert visitors.served == ["a1", "c1"]
        await visitors.leave("c1")
        await visitors.come("d1")
        assert visitors.served[-1] == "d1"
        await visitors.leave("d1")

    run(scenario())


def test_slot_is_free_after_failure() -> None:
    async def scenario() -> None:
        queue = FairQueue("searches", 1, LIMITS)
        with pytest.raises(ZeroDivisionError):
            async with queue.slot("a"):
                raise ZeroDivisionError
        async with queue.slot("b"):
            pass

    run(scenario())
