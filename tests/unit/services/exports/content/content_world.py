"""Runs with given results, and the content of their exports."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.exports.content_scope import ContentScope, ExportType, MediumOfRun, ResultScope
from shared.domain.exports.export_format import MAX_JSON_BYTES, ExportFormat
from shared.domain.ids import new_id, segment_id
from shared.domain.media import Media, MediaType, Segment
from shared.domain.prompts.prompt import JsonObject, PromptDefinition, VideoLevel
from shared.domain.runs.prompt_run import (
    MediumState,
    OperationOutcome,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentResult,
    VideoResult,
)
from shared.domain.runs.selection import MediumSelection
from shared.domain.runs.statuses import VideoLevelStatus
from shared.domain.runs.targets import PlaygroundTarget
from shared.runtime import Runtime
from shared.services.exports.content.content import ExportContent
from shared.services.exports.content.embeddings import SegmentEmbeddings
from shared.services.records.documents import Documents, put
from tests.hostile_texts import TEXTS
from tests.unit.services.run_world import keep_media
from tests.unit.services.small_models import SmallModels

CREATED_AT: Final = "2026-01-02T03:04:05Z"
RECIPE: Final = "fixed:1"

SCHEMA: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "Title": {"type": "string"},
        "count": {"type": "integer"},
        "ratio": {"type": "number"},
        "sure": {"type": ["boolean", "null"]},
        "place": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "height": {"type": "object", "properties": {"metres": {"type": "number"}}},
            },
        },
        "tags": {"type": "array", "items": {"type": "string"}},
        "people": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            },
        },
        "notes": {"type": "object"},
    },
}

VALUES: Final[Sequence[JsonObject]] = (
    {
        "title": "Ein Tor, «schön»; 東京 🎬",
        "Title": "the other one",
        "count": 3,
        "ratio": -0.5,
        "sure": True,
        "place": {"city": "Köln", "height": {"metres": 53.0}},
        "tags": ["a", 'b"c', "d,e"],
        "people": [{"name": "Ada", "age": 36}, {"name": "=1+1"}],
        "notes": {"free": {"form": [1, None]}},
        "transcription": "Hello there,\r\nfriend.",
    },
    {},
    {"title": None, "count": None, "sure": None, "place": None, "tags": None, "people": None},
    {"title": "", "count": 0, "ratio": 0, "sure": False, "place": {}, "tags": [], "people": []},
    {"count": 2**63, "ratio": 1e308, "title": "too large for a column"},
    {"count": -(2**63), "ratio": 2**53 + 1, "place": {"city": "x", "unknown": {"deep": 1}}},
    {"count": 10**300, "ratio": 5e-324, "title": 7, "sure": "yes", "unknown": [True]},
    {"title": "-12.5", "place": {"city": "+49"}, "count": 5.0},
    {"title": "nul \x00 inside", "place": {"city": "line\nbreak\ttab"}},
    *({"title": text, "people": [{"name": text}]} for text in TEXTS[:20]),
    *({"title": f"{start}cmd|' /C calc'!A0"} for start in "=+-@\t\r\n"),
)
"""Extracted JSON with what tables and spreadsheets stumble over."""

SURROGATE: Final[JsonObject] = {"title": "half \ud83d of a pair", "tags": ["\udc00"]}
"""Extracted JSON with lone surrogates, which the API cannot return."""


def add_medium(documents: Documents, tenant: str, index_id: str | None = None) -> Media:
    """Add a video without a file."""
    media_id = new_id("vid")
    media = Media(
        media_id=media_id,
        tenant_id=tenant,
        user_id=f"usr_{tenant}",
        index_id=index_id,
        title='A "film", =1+1',
        file_name="film.mp4",
        media_type=MediaType.VIDEO,
        content_hash=media_id,
        playback_key=f"media/{tenant}/{media_id}/film.mp4",
        playback_type="video/mp4",
        poster_key=f"media/{tenant}/{media_id}/poster.jpg",
        duration_seconds=600.0,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
    )
    keep_media(documents, media)
    return media


def add_run(
    documents: Documents,
    values: Mapping[str, Sequence[JsonObject]],
    tenant: str,
    schema: JsonObject = SCHEMA,
    run_id: str | None = None,
) -> PromptRun:
    """Write a run. ``values`` are the extracted JSON of each segment, by medium."""
    run = PromptRun(
        run_id=run_id or new_id("run"),
        tenant_id=tenant,
        user_id=f"usr_{tenant}",
        prompt_id="prm_1",
        prompt=PromptDefinition(
            name="Goals",
            prompt_text="List the goals",
            json_schema=schema,
            video_level=VideoLevel(instructions_text="Sum up", json_schema={"type": "object"}),
        ),
        options=RunOptions(),
        target=PlaygroundTarget(),
        index_id=None,
        status=RunStatus.COMPLETED,
        executed_at=CREATED_AT,
        completed_at=CREATED_AT,
    )
    documents.write(put(keys.prompt_run(tenant, run.run_id), run))
    for ordinal, (media_id, extracted) in enumerate(values.items()):
        _add_medium_of_run(documents, run, media_id, ordinal, len(extracted))
        for number, metadata in enumerate(extracted):
            result = _result(run, media_id, number, metadata)
            documents.write(put(keys.segment_result(tenant, run.run_id, media_id, result.segment_id), result))
    return run


def select(
    documents: Documents,
    run: PromptRun,
    media_id: str,
    ordinals: Sequence[int],
    *,
    selects_video: bool = False,
) -> None:
    """Store the selection of a medium in a run."""
    prefix = segment_id(media_id, RECIPE, 0).removesuffix("000000")
    selection = MediumSelection(
        media_id=media_id, id_prefix=prefix, ordinals=list(ordinals), selects_video=selects_video
    )
    documents.write(put(keys.medium_selection(run.tenant_id, run.run_id, media_id), selection))


def _add_medium_of_run(
    documents: Documents, run: PromptRun, media_id: str, ordinal: int, segments: int
) -> None:
    state = MediumState(
        run_id=run.run_id,
        media_id=media_id,
        media_type=MediaType.VIDEO,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        status=RunStatus.COMPLETED,
        total_segments=segments,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
    )
    result = VideoResult(
        run_id=run.run_id,
        media_id=media_id,
        prompt_id=run.prompt_id,
        status=VideoLevelStatus.COMPLETED,
        metadata={"topic": "=SUM(A1)", "große": 10**300},
        metadata_text="topic: =SUM(A1)",
        executed_at=CREATED_AT,
    )
    documents.write(
        put(keys.medium_state(run.tenant_id, run.run_id, media_id), state),
        put(keys.video_result(run.tenant_id, run.run_id, media_id), result),
    )


def _result(run: PromptRun, media_id: str, number: int, metadata: JsonObject) -> SegmentResult:
    identifier = segment_id(media_id, RECIPE, number)
    failed = not metadata
    segment = Segment(
        segment_id=identifier,
        media_id=media_id,
        recipe=RECIPE,
        ordinal=number,
        start=float(number),
        end=number + 1.0,
        thumbnail_key=f"media/{run.tenant_id}/{media_id}/segments/{number}.jpg" if number % 2 else None,
        created_at=CREATED_AT,
    )
    return SegmentResult(
        run_id=run.run_id,
        media_id=media_id,
        segment_id=identifier,
        prompt_id=run.prompt_id,
        ordinal=number,
        start=float(number),
        end=number + 1.0,
        segment=segment if number != 2 else None,
        metadata=metadata,
        metadata_text=f"=metadata of segment {number}",
        field_extraction=OperationOutcome(succeeded=not failed, error="=no answer" if failed else None),
        transcription=OperationOutcome(succeeded=True if number % 2 else None),
        image_embedding=OperationOutcome(succeeded=True),
        warning="cut" if number == 3 else None,
        completed_at=CREATED_AT,
        executed_at=timestamp(),
    )


def scope_of(run: PromptRun, media_ids: Sequence[str], **changes: Any) -> ContentScope:
    """Return the scope of an export of one run."""
    scope: dict[str, Any] = {
        "tenant_id": run.tenant_id,
        "export_type": ExportType.PROMPT_RUN,
        "target_id": run.run_id,
        "snapshot": [MediumOfRun(run.run_id, media_id) for media_id in media_ids],
        "created_at": CREATED_AT,
        "result_scope": ResultScope.ALL,
    }
    return ContentScope(**(scope | changes))


def go_on() -> None:
    """Do not stop."""


@dataclass(frozen=True)
class Exporter:
    """The content of exports over a runtime, with small models."""

    runtime: Runtime

    def content(self, *, max_json_bytes: int = MAX_JSON_BYTES) -> ExportContent:
        runtime = self.runtime
        return ExportContent(
            runtime.documents,
            runtime.library.file_links,
            runtime.runs.tables,
            lambda: SegmentEmbeddings(runtime.ports.blobs, lambda: SmallModels().pack()),
            max_json_bytes=max_json_bytes,
        )

    def bytes(self, scope: ContentScope, export_format: ExportFormat) -> bytes:
        """Return the file of an export, and check the reported numbers of bytes."""
        out = io.BytesIO()
        written = self.content().write(scope, export_format, out, go_on)
        assert written.bytes == len(out.getvalue())
        return out.getvalue()
