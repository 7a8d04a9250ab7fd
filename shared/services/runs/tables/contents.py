"""The media of a run table, and the fingerprint of everything that the table is built of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.domain import keys
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.runs.run_table.layout import LAYOUT_VERSION
from shared.domain.runs.segment_retry import SegmentRetry
from shared.domain.runs.statuses import RetryStatus
from shared.ports.records import Record
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

_PAGE_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class TableContents:
    """The visible media of a run in the run's order, as rows of the table ``media``.

    ``fingerprint`` changes with every change of a result, of a medium's row and of the set of media. It does
    not cover the results of ``retrying`` segments, so a table is stored only when no retry is under way.
    """

    media: Sequence[MediumRow]
    fingerprint: str
    retrying: bool

    @property
    def media_ids(self) -> list[str]:
        return [medium.media_id for medium in self.media]

    @property
    def total_segments(self) -> int:
        return sum(medium.total_segments for medium in self.media)


@dataclass(frozen=True, slots=True)
class MediumRow:
    """A medium of the run. ``state_version`` is the version of its state in the run, which each change of its
    results increases. ``is_marked``: there are markers on it, its segments or its results."""

    ordinal: int
    media_id: str
    total_segments: int
    state_version: int
    is_marked: bool
    values: tuple[Any, ...]


def read_contents(documents: Documents, run: PromptRun) -> TableContents:
    """Read what the table of ``run`` is built of, without the results. The cost grows with the media."""
    retries = list(_retries(documents, run))
    media = sorted(_media(documents, run), key=lambda medium: (medium.ordinal, medium.media_id))
    ended = [(record.key.sort, record.version) for record in retries if _is_finished(record)]
    facts = [LAYOUT_VERSION, run.run_id, ended, [[m.state_version, *m.values] for m in media]]
    fingerprint = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return TableContents(media, fingerprint, retrying=len(ended) < len(retries))


def _retries(documents: Documents, run: PromptRun) -> Iterator[Record]:
    for records in documents.record_pages(keys.segment_retry(run.tenant_id, run.run_id), limit=_PAGE_SIZE):
        yield from records


def _is_finished(record: Record) -> bool:
    return RetryStatus(record.body.get("status", SegmentRetry.model_fields["status"].default)).is_terminal


def _media(documents: Documents, run: PromptRun) -> Iterator[MediumRow]:
    visible = VisibleMedia(documents)
    for records in documents.record_pages(keys.medium_state(run.tenant_id, run.run_id), limit=_PAGE_SIZE):
        states = {record.body["media_id"]: record for record in records}
        for media in visible.find_many(run.tenant_id, list(states)):
            state = states[media.media_id]
            yield _row(media, state.body, state.version)


def _row(media: Media, state: Mapping[str, Any], version: int) -> MediumRow:
    values = (
        media.media_id,
        media.title,
        media.file_name,
        media.media_type.value,
        media.duration_seconds,
        media.width,
        media.height,
        media.frame_rate,
        media.index_id,
        media.created_at,
        state["status"],
        state.get("total_segments", 0),
        state.get("failed_segments", 0),
        state.get("error_message"),
    )
    return MediumRow(
        ordinal=state["ordinal"],
        media_id=media.media_id,
        total_segments=state.get("total_segments", 0),
        state_version=version,
        is_marked=media.marker_count > 0,
        values=values,
    )
