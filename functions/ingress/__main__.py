"""``python -m functions.ingress``: the streaming ingress, in a container or a plain process.

Address, port, table, bucket and limits are read from the environment: see ``shared.settings``.
"""

import logging
import signal
import sys
from typing import Final, NoReturn

import uvicorn
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from functions.ingress.application import SERVICE, create_ingress
from shared.domain import correlation
from shared.runtime.aws import aws_runtime
from shared.runtime.memory_allocator import return_freed_memory
from shared.settings import Settings

STOP_SECONDS: Final = 110
"""What is under way may take this long to end after SIGTERM; ECS waits for 120 seconds at most."""

KEEP_ALIVE_SECONDS: Final = 130
"""Longer than the load balancer keeps idle connections, so that it closes first and loses no request."""


def main() -> None:
    return_freed_memory()
    settings = Settings()
    _log_as_json(settings.log_level)
    _end_quietly_on_signals()
    server = uvicorn.Server(
        uvicorn.Config(
            create_ingress(aws_runtime(settings, streaming=True)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    server.run()
    if not server.started:
        sys.exit(1)


def _end_quietly_on_signals() -> None:
    """After its own orderly end the server raises the signal again: let that be an exit with 0."""

    def leave(_number: int, _frame: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def _of_request(record: logging.LogRecord) -> bool:
    record.correlation_id = correlation.request_id()
    return True


def _log_as_json(level: str) -> None:
    """One JSON object a line, with the id of the request that is being answered."""
    formatter = LambdaPowertoolsFormatter(use_rfc3339=True)
    formatter.append_keys(service=SERVICE)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_of_request)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("httpx", "uvicorn"):  # whole addresses, tokens too; and lines that nobody needs
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
