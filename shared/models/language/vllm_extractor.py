"""Extraction by a model that vLLM serves on this machine, started when it is first needed."""

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
from shared.models.language.interruptible import attended, attended_lock
from shared.models.language.model_server import ModelServer
from shared.models.language.vllm_command import LOOPBACK, Serving, arguments, environment
from shared.models.weights.locations import Hub, Weights, WeightSource
from shared.ports.models import CheckStop, Extraction, ExtractionFailed, ExtractionRequest
from shared.settings import Settings

PROGRAM: Final = "vllm"

_STARTS: Final = 3
"""Of a server that was ready and died later; one that cannot start is not asked again."""

_OF_MODELS: Final = "model_"

_log = logging.getLogger(__name__)


def weights_of(model: str) -> WeightSource:
    """``model`` is a repository of the hub; its last part names the folder below ``weights_location`` or
    ``model_folder``, which has the files of that repository."""
    return WeightSource(
        name=model.rpartition("/")[2],
        files=("config.json",),
        hub=Hub(model, {"config.json": "config.json"}, also=("*.json", "*.safetensors", "*.jinja", "*.txt")),
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
        self._doubted = False
        self._server: ModelServer | None = None
        self._extractor: EndpointExtractor | None = None
        self._failure: Unavailable | None = None

    @property
    def model(self) -> str:
        return self._model

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Raises: ExtractionFailed; Unavailable: there is no vLLM here (``model_server_missing``), it does
        not start (``model_server_failed``), or its weights are not to be had; what ``check_stop`` raises,
        while it loads too."""
        try:
            return self._ready(request.check_stop).extract(request)
        except ExtractionFailed as failure:
            self._doubted = self._doubted or failure.retryable
            raise

    def stop(self) -> None:
        """End the server; the next request would start it again."""
        with self._lock:
            if self._server is not None:
                self._server.stop()

    def _ready(self, check_stop: CheckStop) -> EndpointExtractor:
        with attended_lock(self._lock, check_stop):
            if self._doubted and self._server is not None and self._server.lost:
                self._server.stop()  # its end by itself takes seconds, in which every segment would fail
            self._doubted = False
            if self._failure is not None:
                raise Unavailable(self._failure.message, code=self._failure.code)
            if self._extractor is not None and self._server is not None and self._server.running:
                return self._extractor
            try:
                self._server, self._extractor = self._started(check_stop)
            except Unavailable as failure:
                if failure.code.startswith(_OF_MODELS):  # and not of a store, which was asked meanwhile
                    self._failure = failure
                raise
            return self._extractor

    def _started(self, check_stop: CheckStop) -> tuple[ModelServer, EndpointExtractor]:
        found = shutil.which(PROGRAM)
        if found is None:
            raise Unavailable("There is no vLLM on this machine.", code="model_server_missing")
        if self._starts >= _STARTS:
            raise Unavailable(f"The model server died {_STARTS} times.", code="model_server_failed")
        files = attended(lambda: self._weights.require(weights_of(self._model)), check_stop)
        folder = files["config.json"].parent
        key = SecretStr(secrets.token_urlsafe(32))
        serving = self._serving(folder, _free_port())
        origin = f"http://{LOOPBACK}:{serving.port}"
        server = ModelServer(
            arguments(Path(found), serving),
            environment(Path(found), key.get_secret_value(), self._cache / PROGRAM),
            health=f"{origin}/health",
            patience=self._settings.vllm_start_seconds,
            secret=key.get_secret_value(),
        )
        _log.info("starting vLLM", extra={"model": self._model, "start": self._starts + 1})
        server.start(check_stop)
        self._starts += 1
        return server, self._over(f"{origin}/v1", key)

    def _serving(self, folder: Path, port: int) -> Serving:
        settings = self._settings
        return Serving(
            model=self._model,
            folder=folder,
            port=port,
            memory=settings.vllm_gpu_memory,
            context=settings.vllm_context_tokens,
            pictures=settings.llm_pictures_per_segment,
            parallel=settings.llm_parallel_requests,
        )

    def _over(self, base_url: str, key: SecretStr) -> EndpointExtractor:
        endpoint = ChatEndpoint(
            base_url,
            self._model,
            lambda: key,
            timeout_seconds=self._settings.llm_timeout_seconds,
            attempts=self._settings.llm_attempts,
            answer_tokens=self._settings.vllm_answer_tokens,
        )
        return EndpointExtractor(endpoint, max_pictures=self._settings.llm_pictures_per_segment)


def _free_port() -> int:
    """Free now; should another program take it meanwhile, the server does not start."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port: int = taken.getsockname()[1]
        return port
