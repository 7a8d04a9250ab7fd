"""What the entry points of the API's Lambda functions have in common, made for short cold starts."""

import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.runtime import Runtime


def api_handler(resource: str, runtime: "Runtime | None" = None) -> Callable[[Any, Any], dict[str, Any]]:
    """The handler that serves ``functions.api.<resource>.routes``, over the AWS runtime where none is given.

    To be made while a function's module is imported. No network is touched. In Lambda each request
    is a part of its trace; see ``functions.api.gateway.tracing``.
    """
    with _collector_paused():
        from functions.api.gateway.function import ApiFunction  # noqa: PLC0415 - everything heavy while paused
        from shared.runtime.aws import aws_runtime  # noqa: PLC0415
        from shared.settings import Settings  # noqa: PLC0415

        routes = importlib.import_module(f"functions.api.{resource}.routes")
        service = f"api-{resource.replace('_', '-')}"
        function = ApiFunction(service, routes.router, runtime or aws_runtime(Settings()))
        if function.tracer is None:
            return function
        traced: Callable[[Any, Any], dict[str, Any]] = function.tracer.capture_lambda_handler(
            function, capture_response=False, capture_error=False
        )
        return traced


@contextmanager
def _collector_paused() -> Iterator[None]:
    """What imports make stays: looking for garbage among it would be a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
