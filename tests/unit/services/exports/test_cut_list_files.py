"""Cut lists, read back by OpenTimelineIO and by parsers of their own."""

import csv
import io
import re
from fractions import Fraction
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.editing.cut_list import Cut, CutListOptions, cut_list
from shared.domain.editing.frame_rate import NAMED_RATES
from shared.domain.errors import InvalidRequest
from shared.domain.media import Media, MediaType
from shared.services.exports.cut_lists.edl import edl
from shared.services.exports.cut_lists.fcpxml import fcpxml
from shared.services.exports.cut_lists.otio import otio as timeline
from shared.services.exports.cut_lists.spreadsheet import COLUMNS, spreadsheet

_EVENT = re.compile(
    r"(\d{3})  (\S{1,8}) +(V|AA|AA/V) +C +(\S{11}) (\S{11}) (\S{11}) (\S{11})\n"
    r"\* FROM CLIP NAME: (.+)\n\* SOURCE FILE: (.+)\n"
)


def medium(
    identifier: str = "vid_a",
    *,
    rate: float | None = 25.0,
    duration: float | None = 60.0,
    title: str = "Film A",
    kind: MediaType = MediaType.VIDEO,
    audio: bool = True,
    **further: Any,
) -> Media:
    return Media(
        media_id=identifier,
        tenant_id="t",
        user_id="u",
        index_id=None,
        title=title,
        file_name=f"{title}.mov",
        media_type=kind,
        content_hash="h",
        playback_key="k",
        playback_type="video/mp4",
        duration_seconds=duration,
        width=1920,
        height=1080,
        frame_rate=rate,
        has_audio=audio,
        created_at="",
        updated_at="",
        **further,
    )


def build(*cuts: Cut, media: list[Media] | None = None, **options: Any) -> Any:
    found = media or [medium()]
    return cut_list(cuts, {each.media_id: each for each in found}, CutListOptions(**options))


def test_edl_has_times_of_source_and_record() -> None:
    text = edl(build(Cut("vid_a", 1.0, 2.0, "Hello"), Cut("vid_a", 10.0, 12.48), title="My list"))
    assert text.startswith("TITLE: My list\nFCM: NON-DROP FRAME\n\n001  FILM_A   AA/V  C        00:00:01:00 ")
    found = [match.groups() for match in _EVENT.finditer(text)]
    assert found == [
        (
            "001",
            "FILM_A",
            "AA/V",
            "00:00:01:00",
            "00:00:02:00",
            "01:00:00:00",
            "01:00:01:00",
            "Hello",
            "Film A.mov",
        ),
        (
            "002",
            "FILM_A",
            "AA/V",
            "00:00:10:00",
            "00:00:12:12",
            "01:00:01:00",
            "01:00:03:12",
            "Film A",
            "Film A.mov",
        ),
    ]


def test_edl_at_29_97_counts_drop_frame() -> None:
    media = [medium(rate=29.97, duration=4000.0)]
    text = edl(build(Cut("vid_a", 3600.0, 3602.0), media=media))
    assert "FCM: DROP FRAME\n" in text
    # 3,600 s are 107,892 frames, which drop-frame timecode counts as one hour.
    assert "01:00:00;00 01:00:02;00 01:00:00;00 01:00:02;00" in text
    plain = edl(build(Cut("vid_a", 3600.0, 3602.0), media=media, drop_frame=False))
    assert "FCM: NON-DROP FRAME\n" in plain
    assert "00:59:56:12 00:59:58:12 01:00:00:00 01:00:02:00" in plain


@pytest.mark.parametrize(
    ("rate", "measured"), [("24", 24.0), ("25", 25.0), ("29.97", 29.97), ("59.94", 59.94)]
)
def test_edl_is_read_back_by_opentimelineio(rate: str, measured: float) -> None:
    cuts = build(
        Cut("vid_a", 59.5, 61.25, "One"),
        Cut("vid_a", 70.0, 75.0, "Two"),
        media=[medium(rate=measured, duration=99)],
    )
    exact = float(NAMED_RATES[rate].exact)
    read = otio.adapters.read_from_string(edl(cuts), "cmx_3600", rate=exact)
    track = read.video_tracks()[0]
    assert [clip.name for clip in track] == ["One", "Two"]
    for clip, event in zip(track, cuts.events, strict=True):
        assert clip.source_range.start_time.to_frames() == event.source_in
        assert clip.source_range.duration.to_frames() == event.length


def test_otio_is_read_back_with_video_and_audio() -> None:
    media = [medium(rate=23.976), medium("vid_b", title="B ä", rate=23.976, audio=False)]
    cuts = build(Cut("vid_a", 1.0, 2.0, "One"), Cut("vid_b", 3.0, 4.5), media=media, title="T")
    read = otio.adapters.read_from_string(timeline(cuts), "otio_json")
    assert read.name == "T"
    assert read.global_start_time == otio.opentime.RationalTime(86_400, 24_000 / 1001)
    (video,), (audio,) = read.video_tracks(), read.audio_tracks()
    assert [type(item).__name__ for item in audio] == ["Clip", "Gap"]
    assert [clip.name for clip in video] == ["One", "B ä"]
    assert unquote(video[1].media_reference.target_url) == "B ä.mov"
    for track in (video, audio):
        assert track.duration().to_frames() == cuts.length
    for clip, event in zip(video, cuts.events, strict=True):
        assert clip.source_range.start_time.to_frames() == event.source_in
        assert clip.media_reference.available_range.duration.to_frames() == event.medium.length
        assert clip.metadata["videovector"]["video_id"] == event.cut.media_id


def test_fcpxml_times_are_whole_frames_and_assets_are_named() -> None:
    media = [medium(rate=29.97), medium("vid_b", title='B & "<c>"\x00', kind=MediaType.AUDIO, rate=None)]
    cuts = build(Cut("vid_a", 1.0, 2.0, "One"), Cut("vid_b", 3.0, 4.5), media=media)
    root = ET.fromstring(fcpxml(cuts))  # noqa: S314 - the text is ours
    assert root.get("version") == "1.9"
    sequence = root.find("event/project/sequence")
    assert sequence is not None
    assert (sequence.get("tcFormat"), sequence.get("duration")) == ("DF", "75075/30000s")
    assert next(each.get("src") for each in root.iter("media-rep")) == "Film%20A.mov"
    assets = {each.get("id"): each for each in root.iter("asset")}
    assert [asset.get("hasVideo") for asset in assets.values()] == ["1", None]
    offset = seconds(sequence.get("tcStart"))
    for clip, event in zip(root.iter("asset-clip"), cuts.events, strict=True):
        assert clip.get("ref") in assets
        assert seconds(clip.get("offset")) == offset
        assert seconds(clip.get("start")) == cuts.rate.seconds(event.source_in)
        assert seconds(clip.get("duration")) == cuts.rate.seconds(event.length)
        offset += seconds(clip.get("duration"))


def seconds(text: str | None) -> Fraction:
    assert text is not None
    assert text.endswith("s")
    return Fraction(text[:-1])


def test_fcpxml_is_read_by_opentimelineio() -> None:
    cuts = build(Cut("vid_a", 1.0, 2.0, "One"), Cut("vid_a", 3.0, 4.48, "Two"))
    read = otio.adapters.read_from_string(fcpxml(cuts), "fcpx_xml")
    clips = [clip for found in read for clip in found.find_clips()]
    assert [clip.name for clip in clips if clip.name] == ["One", "Two"]
    assert [clip.source_range.start_time.to_seconds() for clip in clips] == pytest.approx([1.0, 3.0])
    assert [clip.source_range.duration.to_seconds() for clip in clips] == pytest.approx([1.0, 1.48])


def test_csv_has_timecodes_and_seconds_and_no_formulas() -> None:
    cuts = build(
        Cut("vid_a", 1.0, 2.0, '=1+1,"x"', "seg_1"), media=[medium(title="\uff1dfilm")], handles_seconds=0.5
    )
    (row,) = csv.DictReader(io.StringIO(spreadsheet(cuts)))
    assert tuple(row) == COLUMNS
    assert (row["name"], row["title"]) == ('\'=1+1,"x"', "'\uff1dfilm")
    assert (row["source_in"], row["start_seconds"], row["end_seconds"]) == (
        "00:00:00:12",
        "0.480000",
        "2.480000",
    )
    assert (row["segment_id"], row["frames"], row["frame_rate"], row["drop_frame"]) == (
        "seg_1",
        "50",
        "25",
        "no",
    )


@given(
    st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0, 12.5]),
    st.lists(st.tuples(st.floats(0, 59.9), st.floats(0, 80)), min_size=1, max_size=20),
    st.floats(0, 10),
)
def test_events_are_inside_their_medium_and_record_side_has_no_gap(
    rate: float, parts: list[tuple[float, float]], handles: float
) -> None:
    cuts = build(
        *(Cut("vid_a", start, start + length) for start, length in parts),
        media=[medium(rate=rate)],
        handles_seconds=handles,
    )
    position = cuts.start
    for event, (start, length) in zip(cuts.events, parts, strict=True):
        assert 0 <= event.source_in < event.source_out <= event.medium.length
        assert event.record_in == position
        position = event.record_out
        assert abs(float(cuts.rate.seconds(event.source_in)) - max(0, start - handles)) <= 1.0001 / rate or (
            event.source_in == event.medium.length - 1
        )
        wanted_end = min(start + length + handles, 60)
        assert abs(float(cuts.rate.seconds(event.source_out)) - wanted_end) <= 1.6 / rate


def test_media_of_different_rates_need_a_rate() -> None:
    media = [medium(rate=24.0), medium("vid_b", rate=25.0)]
    parts = (Cut("vid_a", 0, 1), Cut("vid_b", 0, 1))
    with pytest.raises(InvalidRequest) as refused:
        build(*parts, media=media)
    assert (refused.value.code, refused.value.field) == ("mixed_frame_rates", "frame_rate")
    assert [event.length for event in build(*parts, media=media, frame_rate="50").events] == [50, 50]


def test_audio_takes_the_rate_of_the_video_or_25() -> None:
    sound = medium("vid_s", kind=MediaType.AUDIO, rate=None)
    assert build(Cut("vid_s", 0, 1), media=[sound]).rate.name == "25"
    assert build(Cut("vid_s", 0, 1), Cut("vid_a", 0, 1), media=[sound, medium(rate=24.0)]).rate.name == "24"
    assert "  AA    C  " in edl(build(Cut("vid_s", 0, 1), media=[sound]))


def test_pictures_are_left_out() -> None:
    picture = medium("vid_p", kind=MediaType.IMAGE, duration=None, rate=None)
    assert len(build(Cut("vid_p", 0, 0), Cut("vid_a", 0, 1), media=[picture, medium()]).events) == 1
    with pytest.raises(InvalidRequest) as refused:
        build(Cut("vid_p", 0, 0), media=[picture])
    assert refused.value.code == "cut_list_empty"


def test_part_of_a_file_counts_from_its_place_in_the_file() -> None:
    second = medium(part_count=2, part_index=1, source_start=3600.0, source_end=3660.0)
    assert "01:00:01:00 01:00:02:00" in edl(build(Cut("vid_a", 1.0, 2.0), media=[second]))


def test_given_start_timecode_and_reel_name_are_used() -> None:
    text = edl(
        build(Cut("vid_a", 1.0, 2.0), start_timecodes={"vid_a": "10:00:00:00"}, reel_names={"vid_a": "A001"})
    )
    assert "001  A001     AA/V  C        10:00:01:00 10:00:02:00" in text
    with pytest.raises(InvalidRequest):
        build(Cut("vid_a", 1.0, 2.0), start_timecodes={"vid_a": "23:59:59:00"})
    with pytest.raises(InvalidRequest):
        build(Cut("vid_a", 1.0, 2.0), reel_names={"vid_a": "too long a name"})


def test_drop_frame_is_refused_at_other_rates() -> None:
    with pytest.raises(InvalidRequest) as refused:
        build(Cut("vid_a", 0, 1), drop_frame=True)
    assert refused.value.field == "drop_frame"


def test_list_beyond_timecode_or_beyond_edl_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        build(*[Cut("vid_a", 0, 50_000)] * 2, media=[medium(duration=50_000)])
    with pytest.raises(InvalidRequest) as refused:
        edl(build(*[Cut("vid_a", 0, 0.1)] * 1000))
    assert refused.value.code == "cut_list_too_long"
