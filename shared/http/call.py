"""The context of an authenticated request: caller, runtime, and methods to run work."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from pydantic_core import to_json
from ulid import ULID

from shared.domain.access import Caller, Scope
from shared.http.admission.admission import Admission, Lane
from shared.http.authentication import authenticate, check_scope
from shared.http.idempotent import Once, idempotency_key
from shared.http.offload import Offload

if TYPE_CHECKING:
    from shared.runtime import Runtime

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    request: Request
    caller: Caller
    runtime: "Runtime"

    async def run(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run blocking work: in a thread on a server with many callers, in place in a Lambda."""
        offload: Offload = self.request.app.state.offload
        return await offload(partial(work, *args, **kwargs))

    async def run_in(
        self,
        lane: Lane,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Run heavy work in a slot of ``lane``. While it waits for the slot, it holds no thread.

        Raises: TooManyRequests: too much work is waiting; and the errors of ``work``.
        """
        admission: Admission = self.request.app.state.admission
        async with admission.lanes[lane].slot(self.caller.tenant_id):
            return await self.run(work, *args, **kwargs)

    async def answer_in(
        self,
        lane: Lane,
        work: Callable[Arguments, Sequence[BaseModel]],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Response:
        """Run heavy work in a slot of ``lane`` and answer with its result as JSON.

        The work's thread serialises the result. FastAPI would do so on the event loop, and a large result
        would delay every other request.

        Raises: as ``run_in``.
        """

        def json_of_result() -> bytes:
            return to_json(work(*args, **kwargs), by_alias=True)

        return Response(await self.run_in(lane, json_of_result), media_type="application/json")

    async def once(
        self,
        content: Any,
        work: Callable[[str], Awaitable[BaseModel]],
        *,
        status_code: int = 200,
    ) -> JSONResponse:
        """Run ``work`` at most once per Idempotency-Key; without the header, run it each time.

        ``content`` is the decoded request, as JSON values; the same key with other content raises
        IdempotencyMismatch. ``work`` gets a ULID, from which it derives new ids: a retry after a crash gets
        the same ULID, and so finds what the first attempt created.
        """
        key = idempotency_key(self.request)
        if key is None:
            created = await work(str(ULID()))
            return JSONResponse(created.model_dump(mode="json", by_alias=True), status_code)
        once = Once(self.runtime.idempotency, self.request.app.state.offload)
        operation = f"{self.request.method} {self.request.url.path}"
        return await once.answer(self.caller.tenant_id, operation, key, content, work, status_code)


@dataclass(frozen=True, slots=True)
class Authorised:
    """A FastAPI dependency that authenticates the caller and checks ``scope`` before any other look-up.

    ``ApiRoute`` admits the caller before it reads the body; the dependency returns the result.
    """

    scope: Scope

    async def __call__(self, request: Request) -> Call:
        call: Call = request.state.call
        return call

    async def admit(self, request: Request) -> Call:
        """Authenticate the caller. Raises: NotAuthenticated, TooManyRequests, NotPermitted, Unavailable."""
        runtime: Runtime = request.app.state.runtime
        caller = await self.identify(request, runtime)
        runtime.access.rate_limits.admit(caller.key_id or f"user#{caller.user_id}")
        check_scope(caller, self.scope)
        return Call(request, runtime.access.default_index.grant(caller), runtime)

    async def identify(self, request: Request, runtime: "Runtime") -> Caller:
        """Return the caller of the request's credential. Raises: as ``admit``."""
        state = request.app.state
        admission: Admission = state.admission
        return await authenticate(
            request,
            runtime.access.api_keys,
            runtime.access.bearer_tokens,
            state.offload,
            admission.tokens,
        )


def authorised(scope: Scope) -> Authorised:
    """Create the dependency for a route's signature: ``Annotated[Call, Depends(authorised(Scope.READ))]``."""
    return Authorised(scope)
