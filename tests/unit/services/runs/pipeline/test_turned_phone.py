"""A run over a video that is turned while it is recorded."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shared.domain import keys
from shared.domain.media import Segment
from tests.unit.services.run_world import SHOTS, RunWorld

CASES = Path(__file__).parents[4] / "media" / "cases"


def test_turned_phone_gives_segments_in_their_own_shapes(tmp_path: Path) -> None:
    """Red, blue and green; upright only in the middle."""
    world = RunWorld(tmp_path)
    media = world.add(CASES / "turned_phone.webm")
    world.run_now([media], options=SHOTS)
    segments = world.documents.every(Segment, keys.segment("anna", media.media_id))
    assert [segment.start for segment in segments] == [0, 2, 4]
    for segment, size, channel in zip(segments, ((320, 240), (240, 320), (320, 240)), (0, 2, 1), strict=True):
        assert segment.thumbnail_key
        assert segment.preview_key
        thumbnail = Image.open(BytesIO(world.blobs.read(segment.thumbnail_key)))
        assert thumbnail.size == size
        assert np.median(np.asarray(thumbnail), axis=(0, 1)).argmax() == channel
        with Image.open(BytesIO(world.blobs.read(segment.preview_key))) as preview:
            assert preview.height / preview.width == size[1] / size[0]
