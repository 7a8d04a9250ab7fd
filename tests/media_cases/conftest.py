"""Every file of ``tests/media/cases``, imported and processed by a real server over HTTP."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from videovector import VideoVector

from shared.cli.demo.server import running_server
from tests.media_cases.observed import Observed, observe
from tests.waiting import wait_until

CASES: Final = Path(__file__).parent.parent / "media" / "cases"
POLL: Final = 0.5
ENDED: Final = ("completed", "failed", "cancelled")
RUN_ENDED: Final = (*ENDED, "completed_with_failures")

PROMPT: Final[dict[str, Any]] = {
    "name": "Cases",
    "prompt_text": "Describe what is seen, read and heard.",
    "json_schema": {
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "lines": {"type": "array", "items": {"type": "string"}, "description": "Lines of visible text"},
        },
        "required": ["summary", "lines"],
    },
}


def case_files() -> list[Path]:
    return sorted(path for path in CASES.iterdir() if path.suffix != ".md")


@pytest.fixture(scope="session")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Observed]]:
    """What a client sees of each file, by its name: one index, one run over all of it."""
    folder = tmp_path_factory.mktemp("cases")
    with (
        running_server(folder / "data") as address,
        VideoVector(api_key=address.api_key, base_url=address.base_url) as client,
    ):
        index = client.indexes.create(name="Cases")
        jobs = {
            path.name: client.videos.upload(file=path, title=path.name, index_id=index.index_id).job_id
            for path in case_files()
        }
        for job_id in jobs.values():
            wait_until(partial(_has_ended, client, job_id), pause=POLL)
        prompt = client.prompts.create(**PROMPT)
        target: Any = {"type": "index", "index_id": index.index_id}
        run = client.prompt_runs.execute(
            prompt_id=prompt.prompt_id, target=target, video_segmentation_type="content_aware"
        )
        wait_until(lambda: client.prompt_runs.retrieve(run.run_id).status in RUN_ENDED, pause=POLL)
        yield {name: observe(address, job_id, run.run_id, folder) for name, job_id in jobs.items()}


def _has_ended(client: VideoVector, job_id: str) -> bool:
    return client.import_jobs.retrieve(job_id).status in ENDED
