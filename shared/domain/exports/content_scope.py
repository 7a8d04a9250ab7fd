"""What an export contains."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ExportType(StrEnum):
    """What is exported: runs over the media of an index, or one run."""

    INDEX = "index"
    PROMPT_RUN = "prompt_run"


class ResultScope(StrEnum):
    """Which segments are exported: all, or those that the selection of their run matches."""

    ALL = "all"
    MATCHES = "matches"


class MediumOfRun(NamedTuple):
    """One medium of one run."""

    run_id: str
    media_id: str


@dataclass(frozen=True, slots=True)
class ContentScope:
    """The scope of an export's content.

    ``target_id`` is the id of the index or of the run. ``snapshot`` fixes what is exported: the media of runs
    that existed when the export was created, sorted by run and then by medium. ``created_at`` is that time; a
    repeated write of one scope gives the same bytes. ``include_embeddings`` adds vectors to Parquet files;
    other formats ignore it.
    """

    tenant_id: str
    export_type: ExportType
    target_id: str
    snapshot: Sequence[MediumOfRun]
    created_at: str
    result_scope: ResultScope = ResultScope.ALL
    include_embeddings: bool = False
