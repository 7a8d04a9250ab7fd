"""A broken medium ends as a failed import with a reason, and leaves nothing else."""

import io
import json
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient

from tests.robustness.answers import error_of, stored_state
from tests.robustness.conftest import Tenants
from tests.robustness.tenant_archive import run_queued_jobs
from tests.unit.media.samples import make_video

pytestmark = pytest.mark.slow


def _zip(_folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "not a film")
    return content.getvalue()


def _film(folder: Path) -> bytes:
    return make_video(folder / "whole.mp4", seconds=3.0, keyframes=4).read_bytes()


def _fast_start(folder: Path) -> bytes:
    path = make_video(folder / "fast.mp4", seconds=3.0, options={"movflags": "faststart"})
    return path.read_bytes()


def _sound_without_samples(_folder: Path) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
    return content.getvalue()


BROKEN_MEDIA: Final[dict[str, tuple[str, Callable[[Path], bytes]]]] = {
    "an empty file": ("empty.mp4", lambda _: b""),
    "a single byte": ("byte.mp4", lambda _: b"a"),
    "text": ("text.mp4", lambda _: b"This is no film.\n" * 100),
    "a web page": ("page.mp4", lambda _: b"<!doctype html><script>alert(1)</script>" * 50),
    "zeros": ("zeros.mkv", lambda _: bytes(100_000)),
    "an archive that is called a film": ("film.mp4", _zip),
    "an archive": ("files.zip", _zip),
    "a program": ("program.exe", lambda _: b"MZ\x90\x00" + bytes(5000)),
    "a film without its end, where the index is": ("cut.mp4", lambda folder: _film(folder)[:-2000]),
    "a film of its index alone": ("index.mp4", lambda folder: _only_moov(_fast_start(folder))),
    "the head of a picture": ("head.png", lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "the head of a photograph": ("head.jpg", lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    "a sound without a sample": ("silent.wav", _sound_without_samples),
    "a playlist that names a file here": ("list.m3u8", lambda _: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"),
    "a list of files": ("list.mp4", lambda _: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "a drawing": ("drawing.svg", lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
}


def _only_moov(content: bytes) -> bytes:
    """Return everything before the media data."""
    return content[: content.index(b"mdat") - 4]


@pytest.mark.parametrize("kind", BROKEN_MEDIA)
def test_broken_medium_fails_import_with_reason(
    client: TestClient, tenants: Tenants, tmp_path: Path, kind: str
) -> None:
    name, content = BROKEN_MEDIA[kind]
    run_queued_jobs(tenants.runtime)  # jobs that earlier tests left in the queue
    _, blobs_before, _ = stored_state(tenants)
    media_before = client.get("/playground/videos").json()
    answer = client.post(
        "/videos/upload", data={"title": "Broken"}, files={"file": (name, content(tmp_path))}
    )
    if answer.status_code != 202:
        assert answer.status_code in (415, 422), answer.text
        assert error_of(answer)["message"]
        return
    run_queued_jobs(tenants.runtime)
    job = client.get(f"/import-jobs/{answer.json()['job_id']}").json()
    assert (job["status"], job["video_ids"]) == ("failed", []), job
    (failed,) = job["failed_files"]
    assert failed["failure"]["retryable"] is False
    message = failed["failure"]["message"]
    print(f"{kind}: {failed['failure']['code']}: {message}")
    assert 20 <= len(message) <= 300
    assert job["error_message"]
    for detail in (str(tenants.runtime.settings.data_folder), "Errno", "Traceback", "avformat"):
        assert detail not in json.dumps(job)
    _, blobs, scratch = stored_state(tenants)
    assert blobs == blobs_before
    assert not [path for path in scratch if not path.endswith("lock")]
    assert client.get("/playground/videos").json()["data"] == media_before["data"]
