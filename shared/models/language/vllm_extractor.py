"""Extraction with a model that vLLM serves on this machine. The server starts at the first request."""

from __future__ import annotations

import logging
import secrets
import shutil
import socket
import threading
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from shared.domain.errors import Unavailable
from shared.models.language.chat_endpoint import ChatEndpoint
from shared.models.language.endpoint_extractor import EndpointExtractor
from shared.models.language.interruptible import lock_interruptibly, run_interruptibly
from shared.models.language.model_server import ModelServer
from shared.models.language.vllm_command import LOOPBACK, ServeOptions, serve_arguments, server_environment
from shared.models.weights.locations import HubRepository, Weights, WeightSource
from shared.ports.jobs import CheckStop
from shared.ports.models import Extraction, ExtractionFailed, ExtractionRequest
from shared.settings import Settings

PROGRAM: Final = "vllm"

_MAX_STARTS: Final = 3
"""Maximum number of starts after crashes. A server that fails to start is not started again."""

_MODEL_CODE_PREFIX: Final = "model_"

_log = logging.getLogger(__name__)


def weights_of(model: str) -> WeightSource:
    """Return the weight source of a model.

    ``model`` is a repository of the hub. Its last part names the folder below ``weights_location`` or
    ``model_folder`` that contains the repository's files.
    """
    return WeightSource(
        name=model.rpartition("/")[2],
        files=("config.json",),
        hub=HubRepository(
            model, {"config.json": "config.json"}, patterns=("*.json", "*.safetensors", "*.jinja", "*.txt")
        ),
    )


class VllmExtractor:
    """Implements ``shared.ports.models.Extractor``. Safe to share between threads."""

    def __init__(self, model: str, settings: Settings, weights: Weights, cache: Path) -> None:
        self._model = model
        self._settings = settings
        self._weights = weights
        self._cache = cache
        self._lock = threading.Lock()
        self._starts = 0
        self._server_suspect = False
        self._server: ModelServer | None = None
        self._extractor: EndpointExtractor | None = None
        self._failure: Unavailable | None = None

    @property
    def model(self) -> str:
        return self._model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Extract, and start the server if necessary.

        Raises:
            ExtractionFailed: the endpoint failed, or its answer is invalid.
            Unavailable: vLLM is not installed (``model_server_missing``), does not start
                (``model_server_failed``), or its weights are not available.
            any exception of ``check_stop``, also while the server starts.
        """
        try:
            return self._running_extractor(request.check_stop).extract(request)
        except ExtractionFailed as failure:
            self._server_suspect = self._server_suspect or failure.retryable
            raise

    def stop(self) -> None:
        """Stop the server. The next request starts it again."""
        with self._lock:
            if self._server is not None:
                self._server.stop()

    def _running_extractor(self, check_stop: CheckStop) -> EndpointExtractor:
        with lock_interruptibly(self._lock, check_stop):
            if self._server_suspect and self._server is not None and self._server.failed:
                # The server may take seconds to exit, and every segment would fail meanwhile.
                self._server.stop()
            self._server_suspect = False
            if self._failure is not None:
                raise Unavailable(self._failure.message, code=self._failure.code)
            if self._extractor is not None and self._server is not None and self._server.running:
                return self._extractor
            try:
                self._server, self._extractor = self._start_server(check_stop)
            except Unavailable as failure:
                # ``check_stop`` may raise Unavailable of a store, which is not a failure of the server.
                if failure.code.startswith(_MODEL_CODE_PREFIX):
                    self._failure = failure
                raise
            return self._extractor

    def _start_server(self, check_stop: CheckStop) -> tuple[ModelServer, EndpointExtractor]:
        executable = shutil.which(PROGRAM)
        if executable is None:
            raise Unavailable("vLLM is not installed on this machine.", code="model_server_missing")
        if self._starts >= _MAX_STARTS:
            raise Unavailable(f"The model server died {_MAX_STARTS} times.", code="model_server_failed")
        files = run_interruptibly(lambda: self._weights.require(weights_of(self._model)), check_stop)
        folder = files["config.json"].parent
        key = SecretStr(secrets.token_urlsafe(32))
        options = self._serve_options(folder, _free_port())
        origin = f"http://{LOOPBACK}:{options.port}"
        server = ModelServer(
            serve_arguments(Path(executable), options),
            server_environment(Path(executable), key.get_secret_value(), self._cache / PROGRAM),
            health=f"{origin}/health",
            start_timeout=self._settings.vllm_start_seconds,
            secret=key.get_secret_value(),
        )
        _log.info("starting vLLM", extra={"model": self._model, "start": self._starts + 1})
        server.start(check_stop)
        self._starts += 1
        return server, self._endpoint_extractor(f"{origin}/v1", key)

    def _serve_options(self, folder: Path, port: int) -> ServeOptions:
        settings = self._settings
        return ServeOptions(
            model=self._model,
            folder=folder,
            port=port,
            memory=settings.vllm_gpu_memory,
            context=settings.vllm_context_tokens,
            images=settings.llm_pictures_per_segment,
            parallel=settings.llm_parallel_requests,
        )

    def _endpoint_extractor(self, base_url: str, key: SecretStr) -> EndpointExtractor:
        endpoint = ChatEndpoint(
            base_url,
            self._model,
            lambda: key,
            timeout_seconds=self._settings.llm_timeout_seconds,
            attempts=self._settings.llm_attempts,
            answer_tokens=self._settings.vllm_answer_tokens,
        )
        return EndpointExtractor(endpoint, max_images=self._settings.llm_pictures_per_segment)


def _free_port() -> int:
    """Return a port that is free now. If another program takes it first, the server fails to start."""
    with socket.socket() as probe_socket:
        probe_socket.bind((LOOPBACK, 0))
        port: int = probe_socket.getsockname()[1]
        return port
