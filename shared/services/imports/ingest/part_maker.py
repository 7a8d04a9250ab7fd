"""Conversion of source parts into media: playable copy, poster, preview."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.domain import blob_keys
from shared.domain.clock import timestamp
from shared.domain.imports.import_job import ImportJob, ImportOutput
from shared.domain.media import Media, MediaType
from shared.media.derive.playback import Playable, make_playable, plan_cuts
from shared.media.derive.poster import poster
from shared.media.derive.preview import media_preview
from shared.media.inspect.probe import probe
from shared.media.inspect.properties import Probe
from shared.ports.blobs import Blobs
from shared.ports.jobs import Interrupted
from shared.services.imports.limits import ImportLimits

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A source as a local file, with the result of its probe."""

    path: Path
    probe: Probe
    file_name: str


class PartMaker:
    """Makes one medium of each part of a source."""

    def __init__(self, blobs: Blobs, limits: ImportLimits) -> None:
        self._blobs = blobs
        self._limits = limits

    def inspect(self, path: Path, file_name: str) -> Source:
        """Probe a source. Raises: UnsupportedMedia."""
        return Source(path, self._probe(path), file_name)

    def plan(self, source: Source) -> list[tuple[float, float]]:
        """Return the start and end of each part in seconds. Only video is split."""
        if source.probe.media_type is MediaType.VIDEO:
            return plan_cuts(source.path, source.probe, self._limits.max_part_seconds)
        return [(0.0, source.probe.duration_seconds or 0.0)]

    def make(
        self, job: ImportJob, source: Source, output: ImportOutput, stopping: Callable[[], bool]
    ) -> Media:
        """Store the files of a part's medium and return the medium, which the caller registers.

        A second call replaces the files of the first.

        Raises:
            UnsupportedMedia: the part cannot be decoded.
            OSError: for example, the disk is full.
            Interrupted: the server is stopping.
        """

        def progress(_share: float) -> None:
            if stopping():
                raise Interrupted
            self._blobs.require_room()

        with ExitStack() as cleanup:
            path = self._blobs.scratch_file()
            cleanup.callback(path.unlink, missing_ok=True)
            playable = make_playable(
                source.path,
                source.probe,
                path,
                start=output.source_start_seconds,
                end=output.source_end_seconds,
                progress=progress,
            )
            probed = source.probe if playable.unchanged else self._probe(path)
            media = _described(job, source, output, path, playable, probed)
            self._store_pictures(media, path, probed)
            self._blobs.adopt(media.playback_key, path, media.playback_type)
            return media

    def _probe(self, path: Path) -> Probe:
        return probe(
            path,
            max_audio_seconds=self._limits.max_audio_seconds,
            max_pixels=self._limits.max_picture_pixels,
        )

    def _store_pictures(self, media: Media, path: Path, probed: Probe) -> None:
        folder = blob_keys.media_folder(media.tenant_id, media.media_id)
        media.poster_key = f"{folder}poster.jpg"
        self._blobs.write(media.poster_key, poster(path, probed), "image/jpeg")
        media.preview_key = f"{folder}preview.gif"
        self._blobs.write(media.preview_key, media_preview(path, probed), "image/gif")


def _described(
    job: ImportJob, source: Source, output: ImportOutput, path: Path, playable: Playable, probed: Probe
) -> Media:
    """Build the medium of a part. ``path`` is the playable copy, ``probed`` the result of its probe."""
    folder = blob_keys.media_folder(job.tenant_id, output.media_id)
    return Media(
        media_id=output.media_id,
        tenant_id=job.tenant_id,
        user_id=job.user_id,
        index_id=job.index_id,
        title=output.title,
        file_name=source.file_name,
        media_type=source.probe.media_type,
        content_hash=_sha256(path),
        playback_key=f"{folder}playback{playable.suffix}",
        playback_type=playable.content_type,
        duration_seconds=playable.duration_seconds,
        width=probed.width,
        height=probed.height,
        frame_rate=probed.frame_rate,
        has_audio=probed.has_audio,
        size_bytes=path.stat().st_size,
        import_job_id=job.job_id,
        source_ordinal=output.source_ordinal,
        part_index=output.part_index,
        part_count=output.part_count,
        source_start=output.source_start_seconds,
        source_end=output.source_end_seconds,
        source_streams=list(source.probe.streams),
        warnings=list(source.probe.warnings),
        created_at=timestamp(),
        updated_at=timestamp(),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
