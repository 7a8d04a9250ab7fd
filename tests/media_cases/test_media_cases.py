"""Files of phones, cameras, browsers and scanners are seen and heard as their owners see and hear them.

``tests/media/cases/README.md`` says what is right for each file.
"""

import re
from itertools import pairwise

import av
import numpy as np
import pytest

from tests.media_cases.conftest import CASES, case_files
from tests.media_cases.observed import Observed, Pixels, colour_at, main_colour

pytestmark = pytest.mark.slow

Cases = dict[str, Observed]

E1 = "the quick brown fox jumps over the lazy dog near the old river bridge"
E2 = "please remember to bring the yellow umbrella to the train station tomorrow morning"
REFUSED = {"encrypted_cenc.mp4"}


def share_heard(sentence: str, transcript: str) -> float:
    """Return the share of the sentence's words that the transcript has."""
    heard = set(re.findall(r"[a-z]+", transcript.lower()))
    words = set(sentence.split())
    return len(words & heard) / len(words)


def frames_of(case: Observed) -> list["av.VideoFrame"]:
    assert case.playable is not None
    with av.open(str(case.playable)) as container:
        return list(container.decode(video=0))


def pixels_of(frame: "av.VideoFrame") -> Pixels:
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def first_stored_frame(name: str) -> Pixels:
    with av.open(str(CASES / name)) as container:
        return pixels_of(next(container.decode(video=0)))


def difference(shown: Pixels, expected: Pixels) -> float:
    """Return the mean difference of two pictures, of which the second may be larger."""
    height, width = shown.shape[:2]
    rows = np.linspace(0, expected.shape[0] - 1, height).round().astype(int)
    columns = np.linspace(0, expected.shape[1] - 1, width).round().astype(int)
    return float(np.abs(shown.astype(float) - expected[rows][:, columns]).mean())


def test_every_accepted_file_completes(observed: Cases) -> None:
    assert len(observed) == len(case_files()) == 23
    failures = {
        name: (case.job["status"], case.file["failure"], [s["error_message"] for s in case.segments])
        for name, case in observed.items()
        if name not in REFUSED
        and (
            case.job["status"] != "completed"
            or not case.segments
            or {segment["segment_status"] for segment in case.segments} != {"completed"}
        )
    }
    assert failures == {}


def test_phone_turned_while_recording_gives_three_shots(observed: Cases) -> None:
    case = observed["turned_phone.webm"]
    assert [round(segment["start_time"]) for segment in case.segments] == [0, 2, 4]
    assert [main_colour(picture) for picture in case.thumbnails] == ["red", "blue", "green"]
    shapes = [(picture.shape[1], picture.shape[0]) for picture in case.thumbnails]
    assert shapes == [(320, 240), (240, 320), (320, 240)]
    assert len(frames_of(case)) > 6


@pytest.mark.parametrize("name", ["mirrored_hflip.mp4", "mirrored_rot90.mp4"])
def test_mirrored_video_is_shown_as_its_matrix_says(observed: Cases, name: str) -> None:
    case = observed[name]
    stored = first_stored_frame(name)
    expected = {
        "mirrored_hflip.mp4": stored[:, ::-1],  # x' = -x
        "mirrored_rot90.mp4": stored[::-1, ::-1].transpose(1, 0, 2),  # x' = -y, y' = -x
    }[name]
    playable = frames_of(case)[0]
    assert playable.rotation == 0
    pictures = {
        "thumbnail": case.thumbnails[0],
        "GIF": case.gif[0],
        "poster": case.poster,
        "playable": pixels_of(playable),
    }
    for what, picture in pictures.items():
        assert picture is not None
        assert picture.shape[0] / picture.shape[1] == pytest.approx(
            expected.shape[0] / expected.shape[1], abs=0.02
        )
        assert difference(picture, expected) < 40, what
    assert (case.video["width"], case.video["height"]) == (expected.shape[1], expected.shape[0])


def test_chained_file_is_heard_to_its_end(observed: Cases) -> None:
    case = observed["chained.ogg"]
    assert case.video["duration_seconds"] == pytest.approx(8.9, abs=0.3)
    early = " ".join(s["metadata"]["transcription"] for s in case.segments if s["start_time"] < 4)
    assert share_heard(E1, early) >= 0.7
    assert share_heard(E2, case.transcript) >= 0.7
    assert max(segment["end_time"] for segment in case.segments) > 8


def test_track_with_default_flag_is_heard(observed: Cases) -> None:
    case = observed["default_second_audio.mkv"]
    assert share_heard(E1, case.transcript) >= 0.7
    tracks = [stream for stream in case.video["source_streams"] if stream["kind"] == "audio"]
    assert [track["is_used"] for track in tracks] == [False, True]


def test_silent_first_track_gives_way_to_speech(observed: Cases) -> None:
    assert share_heard(E1, observed["silent_first_audio.mp4"].transcript) >= 0.7


def test_film_is_preferred_to_its_cover_track(observed: Cases) -> None:
    case = observed["two_video_tracks.mp4"]
    assert (case.video["width"], case.video["height"]) == (320, 240)
    assert case.video["duration_seconds"] == pytest.approx(9, abs=0.3)
    assert [main_colour(picture) for picture in case.thumbnails] == ["red", "blue", "green"]


def test_video_with_late_key_frame_is_a_video_with_speech(observed: Cases) -> None:
    case = observed["late_key_frame_13s.mkv"]
    assert case.video["media_type"] == "video"
    assert case.video["duration_seconds"] == pytest.approx(33, abs=1)
    assert share_heard("the quick brown fox", case.transcript) >= 0.7
    assert case.thumbnails


def test_hdr_video_is_shown_in_sdr(observed: Cases) -> None:
    case = observed["hdr_pq.mov"]
    (first, *_) = frames_of(case)
    assert (first.color_primaries, first.color_trc, first.colorspace) == (1, 1, 1)
    pictures = [case.thumbnails[0], case.poster, pixels_of(first)]
    for picture in pictures:
        assert picture is not None
        white, yellow, blue = (colour_at(picture, x, 0.2) for x in (0.18, 0.28, 0.82))
        assert all(170 <= value <= 215 for value in white), white
        assert min(yellow[:2]) > yellow[2] + 80, yellow
        assert blue[2] > max(blue[:2]) + 80, blue


def test_full_range_video_keeps_its_tones(observed: Cases) -> None:
    first, *_ = frames_of(observed["mjpeg_full_range.avi"])
    shown = pixels_of(first)
    bars = [colour_at(shown, (bar + 0.5) / 16, 0.25)[1] for bar in range(16)]
    assert bars[1] == pytest.approx(17, abs=5)
    assert bars[14] == pytest.approx(238, abs=5)
    assert all(later - earlier > 9 for earlier, later in pairwise(bars)), bars


def test_embedded_profile_of_photograph_is_applied(observed: Cases) -> None:
    case = observed["icc_swapped.jpg"]
    for picture in (case.thumbnails[0], case.poster):
        assert picture is not None
        sky, ground = colour_at(picture, 0.2, 0.45), colour_at(picture, 0.2, 0.9)
        assert sky[2] > sky[0] + 40, sky
        assert ground[0] > ground[2] + 40, ground


def test_bright_picture_of_16_bits_is_bright(observed: Cases) -> None:
    case = observed["gray16_flat_bright.png"]
    for picture in (case.thumbnails[0], case.poster):
        assert picture is not None
        assert colour_at(picture, 0.5, 0.5) == pytest.approx((233, 233, 233), abs=4)


def test_poster_and_preview_of_fading_video_show_something(observed: Cases) -> None:
    case = observed["fade_in_one_keyframe.mp4"]
    assert case.poster is not None
    for picture in (case.poster, case.thumbnails[0], case.gif[-1]):
        assert picture.mean() > 30
        assert picture.std() > 6


@pytest.mark.parametrize("name", ["opposite_phase.mp3", "cover_plain_stream.m4a"])
def test_speech_of_audio_file_is_heard(observed: Cases, name: str) -> None:
    case = observed[name]
    assert case.video["media_type"] == "audio"
    assert share_heard(E1, case.transcript) >= 0.7


def test_audio_that_starts_inside_a_frame_is_heard(observed: Cases) -> None:
    case = observed["starts_mid_frame.mp3"]
    assert case.video["media_type"] == "audio"
    assert share_heard("over the lazy dog near the old river bridge", case.transcript) >= 0.6


def test_lines_of_tall_picture_are_read_in_order(observed: Cases) -> None:
    lines = observed["tall_screenshot_1080x20000.png"].text
    numbers = [int(number) for number in re.findall(r"Line (\d+)", lines)]
    in_order = list(dict.fromkeys(numbers))
    assert len(set(numbers)) >= 160
    assert sum(a < b for a, b in pairwise(in_order)) >= 0.98 * (len(in_order) - 1)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("bigtiff.tif", ["HARBOUR SALE"]),
        ("pages3.tif", ["HARBOUR SALE", "PAGE TWO", "PAGE THREE"]),
        ("white_on_transparent.png", ["WHITE LOGO"]),
    ],
)
def test_text_of_picture_is_read(observed: Cases, name: str, texts: list[str]) -> None:
    read = observed[name].text.upper().replace(" ", "")
    assert [text for text in texts if text.replace(" ", "") not in read] == []


def test_white_logo_is_visible_on_thumbnail(observed: Cases) -> None:
    assert observed["white_on_transparent.png"].thumbnails[0].std() > 20


def test_unreadable_script_is_a_warning(observed: Cases) -> None:
    case = observed["text_russian.png"]
    assert "could not be read" in case.warnings


def test_large_picture_with_transparency_is_imported(observed: Cases) -> None:
    case = observed["rgba_99mpx.png"]
    assert case.video["width"] * case.video["height"] > 90_000_000
    assert case.thumbnails


def test_encrypted_file_is_refused_as_encrypted(observed: Cases) -> None:
    case = observed["encrypted_cenc.mp4"]
    assert case.job["status"] == "failed"
    assert "encrypted" in case.file["failure"]["message"]
    assert "encrypted" in case.job["error_message"]
