"""Storage, small models and a pipeline, for tests of prompt runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import timestamp
from shared.domain.ids import new_id
from shared.domain.job import JobRequest
from shared.domain.media import Media, MediaType
from shared.domain.prompts.prompt import Prompt, PromptDefinition, VideoLevel
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunOptions, SegmentationType, SegmentResult
from shared.domain.runs.targets import MediaTarget
from shared.media.inspect.probe import probe
from shared.ports.blobs import Blobs
from shared.services.library.media_records import new_medium_writes
from shared.services.records.documents import Documents, put
from shared.services.runs.pipeline.run import PromptRunPipeline, Stopping
from shared.services.runs.prompt_runs import PromptRuns
from shared.services.runs.segment_retries import SegmentRetries
from shared.services.runs.views import RunViews
from shared.services.runs.waiting.waiting_runs import WaitingRuns
from shared.settings import Settings
from tests.unit.services.small_models import SmallModels
from tests.unit.services.storage import ANNA, Storage, never

FIXED_2 = RunOptions(
    video_segmentation_type=SegmentationType.FIXED,
    video_segment_duration=2,
    audio_segmentation_type=SegmentationType.FIXED,
    audio_segment_duration=2,
)
SHOTS = RunOptions(video_segmentation_type=SegmentationType.CONTENT_AWARE)
SCHEMA = {
    "type": "object",
    "properties": {
        "lines": {"type": "array", "items": {"type": "string"}},
        "words": {"type": "integer"},
    },
}
OVERVIEW = VideoLevel(
    instructions_text="Sum it up",
    json_schema={"type": "object", "properties": {"parts": {"type": "array", "items": {"type": "integer"}}}},
)


def resolve(name: str | None) -> str:
    return name or "small"


def add_media(
    documents: Documents, blobs: Blobs, caller: Caller, source: Path, index_id: str | None = None
) -> Media:
    """Add a medium as an import writes it."""
    probed, now, media_id = probe(source), timestamp(), new_id("vid")
    media = Media(
        media_id=media_id,
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        index_id=index_id,
        title=source.stem,
        file_name=source.name,
        media_type=probed.media_type,
        content_hash=hashlib.sha256(source.read_bytes()).hexdigest(),
        playback_key=f"media/{caller.tenant_id}/{media_id}/{source.name}",
        playback_type="video/mp4",
        duration_seconds=probed.duration_seconds,
        has_audio=probed.has_audio,
        created_at=now,
        updated_at=now,
    )
    blobs.write(media.playback_key, source.read_bytes(), "video/mp4")
    keep_media(documents, media)
    return media


def add_prompt(documents: Documents, caller: Caller, **changes: Any) -> Prompt:
    now = timestamp()
    definition = PromptDefinition(name="Colours", prompt_text="Name the colours", json_schema=SCHEMA)
    prompt = Prompt(
        **(definition.model_dump() | changes),
        prompt_id=new_id("prm"),
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        created_at=now,
        updated_at=now,
    )
    documents.write(put(keys.prompt(caller.tenant_id, prompt.prompt_id), prompt))
    return prompt


def keep_media(documents: Documents, media: Media) -> None:
    """Write the records of a medium, over those of an earlier state."""
    tenant = media.tenant_id
    documents.write(
        *(replace(write, expected_version=None) for write in new_medium_writes(media)),
        put(keys.content_reference(tenant, media.content_hash, media.media_id), media),
    )


class RunWorld(Storage):
    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        super().__init__(folder, settings)
        self.models = SmallModels()
        self.runs = PromptRuns(self.documents, self.jobs, resolve)
        self.waiting_runs = WaitingRuns(self.documents, self.jobs)
        self.run_views = RunViews(self.documents)
        self.retries = SegmentRetries(self.documents, self.jobs)
        self.pipeline = self.new_pipeline()

    def new_pipeline(self, *, parallel: int = 1) -> PromptRunPipeline:
        """Return a new pipeline, as after a restart of the server."""
        return PromptRunPipeline(
            self.documents, self.blobs, self.search_index, self.models.pack(), resolve, parallel=parallel
        )

    def add(self, source: Path, *, index_id: str | None = None, caller: Caller = ANNA) -> Media:
        return add_media(self.documents, self.blobs, caller, source, index_id)

    def add_without_bytes(self) -> Media:
        """Add the record of a one-minute video without a file, for tests that need records only."""
        now, media_id = timestamp(), new_id("vid")
        media = Media(
            media_id=media_id,
            tenant_id=ANNA.tenant_id,
            user_id=ANNA.user_id,
            index_id=None,
            title="t",
            file_name="t.mp4",
            media_type=MediaType.VIDEO,
            content_hash=media_id,
            playback_key=f"media/{ANNA.tenant_id}/{media_id}/t.mp4",
            playback_type="video/mp4",
            duration_seconds=60.0,
            created_at=now,
            updated_at=now,
        )
        self.keep(media)
        return media

    def keep(self, media: Media) -> None:
        keep_media(self.documents, media)

    def new_prompt(self, **changes: Any) -> Prompt:
        return add_prompt(self.documents, ANNA, **changes)

    def execute(
        self, media: Sequence[Media], prompt: Prompt | None = None, options: RunOptions = FIXED_2
    ) -> PromptRun:
        target = MediaTarget.of([medium.media_id for medium in media])
        prompt_id = (prompt or self.new_prompt()).prompt_id
        return self.runs.execute(ANNA, prompt_id, target, options, new_id("run"))

    def job(self, job_id: str) -> JobRequest:
        job = self.documents.get(JobRequest, keys.job(job_id))
        assert job is not None
        return job

    def work(self, job_id: str, stopping: Stopping = never) -> None:
        self.new_pipeline().run(self.job(job_id), stopping)

    def run_now(
        self, media: Sequence[Media], prompt: Prompt | None = None, options: RunOptions = FIXED_2
    ) -> PromptRun:
        run = self.execute(media, prompt, options)
        self.work(run.run_id)
        return self.runs.get(ANNA, run.run_id)

    def results(self, run: PromptRun, media: Media) -> list[SegmentResult]:
        return self.documents.every(
            SegmentResult, keys.segment_result(run.tenant_id, run.run_id, media.media_id)
        )

    def medium_state(self, run: PromptRun, media: Media) -> MediumState:
        state = self.documents.get(MediumState, keys.medium_state(run.tenant_id, run.run_id, media.media_id))
        assert state is not None
        return state
