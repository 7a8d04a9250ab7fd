"""FCPXML 1.9, which Final Cut Pro since 10.4.9, DaVinci Resolve and others read.

https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
Times are rational numbers of seconds, multiples of the frame duration.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shared.domain.editing.cut_list import CutEvent, CutList, CutMedium
from shared.domain.editing.frame_rate import FrameRate

_VERSION: Final = "1.9"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'


def fcpxml(cuts: CutList) -> str:
    """Write a project with one sequence. Each medium is an asset with the name of its imported file."""
    root = Element("fcpxml", version=_VERSION)
    resources = SubElement(root, "resources")
    _format(resources, "r1", cuts.rate, next((m for m in cuts.media if m.has_video), None))
    assets = {
        medium.media.media_id: _asset(resources, f"r{number}", medium, cuts.rate)
        for number, medium in enumerate(cuts.media, 2)
    }
    event = SubElement(root, "event", name=_text(cuts.title))
    project = SubElement(event, "project", name=_text(cuts.title))
    sequence = SubElement(
        project,
        "sequence",
        format="r1",
        duration=_time(cuts.length, cuts.rate),
        tcStart=_time(cuts.start, cuts.rate),
        tcFormat=_count(cuts),
    )
    spine = SubElement(sequence, "spine")
    for each in cuts.events:
        _clip(spine, assets[each.medium.media.media_id], each, cuts)
    indent(root, " ")
    return f"{_HEAD}{tostring(root, encoding='unicode')}\n"


def _format(resources: Element, identifier: str, rate: FrameRate, medium: CutMedium | None) -> None:
    found = SubElement(resources, "format", id=identifier, frameDuration=_time(1, rate))
    if medium is not None and medium.media.width and medium.media.height:
        found.set("width", str(medium.media.width))
        found.set("height", str(medium.media.height))


def _asset(resources: Element, identifier: str, medium: CutMedium, rate: FrameRate) -> str:
    """Add an asset, and return its id. Video has a format of its own rate and size."""
    attributes = {
        "id": identifier,
        "name": _text(medium.media.title),
        "start": _time(medium.start, rate),
        "duration": _time(medium.length, rate),
    }
    if medium.has_video:
        _format(resources, f"{identifier}f", medium.own_rate or rate, medium)
        attributes |= {"hasVideo": "1", "format": f"{identifier}f", "videoSources": "1"}
    if medium.has_audio:
        attributes |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2"}
    asset = SubElement(resources, "asset", attributes)
    SubElement(asset, "media-rep", kind="original-media", src=quote(medium.media.file_name))
    return identifier


def _clip(spine: Element, asset: str, event: CutEvent, cuts: CutList) -> None:
    SubElement(
        spine,
        "asset-clip",
        ref=asset,
        name=_text(event.name),
        offset=_time(event.record_in, cuts.rate),
        start=_time(event.source_in, cuts.rate),
        duration=_time(event.length, cuts.rate),
        tcFormat=_count(cuts),
    )


def _count(cuts: CutList) -> str:
    return "DF" if cuts.drop_frame else "NDF"


def _time(frames: int, rate: FrameRate) -> str:
    """Return a time as a multiple of the frame duration, such as ``1001/30000s``."""
    if rate.is_ntsc:
        return f"{frames * 1001}/{rate.nominal * 1000}s"
    return f"{frames * 100}/{rate.nominal * 100}s"


def _text(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot contain."""
    return "".join(c if c.isprintable() else " " for c in text)
