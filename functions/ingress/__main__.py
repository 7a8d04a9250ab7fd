"""``python -m functions.ingress``: the streaming ingress, in a container or as a plain process.

Address, port, table, bucket and limits come from environment variables; see ``shared.settings``.
"""

import logging
import signal
import sys
from typing import Final, NoReturn

import uvicorn
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from functions.ingress.application import SERVICE, create_ingress
from shared.domain import correlation
from shared.http.connection_deadline import connection_deadline
from shared.runtime.aws import aws_runtime
from shared.runtime.process.memory_allocator import return_freed_memory
from shared.settings import Settings

STOP_SECONDS: Final = 110
"""Time for running requests to end after SIGTERM. ECS waits for at most 120 seconds."""

KEEP_ALIVE_SECONDS: Final = 130
"""Longer than the idle timeout of the load balancer. The balancer therefore closes idle connections first
and never sends a request over a connection that the server is closing."""


def main() -> None:
    return_freed_memory()
    settings = Settings()
    _log_as_json(settings.log_level)
    _exit_with_zero_on_signals()
    server = uvicorn.Server(
        uvicorn.Config(
            create_ingress(aws_runtime(settings, streaming=True)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            http=connection_deadline(settings.request_head_seconds),
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    server.run()
    if not server.started:
        sys.exit(1)


def _exit_with_zero_on_signals() -> None:
    """Exit with code 0 on SIGTERM and SIGINT. uvicorn raises the signal again after its graceful shutdown."""

    def exit_with_zero(_number: int, _frame: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, exit_with_zero)
    signal.signal(signal.SIGINT, exit_with_zero)


def _add_correlation_id(record: logging.LogRecord) -> bool:
    record.correlation_id = correlation.request_id()
    return True


def _log_as_json(level: str) -> None:
    """Log one JSON object for each line, with the id of the current request."""
    formatter = LambdaPowertoolsFormatter(use_rfc3339=True)
    formatter.append_keys(service=SERVICE)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_add_correlation_id)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("httpx", "uvicorn"):  # httpx logs URLs with their tokens; the lines of uvicorn are noise
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
