"""CMX 3600 edit decision lists."""

from shared.domain.editing.cut_list import MAX_EDL_EVENTS, CutEvent, CutList, CutMedium
from shared.domain.editing.timecode import timecode
from shared.domain.errors import InvalidRequest


def edl(cuts: CutList) -> str:
    """Write a CMX 3600 list. Raises: InvalidRequest: it has more than 999 events."""
    if len(cuts.events) > MAX_EDL_EVENTS:
        raise InvalidRequest(
            "format",
            f"edl has at most {MAX_EDL_EVENTS} events, and the list has {len(cuts.events):,}: "
            "choose another format, or fewer parts",
            code="cut_list_too_long",
        )
    mode = "DROP FRAME" if cuts.drop_frame else "NON-DROP FRAME"
    head = f"TITLE: {_line(cuts.title)}\nFCM: {mode}\n\n"
    return head + "".join(_event(cuts, event) for event in cuts.events)


def _event(cuts: CutList, event: CutEvent) -> str:
    times = " ".join(
        timecode(frame, cuts.rate, drop_frame=cuts.drop_frame)
        for frame in (event.source_in, event.source_out, event.record_in, event.record_out)
    )
    medium = event.medium
    comments = [f"* FROM CLIP NAME: {_line(event.name)}", f"* SOURCE FILE: {_line(medium.media.file_name)}"]
    head = f"{event.number:03d}  {medium.reel:<8} {_channels(medium):<5} C        {times}\n"
    return head + "".join(f"{comment}\n" for comment in comments) + "\n"


def _channels(medium: CutMedium) -> str:
    """Return the tracks: video, two tracks of audio, or both."""
    if not medium.has_video:
        return "AA"
    return "AA/V" if medium.has_audio else "V"


def _line(text: str) -> str:
    """Return text on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
