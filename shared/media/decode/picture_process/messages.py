"""Messages between the server and the process that decodes pictures."""

from pydantic import BaseModel, Field

from shared.domain.media import MediaWarning
from shared.media.decode.picture_process.limits import PROCESSOR_SECONDS
from shared.media.decode.pictures.fit import Fit


class Request(BaseModel):
    """A picture to be decoded from the file ``path``.

    With ``destination``, a JPEG file is written there, with the pages of a TIFF file one below another.
    Otherwise the pixels follow the answer, unless ``only_properties``. ``is_kept``: a small picture is kept,
    for further requests about the same file.
    """

    path: str
    fit: Fit
    max_pixels: int
    destination: str | None = None
    only_properties: bool = False
    is_kept: bool = True
    processor_seconds: int = PROCESSOR_SECONDS


class Answer(BaseModel):
    """Properties of a decoded picture.

    ``width`` and ``height`` are those of the file's picture, upright. ``pixel_width`` and ``pixel_height``
    are those of the pixels that follow, 0 without pixels. With ``error_code`` the other fields have no
    meaning.
    """

    width: int = 0
    height: int = 0
    rotation: int = 0
    pixel_width: int = 0
    pixel_height: int = 0
    warnings: list[MediaWarning] = Field(default_factory=list)
    error_code: str | None = None
    error_message: str = ""
    error_details: dict[str, int] = Field(default_factory=dict)
