"""The whole API in one application, for the server on a laptop."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from fastapi import FastAPI

from functions.api.auth.routes import router as auth
from functions.api.deletions.routes import router as deletions
from functions.api.import_jobs.routes import router as import_jobs
from functions.api.indexes.routes import router as indexes
from functions.api.media_links.routes import router as media_links
from functions.api.playground.routes import router as playground
from functions.api.prompt_runs.routes import router as prompt_runs
from functions.api.prompts.routes import router as prompts
from functions.api.search.routes import router as search
from functions.api.uploads.parts import router as upload_parts
from functions.api.uploads.routes import router as uploads
from functions.api.videos.routes import router as videos
from functions.api.workflow.routes import router as workflow
from shared.http.app import create_app
from shared.runtime import Runtime

ROUTERS: Final = (
    auth,
    indexes,
    videos,
    playground,
    deletions,
    import_jobs,
    prompts,
    prompt_runs,
    search,
    workflow,
    uploads,
)


def create_application(
    runtime: Runtime, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None
) -> FastAPI:
    return create_app(ROUTERS, runtime, root_routers=(media_links, upload_parts), lifespan=lifespan)
