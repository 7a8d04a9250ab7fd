"""Open streams: places of tenants, waits and the end of the server."""

import asyncio
import threading

import pytest

from shared.domain.errors import TooManyRequests
from shared.http.event_stream.open_streams import OpenStream, OpenStreams
from tests.waiting import HANG_TIMEOUT


async def wait_without_timeout(stream: OpenStream) -> None:
    """Wait until the stream is woken or ends. Raises: TimeoutError: it is not."""
    async with asyncio.timeout(HANG_TIMEOUT):
        await stream.wait(2 * HANG_TIMEOUT)


def test_place_is_free_again_after_close() -> None:
    async def opened() -> None:
        streams = OpenStreams(2)
        first, second = streams.open("acme"), streams.open("acme")
        with pytest.raises(TooManyRequests) as refused:
            streams.open("acme")
        assert refused.value.retry_after_seconds > 0
        streams.open("beta").close()
        first.close()
        first.close()
        streams.open("acme")
        with pytest.raises(TooManyRequests):
            streams.open("acme")
        second.close()
        assert len(streams) == 1

    asyncio.run(opened())


def test_wake_of_another_thread_ends_wait() -> None:
    async def woken() -> None:
        stream = OpenStreams(1).open("acme")
        thread = threading.Thread(target=stream.wake)
        thread.start()
        await wait_without_timeout(stream)
        thread.join()

    asyncio.run(woken())


def test_wake_before_wait_is_not_lost() -> None:
    async def woken() -> None:
        stream = OpenStreams(1).open("acme")
        stream.wake()
        await asyncio.sleep(0)
        await wait_without_timeout(stream)
        await stream.wait(0.001)

    asyncio.run(woken())


def test_wake_after_loop_has_closed_has_no_effect() -> None:
    async def opened() -> OpenStreams:
        streams = OpenStreams(1)
        streams.open("acme")
        return streams

    for stream in asyncio.run(opened())._streams:
        stream.wake()


def test_end_ends_waits_and_later_streams() -> None:
    async def ended() -> None:
        streams = OpenStreams(2)
        waiting = streams.open("acme")
        wait = asyncio.create_task(wait_without_timeout(waiting))
        await asyncio.sleep(0)
        streams.end()
        await wait
        assert waiting.is_ending
        later = streams.open("acme")
        assert later.is_ending
        await wait_without_timeout(later)

    asyncio.run(ended())
