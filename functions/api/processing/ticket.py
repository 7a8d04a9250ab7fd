"""Authentication of the live stream by a ticket in the address, for clients that send no headers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

from shared.domain.access import Caller
from shared.http.call import Authorised

if TYPE_CHECKING:
    from shared.runtime import Runtime


@dataclass(frozen=True, slots=True)
class AuthorisedByTicket(Authorised):
    """As ``Authorised``; a request without a credential in its headers may have ``ticket`` in its query."""

    async def identify(self, request: Request, runtime: "Runtime") -> Caller:
        ticket = request.query_params.get("ticket")
        if ticket is None or "x-api-key" in request.headers or "authorization" in request.headers:
            return await Authorised.identify(self, request, runtime)

        def holder() -> Caller:
            caller = runtime.notifications.stream_tickets.redeem(ticket)
            runtime.access.caller_validity.check(caller)
            return caller

        found: Caller = await request.app.state.offload(holder)
        return found
