"""Tests of vLLM as a child process, with a substitute that has its command line and protocol."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Unavailable
from shared.models.catalogue import Catalogue, build_extractors
from shared.models.language.vllm_extractor import VllmExtractor, weights_of
from shared.models.weights.locations import Weights
from shared.ports.models import ExtractionFailed, ExtractionRequest
from shared.settings import Settings
from tests.unit.models import vllm_program
from tests.unit.models.evidence import CAFE, STRING, STRINGS, schema_of
from tests.unit.models.processes import alive, all_ended, parent_of
from tests.unit.models.vllm_program import ASKED, STARTED, Behaviour, recorded
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="GPU workers run on Linux"),
]

MODEL = "Qwen/Qwen3-VL-4B-Instruct"
NAME = f"vllm:{MODEL}"
JPEG = b"\xff\xd8\xff\xe0picture\xff\xd9"
REQUEST = ExtractionRequest("List.", schema_of(summary=STRING, objects=STRINGS), CAFE, [JPEG] * 6)

MakeExtractor = Callable[..., VllmExtractor]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Create the weights' folder of the program."""
    folder = tmp_path / "models" / weights_of(MODEL).name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def extractor(tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeExtractor]:
    """Return a factory of extractors with the given settings. All servers are stopped at the end."""
    programs = tmp_path / "bin"
    programs.mkdir()
    vllm_program.install(programs)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{programs}")
    made: list[VllmExtractor] = []

    def make(**chosen: object) -> VllmExtractor:
        settings = Settings.model_validate(
            {"vllm_model": MODEL, "vllm_start_seconds": 120, "llm_attempts": 1, **chosen}
        )
        made.append(VllmExtractor(MODEL, settings, Weights(tmp_path, weights.parent), tmp_path / "cache"))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_concurrent_extractions_share_one_server_until_stop(extractor: MakeExtractor, weights: Path) -> None:
    extract = extractor(llm_pictures_per_segment=3)
    assert recorded(weights, STARTED) == []  # the server starts on demand
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(extract.extract, [REQUEST] * 4))
    # The server keeps running after the threads that started it have ended.
    found.append(extract.extract(REQUEST))
    assert [each.data for each in found] == [{"summary": "made up", "objects": []}] * 5
    assert [(each.calls[0].model, each.calls[0].input_tokens) for each in found] == [(MODEL, 120)] * 5
    assert recorded(weights, ASKED) == [{"pictures": 3}] * 5
    [started] = recorded(weights, STARTED)
    assert all(alive(each) for each in started["processes"])
    extract.stop()
    assert all_ended(started["processes"])


def test_server_gets_its_limits_and_no_foreign_variables(
    extractor: MakeExtractor, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (weights / "config.json").write_text('{"model_type": "qwen3_vl", "vision_config": {}}')
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/another/cuda")
    monkeypatch.setenv("NVIDIA_VISIBLE_DEVICES", "all")
    extract = extractor(llm_parallel_requests=7, vllm_gpu_memory=0.5, vllm_context_tokens=8192)
    extract.extract(REQUEST)
    [started] = recorded(weights, STARTED)
    arguments, environment = started["arguments"], started["environment"]
    port = arguments[arguments.index("--port") + 1]
    assert arguments == [
        "serve",
        str(weights),
        *("--served-model-name", MODEL),
        *("--host", "127.0.0.1"),
        *("--port", port),
        *("--gpu-memory-utilization", "0.5"),
        *("--max-model-len", "8192"),
        *("--max-num-seqs", "7"),
        *("--limit-mm-per-prompt", '{"image": 4, "video": 0}'),
        *("--mm-processor-kwargs", '{"max_pixels": 1310720}'),
        *("--mm-processor-cache-gb", "0"),
        *("--structured-outputs-config", '{"backend": "guidance", "disable_any_whitespace": true}'),
        "--no-enable-log-requests",
        "--disable-log-stats",
        *("--uvicorn-log-level", "warning"),
    ]
    assert len(environment["VLLM_API_KEY"]) > 30
    assert environment["VLLM_API_KEY"] not in json.dumps(arguments)
    assert environment["PATH"].startswith(str(tmp_path / "bin"))
    assert environment["NVIDIA_VISIBLE_DEVICES"] == "all"
    assert not {"AWS_SECRET_ACCESS_KEY", "LD_LIBRARY_PATH"} & environment.keys()


def test_server_that_ends_at_start_is_reported_and_not_restarted(
    extractor: MakeExtractor, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (weights / Behaviour.EXITS_AT_START).touch()
    extract = extractor()
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable, match="no room for the KV cache") as first:
        extract.extract(REQUEST)
    assert first.value.code == "model_server_failed"
    assert "ended while it was starting" in first.value.message  # reported without waiting for the timeout
    assert "(***)" in first.value.message  # the log contains its key
    assert len(first.value.message) < 3000
    assert "Too many open files" not in first.value.message
    assert "no room for the KV cache (***)" in caplog.text
    (weights / Behaviour.EXITS_AT_START).unlink()
    with pytest.raises(Unavailable) as second:
        extract.extract(REQUEST)
    assert second.value.code == "model_server_failed"
    assert recorded(weights, STARTED) == []


@pytest.mark.slow
def test_server_not_ready_in_time_is_stopped(extractor: MakeExtractor, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    for seconds in (1, 5, 25, 125):  # until the program has had time to start
        with pytest.raises(Unavailable, match=f"not ready within {seconds} s") as refused:
            extractor(vllm_start_seconds=seconds).extract(REQUEST)
        assert refused.value.code == "model_server_failed"
        if recorded(weights, STARTED):
            break
    [started] = recorded(weights, STARTED)
    assert all_ended(started["processes"])


class Stopped(Exception):
    """Raised by ``check_stop`` when the worker is stopped."""


@pytest.mark.slow
def test_extraction_can_be_interrupted_while_server_starts(extractor: MakeExtractor, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    extract = extractor()

    def check_stop() -> None:
        if recorded(weights, STARTED):
            raise Stopped

    with ThreadPoolExecutor(4) as threads:  # one thread starts the server, three wait for it
        futures = [threads.submit(extract.extract, replace(REQUEST, check_stop=check_stop)) for _ in range(4)]
        assert [type(each.exception(15)) for each in futures] == [Stopped] * 4
    [started] = recorded(weights, STARTED)
    assert all_ended(started["processes"])
    (weights / Behaviour.NEVER_READY).unlink()
    assert extract.extract(REQUEST).data  # the interruption counts neither as a failure nor as a start


def test_unavailable_store_during_start_is_no_server_failure(extractor: MakeExtractor, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    extract = extractor()

    def check_stop() -> None:
        raise Unavailable("The records are unavailable.")

    with pytest.raises(Unavailable, match="records"):
        extract.extract(replace(REQUEST, check_stop=check_stop))
    (weights / Behaviour.NEVER_READY).unlink()
    assert extract.extract(REQUEST).data


def test_crashed_server_fails_one_segment_and_is_restarted(extractor: MakeExtractor, weights: Path) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    [first] = recorded(weights, STARTED)
    supervisor = parent_of(first["processes"][0])
    (weights / Behaviour.CRASHES_ON_REQUEST).touch()
    with pytest.raises(ExtractionFailed) as failure:
        extract.extract(REQUEST)
    assert (failure.value.code, failure.value.retryable) == ("model_unreachable", True)
    (weights / Behaviour.CRASHES_ON_REQUEST).unlink()
    assert all_ended([*first["processes"], supervisor])  # including the orphaned engine
    assert extract.extract(REQUEST).data
    assert len(recorded(weights, STARTED)) == 2


@pytest.mark.parametrize("behaviour", [Behaviour.ENGINE_LOST, Behaviour.STOPS_LISTENING])
def test_server_without_engine_is_restarted_before_next_request(
    behaviour: Behaviour, extractor: MakeExtractor, weights: Path
) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    (weights / behaviour).touch()
    with pytest.raises(ExtractionFailed) as failure:
        extract.extract(REQUEST)
    assert (failure.value.code, failure.value.retryable) == ("model_http_500", True)
    (weights / behaviour).unlink()
    if behaviour is Behaviour.STOPS_LISTENING:
        wait_until(lambda: not _listens(recorded(weights, STARTED)[0]), "the end of listening")
    assert extract.extract(REQUEST).data
    first, second = recorded(weights, STARTED)
    assert all_ended(first["processes"])
    assert all(alive(each) for each in second["processes"])


def _listens(started: dict[str, Any]) -> bool:
    arguments = started["arguments"]
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(arguments[arguments.index("--port") + 1]))) == 0


def test_missing_program_or_weights_fail_with_code(
    extractor: MakeExtractor, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (weights / "config.json").unlink()
    with pytest.raises(Unavailable) as no_weights:
        extractor().extract(REQUEST)
    assert no_weights.value.code == "model_weights_missing"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable) as no_program:
        extractor().extract(REQUEST)
    assert no_program.value.code == "model_server_missing"


_WORKER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from tests.unit.models.language.test_vllm_extractor import NAME, REQUEST
from shared.models.catalogue import build_extractors
from shared.settings import Settings
extract = build_extractors(Settings(), None)[NAME].extract
with ThreadPoolExecutor(1) as thread:
    thread.submit(extract, REQUEST).result()
print("extracted", flush=True)
if sys.argv[1] == "stay":
    time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", ["killed", "in order"])
def test_server_ends_with_its_worker(
    end: str, extractor: MakeExtractor, weights: Path, tmp_path: Path
) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, "stay" if end == "killed" else "go"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[4]),
            "VIDEOVECTOR_SERVER_VLLM_MODEL": MODEL,
            "VIDEOVECTOR_SERVER_MODEL_FOLDER": str(weights.parent),
            "VIDEOVECTOR_SERVER_DATA_FOLDER": str(tmp_path / "data"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    with worker, worker.stdout:
        assert worker.stdout.readline() == "extracted\n"
        [started] = recorded(weights, STARTED)
        if end == "killed":
            assert all(alive(each) for each in started["processes"])
            worker.send_signal(signal.SIGKILL)
        worker.wait(HANG_TIMEOUT)
    assert all_ended(started["processes"])


def test_server_ends_with_its_supervisor(extractor: MakeExtractor, weights: Path) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    [started] = recorded(weights, STARTED)
    server = started["processes"][0]
    os.kill(parent_of(server), signal.SIGKILL)
    assert all_ended([server])
    os.kill(started["processes"][1], signal.SIGKILL)  # a real engine ends with vLLM by itself


def test_catalogue_lists_vllm_and_prefers_endpoint() -> None:
    served = Settings(vllm_model=MODEL)
    catalogue = Catalogue(served)
    assert catalogue.names == (NAME, "builtin")
    assert catalogue.resolve(None) == catalogue.resolve(MODEL) == catalogue.resolve("gemini-2.5-pro") == NAME
    extractors = build_extractors(served, None)
    assert extractors.keys() == set(catalogue.names)
    assert extractors[NAME].model == MODEL
    named = Settings(vllm_model=MODEL, llm_base_url="http://localhost:9/v1", llm_model="other")
    assert Catalogue(named).names == ("endpoint:other", "builtin")
    assert build_extractors(named, None).keys() == {"endpoint:other", "builtin"}
