import io

import httpx
import pytest
from videovector import BatchVideoSegmentsTarget, NotFoundError, ProcessingError, ValidationError

from tests.clients.conftest import POLL, Archive
from tests.clients.either_client import EitherClient, refused_field
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

REEL_SECONDS = 44.15


def test_medium_shows_its_metadata_and_runs(client: EitherClient, archive: Archive) -> None:
    video = client.videos.retrieve(archive.video_id)
    assert (video.title, video.media_type, video.status) == ("Sample reel", "video", "processed")
    snapshots = {snapshot.run_id: snapshot for snapshot in video.processing_status}
    smart = snapshots[archive.run_id]
    assert smart.status == "completed"
    assert smart.successful_segments == smart.total_segments > 5
    assert smart.video_level.result_available
    newest, *older = video.processing_status
    assert [segment.start_time for segment in newest.segments] == [0, 10, 20, 30, 40]
    assert {segment.status for segment in newest.segments} == {"completed"}
    assert [run.segments for run in older] == [[] for _ in older]


def test_segments_of_run_cover_reel_without_gaps(client: EitherClient, archive: Archive) -> None:
    page = client.videos.list_segments(archive.video_id, run_id=archive.run_id, limit=3)
    segments = client.walk(page)
    edges = [0.0, *(segment.end_time for segment in segments)]
    assert [segment.start_time for segment in segments] == edges[:-1]
    assert edges[-1] == pytest.approx(REEL_SECONDS, abs=0.2)
    assert {segment.from_run_id for segment in segments} == {archive.run_id}
    assert all(segment.metadata["summary"] for segment in segments)


def test_latest_run_lists_segments_of_newest_run(client: EitherClient, archive: Archive) -> None:
    page = client.videos.list_segments(archive.video_id, latest_run=True)
    assert [segment.start_time for segment in client.walk(page)] == [0, 10, 20, 30, 40]


def test_speech_and_text_are_found_at_their_times(client: EitherClient, archive: Archive) -> None:
    segments = client.walk(client.videos.list_segments(archive.video_id, run_id=archive.run_id))
    at = {round(t): next(s for s in segments if s.start_time <= t < s.end_time) for t in (15, 29, 35)}
    assert "Lisbon 84 mm" in at[15].metadata_text
    assert "cold hearted" in at[29].metadata["transcription"].lower().replace("-", " ")
    assert "BOARDING AT GATE B12" in at[35].metadata["text_on_screen"]


def test_pictures_of_segments_can_be_downloaded(client: EitherClient, archive: Archive) -> None:
    segment = client.videos.list_segments(archive.video_id, run_id=archive.run_id).data[0]
    assert segment.thumbnail_available
    assert segment.gif_available
    assert httpx.get(segment.thumbnail_uri, timeout=HANG_TIMEOUT).content.startswith(b"\xff\xd8")
    assert httpx.get(segment.gif_uri, timeout=HANG_TIMEOUT).content.startswith(b"GIF8")


def test_batches_answer_in_requested_order(client: EitherClient, archive: Archive) -> None:
    wanted = [archive.picture_id, archive.video_id]
    details = client.videos.batch_retrieve(wanted)
    assert [video.video_id for video in details] == wanted
    assert all(video.first_thumbnail for video in details)
    statuses = client.videos.batch_status(wanted)
    assert [status.status for status in statuses] == ["processed", "processed"]
    segments = client.videos.batch_segments(wanted)
    assert [len(answer.segments) for answer in segments] == [1, 5]


def test_batch_targets_do_not_mix_runs(client: EitherClient, archive: Archive) -> None:
    answers = client.videos.batch_segments_for_targets(
        [
            BatchVideoSegmentsTarget(video_id=archive.video_id, run_id=archive.run_id),
            BatchVideoSegmentsTarget(video_id=archive.video_id, run_id=archive.fixed_run_id),
        ]
    )
    assert [answer.run_id for answer in answers] == [archive.run_id, archive.fixed_run_id]
    for answer in answers:
        assert {segment.from_run_id for segment in answer.segments} == {answer.run_id}


def test_signed_link_serves_ranges_without_credentials(client: EitherClient, archive: Archive) -> None:
    video = client.videos.retrieve(archive.video_id)
    grant = client.videos.get_signed_url(video.video_uri, force_refresh=True)
    answer = httpx.get(grant.signed_url, headers={"Range": "bytes=4-7"}, timeout=HANG_TIMEOUT)
    assert (answer.status_code, answer.content) == (206, b"ftyp")
    assert grant.expires_at.endswith("Z")


def test_foreign_uri_gets_no_signed_link(client: EitherClient) -> None:
    with pytest.raises(NotFoundError):
        client.videos.get_signed_url("gs://somebody/else.mp4")


def test_runs_of_medium_are_listed(client: EitherClient, archive: Archive) -> None:
    runs = client.videos.list_prompt_runs(archive.video_id, limit=200)
    assert {archive.run_id, archive.fixed_run_id} <= {run.run_id for run in runs}


def test_playground_lists_media_without_index(client: EitherClient, archive: Archive) -> None:
    videos = client.walk(client.videos.list_playground(limit=1))
    ids = [video.video_id for video in videos]
    assert archive.picture_id in ids
    assert archive.video_id not in ids


def test_medium_is_uploaded_processed_and_deleted(client: EitherClient, archive: Archive) -> None:
    with archive.picture_path.open("rb") as stream:
        job = client.videos.upload(file=stream, title="To be deleted", index_id=archive.index_id)
    job = client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
    (video_id,) = job.video_ids
    started = client.videos.process(video_id, segment_duration=5, prompt_id=archive.prompt_id)
    assert started.message
    wait_until(lambda: client.videos.batch_status([video_id])[0].status == "processed", pause=POLL)
    assert client.walk(client.videos.list_segments(video_id))[0].metadata["summary"]
    begun = client.videos.delete(video_id)
    wait_until(lambda: client.videos.get_deletion(video_id).status == "deleted", pause=POLL)
    state = client.videos.get_deletion(video_id)
    assert (state.status, state.deletion_id) == ("deleted", begun.deletion_id)
    with pytest.raises(NotFoundError):
        client.videos.retrieve(video_id)


def test_uri_into_private_network_is_refused(client: EitherClient, archive: Archive) -> None:
    with pytest.raises(ValidationError) as refused:
        client.videos.create(
            title="Metadata", video_uri="https://169.254.169.254/latest/meta-data", index_id=archive.index_id
        )
    assert refused_field(refused) == "video_uri"


def test_broken_medium_fails_import_job_with_reason(client: EitherClient, archive: Archive) -> None:
    file = io.BytesIO(b"this is no video at all" * 50)
    file.name = "holiday.mp4"
    job = client.videos.upload(file=file, title="Not a video", index_id=archive.index_id)
    with pytest.raises(ProcessingError, match=r"(?i)format|video|read"):
        client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
    failed = client.import_jobs.retrieve(job.job_id)
    assert failed.status == "failed"
    assert [file.file_name for file in client.import_jobs.iter_files(job.job_id, failed_only=True)] == [
        "holiday.mp4"
    ]
