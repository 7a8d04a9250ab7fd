import pytest
from videovector import NotFoundError, ValidationError

from shared.cli.demo.sample import SAMPLE
from tests.clients.conftest import POLL, Archive
from tests.clients.either_client import EitherClient, refused_field
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


def test_estimate_is_positive_and_within_balance(client: EitherClient, archive: Archive) -> None:
    estimate = client.prompt_runs.estimate(
        prompt_id=archive.prompt_id, target={"type": "index", "index_id": archive.index_id}
    )
    assert estimate.estimated_mt > 0
    assert estimate.sufficient_balance


def test_completed_run_counts_media_and_segments(client: EitherClient, archive: Archive) -> None:
    run = client.prompt_runs.retrieve(archive.run_id)
    assert (run.status, run.total_videos, run.completed_videos) == ("completed", 1, 1)
    assert run.total_segments == run.completed_segments > 5
    assert (run.video_level_total_items, run.video_level_completed_items) == (1, 1)
    assert run.total_video_seconds == pytest.approx(44.15, abs=0.2)
    assert run.run_id in {listed.run_id for listed in client.prompt_runs.list(limit=200)}


def test_results_are_paged_in_order(client: EitherClient, archive: Archive) -> None:
    page = client.prompt_runs.list_results(archive.run_id, video_id=archive.video_id, limit=2)
    assert page.has_more
    results = client.walk(page)
    assert [result.start_time for result in results] == sorted(result.start_time for result in results)
    assert {result.result_id for result in results} == {
        f"segment:{result.segment_id}:{archive.run_id}" for result in results
    }
    assert all(result.field_extraction_succeeded for result in results)


def test_video_level_result_belongs_to_its_run(client: EitherClient, archive: Archive) -> None:
    result = client.prompt_runs.get_video_result(archive.run_id, archive.video_id)
    assert result.metadata["overview"]
    assert result.result_id == f"video:{archive.video_id}:{archive.run_id}"
    with pytest.raises(NotFoundError):
        client.prompt_runs.get_video_result(archive.fixed_run_id, archive.video_id)


def test_every_model_call_is_recorded(client: EitherClient, archive: Archive) -> None:
    calls = client.prompt_runs.get_llm_calls(archive.run_id)
    results = client.walk(client.prompt_runs.list_results(archive.run_id, video_id=archive.video_id))
    extractions = {call.segment_id for call in calls if call.purpose == "metadata_extraction"}
    assert {result.segment_id for result in results} <= extractions
    assert {call.status for call in calls} == {"success"}


def test_completed_run_has_no_failed_segments(client: EitherClient, archive: Archive) -> None:
    manifest = client.prompt_runs.get_failed_segments(archive.run_id)
    assert (manifest.failed_segments, manifest.videos) == (0, [])


def test_retried_segment_completes_without_duplicate(client: EitherClient, archive: Archive) -> None:
    result = client.prompt_runs.list_results(archive.run_id, video_id=archive.video_id).data[0]
    retry = client.prompt_runs.retry_segment(archive.run_id, archive.video_id, result.segment_id)
    for _ in range(200):
        status = client.prompt_runs.get_segment_retry_status(
            archive.run_id, archive.video_id, result.segment_id, retry.retry_id
        )
        if status.status in {"completed", "failed"}:
            break
    assert status.status == "completed"
    assert status.field_extraction_succeeded
    results = client.walk(client.prompt_runs.list_results(archive.run_id, video_id=archive.video_id))
    assert len({item.segment_id for item in results}) == len(results)


def test_cancelling_completed_run_leaves_it_completed(client: EitherClient, archive: Archive) -> None:
    run = client.prompt_runs.execute(
        prompt_id=archive.prompt_id,
        target={"type": "videos", "video_ids": [archive.picture_id]},
        idempotency_key=f"picture-{client.mode}",
    )
    again = client.prompt_runs.execute(
        prompt_id=archive.prompt_id,
        target={"type": "videos", "video_ids": [archive.picture_id]},
        idempotency_key=f"picture-{client.mode}",
    )
    assert again.run_id == run.run_id
    done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL, timeout=HANG_TIMEOUT)
    assert (done.status, done.total_images, done.completed_images) == ("completed", 1, 1)
    assert client.prompt_runs.cancel(run.run_id).status == "completed"


def test_cancelled_run_reports_its_cancellation(client: EitherClient, archive: Archive) -> None:
    job = client.videos.upload(file=SAMPLE, title="Not to be finished")
    (video_id,) = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL).video_ids
    run = client.prompt_runs.execute(
        prompt_id=archive.prompt_id,
        target={"type": "videos", "video_ids": [video_id]},
        video_segmentation_type="fixed",
        video_segment_duration=1,
    )
    cancelled = client.prompt_runs.cancel(run.run_id)
    assert cancelled.stop_state.requested_at
    done = client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL, timeout=HANG_TIMEOUT)
    assert (done.status, done.cancelled_videos) == ("cancelled", 1)
    assert done.stop_state.completed_at
    client.videos.delete(video_id)


def test_unknown_model_is_refused_with_known_models(client: EitherClient, archive: Archive) -> None:
    with pytest.raises(ValidationError, match="builtin") as refused:
        client.prompt_runs.estimate(
            prompt_id=archive.prompt_id,
            target={"type": "index", "index_id": archive.index_id},
            processing_model="no-such-model",
        )
    assert refused_field(refused) == "processing_model"
