"""The reason why nothing of a container can be decoded, in words for the owner of the file."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from av.container import InputContainer
from av.stream import Stream

from shared.domain.errors import UnsupportedMedia
from shared.media.inspect.formats.riff import riff_codecs
from shared.media.inspect.mp4_boxes import sample_entries

_MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_MATROSKA: Final = "matroska,webm"
_HEAD_BYTES: Final = 1 << 20
_TRANSPORT_PACKET: Final = 188

_CODEC_ID: Final = re.compile(rb"\x86([\x84-\xaa])(?=([VA]_[A-Z0-9/_.]{2,40}))")
"""An element CodecID of Matroska (RFC 9559, 5.1.4.1.22): its length, and its value with what may follow."""

_CONTENT_ENCRYPTION: Final = re.compile(rb"\x62\x40.{1,64}?\x50\x35", re.DOTALL)
"""An element ContentEncoding of Matroska that contains ContentEncryption (RFC 9559, 5.1.4.1.31.8)."""


def refuse_protected(path: Path, container: InputContainer) -> None:
    """Check that no track is encrypted. Decoders make noise of encrypted frames instead of failing.

    Raises: UnsupportedMedia: ``media_encrypted``.
    """
    has_key_id = any("enc_key_id" in stream.metadata for stream in container.streams)
    is_protected = container.format.name == _MOV and any(e.is_protected for e in sample_entries(path))
    if has_key_id or is_protected:
        raise _encrypted()


def undecodable(path: Path, container: InputContainer) -> UnsupportedMedia:
    """Return the error for a container of which nothing can be decoded."""
    streams = [*container.streams.video, *container.streams.audio]
    if not streams:
        return UnsupportedMedia(
            "The file has neither a video stream nor an audio stream.", code="media_has_no_streams"
        )
    if _is_encrypted(path, container):
        return _encrypted()
    if unknown := [stream for stream in streams if stream.codec_context is None]:
        names = _enumeration(sorted({codec_name(path, container, stream) for stream in unknown}))
        return UnsupportedMedia(
            f"The file is coded with {names}, which the server cannot decode. Convert it, for example to "
            "H.264 and AAC in an MP4, and send it again.",
            code="unsupported_codec",
        )
    names = _enumeration(sorted({stream.codec_context.codec.canonical_name for stream in streams}))
    return UnsupportedMedia(
        f"Nothing of the content ({names}) can be decoded. The file is damaged or cut off.",
        code="media_undecodable",
    )


def codec_name(path: Path, container: InputContainer, stream: Stream) -> str:
    """Return the codec's name. For a codec without a decoder it is the container's code."""
    if getattr(stream, "codec_context", None) is not None:
        return stream.codec_context.codec.canonical_name
    codes: list[str] = []
    if container.format.name == _MOV:
        codes = [entry.format for entry in sample_entries(path)]
    elif container.format.name == _MATROSKA:
        found = _CODEC_ID.findall(_head(path))
        codes = [value[: length[0] & 0x7F].decode("ascii") for length, value in found]
    elif container.format.name in ("avi", "wav"):
        codes = riff_codecs(_head(path))
    return codes[stream.index] if stream.index < len(codes) and codes[stream.index] else "an unknown codec"


def _is_encrypted(path: Path, container: InputContainer) -> bool:
    head = _head(path)
    if container.format.name == _MATROSKA:
        return _CONTENT_ENCRYPTION.search(head) is not None
    return container.format.name == "mpegts" and _is_scrambled(head)


def _is_scrambled(head: bytes) -> bool:
    """Return whether most packets carry scrambled payload (ISO/IEC 13818-1, 2.4.3.2)."""
    start = head.find(b"G")
    step = next((n for n in (_TRANSPORT_PACKET, 192, 204) if head[start + n : start + n + 1] == b"G"), 0)
    if start < 0 or not step:
        return False
    controls = [head[at + 3] >> 6 for at in range(start, len(head) - 4, step) if head[at] == 0x47]
    return sum(control >= 2 for control in controls) > len(controls) / 2


def _encrypted() -> UnsupportedMedia:
    return UnsupportedMedia(
        "The file is encrypted or protected by DRM. Send a file without protection.", code="media_encrypted"
    )


def _enumeration(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)
