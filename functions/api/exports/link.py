"""Authentication of a download by the token of a link, for clients that send no credential."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fastapi import Request

from shared.domain.access import Caller
from shared.http.call import Authorised

if TYPE_CHECKING:
    from shared.runtime import Runtime


@dataclass(frozen=True, slots=True)
class AuthorisedByLink(Authorised):
    """As ``Authorised``; a request without a credential in its headers may have ``token`` in its query."""

    async def identify(self, request: Request, runtime: "Runtime") -> Caller:
        token = request.query_params.get("token")
        if token is None or "x-api-key" in request.headers or "authorization" in request.headers:
            return await Authorised.identify(self, request, runtime)
        export_id = str(request.path_params["export_id"])
        holder = partial(runtime.exports.downloads.holder, token, export_id)
        caller: Caller = await request.app.state.offload(holder)
        return caller
