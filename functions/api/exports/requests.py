"""Requests for exports."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.connectors.rules import MAX_BASE_PATH_BYTES
from shared.domain.exports.content_scope import ResultScope
from shared.domain.exports.export import ExportOptions
from shared.domain.exports.export_format import ExportFormat
from shared.services.exports.exports import MAX_RUNS

_Id = Annotated[str, StringConstraints(max_length=100)]


class ExportRunRequest(BaseModel):
    """How to export a run.

    Without ``destination_connector_id`` the file is downloaded; with it, the file is written below
    ``export_base_path`` of the connector and ``destination_subpath``. ``result_scope`` ``matches`` exports
    what the selection of the run matches. ``include_embeddings`` adds vectors to a Parquet file.
    """

    destination_connector_id: _Id | None = None
    destination_subpath: Annotated[str, StringConstraints(max_length=MAX_BASE_PATH_BYTES)] | None = None
    result_scope: ResultScope = ResultScope.ALL
    format: ExportFormat = ExportFormat.JSON
    include_embeddings: bool = False

    def options(self) -> ExportOptions:
        fields = self.model_dump()
        fields["destination_connector_id"] = self.destination_connector_id or None
        return ExportOptions.model_validate({name: each for name, each in fields.items() if each is not None})


class ExportIndexRequest(ExportRunRequest):
    """How to export an index. Without ``prompt_run_ids``, every run of the index that has ended."""

    prompt_run_ids: Annotated[list[_Id], Field(max_length=MAX_RUNS)] | None = None
