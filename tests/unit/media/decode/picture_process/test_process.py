"""The process that decodes pictures: answers, limits, restart."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.picture_process.messages import Request
from shared.media.decode.picture_process.process import PictureProcess
from shared.media.decode.pictures.fit import Fit
from tests.unit.media.decode.pictures.decoding import LIMIT, encoded, noise, quarters
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

CASES: Final = Path(__file__).parents[4] / "media" / "cases"


@pytest.fixture
def process() -> Iterator[PictureProcess]:
    started = PictureProcess()
    yield started
    started.close()


def request(path: Path, fit: Fit | None = None, limit: int = LIMIT) -> Request:
    return Request(path=str(path), fit=fit or Fit(), max_pixels=limit)


def test_pixels_follow_the_answer(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    answer, pixels = process.decode(request(path, Fit(width=40)))
    assert (answer.width, answer.height) == (80, 60)
    assert (answer.pixel_width, answer.pixel_height, len(pixels)) == (40, 30, 3600)
    assert tuple(pixels[:3]) == (200, 40, 40)


def test_changed_file_is_decoded_again(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.bmp"
    for colour in ("red", "blue"):
        path.unlink(missing_ok=True)
        Image.new("RGB", (20, 20), colour).save(path)
        _, pixels = process.decode(request(path))
        assert tuple(pixels[:3]) == ((255, 0, 0) if colour == "red" else (0, 0, 255))


def test_kept_picture_still_obeys_pixel_limit(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    process.decode(request(path))
    with pytest.raises(UnsupportedMedia, match="80 x 60") as raised:
        process.decode(request(path, limit=100))
    assert raised.value.code == "picture_too_large"


def test_ended_process_is_restarted(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    process.decode(request(path))
    running = process._process
    assert running is not None
    running.kill()
    wait_until(lambda: running.poll() is not None)
    assert process.decode(request(path))[0].width == 80


def waiting_bytes(process: subprocess.Popen[bytes]) -> int:
    """Return the number of bytes in the pipe to the process."""
    assert process.stdin is not None
    return int.from_bytes(fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)), sys.byteorder)


@contextmanager
def ended_while_decoding(process: PictureProcess, path: Path, ending: signal.Signals) -> Iterator[None]:
    """End the process with the next request."""
    process.decode(request(path))
    running = process._process
    assert running is not None
    os.kill(running.pid, signal.SIGSTOP)
    os.waitpid(running.pid, os.WUNTRACED)  # before it stops, it could still read the request

    def end_with_request_waiting() -> None:
        wait_until(lambda: waiting_bytes(running) > 0)
        os.kill(running.pid, ending)
        os.kill(running.pid, signal.SIGCONT)

    thread = threading.Thread(target=end_with_request_waiting)
    thread.start()
    yield
    thread.join()


@pytest.mark.parametrize(
    ("ending", "code"), [(signal.SIGXCPU, "picture_too_large"), (signal.SIGSEGV, "media_undecodable")]
)
def test_end_while_decoding_is_reported(
    process: PictureProcess, tmp_path: Path, ending: signal.Signals, code: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    with ended_while_decoding(process, path, ending), pytest.raises(UnsupportedMedia) as raised:
        process.decode(request(path))
    assert raised.value.code == code
    assert process.decode(request(path))[0].width == 80


def test_request_of_killed_process_is_sent_again(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    with ended_while_decoding(process, path, signal.SIGKILL):
        assert process.decode(request(path))[0].width == 80


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit processor time")
def test_picture_beyond_processor_time_is_refused(process: PictureProcess, tmp_path: Path) -> None:
    """Pillow joins the EXIF segments of a JPEG file in quadratic time: these take it minutes."""
    path = tmp_path / "a.jpg"
    picture = encoded(quarters(), "JPEG")
    path.write_bytes(picture[:2] + b"\xff\xe1\0\x09Exif\0\0x" * 1_500_000 + picture[2:])
    with pytest.raises(UnsupportedMedia, match="1 s of processor time") as raised:
        process.decode(request(path).model_copy(update={"processor_seconds": 1}))
    assert raised.value.code == "picture_too_large"


def test_process_gets_no_secrets(
    process: PictureProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG"))
    process.decode(request(path))
    running = process._process
    assert running is not None
    environment = Path(f"/proc/{running.pid}/environ")
    if not environment.exists():
        pytest.skip("the platform does not show environments")
    assert b"AWS_SECRET_ACCESS_KEY" not in environment.read_bytes()


def test_large_profile_of_png_file_is_accepted(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(quarters(), "PNG", icc_profile=bytes(3_000_000)))
    assert process.decode(request(path))[0].width == 80


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_process_has_memory_limit(process: PictureProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(Image.fromarray(noise(10, 10)), "PNG"))
    process.decode(request(path))
    running = process._process
    assert running is not None
    limits = Path(f"/proc/{running.pid}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max address space")]
    assert int(line.split()[3]) < 4 * 2**30


_IMPORT: Final = """
import sys, threading
from pathlib import Path
from shared.media.decode.still_image import decode_image, measure_image, KEY_FRAME, READING
from shared.media.derive.poster import poster
from shared.media.inspect.probe import probe

def resident():
    pids = ["self", *Path("/proc/thread-self/children").read_text().split()]
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * 4096

small, large = map(Path, sys.argv[1:])
measure_image(small)
before = resident()
done = threading.Event()
failures = []

def work():
    try:
        poster(large, probe(large))
        decode_image(large, KEY_FRAME)
        decode_image(large, READING)
    except BaseException as error:
        failures.append(error)
    finally:
        done.set()

threading.Thread(target=work).start()
peak = before
while not done.wait(0.01):
    peak = max(peak, resident())
assert not failures, failures
print((peak - before) // 2**20)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_picture_of_99_megapixels_takes_less_than_400_mib() -> None:
    """The server and its decoding process together. Decoded at once, the picture takes 400 MB as RGBA."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(CASES / "icc_swapped.jpg"), str(CASES / "rgba_99mpx.png")],
        capture_output=True,
        text=True,
        timeout=HANG_TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 400
