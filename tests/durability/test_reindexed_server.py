"""A lost search index, rebuilt from the command line, returns the same answers as before."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from videovector import FilterCondition, VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

QUERIES = ("a motorcycle in a street", "Lisbon", "somebody speaks about space", "rain")


def _search_answers(client: VideoVector, index_id: str) -> list[Any]:
    conditions: list[FilterCondition] = [{"field": "summary", "type": "string", "operator": "is_not_empty"}]
    found = client.search.filter(index_id, conditions=conditions, page_size=100)
    return [
        [result.result_id for result in found.results],
        *[
            [
                (hit.segment_id, hit.similarity_score, hit.matched_field_paths)
                for hit in client.search.text(index_id, query=query, top_k=50)
            ]
            for query in QUERIES
        ],
    ]


def _reindex(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shared.cli", "reindex", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False)


def _wait_until_deleted(client: VideoVector, video_id: str) -> None:
    wait_until(lambda: client.videos.get_deletion(video_id).status == "deleted", pause=0.1)


def test_rebuilt_index_returns_same_hits_and_scores(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.start()
    with VideoVector(api_key=server.api_key(), base_url=server.base_url) as client:
        index = client.indexes.create(name="Lost")
        jobs = [client.videos.upload(file=SAMPLE, title=t, index_id=index.index_id) for t in "ab"]
        kept, gone = (client.import_jobs.wait_for_completion(j.job_id).video_ids[0] for j in jobs)
        prompt = client.prompts.create(
            name="Summaries",
            prompt_text="Sum up the scene in a sentence.",
            json_schema={"type": "object", "properties": {"summary": {"type": "string"}}},
        )
        run = client.prompt_runs.execute(
            prompt_id=prompt.prompt_id, target={"type": "index", "index_id": index.index_id}
        )
        client.prompt_runs.wait_for_completion(run.run_id, timeout=HANG_TIMEOUT)
        client.videos.delete(gone)
        _wait_until_deleted(client, gone)
        before = _search_answers(client, index.index_id)
        assert all(before)

        refused = _reindex(server.data_folder)
        assert refused.returncode == 1
        assert "in use by the server" in refused.stderr

        server.kill()
        shutil.rmtree(server.data_folder / "search")
        outcome = _reindex(server.data_folder)
        assert outcome.returncode == 0, outcome.stderr
        assert "results again" in outcome.stdout
        assert gone.encode() not in (server.data_folder / "search" / "search.sqlite").read_bytes()
        assert kept.encode() in (server.data_folder / "search" / "search.sqlite").read_bytes()

        server.start()
        assert _search_answers(client, index.index_id) == before
    server.kill()
