"""What a client sees of an imported file: records, pictures and the playable file."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from shared.cli.demo.server import Address
from tests.waiting import HANG_TIMEOUT

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, repr=False)
class Observed:
    """One file after its import and its run.

    ``thumbnails`` has one picture a segment, ``gif`` the frames of the first segment's preview. All of them
    are height x width x 3. ``playable`` is None if the import failed.
    """

    job: dict[str, Any]
    file: dict[str, Any]
    video: dict[str, Any]
    segments: list[dict[str, Any]]
    poster: Pixels | None
    thumbnails: list[Pixels]
    gif: list[Pixels]
    playable: Path | None

    @property
    def transcript(self) -> str:
        return " ".join(segment["metadata"].get("transcription", "") for segment in self.segments)

    @property
    def text(self) -> str:
        return "\n".join(segment["metadata_text"] or "" for segment in self.segments)

    @property
    def warnings(self) -> str:
        said = [warning["message"] for warning in self.video["warnings"]]
        said += [segment["processing_warning"] or "" for segment in self.segments]
        return "\n".join(said)


def colour_at(picture: Pixels, x: float, y: float) -> tuple[int, int, int]:
    """Return the mean colour around a point, given as fractions of the picture's width and height."""
    height, width = picture.shape[:2]
    row, column = round(y * (height - 1)), round(x * (width - 1))
    around = picture[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3].reshape(-1, 3)
    red, green, blue = (round(float(value)) for value in around.mean(axis=0))
    return red, green, blue


def main_colour(picture: Pixels) -> str:
    """Return the name of the channel that is strongest in the middle of the picture."""
    colour = colour_at(picture, 0.5, 0.5)
    return ("red", "green", "blue")[colour.index(max(colour))]


def observe(address: Address, job_id: str, run_id: str, folder: Path) -> Observed:
    with httpx.Client(
        base_url=address.base_url, headers={"X-API-Key": address.api_key}, timeout=HANG_TIMEOUT
    ) as client:
        job = client.get(f"/import-jobs/{job_id}").json()
        (file,) = client.get(f"/import-jobs/{job_id}/files").json()["items"]
        if not job["video_ids"]:
            return Observed(job, file, {"warnings": []}, [], None, [], [], None)
        (video_id,) = job["video_ids"]
        (video,) = client.post("/videos/batch", json={"video_ids": [video_id]}).json()
        segments = _segments(client, video_id, run_id)
        playable = folder / f"{video_id}.playable"
        playable.write_bytes(_linked(client, video["video_uri"]))
        return Observed(
            job,
            file,
            video,
            segments,
            _picture(base64.b64decode(video["first_thumbnail"])),
            [_picture(_downloaded(s["thumbnail_uri"])) for s in segments if s["thumbnail_uri"]],
            _frames(_downloaded(segments[0]["gif_uri"])) if segments else [],
            playable,
        )


def _segments(client: httpx.Client, video_id: str, run_id: str) -> list[dict[str, Any]]:
    page = client.get(f"/videos/{video_id}/segments", params={"run_id": run_id, "limit": 100}).json()
    segments: list[dict[str, Any]] = page["data"]
    return segments


def _linked(client: httpx.Client, uri: str) -> bytes:
    signed = client.post("/videos/signed-url", json={"gcs_uri": uri}).json()
    return _downloaded(signed["signed_url"])


def _downloaded(link: str) -> bytes:
    return httpx.get(link, timeout=HANG_TIMEOUT).raise_for_status().content


def _picture(content: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def _frames(content: bytes) -> list[Pixels]:
    with Image.open(io.BytesIO(content)) as image:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
