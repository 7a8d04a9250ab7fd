"""Command ``python -m functions.worker reindex``, run as by Batch, on records, media and a real
OpenSearch."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from opensearchpy import OpenSearch

from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunOptions, SegmentationType
from shared.domain.runs.targets import MediaTarget
from shared.ports.search_index import SearchFilter
from shared.runtime.aws import aws_runtime
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.harness import ANNA, Harness, open_harness, upload_in_parts
from tests.aws.opensearch.server import shared_url
from tests.aws.opensearch.vector_collection import VectorCollection
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import add_prompt
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

PREFIX = "reindexed"
MATCHES_ALL = SearchFilter("anna")


@pytest.fixture
def harness(emulator: Emulator, tmp_path: Path) -> Iterator[Harness]:
    """An archive whose search index is in a domain."""
    with patch.dict("os.environ"):
        opened, variables = open_harness(emulator, stores.create_table(), stores.create_bucket())
        yield moved(opened, variables, shared_url(), "none")


def moved(harness: Harness, variables: dict[str, str], endpoint: str, service: str) -> Harness:
    """Return the same archive with another search engine."""
    changed = variables | {
        "VIDEOVECTOR_SERVER_SEARCH_ENDPOINT": endpoint,
        "VIDEOVECTOR_SERVER_SEARCH_SERVICE": service,
        "VIDEOVECTOR_SERVER_SEARCH_INDEX_PREFIX": PREFIX,
    }
    with patch.dict("os.environ", changed):
        return replace(harness, runtime=aws_runtime(Settings()), variables=changed)


def film(harness: Harness, folder: Path) -> Media:
    job = upload_in_parts(harness.runtime, make_video(folder / "film.mp4", seconds=2.0))
    done = harness.worker("ingest", "--tenant", "anna", "--import-job", job.job_id)
    assert done.returncode == 0, done.stderr
    [output] = harness.runtime.imports.views.view(ANNA, job.job_id).outputs.items
    return harness.runtime.library.media.get(ANNA, output.media_id)


def finished_run(harness: Harness, medium: Media) -> PromptRun:
    prompt = add_prompt(harness.runtime.documents, ANNA)
    options = RunOptions(video_segmentation_type=SegmentationType.FIXED, video_segment_duration=1)
    target = MediaTarget.of([medium.media_id])
    run = harness.runtime.runs.prompt_runs.execute(
        ANNA, prompt.prompt_id, target, options, "run_01J00000000000000000000002"
    )
    harness.runtime.runs.coordinator.plan_shards("anna", run.run_id)
    done = harness.worker("medium", "--tenant", "anna", "--run", run.run_id)
    assert done.returncode == 0, done.stderr
    return run


def results(harness: Harness) -> list[str]:
    return list(harness.runtime.ports.search_index.match([], MATCHES_ALL, after=None, limit=10).result_ids)


def test_reindex_restores_index_and_moves_it_to_collection(harness: Harness, tmp_path: Path) -> None:
    server = OpenSearch(shared_url(), timeout=HANG_TIMEOUT)
    server.indices.delete(index=f"{PREFIX}-*")
    finished_run(harness, film(harness, tmp_path))
    before, counts = results(harness), harness.runtime.ports.search_index.counts()
    assert len(before) >= 2

    server.indices.delete(index=f"{PREFIX}-*")
    done = harness.worker("reindex", "--request-id", "req_7")
    assert done.returncode == 0, done.stderr
    assert '"correlation_id":"req_7"' in done.stderr
    assert (results(harness), harness.runtime.ports.search_index.counts()) == (before, counts)

    server.indices.delete(index=f"{PREFIX}-*")
    with VectorCollection(shared_url()) as collection:
        there = moved(harness, dict(harness.variables), collection.url, "aoss")
        assert results(there) == []
        done = there.worker("reindex")
        assert done.returncode == 0, done.stderr
        assert (results(there), there.runtime.ports.search_index.counts()) == (before, counts)
        assert collection.refused == []
    server.indices.delete(index=f"{PREFIX}-*")
    server.close()


def test_second_reindex_is_refused_until_forced(harness: Harness) -> None:
    server = OpenSearch(shared_url(), timeout=HANG_TIMEOUT)
    server.indices.delete(index=f"{PREFIX}-*")
    assert harness.worker("reindex").returncode == 0
    (made,) = server.indices.get(index=f"{PREFIX}-*")
    alias = made.rpartition("-index_")[0]
    server.indices.create(index=f"{alias}-left", body={"aliases": {f"{alias}-building": {}}})

    refused = harness.worker("reindex")
    assert (refused.returncode, "is being built already" in refused.stderr) == (1, True)
    assert harness.worker("reindex", "--anew").returncode == 0
    assert len(server.indices.get(index=f"{PREFIX}-*")) == 1
    server.indices.delete(index=f"{PREFIX}-*")
    server.close()
