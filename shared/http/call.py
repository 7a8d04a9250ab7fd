"""What every route is given: who calls, the runtime, and the ways to do work for them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shared.domain.access import Caller, Scope

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
        raise NotImplementedError

    async def once(
        self,
        content: Any,
        work: Callable[[str], Awaitable[BaseModel]],
        *,
        status_code: int = 200,
    ) -> JSONResponse:
        """Do ``work`` at most once for the request's Idempotency-Key (each time when it has none).

        ``content`` is the decoded request (JSON-able); the same key with other content is an
        IdempotencyMismatch. ``work`` is given a ULID to build its new ids from: a repetition after
        a crash gets the same one, and so finds what the first try already made.
        """
        raise NotImplementedError


def authorised(scope: Scope) -> Callable[[Request], Awaitable[Call]]:
    """A FastAPI dependency: authenticates, then checks ``scope`` before anything is looked up."""
    raise NotImplementedError
