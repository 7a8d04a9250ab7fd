"""The process that decodes pictures: requests on standard input, answers on standard output.

An answer is one line of JSON; pixels follow it, three bytes each. The process ends with its input.
"""

import gc
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Final

from PIL import Image, PngImagePlugin, UnidentifiedImageError

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.picture_process.limits import limit_memory, limit_processor_time
from shared.media.decode.picture_process.messages import Answer, Request
from shared.media.decode.pictures.errors import DECODE_ERRORS
from shared.media.decode.pictures.formats.cut_off import is_cut_off
from shared.media.decode.pictures.formats.tiff_kind import undecodable_kind
from shared.media.decode.pictures.memory import check_pixels
from shared.media.decode.pictures.reduced_picture import FORMATS, Reduced, decode_reduced, no_larger

_JPEG_QUALITY: Final = 92
_PNG_TEXT_BYTES: Final = 16 * 1024 * 1024
"""The largest compressed profile or text of a PNG file, decompressed. Pillow's own limit of 1 MiB refuses
pictures with the profiles of printers and scanners."""

_KEPT_PIXELS: Final = 4_100_000
"""A picture of ``KEY_FRAME`` size, whose sides are rounded, is kept."""
_DAMAGED: Final = "The picture is damaged and cannot be decoded."
_CUT_OFF: Final = "The picture is cut off: part of the file is missing."
_UNSUPPORTED_TIFF: Final = (
    "TIFF files {kind} are not supported. Convert the file to PNG, or to TIFF with 8 or 16 bits a sample and "
    "LZW compression."
)
_TOO_LARGE: Final = "Decoding the picture takes more memory than is available. Upload it in a smaller size."


class Decoder:
    """Answers requests. The last small picture is kept: poster, preview and key frame of a medium come from
    the one that the probe decoded."""

    def __init__(self) -> None:
        self._kept: tuple[str, Reduced] | None = None

    def answer(self, request: Request) -> tuple[Answer, bytes]:
        """Return the answer and the pixels that follow it."""
        try:
            return self._answer(request)
        except UnsupportedMedia as error:
            details = {name: int(value) for name, value in error.details.items()}
            return Answer(error_code=error.code, error_message=error.message, error_details=details), b""
        except MemoryError:
            return Answer(error_code="picture_too_large", error_message=_TOO_LARGE), b""
        except DECODE_ERRORS as error:
            return _failure(Path(request.path), error), b""

    def _answer(self, request: Request) -> tuple[Answer, bytes]:
        path = Path(request.path)
        if request.destination is not None:
            reduced = _decoded(path, request)
            reduced.image.save(request.destination, "JPEG", quality=_JPEG_QUALITY)
            return _described(reduced), b""
        reduced = self._reduced(path, request)
        answer = _described(reduced)
        if request.only_properties:
            return answer, b""
        image = no_larger(reduced.image, request.fit.size(reduced.width, reduced.height))
        answer.pixel_width, answer.pixel_height = image.size
        return answer, image.tobytes()

    def _reduced(self, path: Path, request: Request) -> Reduced:
        status = path.stat()
        key = f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
        if self._kept is not None and self._kept[0] == key:
            kept = self._kept[1]
            width, height = request.fit.size(kept.width, kept.height)
            if kept.image.width >= width and kept.image.height >= height:
                check_pixels(kept.width, kept.height, request.max_pixels)
                return kept
        self._kept = None
        reduced = _decoded(path, request)
        if request.is_kept and reduced.image.width * reduced.image.height <= _KEPT_PIXELS:
            self._kept = key, reduced
        return reduced


def _decoded(path: Path, request: Request) -> Reduced:
    with path.open("rb") as file:
        return decode_reduced(
            file,
            _known_formats(),
            request.fit,
            max_pixels=request.max_pixels,
            all_pages=request.destination is not None,
        )


@cache
def _known_formats() -> tuple[str, ...]:
    """Return the formats that Pillow can open here. The functions on AWS that answer requests lack HEIF."""
    try:
        import pillow_heif  # noqa: PLC0415 - not in every environment
    except ImportError:
        return tuple(name for name in FORMATS if name != "HEIF")
    pillow_heif.register_heif_opener()
    return FORMATS


def _failure(path: Path, error: Exception) -> Answer:
    """Return the reason why the file cannot be decoded: cut off, of an unsupported kind, or damaged."""
    kind = None
    is_short = "truncated" in str(error).lower()
    with suppress(*DECODE_ERRORS), path.open("rb") as file:
        is_short = is_short or is_cut_off(file)
        kind = undecodable_kind(file, has_known_mode=not isinstance(error, UnidentifiedImageError))
    if is_short:
        return Answer(error_code="media_truncated", error_message=_CUT_OFF)
    if kind is not None:
        return Answer(error_code="unsupported_codec", error_message=_UNSUPPORTED_TIFF.format(kind=kind))
    return Answer(error_code="media_undecodable", error_message=_DAMAGED)


def _described(reduced: Reduced) -> Answer:
    return Answer(
        width=reduced.width,
        height=reduced.height,
        rotation=reduced.rotation,
        warnings=list(reduced.warnings),
    )


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the input ends."""
    decoder = Decoder()
    for line in requests:
        request = Request.model_validate_json(line)
        limit_processor_time(request.processor_seconds)
        answer, pixels = decoder.answer(request)
        answers.write(answer.model_dump_json().encode() + b"\n")
        answers.write(pixels)
        answers.flush()
        del pixels
        if answer.width * answer.height > _KEPT_PIXELS:
            gc.collect()  # Pillow's files refer to themselves and hold their pixels


def main() -> None:
    _known_formats()  # all imports come before the memory limit
    Image.init()
    PngImagePlugin.MAX_TEXT_CHUNK = _PNG_TEXT_BYTES
    Image.MAX_IMAGE_PIXELS = None  # check_pixels has the limit of the settings
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a codec that prints must not print into an answer
    limit_memory()
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
