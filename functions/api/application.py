"""The whole API in one application, for the server on a laptop."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from fastapi import APIRouter, FastAPI

from functions import api
from functions.api.media_links.routes import router as media_links
from functions.api.uploads.parts import router as upload_parts
from shared.http.app import create_app
from shared.runtime import Runtime

_NOT_RESOURCES: Final = {"gateway", "media_links"}
"""The Lambda shell, and the links that S3 itself serves on AWS."""


def create_application(
    runtime: Runtime, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None
) -> FastAPI:
    """Serve every resource: a folder of ``functions.api`` whose ``routes`` module has a ``router``."""
    return create_app(list(_routers()), runtime, root_routers=(media_links, upload_parts), lifespan=lifespan)


def _routers() -> Iterator[APIRouter]:
    for found in iter_modules(api.__path__):
        if found.ispkg and found.name not in _NOT_RESOURCES:
            router = import_module(f"functions.api.{found.name}.routes").router
            assert isinstance(router, APIRouter)  # noqa: S101 - a resource without a router is a defect
            yield router
