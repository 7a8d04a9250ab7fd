"""Errors of cut lists and clips."""

from typing import Final

from shared.cli.reference.error_entry import ErrorEntry

EDITING_ERRORS: Final = (
    ErrorEntry(
        "cut_list_empty",
        (422,),
        "A cut list would have no part: nothing is marked, or all media are pictures.",
        "Choose other parts.",
    ),
    ErrorEntry(
        "cut_list_too_long",
        (422,),
        "A CMX 3600 list would have more than 999 events.",
        "Choose another format, or fewer parts.",
    ),
    ErrorEntry(
        "mixed_frame_rates",
        (422,),
        "The media of a cut list have different frame rates.",
        "Name the rate of the list in `frame_rate`: [Subtitles, cut lists and clips](editing.md) tells "
        "what it does.",
    ),
    ErrorEntry(
        "clip_of_picture",
        (422,),
        "A clip of a picture is requested. Pictures have no duration.",
        "Use the picture itself.",
    ),
    ErrorEntry(
        "clip_failed",
        (),
        "The `error.code` of a clip: the server could not make it.",
        "Request the clip again; it is then made anew. If it fails again, check the log of the server.",
    ),
)
