"""The two routes that take files, and nothing else of the API."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from fastapi import APIRouter, Depends, FastAPI

from functions.api.videos import upload_form
from functions.api.workflow import upload as workflow_uploads
from functions.ingress.upload_slots import UploadSlots
from shared.http.app import create_app
from shared.http.offload import Threads
from shared.runtime import Runtime

SERVICE: Final = os.environ.get("POWERTOOLS_SERVICE_NAME", "ingress")
"""What logs and metrics name; stacks set it, so that two archives in one account are told apart."""
NAMESPACE: Final = "VideoVectorServer"
SLOTS_METRIC: Final = "UploadSlotsUsed"

_SECONDS_BETWEEN_METRICS: Final = 60
_THREADS_AN_UPLOAD: Final = 2
_SPARE_THREADS: Final = 16
"""For requests that are refused, or wait for the records, while every upload has its own."""


def create_ingress(runtime: Runtime) -> FastAPI:
    most = runtime.settings.uploads_at_once
    slots = UploadSlots(most)
    router = APIRouter(dependencies=[Depends(slots)])
    router.include_router(upload_form.router)
    router.include_router(workflow_uploads.router)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        telling = asyncio.create_task(_tell(slots))
        try:
            yield
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    offload = Threads(most * _THREADS_AN_UPLOAD + _SPARE_THREADS)
    return create_app([router], runtime, offload=offload, lifespan=lifespan)


async def _tell(slots: UploadSlots) -> None:
    """Each minute, also of nothing: more tasks are started, and stopped, by it."""
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_METRICS)
        with single_metric(
            name=SLOTS_METRIC,
            unit=MetricUnit.Percent,
            value=slots.most_percent(),
            namespace=NAMESPACE,
            default_dimensions={"service": SERVICE},
        ):
            pass  # it is written to standard output when the context ends
