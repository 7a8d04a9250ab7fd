"""The whole API in one application, for the server on a laptop."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from functions.api.auth.routes import router as auth
from functions.api.indexes.routes import router as indexes
from functions.api.media_links.routes import router as media_links
from functions.api.prompts.routes import router as prompts
from shared.http.app import create_app
from shared.runtime import Runtime

ROUTERS = (auth, indexes, prompts)


def create_application(
    runtime: Runtime, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None
) -> FastAPI:
    return create_app(ROUTERS, runtime, root_routers=(media_links,), lifespan=lifespan)
