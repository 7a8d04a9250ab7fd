"""The streaming ingress: the routes of the API that accept files, and the one that sends exports."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric
from fastapi import APIRouter, Depends, FastAPI

from functions.api.exports import download
from functions.api.videos import upload_form
from functions.api.workflow import upload as workflow_upload
from functions.ingress.transfer_slots import TransferSlots
from shared.http.app import create_app
from shared.http.offload import Threads
from shared.runtime import Runtime

SERVICE: Final = os.environ.get("POWERTOOLS_SERVICE_NAME", "ingress")
"""Service name in logs and metrics. Stacks set it, to distinguish several archives in one account."""
NAMESPACE: Final = "VideoVectorServer"
SLOTS_METRIC: Final = "UploadSlotsUsed"

_SECONDS_BETWEEN_METRICS: Final = 60
_THREADS_PER_TRANSFER: Final = 2
_SPARE_THREADS: Final = 16
"""Threads for requests that are refused, or that wait for the record store, while all slots are in use."""


def create_ingress(runtime: Runtime) -> FastAPI:
    """Create the application, limited to ``uploads_at_once`` concurrent uploads and downloads."""
    limit = runtime.settings.uploads_at_once
    slots = TransferSlots(limit)
    uploads = APIRouter(dependencies=[Depends(slots.for_upload)])
    uploads.include_router(upload_form.router)
    uploads.include_router(workflow_upload.router)
    downloads = APIRouter(dependencies=[Depends(slots.for_download)])
    downloads.include_router(download.router)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        reporting = asyncio.create_task(_report_usage(slots))
        try:
            yield
        finally:
            reporting.cancel()
            with suppress(asyncio.CancelledError):
                await reporting

    offload = Threads(limit * _THREADS_PER_TRANSFER + _SPARE_THREADS)
    return create_app([uploads, downloads], runtime, offload=offload, lifespan=lifespan)


async def _report_usage(slots: TransferSlots) -> None:
    """Report the peak usage each minute, even if it is 0. The metric scales the number of tasks."""
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN_METRICS)
        with single_metric(
            name=SLOTS_METRIC,
            unit=MetricUnit.Percent,
            value=slots.peak_percent(),
            namespace=NAMESPACE,
            default_dimensions={"service": SERVICE},
        ):
            pass  # leaving the context writes the metric to standard output
