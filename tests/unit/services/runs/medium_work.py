"""One medium in one run, and evidence of it, for tests that call a step of the pipeline directly."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.clock import timestamp
from shared.domain.evidence import (
    FrameEvidence,
    PictureEvidence,
    Shot,
    Tag,
    TextLine,
    Transcript,
    Utterance,
    Word,
)
from shared.domain.ids import segment_id
from shared.domain.media import Media, Segment
from shared.domain.runs.prompt_run import PromptRun
from shared.services.runs.analysis.analysis import Analysis
from shared.services.runs.execution.context import MediumWork, PipelinePorts
from shared.services.runs.execution.failures import Attempt
from shared.services.runs.execution.progress import Progress
from shared.services.runs.execution.stop_check import StopCheck
from shared.services.runs.media_states import media_of_run
from shared.services.runs.pipeline.run import Stopping
from tests.unit.services.run_world import RunWorld
from tests.unit.services.small_models import SPACE
from tests.unit.services.storage import never

RECIPE = "fixed:2"


def pipeline_ports(world: RunWorld) -> PipelinePorts:
    return PipelinePorts(world.documents, world.blobs, world.search_index, world.models.pack())


def medium_work(
    world: RunWorld, media: Media, run: PromptRun | None = None, stopping: Stopping = never
) -> MediumWork:
    """Return ``media`` as a step of the pipeline processes it. Without ``run``, a run is started."""
    run = run or world.execute([media])
    progress = Progress(world.documents, run, media_of_run(world.documents, run))
    stop_check = StopCheck(world.documents, run.tenant_id, run.run_id, stopping).for_medium(media.media_id)
    return MediumWork(pipeline_ports(world), run, media, world.models.extractor, stop_check, progress)


def spoken(*texts: str) -> Transcript:
    """Return a transcript with one utterance per second, each of one word."""
    utterances = tuple(
        Utterance(
            text=text,
            start=float(second),
            end=second + 1.0,
            words=(Word(text=text, start=float(second), end=second + 1.0, confidence=0.9),),
        )
        for second, text in enumerate(texts)
    )
    return Transcript(language="en", utterances=utterances, model="small-transcriber")


def frame(
    second: float, *, text: str = "", embedding: Sequence[float] | None = (1, 0, 0, 0)
) -> FrameEvidence:
    """Return the evidence of a frame with one line of ``text`` and the tag ``wall``."""
    return FrameEvidence(
        timestamp=second,
        shot=0,
        picture=f"frames/{second}.jpg",
        text_lines=(TextLine(text=text, confidence=0.9, box=(0, 0, 1, 1)),) if text else (),
        tags=(Tag(label="wall", confidence=0.64),),
        embedding=None if embedding is None else tuple(embedding),
        embedding_error=None if embedding is not None else "out of memory",
    )


def analysis(transcript: Transcript | None = None, frames: Sequence[FrameEvidence] = ()) -> Analysis:
    """Return an analysis whose only shot is the whole medium. Without frames, the medium is audio."""
    visual = PictureEvidence(shots=(Shot(start=0, end=60),), frames=tuple(frames), space=SPACE)
    return Analysis(Attempt(transcript) if transcript else None, visual if frames else None, ())


def segments(media: Media, count: int) -> list[Segment]:
    """Return segments of two seconds each."""
    return [
        Segment(
            segment_id=segment_id(media.media_id, RECIPE, ordinal),
            media_id=media.media_id,
            recipe=RECIPE,
            ordinal=ordinal,
            start=2.0 * ordinal,
            end=2.0 * ordinal + 2,
            created_at=timestamp(),
        )
        for ordinal in range(count)
    ]
