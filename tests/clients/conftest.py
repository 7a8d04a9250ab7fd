"""A real server over HTTP, a processed archive, and the official client in both modes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from shared.cli.demo.server import Address, running_server
from tests.clients.either_client import CALL_LOG, MODES, EitherClient
from tests.stores.s3 import S3Store
from tests.stores.settings_of_server import store_variables

POLL = 0.3
_RUNTIME_VARIABLE = "CLIENT_SUITE_ON"
_WEBHOOK_HOSTS = "VIDEOVECTOR_SERVER_WEBHOOK_HOSTS"
"""The setting that permits receivers on loopback. The deployed stacks have it in their configuration."""

PROMPT: dict[str, Any] = {
    "name": "Archive prompt",
    "description": "Scenes of the reel",
    "prompt_text": "Describe what is seen, read and heard in the scene.",
    "json_schema": {
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "has_speech": {"type": "boolean"},
            "text_on_screen": {"type": "array", "items": {"type": "string"}},
            "scene": {
                "type": "object",
                "properties": {
                    "objects": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"label": {"type": "string"}, "confidence": {"type": "number"}},
                            "required": ["label"],
                        },
                    }
                },
            },
        },
        "required": ["summary", "has_speech", "text_on_screen", "scene"],
    },
    "video_level": {
        "instructions_text": "Sum up the whole reel.",
        "json_schema": {
            "type": "object",
            "properties": {"overview": {"type": "string"}},
            "required": ["overview"],
        },
    },
}


@dataclass(frozen=True)
class Archive:
    """An index with the sample reel, processed by two runs, and a processed picture in the playground."""

    index_id: str
    video_id: str
    prompt_id: str
    run_id: str
    fixed_run_id: str
    import_job_id: str
    picture_id: str
    picture_run_id: str
    picture_path: Path


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The address of a local server; with ``CLIENT_SUITE_ON=aws``, of the stacks deployed to an emulator."""
    if os.environ.get(_RUNTIME_VARIABLE) == "aws":
        from tests.aws.deployment.deployed import deployed

        product = deployed()
        yield Address(product.base_url, product.api_key)
        return
    variables = {_WEBHOOK_HOSTS: "127.0.0.1", **store_variables()}
    with running_server(tmp_path_factory.mktemp("server") / "data", variables) as found:
        yield found


@pytest.fixture(scope="session")
def s3_store() -> S3Store | None:
    """The store of S3 that the server's connectors reach: of deployed stacks, that of their own emulator."""
    if os.environ.get(_RUNTIME_VARIABLE) != "aws":
        return None
    from tests.aws.deployment.deployed import deployed

    environment = deployed().environment
    return S3Store(environment["AWS_ENDPOINT_URL"], environment["AWS_SECRET_ACCESS_KEY"])


@pytest.fixture(scope="session")
def archive(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    picture_path = _cat_picture(tmp_path_factory.mktemp("pictures"))
    with VideoVector(api_key=address.api_key, base_url=address.base_url) as client:
        index = client.indexes.create(name="Archive")
        job = client.videos.upload(file=SAMPLE, title="Sample reel", index_id=index.index_id)
        job = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
        picture_job = client.videos.upload(file=picture_path, title="A cat")
        picture_job = client.import_jobs.wait_for_completion(picture_job.job_id, poll_interval=POLL)
        prompt = client.prompts.create(**PROMPT)
        target: Any = {"type": "index", "index_id": index.index_id}
        run = client.prompt_runs.execute(prompt_id=prompt.prompt_id, target=target)
        fixed = client.prompt_runs.execute(
            prompt_id=prompt.prompt_id,
            target=target,
            video_segmentation_type="fixed",
            video_segment_duration=10,
        )
        pictured = client.prompt_runs.execute(prompt_id=prompt.prompt_id, target={"type": "playground"})
        for started in (run, fixed, pictured):
            finished = client.prompt_runs.wait_for_completion(started.run_id, poll_interval=POLL)
            assert finished.status == "completed", finished.error_message
        return Archive(
            index_id=index.index_id,
            video_id=job.video_ids[0],
            prompt_id=prompt.prompt_id,
            run_id=run.run_id,
            fixed_run_id=fixed.run_id,
            import_job_id=job.job_id,
            picture_id=picture_job.video_ids[0],
            picture_run_id=pictured.run_id,
            picture_path=picture_path,
        )


def _cat_picture(folder: Path) -> Path:
    from PIL import Image
    from skimage.data import chelsea

    cat: Any = chelsea()  # type: ignore[no-untyped-call]
    path = folder / "cat.jpg"
    Image.fromarray(cat).save(path, quality=90)
    return path


@pytest.fixture(scope="session", params=MODES)
def client(request: pytest.FixtureRequest, address: Address) -> Iterator[EitherClient]:
    made = EitherClient(request.param, address.base_url, address.api_key)
    yield made
    made.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    if call.when == "call":
        passed = outcome.get_result().passed
        for used in CALL_LOG.in_current_test:
            CALL_LOG.passed[used] = CALL_LOG.passed.get(used, True) and passed
        CALL_LOG.in_current_test.clear()
