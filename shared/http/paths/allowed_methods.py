"""The methods of a path: the ``Allow`` header of a 405 answer and of the answer to ``OPTIONS``."""

import re
from functools import cache

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import compile_path


def allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes with the request's path, in alphabetical order.

    Starlette names the methods of the first such route only. RFC 9110, section 10.2.1, requires all.
    """
    path = request.scope["path"]
    found = {"OPTIONS"}
    for context in iter_route_contexts(request.app.routes):
        if context.path is not None and _pattern(context.path).match(path):
            found.update(context.methods or ())
    return sorted(found | {"HEAD"} if "GET" in found else found)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]
