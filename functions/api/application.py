"""The complete API as one application, for the local server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from fastapi import APIRouter, FastAPI

from functions import api
from functions.api.media_links.routes import router as media_links
from functions.api.unbuilt_features.routes import root_router as unbuilt_root_features
from functions.api.uploads.parts import router as upload_parts
from shared.http.app import create_app
from shared.http.metrics.endpoint import Metrics
from shared.http.site.site import add_site
from shared.runtime import Runtime, base_url

_NOT_RESOURCES: Final = {"gateway", "media_links"}
"""Packages without resource routes: the Lambda gateway, and media links, which S3 serves on AWS."""

_LAST: Final = "deletions"
"""The package whose routes come last: each deletes a resource that another package creates."""


def create_application(
    runtime: Runtime, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None
) -> FastAPI:
    """Create an application with every resource: each package of ``functions.api`` with ``routes.router``.

    It also serves the console under ``/``, the documentation under ``/docs``, and Prometheus metrics under
    ``/metrics``.
    """
    metrics = Metrics()
    app = create_app(
        list(_routers()),
        runtime,
        root_routers=(media_links, upload_parts, unbuilt_root_features),
        observe=metrics.requests.observe if runtime.settings.metrics_token else None,
        lifespan=lifespan,
    )
    metrics.add_to(app)
    add_site(app, media_origins=[base_url(runtime.settings)])
    return app


def _routers() -> Iterator[APIRouter]:
    names = {module.name for module in iter_modules(api.__path__) if module.ispkg} - _NOT_RESOURCES
    for name in sorted(names, key=lambda name: (name == _LAST, name)):
        router = import_module(f"functions.api.{name}.routes").router
        assert isinstance(router, APIRouter)  # noqa: S101 - a resource without a router is a defect
        yield router
