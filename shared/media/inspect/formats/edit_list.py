"""Edit lists of MP4 that join several stretches of a track (ISO/IEC 14496-12, 8.6.6).

FFmpeg applies an edit list to the index: it lists the samples of each stretch from the key frame before it
on, and marks those that are decoded but not shown.
"""

from itertools import groupby
from typing import Final

from av.stream import Stream
from av.video.stream import VideoStream

_MAX_REORDERED: Final = 16
"""Frames that are decoded before one that is shown earlier (ITU-T H.264, max_num_reorder_frames)."""


def joins_stretches(stream: Stream) -> bool:
    """Return whether the track shows more than one stretch of its samples.

    A copy would show the samples in between: its edit list states one stretch. Frames out of order at the
    ends of a stretch are no gap.
    """
    hidden = [entry.is_discard for entry in stream.index_entries]
    stretches = [(is_hidden, sum(1 for _ in run)) for is_hidden, run in groupby(hidden)]
    allowed = _reordered(stream)
    return any(is_hidden and length > allowed for is_hidden, length in stretches[1:-1])


def _reordered(stream: Stream) -> int:
    if not isinstance(stream, VideoStream) or stream.codec_context is None:
        return 1
    return min(_MAX_REORDERED, max(1, stream.codec_context.reorder_depth))
