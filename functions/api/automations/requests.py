"""Wire models of the settings of automations."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.automations.debounce import DebounceInterval
from shared.domain.automations.export_automation import ExportSettings
from shared.domain.automations.import_automation import ImportSettings
from shared.domain.runs.prompt_run import SegmentationType
from shared.services.automations.presets import GivenPreset

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Seconds = Annotated[int, Field(ge=1, le=300)]


class PromptPresetRequest(BaseModel):
    """The prompt that runs over what an import has brought, and the options of the run.

    The prompt is frozen as it is now. An option that is absent or null is the one saved with the prompt, else
    the server's default. Segments of the type ``fixed`` have 10 seconds if no duration is given.
    """

    prompt_id: Identifier
    video_segmentation_type: Literal["smart", "content_aware", "fixed"] | None = None
    audio_segmentation_type: Literal["content_aware", "fixed"] | None = None
    video_segment_duration: Seconds | None = None
    audio_segment_duration: Seconds | None = None
    processing_model: Annotated[str, StringConstraints(max_length=200)] | None = None
    enable_transcription: bool | None = None
    enable_image_embedding: bool | None = None

    def given(self) -> GivenPreset:
        video, audio = self.video_segmentation_type, self.audio_segmentation_type
        return GivenPreset(
            prompt_id=self.prompt_id,
            video_segmentation_type=SegmentationType(video) if video else None,
            audio_segmentation_type=SegmentationType(audio) if audio else None,
            video_segment_duration=self.video_segment_duration,
            audio_segment_duration=self.audio_segment_duration,
            processing_model=self.processing_model,
            enable_transcription=self.enable_transcription,
            enable_image_embedding=self.enable_image_embedding,
        )


class ImportAutomationRequest(BaseModel):
    """The settings of an import automation. They replace all earlier settings.

    The objects whose key begins with ``source_prefix`` and matches the glob ``file_pattern`` are imported
    once they have gathered for ``debounce_interval``. Without ``prompt_preset`` no run follows an import.
    """

    enabled: bool = True
    paused: bool = False
    connector_id: Identifier
    source_prefix: Annotated[str, StringConstraints(max_length=1024)] = ""
    file_pattern: Annotated[str, StringConstraints(max_length=1024)] = "*"
    recursive: bool = True
    debounce_interval: DebounceInterval = DebounceInterval.FIVE_MINUTES
    prompt_preset: PromptPresetRequest | None = None

    def settings(self) -> ImportSettings:
        return ImportSettings(
            enabled=self.enabled,
            paused=self.paused,
            connector_id=self.connector_id,
            source_prefix=self.source_prefix,
            file_pattern=self.file_pattern or "*",
            recursive=self.recursive,
            debounce_interval=self.debounce_interval,
        )


class ExportAutomationRequest(BaseModel):
    """The settings of an export automation. They replace all earlier settings.

    ``destination_subpath`` is below the connector's ``export_base_path``.
    """

    enabled: bool = True
    paused: bool = False
    destination_connector_id: Identifier
    destination_subpath: Annotated[str, StringConstraints(max_length=1024)] | None = None

    def settings(self) -> ExportSettings:
        return ExportSettings(
            enabled=self.enabled,
            paused=self.paused,
            destination_connector_id=self.destination_connector_id,
            destination_subpath=self.destination_subpath,
        )
