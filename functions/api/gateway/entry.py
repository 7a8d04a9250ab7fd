"""The entry point of the Lambda functions of the API, optimised for short cold starts."""

import gc
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shared.runtime import Runtime

FALLBACK_RESOURCE: Final = "auth"
"""The resource whose function gets the requests that match no route of API Gateway (``infra.routes``)."""

SEARCH_RESOURCE: Final = "search"
"""The resource whose every request searches."""

UNBUILT_FEATURES: Final = "unbuilt_features"


def api_handler(resource: str, runtime: "Runtime | None" = None) -> Callable[[Any, Any], dict[str, Any]]:
    """Create the handler that serves ``functions.api.<resource>.routes``. The default runtime is AWS.

    The handler of ``FALLBACK_RESOURCE`` also answers the routes of features that are not built yet.

    Call it at import of the module of the function. It does not access the network. In Lambda, each
    request adds a subsegment to its trace; see ``functions.api.gateway.tracing``.
    """
    with _garbage_collector_paused():
        # Heavy imports run while the garbage collector is paused.
        from functions.api.gateway.function import ApiFunction  # noqa: PLC0415
        from shared.runtime.aws import aws_runtime  # noqa: PLC0415
        from shared.settings import Settings  # noqa: PLC0415

        resources = [resource, UNBUILT_FEATURES] if resource == FALLBACK_RESOURCE else [resource]
        modules = [importlib.import_module(f"functions.api.{name}.routes") for name in resources]
        service = f"api-{resource.replace('_', '-')}"
        function = ApiFunction(
            service,
            [module.router for module in modules],
            runtime or aws_runtime(Settings(), searching=resource == SEARCH_RESOURCE),
            [module.root_router for module in modules if hasattr(module, "root_router")],
        )
        if function.tracer is None:
            return function
        traced: Callable[[Any, Any], dict[str, Any]] = function.tracer.capture_lambda_handler(
            function, capture_response=False, capture_error=False
        )
        return traced


@contextmanager
def _garbage_collector_paused() -> Iterator[None]:
    """Pause garbage collection and then freeze all objects.

    Objects from imports live as long as the process. Collection among them would take a tenth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
