"""A Whisper model that encodes one clip at a time.

Importing this module is expensive, so it is imported only when a model is loaded.
"""

import os

# Threads that wait for each other sleep. Waiting in a loop took 12 % more processor time beside other work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray


class ClipwiseWhisper(WhisperModel):  # type: ignore[misc]  # its package has no types
    """A ``faster_whisper.WhisperModel`` that needs less memory for batches.

    The encoder's attention takes 1500 x 1500 numbers per head and clip. Encoding several clips together takes
    several times the memory of one clip and is no faster. Decoding them together is faster.

    The output for the last clip is kept, 3 MB: a window's language is detected in its first clip, which is
    then transcribed.
    """

    _last: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        """Encode features of shape (clips, bands, times), or (bands, times) for one clip.

        Returns (clips, times, width).
        """
        clips = features[np.newaxis] if features.ndim == 2 else features
        encoded = [self._encode_clip(clip) for clip in clips]
        return ctranslate2.StorageView.from_array(np.concatenate(encoded))

    def _encode_clip(self, clip: NDArray[np.float32]) -> NDArray[np.float32]:
        last = self._last
        if last is None or not np.array_equal(last[0], clip):
            last = (clip, np.asarray(super().encode(clip)))
            self._last = last
        return last[1]
