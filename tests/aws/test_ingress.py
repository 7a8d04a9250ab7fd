"""The streaming ingress takes what a function cannot: files of any size, from unchanged clients."""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx
import pytest
import videovector

from shared.domain import keys
from shared.domain.access import Scope
from shared.domain.import_job import ImportFile, ImportStatus
from shared.domain.job import JobRequest, Workflow
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.ingress_process import BOUNDARY, IngressProcess, SlowUpload
from tests.aws.step_world import StepWorld, open_world
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

MEBIBYTE: Final = 1024**2
LARGE: Final = 320 * MEBIBYTE
REEL: Final = Path(__file__).parents[1] / "media" / "sample-reel.mp4"
MOST_GROWTH: Final = 64 * MEBIBYTE
"""Of memory, whatever a file's size: three parts of eight mebibytes, and what handling them leaves."""

TENANT: Final = "anna"


@pytest.fixture(scope="module")
def world(emulator: Emulator) -> Iterator[StepWorld]:
    with patch.dict("os.environ"):
        made, _ = open_world(emulator, stores.create_table(), stores.create_bucket())
        yield made


@pytest.fixture
def ingress(world: StepWorld, tmp_path: Path) -> Iterator[IngressProcess]:
    found = IngressProcess(tmp_path, world.variables)
    yield found.start()
    found.kill()


@pytest.fixture(scope="module")
def key(world: StepWorld) -> str:
    return world.runtime.api_keys.create(TENANT, "usr_anna", "writer", [Scope.WRITE])[1]


def padded_film(path: Path, size: int) -> Path:
    """The reel, and a box after it that players skip, whose bytes differ everywhere."""
    source = random.Random(size)
    with path.open("wb") as file:
        file.write(REEL.read_bytes())
        free = size - file.tell()
        file.write((1).to_bytes(4, "big") + b"free" + free.to_bytes(8, "big"))
        while (left := size - file.tell()) > 0:
            file.write(source.randbytes(min(left, MEBIBYTE)))
    return path


def sha256_of(chunks: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def file_of(world: StepWorld, job_id: str) -> ImportFile:
    found = world.runtime.documents.get(ImportFile, keys.import_file(TENANT, job_id, 0))
    assert found is not None
    return found


def executions_of(world: StepWorld, job_id: str) -> int:
    found = world.executions(Workflow.INGEST)
    return sum(json.loads(each["input"])["arguments"]["import_job_id"] == job_id for each in found)


def left_behind(world: StepWorld) -> tuple[set[str], list[Any]]:
    """Objects, and uploads that were begun and not ended."""
    s3, bucket = stores.client_of("s3"), world.variables["VIDEOVECTOR_SERVER_MEDIA_BUCKET"]
    open_uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return set(world.runtime.blobs.keys("imports/")), open_uploads


def test_the_official_client_uploads_what_no_function_could_take(
    world: StepWorld, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    small, large = padded_film(tmp_path / "small.mp4", 24 * MEBIBYTE), padded_film(tmp_path / "l.mp4", LARGE)
    with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
        client.videos.upload(file=small, title="Small")
        before = ingress.peak_resident_bytes()
        worked = ingress.processor_seconds()
        started = time.monotonic()
        job = client.videos.upload(file=large, title="Large")
        took = time.monotonic() - started
        worked = ingress.processor_seconds() - worked
    grown = ingress.peak_resident_bytes() - before
    print(
        f"{LARGE // MEBIBYTE} MiB in {took:.1f} s; memory {before // MEBIBYTE} MiB "
        f"before, {grown / MEBIBYTE:.1f} MiB more; {worked:.1f} s of a processor"
    )
    assert grown < MOST_GROWTH
    assert executions_of(world, job.job_id) == 1
    file = file_of(world, job.job_id)
    with large.open("rb") as sent:
        wanted = hashlib.file_digest(sent, "sha256").hexdigest()
    assert (file.size_bytes, file.content_hash, file.file_name) == (LARGE, wanted, "l.mp4")
    assert sha256_of(world.runtime.blobs.stream(file.source_key or "")) == wanted


def test_the_async_client_names_an_index_and_what_comes_of_the_file_is_a_medium(
    world: StepWorld, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    film = padded_film(tmp_path / "film.mp4", 40 * MEBIBYTE)

    async def upload() -> Any:
        async with videovector.AsyncVideoVector(api_key=key, base_url=ingress.base_url) as client:
            return await client.workflow.upload(file=film, index_name="Streamed", title="Film")

    job = asyncio.run(upload())
    assert executions_of(world, job.job_id) == 1
    source = file_of(world, job.job_id).source_key or ""
    request = world.runtime.documents.get(JobRequest, keys.job(job.job_id))
    assert request is not None
    world.runtime.ingest.run(request, lambda: False)
    done = world.runtime.import_views.view(world_caller(), job.job_id)
    assert done.job.status is ImportStatus.COMPLETED
    (made,) = done.outputs.items
    assert made.media_id
    assert world.runtime.blobs.stat(source) is None


def world_caller() -> Any:
    from shared.domain.access import Caller

    return Caller(tenant_id=TENANT, user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))


def test_the_same_key_twice_is_one_import_and_one_file(
    world: StepWorld, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    film = padded_film(tmp_path / "film.mp4", 20 * MEBIBYTE)
    before, _ = left_behind(world)
    with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
        jobs = {
            client.videos.upload(file=film, title="Once", idempotency_key="once-and-again").job_id
            for _ in range(2)
        }
    (job,) = jobs
    assert executions_of(world, job) == 1
    objects, uploads = left_behind(world)
    assert objects - before == {file_of(world, job).source_key}
    assert uploads == []


def form_of(size: int) -> dict[str, Any]:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    content = head.encode() + bytes(size) + f"\r\n--{BOUNDARY}--\r\n".encode()
    return {
        "content": content,
        "headers": {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "X-Request-ID": "req-one"},
    }


def post(ingress: IngressProcess, key: str, form: dict[str, Any], path: str = "/videos/upload") -> Any:
    form["headers"]["X-API-Key"] = key
    return httpx.post(f"{ingress.base_url}{path}", timeout=HANG_TIMEOUT, **form)


def test_who_may_not_write_is_turned_away_and_leaves_nothing(
    world: StepWorld, ingress: IngressProcess
) -> None:
    before = left_behind(world)
    reader = world.runtime.api_keys.create(TENANT, "usr_anna", "reader", [Scope.READ])[1]
    for who, status in (("sk_live_" + "0" * 48, 401), (reader, 403)):
        answer = post(ingress, who, form_of(20 * MEBIBYTE))
        assert answer.status_code == status
        assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "req-one"
    assert left_behind(world) == before


@pytest.mark.parametrize("path", ["/videos/upload", "/workflow/upload"])
def test_what_is_no_form_or_has_no_file_is_refused(ingress: IngressProcess, key: str, path: str) -> None:
    headers = {"X-API-Key": key, "Content-Type": "video/mp4"}
    answer = httpx.post(
        f"{ingress.base_url}{path}", content=b"0" * 100, headers=headers, timeout=HANG_TIMEOUT
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["field"] == "Content-Type"
    empty = httpx.post(
        f"{ingress.base_url}{path}",
        data={"title": "A"},
        files={"other": b"x"},
        headers={"X-API-Key": key},
        timeout=HANG_TIMEOUT,
    )
    assert empty.status_code == 422
    assert empty.json()["error"]["details"]["errors"][0]["field"] == "file"


def test_nothing_else_of_the_api_is_here(ingress: IngressProcess, key: str) -> None:
    answer = httpx.get(f"{ingress.base_url}/indexes", headers={"X-API-Key": key}, timeout=HANG_TIMEOUT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")
    assert httpx.get(f"{ingress.base_url}/videos/upload", timeout=HANG_TIMEOUT).status_code == 405


@pytest.fixture
def small_ingress(world: StepWorld, tmp_path: Path) -> Iterator[IngressProcess]:
    """Takes 24 MiB at most, and one upload at a time, also from pages."""
    limits = {
        "VIDEOVECTOR_SERVER_MAX_UPLOAD_BYTES": str(24 * MEBIBYTE),
        "VIDEOVECTOR_SERVER_UPLOADS_AT_ONCE": "1",
        "VIDEOVECTOR_SERVER_BROWSER_ORIGINS": "https://page.example",
    }
    found = IngressProcess(tmp_path, {**world.variables, **limits})
    yield found.start()
    found.kill()


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    world: StepWorld, small_ingress: IngressProcess, key: str
) -> None:
    before = left_behind(world)
    announced = post(small_ingress, key, form_of(40 * MEBIBYTE))
    form = form_of(25 * MEBIBYTE)
    chunked = form | {"content": iter([form["content"]])}
    for answer in (announced, post(small_ingress, key, chunked)):
        assert answer.status_code == 413
        assert answer.json()["error"]["details"] == {"rule": "max_upload_bytes", "limit": 24 * MEBIBYTE}
    assert left_behind(world) == before


def test_one_upload_too_many_is_asked_to_come_back(small_ingress: IngressProcess, key: str) -> None:
    def once_more() -> httpx.Response:
        answer: httpx.Response = post(small_ingress, key, form_of(1000))
        return answer

    for seconds in (0.3, 1, 3, 9, 27, 81):  # until the first has had the time to be let in
        first = SlowUpload(small_ingress.base_url, key, 4096)
        first.send(bytes(1024))
        time.sleep(seconds)
        if (second := once_more()).status_code == 503:
            break
        first.leave()
        wait_until(lambda: once_more().status_code == 202)
    assert (second.status_code, second.headers["Retry-After"]) == (503, "30")
    assert second.json()["error"]["code"] == "too_many_uploads"
    first.send(bytes(3072))
    assert b" 202 " in first.answer()
    assert post(small_ingress, key, form_of(1000)).status_code == 202


def test_pages_of_the_origins_that_are_named_may_send_forms(small_ingress: IngressProcess, key: str) -> None:
    def asked_from(origin: str) -> httpx.Response:
        asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        asking["Access-Control-Request-Headers"] = "x-api-key"
        return httpx.options(f"{small_ingress.base_url}/videos/upload", headers=asking, timeout=HANG_TIMEOUT)

    assert asked_from("https://page.example").headers["Access-Control-Allow-Origin"] == "https://page.example"
    assert asked_from("https://other.example").status_code == 400
    form = form_of(1000)
    form["headers"]["Origin"] = "https://page.example"
    answer = post(small_ingress, "sk_live_" + "0" * 48, form)
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "https://page.example"


def test_a_connection_that_breaks_off_leaves_nothing(
    world: StepWorld, ingress: IngressProcess, key: str
) -> None:
    before = left_behind(world)
    jobs = len(world.executions(Workflow.INGEST))
    upload = SlowUpload(ingress.base_url, key, 64 * MEBIBYTE)
    upload.send(bytes(40 * MEBIBYTE))
    wait_until(lambda: len(left_behind(world)[1]) == 1)
    upload.leave()
    wait_until(lambda: left_behind(world) == before)
    assert len(world.executions(Workflow.INGEST)) == jobs


def test_an_upload_that_is_under_way_ends_before_the_service_does(
    world: StepWorld, ingress: IngressProcess, key: str
) -> None:
    upload = SlowUpload(ingress.base_url, key, 24 * MEBIBYTE)
    upload.send(bytes(12 * MEBIBYTE))
    wait_until(lambda: len(left_behind(world)[1]) == 1)
    ingress.terminate()
    wait_until(lambda: not answers(ingress))
    upload.send(bytes(12 * MEBIBYTE))
    assert b" 202 " in upload.answer()
    assert ingress.wait(HANG_TIMEOUT) == 0


def answers(ingress: IngressProcess) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{ingress.port}/health", timeout=1).is_success
    except httpx.HTTPError:
        return False


def test_a_store_that_fails_is_said_and_leaves_nothing(world: StepWorld, key: str, tmp_path: Path) -> None:
    broken = {**world.variables, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    ingress = IngressProcess(tmp_path, broken)
    try:
        answer = post(ingress.start(), key, form_of(20 * MEBIBYTE))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")
    finally:
        ingress.kill()


def test_each_request_is_one_line_of_json_without_secrets(ingress: IngressProcess, key: str) -> None:
    post(ingress, key, form_of(1000))
    lines = [json.loads(line) for line in ingress.log.splitlines()]
    (line,) = [each for each in lines if "POST /api/v2/videos/upload" in str(each["message"])]
    assert (line["service"], line["correlation_id"], line["level"]) == ("ingress", "req-one", "INFO")
    assert key not in ingress.log
