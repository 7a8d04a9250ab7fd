"""OpenTimelineIO timelines as JSON (https://opentimelineio.readthedocs.io, "File Format Specification").

The schema versions are those that every release since 0.12 reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from shared.domain.editing.cut_list import CutEvent, CutList, CutMedium
from shared.domain.editing.frame_rate import FrameRate

_Json = dict[str, Any]


def otio(cuts: CutList) -> str:
    """Write a timeline with a track of video and a track of audio, as far as the media have them."""
    has_video = any(medium.has_video for medium in cuts.media)
    has_audio = any(medium.has_audio for medium in cuts.media)
    tracks = [
        *([_track(cuts, "Video", lambda medium: medium.has_video)] if has_video else []),
        *([_track(cuts, "Audio", lambda medium: medium.has_audio)] if has_audio else []),
    ]
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": cuts.title,
        "metadata": {"videovector": {"drop_frame": cuts.drop_frame}},
        "global_start_time": _time(cuts.start, cuts.rate),
        "tracks": {**_item("Stack.1", "tracks"), "children": tracks},
    }
    return json.dumps(timeline, ensure_ascii=False, indent=1)


def _track(cuts: CutList, kind: str, has_kind: Callable[[CutMedium], bool]) -> _Json:
    children = [
        _clip(event, cuts.rate) if has_kind(event.medium) else _gap(event, cuts.rate) for event in cuts.events
    ]
    return {**_item("Track.1", kind), "kind": kind, "children": children}


def _clip(event: CutEvent, rate: FrameRate) -> _Json:
    medium = event.medium
    names = {"video_id": medium.media.media_id, "segment_id": event.cut.segment_id, "reel": medium.reel}
    return {
        **_item("Clip.1", event.name),
        "metadata": {"videovector": names},
        "source_range": _range(event.source_in, event.length, rate),
        "media_reference": {
            "OTIO_SCHEMA": "ExternalReference.1",
            "name": medium.media.title,
            "metadata": {},
            "available_range": _range(medium.start, medium.length, rate),
            "target_url": quote(medium.media.file_name),
        },
    }


def _gap(event: CutEvent, rate: FrameRate) -> _Json:
    return {**_item("Gap.1", ""), "source_range": _range(0, event.length, rate)}


def _item(schema: str, name: str) -> _Json:
    return {
        "OTIO_SCHEMA": schema,
        "name": name,
        "metadata": {},
        "source_range": None,
        "effects": [],
        "markers": [],
    }


def _range(start: int, length: int, rate: FrameRate) -> _Json:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, rate),
        "duration": _time(length, rate),
    }


def _time(frames: int, rate: FrameRate) -> _Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate.exact), "value": float(frames)}
