"""The steps of the demo, with the official client: upload, create a prompt, process, search."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from videovector import VideoVector

Report = Callable[[str, float], None]
"""Called with a description of the current step and its progress in 0..1."""

POLL_SECONDS: Final = 0.5
INDEX_NAME: Final = "Demo"

PROMPT: Final[dict[str, Any]] = {
    "name": "Scene description",
    "description": "What is seen, read and heard in each scene.",
    "prompt_text": "Describe the scene: what is seen, what text can be read, what is said.",
    "json_schema": {
        "type": "object",
        "properties": {
            "summary": {"type": "string", "description": "One sentence about the scene"},
            "objects": {"type": "array", "items": {"type": "string"}, "description": "Things that are seen"},
            "text_on_screen": {"type": "array", "items": {"type": "string"}, "description": "Lines of text"},
            "has_speech": {"type": "boolean", "description": "Whether somebody speaks"},
        },
        "required": ["summary", "objects", "text_on_screen", "has_speech"],
    },
}


class DemoFailed(RuntimeError):
    """A step failed. The message describes the error for users."""


@dataclass(frozen=True, slots=True)
class Processed:
    run_id: str
    media: list[Any]
    segments: list[Any]
    seconds_of_media: float
    seconds_taken: float


def import_video(client: VideoVector, video: Path, report: Report) -> tuple[str, list[str]]:
    """Import ``video``; returns the import job's id and the media ids of its parts."""
    job = client.workflow.upload(file=str(video), index_name=INDEX_NAME)
    while job.status not in {"completed", "failed", "cancelled"}:
        progress = job.progress
        report(f"importing {video.name}", progress.parts_completed / max(progress.parts_total, 1))
        time.sleep(POLL_SECONDS)
        job = client.import_jobs.retrieve(job.job_id)
    if job.status != "completed":
        raise DemoFailed(f"{video.name} could not be imported: {job.error_message}")
    report(f"imported {video.name}", 1.0)
    return job.job_id, [output.video_id for output in client.import_jobs.iter_outputs(job.job_id)]


def process(client: VideoVector, job_id: str, video_ids: list[str], report: Report) -> Processed:
    """Run the demo's prompt over the imported media, and wait for its end."""
    started_at = time.monotonic()
    prompt = client.prompts.create(**PROMPT)
    started = client.workflow.process(prompt_id=prompt.prompt_id, import_job_id=job_id)
    run = started.run
    while run.status in {"pending", "processing"}:
        time.sleep(POLL_SECONDS)
        run = client.prompt_runs.retrieve(run.run_id)
        doing = f"analysing, {run.completed_segments} of {run.total_segments or '?'} segments"
        report(doing, run.completed_segments / max(run.total_segments, 1))
    if run.status not in {"completed", "completed_with_failures"}:
        raise DemoFailed(f"the prompt run ended as {run.status}: {run.error_message}")
    report(f"analysed {counted(run.total_segments)}", 1.0)
    elapsed = time.monotonic() - started_at
    segments = [segment for video_id in video_ids for segment in _segments(client, video_id, run.run_id)]
    media = [client.videos.retrieve(video_id) for video_id in video_ids]
    return Processed(run.run_id, media, segments, run.total_video_seconds, elapsed)


def _segments(client: VideoVector, video_id: str, run_id: str) -> list[Any]:
    page = client.videos.list_segments(video_id, run_id=run_id, limit=100)
    return list(page.auto_paging_iter())


def counted(segments: int) -> str:
    return "1 segment" if segments == 1 else f"{segments} segments"


def find(client: VideoVector, run_id: str, query: str, limit: int = 3) -> list[Any]:
    return list(client.workflow.search(query=query, prompt_run_ids=[run_id], limit=limit))
