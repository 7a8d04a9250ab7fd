"""The workflow facade: targets and options of a request, and what a repeated request returns."""

from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportJob, ImportOutput, ImportStatus, OutputStatus
from shared.domain.media import Media
from shared.domain.prompts.prompt import Prompt
from shared.domain.runs.prompt_run import DEFAULT_FIXED_SECONDS, RunOptions, SegmentationType
from shared.domain.runs.targets import IndexTarget, MediaTarget, PlaygroundTarget, RunTarget
from shared.models.builtin.prompt_writer import BuiltinPromptWriter
from shared.services.library.indexes import Indexes
from shared.services.prompts.prompts import Prompts
from shared.services.records.documents import put
from shared.services.runs.run_options import GivenOptions
from shared.services.workflow.workflow import (
    Processed,
    ProcessOptions,
    ProcessTarget,
    WorkflowFacade,
    run_options,
)
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, BERT

SMART, FIXED, CONTENT_AWARE = SegmentationType.SMART, SegmentationType.FIXED, SegmentationType.CONTENT_AWARE


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def indexes(world: RunWorld) -> Indexes:
    return Indexes(world.documents, max_indexes=10)


@pytest.fixture
def prompts(world: RunWorld) -> Prompts:
    return Prompts(world.documents, BuiltinPromptWriter)


@pytest.fixture
def facade(world: RunWorld, indexes: Indexes, prompts: Prompts) -> WorkflowFacade:
    return WorkflowFacade(world.documents, indexes, prompts, world.runs, world.waiting_runs)


def add_media(world: RunWorld, index_id: str | None = None) -> Media:
    media = world.add_without_bytes().model_copy(update={"index_id": index_id})
    if index_id is not None:
        world.keep(media)
    return media


def process(
    world: RunWorld,
    facade: WorkflowFacade,
    target: ProcessTarget,
    options: ProcessOptions | None = None,
) -> Processed:
    return facade.process(
        ANNA,
        prompt_id=world.new_prompt().prompt_id,
        instruction=None,
        target=target,
        options=options or ProcessOptions(),
        seed=str(ULID()),
    )


def target_of(world: RunWorld, facade: WorkflowFacade, target: ProcessTarget) -> RunTarget:
    return process(world, facade, target).run.target


def add_import(world: RunWorld, index_id: str | None, status: ImportStatus, *parts: Any) -> str:
    """Write an import job with a part for each (media id, status) in ``parts``."""
    job = ImportJob(
        job_id="imp_1",
        tenant_id="anna",
        user_id=ANNA.user_id,
        index_id=index_id,
        status=status,
        created_at=timestamp(),
    )
    world.documents.write(put(keys.import_job("anna", job.job_id), job))
    for number, (media_id, part_status) in enumerate(parts):
        output = ImportOutput(
            job_id=job.job_id,
            file_id="fil_1",
            file_name="t.mp4",
            source_ordinal=0,
            part_index=number,
            part_count=len(parts),
            source_start_seconds=0.0,
            source_end_seconds=1.0,
            media_id=media_id,
            title="t",
            status=part_status,
        )
        world.documents.write(put(keys.import_output("anna", job.job_id, 0, number), output))
    return job.job_id


@pytest.mark.parametrize(
    ("prompt_id", "instruction"), [(None, None), ("", ""), ("prm_1", "Name the colours"), (None, "")]
)
def test_request_needs_exactly_one_prompt(
    facade: WorkflowFacade, prompt_id: str | None, instruction: str | None
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        facade.process(
            ANNA,
            prompt_id=prompt_id,
            instruction=instruction,
            target=ProcessTarget(),
            options=ProcessOptions(),
            seed=str(ULID()),
        )
    assert refused.value.field == "prompt_id"


def test_targets_are_resolved_by_kind(world: RunWorld, facade: WorkflowFacade, indexes: Indexes) -> None:
    index_id = indexes.create(ANNA, "films").index_id
    inside, outside = add_media(world, index_id), add_media(world)

    def resolved(**target: Any) -> RunTarget:
        return target_of(world, facade, ProcessTarget(**target))

    assert resolved() == PlaygroundTarget()
    assert resolved(index_id=index_id) == resolved(index_name="films") == IndexTarget.of(index_id)
    named = MediaTarget.of([inside.media_id], index_id)
    assert resolved(video_ids=[inside.media_id]) == named
    assert resolved(video_ids=[inside.media_id], index_name="films") == named
    assert resolved(video_ids=[outside.media_id]) == MediaTarget.of([outside.media_id])


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ({"import_job_id": "imp_1", "video_ids": []}, "import_job_id"),
        ({"import_job_id": "imp_1", "index_id": "idx_1"}, "import_job_id"),
        ({"import_job_id": "imp_1", "index_name": "films"}, "import_job_id"),
        ({"index_id": "idx_1", "index_name": "films"}, "index_name"),
        ({"video_ids": []}, "target.video_ids"),
    ],
)
def test_contradictory_targets_are_refused(
    world: RunWorld, facade: WorkflowFacade, target: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        process(world, facade, ProcessTarget(**target))
    assert refused.value.field == field
    assert world.jobs.requests == []


@pytest.mark.parametrize(
    "target", [{"index_name": "films"}, {"index_id": "idx_1"}, {"import_job_id": "imp_1"}]
)
def test_target_of_other_tenant_is_not_found(
    world: RunWorld, facade: WorkflowFacade, indexes: Indexes, target: dict[str, Any]
) -> None:
    indexes.create(BERT, "films")
    with pytest.raises(NotFound):
        process(world, facade, ProcessTarget(**target))


def test_import_target_has_only_completed_parts(world: RunWorld, facade: WorkflowFacade) -> None:
    index_id = world.new_index()
    media = add_media(world, index_id)
    job_id = add_import(
        world,
        index_id,
        ImportStatus.COMPLETED,
        ("vid_failed", OutputStatus.FAILED),
        ("", OutputStatus.DELETED),
        (media.media_id, OutputStatus.COMPLETED),
    )
    assert target_of(world, facade, ProcessTarget(import_job_id=job_id)) == MediaTarget.of(
        [media.media_id], index_id
    )


@pytest.mark.parametrize(
    "status",
    [ImportStatus.PENDING, ImportStatus.IMPORTING, ImportStatus.FAILED, ImportStatus.CANCELLED],
)
def test_import_that_is_not_completed_is_refused(
    world: RunWorld, facade: WorkflowFacade, status: ImportStatus
) -> None:
    job_id = add_import(world, None, status, (add_media(world).media_id, OutputStatus.COMPLETED))
    with pytest.raises(Conflict) as refused:
        process(world, facade, ProcessTarget(import_job_id=job_id))
    assert refused.value.code == "import_job_not_completed"
    assert refused.value.details == {"job_id": job_id, "status": status}


def test_import_without_media_is_refused(world: RunWorld, facade: WorkflowFacade) -> None:
    job_id = add_import(world, None, ImportStatus.COMPLETED, ("vid_failed", OutputStatus.FAILED))
    with pytest.raises(InvalidRequest) as refused:
        process(world, facade, ProcessTarget(import_job_id=job_id))
    assert refused.value.code == "target_empty"


def test_repeated_instruction_returns_same_prompt_and_run(
    world: RunWorld, facade: WorkflowFacade, prompts: Prompts
) -> None:
    add_media(world)
    seed = str(ULID())

    def start() -> Processed:
        return facade.process(
            ANNA,
            prompt_id=None,
            instruction="Name the colours",
            target=ProcessTarget(),
            options=ProcessOptions(),
            seed=seed,
        )

    first = start()
    assert start() == first
    assert first.prompt_created_inline
    assert (first.prompt.prompt_id, first.run.run_id) == (f"prm_{seed}", f"run_{seed}")
    assert prompts.get(ANNA, f"prm_{seed}") == first.prompt
    assert len(world.runs.latest(ANNA, 10)) == 1


def test_invalid_target_creates_no_prompt(world: RunWorld, facade: WorkflowFacade, prompts: Prompts) -> None:
    seed = str(ULID())
    with pytest.raises(NotFound):
        facade.process(
            ANNA,
            prompt_id=None,
            instruction="Name the colours",
            target=ProcessTarget(index_name="unknown"),
            options=ProcessOptions(),
            seed=seed,
        )
    with pytest.raises(NotFound):
        prompts.get(ANNA, f"prm_{seed}")


def prompt_with(config: dict[str, Any] | None) -> Prompt:
    return Prompt(
        name="p",
        prompt_text="t",
        json_schema={"type": "object"},
        prompt_id="prm_1",
        tenant_id="anna",
        user_id=ANNA.user_id,
        execution_config=config,
        created_at=timestamp(),
        updated_at=timestamp(),
    )


@pytest.mark.parametrize(
    ("saved", "options", "expected"),
    [
        (None, ProcessOptions(), RunOptions()),
        (
            {"enable_transcription": False, "enable_image_embedding": None, "other_setting": 1},
            ProcessOptions(),
            RunOptions(enable_transcription=False),
        ),
        (
            {"enable_transcription": False, "enable_image_embedding": False},
            ProcessOptions(given=GivenOptions(enable_transcription=True)),
            RunOptions(enable_transcription=True, enable_image_embedding=False),
        ),
        (
            {"video_segmentation_type": "fixed", "video_segment_duration": 7},
            ProcessOptions(segmentation_mode=SMART),
            RunOptions(
                video_segmentation_type=SMART,
                audio_segmentation_type=CONTENT_AWARE,
                video_segment_duration=7,
            ),
        ),
        (
            {"video_segmentation_type": "fixed"},
            ProcessOptions(),
            RunOptions(video_segmentation_type=FIXED, video_segment_duration=DEFAULT_FIXED_SECONDS),
        ),
        (
            {"video_segment_duration": 7},
            ProcessOptions(segmentation_mode=FIXED),
            RunOptions(
                video_segmentation_type=FIXED,
                audio_segmentation_type=FIXED,
                video_segment_duration=7,
                audio_segment_duration=DEFAULT_FIXED_SECONDS,
            ),
        ),
        (
            {"video_segment_duration": 7},
            ProcessOptions(segmentation_mode=FIXED, fixed_segment_duration_seconds=3),
            RunOptions(
                video_segmentation_type=FIXED,
                audio_segmentation_type=FIXED,
                video_segment_duration=3,
                audio_segment_duration=3,
            ),
        ),
        (
            None,
            ProcessOptions(
                segmentation_mode=FIXED, given=GivenOptions(video_segmentation_type=CONTENT_AWARE)
            ),
            RunOptions(
                video_segmentation_type=CONTENT_AWARE,
                audio_segmentation_type=FIXED,
                audio_segment_duration=DEFAULT_FIXED_SECONDS,
            ),
        ),
    ],
)
def test_options_of_request_override_saved_options(
    saved: dict[str, Any] | None, options: ProcessOptions, expected: RunOptions
) -> None:
    assert run_options(prompt_with(saved), options) == expected


@pytest.mark.parametrize("mode", [None, SMART, CONTENT_AWARE])
def test_duration_is_refused_unless_request_says_fixed(mode: SegmentationType | None) -> None:
    options = ProcessOptions(segmentation_mode=mode, fixed_segment_duration_seconds=5)
    with pytest.raises(InvalidRequest) as refused:
        run_options(prompt_with({"video_segmentation_type": "fixed"}), options)
    assert refused.value.field == "fixed_segment_duration_seconds"
