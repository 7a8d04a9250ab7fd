"""vLLM as a child of this process, with a program in its place that has its command line and protocol."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Unavailable
from shared.models.catalogue import Catalogue, build_extractors
from shared.models.extractor_vllm import VllmExtractor, weights_of
from shared.models.weights import Weights
from shared.ports.models import ExtractionFailed, ExtractionRequest
from shared.settings import Settings
from tests.unit.models import vllm_program
from tests.unit.models.evidence import CAFE, STRING, STRINGS, schema_of
from tests.unit.models.vllm_program import ASKED, STARTED, Behaviour, told
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="GPU workers run on Linux")

MODEL = "Qwen/Qwen3-VL-4B-Instruct"
NAME = f"vllm:{MODEL}"
JPEG = b"\xff\xd8\xff\xe0picture\xff\xd9"
REQUEST = ExtractionRequest("List.", schema_of(summary=STRING, objects=STRINGS), CAFE, [JPEG] * 6)

Made = Callable[..., VllmExtractor]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """The folder that the program is given."""
    folder = tmp_path / "models" / weights_of(MODEL).name
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def extractor(tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Makes one whose settings are as given; every server is stopped in the end."""
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


def stat_of(process: int) -> list[str]:
    """What proc_pid_stat(5) has after the command's name: state, parent, ..."""
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()


def alive(process: int) -> bool:
    """A process that has ended and that nobody has asked about yet is not."""
    try:
        return stat_of(process)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter if it ends while it is read
        return False


def parent_of(process: int) -> int:
    return int(stat_of(process)[1])


def gone(processes: list[int]) -> bool:
    """Wait until all have ended."""
    deadline = time.monotonic() + HANG_TIMEOUT
    while any(alive(each) for each in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(alive(each) for each in processes)


def test_segments_are_extracted_by_one_server_which_ends_with_all_its_processes(
    extractor: Made, weights: Path
) -> None:
    extract = extractor(llm_pictures_per_segment=3)
    assert told(weights, STARTED) == []  # not before it is needed
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(extract.extract, [REQUEST] * 4))
    # The threads that started it are gone, which must not matter to it.
    found.append(extract.extract(REQUEST))
    assert [each.data for each in found] == [{"summary": "made up", "objects": []}] * 5
    assert [(each.calls[0].model, each.calls[0].input_tokens) for each in found] == [(MODEL, 120)] * 5
    assert told(weights, ASKED) == [{"pictures": 3}] * 5
    [started] = told(weights, STARTED)
    assert all(alive(each) for each in started["processes"])
    extract.stop()
    assert gone(started["processes"])


def test_it_is_told_its_limits_and_nothing_that_is_not_its_business(
    extractor: Made, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (weights / "config.json").write_text('{"model_type": "qwen3_vl", "vision_config": {}}')
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/another/cuda")
    monkeypatch.setenv("NVIDIA_VISIBLE_DEVICES", "all")
    extract = extractor(llm_parallel_requests=7, vllm_gpu_memory=0.5, vllm_context_tokens=8192)
    extract.extract(REQUEST)
    [started] = told(weights, STARTED)
    given, environment = started["arguments"], started["environment"]
    port = given[given.index("--port") + 1]
    assert given == [
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
    assert environment["VLLM_API_KEY"] not in json.dumps(given)
    assert environment["PATH"].startswith(str(tmp_path / "bin"))
    assert environment["NVIDIA_VISIBLE_DEVICES"] == "all"
    assert not {"AWS_SECRET_ACCESS_KEY", "LD_LIBRARY_PATH"} & environment.keys()


def test_one_that_dies_at_once_is_named_with_its_reason_and_not_started_again(
    extractor: Made, weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (weights / Behaviour.DIES_EARLY).touch()
    extract = extractor()
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable, match="no room for the KV cache") as first:
        extract.extract(REQUEST)
    assert first.value.code == "model_server_failed"
    assert "ended while it was starting" in first.value.message  # and was not waited for
    assert "(***)" in first.value.message  # it said its key
    assert len(first.value.message) < 3000
    assert "Too many open files" not in first.value.message
    assert "no room for the KV cache (***)" in caplog.text
    (weights / Behaviour.DIES_EARLY).unlink()
    with pytest.raises(Unavailable) as second:
        extract.extract(REQUEST)
    assert second.value.code == "model_server_failed"
    assert told(weights, STARTED) == []


def test_one_that_is_never_ready_is_given_up_and_ended(extractor: Made, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    for seconds in (1, 5, 25, 125):  # until it has had the time to begin
        with pytest.raises(Unavailable, match=f"not ready within {seconds} s") as refused:
            extractor(vllm_start_seconds=seconds).extract(REQUEST)
        assert refused.value.code == "model_server_failed"
        if told(weights, STARTED):
            break
    [started] = told(weights, STARTED)
    assert gone(started["processes"])


class Stopped(Exception):
    """The worker was told to stop."""


def test_while_it_loads_work_can_be_stopped_at_once_and_begun_again(extractor: Made, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    extract = extractor()

    def check_stop() -> None:
        if told(weights, STARTED):
            raise Stopped

    with ThreadPoolExecutor(4) as threads:  # one starts it, three wait for that
        asked = [threads.submit(extract.extract, replace(REQUEST, check_stop=check_stop)) for _ in range(4)]
        assert [type(each.exception(15)) for each in asked] == [Stopped] * 4
    [started] = told(weights, STARTED)
    assert gone(started["processes"])
    (weights / Behaviour.NEVER_READY).unlink()
    assert extract.extract(REQUEST).data  # neither failed for good, nor one of its few starts


def test_a_store_that_is_away_meanwhile_is_no_failure_of_the_server(extractor: Made, weights: Path) -> None:
    (weights / Behaviour.NEVER_READY).touch()
    extract = extractor()

    def check_stop() -> None:
        raise Unavailable("The records are not to be had.")

    with pytest.raises(Unavailable, match="records"):
        extract.extract(replace(REQUEST, check_stop=check_stop))
    (weights / Behaviour.NEVER_READY).unlink()
    assert extract.extract(REQUEST).data


def test_one_that_dies_later_costs_a_segment_and_is_started_again(extractor: Made, weights: Path) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    [first] = told(weights, STARTED)
    keeper = parent_of(first["processes"][0])
    (weights / Behaviour.DIES_WHEN_ASKED).touch()
    with pytest.raises(ExtractionFailed) as lost:
        extract.extract(REQUEST)
    assert (lost.value.code, lost.value.retryable) == ("model_unreachable", True)
    (weights / Behaviour.DIES_WHEN_ASKED).unlink()
    assert gone([*first["processes"], keeper])  # the engine that it left behind, too
    assert extract.extract(REQUEST).data
    assert len(told(weights, STARTED)) == 2


@pytest.mark.parametrize("behaviour", [Behaviour.LOSES_ITS_ENGINE, Behaviour.STOPS_LISTENING])
def test_one_that_lost_what_does_its_work_is_not_asked_until_it_ends(
    behaviour: Behaviour, extractor: Made, weights: Path
) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    (weights / behaviour).touch()
    with pytest.raises(ExtractionFailed) as lost:
        extract.extract(REQUEST)
    assert (lost.value.code, lost.value.retryable) == ("model_http_500", True)
    (weights / behaviour).unlink()
    if behaviour is Behaviour.STOPS_LISTENING:
        wait_until(lambda: not _listens(told(weights, STARTED)[0]), "the end of listening")
    assert extract.extract(REQUEST).data
    first, second = told(weights, STARTED)
    assert gone(first["processes"])
    assert all(alive(each) for each in second["processes"])


def _listens(started: dict[str, Any]) -> bool:
    given = started["arguments"]
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", int(given[given.index("--port") + 1]))) == 0


def test_without_the_program_or_its_weights_a_segment_fails_by_name(
    extractor: Made, weights: Path, monkeypatch: pytest.MonkeyPatch
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
from tests.unit.models.test_vllm import NAME, REQUEST
from shared.models.catalogue import build_extractors
from shared.settings import Settings
extract = build_extractors(Settings(), None)[NAME].extract
with ThreadPoolExecutor(1) as thread:
    thread.submit(extract, REQUEST).result()
print("extracted", flush=True)
if sys.argv[1] == "stay":
    time.sleep(600)
"""


@pytest.mark.parametrize("end", ["killed", "in order"])
def test_it_does_not_outlive_its_worker(end: str, extractor: Made, weights: Path, tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, "stay" if end == "killed" else "go"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
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
        [started] = told(weights, STARTED)
        if end == "killed":
            assert all(alive(each) for each in started["processes"])
            worker.send_signal(signal.SIGKILL)
        worker.wait(HANG_TIMEOUT)
    assert gone(started["processes"])


def test_nor_does_it_outlive_the_process_that_keeps_it(extractor: Made, weights: Path) -> None:
    extract = extractor()
    extract.extract(REQUEST)
    [started] = told(weights, STARTED)
    server = started["processes"][0]
    os.kill(parent_of(server), signal.SIGKILL)
    assert gone([server])
    os.kill(started["processes"][1], signal.SIGKILL)  # vLLM's own engine watches vLLM


def test_the_catalogue_names_what_really_runs_and_an_endpoint_comes_first() -> None:
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
