"""Wire models of authentication and readiness."""

from typing import Annotated, Literal, Self

from pydantic import UUID4, BaseModel, StringConstraints, model_validator


class ProcessingActivityRequest(BaseModel):
    event_id: UUID4
    surface: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    reason: Literal["authentication", "processing_intent"]
    operation: Literal["upload_media", "process_media", "find", "retry_prompt_run_segment"] | None = None

    @model_validator(mode="after")
    def _operation_belongs_to_an_intent(self) -> Self:
        if (self.operation is not None) != (self.reason == "processing_intent"):
            raise ValueError("operation comes with the reason processing_intent, and only with it")
        return self


class ProcessingActivityResponse(BaseModel):
    """``admission`` is what a request of this kind would meet now. There is nothing to warm up."""

    status: Literal["ready"] = "ready"
    event_id: str
    admission: Literal["admitted"] = "admitted"
