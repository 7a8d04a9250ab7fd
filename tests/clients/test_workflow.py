import pytest

from shared.cli.demo.sample import SAMPLE
from tests.clients.conftest import POLL, Archive
from tests.clients.either_client import EitherClient

pytestmark = pytest.mark.slow


def test_workflow_quickstart_finds_uploaded_medium(client: EitherClient) -> None:
    assert client.authenticate()
    upload = client.workflow.upload(file=str(SAMPLE), index_name=f"Field Review Clips {client.mode}")
    client.import_jobs.wait_for_completion(upload.job_id, poll_interval=POLL)
    (part,) = client.import_jobs.iter_outputs(upload.job_id)
    prompt = client.workflow.define("Extract products, sentiment, and visible brand names")
    assert prompt.saved
    assert {"products", "sentiment", "brand_names"} <= set(prompt.definition.json_schema["properties"])
    run = client.workflow.process(prompt_id=prompt.prompt_id, import_job_id=upload.job_id)
    assert run.status_url == f"/api/v2/prompt-runs/{run.run.run_id}"
    client.workflow.wait_until_searchable(run.run.run_id, poll_interval=POLL)
    results = client.workflow.search(query="boarding at the gate", prompt_run_ids=[run.run.run_id], limit=10)
    assert results.data[0].video_id == part.video_id
    assert results.data[0].start_time < 35 < results.data[0].end_time
    assert results.data[0].similarity_score > 0


def test_unsaved_definition_creates_no_prompt(client: EitherClient) -> None:
    defined = client.workflow.define("Count the people and say whether it rains", save=False)
    assert (defined.saved, defined.prompt_id, defined.prompt) == (False, None, None)
    assert defined.definition.json_schema["type"] == "object"


def test_search_pages_stay_stable(client: EitherClient, archive: Archive) -> None:
    first = client.workflow.search(query="a scene", prompt_run_ids=archive.run_id, limit=3)
    assert first.response.mode == "vector"
    assert first.has_more
    whole = [result.result_id for result in client.walk(first)]
    again = client.workflow.search(cursor=first.next_cursor)
    assert [result.result_id for result in again.data] == whole[3:6]
    assert len(whole) == len(set(whole)) > 5


def test_filters_search_without_query(client: EitherClient, archive: Archive) -> None:
    page = client.workflow.search(
        filters=[{"field": "has_speech", "value": True}],
        index_id=archive.index_id,
        prompt_run_ids=[archive.run_id],
    )
    assert page.response.mode == "condition"
    assert {result.start_time < 9 < result.end_time for result in page.data} == {True, False}


def test_search_returns_whole_media_on_request(client: EitherClient, archive: Archive) -> None:
    page = client.workflow.search(
        query="the reel", index_name="Archive", prompt_run_ids=[archive.run_id], result_level="video"
    )
    assert [result.video_id for result in page.data] == [archive.video_id]
    assert page.data[0].segment_id is None
    assert page.data[0].preview_segment_id


def test_processing_with_instruction_creates_prompt(client: EitherClient, archive: Archive) -> None:
    started = client.workflow.process(
        prompt_instruction="List the animals",
        video_ids=archive.picture_id,
        segmentation_mode="content_aware",
        advanced_transcription=False,
    )
    assert started.prompt_created_inline
    assert started.run.enable_transcription is False
    done = client.workflow.wait_until_searchable(started.run.run_id, poll_interval=POLL)
    assert done.completed_images == 1


def test_filter_type_comes_from_schema(client: EitherClient, archive: Archive) -> None:
    page = client.workflow.search(
        filters=[{"field": "text_on_screen", "value": "boarding at gate b12"}],
        prompt_run_ids=[archive.run_id],
    )
    assert [result.start_time < 35 < result.end_time for result in page.data] == [True]
