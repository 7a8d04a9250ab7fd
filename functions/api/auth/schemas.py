"""Wire models of authentication and readiness."""

from typing import Annotated, Literal, Self

from pydantic import UUID4, BaseModel, StringConstraints, model_validator


class ProcessingActivityRequest(BaseModel):
    """An announcement of processing. ``operation`` is required if and only if ``reason`` is
    ``processing_intent``."""

    event_id: UUID4
    surface: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reason: Literal["authentication", "processing_intent"]
    operation: Literal["upload_media", "process_media", "find", "retry_prompt_run_segment"] | None = None

    @model_validator(mode="after")
    def _operation_belongs_to_an_intent(self) -> Self:
        if (self.operation is not None) != (self.reason == "processing_intent"):
            raise ValueError("operation is required if and only if the reason is processing_intent")
        return self


class ProcessingActivityResponse(BaseModel):
    """The readiness of the server. ``admission`` tells whether it accepts requests of this kind now."""

    status: Literal["ready"] = "ready"
    event_id: str
    admission: Literal["admitted"] = "admitted"
