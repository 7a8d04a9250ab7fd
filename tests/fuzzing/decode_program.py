"""A program that imports and analyses each file whose path it reads from standard input.

It prints a line for each file: ``completed``, ``refused CODE``, or ``failed`` with the error and its place.
"""

import sys
import tempfile
import traceback
from pathlib import Path

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.speech_audio import samples
from shared.media.derive.playback import make_playable, plan_cuts
from shared.media.derive.poster import poster
from shared.media.derive.preview import media_preview
from shared.media.derive.visual_pass import run_visual_pass
from shared.media.inspect.probe import probe

PART_SECONDS = 2400.0


def decode(path: Path, folder: Path) -> None:
    """Do with the file what an import and a run do with it, for its first and its last part."""
    source = probe(path)
    parts = plan_cuts(path, source, PART_SECONDS)
    for start, end in {parts[0], parts[-1]}:
        playable = folder / "playable"
        made = make_playable(path, source, playable, start=start, end=end)
        found = source if made.unchanged else probe(playable)
        poster(playable, found)
        media_preview(playable, found)
        run_visual_pass(playable, found, lambda _frame: None)
        for _ in samples(playable) if found.has_audio else ():
            pass


def outcome(path: Path, folder: Path) -> str:
    try:
        decode(path, folder)
    except UnsupportedMedia as error:
        return f"refused {error.code}"
    except Exception as error:  # noqa: BLE001 - the report of any defect
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"failed {type(error).__name__} in {place.name}, {Path(place.filename).name}:{place.lineno}"
    return "completed"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(outcome(Path(line.rstrip("\n")), Path(folder)), flush=True)


if __name__ == "__main__":
    main()
