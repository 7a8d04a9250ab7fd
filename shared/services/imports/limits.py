"""The limits that imports enforce, as the settings give them."""

from typing import Protocol


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
