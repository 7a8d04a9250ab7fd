"""Every mounted route of the application, so that each suite covers a new route."""

import tempfile
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from functions.api.application import create_application
from shared.runtime.local import local_runtime
from shared.settings import Settings


def routes_of(application: FastAPI) -> list[str]:
    """Return routes such as ``"GET /api/v2/videos/{video_id}"``, in the order of matching."""
    return [
        f"{method} {context.path}"
        for context in iter_route_contexts(application.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods or ())
    ]


@cache
def all_routes() -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return tuple(routes_of(create_application(local_runtime(Settings(data_folder=Path(folder))))))
