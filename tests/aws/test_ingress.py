"""The streaming ingress: uploads of any size from unchanged clients, which a function cannot accept."""

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
from shared.domain.imports.import_job import ImportFile, ImportStatus
from shared.domain.job import JobRequest
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.harness import Harness, open_harness
from tests.aws.ingress_process import BOUNDARY, IngressProcess, SlowUpload
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

MEBIBYTE: Final = 1024**2
LARGE: Final = 320 * MEBIBYTE
REEL: Final = Path(__file__).parents[1] / "media" / "sample-reel.mp4"
MOST_GROWTH: Final = 64 * MEBIBYTE
"""Growth of memory for a file of any size: three parts of eight mebibytes, and the cost of their handling."""

TENANT: Final = "anna"


@pytest.fixture(scope="module")
def harness(emulator: Emulator) -> Iterator[Harness]:
    with patch.dict("os.environ"):
        made, _ = open_harness(emulator, stores.create_table(), stores.create_bucket())
        yield made


@pytest.fixture
def ingress(harness: Harness, tmp_path: Path) -> Iterator[IngressProcess]:
    found = IngressProcess(tmp_path, harness.variables)
    yield found.start()
    found.kill()


@pytest.fixture(scope="module")
def key(harness: Harness) -> str:
    return harness.runtime.access.api_keys.create(TENANT, "usr_anna", "writer", [Scope.WRITE])[1]


def padded_film(path: Path, size: int) -> Path:
    """Write the reel and a ``free`` box of random bytes, which players skip."""
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


def file_of(harness: Harness, job_id: str) -> ImportFile:
    found = harness.runtime.documents.get(ImportFile, keys.import_file(TENANT, job_id, 0))
    assert found is not None
    return found


def imports_of(harness: Harness, job_id: str) -> int:
    return harness.imports().count(job_id)


def stored_uploads(harness: Harness) -> tuple[set[str], list[Any]]:
    """Return the keys of imported objects and the multipart uploads that are open."""
    s3, bucket = stores.client_of("s3"), harness.variables["VIDEOVECTOR_SERVER_MEDIA_BUCKET"]
    open_uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return set(harness.runtime.ports.blobs.keys("imports/")), open_uploads


def test_client_uploads_file_beyond_limit_of_functions(
    harness: Harness, ingress: IngressProcess, key: str, tmp_path: Path
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
    assert imports_of(harness, job.job_id) == 1
    file = file_of(harness, job.job_id)
    with large.open("rb") as sent:
        wanted = hashlib.file_digest(sent, "sha256").hexdigest()
    assert (file.size_bytes, file.content_hash, file.file_name) == (LARGE, wanted, "l.mp4")
    assert sha256_of(harness.runtime.ports.blobs.stream(file.source_key or "")) == wanted


def test_async_upload_into_named_index_becomes_medium(
    harness: Harness, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    film = padded_film(tmp_path / "film.mp4", 40 * MEBIBYTE)

    async def upload() -> Any:
        async with videovector.AsyncVideoVector(api_key=key, base_url=ingress.base_url) as client:
            return await client.workflow.upload(file=film, index_name="Streamed", title="Film")

    job = asyncio.run(upload())
    assert imports_of(harness, job.job_id) == 1
    source = file_of(harness, job.job_id).source_key or ""
    request = harness.runtime.documents.get(JobRequest, keys.job(job.job_id))
    assert request is not None
    harness.runtime.imports.ingest.run(request, lambda: False)
    done = harness.runtime.imports.views.view(admin(), job.job_id)
    assert done.job.status is ImportStatus.COMPLETED
    (made,) = done.outputs.items
    assert made.media_id
    assert harness.runtime.ports.blobs.stat(source) is None


def admin() -> Any:
    from shared.domain.access import Caller

    return Caller(tenant_id=TENANT, user_id="usr_anna", scopes=frozenset({Scope.ADMIN}))


def test_repeated_idempotency_key_creates_one_import(
    harness: Harness, ingress: IngressProcess, key: str, tmp_path: Path
) -> None:
    film = padded_film(tmp_path / "film.mp4", 20 * MEBIBYTE)
    before, _ = stored_uploads(harness)
    with videovector.VideoVector(api_key=key, base_url=ingress.base_url) as client:
        jobs = {
            client.videos.upload(file=film, title="Once", idempotency_key="once-and-again").job_id
            for _ in range(2)
        }
    (job,) = jobs
    assert imports_of(harness, job) == 1
    objects, uploads = stored_uploads(harness)
    assert objects - before == {file_of(harness, job).source_key}
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


def test_caller_without_write_scope_leaves_nothing(harness: Harness, ingress: IngressProcess) -> None:
    before = stored_uploads(harness)
    reader = harness.runtime.access.api_keys.create(TENANT, "usr_anna", "reader", [Scope.READ])[1]
    for who, status in (("sk_live_" + "0" * 48, 401), (reader, 403)):
        answer = post(ingress, who, form_of(20 * MEBIBYTE))
        assert answer.status_code == status
        assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == "req-one"
    assert stored_uploads(harness) == before


@pytest.mark.parametrize("path", ["/videos/upload", "/workflow/upload"])
def test_request_without_form_or_file_is_refused(ingress: IngressProcess, key: str, path: str) -> None:
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


def test_other_routes_of_api_are_not_served(ingress: IngressProcess, key: str) -> None:
    answer = httpx.get(f"{ingress.base_url}/indexes", headers={"X-API-Key": key}, timeout=HANG_TIMEOUT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")
    assert httpx.get(f"{ingress.base_url}/videos/upload", timeout=HANG_TIMEOUT).status_code == 405


@pytest.fixture
def small_ingress(harness: Harness, tmp_path: Path) -> Iterator[IngressProcess]:
    """An ingress that accepts 24 MiB and one upload at a time, also from pages of one origin."""
    limits = {
        "VIDEOVECTOR_SERVER_MAX_UPLOAD_BYTES": str(24 * MEBIBYTE),
        "VIDEOVECTOR_SERVER_UPLOADS_AT_ONCE": "1",
        "VIDEOVECTOR_SERVER_BROWSER_ORIGINS": "https://page.example",
    }
    found = IngressProcess(tmp_path, {**harness.variables, **limits})
    yield found.start()
    found.kill()


def test_file_over_limit_is_refused_and_leaves_nothing(
    harness: Harness, small_ingress: IngressProcess, key: str
) -> None:
    before = stored_uploads(harness)
    announced = post(small_ingress, key, form_of(40 * MEBIBYTE))
    form = form_of(25 * MEBIBYTE)
    chunked = form | {"content": iter([form["content"]])}
    for answer in (announced, post(small_ingress, key, chunked)):
        assert answer.status_code == 413
        assert answer.json()["error"]["details"] == {"rule": "max_upload_bytes", "limit": 24 * MEBIBYTE}
    assert stored_uploads(harness) == before


def test_excess_upload_is_refused_with_retry_after(small_ingress: IngressProcess, key: str) -> None:
    def post_again() -> httpx.Response:
        answer: httpx.Response = post(small_ingress, key, form_of(1000))
        return answer

    for seconds in (0.3, 1, 3, 9, 27, 81):  # until the first upload has been admitted
        first = SlowUpload(small_ingress.base_url, key, 4096)
        first.send(bytes(1024))
        time.sleep(seconds)
        if (second := post_again()).status_code == 503:
            break
        first.disconnect()
        wait_until(lambda: post_again().status_code == 202)
    assert (second.status_code, second.headers["Retry-After"]) == (503, "30")
    assert second.json()["error"]["code"] == "too_many_uploads"
    first.send(bytes(3072))
    assert b" 202 " in first.answer()
    assert post(small_ingress, key, form_of(1000)).status_code == 202


def test_only_configured_origins_may_send_forms(small_ingress: IngressProcess, key: str) -> None:
    def preflight(origin: str) -> httpx.Response:
        asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        asking["Access-Control-Request-Headers"] = "x-api-key"
        return httpx.options(f"{small_ingress.base_url}/videos/upload", headers=asking, timeout=HANG_TIMEOUT)

    assert preflight("https://page.example").headers["Access-Control-Allow-Origin"] == "https://page.example"
    assert preflight("https://other.example").status_code == 400
    form = form_of(1000)
    form["headers"]["Origin"] = "https://page.example"
    answer = post(small_ingress, "sk_live_" + "0" * 48, form)
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "https://page.example"


def test_broken_connection_leaves_nothing(harness: Harness, ingress: IngressProcess, key: str) -> None:
    before = stored_uploads(harness)
    jobs = len(harness.imports())
    upload = SlowUpload(ingress.base_url, key, 64 * MEBIBYTE)
    upload.send(bytes(40 * MEBIBYTE))
    wait_until(lambda: len(stored_uploads(harness)[1]) == 1)
    upload.disconnect()
    wait_until(lambda: stored_uploads(harness) == before)
    assert len(harness.imports()) == jobs


def test_running_upload_ends_before_shutdown(harness: Harness, ingress: IngressProcess, key: str) -> None:
    upload = SlowUpload(ingress.base_url, key, 24 * MEBIBYTE)
    upload.send(bytes(12 * MEBIBYTE))
    wait_until(lambda: len(stored_uploads(harness)[1]) == 1)
    ingress.terminate()
    wait_until(lambda: not is_healthy(ingress))
    upload.send(bytes(12 * MEBIBYTE))
    assert b" 202 " in upload.answer()
    assert ingress.wait(HANG_TIMEOUT) == 0


def is_healthy(ingress: IngressProcess) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{ingress.port}/health", timeout=1).is_success
    except httpx.HTTPError:
        return False


def test_failing_store_is_service_unavailable(harness: Harness, key: str, tmp_path: Path) -> None:
    broken = {**harness.variables, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    ingress = IngressProcess(tmp_path, broken)
    try:
        answer = post(ingress.start(), key, form_of(20 * MEBIBYTE))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")
    finally:
        ingress.kill()


def test_request_is_logged_as_json_line_without_key(ingress: IngressProcess, key: str) -> None:
    post(ingress, key, form_of(1000))
    wait_until(lambda: "POST /api/v2/videos/upload" in ingress.log)  # the line follows the answer
    lines = [json.loads(line) for line in ingress.log.splitlines()]
    (line,) = [each for each in lines if "POST /api/v2/videos/upload" in str(each["message"])]
    assert (line["service"], line["correlation_id"], line["level"]) == ("ingress", "req-one", "INFO")
    assert key not in ingress.log
