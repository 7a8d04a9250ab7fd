"""The limits that imports enforce: those of the settings, and the time of a turn."""

from typing import Final, Protocol

TURN_SECONDS: Final = 30.0
"""Time after which a listing, or the import of a batch, lets others have a turn. A store may answer slowly
and without end, and the files of a batch may be long videos."""


class ImportLimits(Protocol):
    """Sizes in bytes, durations in seconds, pictures in pixels. ``shared.settings.Settings`` has them all."""

    @property
    def max_upload_bytes(self) -> int: ...

    @property
    def max_playground_media(self) -> int: ...

    @property
    def max_part_seconds(self) -> float: ...

    @property
    def max_audio_seconds(self) -> float: ...

    @property
    def max_picture_pixels(self) -> int: ...

    @property
    def signed_link_seconds(self) -> int: ...
