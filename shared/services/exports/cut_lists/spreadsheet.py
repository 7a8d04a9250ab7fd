"""Cut lists as CSV (RFC 4180), with timecodes and seconds."""

import csv
import io
from typing import Final

from shared.domain.editing.cut_list import CutEvent, CutList
from shared.domain.editing.timecode import timecode
from shared.domain.exports.formulas import safe_cell

COLUMNS: Final = (
    "event",
    "name",
    "title",
    "file_name",
    "reel",
    "video_id",
    "segment_id",
    "source_in",
    "source_out",
    "record_in",
    "record_out",
    "start_seconds",
    "end_seconds",
    "frames",
    "frame_rate",
    "drop_frame",
)


def spreadsheet(cuts: CutList) -> str:
    """Write CSV. ``start_seconds`` and ``end_seconds`` are times of the medium, with the handles."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for event in cuts.events:
        writer.writerow(_row(cuts, event))
    return text.getvalue()


def _row(cuts: CutList, event: CutEvent) -> list[str]:
    media, rate = event.medium.media, cuts.rate
    codes = [
        timecode(frame, rate, drop_frame=cuts.drop_frame)
        for frame in (event.source_in, event.source_out, event.record_in, event.record_out)
    ]
    seconds = [
        f"{float(rate.seconds(frame - event.medium.start)):.6f}"
        for frame in (event.source_in, event.source_out)
    ]
    texts = [event.name, media.title, media.file_name, event.medium.reel]
    return [
        str(event.number),
        *map(safe_cell, texts),
        media.media_id,
        event.cut.segment_id or "",
        *codes,
        *seconds,
        str(event.length),
        rate.name,
        "yes" if cuts.drop_frame else "no",
    ]
