"""Audio tracks of the playable file: the sound that is heard, then the streams that are kept."""

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Disposition

from shared.domain.media import StreamKind
from shared.media.decode.stream_choice import language_of, title_of
from shared.media.derive.tracks import CopiedTrack, EncodedAudio, Track
from shared.media.inspect.browser_support import audio_fits_mp4
from shared.media.inspect.properties import Probe


def audio_tracks(
    container: InputContainer, out: OutputContainer, probe: Probe, is_webm: bool, start: float, end: float
) -> dict[int, Track]:
    """Add the audio tracks, and return them by the indexes of their source streams. The first is the default.

    ``start`` and ``end`` are in seconds of the container's clock.
    """
    # A copy needs presentation times, and AVI has none.
    may_copy = probe.container != "avi" and probe.is_continuous and not probe.must_encode_audio
    tracks: dict[int, Track] = {}
    groups = _sources(container, probe)
    for number, sources in enumerate(groups):
        codec = sources[0].codec_context.codec.canonical_name
        track: Track
        if len(sources) == 1 and (is_webm or (may_copy and audio_fits_mp4(codec))):
            track = CopiedTrack(out, sources[0], start, end)
        else:
            track = EncodedAudio(out, sources, start, end)
        out.streams[-1].disposition = Disposition(0) if number else Disposition.default
        if len(groups) > 1:
            _label(out, sources[0], number)
        tracks |= {source.index: track for source in sources}
    return tracks


def kept_audio_codecs(probe: Probe) -> list[str | None]:
    """Return the codecs of the streams that become audio tracks."""
    return [s.codec for s in probe.streams if s.is_kept and s.kind is StreamKind.AUDIO]


def is_mixed(probe: Probe) -> bool:
    """Return whether the sound is the mix of several streams."""
    return sum(stream.is_used and stream.kind is StreamKind.AUDIO for stream in probe.streams) > 1


def _sources(container: InputContainer, probe: Probe) -> list[tuple[AudioStream, ...]]:
    """Return the sources of each audio track: those of the content first, then each kept stream."""
    if not probe.has_audio:
        return []
    kept = {s.index for s in probe.streams if s.is_kept and not s.is_used}
    used = {s.index for s in probe.streams if s.is_used}
    content = tuple(s for s in container.streams.audio if s.index in used)
    return [content, *((s,) for s in container.streams.audio if s.index in kept)]


def _label(out: OutputContainer, source: AudioStream, number: int) -> None:
    """Set language and name of the track that was added last.

    Each name is different, so that nobody takes the tracks for the microphones of one recording.
    """
    track = out.streams[-1]
    if language := language_of(source):
        track.metadata["language"] = language
    name = f"{number + 1}. {title_of(source) or 'Audio'}"
    track.metadata["title"] = track.metadata["handler_name"] = name
