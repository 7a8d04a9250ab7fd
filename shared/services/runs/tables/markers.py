"""Markers in an opened run table. They change without the run, so that the stored file has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared.domain import keys
from shared.domain.markers.marker import MarkerInfo, MarkerTargetType, TargetMarkers
from shared.domain.query.hits import parse_result_id
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.runs.run_table.rows import Row
from shared.services.records.documents import Documents
from shared.services.runs.tables.contents import TableContents

_PAGE_SIZE: Final = 100


def marker_rows(documents: Documents, run: PromptRun, contents: TableContents) -> Iterator[Row]:
    """Yield the rows of the table ``markers``: markers on the run, its media, their segments and the results
    of the run, and on their fields. It takes a query for the run and one for each marked medium."""
    yield from _of_holder(documents, run, run.run_id)
    for medium in contents.media:
        if medium.is_marked:
            yield from _of_holder(documents, run, medium.media_id)


def _of_holder(documents: Documents, run: PromptRun, holder_id: str) -> Iterator[Row]:
    partition = keys.target_markers(run.tenant_id, holder_id)
    for records in documents.record_pages(partition, limit=_PAGE_SIZE):
        for record in records:
            target_type, _, target_id = record.key.sort.partition("#")
            place = _place(MarkerTargetType(target_type), target_id, holder_id, run.run_id)
            if place is not None:
                for field_path, info in _infos(TargetMarkers.model_validate(record.body)):
                    yield (
                        info.marker_id,
                        target_type,
                        target_id,
                        *place,
                        field_path,
                        info.color,
                        info.note,
                        info.updated_at,
                    )


def _place(
    target_type: MarkerTargetType, target_id: str, holder_id: str, run_id: str
) -> tuple[str | None, str | None] | None:
    """Return the medium and the segment of a target; None for a result of another run."""
    match target_type:
        case MarkerTargetType.PROMPT_RUN:
            return None, None
        case MarkerTargetType.VIDEO:
            return holder_id, None
        case MarkerTargetType.SEGMENT:
            return holder_id, target_id
        case MarkerTargetType.RESULT:
            identity = parse_result_id(target_id)
            if identity is None or identity.run_id != run_id:
                return None
            return holder_id, identity.segment_id or None


def _infos(markers: TargetMarkers) -> Iterator[tuple[str | None, MarkerInfo]]:
    if markers.own is not None:
        yield None, markers.own
    yield from markers.fields.items()
