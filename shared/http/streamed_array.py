"""Answers whose body is a JSON array that may be sent while its elements are produced."""

import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import AsyncExitStack
from typing import Final

import anyio
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.domain.errors import DomainError
from shared.http.admission.admission import Admission, Lane
from shared.http.call import Call
from shared.http.errors import answer_to
from shared.http.request_ids import request_id_of

_log = logging.getLogger(__name__)

_JSON: Final = "application/json"
_WHOLE_ELEMENTS: Final = 1_000
_WHOLE_SECONDS: Final = 10.0
"""An array that is complete by then is sent as a whole, with the status of an error if there is one. Clients
wait 60 seconds for the first byte."""

Pages = Generator[Sequence[BaseModel], None, None]


class ArrayText:
    """The text of a JSON array, made from pages of its elements. It holds one page."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._separator = b"["
        self._elements = 0
        self.is_complete = False

    def read(self) -> bytes:
        """Return the next piece: a page, or the end of the array.

        A page without elements is a space, so that a client sees that the server works.
        """
        page = next(self._pages, None)
        if page is None:
            self.is_complete = True
            return b"]" if self._elements else b"[]"
        if not page:
            return b" "
        piece = self._separator + to_json(page, by_alias=True)[1:-1]
        self._separator = b","
        self._elements += len(page)
        return piece

    def read_head(self, elements: int, seconds: float) -> bytes:
        """Return the pieces until the array is complete, exceeds ``elements``, or ``seconds`` have passed."""
        head, ends_at = bytearray(), time.monotonic() + seconds
        while not self.is_complete and self._elements <= elements and time.monotonic() < ends_at:
            head += self.read()
        return bytes(head)

    def close(self) -> None:
        self._pages.close()


class StreamedArray(StreamingResponse):
    """Sends the rest of an array as the client takes it.

    After an error, the array does not end, so that no client takes it for complete: the error's envelope
    follows, and the body is no valid JSON.
    """

    def __init__(self, head: bytes, text: ArrayText, call: Call, held: AsyncExitStack) -> None:
        """``held`` is closed when the answer ends or the client goes."""
        super().__init__(self._pieces(head, text, call), media_type=_JSON)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._held.aclose()

    @staticmethod
    async def _pieces(head: bytes, text: ArrayText, call: Call) -> AsyncIterator[bytes]:
        yield head
        try:
            while not text.is_complete:
                yield await call.run(text.read)
        except DomainError as error:
            _log.warning("an answer breaks off: %s", error.code)
            yield b"\n" + bytes(answer_to(error, request_id_of(call.request.scope)).body)


async def array_in(call: Call, lane: Lane, work: Callable[[], Pages]) -> Response:
    """Answer with the array of the elements that ``work`` produces, in a slot of ``lane``.

    A long array is sent while it is produced, where the runtime can send parts of an answer. Errors of its
    beginning have their own status.

    Raises: TooManyRequests: too much work is waiting; and the errors of ``work`` and of its first pages.
    """
    admission: Admission = call.request.app.state.admission
    async with AsyncExitStack() as held:
        await held.enter_async_context(admission.lanes[lane].slot(call.caller.tenant_id))
        text = ArrayText(await call.run(work))
        held.push_async_callback(call.run, text.close)
        if call.runtime.ports.streams_answers:
            head = await call.run(text.read_head, _WHOLE_ELEMENTS, _WHOLE_SECONDS)
        else:
            head = await call.run(text.read_head, sys.maxsize, float("inf"))
        if text.is_complete:
            return Response(head, media_type=_JSON)
        return StreamedArray(head, text, call, held.pop_all())
