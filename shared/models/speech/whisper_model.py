"""Whisper that encodes one clip at a time. Heavy to import: only where a model is loaded."""

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from numpy.typing import NDArray


class ClipwiseWhisper(WhisperModel):  # type: ignore[misc]  # its package has no types
    """A ``faster_whisper.WhisperModel`` for batches in less memory.

    The encoder's attention takes 1500 x 1500 numbers a head and clip, so clips encoded together need
    several times the memory of one and are done no sooner. Decoding them together does pay.
    """

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        """``features``: (clips, bands, times) or one clip's (bands, times); (clips, times, width)."""
        clips = features[np.newaxis] if features.ndim == 2 else features
        encoded = [np.asarray(super(ClipwiseWhisper, self).encode(clip)) for clip in clips]
        return ctranslate2.StorageView.from_array(np.concatenate(encoded))
