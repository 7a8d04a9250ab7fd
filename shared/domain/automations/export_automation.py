"""Export automations: an index delivers its results through a connector."""

from pydantic import BaseModel


class ExportSettings(BaseModel):
    """What the owner of an export automation chooses. ``destination_subpath`` is below the connector's
    ``export_base_path``; None is that path itself."""

    enabled: bool = True
    paused: bool = False
    destination_connector_id: str
    destination_subpath: str | None = None


class ExportAutomation(ExportSettings):
    """The export automation of an index."""

    automation_id: str
    tenant_id: str
    index_id: str
    user_id: str
    created_at: str
    updated_at: str
