"""Answers to the routes of the public API that this server does not have yet.

They are plain routes, which cost no start-up time and are not part of the OpenAPI description. On AWS, the
function that answers unknown routes has them.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import NoReturn

from fastapi import APIRouter, Request
from starlette.routing import Route

from functions.api.unbuilt_features.features import (
    SUBJECTS,
    UnbuiltRoute,
    unbuilt_root_routes,
    unbuilt_routes,
)
from shared.domain.access import Scope
from shared.domain.errors import FeatureNotAvailable
from shared.http.call import authorised

_any_key = authorised(Scope.SEARCH)
"""Search is the lowest scope, so every key includes it."""


def _router(routes: Iterable[UnbuiltRoute]) -> APIRouter:
    return APIRouter(routes=[Route(each.path, _answer(each), methods=[each.method]) for each in routes])


def _answer(route: UnbuiltRoute) -> Callable[[Request], Awaitable[NoReturn]]:
    async def refuse(request: Request) -> NoReturn:
        if route.needs_key:
            await _any_key.admit(request)
        raise FeatureNotAvailable(route.feature, SUBJECTS[route.feature])

    return refuse


router = _router(unbuilt_routes())
root_router = _router(unbuilt_root_routes())
