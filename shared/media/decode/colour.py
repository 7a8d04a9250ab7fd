"""The colours of video frames: what their numbers mean, and their conversion to RGB for SDR displays.

A stream states matrix, range, transfer and primaries by code points (ITU-T H.273). Where it states nothing,
the rules of players apply: the BT.709 matrix from 720 lines, BT.601 below; limited range; BT.709 primaries.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc, Interpolation, VideoReformatter

from shared.media.decode.still_image import RgbImage
from shared.media.decode.tone_mapping import Gamut, Transfer, to_sdr

BT709: Final = 1
"""Code point of BT.709 for matrix, transfer and primaries."""

_IDENTITY: Final = 0
_UNSPECIFIED: Final = 2
_BT2020: Final = 9
_BT2020_CONSTANT_LUMINANCE: Final = 10
_ACCURATE_ROUNDING: Final = 0x40000  # SWS_ACCURATE_RND
_FULL_CHROMA: Final = 0x2000  # SWS_FULL_CHR_H_INT
_INTERPOLATION: Final = Interpolation.AREA | _ACCURATE_ROUNDING | _FULL_CHROMA
"""Without the two flags, FFmpeg shows white as 253 of 255."""

_HD_LINES: Final = 720

_MATRICES: Final = {
    BT709: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    _BT2020: "bt2020nc",
}
_SMPTE170M: Final = 6
_TRANSFERS: Final[dict[int, Transfer]] = {
    ColorTrc.SMPTE2084: Transfer.PQ,
    ColorTrc.ARIB_STD_B67: Transfer.HLG,
    ColorTrc.LINEAR: Transfer.LINEAR,
}
_GAMUTS: Final[dict[int, Gamut]] = {
    ColorPrimaries.BT2020: Gamut.BT2020,
    ColorPrimaries.SMPTE431: Gamut.P3,
    ColorPrimaries.SMPTE432: Gamut.P3,
}


class Encoding(Enum):
    """The kind of the numbers of a pixel."""

    RGB = auto()
    GREY = auto()
    YUV = auto()


@dataclass(frozen=True, slots=True)
class Colour:
    """The meaning of a frame's numbers, with nothing unspecified.

    ``matrix`` is the H.273 code point of the matrix: 0 for RGB, 2 for grey.
    """

    encoding: Encoding
    matrix: int
    full_range: bool
    transfer: Transfer
    gamut: Gamut

    @staticmethod
    def of(frame: VideoFrame) -> "Colour":
        transfer = _TRANSFERS.get(frame.color_trc, Transfer.SDR)
        encoding = _encoding(frame)
        matrix = _matrix(frame, encoding)
        is_wide = frame.color_primaries == _UNSPECIFIED and (matrix == _BT2020 or transfer.is_hdr)
        gamut = Gamut.BT2020 if is_wide else _GAMUTS.get(frame.color_primaries, Gamut.BT709)
        full = encoding is not Encoding.YUV or frame.format.name.startswith("yuvj")
        stated = frame.color_range if encoding is not Encoding.RGB else ColorRange.JPEG
        return Colour(encoding, matrix, stated == ColorRange.JPEG or (full and stated == 0), transfer, gamut)

    @property
    def needs_mapping(self) -> bool:
        """Whether the colours differ from those of an SDR display by more than matrix and range."""
        return self.transfer is not Transfer.SDR or self.gamut is not Gamut.BT709

    @property
    def matrix_name(self) -> str:
        """FFmpeg's name of the matrix."""
        return _MATRICES.get(self.matrix, "bt709")

    def state(self, frame: VideoFrame) -> None:
        """State matrix and range on the frame, so that the scaler need not guess them."""
        frame.color_range = ColorRange.JPEG if self.full_range else ColorRange.MPEG
        frame.colorspace = self.matrix


def to_rgb(reformatter: VideoReformatter, frame: VideoFrame, width: int, height: int) -> RgbImage:
    """Return the frame's pixels in ``width`` x ``height`` as an SDR display shows them.

    The frame is scaled before HDR or a wide gamut is mapped, because mapping is the slower step.
    """
    colour = Colour.of(frame)
    colour.state(frame)
    pixel_format = "gbrpf32le" if colour.needs_mapping else "rgb24"
    scaled = reformatter.reformat(
        frame, width, height, pixel_format, interpolation=_INTERPOLATION, dst_color_range=ColorRange.JPEG
    )
    pixels = scaled.to_ndarray()
    if not colour.needs_mapping:
        return np.asarray(pixels, dtype=np.uint8)
    encoded = np.clip(np.asarray(pixels, dtype=np.float32), 0.0, 1.0)
    return np.asarray(np.rint(to_sdr(encoded, colour.transfer, colour.gamut) * 255), dtype=np.uint8)


def _matrix(frame: VideoFrame, encoding: Encoding) -> int:
    if encoding is not Encoding.YUV:
        return _IDENTITY if encoding is Encoding.RGB else _UNSPECIFIED
    if frame.colorspace in _MATRICES:
        return frame.colorspace
    if frame.colorspace == _BT2020_CONSTANT_LUMINANCE or frame.color_primaries == ColorPrimaries.BT2020:
        return _BT2020
    return BT709 if frame.height >= _HD_LINES else _SMPTE170M


def _encoding(frame: VideoFrame) -> Encoding:
    if frame.format.is_rgb or frame.format.has_palette:
        return Encoding.RGB
    return Encoding.GREY if len(frame.format.components) < 3 else Encoding.YUV
