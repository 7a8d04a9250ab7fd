"""Export automations: an index delivers its results through a connector."""

from typing import Self

from pydantic import BaseModel, Field

from shared.domain.automations.outcome import AutomationOutcome, with_outcome


class ExportSettings(BaseModel):
    """What the owner of an export automation chooses. ``destination_subpath`` is below the connector's
    ``export_base_path``; None is that path itself."""

    enabled: bool = True
    paused: bool = False
    destination_connector_id: str
    destination_subpath: str | None = None


class ExportAutomation(ExportSettings):
    """The export automation of an index. ``history`` has its results, newest first."""

    automation_id: str
    tenant_id: str
    index_id: str
    user_id: str
    history: list[AutomationOutcome] = Field(default_factory=list)
    created_at: str
    updated_at: str

    @property
    def is_watching(self) -> bool:
        return self.enabled and not self.paused

    def noted(self, outcome: AutomationOutcome) -> Self:
        """Return the automation with a further result. An event that comes again adds none."""
        if any(outcome.tells_same_as(known) for known in self.history):
            return self
        return self.model_copy(update={"history": with_outcome(self.history, outcome)})
