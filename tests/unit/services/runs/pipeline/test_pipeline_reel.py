"""The sample reel with the models of a laptop: a run finds what the reel's description lists."""

import difflib
import json
import re
import time
from pathlib import Path
from typing import Any, Final

import pytest

from shared.domain import keys
from shared.domain.ids import new_id
from shared.domain.job import JobRequest
from shared.domain.runs.prompt_run import PromptRun, RunOptions, RunStatus, SegmentResult
from shared.domain.runs.targets import MediaTarget
from shared.ports.search_index import Level, SearchFilter, TextQuery
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.services.run_world import add_media, add_prompt
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow

REEL: Final = Path(__file__).parents[4] / "media" / "sample-reel.mp4"
SCENES: Final[list[dict[str, Any]]] = json.loads(REEL.with_suffix(".json").read_text())["scenes"]
SUMMARY: Final = {"type": "object", "properties": {"summary": {"type": "string"}}}
OVERVIEW: Final = {"instructions_text": "Sum it up", "json_schema": SUMMARY}


class Reel:
    """A local runtime with the reel, analysed by a first run."""

    def __init__(self, folder: Path) -> None:
        self.runtime = local_runtime(Settings(data_folder=folder))
        self.media = add_media(self.runtime.documents, self.runtime.ports.blobs, ANNA, REEL)
        self.run, self.seconds = self.run_now("Scenes")

    def run_now(self, name: str, **options: Any) -> tuple[PromptRun, float]:
        prompt = add_prompt(
            self.runtime.documents, ANNA, name=name, json_schema=SUMMARY, video_level=OVERVIEW
        )
        target = MediaTarget.of([self.media.media_id])
        run = self.runtime.runs.prompt_runs.execute(
            ANNA, prompt.prompt_id, target, RunOptions(**options), new_id("run")
        )
        job = self.runtime.documents.get(JobRequest, keys.job(run.run_id))
        assert job is not None
        started = time.process_time()  # CPU time of this process only
        self.runtime.runs.pipeline.run(job, lambda: False)
        return self.runtime.runs.prompt_runs.get(ANNA, run.run_id), time.process_time() - started

    def results(self, run: PromptRun) -> list[SegmentResult]:
        page = self.runtime.runs.views.results(ANNA, run.run_id, self.media.media_id, limit=100)
        return [view.result for view in page.items]

    def best_match(self, query: str) -> str:
        vector = self.runtime.ports.models.text_embedder.embed([query])[0]
        scope = SearchFilter(ANNA.tenant_id, run_ids=frozenset({self.run.run_id}), level=Level.SEGMENT)
        hits = self.runtime.ports.search_index.search_text(TextQuery(vector, query), scope)
        return max(hits, key=lambda hit: hit.dense_score or 0.0).result_id


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    return Reel(tmp_path_factory.mktemp("reel"))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower().replace("mr.", "mister"))


def test_each_scene_is_a_segment(reel: Reel) -> None:
    assert reel.run.status is RunStatus.COMPLETED
    starts = [result.start for result in reel.results(reel.run)]
    assert starts == pytest.approx([scene["start"] for scene in SCENES], abs=0.3)


def test_segments_contain_their_spoken_words(reel: Reel) -> None:
    for scene, result in zip(SCENES, reel.results(reel.run), strict=True):
        expected, transcribed = words(scene["speech"]), words(result.metadata.get("transcription", ""))
        if not expected:
            assert transcribed == []
        else:
            assert difflib.SequenceMatcher(None, expected, transcribed).ratio() > 0.9


def test_segments_contain_their_on_screen_text(reel: Reel) -> None:
    for scene, result in zip(SCENES, reel.results(reel.run), strict=True):
        for line in scene["on_screen_text"]:
            assert line in result.text_content
            assert line in result.metadata_text
        if not scene["on_screen_text"]:
            assert "[on_screen_text]" not in result.metadata_text


def test_segments_are_found_by_speech_text_and_image(reel: Reel) -> None:
    ids = [f"segment:{r.segment_id}:{reel.run.run_id}" for r in reel.results(reel.run)]
    assert reel.best_match("how much rain fell in Lisbon") == ids[2]
    assert reel.best_match("which gate does the flight leave from") == ids[6]
    assert reel.best_match("a cat") == ids[1]
    assert reel.best_match("motorbike") == ids[5]
    assert reel.best_match("he should have married somebody else") == ids[7]


def test_second_prompt_takes_less_than_fifth_of_time(reel: Reel) -> None:
    second, seconds = reel.run_now("Again")
    assert second.status is RunStatus.COMPLETED
    assert not second.created_new_segments
    assert seconds < reel.seconds / 5


def test_reel_has_media_wide_result(reel: Reel) -> None:
    view = reel.runtime.runs.views.video_result(ANNA, reel.run.run_id, reel.media.media_id)
    assert view.result.status == "completed"
    assert view.result.metadata["summary"]
    assert view.result.successful_segment_count == len(SCENES)
